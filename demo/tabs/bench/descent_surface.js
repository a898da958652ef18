/** The loss surface from above, the way down it, and the data with what the weights make of them. */

import { pen } from '../../static/lib/canvas.js';
import { putColour } from '../../static/lib/colors.js';
import { make } from '../../static/lib/dom.js';
import { svg } from './chart.js';
import { lossAt, lowest } from './descent/problems.js';

/**
 * @typedef {import('./descent/problems.js').Problem} Problem
 * @typedef {import('./descent/problems.js').Pair} Pair
 * @typedef {import('./descent/descent.js').Point} Point
 */

const PIXELS = 220; // of the surface's side; CSS enlarges it
const BANDS = 12; // between its lines of equal loss
const VIEW = 300; // units of the drawings' sides

/**
 * White at the lowest loss, darker with the logarithm of what is above it; a line wherever that passes one of `BANDS`.
 * @param {HTMLCanvasElement} canvas
 * @param {Problem} problem
 */
export function drawSurface(canvas, problem) {
  [canvas.width, canvas.height] = [PIXELS, PIXELS];
  const context = pen(canvas);
  const image = context.createImageData(PIXELS, PIXELS);
  const least = lossAt(problem, lowest(problem)).loss;
  const losses = Float64Array.from({ length: PIXELS * PIXELS }, (_, i) => lossAt(problem, weightsAt(problem, ((i % PIXELS) + 0.5) / PIXELS, (Math.floor(i / PIXELS) + 0.5) / PIXELS)).loss - least);
  const most = losses.reduce((high, loss) => Math.max(high, loss), 0);
  const level = (/** @type {number} */ loss) => Math.log1p((999 * loss) / most) / Math.log(1000);
  const bands = losses.map((loss) => Math.floor(BANDS * level(loss)));
  for (let i = 0; i < losses.length; i += 1) {
    const isLine = (i % PIXELS < PIXELS - 1 && bands[i] !== bands[i + 1]) || (i + PIXELS < bands.length && bands[i] !== bands[i + PIXELS]);
    putColour(image.data, 4 * i, 0.42 * level(losses[i]) + (isLine ? 0.16 : 0), 1);
  }
  context.putImageData(image, 0, 0);
}

/**
 * The weights at a place of the surface, in shares of its width from the left and of its height from the top.
 * @param {Problem} problem
 * @param {number} across
 * @param {number} down
 * @returns {Pair}
 */
export function weightsAt({ ranges: [[left, right], [low, high]] }, across, down) {
  return [left + across * (right - left), high - down * (high - low)];
}

/**
 * @param {Problem} problem
 * @param {Pair} weights
 * @returns {Pair} units from the left and from the top
 */
function placeOf({ ranges: [[left, right], [low, high]] }, [a, b]) {
  const cut = (/** @type {number} */ share) => Math.max(-50, Math.min(50, share)) * VIEW; // a long way out is out as well
  return [cut((a - left) / (right - left)), cut((high - b) / (high - low))];
}

/**
 * @param {Problem} problem
 * @param {Point[]} path
 */
export function pathDrawing(problem, path) {
  const drawing = svg('svg', { viewBox: `0 0 ${VIEW} ${VIEW}`, class: 'path' });
  const places = path.filter(({ weights }) => weights.every(Number.isFinite)).map(({ weights }) => placeOf(problem, weights));
  const points = places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  for (const kind of ['under', 'way']) drawing.append(svg('polyline', { points, class: kind }));
  if (places.length < 80) for (const [x, y] of places) drawing.append(svg('circle', { cx: x, cy: y, r: 2.6, class: 'stop' }));
  const [x, y] = placeOf(problem, lowest(problem));
  drawing.append(svg('path', { d: `M${x - 6} ${y}h12M${x} ${y - 6}v12`, class: 'lowest' }));
  drawing.append(svg('circle', { cx: places[0][0], cy: places[0][1], r: 6, class: 'start' }));
  const end = places[places.length - 1];
  drawing.append(svg('circle', { cx: end[0], cy: end[1], r: 5, class: 'end' }));
  return drawing;
}

/**
 * Surface and way on one canvas, for print.
 * @param {HTMLCanvasElement} surface
 * @param {Problem} problem
 * @param {Point[]} path
 */
export function printed(surface, problem, path) {
  const scale = 3;
  const canvas = make('canvas', { width: scale * VIEW, height: scale * VIEW });
  const context = pen(canvas);
  context.drawImage(surface, 0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  const places = path.filter(({ weights }) => weights.every(Number.isFinite)).map(({ weights }) => placeOf(problem, weights));
  for (const [colour, width] of /** @type {[string, number][]} */ ([['#fff', 5], ['#0b3b60', 2]])) {
    context.beginPath();
    for (const [x, y] of places) context.lineTo(x, y);
    Object.assign(context, { strokeStyle: colour, lineWidth: width, lineJoin: 'round' });
    context.stroke();
  }
  context.fillStyle = '#0b3b60';
  for (const [i, [x, y]] of places.entries()) {
    context.beginPath();
    context.arc(x, y, i === 0 || i === places.length - 1 ? 5 : 2.6, 0, 2 * Math.PI);
    context.fill();
  }
  const [x, y] = placeOf(problem, lowest(problem));
  context.fillStyle = '#000';
  context.fillRect(x - 6, y - 1, 12, 2);
  context.fillRect(x - 1, y - 6, 2, 12);
  return canvas;
}

/**
 * The data, and the line that the weights make: through the points, or between the classes.
 * @param {Problem} problem
 * @param {Pair} weights
 * @param {string} label
 */
export function dataDrawing(problem, [a, b], label) {
  const { kind, rows } = problem;
  const drawing = svg('svg', { viewBox: `0 0 ${VIEW} ${VIEW}`, role: 'img', 'aria-label': label, class: 'points' });
  const ups = rows.map(({ x, t }) => (kind === 'line' ? t : x[1]));
  const span = (/** @type {number[]} */ values) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [low - 0.12 * (high - low), high + 0.12 * (high - low)];
  };
  const [[left, right], [low, high]] = [span(rows.map(({ x }) => x[0])), span(ups)];
  const across = (/** @type {number} */ value) => ((value - left) / (right - left)) * VIEW;
  const up = (/** @type {number} */ value) => Math.max(-9999, Math.min(9999, (1 - (value - low) / (high - low)) * VIEW));
  const made = (/** @type {number} */ x) => (kind === 'line' ? a * x + b : (-a * x) / (b || 1e-9));
  if (Number.isFinite(a) && Number.isFinite(b))
    drawing.append(svg('line', { x1: 0, x2: VIEW, y1: up(made(left)), y2: up(made(right)), class: 'fitted' }));
  for (const [i, { x, t }] of rows.entries()) {
    if (kind === 'line') drawing.append(svg('line', { x1: across(x[0]), x2: across(x[0]), y1: up(t), y2: up(made(x[0])), class: 'off' }));
    const [cx, cy] = [across(x[0]), up(ups[i])];
    drawing.append(kind === 'line' || t ? svg('circle', { cx, cy, r: 5, class: 'one' }) : svg('path', { d: `M${cx} ${cy - 5.5}l5.5 5.5l-5.5 5.5l-5.5 -5.5z`, class: 'other' }));
  }
  return drawing;
}
