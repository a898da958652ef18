/** Whether a calculation gives what the network holds. */

import { make } from '../../../static/lib/dom.js';
import { exponential, precise } from '../../../static/lib/format.js';

/** @param {Pick<import('../../../static/lib/sums/parts.js').Explanation, 'value' | 'total' | 'difference' | 'adds'>} one */
export function checkWords({ value, total, difference, adds }) {
  if (value === null || total === null || difference === null) return 'a number here is not finite';
  const held = `the network’s own tensor holds ${precise(value, 9)}`;
  const isSmall = difference < 1e-4;
  const bound = adds && !isSmall ? 'within the rounding of single precision for numbers of this size' : `${isSmall ? '<' : '≥'} 1e−4`;
  return `${held}, |difference| = ${difference === 0 ? '0' : exponential(difference, 1)} ${bound}`;
}

/**
 * @param {boolean} adds
 * @param {string} text
 */
export function checkLine(adds, text) {
  const sign = make('span', { 'aria-hidden': 'true' }, adds ? '✓ ' : '✗ ');
  return make('p', { class: `check ${adds ? 'ok' : 'bad'}` }, sign, `${adds ? 'Adds up' : 'Does not add up'}: ${text}`);
}
