/** A rectangle on the picture, to blank it, and arrows to move the picture. */

import { pen } from '../../../static/lib/canvas.js';
import { around } from '../../../static/lib/dom.js';
import { boxAfter, boxBetween, squareAround } from './brush_box.js';

export class PictureBrush {
  size = 1; // of the network's picture, in pixels
  /** @type {import('./brush_box.js').Box | null} */
  box = null;
  /** @type {{ row: number, column: number } | null} */
  started = null; // where a finger or pointer went down

  /** @param {import('./whatif.js').WhatIf} whatif */
  constructor(whatif) {
    this.whatif = whatif;
    this.find = whatif.find;
    this.canvas = this.find('.canvas canvas', HTMLCanvasElement);
    this.listen();
    this.find('.moves').addEventListener('click', (event) => {
      const move = around(event, 'button')?.dataset.move;
      if (move) this.movePicture(move.split(' ').map(Number));
    });
  }

  listen() {
    const board = this.find('.canvas');
    board.addEventListener('pointerdown', (event) => {
      this.started = this.pixelAt(event);
      board.setPointerCapture(event.pointerId);
      this.drawBox(boxBetween(this.started, this.started));
    });
    board.addEventListener('pointermove', (event) => {
      if (this.started) this.drawBox(boxBetween(this.started, this.pixelAt(event)));
    });
    board.addEventListener('pointerup', () => {
      if (!this.started || !this.box) return;
      this.started = null;
      const isClick = this.box.height * this.box.width === 1;
      this.drawBox(isClick ? squareAround(this.box, this.size) : this.box);
      this.blank();
    });
    board.addEventListener('pointercancel', () => {
      this.started = null;
      this.drawBox(null);
    });
    board.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') return this.blank();
      const box = boxAfter(this.box, event, this.size);
      if (!box) return;
      event.preventDefault();
      this.drawBox(box);
    });
  }

  /**
   * @param {string} picture data: URL
   * @param {number} size
   */
  draw(picture, size) {
    const { canvas } = this;
    this.size = size;
    const image = new Image();
    image.onload = () => {
      canvas.width = canvas.height = size;
      pen(canvas).drawImage(image, 0, 0);
    };
    image.src = picture;
    const by = this.find('.by', HTMLInputElement);
    if (!by.value) by.value = String(Math.max(1, Math.round(size / 16)));
    this.find('.how').textContent = `What the network gets: ${size} × ${size} pixels. Drag a rectangle over it to blank it; a click blanks a small square.`;
    this.drawBox(null);
  }

  /** @param {import('./brush_box.js').Box | null} box */
  drawBox(box) {
    this.box = box;
    const mark = this.find('.box');
    mark.hidden = !box;
    if (!box) return;
    const share = (/** @type {number} */ pixels) => `${(100 * pixels) / this.size}%`;
    const { row, column, height, width } = box;
    Object.assign(mark.style, { top: share(row), left: share(column), height: share(height), width: share(width) });
  }

  /** @param {MouseEvent} event */
  pixelAt(event) {
    const frame = this.canvas.getBoundingClientRect();
    const within = (/** @type {number} */ share) => Math.max(0, Math.min(this.size - 1, Math.floor(share * this.size)));
    return { row: within((event.clientY - frame.top) / frame.height), column: within((event.clientX - frame.left) / frame.width) };
  }

  blank() {
    if (!this.box) return;
    const { row, column, height, width } = this.box;
    const fill = this.find('input[name=fill]:checked', HTMLInputElement).value;
    this.whatif.ask({ add: `input:${fill}.${row}.${column}.${height}.${width}` });
  }

  /** @param {number[]} signs right and down, each -1, 0 or 1 */
  movePicture(signs) {
    const by = this.whatif.fields.numbers('by');
    if (!by) return;
    const [right, down] = signs.map((sign) => sign * Math.round(by[0]) + 0); // no -0
    this.whatif.ask({ add: `input:shift.${right}.${down}` });
  }
}
