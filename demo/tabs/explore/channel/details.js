/** What the server says of the channel: its way through the next steps, and the kernels that make it. */

import { drawMap } from '../../../static/lib/canvas.js';
import { unpackMaps } from '../../../static/lib/codec.js';
import { cellColours } from '../../../static/lib/colors.js';
import { around, make } from '../../../static/lib/dom.js';
import { emit } from '../../../static/lib/events.js';
import { extent, readable } from '../../../static/lib/format.js';
import { sent } from '../../../static/lib/mount.js';
import { send } from '../../../static/lib/requests.js';
import { store } from '../../../static/lib/store.js';
import { drawScale, drawValues } from './map_figure.js';

/** @typedef {import('./channel.js').ChannelView} ChannelView */

/**
 * What the server sends, as `show_channel` in demo/tabs/explore/step_view.py says.
 * @typedef {object} Details
 * @property {string} model
 * @property {string} step
 * @property {number} channel
 * @property {Link[]} chain
 * @property {number} limit of the chain's maps
 * @property {Omit<import('../../../static/lib/store.js').Kernels, 'channel'> | null} kernels
 * @property {string} words
 *
 * @typedef {{ step: string, operation: string, map: import('../../../static/lib/codec.js').Packed }} Link
 */

const FIRST_KERNELS = 3; // shown before "show all"; a deep layer has hundreds

/** @param {ChannelView} view */
export function listenToDetails(view) {
  const { find } = view;
  find('.chain').addEventListener('click', (event) => {
    const step = around(event, 'button')?.dataset.step;
    if (step && view.details && step !== view.details.step) send(view.trigger, { step, channel: view.details.channel });
  });
  find('.list').addEventListener('click', (event) => {
    const weight = around(event, 'td')?.dataset.weight;
    if (!weight || !view.details?.kernels) return;
    const [source, row, column] = weight.split(' ').map(Number);
    const { channel, kernels } = view.details;
    emit('weight', { step: kernels.step, channel, source, row, column });
  });
  find('.more').addEventListener('click', () => drawKernels(view, true));
}

/**
 * What the server adds once the choice rests.
 * @param {ChannelView} view
 */
export function drawDetails(view) {
  const { find, main } = view;
  /** @type {Partial<Details>} */
  const value = sent(view.props);
  const isOfMain = value.step === main?.step && value.channel === main?.channel && value.model === main?.model;
  const fits = Boolean(value.chain && main && isOfMain);
  find('.more-of-it').hidden = !value.chain;
  // Until the choice rests the old one stays, faint, so that nothing jumps under the reader's eyes.
  find('.more-of-it').classList.toggle('stale', !fits);
  if (!fits || !main) return;
  const details = /** @type {Details} */ (value);
  view.details = details;
  const own = details.chain.find((link) => link.step === details.step);
  if (own) main.exact = unpackMaps(own.map);
  drawValues(view);
  find('.making').textContent = details.words;
  drawChain(view, details);
  drawKernels(view, false);
}

/**
 * @param {ChannelView} view
 * @param {Details} details
 */
function drawChain({ find, main }, details) {
  const { chain } = details;
  const arrow = () => make('span', { class: 'arrow', 'aria-hidden': 'true' }, '→');
  const figures = chain.map((link) => figure(link, details));
  find('.chain').replaceChildren(...figures.flatMap((one, index) => (index ? [arrow(), one] : [one])));
  // A single value on its own says nothing as a picture.
  const isNothing = main?.maps.size === 1 && chain.length === 1;
  for (const part of ['.chain', '.shared', '.together']) find(part).hidden = isNothing;
  const signed = chain.some((link) => extent(unpackMaps(link.map).integers).low < 0);
  drawScale(find, '.shared', details.limit, signed);
}

/**
 * @param {Link} link
 * @param {Details} details
 */
function figure(link, { step, channel, limit }) {
  const maps = unpackMaps(link.map);
  const canvas = make('canvas', { role: 'img', 'aria-label': `${link.step}, channel ${channel}` });
  drawMap(canvas, maps, 0, limit);
  const size = maps.size === 1 ? readable(maps.integers[0] * maps.factor) : `${maps.height}\u00a0×\u00a0${maps.width}`;
  const words = [make('b', {}, link.step), ` ${link.operation} `, make('span', { class: 'number size' }, size)];
  const caption = make('span', { class: 'caption' }, ...words);
  const attributes = { type: 'button', 'data-step': link.step, title: `All channels of ${link.step}` };
  const box = make('button', attributes, canvas, caption);
  if (link.step === step) box.setAttribute('aria-current', 'true');
  return box;
}

/**
 * @param {ChannelView} view
 * @param {boolean} all of them, or the first ones
 */
function drawKernels({ find, details }, all) {
  if (!details) return;
  const { kernels, channel } = details;
  store.set('kernels', kernels && { ...kernels, channel }); // where they can be changed
  const box = find('.kernels', HTMLDetailsElement);
  box.hidden = !kernels;
  if (!kernels) return;
  const { values, reads, limit } = kernels;
  box.open = kernels.step === details.step; // folded away where they are another step's
  find('summary').textContent = `Kernels of ${kernels.step} for channel ${channel}: ${values.length}, one for each channel it reads`;
  const shown = all ? values.length : Math.min(values.length, FIRST_KERNELS);
  find('.list').replaceChildren(...values.slice(0, shown).map((rows, index) => kernelTable(rows, reads[index], limit, index)));
  find('.more').hidden = shown === values.length;
  find('.more').textContent = `show all ${values.length}`;
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
