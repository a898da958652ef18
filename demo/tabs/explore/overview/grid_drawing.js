/** What of the grid is the same for all channels: its heading, its scale and the maps in colour. */

import { drawLegend, paintMap, pen } from '../../../static/lib/canvas.js';
import { readable } from '../../../static/lib/format.js';
import { cornerOf } from '../../../static/lib/map_grid.js';
import { layOut } from './grid_layout.js';
import { factsInWords, heading, scaleInWords } from './grid_words.js';

/** @typedef {import('./grid.js').Grid} Grid */

const ABOUT = 640; // the grid's aim in CSS pixels

/** @param {Grid} grid */
export function drawHeading(grid) {
  const { find } = grid;
  const { view, maps } = grid.known();
  const what = maps.size === 1 ? 'value' : 'channel';
  find('h3').textContent = heading(view.facts);
  find('.facts').textContent = factsInWords(view.facts);
  find('.explained').textContent = view.facts.explained;
  find('.how').textContent = `Click a ${what}, or move with the arrow keys.`;
  find('.strongest').textContent = `Go to the strongest ${what}`;
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
  find('.colours').textContent = scaleInWords(level, signed);
}

/** @param {Grid} grid */
export function drawMaps(grid) {
  const { maps } = grid.known();
  const { canvas } = grid;
  const layout = layOut(maps);
  [canvas.width, canvas.height] = [layout.width, layout.height];
  const context = pen(canvas);
  const image = context.createImageData(canvas.width, canvas.height);
  for (let channel = 0; channel < maps.channels; channel++) {
    const { left, top } = cornerOf(layout, channel);
    paintMap(image, maps, channel, grid.limitFor(channel), left, top);
  }
  context.putImageData(image, 0, 0);
  const enlarged = canvas.width * Math.max(1, Math.round(ABOUT / canvas.height));
  grid.grid.style.maxWidth = `${Math.min(1100, Math.max(220, enlarged))}px`;
  grid.grid.style.aspectRatio = `${canvas.width} / ${canvas.height}`;
}
