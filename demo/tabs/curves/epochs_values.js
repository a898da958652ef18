/**
 * A channel and the answer at every epoch whose weights were kept: numbers and words.
 *
 * @typedef {object} OverTime what the server sends; see `over_time` in epochs.py
 * @property {string} title of the network
 * @property {number[]} epochs ascending
 * @property {number} epoch the one that was asked for, or the nearest
 * @property {number} last of the training
 * @property {string} chart SVG
 * @property {Record<string, number | null>[]} history for each epoch; null for what was not measured
 * @property {{ name: string, operation: string, channels: number }[]} steps
 * @property {string} step
 * @property {number} channel
 * @property {string} label
 * @property {import('../../static/lib/codec.js').Packed} maps one for each epoch
 * @property {Kernels | null} kernels
 * @property {string[]} classes
 * @property {number[][]} probabilities for each epoch
 *
 * @typedef {object} Kernels
 * @property {string} step
 * @property {string[]} reads names of those that are shown
 * @property {number} count of all
 * @property {import('../../static/lib/codec.js').Packed} values all shown ones of the first epoch, then of the next
 *
 * @typedef {import('../../static/lib/codec.js').Maps} Maps
 */

import { extent, percent, readable } from '../../static/lib/format.js';

/**
 * Lowest, highest and mean value of one map.
 * @param {Maps} maps
 * @param {number} index of the map
 */
export function rangeAt({ integers, size, factor }, index) {
  return extent(integers.slice(index * size, (index + 1) * size), factor);
}

/**
 * The value of the strongest colour.
 * @param {{ low: number, high: number }} range
 */
export function limitOf({ low, high }) {
  return Math.max(Math.abs(low), Math.abs(high));
}

/**
 * The likeliest class at an epoch and its probability.
 * @param {Pick<OverTime, 'classes' | 'probabilities'>} view
 * @param {number} index of the epoch
 */
export function answerAt({ classes, probabilities }, index) {
  const shares = probabilities[index];
  const leader = shares.indexOf(Math.max(...shares));
  return { leader, label: classes[leader], share: shares[leader] };
}

/**
 * Index of the epoch that is shown first.
 * @param {Pick<OverTime, 'epochs' | 'epoch'>} view
 * @param {string | null} wanted as the address says
 */
export function firstShown({ epochs, epoch }, wanted) {
  if (wanted === null) return epochs.length - 1;
  const isKept = wanted !== '' && epochs.includes(Number(wanted));
  return Math.max(0, epochs.indexOf(isKept ? Number(wanted) : epoch));
}

/**
 * Index of the kept epoch that is nearest.
 * @param {number[]} epochs
 * @param {number} epoch
 */
export function nearest(epochs, epoch) {
  const distances = epochs.map((one) => Math.abs(one - epoch));
  return distances.indexOf(Math.min(...distances));
}

/**
 * How far the training was at an epoch.
 * @param {Pick<OverTime, 'epochs' | 'history' | 'last'>} view
 * @param {number} index of the epoch
 */
export function standing({ epochs, history, last }, index) {
  const { train_loss: train, val_loss: loss, val_accuracy: accuracy } = history[index];
  const measured = [];
  if (accuracy !== null) measured.push(`${percent(accuracy)} of the validation pictures right`);
  if (loss !== null) measured.push(`validation loss ${readable(loss)}`);
  if (train !== null) measured.push(`training loss ${readable(train)}`);
  const when = epochs[index] === 0 ? 'Epoch 0, before training' : `Epoch ${epochs[index]} of ${last}`;
  return `${when}${measured.length ? `: ${measured.join(', ')}.` : '.'}`;
}

/**
 * @param {OverTime} view
 * @param {Maps} maps
 * @param {number} index of the epoch
 */
export function spoken(view, maps, index) {
  const { low, high, mean } = rangeAt(maps, index);
  const values =
    maps.size === 1
      ? `value ${view.channel} of ${view.step} is ${readable(high)}`
      : `channel ${view.channel} of ${view.step} runs from ${readable(low)} to ${readable(high)}, mean ${readable(mean)}`;
  const { label, share } = answerAt(view, index);
  return `At epoch ${view.epochs[index]} ${values}. The network's answer is ${label}, ${percent(share)}.`;
}

/** @param {OverTime} view */
export function lead({ title, epochs }) {
  return (
    `${title} while it was trained: its weights were kept after epochs ${epochs.join(', ')}. ` +
    'Move the slider: the same picture, seen by the network as it was then.'
  );
}

/** @param {boolean} isOwn whether each epoch has its own scale */
export function scaleInWords(isOwn) {
  return isOwn
    ? 'Each epoch has its own scale: compare shapes, not strengths.'
    : 'One scale for all epochs, so that strengths compare: a pale map has small values.';
}

/**
 * @param {Kernels} kernels
 * @param {number[]} epochs
 * @param {number} limit of their colours
 */
export function kernelsInWords({ reads, count }, epochs, limit) {
  const [first, last] = [epochs[0], epochs[epochs.length - 1]];
  const which =
    reads.length < count
      ? `The ${reads.length} of ${count} kernels that changed most between epoch ${first} and ${last}.`
      : `All ${count}, one for each channel that it reads.`;
  return `${which} Red: positive weights, blue: negative; white: 0; one scale for all epochs, up to ${readable(limit)}.`;
}
