/**
 * What the views offer to take home: each widget registers its own, and the menus `<take-home view="...">` ask.
 *
 * @typedef {object} Offer
 * @property {string} label
 * @property {string} [file] its name, without the ending
 * @property {() => object} [plate] a picture for print; see share/plate.js
 * @property {() => unknown[][]} [rows] a table
 * @property {() => string} [copy] text for the clipboard
 * @property {[string, number, number, number]} [latex] step, channel, row and column of a value: its calculation
 * @property {[string, number, number, number]} [sheet] step, channel, row and column of a value: its worksheet
 */

/** @type {Record<string, () => Offer[]>} */
export const views = {};

/**
 * @param {string} view as the menu's attribute `view` says
 * @param {() => Offer[]} offers asked when the menu is opened
 */
export function offerToTakeHome(view, offers) {
  views[view] = offers;
}

/** Which network a picture for print is about, in words; "" where that is not known. */
export function networkLine() {
  const chosen = document.querySelector('#model input:checked')?.closest('label');
  const changed = document.body.classList.contains('convscope-edited') ? ', with the changes made under “What if?”' : '';
  return chosen ? `Network: ${(chosen.textContent ?? '').replace(/\s+/g, ' ').trim()}${changed}` : '';
}
