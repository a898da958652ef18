/** The table of a convolution or linear layer: each channel's sum of products, the bias, and the total. */

import { littleMap } from '../../../static/lib/canvas.js';
import { cssColour } from '../../../static/lib/colors.js';
import { around, make } from '../../../static/lib/dom.js';
import { decimalsFor, factorDecimals, fixed, fixedSum, largest, readable } from '../../../static/lib/format.js';
import { numberTable, placeButton, signed } from '../../../static/lib/sums/number_table.js';
import { littlePatch, partName, pixelRange, placeOf, unpackParts } from '../../../static/lib/sums/parts.js';
import { partOrder, sumLines } from '../../../static/lib/sums/sum_lines.js';

/** @typedef {import('../../../static/lib/sums/parts.js').Explanation} Explanation */

const FIRST = 10; // rows before "show all"

/**
 * @param {Explanation} one
 * @param {import('../../../static/lib/sums/parts.js').PackedParts} packed
 * @returns {HTMLElement[]}
 */
export function weightedTable(one, packed) {
  const { table, parts, limits } = new WeightedTable(one, packed);
  const [terms, total] = one.decimals;
  const note = parts.entries
    ? 'Each value of the step before times its weight. Click an entry to go back to it.'
    : `${parts.source === 'input' ? 'Patches of the picture are grey, from black 0 to white 255' : `Patches share one colour scale up to ±${readable(limits.values)}`}, kernels share one up to ±${readable(limits.weights)}. Click a channel for its numbers, and a number of its patch to go back to that value.`;
  const soFar = terms > total ? ` So far: the parts down to there, added up and rounded to ${total} decimals.` : '';
  return [make('div', { class: 'scroll' }, table), make('p', { class: 'note' }, note + soFar)];
}

class WeightedTable {
  isWhole = false; // whether all parts are shown
  /** @type {Set<number>} */
  opened = new Set(); // parts whose numbers are shown

  /**
   * @param {Explanation} one
   * @param {import('../../../static/lib/sums/parts.js').PackedParts} packed
   */
  constructor(one, packed) {
    this.one = one;
    this.parts = unpackParts(packed);
    const { sums, entries, values, weights } = this.parts;
    this.most = largest(sums);
    this.limits = { values: largest(values), weights: largest(weights) };
    this.isBySize = entries || sums.length > FIRST;
    if (!entries) this.opened.add(partOrder(sums, true)[0]); // the one that brings most shows its numbers at once
    this.table = make('table', { class: 'sum' });
    this.table.addEventListener('click', (event) => this.click(around(event, 'button')));
    this.draw();
  }

  /** @param {HTMLElement | null} button */
  click(button) {
    if (!button || button.dataset.place) return;
    const { sort, part } = button.dataset;
    if (sort) this.isBySize = sort === 'size';
    if (button.classList.contains('all')) this.isWhole = true;
    if (part && !this.opened.delete(Number(part))) this.opened.add(Number(part));
    this.draw();
    const again = sort ? `[data-sort=${sort}]` : part ? `[data-part="${part}"]` : 'tbody button';
    /** @type {HTMLElement | null} */ (this.table.querySelector(again))?.focus({ preventScroll: true });
  }

  draw() {
    const { one, parts } = this;
    const total = one.decimals[1];
    const order = partOrder(parts.sums, this.isBySize);
    const lines = sumLines(one, parts, order, this.isWhole ? order.length : FIRST);
    const rows = lines.shown.flatMap((line) => {
      const row = this.partRow(line, lines.factors);
      return this.opened.has(line.part) ? [row, this.detail(line.part)] : [row];
    });
    if (lines.rest) rows.push(this.restRow(lines.rest));
    for (const { name, value, running } of lines.others) rows.push(this.plainRow(name, fixed(value, total), running));
    const end = this.plainRow('total', fixed(one.total, total), null);
    end.className = 'total';
    this.table.replaceChildren(this.head(), make('tbody', {}, ...rows, end));
  }

  head() {
    const { entries } = this.parts;
    const sorter = (/** @type {string} */ text, /** @type {string} */ sort, /** @type {string} */ order) => {
      const button = make('button', { type: 'button', 'data-sort': sort }, text);
      return make('th', { scope: 'col', 'aria-sort': order }, button);
    };
    const row = make(
      'tr',
      {},
      sorter(entries ? 'entry' : 'channel', 'order', this.isBySize ? 'none' : 'ascending'),
      make('th', { scope: 'col' }, entries ? 'value × weight' : 'patch × kernel'),
      sorter(entries ? 'product' : 'sum of products', 'size', this.isBySize ? 'descending' : 'none'),
      make('td', { class: 'bar' }),
      make('th', { scope: 'col' }, 'so far'),
    );
    return make('thead', {}, row);
  }

  /**
   * @param {{ part: number, sum: number, running: number }} line
   * @param {number} factors
   */
  partRow({ part, sum, running }, factors) {
    const { parts } = this;
    const [terms, total] = this.one.decimals;
    const name = partName(parts, part);
    const unfold = { type: 'button', class: 'unfold', 'data-part': part, 'aria-expanded': this.opened.has(part), title: 'Its numbers' };
    const button = parts.entries
      ? placeButton([parts.source, parts.channels[part], 0, 0], name)
      : make('button', unfold, name);
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, button),
      make('td', { class: 'how' }, ...this.factorsOf(part, factors)),
      make('td', {}, fixed(sum, terms)),
      this.bar(sum),
      make('td', {}, fixedSum(running, total)),
    );
  }

  /**
   * @param {number} part
   * @param {number} decimals
   */
  factorsOf(part, decimals) {
    const { parts, limits } = this;
    const [patch, kernel] = [parts.patch(part), parts.kernel(part)];
    if (parts.entries) return [`${fixed(patch[0], decimals)} × ${fixed(kernel[0], decimals)}`];
    const { height, width } = parts;
    return [littlePatch(parts, part, limits.values), '×', littleMap(kernel, height, width, limits.weights)];
  }

  /** @param {number} value */
  bar(value) {
    const share = this.most && Number.isFinite(value) ? (50 * Math.abs(value)) / this.most : 0;
    const side = value < 0 ? 'right' : 'left';
    const style = `${side}:50%;width:${share}%;background:${cssColour(Math.sign(value || 0) * 0.55, 1)}`;
    return make('td', { class: 'bar', 'aria-hidden': 'true' }, make('span', { style }));
  }

  /**
   * @param {string | Node} name
   * @param {string} text
   * @param {number | null} running
   */
  plainRow(name, text, running) {
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, name),
      make('td', {}),
      make('td', {}, text),
      make('td', { class: 'bar' }),
      make('td', {}, running === null ? '' : fixedSum(running, this.one.decimals[1])),
    );
  }

  /** @param {{ count: number, sum: number, running: number }} rest */
  restRow({ count, sum, running }) {
    const word = this.parts.entries ? 'entries' : 'channels';
    const button = make('button', { type: 'button', class: 'all' }, `${count.toLocaleString('en')} other ${word}: show all`);
    const row = this.plainRow(button, fixed(sum, this.one.decimals[0]), running);
    row.className = 'rest';
    return row;
  }

  /**
   * The numbers of one part.
   * @param {number} i
   */
  detail(i) {
    const { parts, limits } = this;
    const terms = this.one.decimals[0];
    const [patch, kernel] = [parts.patch(i), parts.kernel(i)];
    const products = Array.from(patch, (value, at) => value * kernel[at]);
    const decimals = decimalsFor(products, parts.sums[i], terms);
    const factors = factorDecimals(patch, kernel, decimals);
    const places = (/** @type {number} */ at) => placeOf(parts, i, at);
    const numbers = make(
      'div',
      { class: 'detail' },
      numberTable('patch', parts, patch, limits.values, factors, places, pixelRange(parts.source, parts.channels[i])),
      signed('×', numberTable('kernel', parts, kernel, limits.weights, factors)),
      signed('=', numberTable('products', parts, products, largest(products), decimals)),
      make('span', { class: 'sign' }, `sum ${fixed(parts.sums[i], terms)}`),
    );
    return make('tr', { class: 'detail-of' }, make('td', { colspan: 5 }, numbers));
  }
}
