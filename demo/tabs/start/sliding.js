/** A window of 3 x 3 squares that slides over the picture, while a map fills: one value for each place. */

import { pen } from '../../static/lib/canvas.js';
import { unpackMaps } from '../../static/lib/codec.js';
import { putColour } from '../../static/lib/colors.js';

const SLOW = 3000; // milliseconds for the first row, in which a reader sees what happens
const FAST = 6000; // for all others
const SQUARE = 12; // pixels of the canvas for each square of the picture

/**
 * How many places are filled after some time.
 * @param {number} elapsed milliseconds
 * @param {{ width: number, size: number }} maps
 */
export function filledAfter(elapsed, { width, size }) {
  const first = Math.min(1, elapsed / SLOW) * width;
  const others = Math.min(1, Math.max(0, elapsed - SLOW) / FAST) * (size - width);
  return Math.floor(first + others);
}

export class Sliding {
  filled = 0;
  frame = 0;

  /**
   * @param {{ seen: HTMLCanvasElement, map: HTMLCanvasElement }} canvases
   * @param {ImageBitmap | HTMLImageElement} pixels what the network gets
   * @param {{ maps: import('../../static/lib/codec.js').Packed, limit: number }} filter
   * @param {(value: number, row: number, column: number) => void} tell the value at the window's place
   */
  constructor({ seen, map }, pixels, filter, tell) {
    this.seen = seen;
    this.map = map;
    this.pixels = pixels;
    this.limit = filter.limit;
    this.tell = tell;
    this.maps = unpackMaps(filter.maps);
    seen.width = seen.height = pixels.width * SQUARE;
    map.width = this.maps.width;
    map.height = this.maps.height;
    for (const canvas of [seen, map]) canvas.onpointermove = (event) => this.point(event, canvas);
  }

  /** @param {boolean} atOnce without sliding */
  begin(atOnce) {
    const started = performance.now();
    const step = () => {
      this.show(atOnce ? this.maps.size : filledAfter(performance.now() - started, this.maps));
      if (this.filled < this.maps.size) this.frame = requestAnimationFrame(step);
    };
    step();
  }

  end() {
    cancelAnimationFrame(this.frame);
    this.seen.onpointermove = this.map.onpointermove = null;
  }

  /** @param {number} filled places */
  show(filled) {
    const { maps } = this;
    const image = pen(this.map).createImageData(maps.width, maps.height);
    for (let at = 0; at < filled; at++) putColour(image.data, 4 * at, maps.integers[at] * maps.factor, this.limit);
    pen(this.map).putImageData(image, 0, 0);
    this.filled = filled;
    // When all is filled, the window rests in the middle, where there is something to see.
    const last = filled < maps.size ? Math.max(0, filled - 1) : Math.floor(maps.height / 2) * maps.width + maps.width / 2;
    this.place(Math.floor(last / maps.width), last % maps.width);
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  place(row, column) {
    const context = pen(this.seen);
    context.imageSmoothingEnabled = false;
    context.drawImage(this.pixels, 0, 0, this.seen.width, this.seen.height);
    for (const [colour, width] of /** @type {const} */ ([['#fff', 6], ['#d00', 3]])) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.strokeRect((column - 1) * SQUARE, (row - 1) * SQUARE, 3 * SQUARE, 3 * SQUARE);
    }
    this.tell(this.maps.integers[row * this.maps.width + column] * this.maps.factor, row, column);
  }

  /**
   * After all is filled, the window goes where somebody points.
   * @param {PointerEvent} event
   * @param {HTMLCanvasElement} canvas
   */
  point(event, canvas) {
    if (this.filled < this.maps.size) return;
    const [row, column] = squareAt(event, canvas, this.maps.width);
    this.place(row, column);
  }
}

/**
 * Row and column of the square under the pointer.
 * @param {PointerEvent} event
 * @param {HTMLCanvasElement} canvas
 * @param {number} count of squares along a side
 */
export function squareAt(event, canvas, count) {
  const box = canvas.getBoundingClientRect();
  const index = (/** @type {number} */ share) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  return [index((event.clientY - box.top) / box.height), index((event.clientX - box.left) / box.width)];
}
