/** Where the window of a step stands on its way over the maps that it reads, and what is under it. */

import { readable } from '../../../static/lib/format.js';

/**
 * What the server sends, as `film` in demo/tabs/explore/inspector/inspector.py says.
 * @typedef {object} Scene
 * @property {string} model
 * @property {string} step
 * @property {number} channel
 * @property {number} ticket the serial of the channel that it was asked for
 * @property {string} [message] instead of all that follows
 * @property {'weighted' | 'max' | 'mean' | 'point'} kind
 * @property {string} operation
 * @property {string} source
 * @property {import('../../../static/lib/codec.js').Packed} inputs
 * @property {number} first the channel that the first of the maps is
 * @property {boolean} all whether the maps are all that the values are made of
 * @property {string | null} weights
 * @property {number} bias
 * @property {[number, number]} kernel vertical and horizontal, as those below
 * @property {[number, number]} stride
 * @property {[number, number]} padding
 * @property {[number, number]} dilation
 *
 * @typedef {Pick<Scene, 'kernel' | 'stride' | 'padding' | 'dilation'>} Geometry
 * @typedef {{ row: number, column: number }} Spot of a value that is made
 * @typedef {{ top: number, left: number, tall: number, wide: number }} Frame of the window, in values of the map it reads
 * @typedef {import('../../../static/lib/codec.js').Maps} Maps
 */

/**
 * The values are made row by row.
 * @param {number} at
 * @param {number} width of the map that is made
 * @returns {Spot}
 */
export function spotAt(at, width) {
  return { row: Math.floor(at / width), column: at % width };
}

/**
 * @param {Geometry} geometry
 * @param {Spot} spot
 * @returns {Frame}
 */
export function frameAt({ kernel, stride, padding, dilation }, { row, column }) {
  const [tall, wide] = [0, 1].map((axis) => (kernel[axis] - 1) * dilation[axis] + 1);
  return { top: row * stride[0] - padding[0], left: column * stride[1] - padding[1], tall, wide };
}

/**
 * Whether it reaches into the padding.
 * @param {Frame} frame
 * @param {{ height: number, width: number }} maps
 */
export function isBeyond({ top, left, tall, wide }, { height, width }) {
  return top < 0 || left < 0 || top + tall > height || left + wide > width;
}

/**
 * The places under the window, row by row; some may lie in the padding.
 * @param {Geometry} geometry
 * @param {Spot} spot
 * @returns {Spot[]}
 */
export function placesUnder(geometry, spot) {
  const { kernel, dilation } = geometry;
  const { top, left } = frameAt(geometry, spot);
  return Array.from({ length: kernel[0] * kernel[1] }, (_, i) => {
    const { row, column } = spotAt(i, kernel[1]);
    return { row: top + row * dilation[0], column: left + column * dilation[1] };
  });
}

/**
 * @param {Geometry} geometry
 * @param {Maps} maps
 * @param {number} map which of them
 * @param {Spot} spot
 * @returns {(number | null)[]} null in the padding
 */
export function valuesUnder(geometry, maps, map, spot) {
  const { integers, factor, size, height, width } = maps;
  return placesUnder(geometry, spot).map(({ row, column }) => {
    const isInside = row >= 0 && column >= 0 && row < height && column < width;
    return isInside ? integers[map * size + row * width + column] * factor : null;
  });
}

/**
 * What the maps bring to a weighted sum: those before the one that is shown, that one, those after it, and the bias.
 * @param {Scene} scene
 * @param {Maps & { channels: number }} maps
 * @param {ArrayLike<number>} weights
 * @param {number} map which of them is shown
 * @param {Spot} spot
 */
export function runningSum(scene, maps, weights, map, spot) {
  const sums = Array.from({ length: maps.channels }, (_, i) => {
    const read = valuesUnder(scene, maps, i, spot);
    return read.reduce((/** @type {number} */ sum, value, at) => sum + (value ?? 0) * weights[i * read.length + at], 0);
  });
  const total = (/** @type {number[]} */ some) => some.reduce((sum, one) => sum + one, 0);
  return {
    ...{ before: total(sums.slice(0, map)), own: sums[map], after: total(sums.slice(map + 1)), bias: scene.bias },
    ...{ countBefore: map, countAfter: maps.channels - map - 1 },
  };
}

/**
 * What the window does here: the parts from the rounded numbers that were sent, the result as the network has it.
 * @param {Scene} scene
 * @param {Maps & { channels: number }} maps that it reads
 * @param {ArrayLike<number>} weights
 * @param {number} map which of them is shown
 * @param {Spot} spot
 * @param {number | null} held the result; null while it is not there yet
 */
export function windowWords(scene, maps, weights, map, spot, held) {
  const where = `Row ${spot.row}, column ${spot.column}: `;
  const made = held === null ? '…' : readable(held);
  if (!scene.all) return `${where}${made}. The sum goes over more maps than are sent here; the one with the largest kernel is shown.`;
  const exact = (/** @type {string} */ what) => `Values are rounded here; for the exact ${what} choose “Show the calculation of this value”.`;
  if (scene.kind === 'weighted') {
    const read = valuesUnder(scene, maps, map, spot);
    const own = read.reduce((/** @type {number} */ sum, value, i) => sum + (value ?? 0) * weights[map * read.length + i], 0);
    return `${where}this map brings ${readable(own)}; all ${maps.channels} maps and the bias ${readable(scene.bias)} make ${made}. ${exact('sum')}`;
  }
  const inside = valuesUnder(scene, maps, 0, spot).filter((value) => value !== null).map(readable);
  if (scene.kind === 'point') return `${where}${scene.operation} makes ${inside[0]} into ${made}. Values are rounded here.`;
  return `${where}the ${scene.kind === 'mean' ? 'mean' : 'largest'} of ${inside.join(', ')} is ${made}. ${exact('ones')}`;
}

/**
 * How many values are made now, and how many more time has earned.
 * @param {number} owed
 * @param {number} row values that are only made together; 1: each on its own
 */
export function stepsOf(owed, row) {
  const steps = Math.floor(owed / row) * row;
  return { steps, owed: owed - steps };
}
