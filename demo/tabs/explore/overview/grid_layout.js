/**
 * Where each channel's map lies in the grid, in canvas pixels.
 *
 * @typedef {object} Layout
 * @property {number} columns
 * @property {number} rows
 * @property {number} cellWidth of a map and the gap behind it
 * @property {number} cellHeight
 * @property {number} width of the canvas
 * @property {number} height
 */

/**
 * Columns so that the grid is about square; a cell is one map and, but for vectors, a gap of one map pixel.
 * @param {{ channels: number, height: number, width: number, size: number }} maps
 * @returns {Layout}
 */
export function layOut({ channels, height, width, size }) {
  const gap = size === 1 ? 0 : 1;
  const aspect = (height + gap) / (width + gap);
  const columns = evenColumns(channels, Math.sqrt(channels * aspect * 1.6));
  const rows = Math.ceil(channels / columns);
  const [cellWidth, cellHeight] = [width + gap, height + gap];
  return { columns, rows, cellWidth, cellHeight, width: columns * cellWidth - gap, height: rows * cellHeight - gap };
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

/**
 * Top left corner of a channel's map.
 * @param {Layout} layout
 * @param {number} channel
 */
export function cornerOf({ columns, cellWidth, cellHeight }, channel) {
  return { left: (channel % columns) * cellWidth, top: Math.floor(channel / columns) * cellHeight };
}

/**
 * What lies at a canvas pixel.
 * @param {Layout} layout
 * @param {{ channels: number, height: number, width: number }} maps
 * @param {number} x
 * @param {number} y
 * @returns {{ channel: number, row: number, column: number } | null} null between the maps and beside them
 */
export function placeAt(layout, maps, x, y) {
  const channel = Math.floor(y / layout.cellHeight) * layout.columns + Math.floor(x / layout.cellWidth);
  const [row, column] = [y % layout.cellHeight, x % layout.cellWidth];
  const isOutside = x < 0 || y < 0 || x >= layout.width || channel >= maps.channels;
  return isOutside || column >= maps.width || row >= maps.height ? null : { channel, row, column };
}
