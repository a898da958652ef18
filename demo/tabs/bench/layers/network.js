/**
 * Two linear layers with a ReLU between them, fitted to random numbers by gradient descent on the mean squared error, in
 * double precision. Everything begins with the tensors that torch draws for the same seed.
 *
 * All rows are shown at every step, so the first layer's weights only ever move along these rows: what a step changes in
 * the hidden values follows from the products of the rows with each other (64 x 64), and the 1000 columns are needed
 * once at the beginning and once at the end. The values are those of the plain loop but for rounding.
 */

import { Generator } from './random.js';

export const ROWS = 64;
export const INPUTS = 1000;
export const OUTPUTS = 10;

/** @typedef {{ values: Float64Array, rows: number, columns: number }} Matrix */

export class TwoLayers {
  /** @type {number[]} */
  losses = []; // before each step

  /**
   * @param {{ hidden: number, seed: number }} settings
   */
  constructor({ hidden, seed }) {
    const generator = new Generator(seed);
    this.hidden = hidden;
    this.x = generator.normal(ROWS * INPUTS);
    this.y = generator.normal(ROWS * OUTPUTS);
    // The start that torch gives nn.Linear: uniform within 1 / sqrt(inputs).
    this.w1 = generator.uniform(hidden * INPUTS, 1 / Math.sqrt(INPUTS));
    this.b1 = generator.uniform(hidden, 1 / Math.sqrt(INPUTS));
    this.w2 = generator.uniform(OUTPUTS * hidden, 1 / Math.sqrt(hidden));
    this.b2 = generator.uniform(OUTPUTS, 1 / Math.sqrt(hidden));
    this.first = { w1: this.w1, b1: this.b1, w2: this.w2.slice(), b2: this.b2.slice() };
    this.rowProducts = withTransposed(this.x, ROWS, this.x, ROWS, INPUTS);
    this.sums = withTransposed(this.x, ROWS, this.w1, hidden, INPUTS); // what ReLU gets
    for (let i = 0; i < this.sums.length; i += 1) this.sums[i] += this.b1[i % hidden];
    this.moved = new Float64Array(ROWS * hidden); // all gradients of `sums` so far, times the learning rate
  }

  /** The loss now, and what the outputs are off by. */
  forward() {
    const { sums, hidden, w2, b2, y } = this;
    const active = new Float64Array(sums.length);
    for (let i = 0; i < sums.length; i += 1) active[i] = sums[i] > 0 ? sums[i] : 0;
    const errors = withTransposed(active, ROWS, w2, OUTPUTS, hidden);
    let loss = 0;
    for (let i = 0; i < errors.length; i += 1) {
      errors[i] += b2[i % OUTPUTS] - y[i];
      loss += errors[i] ** 2;
    }
    return { active, errors, loss: loss / errors.length };
  }

  /**
   * One step of `torch.optim.SGD`.
   * @param {number} rate
   * @returns {number} the loss before it
   */
  step(rate) {
    const { active, errors, loss } = this.forward();
    this.losses.push(loss);
    const outward = errors.map((error) => (2 * error) / errors.length);
    const inward = product(outward, ROWS, this.w2, this.hidden, OUTPUTS);
    for (let i = 0; i < inward.length; i += 1) if (this.sums[i] <= 0) inward[i] = 0;
    this.moveSecond(rate, outward, active);
    this.moveFirst(rate, inward);
    return loss;
  }

  /**
   * @param {number} rate
   * @param {Float64Array} outward gradients of the outputs
   * @param {Float64Array} active what the second layer reads
   */
  moveSecond(rate, outward, active) {
    const { hidden, w2, b2 } = this;
    for (let row = 0; row < ROWS; row += 1)
      for (let k = 0; k < OUTPUTS; k += 1) {
        const change = rate * outward[row * OUTPUTS + k];
        b2[k] -= change;
        const [to, from] = [k * hidden, row * hidden];
        for (let j = 0; j < hidden; j += 1) w2[to + j] -= change * active[from + j];
      }
  }

  /**
   * @param {number} rate
   * @param {Float64Array} inward gradients of `sums`
   */
  moveFirst(rate, inward) {
    const { hidden, sums, rowProducts, moved } = this;
    const along = product(rowProducts, ROWS, inward, hidden, ROWS);
    const bias = new Float64Array(hidden);
    for (let row = 0; row < ROWS; row += 1)
      for (let j = 0, at = row * hidden; j < hidden; j += 1, at += 1) {
        bias[j] += inward[at];
        moved[at] += rate * inward[at];
      }
    for (let row = 0; row < ROWS; row += 1)
      for (let j = 0, at = row * hidden; j < hidden; j += 1, at += 1) sums[at] -= rate * (along[at] + bias[j]);
  }

  /**
   * The weights of both layers as they were at the beginning and as they are now.
   * @returns {{ name: string, before: Matrix, after: Matrix }[]}
   */
  weights() {
    const { hidden, moved, x, first } = this;
    const w1 = first.w1.slice();
    const b1 = first.b1.slice();
    for (let row = 0; row < ROWS; row += 1)
      for (let j = 0; j < hidden; j += 1) {
        const change = moved[row * hidden + j];
        b1[j] -= change;
        const [to, from] = [j * INPUTS, row * INPUTS];
        if (change) for (let i = 0; i < INPUTS; i += 1) w1[to + i] -= change * x[from + i];
      }
    const matrix = (/** @type {Float64Array} */ values, /** @type {number} */ rows) => ({ values, rows, columns: values.length / rows });
    return [
      { name: 'first weight', before: matrix(first.w1, hidden), after: matrix(w1, hidden) },
      { name: 'first bias', before: matrix(first.b1, 1), after: matrix(b1, 1) },
      { name: 'second weight', before: matrix(first.w2, OUTPUTS), after: matrix(this.w2, OUTPUTS) },
      { name: 'second bias', before: matrix(first.b2, 1), after: matrix(this.b2, 1) },
    ];
  }
}

/**
 * a b^T of a (rows, inner) and b (columns, inner).
 * @param {Float64Array} a
 * @param {number} rows
 * @param {Float64Array} b
 * @param {number} columns
 * @param {number} inner
 */
function withTransposed(a, rows, b, columns, inner) {
  const made = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) {
      const [left, right] = [row * inner, column * inner];
      let sum = 0;
      for (let i = 0; i < inner; i += 1) sum += a[left + i] * b[right + i];
      made[row * columns + column] = sum;
    }
  return made;
}

/**
 * a b of a (rows, inner) and b (inner, columns).
 * @param {Float64Array} a
 * @param {number} rows
 * @param {Float64Array} b
 * @param {number} columns
 * @param {number} inner
 */
function product(a, rows, b, columns, inner) {
  const made = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row += 1)
    for (let i = 0; i < inner; i += 1) {
      const factor = a[row * inner + i];
      if (!factor) continue;
      const [to, from] = [row * columns, i * columns];
      for (let column = 0; column < columns; column += 1) made[to + column] += factor * b[from + column];
    }
  return made;
}

/**
 * What a training came to, from its losses.
 * @param {number[]} losses
 * @returns {'diverges' | 'wavers' | 'learns' | 'crawls'}
 */
export function outcome(losses) {
  const [start, end] = [losses[0], losses.at(-1) ?? NaN];
  if (!(end < 10 * start)) return 'diverges'; // no number is no less than anything
  const ups = losses.filter((loss, i) => i > 0 && loss > losses[i - 1]).length;
  if (ups > losses.length / 20) return 'wavers';
  return end < start / 2 ? 'learns' : 'crawls';
}
