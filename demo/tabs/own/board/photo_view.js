/** The photo with its squares: drawn, and marked by mouse, finger and keys. */

import { bringIntoSight, make } from '../../../static/lib/dom.js';
import { ARROWS, about, stepped, tileAt } from './tile_places.js';

const DRAGGED = 4; // pixels of the window from which a press is a drag
const LARGEST = 8; // times as large as in the window
const HEIGHT = 'min(70vh, 700px)'; // of what is in sight, at most
const HUE = 137.5; // degrees between the colours of two classes in a row

/** @typedef {import('./tiles.js').Mark} Mark */

export class PhotoView {
  zoom = 1;
  /** @type {import('./tile_places.js').Square | null} */
  cursor = null;
  /** @type {{ mark: Mark | undefined, x: number, y: number, atX: number, atY: number, isDrag: boolean } | null} */
  press = null; // of the pointer; where it began in the photo and in the window

  /**
   * @param {import('./tiles.js').Tiles} tiles
   * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find
   */
  constructor(tiles, find) {
    this.tiles = tiles;
    this.find = find;
    this.view = find('.photo-view');
    this.sheet = find('.photo-sheet');
    find('.in').addEventListener('click', () => this.zoomed(2 * this.zoom));
    find('.out').addEventListener('click', () => this.zoomed(this.zoom / 2));
    this.sheet.addEventListener('pointerdown', (event) => this.down(event));
    this.sheet.addEventListener('pointermove', (event) => this.over(event));
    this.sheet.addEventListener('pointerup', (event) => this.up(event));
    this.sheet.addEventListener('pointercancel', () => this.rest());
    this.sheet.addEventListener('pointerleave', () => this.press || this.rest());
    this.view.addEventListener('keydown', (event) => this.pressed(event));
    this.view.addEventListener('focus', () => this.view.matches(':focus-visible') && this.showCursor());
    this.view.addEventListener('blur', () => this.rest());
  }

  /** Another photo is shown. */
  begin() {
    this.press = this.cursor = null;
    this.zoom = 1;
  }

  /** @param {number} zoom */
  zoomed(zoom) {
    const { view, tiles } = this;
    if (!tiles.photo) return;
    const middle = [(view.scrollLeft + view.clientWidth / 2) / this.zoom, (view.scrollTop + view.clientHeight / 2) / this.zoom];
    this.zoom = Math.max(1, Math.min(LARGEST, zoom));
    this.draw(tiles.photo);
    view.scrollTo(middle[0] * this.zoom - view.clientWidth / 2, middle[1] * this.zoom - view.clientHeight / 2);
  }

  /** The side of a square is another. */
  sized() {
    const { cursor } = this;
    const { photo, side } = this.tiles;
    if (cursor && photo) this.cursor = about(cursor.left + cursor.side / 2, cursor.top + cursor.side / 2, side, photo);
  }

  // ------------------------------------------------------------------------------------------------------- drawing

  /** @param {{ name: string, width: number, height: number }} photo */
  draw({ name, width, height }) {
    const { find, view, sheet } = this;
    const { board } = this.tiles;
    sheet.style.width = `calc(${this.zoom} * min(100%, ${width / height} * ${HEIGHT}))`;
    sheet.style.aspectRatio = `${width} / ${height}`;
    find('.out', HTMLButtonElement).disabled = this.zoom <= 1;
    find('.in', HTMLButtonElement).disabled = this.zoom >= LARGEST;
    const order = new Map(board.cards.map(({ label }, at) => [label, at]));
    const marks = this.tiles.marks().filter(({ label }) => order.has(label));
    view.setAttribute('aria-label', `${name}, ${width} × ${height} pixels, ${marks.length} ${marks.length === 1 ? 'square' : 'squares'}`);
    find('.marks').replaceChildren(...marks.map((mark) => {
      const at = order.get(mark.label) ?? 0;
      const node = make('span', { class: mark.number ? '' : 'coming', translate: 'no', title: nameOf(board, mark.label), style: `--hue: ${at * HUE}` }, tag(at));
      this.lay(node, mark);
      return node;
    }));
    this.drawCursor();
  }

  drawCursor() {
    const cursor = this.find('.cursor');
    cursor.hidden = !this.cursor;
    if (this.cursor) this.lay(cursor, this.cursor);
  }

  /**
   * @param {HTMLElement} node
   * @param {import('./tile_places.js').Square} square
   */
  lay(node, { left, top, side }) {
    const { width = 1, height = 1 } = this.tiles.photo ?? {};
    const box = { left: left / width, top: top / height, width: side / width, height: side / height };
    for (const [name, value] of Object.entries(box)) node.style.setProperty(name, `${100 * value}%`);
  }

  // ---------------------------------------------------------------------------------------------- pointer and keys

  /**
   * Where in the photo, in its pixels.
   * @param {PointerEvent} event
   */
  at(event) {
    const box = this.sheet.getBoundingClientRect();
    const { width = 1, height = 1 } = this.tiles.photo ?? {};
    return { x: ((event.clientX - box.left) / box.width) * width, y: ((event.clientY - box.top) / box.height) * height };
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (!this.tiles.photo || event.button || !event.isPrimary) return;
    const { x, y } = this.at(event);
    const mark = tileAt(this.tiles.marks(), x, y);
    this.press = { mark, x, y, atX: event.clientX, atY: event.clientY, isDrag: false };
    // A finger beside the squares scrolls: the browser says by `pointercancel` that it does.
    if (event.pointerType !== 'touch' || mark) this.sheet.setPointerCapture(event.pointerId);
    if (event.pointerType !== 'touch') this.view.focus({ preventScroll: true });
    this.over(event);
  }

  /** @param {PointerEvent} event */
  over(event) {
    const { press } = this;
    const { photo, side } = this.tiles;
    if (!photo || (!press && event.pointerType === 'touch')) return;
    const { x, y } = this.at(event);
    if (press && Math.hypot(event.clientX - press.atX, event.clientY - press.atY) > DRAGGED) press.isDrag = true;
    const dragged = press?.isDrag && press.mark;
    this.cursor = dragged
      ? about(dragged.left + dragged.side / 2 + x - press.x, dragged.top + dragged.side / 2 + y - press.y, dragged.side, photo)
      : about(x, y, side, photo);
    this.drawCursor();
  }

  /** @param {PointerEvent} event */
  up(event) {
    const { press, cursor, tiles } = this;
    this.press = null;
    if (!press || !tiles.photo) return;
    const { x, y } = this.at(event);
    if (press.isDrag && press.mark && cursor) void tiles.replace(press.mark, cursor);
    else tiles.act(x, y, press.mark);
    if (event.pointerType === 'touch') this.rest();
  }

  rest() {
    this.press = this.cursor = null;
    if (this.tiles.photo) this.drawCursor();
  }

  /** The frame that keys move, at first in the middle of what is in sight. */
  showCursor() {
    const { view, sheet } = this;
    const { photo, side } = this.tiles;
    if (!photo || this.cursor) return;
    const x = ((view.scrollLeft + view.clientWidth / 2) / sheet.offsetWidth) * photo.width;
    const y = ((view.scrollTop + view.clientHeight / 2) / sheet.offsetHeight) * photo.height;
    this.cursor = about(x, y, side, photo);
    this.drawCursor();
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const { tiles } = this;
    const { photo, side, board } = tiles;
    if (!photo || event.ctrlKey || event.metaKey || event.altKey) return;
    this.showCursor();
    const cursor = /** @type {import('./tile_places.js').Square} */ (this.cursor);
    const [x, y] = [cursor.left + cursor.side / 2, cursor.top + cursor.side / 2];
    const mark = tileAt(tiles.marks(), x, y);
    const { key } = event;
    if (key in ARROWS) this.go(stepped(cursor, key, event.shiftKey, photo));
    else if (['Enter', ' '].includes(key)) event.repeat || tiles.act(x, y, mark);
    else if (['Delete', 'Backspace'].includes(key)) tiles.take(mark);
    else if (['+', '='].includes(key)) tiles.sized(Math.max(side + 1, Math.round(side * 1.1)));
    else if (key === '-') tiles.sized(Math.min(side - 1, Math.round(side / 1.1)));
    else if (/^[1-9]$/.test(key) && board.cards[Number(key) - 1]) tiles.choose(board.cards[Number(key) - 1]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {import('./tile_places.js').Square} square */
  go(square) {
    const { tiles } = this;
    this.cursor = square;
    this.drawCursor();
    bringIntoSight(this.view, this.find('.cursor'));
    const mark = tileAt(tiles.marks(), square.left + square.side / 2, square.top + square.side / 2);
    tiles.say(`${square.left}, ${square.top}${mark ? `, on a square of ${nameOf(tiles.board, mark.label)}` : ''}`);
  }
}

/**
 * The number of a class in its colour.
 * @param {number} at place of a class among the cards
 */
export function tag(at) {
  return make('b', { style: `--hue: ${at * HUE}` }, String(at + 1));
}

/**
 * @param {import('./board.js').Board} board
 * @param {number} label
 */
export function nameOf(board, label) {
  return board.cards.find((card) => card.label === label)?.name ?? '';
}
