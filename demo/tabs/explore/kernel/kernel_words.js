/** What stands around a kernel's numbers, in words. */

import { make } from '../../../static/lib/dom.js';
import { fixed, precise, readable, shownSum } from '../../../static/lib/format.js';
import { partName } from '../../../static/lib/sums/parts.js';

/** @typedef {import('../../../static/lib/store.js').Kernels} Kernels */

/**
 * Why the step has no kernels of its own; "" where it has.
 * @param {Pick<import('../../../static/lib/store.js').StepFacts, 'name' | 'operation'>} facts
 * @param {Pick<Kernels, 'step'> | null} kernels those of the channel, perhaps of a step before it
 */
export function noneInWords({ name, operation }, kernels) {
  if (kernels?.step === name) return '';
  const what = name === operation ? name : `${name} (${operation})`;
  if (kernels) return `${what} has no kernel of its own. Those of ${kernels.step}, which made this channel:`;
  if (operation === 'add') return `${what} has no kernel: it adds two paths, value by value. Choose a step on one of them to see its kernels.`;
  if (operation === 'linear') return `${what} has no kernel that slides: each of its values has a weight for every value before it, which Sum lists.`;
  return `${what} has no kernel.`;
}

/**
 * What a change under "What if?" made of the kernels; "" for none.
 * @param {Pick<Kernels, 'factor' | 'step' | 'channel'>} kernels
 */
export function changeInWords({ factor = 1, step, channel }) {
  if (factor === 1) return '';
  const made = factor === 0 ? 'is switched off: its kernels count as 0' : `is multiplied by ${readable(factor)}: so are its kernels`;
  return `With your changes channel ${channel} of ${step} ${made}. The kernels listed are as they count now.`;
}

/**
 * The sum of this part, the others and the bias, as they are shown, and what a change under "What if?" makes of it.
 * @param {import('../../../static/lib/sums/parts.js').Explanation} one
 * @param {import('../../../static/lib/sums/parts.js').Parts} parts
 * @param {number} part
 * @param {number} [factor] of that change
 * @returns {(Node | string)[]}
 */
export function togetherInWords({ decimals: [terms, total], others, total: result }, parts, part, factor = 1) {
  const rest = parts.sums.filter((_, index) => index !== part);
  const pieces = [`${partName(parts, part)}: sum of the products `, make('b', {}, fixed(parts.sums[part], terms))];
  if (rest.length) pieces.push(`; ${rest.length} other${rest.length > 1 ? 's' : ''} bring `, make('b', {}, fixed(shownSum(rest, terms), terms)));
  for (const { name, value } of others) pieces.push(`; ${name} `, make('b', {}, fixed(value, total)));
  pieces.push('. Together: ', make('b', {}, fixed(result, total)));
  if (factor !== 1) pieces.push(`; times ${precise(factor, 15)}, by your change: `, make('b', {}, fixed(factor * (result ?? NaN), total)));
  return [...pieces, '.'];
}
