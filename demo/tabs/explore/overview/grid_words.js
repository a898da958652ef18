/** What stands around the grid: a step in words, and its logits as a table. */

import { cssColour } from '../../../static/lib/colors.js';
import { make } from '../../../static/lib/dom.js';
import { readable } from '../../../static/lib/format.js';

const MOST_LOGITS = 40; // classes that all have a row; of more the highest do, and the chosen one
const BEST_LOGITS = 20;

/**
 * What the server sends.
 * @typedef {object} StepView
 * @property {string} model
 * @property {string} step
 * @property {import('../../../static/lib/codec.js').Packed} maps
 * @property {number[]} low
 * @property {number[]} high
 * @property {number[]} mean
 * @property {number[]} zeros
 * @property {string[]} labels
 * @property {number} channel
 * @property {number | null} row
 * @property {number | null} column
 * @property {import('../../../static/lib/store.js').StepFacts} facts
 * @property {number} largest of the whole network
 * @property {{ step: string, low: number[], high: number[] } | null} [scale] of a ReLU or max pool, that of the step whose
 *   values it hands on: a value has one colour before and after
 */

/** @typedef {import('../../../static/lib/store.js').StepFacts} StepFacts */

const MEANINGS = {
  channel: 'Each channel has its own scale: compare shapes, not strengths.',
  step: 'One scale for the whole step.',
  network: 'One scale for all steps of the network, up to the largest value anywhere.',
};

/** @param {StepFacts} facts */
export function heading({ name, operation }) {
  return name === operation ? name : `${name}: ${operation}`;
}

/** @param {StepFacts} facts */
export function factsInWords({ shape, parameters, sees }) {
  const [count, height, width] = shape;
  const parts = [
    shape.length === 3 ? `${count} channels of ${height} × ${width} values` : `${count.toLocaleString('en')} values`,
    parameters ? `${parameters.toLocaleString('en')} weights` : 'nothing learned here',
  ];
  if (sees) parts.push(`each value depends on ${sees.includes('px') ? `${sees} of the picture` : 'the whole picture'}`);
  return parts.join(' · ');
}

/**
 * @param {'channel' | 'step' | 'network'} level
 * @param {boolean} signed
 * @param {number} limit the value of the strongest colour, of a step or network
 * @param {string} [before] the step whose scale it is, too
 */
export function scaleInWords(level, signed, limit, before = '') {
  const meaning = signed ? 'Red: above zero, white: zero, blue: below zero.' : 'White: zero, the darker the larger.';
  const end = level === 'channel' ? '' : ` The strongest colour is ${signed ? '±' : ''}${readable(limit)}.`;
  const shared = before && level !== 'network' ? ` It is that of ${before}, so that a value has one colour before and after.` : '';
  return `${meaning} ${MEANINGS[level]}${end}${shared}`;
}

/**
 * The chosen channel for a screen reader.
 * @param {StepView} view
 * @param {boolean} isSingle whether each channel is one value
 */
export function spoken({ channel, labels, low, high, zeros }, isSingle) {
  const label = labels.length ? `, ${labels[channel]}` : '';
  if (isSingle) return `value ${channel}${label}: ${readable(high[channel])}`;
  const range = `from ${readable(low[channel])} to ${readable(high[channel])}`;
  return `channel ${channel}: ${range}, ${Math.round(100 * zeros[channel])} % zeros`;
}

/**
 * @param {StepView} view
 * @param {number} limit the value of the longest bar
 */
export function logitRows({ labels, high, channel }, limit) {
  const order = labels.map((_, index) => index);
  if (labels.length <= MOST_LOGITS) return order.map(row);
  order.sort((a, b) => high[b] - high[a]);
  const shown = order.slice(0, BEST_LOGITS);
  if (!shown.includes(channel)) shown.push(channel);
  const others = `${(labels.length - shown.length).toLocaleString('en')} others: choose one in the grid above to see it here.`;
  return [...shown.map(row), make('tr', {}, make('td', { colspan: 3, class: 'others' }, others))];

  /** @param {number} index */
  function row(index) {
    const label = labels[index];
    const value = high[index];
    const colour = cssColour(Math.sign(value) * limit * 0.55, limit);
    const style = `width:${(50 * Math.abs(value)) / limit}%;background:${colour};${value < 0 ? 'right' : 'left'}:50%`;
    return make(
      'tr',
      { 'data-channel': index, 'aria-current': index === channel },
      make('th', { scope: 'row' }, label),
      make('td', { class: 'signed' }, make('span', { style })),
      make('td', { class: 'number' }, readable(value)),
    );
  }
}
