/**
 * Words that the server works out for the page's picture or network: asked for (`ask`) when they are shown and what they
 * follow has changed since; once more (`more`) where an answer holds `.more`. Buttons in them send (`pick`) their data; in a table, arrow keys move among them.
 */

import { around } from '../static/lib/dom.js';
import { on } from '../static/lib/events.js';
import { isShown, watchVisibility } from '../static/lib/visibility.js';

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @type {import('../static/lib/mount.js').Widget['mount']} */
export function mount({ element, props, trigger, watch, signal }) {
  let stale = true;

  function look() {
    if (!stale || !isShown(element)) return;
    stale = false;
    trigger('ask', {});
  }

  on('renewed', (what) => {
    if (!props.follows.includes(what)) return;
    stale = true;
    look();
  }, signal);
  watchVisibility(() => element, look, signal);
  watch('value', () => { if (!stale && String(props.value).includes('class="more"')) trigger('ask', { more: true }); });

  element.addEventListener('click', (event) => {
    const button = around(event, 'button');
    if (!button) return;
    for (const other of element.querySelectorAll('button')) {
      other.setAttribute('aria-pressed', String(other === button));
      other.tabIndex = other === button ? 0 : -1;
    }
    trigger('pick', { ...button.dataset });
  });
  element.addEventListener('keydown', moveByKey);
}

/** @param {KeyboardEvent} event */
function moveByKey(event) {
  const move = MOVES[event.key];
  const cell = /** @type {HTMLTableCellElement | null} */ (around(event, 'td'));
  if (!move || !cell) return;
  event.preventDefault();
  const next = cellBeside(cell, move)?.querySelector('button');
  if (!next) return;
  /** @type {HTMLElement} */ (event.target).tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

/**
 * @param {HTMLTableCellElement} cell
 * @param {[number, number]} move rows down and cells to the right
 */
function cellBeside(cell, [down, right]) {
  const row = /** @type {HTMLTableRowElement} */ (cell.parentElement);
  const body = /** @type {HTMLTableSectionElement} */ (row.parentElement);
  return body.rows[row.sectionRowIndex + down]?.cells[cell.cellIndex + right];
}
