/**
 * The strip of cards, which stands beside all tabs while the address names a lesson: `lesson=NAME.CARD`. Nothing of it is
 * fetched before that.
 */

import { addPage } from '../../static/lib/address.js';
import { on } from '../../static/lib/events.js';
import { store } from '../../static/lib/store.js';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  // Before that, the answer for the address would undo what a card sets.
  const restored = new Promise((resolve) => on('restored', () => setTimeout(resolve, 0), context.signal));
  /** @type {Promise<{ follow: (lesson: string) => void, open: (lesson: string) => void }> | null} */
  let making = null;
  const view = () => (making ??= import('./cards_view.js').then(({ CardsView }) => new CardsView(context, restored)));
  const follow = async () => {
    const { lesson } = store.get('view');
    if (lesson || making) (await view()).follow(lesson);
  };
  store.watch('view', follow, context.signal);
  on('lesson-open', async (lesson) => {
    addPage({ lesson });
    (await view()).open(lesson);
  }, context.signal);
  follow();
}
