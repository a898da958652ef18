/** The terms of one explanation: a table of weighted sums, the window of a pool, or a line of arithmetic. */

import { make } from '../../../static/lib/dom.js';
import { fixed, largest, precise, readable, shownSum } from '../../../static/lib/format.js';
import { numberTable, placeButton } from '../../../static/lib/sums/number_table.js';
import { placeOf, unpackParts } from '../../../static/lib/sums/parts.js';
import { weightedTable } from './weighted_table.js';

/** @typedef {import('../../../static/lib/sums/parts.js').Explanation} Explanation */

const MOST_OPERANDS = 60; // of a sum over many values that are no window: all of them stand in the table to take home

/**
 * @param {Explanation} one
 * @returns {HTMLElement[]}
 */
export function termsOf(one) {
  if (one.parts?.weights) return weightedTable(one, one.parts);
  if (one.parts && one.kind !== 'share') return poolTable(one, one.parts);
  return one.others.length ? formulaLine(one) : [];
}

/**
 * Of a pool or mean: the window's values, with the one that won.
 * @param {Explanation} one
 * @param {import('../../../static/lib/sums/parts.js').PackedParts} packed
 */
function poolTable(one, packed) {
  const parts = unpackParts(packed);
  const [terms, total] = one.decimals;
  const values = parts.patch(0);
  // Above the table, as wide as the panel: under a small window it would be squeezed.
  const said = make('p', { class: 'note' }, `${parts.height} × ${parts.width} values of ${parts.source}: click one to go back to it.`);
  const table = numberTable(`values of ${parts.source}`, parts, values, largest(parts.values), terms, (at) => placeOf(parts, 0, at));
  for (const button of table.querySelectorAll('button'))
    if (one.main && button.dataset.place === JSON.stringify(one.main)) button.closest('td')?.classList.add('winner');
  let outcome = `largest: ${fixed(one.total, total)}`;
  if (one.kind === 'mean') {
    const inside = Array.from(values).filter((_, at) => placeOf(parts, 0, at));
    outcome = `sum ${fixed(shownSum(inside, terms), terms)} ÷ ${one.numbers.divisor} = ${fixed(one.total, total)}`;
  }
  return [said, make('div', { class: 'detail pool' }, table, make('span', { class: 'sign number' }, outcome))];
}

/**
 * Of an operation on one or two values: a line such as "max(0, 1.25) = 1.25".
 * @param {Explanation} one
 */
function formulaLine(one) {
  const [terms, total] = one.decimals;
  const operands = one.others.map(({ name, place, value, factor }) => {
    if (!place) return make('span', { class: 'number' }, name === 'factor' && value !== null ? precise(value, 15) : fixed(value, terms));
    return placeButton(place, fixed(factor && value !== null ? value / factor : value, terms));
  });
  const result = make('b', { class: 'number' }, ` = ${fixed(one.total, total)}`);
  const line = make('p', { class: 'formula' }, ...inSigns(one, operands), result);
  if (one.kind !== 'scaled') return [line];
  const facts = Object.entries(one.numbers).map(([name, value]) =>
    make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, readable(value))));
  const note = 'value × scale + shift, with scale = weight ÷ √(variance + epsilon) and shift = bias − mean × scale:';
  return [line, make('p', { class: 'note' }, note), make('table', { class: 'facts number' }, make('tbody', {}, ...facts))];
}

/**
 * The operands with the signs of their operation.
 * @param {Explanation} one
 * @param {HTMLElement[]} operands
 * @returns {(HTMLElement | string)[]}
 */
function inSigns({ kind, operation, others, numbers }, operands) {
  const [a, b, c] = operands;
  if ((kind === 'sum' || kind === 'mean' || kind === 'largest') && operands.length !== 2) {
    const between = kind === 'largest' ? ', ' : ' + ';
    const shown = operands.slice(0, MOST_OPERANDS).flatMap((operand, at) => [
      ...(at ? [between] : []),
      operand,
      ...(others[at].factor === null ? [] : [` × ${readable(others[at].factor)}`]),
    ]);
    const rest = operands.length - MOST_OPERANDS;
    if (rest > 0) shown.push(`${between}… (${rest} more)`);
    if (kind === 'mean') return ['(', ...shown, `) ÷ ${numbers.divisor}`];
    return kind === 'largest' ? ['max(', ...shown, ')'] : shown;
  }
  const isNegative = (others[1]?.factor ?? 0) < 0;
  /** @type {Record<string, string>} */
  const signs = { sum: isNegative ? ' − ' : ' + ', product: ' × ', quotient: ' ÷ ' };
  if (kind === 'scaled') return [a, ' × ', b, ' + ', c];
  if (kind in signs) return [a, signs[kind], b];
  if (operation === 'ReLU') return ['max(0, ', a, ')'];
  if (kind === 'function') return [`${operation}(`, a, ')'];
  return a ? [a] : [];
}
