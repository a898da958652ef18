/** To take home: all channels as a picture, and what is known of each as a table. */

import { drawMap } from '../../../static/lib/canvas.js';
import { make } from '../../../static/lib/dom.js';
import { readable } from '../../../static/lib/format.js';
import { networkLine } from '../../../static/lib/take_home.js';
import { evenColumns } from './grid_layout.js';

/** @typedef {import('./grid.js').Grid} Grid */

const COLUMNS = 64;
const MOST_NAMED = 1100; // single values; of more there is no room for each one's number

/**
 * @param {Grid} grid
 * @returns {import('../../../static/lib/take_home.js').Offer[]}
 */
export function gridOffers(grid) {
  if (!grid.view || !grid.maps || grid.find('.content').hidden) return [];
  const file = `${grid.view.model}-${grid.view.step}`;
  const label = grid.maps.size === 1 ? 'The values (CSV)' : 'Each channel’s range (CSV)';
  return [
    { label: 'All channels (PNG)', file, plate: () => plate(grid) },
    { label, file: `${file}-channels`, rows: () => rows(grid) },
  ];
}

/** @param {Grid} grid */
function plate(grid) {
  const { find } = grid;
  const panels = panelsOf(grid);
  const columns = Math.min(panels.length, evenColumns(panels.length, Math.max(4, Math.sqrt(panels.length * 1.2))));
  const [low, high] = ['.low', '.high'].map((part) => find(`.scale ${part}`).textContent);
  return {
    title: find('h3').textContent,
    lines: [networkLine(), find('.facts').textContent, find('.explained').textContent],
    blocks: [{ panels, columns }, { legend: { canvas: find('.legend'), low, high } }, { text: find('.colours').textContent }],
  };
}

/** @param {Grid} grid */
function panelsOf(grid) {
  const { view, maps } = grid.known();
  if (maps.size === 1 && maps.channels > MOST_NAMED)
    return [{ source: allValues(grid), caption: `All values, ${COLUMNS} in a row, number 0 first` }];
  return Array.from({ length: maps.channels }, (_, channel) => {
    const source = make('canvas');
    drawMap(source, maps, channel, grid.limitFor(channel));
    const caption = maps.size === 1 ? `${view.labels[channel] ?? channel}\n${readable(view.high[channel])}` : String(channel);
    return { source, caption };
  });
}

/**
 * A canvas with one pixel for each single value.
 * @param {Grid} grid
 */
function allValues(grid) {
  const { maps } = grid.known();
  const canvas = make('canvas');
  const height = Math.ceil(maps.channels / COLUMNS);
  const integers = Array.from({ length: height * COLUMNS }, (_, at) => maps.integers[at] ?? 0);
  drawMap(canvas, { integers, factor: maps.factor, height, width: COLUMNS, size: height * COLUMNS }, 0, grid.limitFor(0));
  return canvas;
}

const HEAD = ['channel', 'lowest value (no unit, 5 digits)', 'highest value', 'mean', 'share of zeros (0 to 1)'];

/** @param {Grid} grid */
function rows(grid) {
  const { view, maps } = grid.known();
  const { low, high, mean, zeros, labels } = view;
  if (maps.size > 1) return [HEAD, ...high.map((most, channel) => [channel, low[channel], most, mean[channel], zeros[channel]])];
  return [['value', 'label', 'output (no unit, 5 digits)'], ...high.map((value, index) => [index, labels[index] ?? '', value])];
}
