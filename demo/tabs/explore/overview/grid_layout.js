/**
 * Where each channel's map lies in the grid, in canvas pixels, and in which order. Small maps are drawn with several
 * pixels for each value, so that the gap between two maps is about a twelfth of a map.
 *
 * @typedef {{ channels: number, height: number, width: number, size: number }} Size
 *
 * @typedef {object} GridLayout
 * @property {number[]} order channels, in the order in which they are shown
 * @property {number[]} slots the place of each channel in that order
 * @property {boolean} isSideways whether the places run down each column, for a grid that is moved sideways
 * @property {number} columns
 * @property {number} rows
 * @property {number} pixels of the canvas for each value, in a row and in a column
 * @property {number} gap between two maps
 * @property {number} cellWidth of a map and the gap behind it
 * @property {number} cellHeight
 * @property {number} width of the canvas
 * @property {number} height
 */

const FINE = 12; // canvas pixels that a map is wide at least
const GAP = 1 / 12; // of a map's width

/**
 * @param {Size} maps
 * @param {number[]} order
 * @param {{ room: number, cell: number, rows?: number }} place `room`: CSS pixels that the grid is wide; `cell`: that a
 *   map takes at least; `rows`: of a grid that is moved sideways
 * @returns {GridLayout}
 */
export function layOut(maps, order, { room, cell, rows }) {
  const pixels = Math.max(1, Math.ceil(FINE / maps.width));
  const gap = Math.max(1, Math.round(pixels * maps.width * GAP));
  const [cellWidth, cellHeight] = [pixels * maps.width + gap, pixels * maps.height + gap];
  const pitch = (cell * cellWidth) / (pixels * maps.width);
  const fitting = Math.max(1, Math.floor((room + pitch - cell) / pitch));
  const columns = rows ? Math.ceil(maps.channels / rows) : Math.min(maps.channels, fitting);
  const needed = rows ? Math.min(rows, maps.channels) : Math.ceil(maps.channels / columns);
  /** @type {number[]} */
  const slots = [];
  order.forEach((channel, slot) => (slots[channel] = slot));
  return {
    ...{ order, slots, isSideways: Boolean(rows), columns, rows: needed, pixels, gap, cellWidth, cellHeight },
    ...{ width: columns * cellWidth - gap, height: needed * cellHeight - gap },
  };
}

/**
 * Top left corner of a channel's map.
 * @param {GridLayout} layout
 * @param {number} channel
 */
export function cornerOf({ slots, isSideways, columns, rows, cellWidth, cellHeight }, channel) {
  const slot = slots[channel];
  const [column, row] = isSideways ? [Math.floor(slot / rows), slot % rows] : [slot % columns, Math.floor(slot / columns)];
  return { left: column * cellWidth, top: row * cellHeight };
}

/**
 * What lies at a canvas pixel.
 * @param {GridLayout} layout
 * @param {Size} maps
 * @param {number} x
 * @param {number} y
 * @returns {{ channel: number, row: number, column: number } | null} null between the maps and beside them
 */
export function placeAt({ order, isSideways, columns, rows, pixels, cellWidth, cellHeight, width, height }, maps, x, y) {
  if (x < 0 || y < 0 || x >= width || y >= height) return null;
  const [across, down] = [Math.floor(x / cellWidth), Math.floor(y / cellHeight)];
  const slot = isSideways ? across * rows + down : down * columns + across;
  const [row, column] = [y % cellHeight, x % cellWidth].map((n) => Math.floor(n / pixels));
  return slot >= order.length || row >= maps.height || column >= maps.width ? null : { channel: order[slot], row, column };
}

/**
 * Channels in the order asked for; those that are 0 everywhere come last.
 * @param {{ low: number[], high: number[] }} view
 * @param {'strongest' | 'number' | 'matters'} sort
 * @param {number[]} mattering channels, the one that matters most first; of "matters" alone
 */
export function orderOf({ low, high }, sort, mattering = []) {
  const rank = new Map(mattering.map((channel, index) => [channel, index]));
  const place = (/** @type {number} */ channel) => rank.get(channel) ?? mattering.length;
  const byStrength = (/** @type {number} */ a, /** @type {number} */ b) => high[b] - high[a] || a - b;
  const dead = (/** @type {number} */ channel) => Number(isDead({ low, high }, channel));
  return high.map((_, channel) => channel).sort((a, b) => {
    if (dead(a) !== dead(b)) return dead(a) - dead(b);
    if (sort === 'number') return a - b;
    return (sort === 'matters' && place(a) - place(b)) || byStrength(a, b);
  });
}

/**
 * Whether a channel is 0 everywhere for this picture.
 * @param {{ low: number[], high: number[] }} view
 * @param {number} channel
 */
export function isDead({ low, high }, channel) {
  return low[channel] === 0 && high[channel] === 0;
}

/**
 * The number of columns nearest to `ideal` that leaves no row unfinished, if there is one near.
 * @param {number} count
 * @param {number} ideal
 */
export function evenColumns(count, ideal) {
  /** @param {number} columns */
  const distance = (columns) => Math.abs(Math.log(columns / ideal));
  let best = 1;
  for (let columns = 1; columns <= count; columns++)
    if (count % columns === 0 && distance(columns) < distance(best)) best = columns;
  return distance(best) < Math.log(1.7) ? best : Math.min(count, Math.ceil(ideal));
}
