/** The parts of what is shown over the epochs: the film, the table, the kernels and the answer. */

import { drawMap } from '../../static/lib/canvas.js';
import { make } from '../../static/lib/dom.js';
import { extent, percent, readable } from '../../static/lib/format.js';
import { answerAt, kernelsInWords, lead, limitOf, rangeAt } from './epochs_values.js';

/** @typedef {ReturnType<typeof import('../../static/lib/dom.js').finder>} Find */
/** @typedef {import('./epochs_values.js').OverTime} OverTime */
/** @typedef {import('./epochs_values.js').Maps} Maps */

const HEADS = [
  ...['epoch', 'validation loss', 'validation accuracy', 'answer', 'probability'],
  ...['lowest value', 'highest value', 'mean'],
];

/**
 * Step and channel, which the reader chooses here.
 * @param {Find} find
 * @param {OverTime} view
 * @param {boolean} isVector
 */
export function drawChoice(find, view, isVector) {
  const select = find('.step', HTMLSelectElement);
  const names = view.steps.map((step) => step.name).join();
  if (select.dataset.names !== names) {
    select.dataset.names = names;
    select.replaceChildren(...view.steps.map(option));
  }
  select.value = view.step;
  const last = (view.steps.find((step) => step.name === view.step)?.channels ?? 1) - 1;
  const channel = find('.channel', HTMLInputElement);
  channel.max = String(last);
  channel.value = String(view.channel);
  find('.kind').textContent = isVector ? 'Value' : 'Channel';
  find('.of').textContent = `of 0 to ${last}${view.label ? `: the logit of ${view.label}` : ''}`;
  find('.lead').textContent = lead(view);
}

/** @param {OverTime['steps'][number]} step */
function option({ name, operation }) {
  return make('option', { value: name }, name === operation ? name : `${name}: ${operation}`);
}

/**
 * A picture of every epoch, and the slider below it.
 * @param {Find} find
 * @param {OverTime} view
 * @param {(index: number) => HTMLCanvasElement} picture of an epoch
 */
export function drawFilm(find, { epochs }, picture) {
  find('.film').replaceChildren(
    ...epochs.map((epoch, index) => {
      const words = make('span', { class: 'number' }, `epoch ${epoch}`);
      return make('div', { class: 'frame', 'data-index': index, title: `Epoch ${epoch}` }, picture(index), words);
    }),
  );
  const slider = find('.slider', HTMLInputElement);
  slider.max = String(epochs.length - 1);
  // The slider's ends lie under the middle of the first and the last picture.
  slider.style.margin = `0 calc(50% / ${epochs.length} - 8px)`;
  slider.style.width = `calc(100% - 100% / ${epochs.length} + 16px)`;
}

/**
 * @param {Find} find
 * @param {OverTime} view
 * @param {Maps} maps
 */
export function drawTable(find, view, maps) {
  find('.all thead').replaceChildren(make('tr', {}, ...HEADS.map((text) => make('th', { scope: 'col' }, text))));
  find('.all tbody').replaceChildren(
    ...view.epochs.map((epoch, index) => {
      const { low, high, mean } = rangeAt(maps, index);
      const { val_loss: loss, val_accuracy: accuracy } = view.history[index];
      const { label, share } = answerAt(view, index);
      const measured = [loss === null ? '' : readable(loss), accuracy === null ? '' : percent(accuracy)];
      const cells = [...measured, label, percent(share), ...[low, high, mean].map(readable)];
      return make('tr', {}, make('th', { scope: 'row' }, String(epoch)), ...cells.map((text) => make('td', {}, text)));
    }),
  );
}

/**
 * @param {Find} find
 * @param {OverTime} view
 * @param {Maps | null} values of the kernels of all epochs
 * @param {number} at index of the epoch
 */
export function drawKernels(find, { kernels, epochs }, values, at) {
  find('.kernels').hidden = !kernels;
  if (!kernels || !values) return;
  find('.kernels h4').textContent = `Its kernels in ${kernels.step}, at epoch ${epochs[at]}`;
  const limit = limitOf(extent(values.integers, values.factor));
  const first = at * kernels.reads.length;
  const all = kernels.reads.map((reads, index) => kernel(reads, values, first + index, limit));
  find('.kernels .list').replaceChildren(...all);
  find('.said').textContent = kernelsInWords(kernels, epochs, limit);
}

/**
 * @param {string} reads name of the channel that it reads
 * @param {Maps} values
 * @param {number} index of its map among them
 * @param {number} limit
 */
function kernel(reads, values, index, limit) {
  const canvas = make('canvas', { role: 'img' });
  drawMap(canvas, values, index, limit);
  const { low, high } = rangeAt(values, index);
  const words = `${readable(low)} to ${readable(high)}`;
  canvas.setAttribute('aria-label', `Kernel for ${reads}: weights from ${words}`);
  return make('div', { class: 'kernel number' }, canvas, make('span', {}, reads), make('br'), make('span', {}, words));
}

/**
 * The answer at an epoch; bars that stay where they are as the epochs pass.
 * @param {Find} find
 * @param {OverTime} view
 * @param {number} at index of the epoch
 */
export function drawAnswer(find, view, at) {
  const body = find('.answer tbody', HTMLTableSectionElement);
  if (body.rows.length !== view.classes.length || body.dataset.classes !== view.classes.join()) {
    body.dataset.classes = view.classes.join();
    body.replaceChildren(...view.classes.map(answerRow));
  }
  find('.answer caption').textContent = `Probability at epoch ${view.epochs[at]}, bars from 0 to 100 %`;
  const { leader } = answerAt(view, at);
  view.probabilities[at].forEach((share, index) => {
    const row = body.rows[index];
    row.classList.toggle('first', index === leader);
    /** @type {HTMLElement} */ (row.cells[1].firstChild).style.width = `${100 * share}%`;
    row.cells[2].textContent = percent(share);
  });
}

/** @param {string} name */
function answerRow(name) {
  const bar = make('td', { class: 'bar' }, make('span'));
  return make('tr', {}, make('th', { scope: 'row' }, name), bar, make('td', { class: 'number' }));
}
