/**
 * The numbers of two passes, left and right, and of their difference. Where the server sent the difference, it is exact
 * and the right side is worked out from it; between two networks it is the other way round.
 *
 * @typedef {'left' | 'right' | 'difference'} Side
 *
 * @typedef {object} Lane all channels of one step
 * @property {Float32Array} values
 * @property {number} channels
 * @property {number} height
 * @property {number} width
 * @property {number} size height * width
 *
 * @typedef {object} Lanes
 * @property {Lane} left
 * @property {Lane | null} right null where the other network has no such step
 * @property {Lane | null} difference right minus left; null where the sides do not fit on each other
 * @property {number[] | null} partners of each left channel the right one that stands beside it; null: the same
 *
 * @typedef {object} Compared what the server sends; see `side_by_side` in align.py
 * @property {{ title: string, model: string, picture: string, size: number }[]} lanes
 * @property {{ name: string, operation: string, channels: number, change: number | null }[]} steps
 * @property {string} step
 * @property {number} channel
 * @property {string[][]} labels
 * @property {{ name: string | null, note: string }} matched
 * @property {import('../../static/lib/codec.js').Packed} left
 * @property {import('../../static/lib/codec.js').Packed} [right]
 * @property {import('../../static/lib/codec.js').Packed} [difference]
 * @property {number} block
 * @property {Partial<Record<Side, number[][]>>} [extents]
 * @property {string[]} classes
 * @property {(number | null)[][]} shares
 * @property {Record<string, string | undefined>} about the part of the address that it answers
 */

import { unpackMaps } from '../../static/lib/codec.js';
import { extent, largest } from '../../static/lib/format.js';

/** @type {Side[]} */
export const SIDES = ['left', 'right', 'difference'];

/**
 * @param {import('../../static/lib/codec.js').Packed | undefined} packed
 * @returns {Lane | null}
 */
function unpacked(packed) {
  if (!packed) return null;
  const { integers, factor, channels, height, width, size } = unpackMaps(packed);
  return { values: Float32Array.from(integers, (integer) => integer * factor), channels, height, width, size };
}

/**
 * The values of one channel, row by row.
 * @param {Lane} lane
 * @param {number} channel
 */
export function channelOf(lane, channel) {
  return lane.values.subarray(channel * lane.size, (channel + 1) * lane.size);
}

/**
 * @param {Pick<Compared, Side>} packed
 * @param {boolean} bySimilarity whether channels of two networks stand beside the most similar one, or that of their number
 * @returns {Lanes}
 */
export function unpackLanes(packed, bySimilarity) {
  const left = /** @type {Lane} */ (unpacked(packed.left));
  const difference = unpacked(packed.difference);
  if (difference) {
    const right = { ...difference, values: difference.values.map((value, index) => left.values[index] + value) };
    return { left, right, difference, partners: null };
  }
  const right = unpacked(packed.right);
  if (!right) return { left, right, difference: null, partners: null };
  const isLike = isSameSize(left, right) && (left.size > 1 || left.channels === right.channels);
  if (!isLike) return { left, right, difference: null, partners: byNumber(left, right) };
  const partners = bySimilarity && left.size > 1 ? bySimilarityOf(left, right) : byNumber(left, right);
  return { left, right, difference: subtract(left, right, partners), partners };
}

/**
 * The channel that stands on a side, where the left one is `channel`.
 * @param {Lanes} lanes
 * @param {Side} side
 * @param {number} channel
 */
export function channelAt({ partners }, side, channel) {
  return side === 'right' && partners ? partners[channel] : channel;
}

/**
 * The left channel beside which a side's channel stands, the first of several.
 * @param {Lanes} lanes
 * @param {Side} side
 * @param {number} channel
 * @returns {number} -1 for none
 */
export function leftOf({ partners }, side, channel) {
  return side === 'right' && partners ? partners.indexOf(channel) : channel;
}

/**
 * Whether the channels of two networks can be paired by their likeness.
 * @param {Lanes} lanes
 */
export function canPair({ left, right, partners }) {
  return right !== null && partners !== null && left.size > 1 && isSameSize(left, right);
}

/**
 * @param {Lane} left
 * @param {Lane} right
 */
function isSameSize(left, right) {
  return left.height === right.height && left.width === right.width;
}

/**
 * @param {Lane} left
 * @param {Lane} right
 * @param {number[]} partners
 * @returns {Lane}
 */
function subtract(left, right, partners) {
  const difference = { ...left, values: new Float32Array(left.values.length) };
  for (let channel = 0; channel < left.channels; channel++) {
    const [a, b] = [channelOf(left, channel), channelOf(right, partners[channel])];
    channelOf(difference, channel).set(a.map((value, index) => b[index] - value));
  }
  return difference;
}

/**
 * @param {Lane} left
 * @param {Lane} right
 */
function byNumber(left, right) {
  return Array.from({ length: left.channels }, (_, channel) => Math.min(channel, right.channels - 1));
}

/**
 * Of each left channel the right one with the highest correlation over the positions of the map.
 * @param {Lane} left
 * @param {Lane} right
 */
function bySimilarityOf(left, right) {
  const candidates = units(right);
  return units(left).map((own) => {
    let [best, highest] = [0, -Infinity];
    candidates.forEach((other, channel) => {
      const product = dot(own, other);
      if (product > highest) [best, highest] = [channel, product];
    });
    return best;
  });
}

/**
 * Each channel with mean 0 and norm 1, so that products of two are correlations; a constant one is 0.
 * @param {Lane} lane
 */
function units(lane) {
  return Array.from({ length: lane.channels }, (_, channel) => {
    const centred = centre(Float64Array.from(channelOf(lane, channel)));
    const norm = Math.sqrt(dot(centred, centred)) || 1;
    return centred.map((value) => value / norm);
  });
}

/** @param {Float64Array} values */
function centre(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/**
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
function dot(a, b) {
  let product = 0;
  for (let index = 0; index < a.length; index++) product += a[index] * b[index];
  return product;
}

/**
 * Pearson's, of two maps.
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 * @returns {number | null} null where one of them is constant
 */
export function correlation(a, b) {
  const [first, second] = [a, b].map((values) => centre(Float64Array.from(values)));
  const [squareA, squareB] = [dot(first, first), dot(second, second)];
  return squareA && squareB ? dot(first, second) / Math.sqrt(squareA * squareB) : null;
}

/**
 * Lowest, highest and mean value of one channel: as the server says, of the values themselves; the difference of two
 * networks is worked out here.
 * @param {Lane} lane
 * @param {number} channel
 * @param {number[][]} [extents] of all channels of this side, from the server
 */
export function extentOf(lane, channel, extents) {
  if (!extents) return extent(channelOf(lane, channel));
  const [low, high, mean] = extents.map((values) => values[channel]);
  return { low, high, mean };
}

/**
 * The value of the strongest colour where all of them share one scale.
 * @param {...(Lane | null)} lanes
 */
export function limitOf(...lanes) {
  return Math.max(...lanes.map((lane) => (lane ? largest(lane.values) : 0)));
}
