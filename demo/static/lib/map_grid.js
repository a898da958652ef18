/**
 * Where each channel's map lies in a grid of all of them, in canvas pixels. A cell is one map and, but for vectors, a gap
 * of one map pixel.
 *
 * @typedef {object} Layout
 * @property {number} columns
 * @property {number} rows
 * @property {number} cellWidth of a map and the gap behind it
 * @property {number} cellHeight
 * @property {number} width of the canvas
 * @property {number} height
 *
 * @typedef {{ channels: number, height: number, width: number, size: number }} Size
 */

/** @param {Pick<Size, 'size'>} maps */
export function gapOf({ size }) {
  return size === 1 ? 0 : 1;
}

/**
 * @param {Size} maps
 * @param {number} columns
 * @returns {Layout}
 */
export function inColumns(maps, columns) {
  const gap = gapOf(maps);
  const rows = Math.ceil(maps.channels / columns);
  const [cellWidth, cellHeight] = [maps.width + gap, maps.height + gap];
  return { columns, rows, cellWidth, cellHeight, width: columns * cellWidth - gap, height: rows * cellHeight - gap };
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

/**
 * The canvas pixel that a pointer is at; it may lie outside.
 * @param {MouseEvent} event
 * @param {HTMLCanvasElement} canvas
 */
export function pixelAt(event, canvas) {
  const box = canvas.getBoundingClientRect();
  return {
    x: Math.floor(((event.clientX - box.left) / box.width) * canvas.width),
    y: Math.floor(((event.clientY - box.top) / box.height) * canvas.height),
  };
}
