/** A chart of losses on a logarithmic scale, as SVG. */

import { exponential } from '../../static/lib/format.js';

const SPACE = 'http://www.w3.org/2000/svg';
const HEIGHT = 300;
const [NARROWEST, WIDEST] = [300, 760];
const EDGE = { left: 62, right: 14, top: 14, bottom: 40 };
const MOST_LABELS = 7;

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
export function svg(tag, attributes, text) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}

/**
 * @typedef {{ values: number[], kind: string, label: string }} Line `kind` is its class; values that are no positive number
 *   end it
 */

/**
 * @param {Line[]} lines
 * @param {{ label: string, across: string, up: string, count: number, room: number }} words `label` of the chart for a screen reader,
 *   of its axes, how many steps there are room for, and how
 *   many pixels wide that is
 */
export function lossChart(lines, { label, across, up, count, room }) {
  const width = Math.max(NARROWEST, Math.min(WIDEST, room));
  const all = lines.flatMap(({ values }) => values).filter((value) => value > 0 && Number.isFinite(value));
  const chart = svg('svg', { viewBox: `0 0 ${width} ${HEIGHT}`, role: 'img', 'aria-label': label, class: 'chart' });
  const low = Math.floor(Math.log10(Math.max(1e-32, Math.min(...all, 1))));
  const high = Math.ceil(Math.min(12, Math.log10(Math.max(...all, 1))) + 1e-9);
  const x = (/** @type {number} */ step) => EDGE.left + (step / Math.max(1, count - 1)) * (width - EDGE.left - EDGE.right);
  const y = (/** @type {number} */ power) => HEIGHT - EDGE.bottom - ((power - low) / Math.max(1, high - low)) * (HEIGHT - EDGE.top - EDGE.bottom);
  const each = Math.ceil((high - low + 1) / MOST_LABELS);
  for (let power = low; power <= high; power += each) {
    chart.append(svg('line', { x1: EDGE.left, x2: width - EDGE.right, y1: y(power), y2: y(power), class: 'rule' }));
    const text = power >= -3 && power <= 4 ? String(Number((10 ** power).toPrecision(1))) : exponential(10 ** power, 0);
    chart.append(svg('text', { x: EDGE.left - 8, y: y(power) + 5, 'text-anchor': 'end' }, text));
  }
  for (let part = 0; part <= 4; part += 1) {
    const step = Math.round((part / 4) * count);
    chart.append(svg('text', { x: x((part / 4) * (count - 1)), y: HEIGHT - EDGE.bottom + 20, 'text-anchor': part === 4 ? 'end' : 'middle' }, String(step)));
  }
  chart.append(svg('text', { x: width - EDGE.right, y: HEIGHT - 4, 'text-anchor': 'end' }, across));
  chart.append(svg('text', { x: EDGE.left + 6, y: EDGE.top + 18 }, up));
  for (const { values, kind } of lines) {
    const end = values.findIndex((value) => !(value > 0) || !Number.isFinite(value) || Math.log10(value) > high + 1);
    const shown = end < 0 ? values : values.slice(0, end);
    const points = shown.map((value, step) => `${x(step).toFixed(1)},${y(Math.max(low, Math.log10(value))).toFixed(1)}`);
    chart.append(svg('polyline', { points: points.join(' '), class: `line ${kind}` }));
  }
  return /** @type {SVGSVGElement} */ (chart);
}
