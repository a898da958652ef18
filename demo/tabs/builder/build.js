/** The Build tab. Nothing of it is fetched before somebody opens the tab. */

import { onceShown } from '../../static/lib/visibility.js';

const FAILED = 'This part of the page could not be loaded. Please reload the page.';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  onceShown(context, async () => {
    const { BuilderPage } = await import('./page/builder.js');
    new BuilderPage(context);
  }, FAILED);
}
