/**
 * Rectangles on the network's picture, which is `size` pixels wide and high.
 *
 * @typedef {{ row: number, column: number, height: number, width: number }} Box in the network's pixels
 */

const keep = (/** @type {number} */ value, /** @type {number} */ low, /** @type {number} */ high) =>
  Math.max(low, Math.min(high, value));

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/**
 * From one pixel to another, both included.
 * @param {{ row: number, column: number }} one
 * @param {{ row: number, column: number }} other
 * @returns {Box}
 */
export function boxBetween(one, other) {
  return {
    row: Math.min(one.row, other.row),
    column: Math.min(one.column, other.column),
    height: Math.abs(one.row - other.row) + 1,
    width: Math.abs(one.column - other.column) + 1,
  };
}

/**
 * An eighth of the picture wide, around a pixel.
 * @param {{ row: number, column: number }} pixel
 * @param {number} size
 * @returns {Box}
 */
export function squareAround({ row, column }, size) {
  const side = Math.max(1, Math.round(size / 8));
  const inside = (/** @type {number} */ value) => keep(value - Math.floor(side / 2), 0, size - side);
  return { row: inside(row), column: inside(column), height: side, width: side };
}

/**
 * The box after an arrow key, which moves it, with Shift changes its size, and makes one in the middle where there is
 * none.
 * @param {Box | null} box
 * @param {{ key: string, shiftKey: boolean }} event
 * @param {number} size
 * @returns {Box | null} null for another key
 */
export function boxAfter(box, { key, shiftKey }, size) {
  if (!(key in MOVES)) return null;
  const quarter = Math.max(1, Math.round(size / 4));
  const middle = Math.floor((size - quarter) / 2);
  const from = box ?? { row: middle, column: middle, height: quarter, width: quarter };
  const [down, right] = MOVES[key].map((by) => by * Math.max(1, Math.round(size / 32)));
  const { row, column, height, width } = from;
  if (shiftKey) return { row, column, height: keep(height + down, 1, size - row), width: keep(width + right, 1, size - column) };
  return { height, width, row: keep(row + down, 0, size - height), column: keep(column + right, 0, size - width) };
}
