/** The large map: its values in colour, their scale, the zoom and the marks on it. */

import { valuesOf } from '../../../static/lib/codec.js';
import { drawLegend, drawMap } from '../../../static/lib/canvas.js';
import { tell } from '../../../static/lib/dom.js';
import { readable } from '../../../static/lib/format.js';
import { scaleLevel, store } from '../../../static/lib/store.js';
import { channelWords } from './channel_words.js';

/** @typedef {import('./channel.js').ChannelView} ChannelView */
/** @typedef {import('../../../static/lib/store.js').Channel} Channel */
/** @typedef {{ row: number, column: number }} MapPlace */

const LEAST = 24; // CSS pixels that a value takes when zoomed in, so that a finger meets it

/** @param {ChannelView} view */
export function drawFigure(view) {
  const { find } = view;
  const main = view.known();
  const { maps, channel, low, step } = main;
  for (const part of ['.own', '.place']) find(part).hidden = maps.size === 1;
  find('.of-map').classList.toggle('single', maps.size === 1);
  find('.title').textContent = titleOf(main);
  const level = scaleLevel();
  drawValues(view);
  drawScale(find, '.own', main.limits[level], level === 'channel' ? low < 0 : main.signed);
  const large = find('.large');
  large.setAttribute('tabindex', '0');
  large.setAttribute('role', 'application');
  const label = `Values of channel ${channel} of ${step}. Arrow keys choose a value, Enter shows its calculation.`;
  large.setAttribute('aria-label', label);
  find('input.row', HTMLInputElement).max = String(maps.height - 1);
  find('input.column', HTMLInputElement).max = String(maps.width - 1);
  fit(view);
}

/** @param {Channel} channel */
function titleOf({ step, channel, maps, label }) {
  return maps.size === 1 ? `${step}, ${label ?? `value ${channel}`}` : `${step}, channel ${channel}`;
}

/**
 * The values alone, in colour and in a sentence.
 * @param {ChannelView} view
 */
export function drawValues(view) {
  const { find } = view;
  const main = view.known();
  drawMap(find('.map', HTMLCanvasElement), ...valuesOf(main), main.limits[scaleLevel()]);
  const words = channelWords(main, store.get('view').edits);
  tell(find('.words'), words);
  find('.map').setAttribute('aria-label', words);
}

/**
 * A colour scale with its ends.
 * @param {ChannelView['find']} find
 * @param {string} place the class of the scale
 * @param {number} limit
 * @param {boolean} signed
 */
export function drawScale(find, place, limit, signed) {
  drawLegend(find(`${place} .legend`, HTMLCanvasElement), limit, signed);
  find(`${place} .low`).textContent = readable(signed ? -limit : 0);
  find(`${place} .high`).textContent = readable(limit);
}

/**
 * Zoomed in, every value is at least LEAST pixels wide, and the map scrolls in its window.
 * @param {ChannelView} view
 */
export function fit(view) {
  const { find, chosen } = view;
  const { maps } = view.known();
  const zoom = find('.zoom');
  const room = find('.window').clientWidth;
  const fits = maps.size === 1 || room / maps.width >= LEAST;
  zoom.hidden = fits;
  const zoomed = !fits && zoom.getAttribute('aria-pressed') === 'true';
  find('.large').style.width = zoomed ? `${LEAST * maps.width}px` : '100%';
  find('.window').style.maxHeight = zoomed ? `${room}px` : '';
  zoom.textContent = zoomed ? 'Whole map' : 'Zoom in';
  if (zoomed && chosen) scrollTo(view, chosen);
}

/**
 * @param {ChannelView} view
 * @param {MapPlace} place
 */
export function scrollTo(view, { row, column }) {
  const { find } = view;
  const { maps } = view.known();
  const [port, large] = [find('.window'), find('.large')];
  const x = ((column + 0.5) / maps.width) * large.clientWidth;
  const y = ((row + 0.5) / maps.height) * large.clientHeight;
  if (x < port.scrollLeft + LEAST || x > port.scrollLeft + port.clientWidth - LEAST) port.scrollLeft = x - port.clientWidth / 2;
  if (y < port.scrollTop + LEAST || y > port.scrollTop + port.clientHeight - LEAST) port.scrollTop = y - port.clientHeight / 2;
}

/**
 * Puts a mark on a value, or takes it away.
 * @param {HTMLElement} span
 * @param {MapPlace | null} place
 * @param {{ height: number, width: number }} maps
 */
export function mark(span, place, { height, width }) {
  span.hidden = !place;
  if (!place) return;
  Object.assign(span.style, {
    left: `${(100 * place.column) / width}%`,
    top: `${(100 * place.row) / height}%`,
    width: `${100 / width}%`,
    height: `${100 / height}%`,
  });
}

/**
 * The value under the pointer, or the nearest.
 * @param {ChannelView} view
 * @param {MouseEvent} event
 * @returns {MapPlace}
 */
export function placeUnder(view, event) {
  const { height, width } = view.known().maps;
  const box = view.find('.map').getBoundingClientRect();
  /** @type {(position: number, start: number, length: number, count: number) => number} */
  const at = (position, start, length, count) =>
    Math.max(0, Math.min(count - 1, Math.floor(((position - start) / length) * count)));
  return { row: at(event.clientY, box.top, box.height, height), column: at(event.clientX, box.left, box.width, width) };
}
