/**
 * What an argument of a step's code is about, in places: steps of the strip, channels of the grid, values of the map and
 * pixels of the picture. Sizes are those of the drawing's `Figure`.
 */

/** @typedef {import('./drawing.js').Figure} Figure */
/** @typedef {import('../../../static/lib/events.js').Lit} Lit */
/** @typedef {import('../../../static/lib/events.js').LitBox} LitBox */
/** @typedef {import('../../../static/lib/receptive_field.js').Geometry} Geometry */
/** @typedef {import('../../../static/lib/receptive_field.js').Box} Box */
/** @typedef {import('../../../static/lib/store.js').Network} Network */
/** @typedef {{ row: number, column: number }} Spot of a value */
/** @typedef {{ step: string, name: string, part: import('../../../static/lib/events.js').Part, figure: Figure }} Chosen */

/** @type {Geometry} */
const PIXELS = { start: [0, 0], stride: [1, 1], size: [1, 1], whole: false, grid: null };

/**
 * @param {Chosen} chosen the argument
 * @param {Network | null} network
 * @returns {Lit}
 */
export function litBy(chosen, network) {
  const { step, name, part, figure } = chosen;
  const facts = network?.steps.find((one) => one.name === step);
  const source = sourceOf(network, step);
  const forAll = isForAll(chosen, facts?.parameters ?? 0);
  return {
    ...{ step, name, part },
    steps: litSteps(chosen, facts?.inputs ?? []),
    channels: (count, channel) => litChannels(chosen, count, channel),
    onMap: (spot) => onMap(chosen, forAll, spot),
    onPicture: (spot) => (source ? onPicture(part, figure, source, spot) : []),
  };
}

/**
 * The geometry of the map that a step reads; null where it is not known, or no map.
 * @param {Network | null} network
 * @param {string} step
 */
function sourceOf(network, step) {
  const [source] = network?.steps.find((one) => one.name === step)?.inputs ?? [];
  if (source === 'input') return PIXELS;
  const geometry = network?.steps.find((one) => one.name === source)?.geometry;
  return geometry && !geometry.grid && !geometry.whole ? geometry : null;
}

/**
 * @param {Chosen} chosen
 * @param {string[]} inputs of the step
 */
function litSteps({ name, part }, inputs) {
  if (part !== 'inputs' && part !== 'groups') return [];
  if (name === 'left') return inputs.slice(0, 1); // of an operator with two operands
  return name === 'right' ? inputs.slice(-1) : inputs;
}

/**
 * All, or those of the same group as the chosen one.
 * @param {Chosen} chosen
 * @param {number} count
 * @param {number} channel
 */
function litChannels({ part, figure }, count, channel) {
  const all = Array.from({ length: count }, (_, one) => one);
  if (part === 'outputs') return all;
  if (part !== 'groups') return [];
  const size = count / figure.groups;
  return all.filter((one) => Math.floor(one / size) === Math.floor(channel / size));
}

/**
 * Whether it is about every value of a map alike, as a bias, or a norm's scale and shift, is.
 * @param {Chosen} chosen
 * @param {number} parameters of the step
 */
function isForAll({ part, name, figure }, parameters) {
  return part === 'bias' && (figure.bias || (name !== 'bias' && parameters > 0));
}

/**
 * @param {Chosen} chosen
 * @param {boolean} forAll
 * @param {Spot} spot
 * @returns {LitBox[]}
 */
function onMap({ part, figure }, forAll, spot) {
  const [, height, width] = figure.outputs;
  if (forAll) return [{ kind: 'all', box: { top: 0, left: 0, bottom: height, right: width } }];
  if (part === 'border') return rim(figure).map((box) => ({ kind: 'rim', box }));
  if (part !== 'positions' || !figure.kernel) return [];
  return [{ kind: 'at', box: cell(spot) }, ...neighbours(figure, spot).map((next) => ({ kind: 'next', box: cell(next) }))];
}

/** @param {Spot} spot */
function cell({ row, column }) {
  return { top: row, left: column, bottom: row + 1, right: column + 1 };
}

/**
 * @param {import('../../../static/lib/events.js').Part} part
 * @param {Figure} figure
 * @param {Geometry} source
 * @param {Spot} spot
 * @returns {LitBox[]}
 */
function onPicture(part, figure, source, spot) {
  const cells = windowCells(figure, source, spot);
  if (!cells.length || (part !== 'window' && part !== 'positions')) return [];
  const here = { kind: 'window', box: around(cells) };
  if (part === 'window') return [...cells.map((box) => ({ kind: 'place', box })), here];
  return [here, ...neighbours(figure, spot).map((next) => ({ kind: 'next', box: around(windowCells(figure, source, next)) }))];
}

/**
 * The values at the edge of the map whose windows reach into the border: its upper and lower rows, then the rest of its
 * left and right columns.
 * @param {Figure} figure
 * @returns {Box[]}
 */
export function rim({ inputs, outputs, kernel, stride, padding, dilation }) {
  if (!kernel || inputs.length !== 3 || outputs.length !== 3) return [];
  const [, height, width] = outputs;
  const [first, last] = [0, 1].map((axis) => {
    const starts = Array.from({ length: outputs[axis + 1] }, (_, n) => n * stride[axis] - padding[axis]);
    const extent = (kernel[axis] - 1) * dilation[axis] + 1;
    const before = starts.filter((start) => start < 0).length;
    const beyond = starts.filter((start) => start + extent > inputs[axis + 1]).length;
    return { before, end: Math.max(before, starts.length - beyond) };
  });
  return [
    { top: 0, left: 0, bottom: first.before, right: width },
    { top: first.end, left: 0, bottom: height, right: width },
    { top: first.before, left: 0, bottom: first.end, right: last.before },
    { top: first.before, left: last.end, bottom: first.end, right: width },
  ].filter((box) => box.bottom > box.top && box.right > box.left);
}

/**
 * What the places under the window of a value stand for in the picture, a box for each: as wide as it is from one place
 * to the next, in the middle of what it sees.
 * @param {Figure} figure
 * @param {Geometry} source that of the map that is read
 * @param {Spot} spot of the value
 * @returns {Box[]}
 */
export function windowCells({ kernel, stride, padding, dilation }, { start, stride: pitch, size }, { row, column }) {
  if (!kernel) return [];
  return Array.from({ length: kernel[0] * kernel[1] }, (_, n) => {
    const under = [Math.floor(n / kernel[1]), n % kernel[1]]; // the place in the window
    const [top, left] = [row, column].map((at, axis) => {
      const place = at * stride[axis] - padding[axis] + under[axis] * dilation[axis];
      return start[axis] + pitch[axis] * place + (size[axis] - pitch[axis]) / 2;
    });
    return { top, left, bottom: top + pitch[0], right: left + pitch[1] };
  });
}

/**
 * The window itself.
 * @param {Box[]} cells
 * @returns {Box}
 */
export function around(cells) {
  return {
    top: Math.min(...cells.map(({ top }) => top)),
    left: Math.min(...cells.map(({ left }) => left)),
    bottom: Math.max(...cells.map(({ bottom }) => bottom)),
    right: Math.max(...cells.map(({ right }) => right)),
  };
}

/**
 * The values to the right and below, where there are any: their windows stand next to that of the value.
 * @param {Figure} figure
 * @param {Spot} spot
 * @returns {Spot[]}
 */
export function neighbours({ outputs }, { row, column }) {
  const [, height = 0, width = 0] = outputs;
  const next = [{ row, column: column + 1 }, { row: row + 1, column }];
  return next.filter((place) => place.row < height && place.column < width);
}
