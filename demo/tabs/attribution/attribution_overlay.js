/** A map of values laid over a picture in greys. */

import { putColour } from '../../static/lib/colors.js';

/** @typedef {import('../../static/lib/codec.js').Maps} Maps */

/**
 * @typedef {object} Ground the picture, one value for each pixel of the canvas
 * @property {number} side of the canvas
 * @property {ArrayLike<number>} colours RGBA bytes
 * @property {Float32Array} greys from 0 to 255
 */

/**
 * The picture's greys are lightened so that the colours of the map stand out.
 * @param {ArrayLike<number>} colours RGBA bytes
 * @param {number} side of the canvas, in pixels
 * @returns {Ground}
 */
export function groundOf(colours, side) {
  const grey = (/** @type {number} */ at) => 0.299 * colours[at] + 0.587 * colours[at + 1] + 0.114 * colours[at + 2];
  const greys = Float32Array.from({ length: side * side }, (_, i) => 255 - 0.75 * (255 - grey(4 * i)));
  return { side, colours, greys };
}

/**
 * The map's value at a place given as shares of the picture, from 0 to 1.
 * @param {Maps} maps
 * @param {number} x
 * @param {number} y
 * @param {boolean} isSmooth whether it is interpolated between the values
 */
export function valueAt(maps, x, y, isSmooth) {
  const { height, width } = maps;
  if (!isSmooth) return raw(maps, clip(Math.floor(y * height), height), clip(Math.floor(x * width), width));
  const column = clip(x * width - 0.5, width);
  const row = clip(y * height - 0.5, height);
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, below] = [clip(left + 1, width), clip(top + 1, height)];
  const [across, down] = [column - left, row - top];
  const above = (1 - across) * raw(maps, top, left) + across * raw(maps, top, right);
  return (1 - down) * above + down * ((1 - across) * raw(maps, below, left) + across * raw(maps, below, right));
}

/**
 * @param {Maps} maps
 * @param {number} row
 * @param {number} column
 */
export function raw({ integers, width, factor }, row, column) {
  return integers[row * width + column] * factor;
}

/**
 * @param {number} number
 * @param {number} count
 */
export function clip(number, count) {
  return Math.max(0, Math.min(count - 1, number));
}

/**
 * @param {Uint8ClampedArray | number[]} pixels RGBA bytes to be filled
 * @param {Ground} ground
 * @param {Maps} maps
 * @param {{ limit: number, opacity: number, isSmooth: boolean }} look `limit`: the value of the strongest colour;
 *   `opacity`: from 0, the picture in its colours, to 1, the map alone
 */
export function paintOverlay(pixels, { side, colours, greys }, maps, { limit, opacity, isSmooth }) {
  const colour = [0, 0, 0, 0];
  for (let i = 0; i < side * side; i++) {
    const value = valueAt(maps, ((i % side) + 0.5) / side, (Math.floor(i / side) + 0.5) / side, isSmooth);
    putColour(colour, 0, value, limit);
    // The larger a value, the less of the picture shows; at the end of the slider the map alone.
    const share = limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
    const cover = opacity ** (0.5 + 2.5 * (1 - share));
    for (let c = 0; c < 3; c++) {
      const below = opacity === 0 ? colours[4 * i + c] : greys[i];
      pixels[4 * i + c] = below * (1 - cover) + colour[c] * cover;
    }
    pixels[4 * i + 3] = 255;
  }
}
