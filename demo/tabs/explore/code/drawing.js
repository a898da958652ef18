/**
 * A drawing of what a step does: the corner of a map that it reads, with the window and where it goes next, and the
 * corner of one that it makes. Sizes of windows and borders are true; of large maps only the corner is drawn.
 *
 * @typedef {object} Figure pairs are (vertical, horizontal)
 * @property {number[]} inputs shape without the batch
 * @property {number[]} outputs
 * @property {[number, number] | null} kernel
 * @property {[number, number]} stride
 * @property {[number, number]} padding
 * @property {[number, number]} dilation
 * @property {number} groups
 * @property {boolean} [bias] whether something is added to each sum
 */

const CELL = 13; // pixels
const CORNER = 7; // places of a large map that are drawn, at least
const MOST = 14;
const SHEETS = 3; // of maps that lie behind the first
const BEHIND = 4; // pixels from one to the next
const GAP = 64; // between what is read and what is made
const LABEL = 22;

/**
 * @param {string} tag
 * @param {Record<string, unknown>} attributes
 * @param {...(Node | string)} children
 */
function svg(tag, attributes, ...children) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/**
 * @param {string} kind its class
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function box(kind, x, y, width, height) {
  return svg('rect', { class: kind, x, y, width, height });
}

/** @param {number[]} shape */
function sides(shape) {
  return shape.length === 3 ? [shape[1], shape[2]] : [shape.at(-1) ?? 1, 1];
}

/**
 * What is drawn of a figure, in places: how many rows and columns of what is read and what is made.
 * @param {Figure} figure
 */
export function plan({ inputs, outputs, kernel, stride, padding, dilation }) {
  const [read, made] = [sides(inputs), sides(outputs)];
  if (!kernel) return { extent: [1, 1], reads: read.map((n) => Math.min(n, CORNER)), makes: made.map((n) => Math.min(n, CORNER)) };
  const extent = kernel.map((k, axis) => dilation[axis] * (k - 1) + 1);
  const wanted = extent.map((e, axis) => Math.min(MOST, Math.max(CORNER, e + 2 * stride[axis] - padding[axis] + 1)));
  const reads = read.map((n, axis) => Math.min(n, wanted[axis]));
  // As many as have their window in sight.
  const makes = made.map((n, axis) =>
    Math.max(1, Math.min(n, Math.floor((reads[axis] + padding[axis] - extent[axis]) / stride[axis]) + 1)));
  return { extent, reads, makes };
}

/**
 * @param {Figure} figure
 * @returns {Element}
 */
export function drawing(figure) {
  const { inputs, outputs, kernel, padding, groups } = figure;
  const { extent, reads, makes } = plan(figure);
  const edge = kernel ? padding.map((p) => Math.min(p, MOST)) : [0, 0];
  const behind = BEHIND * SHEETS;
  const left = { x: 4 + edge[1] * CELL, y: behind + 4 + edge[0] * CELL };
  const [tall, wide] = reads.map((n, axis) => {
    const borders = sides(inputs)[axis] > n ? 1 : 2; // the far one is out of sight where the map is cut off
    return (n + borders * edge[axis]) * CELL + behind;
  });
  const right = { x: 4 + wide + GAP, y: behind + 4 + Math.max(0, (tall - behind - makes[0] * CELL) / 2) };
  const height = Math.max(tall, right.y - 4 + makes[0] * CELL) + 12;
  const width = Math.max(right.x + makes[1] * CELL + behind + 6, 200);
  const middle = Math.min(right.y + (makes[0] * CELL) / 2, height - LABEL);
  const arrow = svg('g', {},
    svg('path', { class: 'arrow', d: `M${right.x - GAP + 12} ${middle}h${GAP - 26}m-6 -5l6 5l-6 5` }));
  if (figure.bias) arrow.append(svg('text', { class: 'plus', x: right.x - GAP / 2 - 6, y: middle - 8, 'text-anchor': 'middle' }, '+ bias'));
  const isPool = groups > 1 && groups === inputs[0];
  const attributes = { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': caption(figure) };
  return svg('svg', attributes,
    map('reads', left, reads, sides(inputs), inputs, groups > 1, edge),
    map('makes', right, makes, sides(outputs), outputs, groups > 1 && !isPool, [0, 0]),
    ...(kernel ? windows(figure, left, right, extent, reads, makes) : [one(left, right, figure)]),
    arrow);
}

/**
 * A map's corner, with those behind it.
 * @param {'reads' | 'makes'} kind
 * @param {{ x: number, y: number }} at
 * @param {number[]} shown rows and columns that are drawn
 * @param {number[]} whole
 * @param {number[]} shape
 * @param {boolean} own whether the first one is marked as that of a group
 * @param {number[]} edge of padding
 */
function map(kind, at, shown, whole, shape, own, edge) {
  const [height, width] = shown.map((n) => n * CELL);
  const group = svg('g', { class: kind });
  const others = shape.length === 3 ? Math.min(SHEETS, shape[0] - 1) : 0;
  const [above, before] = edge.map((n) => n * CELL);
  const across = whole[1] > shown[1];
  const down = whole[0] > shown[0];
  const [far, below] = [width + (across ? 0 : before), height + (down ? 0 : above)];
  // Maps lie behind it to the upper right; a side that is cut off has no line.
  for (let i = others; i > 0; i--) {
    const [x, y] = [at.x + BEHIND * i, at.y - BEHIND * i];
    group.append(box('ground', x - before, y - above, far + before, below + above));
    group.append(svg('path', { class: 'sheet', d: frame(x - before, y - above, far + before, below + above, across, down) }));
  }
  group.append(box('ground', at.x - before, at.y - above, far + before, below + above));
  if (above || before)
    group.append(svg('path', {
      class: 'border', 'fill-rule': 'evenodd',
      d: `M${at.x - before} ${at.y - above}h${before + far}v${above + below}h${-before - far}z`
        + `M${at.x} ${at.y}v${height}h${width}v${-height}z`,
    }));
  for (let row = 0; row < shown[0]; row++)
    for (let column = 0; column < shown[1]; column++) {
      const cell = box('cell', at.x + column * CELL, at.y + row * CELL, CELL, CELL);
      const left = [whole[0] > shown[0] ? shown[0] - row : 9, whole[1] > shown[1] ? shown[1] - column : 9];
      cell.setAttribute('opacity', String(Math.min(1, Math.min(...left) / 3)));
      group.append(cell);
    }
  const d = frame(at.x, at.y, width, height, across, down);
  group.append(svg('path', { class: own ? 'edge own' : 'edge', d }));
  return group;
}

/**
 * The path of a rectangle without the sides that are cut off.
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 * @param {boolean} across whether it goes on to the right
 * @param {boolean} down whether it goes on below
 */
function frame(x, y, width, height, across, down) {
  const right = across ? '' : `M${x + width} ${y}v${height}`;
  return `M${x + width} ${y}H${x}v${height}${down ? '' : `h${width}`}${right}`;
}

/**
 * @param {Figure} figure
 * @param {{ x: number, y: number }} left
 * @param {{ x: number, y: number }} right
 * @param {number[]} extent
 * @param {number[]} reads
 * @param {number[]} makes
 */
function windows({ kernel, stride, padding, dilation }, left, right, extent, reads, makes) {
  const size = kernel ?? [1, 1];
  const x = left.x - padding[1] * CELL;
  const y = left.y - padding[0] * CELL;
  const parts = [];
  for (let row = 0; row < size[0]; row++)
    for (let column = 0; column < size[1]; column++)
      if (dilation[0] > 1 || dilation[1] > 1)
        parts.push(box('window', x + column * dilation[1] * CELL, y + row * dilation[0] * CELL, CELL, CELL));
  if (!parts.length) parts.push(box('window', x, y, extent[1] * CELL, extent[0] * CELL));
  if (makes[1] > 1) {
    parts.push(box('next', x + stride[1] * CELL, y, extent[1] * CELL, extent[0] * CELL));
    parts.push(box('next', right.x + CELL, right.y, CELL, CELL));
  }
  for (let row = 0; row < makes[0]; row++)
    for (let column = 0; column < makes[1]; column++) {
      const middle = [row, column].map((n, axis) => (n * stride[axis] + extent[axis] / 2) * CELL);
      parts.push(svg('circle', { class: 'at', cx: x + middle[1], cy: y + middle[0], r: 1.8 }));
    }
  parts.push(box('made', right.x, right.y, CELL, CELL));
  return parts;
}

/**
 * One value is made of one, or of all that are read.
 * @param {{ x: number, y: number }} left
 * @param {{ x: number, y: number }} right
 * @param {Figure} figure
 */
function one(left, right, { inputs, outputs }) {
  const same = inputs.join() === outputs.join();
  const { reads } = plan({ inputs, outputs, kernel: null, stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 });
  const read = same ? box('window', left.x, left.y, CELL, CELL) : box('window', left.x, left.y, reads[1] * CELL, reads[0] * CELL);
  return svg('g', {}, read, box('made', right.x, right.y, CELL, CELL));
}

/** @param {Figure} figure */
export function caption({ inputs, outputs }) {
  return `It reads ${counted(inputs)} and makes ${counted(outputs)}.`;
}

/** @param {number[]} shape */
function counted(shape) {
  const number = (/** @type {number} */ n) => n.toLocaleString('en');
  if (shape.length === 3) return `${number(shape[0])} map${shape[0] === 1 ? '' : 's'} of ${shape[1]} × ${shape[2]}`;
  if (shape.length === 1) return `${number(shape[0])} value${shape[0] === 1 ? '' : 's'}`;
  return shape.length ? shape.map(number).join(' × ') : 'values';
}
