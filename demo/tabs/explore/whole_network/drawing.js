/** The whole network on two canvases: the maps, drawn once, and above them the lines of the channel pointed at. */

import { pen } from '../../../static/lib/canvas.js';
import { unpackMaps } from '../../../static/lib/codec.js';
import { greyLevel, putColour } from '../../../static/lib/colors.js';
import { NEGATIVE, POSITIVE } from '../../../static/lib/generated.js';
import { boxOf } from './layout.js';

/**
 * @typedef {import('./layout.js').Layout} Layout
 * @typedef {import('./layout.js').Placed} Placed
 * @typedef {import('./edges.js').Column} Column
 * @typedef {import('./edges.js').Edge} Edge
 */

const MOST_PIXELS = 12e6; // of a canvas: some phones draw none that is larger
const DIM = 70; // of 255: how much of a channel shows that is 0 everywhere
const EDGE = 'rgb(140 150 165)'; // around a map
const MOST_ONWARD = 60; // lines to those that read a channel

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Layout} layout
 * @param {Record<string, Column>} columns
 * @param {import('../../../static/lib/codec.js').Packed} input
 * @param {'step' | 'channel' | 'network'} level of the colour scale
 */
export function drawAll(canvas, layout, columns, input, level) {
  const { width, height } = layout;
  const ratio = Math.min(devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (width * height)));
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  const context = pen(canvas);
  // What is white and lies side by side stays apart.
  context.fillStyle = EDGE;
  for (const { step, channels } of layout.columns) {
    if (step === 'answer') continue;
    for (let channel = 0; channel < channels; channel++) {
      const box = boxOf(layout, { step, channel });
      if (box) context.fillRect((box.left - 1) * ratio, (box.top - 1) * ratio, (box.width + 2) * ratio, (box.height + 2) * ratio);
    }
  }
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const network = level === 'network' ? Math.max(...Object.values(columns).map(largestOf)) : 0;
  for (const placed of layout.columns) {
    const column = columns[placed.step];
    if (placed.step === 'input') drawInput(image, layout, placed, unpackMaps(input), ratio);
    else if (column) drawColumn(image, layout, placed, column, level, network, ratio);
  }
  context.putImageData(image, 0, 0);
}

/** @param {Column} column */
function largestOf({ maps, peaks }) {
  const { integers, factor } = unpackMaps(peaks ?? maps);
  let most = 0;
  for (const value of integers) most = Math.max(most, Math.abs(value));
  return most * factor;
}

/**
 * @param {ImageData} image
 * @param {Layout} layout
 * @param {Placed} placed
 * @param {ReturnType<typeof unpackMaps>} maps
 * @param {number} ratio
 */
function drawInput(image, layout, placed, maps, ratio) {
  const grey = { low: 0, high: 1 };
  for (let channel = 0; channel < placed.channels; channel++)
    paint(image, layout, placed, channel, maps, ratio, (value, at) => {
      image.data.fill(greyLevel(value, grey), at, at + 3);
      image.data[at + 3] = 255;
    });
}

/**
 * @param {ImageData} image
 * @param {Layout} layout
 * @param {Placed} placed
 * @param {Column} column
 * @param {'step' | 'channel' | 'network'} level
 * @param {number} network the largest value of all, where that is asked for
 * @param {number} ratio
 */
function drawColumn(image, layout, placed, column, level, network, ratio) {
  const maps = unpackMaps(column.maps);
  const peaks = column.peaks && unpackMaps(column.peaks);
  const largest = network || largestOf(column);
  for (let channel = 0; channel < placed.channels; channel++) {
    const peak = peaks ? peaks.integers[channel] * peaks.factor : 1;
    const limit = peaks && level === 'channel' ? peak : largest;
    const opacity = peaks && !peak ? DIM : 255;
    paint(image, layout, placed, channel, maps, ratio, (value, at) => {
      putColour(image.data, at, value * peak, limit);
      image.data[at + 3] = opacity;
    });
  }
}

/**
 * One channel into its cell, whatever the sizes of both.
 * @param {ImageData} image
 * @param {Layout} layout
 * @param {Placed} placed
 * @param {number} channel
 * @param {ReturnType<typeof unpackMaps>} maps
 * @param {number} ratio
 * @param {(value: number, at: number) => void} put
 */
function paint(image, layout, placed, channel, { integers, factor, size, height, width }, ratio, put) {
  const box = boxOf(layout, { step: placed.step, channel });
  if (!box) return;
  const [left, top, right, bottom] = [box.left, box.top, box.left + box.width, box.top + box.height].map((n) => Math.round(n * ratio));
  for (let y = top; y < bottom; y++) {
    const row = Math.floor(((y - top) * height) / (bottom - top));
    for (let x = left; x < right; x++) {
      const value = integers[channel * size + row * width + Math.floor(((x - left) * width) / (right - left))] * factor;
      put(value, 4 * (y * image.width + x));
    }
  }
}

/**
 * @typedef {object} Highlight
 * @property {import('./layout.js').At} at
 * @property {Edge[]} into
 * @property {Edge[]} outOf
 * @property {string} accent a CSS colour
 * @property {boolean} isDark
 */

/**
 * The lines of one channel, in the part of the network that is in sight.
 * @param {HTMLCanvasElement} canvas
 * @param {Layout} layout
 * @param {{ left: number, top: number, width: number, height: number }} port
 * @param {Highlight | null} shown
 */
export function drawEdges(canvas, layout, port, shown) {
  const ratio = devicePixelRatio || 1;
  const [width, height] = [Math.round(port.width * ratio), Math.round(port.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    [canvas.width, canvas.height] = [width, height];
    Object.assign(canvas.style, { width: `${port.width}px`, height: `${port.height}px` });
  }
  const context = pen(canvas);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  if (!shown) return;
  context.setTransform(ratio, 0, 0, ratio, -port.left * ratio, -port.top * ratio);
  const colour = (/** @type {Edge} */ edge) => {
    if (edge.share === null) return shown.accent;
    const stop = (edge.weight < 0 ? NEGATIVE : POSITIVE)[shown.isDark ? 2 : 3];
    return `rgb(${stop.join(' ')})`;
  };
  for (const edge of shown.outOf.slice(0, MOST_ONWARD)) line(context, layout, edge, colour(edge), 1, 0.3);
  for (const edge of [...shown.into].reverse()) {
    const size = Math.abs(edge.weight);
    line(context, layout, edge, colour(edge), 1 + 3.5 * size, 0.3 + 0.65 * size);
    frame(context, layout, { step: edge.source, channel: edge.from }, colour(edge), 1.5);
  }
  frame(context, layout, shown.at, shown.accent, 3);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layout} layout
 * @param {Edge} edge
 * @param {string} colour
 * @param {number} width
 * @param {number} opacity
 */
function line(context, layout, { source, from, step, to }, colour, width, opacity) {
  const [a, b] = [boxOf(layout, { step: source, channel: from }), boxOf(layout, { step, channel: to })];
  if (!a || !b) return;
  const [x, y, u, v] = [a.left + a.width, a.top + a.height / 2, b.left, b.top + b.height / 2];
  const bend = Math.max(14, (u - x) / 2);
  Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: opacity });
  context.beginPath();
  context.moveTo(x, y);
  context.bezierCurveTo(x + bend, y, u - bend, v, u, v);
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Layout} layout
 * @param {import('./layout.js').At} at
 * @param {string} colour
 * @param {number} width
 */
function frame(context, layout, at, colour, width) {
  const box = boxOf(layout, at);
  if (!box) return;
  Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: 1 });
  context.strokeRect(box.left - width / 2, box.top - width / 2, box.width + width, box.height + width);
}
