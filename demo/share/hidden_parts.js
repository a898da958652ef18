/**
 * What the page's address hides: parts by rules of CSS, so that whatever Gradio draws anew later stays out of sight and
 * out of the keyboard's way; tabs by Gradio itself.
 *
 * @typedef {{ name: string, words: string, selectors: string }} Part `selectors`: CSS; "" for a tab
 * @typedef {{ __type__: 'update', visible: boolean | 'hidden' }} TabUpdate
 */

import { AREAS } from '../static/lib/generated.js';

/** @type {TabUpdate[]} */
let updates = [];

/** For the event `hiding`: what becomes of the tabs, in their order, and then of the areas. */
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
 * @returns {TabUpdate[]} of the tabs, then of the areas that hold them
 */
export function updatesOf(parts, hidden, open) {
  const isInSight = (/** @type {string} */ name) => !hidden.includes(name) || name === open;
  const tabs = parts.filter(({ selectors }) => !selectors).map(({ name }) => isInSight(name));
  const areas = Object.values(AREAS).map((names) => names.some(isInSight));
  return [...tabs, ...areas].map((visible) => ({ __type__: 'update', visible: visible || 'hidden' }));
}

/** @param {Part[]} parts */
function rulesOf(parts) {
  const hideable = parts.filter(({ selectors }) => selectors);
  const rule = (/** @type {Part} */ { name, selectors }) =>
    `:root[data-hide~="${name}"] :is(${selectors}) { display: none !important; }`;
  return hideable.map(rule).join('\n');
}

/** Hides what the address asks for. */
export class HiddenParts {
  applied = '';
  areTabsGone = false;

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
    if (asked === this.applied) return false;
    this.applied = asked;
    document.documentElement.dataset.hide = hidden.join(' ');
    updates = updatesOf(this.parts, hidden, open);
    const were = this.areTabsGone;
    this.areTabsGone = updates.some(({ visible }) => visible !== true);
    return were || this.areTabsGone;
  }
}
