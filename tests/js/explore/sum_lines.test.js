import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fixed, fixedSum } from '../../../demo/static/lib/format.js';
import { partOrder, sumLines } from '../../../demo/static/lib/sums/sum_lines.js';

/** @param {number[][]} patches @param {number[][]} kernels @param {boolean} entries */
function partsOf(patches, kernels, entries) {
  const sums = patches.map((patch, i) => patch.reduce((sum, value, at) => sum + value * kernels[i][at], 0));
  const patch = (/** @type {number} */ i) => Float32Array.from(patches[i]);
  return { sums, entries, patch, kernel: (/** @type {number} */ i) => Float32Array.from(kernels[i]) };
}

test('parts come as they are or the largest first, whatever their sign; no number comes before all', () => {
  const sums = [0.5, -2, 0, 1];
  assert.deepEqual(partOrder(sums, false), [0, 1, 2, 3]);
  assert.deepEqual(partOrder(sums, true), [1, 3, 0, 2]);
  assert.deepEqual(partOrder([1, NaN, 2, Infinity], true), [1, 3, 2, 0]);
});

test('the running sums are those of the numbers shown, in any order, and end at the total', () => {
  const parts = partsOf([[1, 2], [3, -1], [0.5, 0.25], [2, 2]], [[0.1, 0.2], [0.3, 1], [-1, 0.04], [0.111, 0]], false);
  const bias = { name: 'bias', value: 0.125, place: null, factor: null };
  const total = parts.sums.reduce((a, b) => a + b, bias.value);
  for (const isBySize of [false, true])
    for (const count of [2, 4]) {
      const order = partOrder(parts.sums, isBySize);
      const lines = sumLines({ decimals: [4, 2], others: [bias] }, parts, order, count);
      assert.deepEqual(lines.shown.map(({ part }) => part), order.slice(0, count));
      assert.equal(lines.rest?.count ?? 0, 4 - count);
      const last = lines.others[0].running;
      assert.equal(fixedSum(last, 2), fixed(total, 2));
      const shown = lines.shown.reduce((sum, line) => sum + Number(line.sum.toFixed(4)), 0);
      assert.ok(Math.abs(lines.shown[count - 1].running - shown) < 1e-12);
    }
});

test('entries of a vector are shown with decimals that make their products', () => {
  const parts = partsOf([[1.2345], [-0.5]], [[0.7654], [3.25]], true);
  const { factors, shown } = sumLines({ decimals: [2, 2], others: [] }, parts, [0, 1], 2);
  for (const { part, sum } of shown) {
    const product = Number(parts.patch(part)[0].toFixed(factors)) * Number(parts.kernel(part)[0].toFixed(factors));
    assert.equal(fixed(product, 2), fixed(sum, 2));
  }
});

test('a term that is no finite number says so and breaks nothing', () => {
  const parts = { ...partsOf([[1], [2]], [[1], [1]], false), sums: [1, NaN] };
  const { shown, others } = sumLines({ decimals: [2, 2], others: [{ name: 'bias', value: null, place: null, factor: null }] }, parts, [0, 1], 2);
  assert.equal(fixed(shown[1].running, 2), 'no number');
  assert.equal(fixed(others[0].value, 2), 'no number');
});
