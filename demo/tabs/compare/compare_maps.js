/** The maps of a lane: all channels in a grid, and the chosen one large. */

import { drawMap, paintMap, pen } from '../../static/lib/canvas.js';
import { around } from '../../static/lib/dom.js';
import { readable } from '../../static/lib/format.js';
import { cornerOf, gapOf, inColumns, pixelAt, placeAt } from '../../static/lib/map_grid.js';
import { extentOf } from './compare_values.js';
import { rangeInWords } from './compare_words.js';

/** @typedef {import('./compare_values.js').Lane} Lane */

/**
 * All channels in a grid that is about square.
 * @param {Lane} lane
 */
export function layOut(lane) {
  const gap = gapOf(lane);
  return inColumns(lane, Math.ceil(Math.sqrt((lane.channels * (lane.height + gap)) / (lane.width + gap))));
}

/**
 * @param {Lane} lane
 * @returns {import('../../static/lib/codec.js').Maps}
 */
function asMaps({ values, height, width, size }) {
  return { integers: values, factor: 1, height, width, size };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Lane} lane
 * @param {number} limit the value of the strongest colour
 */
export function drawGrid(canvas, lane, limit) {
  const layout = layOut(lane);
  [canvas.width, canvas.height] = [layout.width, layout.height];
  const context = pen(canvas);
  const image = context.createImageData(canvas.width, canvas.height);
  for (let channel = 0; channel < lane.channels; channel++) {
    const { left, top } = cornerOf(layout, channel);
    paintMap(image, asMaps(lane), channel, limit, left, top);
  }
  context.putImageData(image, 0, 0);
}

/**
 * The chosen channel of one side: large, in words, and marked in the grid.
 * @param {ReturnType<typeof import('../../static/lib/dom.js').finder>} find
 * @param {import('./compare_values.js').Side} side
 * @param {Lane} lane
 * @param {number} channel
 * @param {number[][] | undefined} extents of this side, from the server
 * @param {number} limit the value of the strongest colour
 */
export function drawSide(find, side, lane, channel, extents, limit) {
  const range = extentOf(lane, channel, extents);
  const words = rangeInWords(lane, range);
  find(`.${side} .own`).textContent = words;
  find(`.${side} .single`).textContent = readable(range.high);
  if (lane.size > 1) {
    const canvas = find(`.${side} .large canvas`, HTMLCanvasElement);
    drawMap(canvas, asMaps(lane), channel, limit);
    canvas.setAttribute('aria-label', `${side}, channel ${channel}: ${words}`);
  }
  mark(find(`.${side} .chosen`), lane, channel);
}

/**
 * @param {HTMLElement} frame
 * @param {Lane} lane
 * @param {number} channel
 */
function mark(frame, lane, channel) {
  const layout = layOut(lane);
  const { left, top } = cornerOf(layout, channel);
  Object.assign(frame.style, {
    left: `${(100 * left) / layout.width}%`,
    top: `${(100 * top) / layout.height}%`,
    width: `${(100 * lane.width) / layout.width}%`,
    height: `${(100 * lane.height) / layout.height}%`,
  });
}

/**
 * Where in the grid of all channels the pointer is.
 * @param {MouseEvent} event
 * @param {Lane} lane
 */
export function placeOnGrid(event, lane) {
  const canvas = around(event, '.all')?.querySelector('canvas');
  if (!canvas) return null;
  const { x, y } = pixelAt(event, canvas);
  return placeAt(layOut(lane), lane, x, y);
}

/**
 * Where on the large map the pointer is; on its edge, the nearest value.
 * @param {MouseEvent} event
 * @param {Lane} lane
 */
export function placeOnLarge(event, { height, width }) {
  const canvas = around(event, '.large canvas');
  if (!(canvas instanceof HTMLCanvasElement)) return null;
  const { x, y } = pixelAt(event, canvas);
  return { row: Math.max(0, Math.min(height - 1, y)), column: Math.max(0, Math.min(width - 1, x)) };
}
