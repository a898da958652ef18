/**
 * A small network as a list of layers: read from a line of text, checked, and every shape and weight counted. The same
 * stands in `model_zoo/common/layers.py`, with what the line means; a test compares both with torch.
 *
 * @typedef {'c' | 'n' | 'r' | 'm' | 'a' | 'g' | 'd' | 'l'} Kind
 * @typedef {{ kind: Kind, numbers: Record<string, number> }} Layer
 * @typedef {number[]} Shape channels, rows and columns; or the values alone, once they stand in a row
 * @typedef {{ shape: Shape, weights: number, products: number }} Counted
 *
 * @typedef {object} Network
 * @property {Layer[]} layers
 * @property {Counted[]} counted of each layer up to the first that cannot be, then of the last one, which answers
 * @property {number} wrong place of the layer that cannot be, from 0; -1 where all can
 * @property {string} words why that one, or the whole, cannot be; '' where it can
 * @property {number} weights
 * @property {number} work about how many nanoseconds of one core a picture takes that is learned from
 */

export const MOST_LAYERS = 24;
export const MOST_WEIGHTS = 500_000;
export const MOST_VALUES = 131_072;
export const MOST_WORK = 40_000_000;
const [PER_PICTURE, PER_VALUE, PER_PRODUCT] = [20_000, 7.5, 0.14];
const MOST_CHARACTERS = 400;

/**
 * Of each kind: the letters of its numbers, and what each is called, its least and its largest value.
 * @type {Record<Kind, Record<string, [string, number, number]>>}
 */
export const KINDS = {
  c: {
    c: ['The number of filters', 1, 256],
    k: ["The kernel's side", 1, 7],
    s: ['The stride', 1, 4],
    p: ['The padding', 0, 3],
  },
  n: {},
  r: {},
  m: { m: ["The window's side", 2, 8], s: ['The stride', 1, 8] },
  a: { a: ["The window's side", 2, 8], s: ['The stride', 1, 8] },
  g: {},
  d: { d: ['The percentage', 1, 95] },
  l: { l: ['The number of outputs', 1, 1024] },
};
/** @type {Record<Kind, RegExp>} */
const PATTERNS = {
  c: /^c(?<c>\d{1,4})k(?<k>\d{1,2})(?:s(?<s>\d{1,2}))?(?:p(?<p>\d{1,2}))?$/,
  n: /^n$/,
  r: /^r$/,
  m: /^m(?<m>\d{1,2})(?:s(?<s>\d{1,2}))?$/,
  a: /^a(?<a>\d{1,2})(?:s(?<s>\d{1,2}))?$/,
  g: /^g$/,
  d: /^d(?<d>\d{1,2})$/,
  l: /^l(?<l>\d{1,4})$/,
};

/** @param {number} value */
const plain = (value) => value.toLocaleString('en');
/** @param {Shape} shape */
const size = (shape) => shape.reduce((product, each) => product * each, 1);

/**
 * The layers in a line; what is none is left out, as a line may come from anywhere.
 * @param {string} text
 * @returns {Layer[]}
 */
export function parse(text) {
  const pieces = text.slice(0, MOST_CHARACTERS).split(',');
  return pieces.flatMap((piece) => readLayer(piece) ?? []).slice(0, MOST_LAYERS);
}

/**
 * @param {string} piece
 * @returns {Layer | null}
 */
function readLayer(piece) {
  const kind = /** @type {Kind} */ (piece[0]);
  const found = Object.hasOwn(PATTERNS, kind) ? PATTERNS[kind].exec(piece) : null;
  if (!found) return null;
  const given = Object.entries(found.groups ?? {}).filter(([, value]) => value !== undefined);
  const numbers = Object.fromEntries(given.map(([letter, value]) => [letter, Number(value)]));
  return { kind, numbers: { ...usual(kind, numbers), ...numbers } };
}

/**
 * @param {Kind} kind
 * @param {Record<string, number>} numbers
 * @returns {Record<string, number>}
 */
function usual(kind, numbers) {
  if (kind === 'c') return { s: 1, p: 0 };
  return kind === 'm' || kind === 'a' ? { s: numbers[kind] } : {};
}

/** @param {Layer[]} layers */
export function encode(layers) {
  return layers.map(encodeLayer).join(',');
}

/** @param {Layer} layer */
function encodeLayer({ kind, numbers }) {
  const left = Object.keys(KINDS[kind]).filter((letter) => {
    if (letter === 's') return numbers.s !== (kind === 'c' ? 1 : numbers[kind]);
    return letter !== 'p' || numbers.p !== 0;
  });
  return left.map((letter) => `${letter}${numbers[letter]}`).join('') || kind;
}

/**
 * @param {Layer[]} layers
 * @param {number} channels of the pictures
 * @param {number} side of them
 * @param {number} classes
 * @returns {Network}
 */
export function count(layers, channels, side, classes) {
  let shape = [channels, side, side];
  /** @type {Counted[]} */
  const counted = [];
  const network = { layers, counted, wrong: -1, words: '', weights: 0, work: 0 };
  if (layers.length > MOST_LAYERS) network.words = `${MOST_LAYERS} layers are the most here.`;
  for (const [at, layer] of layers.entries()) {
    const words = refusal(layer, shape);
    if (words) return { ...network, wrong: at, words };
    counted.push(countLayer(layer, shape));
    shape = counted[at].shape;
  }
  counted.push(linear(shape, classes));
  const values = counted.reduce((sum, each) => sum + size(each.shape), 0);
  const products = counted.reduce((sum, each) => sum + each.products, 0);
  network.weights = counted.reduce((sum, each) => sum + each.weights, 0);
  network.work = PER_PICTURE + PER_VALUE * values + PER_PRODUCT * products;
  network.words ||= tooMuch(network);
  return network;
}

/** @param {{ weights: number, work: number }} network */
function tooMuch({ weights, work }) {
  if (weights > MOST_WEIGHTS)
    return `${plain(weights)} weights are too many here: ${plain(MOST_WEIGHTS)} are the most. Pool before the first linear layer, or take fewer filters or outputs.`;
  if (work > MOST_WORK) return 'It would take too long for each picture. Pool earlier, or take fewer filters or smaller kernels.';
  return '';
}

/**
 * Why a layer cannot stand behind what has such a shape; '' where it can.
 * @param {Layer} layer
 * @param {Shape} shape
 */
function refusal(layer, shape) {
  const { kind, numbers } = layer;
  for (const [letter, [called, least, most]] of Object.entries(KINDS[kind])) {
    const value = numbers[letter];
    if (!(Number.isInteger(value) && least <= value && value <= most))
      return value < 0 ? `${called} must be from ${least} to ${most}.` : `${called} must be from ${least} to ${most}, not ${value}.`;
  }
  if ('cmag'.includes(kind) && shape.length === 1)
    return 'It needs rows and columns, and behind a linear layer there are none. Move it up, before that layer.';
  const side = shape[shape.length - 1];
  if (kind === 'c' && numbers.k > side + 2 * numbers.p) return kernel(numbers, side);
  if ((kind === 'm' || kind === 'a') && numbers[kind] > side)
    return `A ${numbers[kind]} × ${numbers[kind]} window does not fit into ${side} × ${side}; take a smaller one, or leave this pool out.`;
  return size(countLayer(layer, shape).shape) > MOST_VALUES
    ? `It would give more than ${plain(MOST_VALUES)} values. Take fewer filters, or a larger stride.`
    : '';
}

/**
 * @param {Record<string, number>} numbers
 * @param {number} side
 */
function kernel({ k, p }, side) {
  const padded = p ? ` with padding ${p}` : '';
  const keeps = k % 2 === 1;
  const enough = keeps ? (k - 1) / 2 : Math.ceil((k - side) / 2);
  return `A ${k} × ${k} kernel does not fit into ${side} × ${side}${padded}; padding ${enough} would ${keeps ? 'keep the size' : 'be enough'}.`;
}

/**
 * @param {Layer} layer
 * @param {Shape} shape
 * @returns {Counted}
 */
function countLayer({ kind, numbers }, shape) {
  const side = shape[shape.length - 1];
  if (kind === 'c') {
    const made = Math.floor((side + 2 * numbers.p - numbers.k) / numbers.s) + 1;
    const reads = shape[0] * numbers.k ** 2;
    return { shape: [numbers.c, made, made], weights: numbers.c * (reads + 1), products: numbers.c * reads * made ** 2 };
  }
  if (kind === 'm' || kind === 'a') {
    const made = Math.floor((side - numbers[kind]) / numbers.s) + 1;
    return { shape: [shape[0], made, made], weights: 0, products: 0 };
  }
  if (kind === 'l') return linear(shape, numbers.l);
  return { shape: kind === 'g' ? [shape[0], 1, 1] : shape, weights: kind === 'n' ? 2 * shape[0] : 0, products: 0 };
}

/**
 * @param {Shape} shape
 * @param {number} outputs
 * @returns {Counted}
 */
function linear(shape, outputs) {
  const inputs = size(shape);
  return { shape: [outputs], weights: outputs * (inputs + 1), products: outputs * inputs };
}

/**
 * How a layer's shape and weights come about, in a line for each; for the note beside its numbers.
 * @param {Layer} layer
 * @param {Shape} before
 * @param {Counted} counted
 */
export function formula({ kind, numbers }, before, counted) {
  const side = before[before.length - 1];
  const made = counted.shape[counted.shape.length - 1];
  if (kind === 'c') {
    const { c, k, s, p } = numbers;
    return `side: (${side} + 2 × ${p} − ${k}) / ${s} + 1 = ${made}${(side + 2 * p - k) % s ? ', rounded down' : ''}\nweights: ${c} × (${before[0]} × ${k} × ${k} + 1) = ${plain(counted.weights)}`;
  }
  if (kind === 'm' || kind === 'a')
    return `side: (${side} − ${numbers[kind]}) / ${numbers.s} + 1 = ${made}${(side - numbers[kind]) % numbers.s ? ', rounded down' : ''}\nno weights`;
  if (kind === 'n') return `weights: a factor and an offset for each of ${before[0]} = ${plain(counted.weights)}`;
  if (kind === 'g') return `the mean of each of ${before[0]} maps of ${side} × ${side}\nno weights`;
  if (kind === 'l') {
    const inputs = before.length > 1 ? `${before.join(' × ')}` : `${before[0]}`;
    return `weights: ${counted.shape[0]} × (${inputs} + 1) = ${plain(counted.weights)}`;
  }
  return 'the same shape\nno weights';
}

/** @param {Shape} shape */
export function shapeInWords(shape) {
  return shape.join(' × ');
}
