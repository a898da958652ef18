/** What the server says of the channel: its way through the next steps, and the kernels that make it. */

import { drawMap } from '../../../static/lib/canvas.js';
import { unpackMaps } from '../../../static/lib/codec.js';
import { around, make } from '../../../static/lib/dom.js';
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
 * @property {Link[]} paths what the chain's first step adds up, where it is such a step
 * @property {number} limit of the chain's maps
 * @property {Omit<import('../../../static/lib/store.js').Kernels, 'channel'> | null} kernels
 * @property {string} words
 *
 * @typedef {{ step: string, operation: string, map: import('../../../static/lib/codec.js').Packed }} Link
 */

/** @param {ChannelView} view */
export function listenToDetails(view) {
  const { find } = view;
  find('.chain').addEventListener('click', (event) => {
    const step = around(event, 'button')?.dataset.step;
    const { details, main } = view;
    if (!step || !details || step === details.step) return;
    // A key may have chosen another channel, whose way through the steps is not there yet.
    send(view.trigger, { step, channel: main?.step === details.step ? main.channel : details.channel });
  });
}

/**
 * What the server adds once the choice rests.
 * @param {ChannelView} view
 */
export function drawDetails(view) {
  const { find, main } = view;
  /** @type {Partial<Details>} */
  const value = view.live ?? sent(view.props);
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
  drawChain(view, details);
  const { kernels, channel, step, words } = details;
  store.set('kernels', kernels && { ...kernels, channel, of: step, words }); // where they are shown and can be changed
}

/**
 * @param {ChannelView} view
 * @param {Details} details
 */
function drawChain({ find, main }, details) {
  const { chain, paths } = details;
  const sign = (/** @type {string} */ text) => make('span', { class: 'arrow', 'aria-hidden': 'true' }, text);
  const joined = (/** @type {Link[]} */ links, /** @type {string} */ text) =>
    links.map((link) => figure(link, details)).flatMap((one, index) => (index ? [sign(text), one] : [one]));
  const first = paths.length ? [...joined(paths, chain[0].operation === 'add' ? '+' : '·'), sign('=')] : [];
  find('.chain').replaceChildren(...first, ...joined(chain, '→'));
  find('.paths-told').hidden = !paths.length;
  find('.paths-told').textContent = pathsInWords(details);
  // A single value on its own says nothing as a picture.
  const isNothing = main?.maps.size === 1 && chain.length === 1 && !paths.length;
  for (const part of ['.chain', '.shared', '.together']) find(part).hidden = isNothing;
  const signed = [...paths, ...chain].some((link) => extent(unpackMaps(link.map).integers).low < 0);
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

/** @param {Details} details */
function pathsInWords({ chain: [{ step }], paths, channel }) {
  const names = paths.map((link) => link.step).join(' and ');
  return paths.length ? `Two paths meet in ${step}: channel ${channel} of ${names}, value by value.` : '';
}
