/**
 * Where squares lie on a photo, in its pixels, all whole numbers.
 *
 * @typedef {{ left: number, top: number, side: number }} Square
 * @typedef {{ width: number, height: number }} Size
 */

export const SMALLEST = 16; // pixels of a side: smaller ones show nothing
const USUAL = 1 / 8; // of the photo's shorter side, at the beginning
const MARKS = 100; // of the slider of sizes
/** @type {Record<string, [number, number]>} */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The square about a point, moved into the photo.
 * @param {number} x
 * @param {number} y
 * @param {number} side
 * @param {Size} photo
 * @returns {Square}
 */
export function about(x, y, side, { width, height }) {
  const fits = Math.max(1, Math.min(Math.round(side), width, height));
  return { left: between(Math.round(x - fits / 2), 0, width - fits), top: between(Math.round(y - fits / 2), 0, height - fits), side: fits };
}

/**
 * The square moved by a key: a quarter of its side, or a whole one.
 * @param {Square} square
 * @param {string} key
 * @param {boolean} isFar
 * @param {Size} photo
 * @returns {Square}
 */
export function stepped(square, key, isFar, photo) {
  const [x, y] = ARROWS[key] ?? [0, 0];
  const step = Math.max(1, Math.round(isFar ? square.side : square.side / 4));
  return about(square.left + square.side / 2 + x * step, square.top + square.side / 2 + y * step, square.side, photo);
}

/**
 * The one on which a point lies; of several that whose centre is nearest.
 * @template {Square} Tile
 * @param {Tile[]} tiles
 * @param {number} x
 * @param {number} y
 * @returns {Tile | undefined}
 */
export function tileAt(tiles, x, y) {
  const on = tiles.filter(({ left, top, side }) => x >= left && y >= top && x < left + side && y < top + side);
  const away = (/** @type {Square} */ { left, top, side }) => Math.hypot(left + side / 2 - x, top + side / 2 - y);
  return on.sort((a, b) => away(a) - away(b))[0];
}

/**
 * The side with which a photo begins.
 * @param {Size} photo
 */
export function usualSide({ width, height }) {
  return between(Math.round(USUAL * Math.min(width, height)), SMALLEST, Math.min(width, height));
}

/**
 * The side at a mark of the slider, whose marks are equal shares of growth.
 * @param {number} mark 0 to 100
 * @param {Size} photo
 */
export function sideOf(mark, { width, height }) {
  return Math.round(SMALLEST * (Math.min(width, height) / SMALLEST) ** (mark / MARKS));
}

/**
 * The nearest mark of a side.
 * @param {number} side
 * @param {Size} photo
 */
export function markOf(side, { width, height }) {
  const most = Math.min(width, height);
  return most <= SMALLEST ? 0 : Math.round((MARKS * Math.log(side / SMALLEST)) / Math.log(most / SMALLEST));
}

/**
 * What tells a photo from another: exact copies have the same key, under whatever name.
 * @param {Uint8Array} bytes of its file
 */
export function keyOf(bytes) {
  let [a, b] = [0x811c9dc5, 0x01000193]; // two sums as in FNV-1a, so that no two photos of somebody meet by chance
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul(b ^ byte, 0x85ebca6b) ^ (b >>> 13);
  }
  return `photo:${bytes.length}-${(a >>> 0).toString(16)}${(b >>> 0).toString(16)}`;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
function between(value, low, high) {
  return Math.max(low, Math.min(high, value));
}
