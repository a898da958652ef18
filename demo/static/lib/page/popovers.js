/**
 * Parts of the page that a button opens over the rest of it: on a narrow window as a sheet from below. The button says
 * which one with `data-opens`, its id, and what it is called with `data-title`. One at a time; it closes with Escape,
 * with a click or the focus outside of it, and where its reader has chosen something, and gives the focus back.
 */

import { around } from '../dom.js';

/** @type {{ panel: HTMLElement, opener: HTMLElement } | null} */
let shown = null;
// A click on these is a choice. The arrow keys also click: they move through a list, which stays open.
const CHOICE = '#model label, #examples button';

/** @param {HTMLElement} opener */
function open(opener) {
  const panel = document.getElementById(opener.dataset.opens ?? '');
  if (!panel) return;
  close();
  shown = { panel, opener };
  panel.setAttribute('role', 'dialog');
  panel.setAttribute('aria-label', opener.dataset.title ?? '');
  panel.tabIndex = -1;
  panel.classList.add('open');
  place();
  opener.setAttribute('aria-expanded', 'true');
  const chosen = /** @type {HTMLElement | null} */ (panel.querySelector('input:checked'));
  (chosen?.checkVisibility() ? chosen : panel).focus({ preventScroll: true });
  panel.scrollTop = 0;
}

/** Below its button, and within the window. */
function place() {
  if (!shown) return;
  const { panel, opener } = shown;
  const zoom = panel.currentCSSZoom ?? 1; // what is measured is in pixels of the window, what is set is not
  const { left, bottom } = opener.getBoundingClientRect();
  const most = document.documentElement.clientWidth - panel.getBoundingClientRect().width - 8;
  panel.style.setProperty('--left', `${Math.max(8, Math.min(left, most)) / zoom}px`);
  panel.style.setProperty('--top', `${(bottom + 8) / zoom}px`);
}

/** @param {boolean} [isBack] whether the focus goes back to the button */
function close(isBack = false) {
  if (!shown) return;
  const { panel, opener } = shown;
  shown = null;
  const had = panel.contains(document.activeElement);
  panel.classList.remove('open');
  opener.setAttribute('aria-expanded', 'false');
  if (isBack || had) opener.focus({ preventScroll: true });
}

/** @param {AbortSignal} signal */
export function usePopovers(signal) {
  document.addEventListener('click', (event) => {
    const opener = around(event, '[data-opens]');
    if (opener) return shown?.opener === opener ? close(true) : open(opener);
    if (!shown || !event.isTrusted) return; // a download is started by a click of the page's own
    const isInside = event.composedPath().includes(shown.panel); // also of what the click has taken away
    if (!isInside) close();
    else if (around(event, CHOICE) && event.detail > 0) close(true);
  }, { signal });
  document.addEventListener('change', (event) => {
    // A file chosen in the box for the picture.
    if (shown && event.target instanceof HTMLInputElement && event.target.type === 'file' && around(event, '.popover')) close(true);
  }, { signal, capture: true });
  document.addEventListener('keydown', (event) => {
    if (!shown || document.querySelector('dialog[open]')) return;
    const isDone = event.key === 'Enter' && around(event, '.popover input[type=radio], #examples button');
    if (event.key === 'Escape') close(true);
    else if (isDone) setTimeout(() => close(true)); // after the button's own click
  }, { signal });
  document.addEventListener('focusin', (event) => {
    if (shown && event.target instanceof Node && !shown.panel.contains(event.target) && event.target !== shown.opener) close();
  }, { signal });
  window.addEventListener('resize', place, { signal });
}
