/** The numbers of the chosen value: what its window reads, and how they make it; as tables and in words. */

import { cellColours, greyCellColours } from '../../../static/lib/colors.js';
import { make } from '../../../static/lib/dom.js';
import { decimalsFor, factorDecimals, fixed, fixedSum, largest, shownSum } from '../../../static/lib/format.js';
import { patchUnder, placesUnder, total } from './arithmetic.js';

/**
 * @typedef {import('./chain.js').Made} Made
 * @typedef {import('./arithmetic.js').Place} Place
 * @typedef {import('./settings.js').Settings} Settings
 *
 * @typedef {object} Calculation of one value
 * @property {number[]} patch
 * @property {boolean[]} beyond which of them lie in the padding
 * @property {number[]} products of patch and kernel; [] where nothing is weighted
 * @property {number} sum of the products; of the patch, where nothing is weighted
 * @property {number} value
 */

const MOST_TERMS = 9; // of a sum that is written out
const RANGE = { low: 0, high: 1 };

/**
 * @param {Made} made
 * @param {Place} place
 * @param {Settings} settings
 * @returns {Calculation}
 */
export function calculation({ stage, reads, slide, makes }, place, settings) {
  const patch = patchUnder(reads, slide, place);
  const beyond = placesUnder(slide, place).map(({ row, column }) => row < 0 || column < 0 || row >= reads.height || column >= reads.width);
  const products = stage === 'conv' ? patch.map((value, i) => value * settings.kernel.values[i]) : [];
  const value = makes ? makes.values[place.row * makes.width + place.column] : NaN;
  return { patch, beyond, products, sum: total(products.length ? products : patch), value };
}

/**
 * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find
 * @param {Made} made
 * @param {Place} place
 * @param {Settings} settings
 * @param {number} limit of the maps' colour scale
 * @returns {string} the same in words
 */
export function drawNumbers(find, made, place, settings, limit) {
  const found = calculation(made, place, settings);
  const where = `Row ${place.row}, column ${place.column}: `;
  const grey = (/** @type {number} */ value) => greyCellColours(value, RANGE);
  const coloured = (/** @type {number} */ most) => (/** @type {number} */ value) => cellColours(value, most);
  const { size } = made.slide;
  find('.adding').textContent = '';
  if (made.stage === 'conv') {
    const least = leastDecimals([...found.products, settings.bias]);
    const decimals = decimalsFor(found.products, found.sum, least);
    const factors = factorDecimals(found.patch, settings.kernel.values, decimals);
    find('.figures').replaceChildren(
      table('patch of the picture', found.patch, size, factorOf(found.patch, factors), grey, found.beyond),
      signed('×', table('kernel', settings.kernel.values, size, factorOf(settings.kernel.values, factors), coloured(largest(settings.kernel.values)))),
      signed('=', table('products', found.products, size, decimals, coloured(largest(found.products)))),
    );
    if (size * size <= MOST_TERMS && size > 1)
      find('.adding').textContent = `${joined(found.products, decimals)} = ${fixedSum(shownSum(found.products, decimals), least)}`;
    const result = decimalsFor([found.sum, settings.bias], found.value, least);
    const products = size === 1 ? 'the product is' : `the ${size * size} products add up to`;
    return `${where}${products} ${fixed(found.sum, result)}; plus the bias ${fixed(settings.bias, result)}, the value is ${fixed(found.value, result)}.${paddingWords(found, settings)}`;
  }
  const decimals = leastDecimals([...found.patch, found.value]);
  const [read, result] = [fixed(found.patch[0], decimals), fixed(found.value, decimals)];
  const patch = table(made.stage === 'relu' ? 'value before' : 'window on the map before', found.patch, size, decimals, coloured(limit));
  if (settings.pool === 'max' && made.stage === 'pool') patch.querySelectorAll('td')[found.patch.indexOf(found.value)].classList.add('winner');
  find('.figures').replaceChildren(patch, signed('→', table('value', [found.value], 1, decimals, coloured(limit))));
  if (made.stage === 'relu')
    return `${where}max(0, ${read}) = ${result}. ${found.patch[0] < 0 ? 'Below zero becomes 0.' : 'What is not below zero stays as it is.'}`;
  const listed = found.patch.map((value) => fixed(value, decimals)).join(', ');
  if (settings.pool === 'max') return `${where}the largest of ${listed} is ${result}.`;
  return `${where}the mean of ${listed} is ${fixed(found.sum, decimals)} / ${found.patch.length} = ${result}.`;
}

/**
 * @param {Calculation} found
 * @param {Settings} settings
 */
function paddingWords({ beyond }, { mode }) {
  const count = beyond.filter(Boolean).length;
  if (!count) return '';
  return ` ${count} of the values under the window ${count === 1 ? 'lies' : 'lie'} in the padding: ${mode === 'zeros' ? 'zeros' : 'mirrored values'}.`;
}

/**
 * @param {number[]} products
 * @param {number} decimals
 */
function joined(products, decimals) {
  return products.map((value, i) => (i && value < 0 ? `− ${fixed(-value, decimals)}` : `${i ? '+ ' : ''}${fixed(value, decimals)}`)).join(' ');
}

/**
 * None for whole numbers, else at least two.
 * @param {number[]} values
 */
export function leastDecimals(values) {
  return values.every((value) => Math.abs(value - Math.round(value)) < 1e-9) ? 0 : 2;
}

/**
 * @param {number[]} values
 * @param {number} decimals that their products ask for
 */
function factorOf(values, decimals) {
  return leastDecimals(values) ? Math.max(2, decimals) : 0;
}

/**
 * @param {string} caption
 * @param {number[]} values
 * @param {number} side
 * @param {number} decimals
 * @param {(value: number) => string} colours
 * @param {boolean[]} [beyond]
 */
function table(caption, values, side, decimals, colours, beyond = []) {
  const cell = (/** @type {number} */ at) =>
    make('td', { style: colours(values[at]), ...(beyond[at] ? { class: 'padding', title: 'in the padding' } : {}) }, fixed(values[at], decimals));
  const rows = Array.from({ length: side }, (_, row) =>
    make('tr', {}, ...Array.from({ length: side }, (_, column) => cell(row * side + column))));
  return make('table', { class: `numbers number side-${side}` }, make('caption', {}, caption), make('tbody', {}, ...rows));
}

/**
 * @param {string} sign
 * @param {HTMLElement} part
 */
function signed(sign, part) {
  return make('div', { class: 'operand' }, make('span', { class: 'sign', 'aria-hidden': 'true' }, sign), part);
}
