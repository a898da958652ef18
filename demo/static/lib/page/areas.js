/** The areas of the page and the tabs within them. */

import { emitWhenMounted } from '../mount.js';
import { store } from '../store.js';
import { WITHOUT_PICTURE } from '../generated.js';

const PATIENCE = 120; // frames until Gradio has made what stands in an area

/**
 * An area has come into sight: with it the tab that was last open there, of which Gradio tells only when it changes.
 * @param {string} area
 */
export async function areaOpened(area) {
  for (let frame = 0; frame < PATIENCE; frame += 1) {
    await new Promise((done) => requestAnimationFrame(done));
    const panel = document.getElementById(`area-${area}`);
    const tabs = /** @type {HTMLElement[]} */ ([...(panel?.querySelectorAll('.tabs-of-area > .tab-wrapper [role=tab]') ?? [])]);
    if (!panel?.checkVisibility() || !tabs.length) continue;
    const open = tabs.find((tab) => tab.ariaSelected === 'true');
    if (open) return emitWhenMounted('tab', open.dataset.tabId);
    tabs[0].click(); // the one that Gradio would begin with is out of sight
    return;
  }
}

/**
 * Lets the style know which tab is open, and whether it has any use for the page's picture.
 * @param {AbortSignal} signal
 */
export function markTab(signal) {
  const mark = () => {
    const { tab } = store.get('view');
    const { dataset } = document.documentElement;
    dataset.tab = tab;
    dataset.picture = WITHOUT_PICTURE.includes(tab) ? 'unused' : 'used';
  };
  store.watch('view', mark, signal);
  mark();
}
