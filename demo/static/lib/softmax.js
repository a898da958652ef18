/** From logits to probabilities, with a temperature. */

import { finePercent } from './format.js';

const LARGEST_POWER = 10; // of e that is shown as it is; else the largest logit is subtracted from all

/**
 * @param {number[]} logits
 * @param {number} temperature
 */
export function softmax(logits, temperature) {
  const top = Math.max(...logits);
  const subtracted = logits.some((logit) => Math.abs(logit / temperature) > LARGEST_POWER) ? top : 0;
  const powers = logits.map((logit) => Math.exp((logit - subtracted) / temperature));
  const sum = powers.reduce((a, b) => a + b, 0);
  return { powers, sum, subtracted, shares: powers.map((power) => power / sum) };
}

/**
 * The fewest significant digits, the same for all powers and their sum, with which dividing gives every share as shown.
 * @param {{ powers: number[], sum: number, shares: number[] }} found
 */
export function figuresFor({ powers, sum, shares }) {
  const as = (/** @type {number} */ value, /** @type {number} */ figures) => Number(value.toPrecision(figures));
  const fits = (/** @type {number} */ figures) =>
    powers.every((power, i) => finePercent(as(power, figures) / as(sum, figures)) === finePercent(shares[i]));
  for (let figures = 4; figures < 12; figures++) if (fits(figures)) return figures;
  return 12;
}

/**
 * Numbers of the classes, the likeliest first.
 * @param {number[]} logits
 */
export function byLogit(logits) {
  return logits.map((_, i) => i).sort((a, b) => logits[b] - logits[a]);
}

/**
 * The temperature that a slider from -1 to 1 stands for, in powers of ten; near its middle exactly 1.
 * @param {number} position
 */
export function temperatureAt(position) {
  return Math.abs(position) < 0.03 ? 1 : 10 ** position;
}
