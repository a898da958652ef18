/**
 * The receptive field of any value, worked out here from the geometry that came with the network: no request on hover.
 *
 * @typedef {object} Geometry as `geometry` in demo/tabs/explore/overview/overview.py says
 * @property {[number, number]} start
 * @property {[number, number]} stride
 * @property {[number, number]} size
 * @property {boolean} whole
 * @property {[number, number] | null} grid
 *
 * @typedef {{ top: number, left: number, bottom: number, right: number }} Box
 */

/**
 * First row and column of the box in the network's picture, and those behind its last. It may reach beyond the picture,
 * into padding. Entries of a flattened map have the field of the place they stood at.
 * @param {Geometry | null | undefined} geometry
 * @param {number} channel
 * @param {number} row
 * @param {number} column
 * @returns {Box | null} null where it is not known
 */
export function fieldBox(geometry, channel, row, column) {
  if (!geometry) return null;
  let place = [row, column];
  if (geometry.grid) {
    const [rows, columns] = geometry.grid;
    const entry = channel % (rows * columns);
    place = [Math.floor(entry / columns), entry % columns];
  }
  const [top, left] = place.map((n, axis) => geometry.start[axis] + geometry.stride[axis] * n);
  return { top, left, bottom: top + geometry.size[0], right: left + geometry.size[1] };
}

/**
 * How many rows or columns of the box lie beyond a picture of size × size pixels.
 * @param {Box} box
 * @param {number} size
 */
export function fieldPadding(box, size) {
  const [height, width] = [box.bottom - box.top, box.right - box.left];
  return {
    above: Math.min(Math.max(-box.top, 0), height),
    left: Math.min(Math.max(-box.left, 0), width),
    below: Math.min(Math.max(box.bottom - size, 0), height),
    right: Math.min(Math.max(box.right - size, 0), width),
  };
}

/**
 * @param {Box} box
 * @param {number} size of the picture
 */
export function fieldWords(box, size) {
  const none = box.bottom <= 0 || box.right <= 0 || box.top >= size || box.left >= size;
  if (none) return 'nothing of the picture, only padding around it';
  const whole = box.top <= 0 && box.left <= 0 && box.bottom >= size && box.right >= size;
  const rows = span('row', box.top, box.bottom, size);
  const columns = span('column', box.left, box.right, size);
  const words = whole ? 'the whole picture' : `${rows}, ${columns} of the picture`;
  const padding = fieldPadding(box, size);
  const beyond = [
    counted(padding.above, 'row', 'above'),
    counted(padding.below, 'row', 'below'),
    counted(padding.left, 'column', 'left'),
    counted(padding.right, 'column', 'right'),
  ].filter(Boolean);
  return beyond.length ? `${words}; beyond its edge, in the padding: ${beyond.join(', ')}` : words;
}

/**
 * @param {string} word
 * @param {number} from
 * @param {number} to
 * @param {number} size
 */
function span(word, from, to, size) {
  const [first, last] = [Math.max(from, 0), Math.min(to, size) - 1];
  return first === last ? `${word} ${first}` : `${word}s ${first} to ${last}`;
}

/**
 * @param {number} count
 * @param {string} word
 * @param {string} where
 */
function counted(count, word, where) {
  return count > 0 && `${count} ${word}${count > 1 ? 's' : ''} ${where}`;
}
