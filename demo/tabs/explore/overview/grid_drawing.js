/** What of the grid is the same for all channels: its heading, its scale and the maps in colour. */

import { drawLegend, pen } from '../../../static/lib/canvas.js';
import { putColour } from '../../../static/lib/colors.js';
import { readable } from '../../../static/lib/format.js';
import { cornerOf, isDead, layOut, orderOf } from './grid_layout.js';
import { factsInWords, heading, scaleInWords } from './grid_words.js';

/** @typedef {import('./grid.js').Grid} Grid */

/** @param {Grid} grid */
export function drawHeading(grid) {
  const { find } = grid;
  const { view, maps } = grid.known();
  const what = maps.size === 1 ? 'value' : 'channel';
  find('h3').textContent = heading(view.facts);
  find('.facts').textContent = factsInWords(view.facts);
  find('.explained').textContent = view.facts.explained;
  find('.how').textContent = `Click a ${what}, or move with the arrow keys.`;
}

/** @param {Grid} grid */
export function drawScale(grid) {
  const { find } = grid;
  const { view, maps } = grid.known();
  const level = grid.level();
  const signed = grid.isSigned();
  const limit = level === 'network' ? view.largest : grid.limitOf(null);
  drawLegend(find('.legend', HTMLCanvasElement), limit, signed);
  find('.low').textContent = level === 'channel' ? (signed ? 'lowest' : '0') : readable(signed ? -limit : 0);
  find('.high').textContent = level === 'channel' ? 'highest' : readable(limit);
  for (const input of find('.scales').querySelectorAll('input')) {
    input.checked = input.value === level;
    /** @type {HTMLElement} */ (input.parentElement).hidden = input.value === 'channel' && maps.size === 1;
  }
  find('.colours').textContent = scaleInWords(level, signed, limit, view.scale?.step);
}

/** @param {Grid} grid */
export function drawMaps(grid) {
  const { view, maps } = grid.known();
  const { canvas, layout } = grid;
  [canvas.width, canvas.height] = [layout.width, layout.height];
  const context = pen(canvas);
  const image = context.createImageData(canvas.width, canvas.height);
  for (let channel = 0; channel < maps.channels; channel++) {
    const { left, top } = cornerOf(layout, channel);
    paintEnlarged(image, maps, channel, grid.limitFor(channel), left, top, layout.pixels, isDead(view, channel) ? DIM : 255);
  }
  context.putImageData(image, 0, 0);
  const { style, dataset } = grid.find('.sheet');
  // Which channel stands where, for scripts that read the page.
  Object.assign(dataset, { order: layout.order.join(' '), columns: layout.columns, rows: layout.rows, flow: layout.isSideways ? 'down' : 'across' });
  style.aspectRatio = `${canvas.width} / ${canvas.height}`;
  const cell = cellOf(maps);
  style.width = layout.isSideways ? `${(cell * canvas.width) / (layout.pixels * maps.width)}px` : '';
  // A few channels are not blown up to the width of many.
  style.maxWidth = layout.isSideways ? '' : `${(MOST * canvas.width) / (layout.pixels * maps.width)}px`;
}

/**
 * As `paintMap`, with several pixels for each value.
 * @param {ImageData} image
 * @param {import('../../../static/lib/codec.js').Maps} maps
 * @param {number} channel
 * @param {number} limit
 * @param {number} left
 * @param {number} top
 * @param {number} pixels
 * @param {number} opacity
 */
function paintEnlarged(image, { integers, factor, size, height, width }, channel, limit, left, top, pixels, opacity) {
  const { data, width: across } = image; // read once: a getter for each pixel takes most of the time
  for (let y = 0; y < height * pixels; y++) {
    const row = channel * size + Math.floor(y / pixels) * width;
    for (let x = 0; x < width * pixels; x++) {
      const byte = 4 * ((top + y) * across + left + x);
      putColour(data, byte, integers[row + Math.floor(x / pixels)] * factor, limit);
      data[byte + 3] = opacity;
    }
  }
}

const DIM = 70; // of 255: how much of a channel shows that is 0 everywhere
const MOST = 96; // CSS pixels that a map is wide

const PHONE = matchMedia('(max-width: 700px)');

/**
 * CSS pixels that a map takes at least: a finger meets it. Of the many values of a vector, half as much.
 * @param {import('./grid_layout.js').Size} maps
 */
function cellOf({ channels, size }) {
  if (size === 1 && channels > 64) return 24;
  return PHONE.matches ? 44 : 48;
}

/**
 * How the grid is laid out now: on a phone in two rows that are moved sideways.
 * @param {Grid} grid
 * @returns {import('./grid_layout.js').GridLayout}
 */
export function layoutOf(grid) {
  const { view, maps } = grid.known();
  const room = grid.grid.clientWidth - 8 || 314;
  const rows = PHONE.matches && maps.channels > 12 ? (maps.size === 1 ? 4 : 2) : undefined;
  const order = grid.held ?? orderOf(view, grid.sorting.by(), grid.sorting.mattering());
  return layOut(maps, order, { room, cell: cellOf(maps), rows });
}
