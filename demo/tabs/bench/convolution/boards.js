/** The picture and the maps of the bench, each with the window or the chosen value on it; moved by pointer and keys. */

import { cellColours, greyCellColours } from '../../../static/lib/colors.js';
import { pen } from '../../../static/lib/canvas.js';
import { make } from '../../../static/lib/dom.js';
import { fixed } from '../../../static/lib/format.js';
import { valueAt } from './arithmetic.js';

/**
 * @typedef {import('./arithmetic.js').GreyMap} GreyMap
 * @typedef {import('./arithmetic.js').Place} Place
 * @typedef {{ top: number, left: number, bottom: number, right: number }} Box in values of the map
 *
 * @typedef {object} Shown what a board shows
 * @property {GreyMap} map
 * @property {number} padding around it
 * @property {'zeros' | 'reflect'} mode
 * @property {boolean[] | null} made which values are there already; null: all
 * @property {number | null} limit of the colour scale; null: the picture, in grey
 * @property {Box | null} mark the window, or the chosen value
 * @property {Box | null} field what a value of a later map depends on
 * @property {number} dilation of the window
 */

const RANGE = { low: 0, high: 1 };
const LEAST = 9; // pixels of the page: the smallest number that is written into a cell
const LETTER = 0.52; // width of a digit, in shares of its height
const PIXELS = 2; // of the canvas for one of the page, at most

export class Board {
  /** @type {Shown | null} */
  shown = null;

  /**
   * @param {string} name
   * @param {(place: Place) => void} pointed at a value, which may lie in the padding
   * @param {(down: number, right: number) => void} moved by keys
   */
  constructor(name, pointed, moved) {
    this.canvas = make('canvas', { role: 'slider', tabindex: 0, 'aria-label': name, 'aria-valuemin': 0 });
    this.caption = make('figcaption', {});
    this.mark = make('span', { class: 'mark', 'aria-hidden': 'true' });
    this.field = make('span', { class: 'field', 'aria-hidden': 'true' });
    this.figure = make('figure', {}, make('div', { class: 'board' }, this.canvas, this.field, this.mark), this.caption);
    let isHeld = false;
    const point = (/** @type {PointerEvent} */ event) => {
      if (!this.shown) return;
      const { left, top, width, height } = this.canvas.getBoundingClientRect();
      const { map, padding } = this.shown;
      const at = (/** @type {number} */ share, /** @type {number} */ length) =>
        Math.max(0, Math.min(length + 2 * padding - 1, Math.floor(share * (length + 2 * padding)))) - padding;
      pointed({ row: at((event.clientY - top) / height, map.height), column: at((event.clientX - left) / width, map.width) });
    };
    this.canvas.addEventListener('pointerdown', (event) => {
      if (event.button) return;
      isHeld = true;
      this.canvas.setPointerCapture(event.pointerId);
      point(event);
    });
    this.canvas.addEventListener('pointermove', (event) => isHeld && point(event));
    for (const kind of ['pointerup', 'pointercancel']) this.canvas.addEventListener(kind, () => (isHeld = false));
    this.canvas.addEventListener('keydown', (event) => {
      const move = MOVES[event.key];
      if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      moved(...move);
    });
  }

  /**
   * @param {Shown} shown
   * @param {string} caption
   */
  show(shown, caption) {
    this.shown = shown;
    this.caption.textContent = caption;
    this.draw();
  }

  /**
   * What a screen reader says of it.
   * @param {number} at
   * @param {number} count
   * @param {string} words
   */
  say(at, count, words) {
    for (const [name, value] of Object.entries({ now: at, max: count - 1, text: words })) this.canvas.setAttribute(`aria-value${name}`, String(value));
  }

  draw() {
    if (!this.shown) return;
    const { map, padding, mark, field } = this.shown;
    const [rows, columns] = [map.height + 2 * padding, map.width + 2 * padding];
    const room = this.canvas.clientWidth || 240;
    const scale = Math.min(PIXELS, window.devicePixelRatio || 1);
    const cell = Math.max(1, Math.round((room * scale) / columns));
    [this.canvas.width, this.canvas.height] = [columns * cell, rows * cell];
    this.canvas.style.aspectRatio = `${columns} / ${rows}`;
    this.paint(cell, scale);
    lay(this.mark, mark, this.shown);
    lay(this.field, field, this.shown);
  }

  /**
   * @param {number} cell pixels of the canvas
   * @param {number} scale of those for one of the page
   */
  paint(cell, scale) {
    const { map, padding, mode, made, limit } = /** @type {Shown} */ (this.shown);
    const context = pen(this.canvas);
    const letters = lettering(map.values, cell, LEAST * scale);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.font = `${letters?.size ?? 1}px ${getComputedStyle(this.canvas).fontFamily}`;
    for (let row = -padding; row < map.height + padding; row += 1)
      for (let column = -padding; column < map.width + padding; column += 1) {
        const isInside = row >= 0 && column >= 0 && row < map.height && column < map.width;
        const [left, top] = [(column + padding) * cell, (row + padding) * cell];
        if (isInside && made && !made[row * map.width + column]) {
          context.clearRect(left, top, cell, cell);
          continue;
        }
        const value = valueAt(map, mode, { row, column });
        const [ground, ink] = coloursOf(limit === null ? greyCellColours(value, RANGE) : cellColours(value, limit));
        context.fillStyle = ground;
        context.fillRect(left, top, cell, cell);
        if (!isInside) hatch(context, left, top, cell);
        if (!letters) continue;
        context.fillStyle = ink;
        context.fillText(fixed(value, letters.decimals), left + cell / 2, top + cell / 2 + 0.04 * cell);
      }
  }
}

/** @type {Record<string, [number, number]>} */
const MOVES = {
  ...{ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] },
  ...{ Home: [-99, -99], End: [99, 99], PageUp: [-99, 0], PageDown: [99, 0] },
};

/**
 * @param {HTMLElement} span
 * @param {Box | null} box
 * @param {Shown} shown
 */
function lay(span, box, { map, padding }) {
  span.hidden = !box;
  if (!box) return;
  const [rows, columns] = [map.height + 2 * padding, map.width + 2 * padding];
  const cut = (/** @type {number} */ at, /** @type {number} */ length) => (100 * Math.max(0, Math.min(length, at + padding))) / length;
  const [top, left, bottom, right] = [cut(box.top, rows), cut(box.left, columns), cut(box.bottom, rows), cut(box.right, columns)];
  Object.assign(span.style, { top: `${top}%`, left: `${left}%`, height: `${bottom - top}%`, width: `${right - left}%` });
}

/**
 * Padding is no part of the picture.
 * @param {CanvasRenderingContext2D} context
 * @param {number} left
 * @param {number} top
 * @param {number} cell
 */
function hatch(context, left, top, cell) {
  context.save();
  context.beginPath();
  context.rect(left, top, cell, cell);
  context.clip();
  context.strokeStyle = 'rgb(128 128 128 / 75%)';
  context.lineWidth = Math.max(1, cell / 16);
  for (let x = -cell; x < cell; x += cell / 3) {
    context.beginPath();
    context.moveTo(left + x, top + cell);
    context.lineTo(left + x + cell, top);
    context.stroke();
  }
  context.restore();
}

/**
 * @param {string} style as `cellColours` gives it
 * @returns {string[]} ground and ink
 */
function coloursOf(style) {
  return style ? style.split(';').map((part) => part.slice(part.indexOf(':') + 1)) : ['#888', '#fff'];
}

/**
 * Decimals and size of the numbers in the cells, in pixels of the canvas; null where there is no room for numbers.
 * @param {number[]} values
 * @param {number} cell
 * @param {number} least size that can be read
 */
function lettering(values, cell, least) {
  const isExact = (/** @type {number} */ decimals) => values.every((value) => Math.abs(value - Number(value.toFixed(decimals))) < 1e-9);
  const exact = [0, 1, 2].find(isExact) ?? 2;
  for (let decimals = exact; decimals >= Math.min(1, exact); decimals -= 1) {
    const longest = values.reduce((most, value) => Math.max(most, fixed(value, decimals).length), 1);
    const size = Math.min(0.44 * cell, (0.94 * cell) / (LETTER * longest));
    if (size >= least) return { decimals, size };
  }
  return null;
}
