/** The lines of a weighted sum: which parts come in which order, and what they make together down to each. */

import { factorDecimals, rounded, shownSum } from '../format.js';

/** @typedef {import('./parts.js').Explanation} Explanation */
/** @typedef {import('./parts.js').Parts} Parts */

/**
 * @typedef {object} SumLines
 * @property {{ part: number, sum: number, running: number }[]} shown `running`: what is shown down to there, added up
 * @property {{ count: number, sum: number, running: number } | null} rest parts that are not shown
 * @property {{ name: string, value: number, running: number }[]} others such as the bias
 * @property {number} factors decimals of values and weights with which they make the products shown; of entries alone
 */

/**
 * Numbers of the parts: as they come, or the largest first. What is no number comes before all.
 * @param {number[]} sums
 * @param {boolean} isBySize
 */
export function partOrder(sums, isBySize) {
  const order = Array.from(sums, (_, i) => i);
  const size = (/** @type {number} */ i) => (Number.isFinite(sums[i]) ? Math.abs(sums[i]) : Number.MAX_VALUE);
  return isBySize ? order.sort((a, b) => size(b) - size(a)) : order;
}

/**
 * @param {Pick<Explanation, 'decimals' | 'others'>} one
 * @param {Pick<Parts, 'sums' | 'entries' | 'patch' | 'kernel'>} parts
 * @param {number[]} order of the parts
 * @param {number} count how many of them are shown
 * @returns {SumLines}
 */
export function sumLines({ decimals, others }, { sums, entries, patch, kernel }, order, count) {
  const [terms, total] = decimals;
  const parts = order.slice(0, count);
  const rest = order.slice(count).map((i) => sums[i]);
  let running = 0;
  const shown = parts.map((part) => ({ part, sum: sums[part], running: (running += rounded(sums[part], terms)) }));
  const sum = shownSum(rest, terms);
  if (rest.length) running += sum;
  return {
    shown,
    rest: rest.length ? { count: rest.length, sum, running } : null,
    others: others.map(({ name, value }) => {
      const known = value ?? NaN;
      return { name, value: known, running: (running += rounded(known, total)) };
    }),
    factors: entries ? factorDecimals(parts.map((i) => patch(i)[0]), parts.map((i) => kernel(i)[0]), terms) : 0,
  };
}
