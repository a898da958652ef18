/** The Teach tab; all that belongs to it is fetched when it comes into sight for the first time. */

import { finder } from '../../../static/lib/dom.js';
import { onceShown } from '../../../static/lib/visibility.js';

const FAILED = 'This part of the page could not be loaded. Please reload the page.';

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  const place = finder(context.element)('.teach');
  onceShown({ element: place, signal: context.signal }, async () => {
    const { TeachView } = await import('./board/teach_view.js');
    new TeachView(place, context);
  }, FAILED);
}
