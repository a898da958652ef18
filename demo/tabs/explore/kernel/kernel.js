/**
 * The kernels that make the chosen channel; and at the chosen value one of them, the patch under it and their products,
 * with what all the others bring. Nothing is asked: the channel brought its kernels, the value its calculation.
 */

import { cellColours } from '../../../static/lib/colors.js';
import { around, finder, make } from '../../../static/lib/dom.js';
import { emit } from '../../../static/lib/events.js';
import { decimalsFor, factorDecimals, fixed, largest, readable } from '../../../static/lib/format.js';
import { store } from '../../../static/lib/store.js';
import { numberTable, signed } from '../../../static/lib/sums/number_table.js';
import { partName, pixelRange, placeOf, unpackParts } from '../../../static/lib/sums/parts.js';
import { partOrder } from '../../../static/lib/sums/sum_lines.js';
import { changeInWords, noneInWords, togetherInWords } from './kernel_words.js';

/** @typedef {import('../../../static/lib/sums/parts.js').Explanation} Explanation */
/** @typedef {import('../../../static/lib/store.js').Kernels} Kernels */

const FIRST = 3; // kernels before "show all"; a deep layer has hundreds

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new KernelView(context);
}

class KernelView {
  showsAll = false;
  about = ''; // the step and channel that the choices here belong to
  /** @type {number | null} */
  part = null; // chosen by the reader; else the one that brings most

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, signal }) {
    this.find = finder(element);
    this.select = this.find('select', HTMLSelectElement);
    this.listen();
    for (const key of /** @type {const} */ (['channel', 'kernels', 'calculation']))
      store.watch(key, () => this.draw(), signal);
    this.draw();
  }

  listen() {
    this.select.addEventListener('change', () => {
      this.part = Number(this.select.value);
      this.draw();
    });
    this.find('.tables').addEventListener('click', (event) => {
      const place = around(event, 'button')?.dataset.place;
      if (!place) return;
      emit('dig', JSON.parse(place));
      emit('segment', 'sum');
    });
    this.find('.list').addEventListener('click', (event) => {
      const weight = around(event, 'td')?.dataset.weight;
      const kernels = store.get('kernels');
      if (!weight || !kernels) return;
      const [source, row, column] = weight.split(' ').map(Number);
      emit('segment', 'whatif');
      emit('weight', { step: kernels.step, channel: kernels.channel, source, row, column });
    });
    this.find('.more').addEventListener('click', () => {
      this.showsAll = !this.showsAll;
      this.draw();
    });
  }

  draw() {
    const { find } = this;
    const channel = store.get('channel');
    const kernels = channel && store.get('kernels');
    const about = channel ? `${channel.model} ${channel.step} ${channel.channel}` : '';
    if (about !== this.about) {
      this.about = about;
      this.part = null;
      this.showsAll = false;
    }
    const isOfChannel = Boolean(kernels && kernels.of === channel?.step && kernels.channel === channel.channel);
    const facts = store.get('network')?.steps.find((one) => one.name === channel?.step);
    find('.none').textContent = channel && facts ? noneInWords(facts, isOfChannel ? kernels : null) : '';
    find('.every').hidden = !kernels;
    find('.kernels').classList.toggle('stale', Boolean(kernels) && !isOfChannel);
    find('.making').textContent = kernels?.words ?? '';
    const change = kernels ? changeInWords(kernels) : '';
    find('.changed').hidden = !change;
    find('.changed').textContent = change;
    const found = isOfChannel && kernels ? this.explanation(kernels) : undefined;
    find('.here').hidden = !found;
    find('.hint').hidden = Boolean(found) || !isOfChannel;
    const current = found ? this.drawHere(found) : null;
    if (kernels) this.drawAll(kernels, current);
  }

  /**
   * How the convolution's value came about that the chosen value is or was made of.
   * @param {Kernels} kernels
   */
  explanation({ step }) {
    return store.get('calculation')?.chain.find((one) => one.position[0] === step && one.parts?.weights && !one.parts.entries);
  }

  /**
   * One part with its numbers.
   * @param {Explanation} one
   * @returns {number} which one
   */
  drawHere(one) {
    const { find } = this;
    const parts = unpackParts(/** @type {import('../../../static/lib/sums/parts.js').PackedParts} */ (one.parts));
    const order = partOrder(parts.sums, true);
    const part = this.part !== null && this.part < parts.sums.length ? this.part : order[0];
    const [step, , row, column] = one.position;
    find('h3').textContent = `${step} at row ${row}, column ${column}${one.is_without ? ', without your change' : ''}`;
    this.select.replaceChildren(...order.map((i) =>
      make('option', { value: i }, `${partName(parts, i)}: ${fixed(parts.sums[i], one.decimals[0])}`)));
    this.select.value = String(part);
    const [patch, kernel] = [parts.patch(part), parts.kernel(part)];
    const products = Array.from(patch, (value, at) => value * kernel[at]);
    const terms = one.decimals[0];
    const decimals = decimalsFor(products, parts.sums[part], terms);
    const factors = factorDecimals(patch, kernel, decimals);
    find('.tables').replaceChildren(
      numberTable(`patch of ${parts.source === 'input' ? 'the picture' : parts.source}`, parts, patch, largest(parts.values), factors, (at) => placeOf(parts, part, at), pixelRange(parts.source, parts.channels[part])),
      signed('×', numberTable('kernel', parts, kernel, largest(parts.weights), factors)),
      signed('=', numberTable('products', parts, products, largest(products), decimals)),
    );
    const factor = one.is_without ? store.get('kernels')?.factor : 1;
    find('.together').replaceChildren(...togetherInWords(one, parts, part, factor));
    return part;
  }

  /**
   * @param {Kernels} kernels
   * @param {number | null} current
   */
  drawAll({ step, channel, values, reads, limit }, current) {
    const { find } = this;
    const shown = this.showsAll ? values.length : Math.min(values.length, FIRST);
    find('.title').textContent = `All kernels of ${step} for channel ${channel}: ${values.length}, one for each channel it reads`;
    const tables = values.slice(0, shown).map((rows, index) => kernelTable(rows, reads[index], limit, index));
    if (current !== null) tables[current]?.classList.add('current');
    find('.list').replaceChildren(...tables);
    find('.more').hidden = values.length <= FIRST;
    find('.more').textContent = this.showsAll ? 'show the first ones only' : `show all ${values.length}`;
  }
}

/**
 * @param {number[][]} rows
 * @param {string} label
 * @param {number} limit
 * @param {number} source
 */
function kernelTable(rows, label, limit, source) {
  const cell = (/** @type {number} */ value, /** @type {string} */ place) => {
    const attributes = { 'data-weight': place, title: 'Click to change this weight', style: cellColours(value, limit) };
    return make('td', attributes, readable(value));
  };
  const body = rows.map((row, r) => make('tr', {}, ...row.map((value, c) => cell(value, `${source} ${r} ${c}`))));
  return make('table', { class: 'kernel number' }, make('caption', {}, label), make('tbody', {}, ...body));
}
