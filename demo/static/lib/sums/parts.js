/**
 * What the server says of how a value came about, as `explained` in demo/tabs/explore/inspector/inspector.py.
 *
 * @typedef {[string, number, number, number]} Position step, channel, row, column
 *
 * @typedef {object} Explanation
 * @property {Position} position
 * @property {number[]} shape
 * @property {string} operation
 * @property {string} kind
 * @property {Record<string, number>} numbers
 * @property {Position | null} main the value that won
 * @property {number | null} value what the tensor holds; null, here and below, is no finite number
 * @property {number | null} total what the calculation gives
 * @property {number | null} difference
 * @property {boolean} adds
 * @property {[number, number]} decimals of the terms, and of the total
 * @property {boolean} is_without whether it is what the value would be without the change of its channel under "What if?"
 * @property {string} words
 * @property {string[]} changed changes of weights, paths or the picture that are in its numbers, in words
 * @property {PackedParts | null} parts
 * @property {Term[]} others
 *
 * @typedef {{ name: string, value: number | null, place: Position | null, factor: number | null }} Term
 *
 * @typedef {object} PackedParts the terms that read patches of one shape
 * @property {string} source
 * @property {number[]} channels
 * @property {number[]} rows
 * @property {number[]} columns
 * @property {[number, number]} grid
 * @property {[number[], number[]]} sources row and column of the map for each of the rows and columns; -1 in padding
 * @property {boolean} entries whether each part is one entry of a vector
 * @property {string} values
 * @property {string | null} weights
 * @property {(number | null)[]} sums
 */

import { littleGrey, littleMap } from '../canvas.js';
import { floats } from '../codec.js';
import { store } from '../store.js';

/** @typedef {ReturnType<typeof unpackParts>} Parts */

const COLOURS = ['red', 'green', 'blue'];

/**
 * Patches, kernels and products of one part each, out of what came packed.
 * @param {PackedParts} parts
 */
export function unpackParts(parts) {
  const [height, width] = [parts.rows.length, parts.columns.length];
  const size = height * width;
  const values = floats(parts.values);
  const weights = floats(parts.weights ?? '');
  return {
    ...parts,
    ...{ height, width, values, weights },
    sums: parts.sums.map((sum) => sum ?? NaN),
    /** @param {number} i */
    patch: (i) => values.subarray(i * size, (i + 1) * size),
    /** Empty where nothing is weighted. @param {number} i */
    kernel: (i) => weights.subarray(i * size, (i + 1) * size),
  };
}

/**
 * Where a value of part `i` stands in its source.
 * @param {Parts} parts
 * @param {number} i
 * @param {number} at
 * @returns {Position | null} null in padding
 */
export function placeOf({ source, sources, channels, width }, i, at) {
  const [row, column] = [sources[0][Math.floor(at / width)], sources[1][at % width]];
  return row < 0 || column < 0 ? null : [source, channels[i], row, column];
}

/**
 * @param {Parts} parts
 * @param {number} at
 */
export function isPadding({ entries, rows, columns, grid, width }, at) {
  const [row, column] = [rows[Math.floor(at / width)], columns[at % width]];
  return !entries && (row < 0 || column < 0 || row >= grid[0] || column >= grid[1]);
}

/**
 * @param {Pick<Parts, 'source' | 'entries' | 'channels'>} parts
 * @param {number} i
 */
export function partName({ source, entries, channels }, i) {
  const channel = channels[i];
  if (source === 'input' && channel < COLOURS.length) return COLOURS[channel];
  return `${entries ? 'entry' : 'channel'} ${channel}`;
}

/**
 * A channel of the picture.
 * @param {number} channel
 */
export function colourName(channel) {
  return COLOURS[channel] ?? String(channel);
}

/**
 * The values of black and of white in a channel of the picture; null of any other step.
 * @param {string} source
 * @param {number} channel
 * @returns {import('../colors.js').Range | null}
 */
export function pixelRange(source, channel) {
  const pixels = source === 'input' ? store.get('network')?.pixels : undefined;
  if (!pixels || !(channel in pixels.mean)) return null;
  const [mean, std] = [pixels.mean[channel], pixels.std[channel]];
  return { low: -mean / std, high: (1 - mean) / std };
}

/**
 * The patch of one part as a small picture: grey where it is one of the picture, else in the colours of values.
 * @param {Parts} parts
 * @param {number} i
 * @param {number} limit
 */
export function littlePatch(parts, i, limit) {
  const range = pixelRange(parts.source, parts.channels[i]);
  const { height, width } = parts;
  return range ? littleGrey(parts.patch(i), height, width, range) : littleMap(parts.patch(i), height, width, limit);
}
