/**
 * What the page's address hides: parts by rules of CSS, so that whatever Gradio draws anew later stays out of sight and
 * out of the keyboard's way; tabs by Gradio itself.
 *
 * @typedef {{ name: string, words: string, selectors: string }} Part `selectors`: CSS; "" for a tab
 * @typedef {{ __type__: 'update', visible?: boolean | 'hidden' }} TabUpdate
 */

import { AREAS } from '../static/lib/generated.js';

/** @type {TabUpdate} */
const KEPT = { __type__: 'update' };
/** @type {TabUpdate[]} */
let updates = [];

/** For the event `hiding`: what becomes of the areas, in their order, and then of the tabs. */
export function tabUpdates() {
  return updates;
}

/**
 * Names of the parts that an address hides.
 * @param {Part[]} parts
 * @param {string} hide with commas between
 */
export function hiddenNames(parts, hide) {
  const asked = hide.split(',');
  return parts.map(({ name }) => name).filter((name) => asked.includes(name));
}

/**
 * @param {Part[]} parts
 * @param {string[]} hidden
 * @param {string | null} open the tab that is open: it stays, so that the reader is never left without one
 * @param {string[]} before the areas that were out of sight before
 * @returns {TabUpdate[]} of the areas that hold the tabs, then of the tabs. An area that stays as it is gets no word of
 *   it: Gradio 6.31 then brings hidden tabs in it back.
 */
export function updatesOf(parts, hidden, open, before) {
  const isInSight = (/** @type {string} */ name) => !hidden.includes(name) || name === open;
  /** @returns {TabUpdate} */
  const update = (/** @type {boolean} */ isShown) => ({ __type__: 'update', visible: isShown || 'hidden' });
  const areas = Object.keys(AREAS).map((area) => {
    const isShown = AREAS[area].some(isInSight);
    return isShown === before.includes(area) || !isShown ? update(isShown) : KEPT;
  });
  const tabs = parts.filter(({ selectors }) => !selectors).map(({ name }) => update(isInSight(name)));
  return [...areas, ...tabs];
}

/**
 * The areas that are out of sight with all their tabs.
 * @param {string[]} hidden
 * @param {string | null} open
 */
function areasGone(hidden, open) {
  return Object.keys(AREAS).filter((area) => AREAS[area].every((name) => hidden.includes(name) && name !== open));
}

/**
 * `data-hide-meanwhile` hides parts likewise, without a word of it in the address.
 * @param {Part[]} parts
 */
function rulesOf(parts) {
  const hideable = parts.filter(({ selectors }) => selectors);
  const rule = (/** @type {Part} */ { name, selectors }) =>
    `:root:is([data-hide~="${name}"], [data-hide-meanwhile~="${name}"]) :is(${selectors}) { display: none !important; }`;
  return hideable.map(rule).join('\n');
}

/** Hides what the address asks for. */
export class HiddenParts {
  applied = '';
  areTabsGone = false;
  /** @type {string[]} */
  gone = []; // areas

  /**
   * @param {Part[]} parts
   * @param {AbortSignal} signal
   */
  constructor(parts, signal) {
    this.parts = parts;
    const rules = document.createElement('style');
    rules.textContent = rulesOf(parts);
    document.head.append(rules);
    signal.addEventListener('abort', () => rules.remove());
  }

  /**
   * @param {string} hide
   * @param {string | null} open the tab
   * @returns {boolean} whether other tabs than before are to be in sight; `tabUpdates` says which
   */
  apply(hide, open) {
    const hidden = hiddenNames(this.parts, hide);
    const asked = `${hidden} ${open && hidden.includes(open) ? open : ''}`.trim();
    document.documentElement.dataset.hide = hidden.join(' ');
    // Not before it is known which tab stays: Gradio brings hidden ones back together with their area.
    if (open === null || asked === this.applied) return false;
    this.applied = asked;
    updates = updatesOf(this.parts, hidden, open, this.gone);
    this.gone = areasGone(hidden, open);
    const were = this.areTabsGone;
    this.areTabsGone = updates.some(({ visible }) => visible === 'hidden');
    return were || this.areTabsGone;
  }
}
