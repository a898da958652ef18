/** Small tables of numbers, coloured. A button that carries `data-place` goes back to the value it shows. */

import { cellColours, greyCellColours } from '../colors.js';
import { make } from '../dom.js';
import { fixed } from '../format.js';
import { isPadding } from './parts.js';

/** @typedef {import('./parts.js').Position} Position */

/**
 * @param {Position} place
 * @param {string} text
 */
export function placeButton(place, text) {
  const [step, channel, row, column] = place;
  const isPicture = step === 'input';
  const title = isPicture ? `The picture's value at row ${row}, column ${column}` : `How this value of ${step} came about`;
  const label = `${text}, ${step}, channel ${channel}, row ${row}, column ${column}`;
  const attributes = { type: 'button', class: 'value number', 'data-place': JSON.stringify(place), title, 'aria-label': label };
  return make('button', attributes, text);
}

/**
 * With `places` each number goes back to where it came from.
 * @param {string} caption
 * @param {import('./parts.js').Parts} parts
 * @param {ArrayLike<number>} values
 * @param {number} limit
 * @param {number} decimals
 * @param {(at: number) => Position | null} [places]
 * @param {import('../colors.js').Range | null} [range] black and white, of values of the picture
 */
export function numberTable(caption, parts, values, limit, decimals, places, range) {
  const cell = (/** @type {number} */ at) => {
    const place = places?.(at);
    const text = fixed(values[at], decimals);
    const made = make('td', { style: range ? greyCellColours(values[at], range) : cellColours(values[at], limit) }, place ? placeButton(place, text) : text);
    if (places && isPadding(parts, at)) made.className = 'padding';
    return made;
  };
  const { height, width } = parts;
  const rows = Array.from({ length: height }, (_, row) =>
    make('tr', {}, ...Array.from({ length: width }, (_, column) => cell(row * width + column))));
  return sideways(make('table', { class: 'numbers number' }, make('caption', {}, caption), make('tbody', {}, ...rows)));
}

/**
 * A factor or a result with the sign before it, from which no line break parts it.
 * @param {string} sign
 * @param {HTMLElement} table
 */
export function signed(sign, table) {
  return make('div', { class: 'operand' }, make('span', { class: 'sign' }, sign), table);
}

/**
 * A table that is moved alone where it is wider than the window, and says so there.
 * @param {HTMLTableElement} table
 */
function sideways(table) {
  const box = make('div', { class: 'scroll' }, table);
  const cue = make('p', { class: 'cue', hidden: '' }, '↔ More columns: move the numbers sideways.');
  new ResizeObserver(() => {
    cue.hidden = box.scrollWidth <= box.clientWidth;
    if (cue.hidden) box.removeAttribute('tabindex');
    else box.tabIndex = 0; // for the arrow keys
  }).observe(box);
  return make('div', { class: 'sideways' }, box, cue);
}
