/**
 * Three small real problems with two weights each: their losses and gradients.
 *
 * The line is the first data set of Anscombe 1973, The American Statistician 27(1); the flowers are the 50 Iris
 * versicolor and 50 Iris virginica of Fisher 1936, Annals of Eugenics 7(2), by length and width of their petals.
 *
 * @typedef {[number, number]} Pair
 *
 * @typedef {object} Problem
 * @property {string} title
 * @property {string} about in a sentence or two
 * @property {[string, string]} names of the two weights
 * @property {'line' | 'classes'} kind of the picture beside the surface
 * @property {{ x: number[], t: number }[]} rows what is read, and the wanted answer; of classes 0 or 1
 * @property {[Pair, Pair]} ranges of the weights on the surface
 * @property {number[]} rates to choose from
 * @property {{ rate: number, from: Pair }} usual
 */

const X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
const Y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
// Tenths of a centimetre: length and width by turns, first those of Iris versicolor.
const PETALS = [
  ...[47, 14, 45, 15, 49, 15, 40, 13, 46, 15, 45, 13, 47, 16, 33, 10, 46, 13, 39, 14, 35, 10, 42, 15, 40, 10, 47, 14, 36, 13],
  ...[44, 14, 45, 15, 41, 10, 45, 15, 39, 11, 48, 18, 40, 13, 49, 15, 47, 12, 43, 13, 44, 14, 48, 14, 50, 17, 45, 15, 35, 10],
  ...[38, 11, 37, 10, 39, 12, 51, 16, 45, 15, 45, 16, 47, 15, 44, 13, 41, 13, 40, 13, 44, 12, 46, 14, 40, 12, 33, 10, 42, 13],
  ...[42, 12, 42, 13, 43, 13, 30, 11, 41, 13, 60, 25, 51, 19, 59, 21, 56, 18, 58, 22, 66, 21, 45, 17, 63, 18, 58, 18, 61, 25],
  ...[51, 20, 53, 19, 55, 21, 50, 20, 51, 24, 53, 23, 55, 18, 67, 22, 69, 23, 50, 15, 57, 23, 49, 20, 67, 20, 49, 18, 57, 21],
  ...[60, 18, 48, 18, 49, 18, 56, 21, 58, 16, 61, 19, 64, 20, 56, 22, 51, 15, 56, 14, 61, 23, 56, 24, 55, 18, 48, 18, 54, 21],
  ...[56, 24, 51, 23, 51, 19, 59, 23, 57, 25, 52, 23, 50, 19, 52, 20, 54, 23, 51, 18],
];

/**
 * With mean 0 and standard deviation 1, rounded to three decimals.
 * @param {number[]} values
 */
function standardised(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => Number(((value - mean) / deviation).toFixed(3)));
}

const LENGTHS = standardised(PETALS.filter((_, i) => i % 2 === 0));
const WIDTHS = standardised(PETALS.filter((_, i) => i % 2 === 1));

/** @type {Record<string, Problem>} */
export const PROBLEMS = {
  line: {
    title: 'A line through 11 points',
    about: 'Anscombe’s first data set: y = w·x + b, with the mean squared error. x goes from 4 to 14, so a change of w counts far more than one of b: the surface is a narrow valley.',
    ...{ names: ['w', 'b'], kind: 'line', rows: X.map((x, i) => ({ x: [x, 1], t: Y[i] })), ranges: [[-0.75, 1.75], [-6, 12]] },
    ...{ rates: [0.0003, 0.001, 0.003, 0.008, 0.0105, 0.012], usual: { rate: 0.008, from: [0.1, 10] } },
  },
  scaled: {
    title: 'The same, x scaled',
    about: 'The same points with x shifted and scaled to mean 0 and standard deviation 1, as pictures are before a network gets them: the valley becomes a round bowl.',
    ...{ names: ['w', 'b'], kind: 'line', rows: standardised(X).map((x, i) => ({ x: [x, 1], t: Y[i] })), ranges: [[-4.5, 7.5], [1.5, 13.5]] },
    ...{ rates: [0.01, 0.03, 0.1, 0.3, 0.8, 1.1], usual: { rate: 0.1, from: [-3, 12] } },
  },
  classes: {
    title: 'Two kinds of Iris',
    about: 'Fisher’s Iris versicolor and Iris virginica by length and width of their petals, both scaled; a logistic regression with two weights and the cross-entropy. The valley becomes flat towards its lowest point.',
    ...{ names: ['weight of length', 'weight of width'], kind: 'classes' },
    rows: LENGTHS.map((length, i) => ({ x: [length, WIDTHS[i]], t: Number(i >= LENGTHS.length / 2) })),
    ...{ ranges: [[-4, 10], [-4, 10]], rates: [0.1, 0.3, 1, 3, 10, 100], usual: { rate: 1, from: [-3, 2] } },
  },
};

/**
 * Loss and gradient at a pair of weights: the mean squared error, or the binary cross-entropy.
 * @param {Problem} problem
 * @param {Pair} weights
 * @returns {{ loss: number, gradient: Pair }}
 */
export function lossAt({ kind, rows }, [a, b]) {
  let loss = 0;
  /** @type {Pair} */
  const gradient = [0, 0];
  for (const { x, t } of rows) {
    const made = a * x[0] + b * x[1];
    const slope = kind === 'line' ? 2 * (made - t) : 1 / (1 + Math.exp(-made)) - t;
    loss += kind === 'line' ? (made - t) ** 2 : softplus(made) - t * made;
    gradient[0] += slope * x[0];
    gradient[1] += slope * x[1];
  }
  return { loss: loss / rows.length, gradient: [gradient[0] / rows.length, gradient[1] / rows.length] };
}

/**
 * log(1 + exp(value)), also where exp would overflow.
 * @param {number} value
 */
function softplus(value) {
  return Math.max(0, value) + Math.log1p(Math.exp(-Math.abs(value)));
}

/**
 * The weights with the lowest loss, by Newton's method.
 * @param {Problem} problem
 * @returns {Pair}
 */
export function lowest(problem) {
  /** @type {Pair} */
  let weights = [0, 0];
  for (let turn = 0; turn < 30; turn += 1) {
    const { gradient } = lossAt(problem, weights);
    let [aa, ab, bb] = [0, 0, 0];
    for (const { x } of problem.rows) {
      const share = 1 / (1 + Math.exp(-(weights[0] * x[0] + weights[1] * x[1])));
      const curve = (problem.kind === 'line' ? 2 : share * (1 - share)) / problem.rows.length;
      [aa, ab, bb] = [aa + curve * x[0] * x[0], ab + curve * x[0] * x[1], bb + curve * x[1] * x[1]];
    }
    const determinant = aa * bb - ab * ab;
    weights = [
      weights[0] - (bb * gradient[0] - ab * gradient[1]) / determinant,
      weights[1] - (aa * gradient[1] - ab * gradient[0]) / determinant,
    ];
  }
  return weights;
}
