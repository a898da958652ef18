/**
 * Whether a part of the page is shown: its tab is open, it is not hidden, and neither is the window. Where the page is
 * scrolled to makes no difference; for that, see `in_sight.js`.
 */

import { on } from './events.js';

const ANYWHERE = '1000000px'; // around the window: what is scrolled away counts as well

/**
 * Calls back whenever a part comes to be shown or is no longer, and once at the beginning if it is shown then.
 * @param {() => Element | null} part asked for anew whenever a tab is opened: Gradio may have made it only then, or anew
 * @param {(isShown: boolean) => void} changed
 * @param {AbortSignal} signal
 */
export function watchVisibility(part, changed, signal) {
  let was = false;
  const look = () => {
    const now = isShown(part());
    if (now !== was && !signal.aborted) changed((was = now));
  };
  // It tells of what is drawn in which frame; whatever is observed anew, it tells of at least once.
  const observer = new IntersectionObserver(look, { rootMargin: ANYWHERE });
  const observe = () => {
    observer.disconnect();
    const found = part();
    if (found) observer.observe(found);
  };
  on('tab', observe, signal);
  document.addEventListener('visibilitychange', look, { signal });
  signal.addEventListener('abort', () => observer.disconnect());
  observe();
}

/**
 * Makes what an element holds when it is shown for the first time, so that nothing of it is fetched before.
 * @param {{ element: HTMLElement, signal: AbortSignal }} context
 * @param {() => Promise<unknown>} make
 * @param {string} failed what stands there instead if it cannot be made
 */
export function onceShown({ element, signal }, make, failed) {
  let isMade = false;
  watchVisibility(() => element, async (isShown) => {
    if (!isShown || isMade) return;
    isMade = true;
    try {
      await make();
    } catch (error) {
      console.error(error);
      element.textContent = failed;
    }
  }, signal);
}

/** @param {Element | null} part */
export function isShown(part) {
  return Boolean(part?.checkVisibility()) && !document.hidden;
}
