/**
 * A grid of numbers to type over, or to draw in. One Tab leads into it; arrow keys go from cell to cell.
 */

import { around, make } from '../../static/lib/dom.js';
import { precise } from '../../static/lib/format.js';
import { typedNumber } from './parts.js';

const FIGURES = 6;

/**
 * @typedef {object} Ways
 * @property {string} name of the grid
 * @property {number} low
 * @property {number} high
 * @property {number} decimals
 * @property {(value: number) => string} colours of a cell as a style
 * @property {(values: number[]) => void} changed
 * @property {() => number | null} [pencil] the value that is drawn with; null: nothing is drawn
 */

export class NumberGrid {
  /** @type {number[]} */
  values = [];
  side = 0;
  isDrawing = false;

  /**
   * @param {HTMLElement} box
   * @param {Ways} ways
   */
  constructor(box, ways) {
    this.box = box;
    this.ways = ways;
    box.classList.add('number-grid');
    box.addEventListener('change', (event) => this.typed(event));
    box.addEventListener('keydown', (event) => this.moved(event));
    box.addEventListener('focusin', (event) => {
      const input = cellOf(event);
      if (!input) return;
      for (const other of this.inputs()) other.tabIndex = other === input ? 0 : -1;
      input.select();
    });
    box.addEventListener('pointerdown', (event) => {
      if (this.pencil() === null || event.button) return;
      event.preventDefault();
      this.isDrawing = true;
      box.setPointerCapture(event.pointerId);
      this.draw(event);
    });
    box.addEventListener('pointermove', (event) => this.isDrawing && this.draw(event));
    for (const name of ['pointerup', 'pointercancel']) box.addEventListener(name, () => (this.isDrawing = false));
  }

  /**
   * @param {number[]} values
   * @param {number} side
   */
  show(values, side) {
    this.values = [...values];
    if (side !== this.side) this.build(side);
    for (const [at, input] of this.inputs().entries()) {
      input.setAttribute('style', this.ways.colours(values[at]));
      if (input !== document.activeElement || typedNumber(input.value) !== values[at]) input.value = precise(values[at], FIGURES);
      input.setAttribute('aria-invalid', 'false');
    }
  }

  /** @param {number} side */
  build(side) {
    this.side = side;
    const cell = (/** @type {number} */ at) =>
      make('input', {
        ...{ type: 'text', inputmode: 'text', autocomplete: 'off', spellcheck: 'false', 'data-at': at, tabindex: at ? -1 : 0 },
        'aria-label': `${this.ways.name}: row ${Math.floor(at / side)}, column ${at % side}`,
      });
    this.box.style.setProperty('--side', String(side));
    this.box.replaceChildren(...Array.from({ length: side * side }, (_, at) => cell(at)));
  }

  inputs() {
    return /** @type {HTMLInputElement[]} */ ([...this.box.children]);
  }

  pencil() {
    return this.ways.pencil?.() ?? null;
  }

  /** @param {Event} event */
  typed(event) {
    const input = cellOf(event);
    if (!input) return;
    const value = typedNumber(input.value);
    input.setAttribute('aria-invalid', String(value === null));
    if (value !== null) this.put(Number(input.dataset.at), value);
  }

  /** @param {PointerEvent} event */
  draw(event) {
    const { left, top, width, height } = this.box.getBoundingClientRect();
    const [column, row] = [(event.clientX - left) / width, (event.clientY - top) / height].map((share) => Math.floor(share * this.side));
    const value = this.pencil();
    if (value === null || Math.min(row, column) < 0 || Math.max(row, column) >= this.side) return;
    const at = row * this.side + column;
    if (this.values[at] !== value) this.put(at, value);
  }

  /**
   * @param {number} at
   * @param {number} value
   */
  put(at, value) {
    const { low, high, decimals, changed } = this.ways;
    const values = [...this.values];
    values[at] = Number(Math.max(low, Math.min(high, value)).toFixed(decimals)) || 0;
    changed(values);
  }

  /** @param {KeyboardEvent} event */
  moved(event) {
    const input = cellOf(event);
    /** @type {Record<string, number>} */
    const moves = { ArrowUp: -this.side, ArrowDown: this.side, ArrowLeft: -1, ArrowRight: 1, Enter: 1 };
    if (!input || !(event.key in moves) || event.altKey || event.ctrlKey || event.metaKey) return;
    const isInside = input.selectionStart !== input.selectionEnd || input.value === '';
    const edge = event.key === 'ArrowLeft' ? input.selectionStart === 0 : input.selectionStart === input.value.length;
    const isSideways = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
    if (isSideways && !isInside && !edge) return; // within a number that is being typed
    const at = Number(input.dataset.at);
    if (isSideways && Math.floor((at + moves[event.key]) / this.side) !== Math.floor(at / this.side)) return;
    event.preventDefault();
    if (event.key === 'Enter') this.typed(event);
    this.inputs()[at + moves[event.key]]?.focus();
  }
}

/** @param {Event} event */
function cellOf(event) {
  return /** @type {HTMLInputElement | null} */ (around(event, 'input[data-at]'));
}
