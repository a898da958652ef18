/** The whole network; its scripts are fetched when somebody looks at it for the first time. */

import { watchVisibility } from '../../../static/lib/visibility.js';

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  let isAsked = false;
  watchVisibility(() => context.element, async (isShown) => {
    if (!isShown || isAsked) return;
    isAsked = true;
    const { WholeView } = await import('./whole_view.js');
    if (!context.signal.aborted) new WholeView(context);
  }, context.signal);
}
