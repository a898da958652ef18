/** The Lessons tab. Nothing of it is fetched before somebody opens the tab. */

import { onceShown } from '../../static/lib/visibility.js';

const FAILED = 'The lessons could not be loaded. Please reload the page.';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  onceShown(context, async () => {
    const { ListView } = await import('./list_view.js');
    new ListView(context);
  }, FAILED);
}
