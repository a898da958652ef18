/** The numbers under the window where it stands: patch, kernel and products, and how they add up to the value. */

import { cellColours, greyCellColours } from '../../../static/lib/colors.js';
import { make } from '../../../static/lib/dom.js';
import { fixed, largest } from '../../../static/lib/format.js';
import { signed } from '../../../static/lib/sums/number_table.js';
import { pixelRange } from '../../../static/lib/sums/parts.js';
import { runningSum, valuesUnder } from './sliding_window.js';

/** @typedef {import('./sliding_window.js').Scene} Scene */
/** @typedef {import('../../../static/lib/codec.js').Maps & { channels: number }} InputMaps */

const MOST_PRODUCTS = 9; // of a kernel whose products are added up one after another
const DECIMALS = 3;

/**
 * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find in the player
 * @param {Scene} scene
 * @param {InputMaps} maps that the window reads
 * @param {Float32Array} weights
 * @param {number} map which of them is shown
 * @param {import('./sliding_window.js').Spot} spot
 */
export function drawNumbers(find, scene, maps, weights, map, spot) {
  const isWeighted = scene.kind === 'weighted';
  find('.figures').hidden = scene.kind === 'point';
  find('.running').hidden = !isWeighted;
  if (scene.kind === 'point') return;
  const read = valuesUnder(scene, maps, isWeighted ? map : 0, spot);
  const range = pixelRange(scene.source, scene.first + map);
  const limit = largest(maps.integers) * maps.factor;
  const colours = (/** @type {number} */ value) => (range ? greyCellColours(value, range) : cellColours(value, limit));
  const patch = table('patch', scene, read.map((value) => value ?? 0), colours, read.map((value) => value === null));
  if (!isWeighted) {
    const inside = read.filter((value) => value !== null);
    const best = read.indexOf(Math.max(...inside));
    if (scene.kind === 'max') patch.querySelectorAll('td')[best]?.classList.add('winner');
    find('.figures').replaceChildren(patch);
    return;
  }
  const size = read.length;
  const kernel = Array.from(weights.subarray(map * size, (map + 1) * size));
  const products = read.map((value, i) => (value ?? 0) * kernel[i]);
  const [most, strongest] = [largest(weights), largest(products)];
  find('.figures').replaceChildren(
    patch,
    signed('×', table('kernel', scene, kernel, (value) => cellColours(value, most))),
    signed('=', table('products', scene, products, (value) => cellColours(value, strongest))),
  );
  find('.padded').hidden = read.every((value) => value !== null);
  find('.adding').textContent = size <= MOST_PRODUCTS ? addedUp(products) : '';
  find('.summing').textContent = scene.all ? summed(runningSum(scene, maps, weights, map, spot)) : '';
}

/**
 * @param {string} caption
 * @param {Scene} scene
 * @param {number[]} values
 * @param {(value: number) => string} colours
 * @param {boolean[]} [padding] which of them lie beyond the edge
 */
function table(caption, { kernel: [height, width] }, values, colours, padding = []) {
  const cell = (/** @type {number} */ at) =>
    make('td', { style: colours(values[at]), ...(padding[at] ? { class: 'padding', title: 'padding: counts as 0' } : {}) }, fixed(values[at], DECIMALS));
  const rows = Array.from({ length: height }, (_, row) =>
    make('tr', {}, ...Array.from({ length: width }, (_, column) => cell(row * width + column))));
  return make('table', { class: 'numbers number' }, make('caption', {}, caption), make('tbody', {}, ...rows));
}

/** @param {number[]} products */
function addedUp(products) {
  let sum = 0;
  const sums = products.map((product) => fixed((sum += product), DECIMALS));
  return `Products added one after another: ${sums.join(' → ')}`;
}

/** @param {ReturnType<typeof runningSum>} sums */
function summed({ before, own, after, bias, countBefore, countAfter }) {
  let sum = 0;
  /** @type {string[]} */
  const pieces = [];
  const add = (/** @type {string} */ name, /** @type {number} */ value) => pieces.push(`${name} ${fixed(value, DECIMALS)} (so far ${fixed((sum += value), DECIMALS)})`);
  if (countBefore) add(`${countBefore} map${countBefore > 1 ? 's' : ''} before it`, before);
  add('this map', own);
  if (countAfter) add(`${countAfter} map${countAfter > 1 ? 's' : ''} after it`, after);
  add('bias', bias);
  return `Running sum: ${pieces.join(' + ')}`;
}
