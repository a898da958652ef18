// The receptive field of any value, worked out here from the geometry that came with the network: no request on hover.

// First row and column of the box in the network's picture, and those behind its last; null where it is not known.
// It may reach beyond the picture, into padding. Entries of a flattened map have the field of the place they stood at.
function fieldBox(geometry, channel, row, column) {
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

// How many rows or columns of the box lie beyond a picture of size × size pixels.
function fieldPadding(box, size) {
  const [height, width] = [box.bottom - box.top, box.right - box.left];
  return {
    above: Math.min(Math.max(-box.top, 0), height),
    left: Math.min(Math.max(-box.left, 0), width),
    below: Math.min(Math.max(box.bottom - size, 0), height),
    right: Math.min(Math.max(box.right - size, 0), width),
  };
}

function fieldWords(box, size) {
  const span = (word, from, to) => {
    const [first, last] = [Math.max(from, 0), Math.min(to, size) - 1];
    return first === last ? `${word} ${first}` : `${word}s ${first} to ${last}`;
  };
  const padding = fieldPadding(box, size);
  const beyond = [
    [padding.above, 'row', 'above'],
    [padding.below, 'row', 'below'],
    [padding.left, 'column', 'left'],
    [padding.right, 'column', 'right'],
  ].filter(([count]) => count > 0);
  const whole = box.top <= 0 && box.left <= 0 && box.bottom >= size && box.right >= size;
  const none = box.bottom <= 0 || box.right <= 0 || box.top >= size || box.left >= size;
  let words = `${span('row', box.top, box.bottom)}, ${span('column', box.left, box.right)} of the picture`;
  if (whole) words = 'the whole picture';
  if (none) words = 'nothing of the picture, only padding around it';
  if (!beyond.length || none) return words;
  const parts = beyond.map(([count, word, where]) => `${count} ${word}${count > 1 ? 's' : ''} ${where}`);
  return `${words}; beyond its edge, in the padding: ${parts.join(', ')}`;
}
