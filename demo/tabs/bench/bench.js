/** The Bench tab. Nothing of it is fetched before somebody opens the tab. */

import { onceShown } from '../../static/lib/visibility.js';

const FAILED = 'The bench could not be loaded. Please reload the page.';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  onceShown(context, async () => {
    const { BenchPage } = await import('./bench_page.js');
    new BenchPage(context);
  }, FAILED);
}
