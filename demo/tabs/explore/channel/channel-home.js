/** To take home: the channel with the chosen value and what it sees, its values and its kernels. */

import { valuesOf } from '../../../static/lib/codec.js';
import { drawMap } from '../../../static/lib/canvas.js';
import { make } from '../../../static/lib/dom.js';
import { readable } from '../../../static/lib/format.js';
import { scaleLevel, store } from '../../../static/lib/store.js';
import { networkLine } from '../../../static/lib/take_home.js';
import { valueAt } from './channel_words.js';
import { boxOf } from './picture_figure.js';

/** @typedef {import('./channel.js').ChannelView} ChannelView */
/** @typedef {NonNullable<import('./details.js').Details['kernels']>} Kernels */

/**
 * @param {ChannelView} view
 * @returns {import('../../../static/lib/take_home.js').Offer[]}
 */
export function channelOffers(view) {
  const { main } = view;
  if (!main) return [];
  const file = `${main.model}-${main.step}-channel-${main.channel}`;
  /** @type {import('../../../static/lib/take_home.js').Offer[]} */
  const offers = [{ label: 'This channel (PNG)', file, plate: () => plate(view) }];
  if (main.maps.size > 1) offers.push({ label: 'Its values (CSV)', file, rows: () => valueRows(view) });
  if (view.effective.isWanted() && view.effective.known())
    offers.push({ label: 'Its effective field (CSV)', file: `${file}-effective-field`, rows: () => fieldRows(view) });
  const kernels = ownKernels(view);
  if (kernels) {
    const isOwn = kernels.step === main.step; // else those of the convolution that its values come from
    const label = isOwn ? 'Its kernels (CSV)' : `The kernels of ${kernels.step} (CSV)`;
    offers.push({ label, file: isOwn ? `${file}-kernels` : `${file}-from-${kernels.step}-kernels`, rows: () => kernelRows(kernels) });
  }
  return offers;
}

/** @param {ChannelView} view */
function ownKernels({ main, details }) {
  return main && details && details.step === main.step && details.channel === main.channel ? details.kernels : null;
}

/** @param {ChannelView} view */
function plate(view) {
  const { find } = view;
  const { maps, step, channel, label } = view.known();
  const blocks = [
    { panels: panelsOf(view), columns: 2 },
    ...fieldBlocks(view),
    ...(maps.size > 1 ? [legendOf(view, '.own', find('.own .low').textContent)] : []),
    { text: step === 'input' ? 'Grey: from black 0 to white 255.' : 'Red: above zero, white: zero, blue: below zero.' },
    { text: find('.words').textContent },
    ...kernelBlocks(view),
  ];
  return { title: `${step}, channel ${channel}${label ? ` (${label})` : ''}`, lines: [networkLine()], blocks };
}

/** @param {ChannelView} view */
function panelsOf(view) {
  const { find, chosen } = view;
  const main = view.known();
  const { width, height, size } = main.maps;
  const panels = [];
  if (size > 1) {
    const canvas = make('canvas');
    drawMap(canvas, ...valuesOf(main), main.limits[scaleLevel()]);
    const mark = chosen && {
      ...{ top: chosen.row / height, left: chosen.column / width },
      ...{ bottom: (chosen.row + 1) / height, right: (chosen.column + 1) / width },
    };
    panels.push({ source: canvas, mark, caption: chosen ? find('.pointed').textContent : '' });
  }
  if (store.get('network')) {
    const source = find(view.effective.shown() ? '.heat' : '.seen');
    panels.push({ source, mark: seenShares(view), caption: find('.sees').textContent });
  }
  return panels;
}

/**
 * What the chosen value sees, as shares of the picture.
 * @param {ChannelView} view
 */
function seenShares({ main, chosen }) {
  const network = store.get('network');
  const box = network && main && chosen && boxOf(network, { step: main.step, channel: main.channel, ...chosen });
  if (!box) return null;
  const { size } = network;
  return { top: box.top / size, left: box.left / size, bottom: box.bottom / size, right: box.right / size };
}

/**
 * @param {ChannelView} view
 * @param {string} place
 * @param {string | null} low
 */
function legendOf({ find }, place, low) {
  return { legend: { canvas: find(`${place} .legend`), low, high: find(`${place} .high`).textContent } };
}

/** @param {ChannelView} view */
function fieldBlocks(view) {
  const field = view.effective.shown();
  return field ? [legendOf(view, '.influence', '0'), { text: `${field.words} ${field.means}` }] : [];
}

/** @param {ChannelView} view */
function kernelBlocks(view) {
  const kernels = ownKernels(view);
  if (!kernels) return [];
  const panels = kernels.values.map((rows, index) => {
    const canvas = make('canvas');
    const integers = rows.flat();
    const maps = { integers, factor: 1, height: rows.length, width: rows[0].length, size: integers.length };
    drawMap(canvas, maps, 0, kernels.limit);
    return { source: canvas, caption: kernels.reads[index] };
  });
  return [
    { heading: `Kernels of ${kernels.step} for channel ${view.known().channel}: ${kernels.values.length}, one for each channel it reads` },
    { panels, columns: panels.length > 16 ? 12 : 6 },
    { text: `One scale for all kernels, up to ${readable(kernels.limit)}.` },
  ];
}

/** @param {ChannelView} view */
function valueRows(view) {
  const main = view.known();
  const { width, size } = main.maps;
  const places = Array.from({ length: size }, (_, at) => ({ row: Math.floor(at / width), column: at % width }));
  const head = ['row', 'column', `value of ${main.step}, channel ${main.channel} (no unit)`];
  return [head, ...places.map((place) => [place.row, place.column, valueAt(main, place) ?? ''])];
}

const GRADIENT = 'absolute gradient (change of the value per unit of the network’s input, colours added)';

/** @param {ChannelView} view */
function fieldRows({ effective }) {
  const { pixels } = effective;
  if (!pixels) return [];
  const { width, integers, factor } = pixels;
  const row = (/** @type {number} */ at) => [Math.floor(at / width), at % width, integers[at] * factor];
  return [['row of the picture', 'column of the picture', GRADIENT], ...Array.from(integers, (_, at) => row(at))];
}

/** @param {Kernels} kernels */
function kernelRows({ step, values, reads }) {
  const head = ['kernel', 'reads', 'row', 'column', `weight of ${step} (no unit, 5 digits)`];
  const rows = values.flatMap((kernel, index) =>
    kernel.flatMap((row, r) => row.map((weight, c) => [index, reads[index], r, c, weight])));
  return [head, ...rows];
}
