/** What stands around the maps of the two lanes. */

import { extent, readable } from '../../static/lib/format.js';
import { channelAt, channelOf, correlation, extentOf, limitOf } from './compare_values.js';

/** @typedef {import('./compare_values.js').Compared} Compared */
/** @typedef {import('./compare_values.js').Lane} Lane */
/** @typedef {import('./compare_values.js').Lanes} Lanes */
/** @typedef {import('./compare_values.js').Side} Side */

/**
 * @typedef {object} Place that is pointed at
 * @property {Side} side
 * @property {number} own channel of that side
 * @property {number} channel the left one that stands beside it; -1 for none
 * @property {number} row
 * @property {number} column
 */

/** @param {boolean} isMeasured whether the difference of each step is known */
export function stepsInWords(isMeasured) {
  return isMeasured
    ? 'Bars: how large the difference is at each step, as a share of the size of the left values (Euclidean). Where they fall, the network takes the difference away; where they rise, it makes more of it.'
    : 'The two networks learned separately, so channels of the same number have nothing to do with each other: compare what kinds of channels there are.';
}

/** @param {Lanes} lanes without a difference */
export function whyNoDifference({ left, right }) {
  if (!right) return 'No difference here: the right lane has no such step.';
  if (left.size === 1 && right.size === 1)
    return `No difference here: there are ${left.channels} values on the left and ${right.channels} on the right.`;
  return `No difference here: the maps are of different sizes, ${left.height} × ${left.width} on the left and ${right.height} × ${right.width} on the right.`;
}

/**
 * @param {Lanes} lanes
 * @param {number} block the side of the squares of values that a pixel is the mean of
 * @param {boolean} isStretched whether the difference has a scale of its own
 */
export function scaleInWords({ left, right, difference }, block, isStretched) {
  const isSigned = [left, right].some((lane) => lane && extent(lane.values).low < 0);
  const where = isSigned ? '' : ' (only in the difference)';
  const meaning = `One scale for both lanes: red above zero, white zero, blue below${where}.`;
  const blocks = block > 1 ? ` To keep the page quick each pixel is the mean of ${block} × ${block} values.` : '';
  if (!difference) return meaning + blocks;
  const most = limitOf(difference);
  const own = ` The difference has its own scale, from ${readable(-most)} to ${readable(most)}.`;
  return meaning + (isStretched ? own : ' The difference has the same scale.') + blocks;
}

/**
 * @param {Compared} view
 * @param {Lanes} lanes
 * @param {'left' | 'right'} side
 */
export function titleOf(view, lanes, side) {
  if (!lanes[side]) return 'Right: no such step';
  const channel = channelAt(lanes, side, view.channel);
  const [start, step] = side === 'left' ? ['Left', view.step] : ['Right', view.matched.name];
  const label = view.labels[side === 'left' ? 0 : 1][channel];
  return `${start}: ${step}, ${lanes.left.size === 1 ? 'value' : 'channel'} ${channel}${label ? ` (${label})` : ''}`;
}

/**
 * @param {Lane} lane
 * @param {{ low: number, high: number, mean: number }} range of a channel
 */
export function rangeInWords(lane, { low, high, mean }) {
  return lane.size === 1 ? '' : `${readable(low)} to ${readable(high)}, mean ${readable(mean)}`;
}

/**
 * The chosen channel of both lanes, in words.
 * @param {Compared} view
 * @param {Lanes} lanes
 */
export function spoken(view, lanes) {
  const { left, right, difference } = lanes;
  const isSingle = left.size === 1;
  const start = `${isSingle ? 'Value' : 'Channel'} ${view.channel} of ${view.step}`;
  if (!difference || !right) {
    const { mean } = extentOf(left, view.channel, view.extents?.left);
    return `${start}: ${readable(mean)}${isSingle ? '' : ' on average'} on the left.`;
  }
  const partner = channelAt(lanes, 'right', view.channel);
  const beside = partner === view.channel ? '' : `, beside channel ${partner} of the right network`;
  const [a, b] = [channelOf(left, view.channel), channelOf(right, partner)];
  if (isSingle)
    return `${start}${beside}: ${readable(a[0])} on the left, ${readable(b[0])} on the right, difference ${readable(b[0] - a[0])}.`;
  const { low, high } = extentOf(difference, view.channel, view.extents?.difference);
  const range = `the difference goes from ${readable(low)} to ${readable(high)}`;
  return `${start}${beside}: ${range}.${likeness(correlation(a, b))}`;
}

/** @param {number | null} alike */
function likeness(alike) {
  if (alike === null) return '';
  const shown = readable(Math.round(100 * alike) / 100);
  return ` The two maps have a correlation of ${shown} (1: same shape, 0: nothing in common).`;
}

/**
 * The values at one place, in all lanes; without a difference, in the lane that is pointed at.
 * @param {Lanes} lanes
 * @param {Place} place
 * @returns {string | null} null where nothing is to be said
 */
export function valuesInWords(lanes, { side, own, channel, row, column }) {
  const isSingle = lanes.left.size === 1;
  /** @param {number} which */
  const where = (which) => (isSingle ? `value ${which}` : `channel ${which}, row ${row}, column ${column}`);
  /** @type {(side: Side, which: number) => string} */
  const value = (one, which) => {
    const lane = /** @type {Lane} */ (lanes[one]);
    return readable(channelOf(lane, which)[row * lane.width + column]);
  };
  if (!lanes.difference) return `${side} ${where(own)}: ${value(side, own)}`;
  if (channel < 0) return null;
  const right = value('right', channelAt(lanes, 'right', channel));
  return `${where(channel)}: left ${value('left', channel)}, right ${right}, difference ${value('difference', channel)}`;
}
