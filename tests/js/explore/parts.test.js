import assert from 'node:assert/strict';
import { test } from 'node:test';

import { checkWords } from '../../../demo/tabs/explore/inspector/check.js';
import { isPadding, partName, placeOf, unpackParts } from '../../../demo/static/lib/sums/parts.js';

/** @param {number[]} numbers */
const packed = (numbers) => Buffer.from(Float32Array.from(numbers).buffer).toString('base64');

/** Two channels of a 2 × 3 window that reaches a row above the map and a column beyond its right edge. */
/** @type {import('../../../demo/static/lib/sums/parts.js').PackedParts} */
const sent = {
  source: 'conv1',
  channels: [4, 7],
  ...{ rows: [-1, 0], columns: [6, 7, 8], grid: [8, 8] },
  sources: [[-1, 0], [6, 7, -1]],
  entries: false,
  values: packed([0, 0, 0, 1, 2, 0, 0, 0, 0, 3, 4, 0]),
  weights: packed([1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6]),
  sums: [14, null],
};
const parts = unpackParts(sent);

test('each part has its patch and its kernel', () => {
  assert.deepEqual([...parts.patch(1)], [0, 0, 0, 3, 4, 0]);
  assert.deepEqual([...parts.kernel(0)], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(parts.sums, [14, NaN]);
  assert.equal(unpackParts({ ...sent, weights: null }).kernel(0).length, 0);
});

test('values go back to their place in the map before, but those of the padding', () => {
  assert.deepEqual(placeOf(parts, 1, 4), ['conv1', 7, 0, 7]);
  assert.deepEqual([0, 1, 2, 5].map((at) => placeOf(parts, 0, at)), [null, null, null, null]);
  assert.deepEqual([0, 3, 4, 5].map((at) => isPadding(parts, at)), [true, false, false, true]);
  assert.ok(!isPadding({ ...parts, entries: true }, 0));
});

test('channels of the picture have names', () => {
  assert.equal(partName(parts, 1), 'channel 7');
  assert.equal(partName({ source: 'input', entries: false, channels: [2, 3] }, 0), 'blue');
  assert.equal(partName({ source: 'flatten', entries: true, channels: [2, 3] }, 1), 'entry 3');
});

test('the check says how far the calculation is from the tensor', () => {
  const one = { value: -1.25, total: -1.25, difference: 0, adds: true };
  assert.equal(checkWords(one), 'the network’s own tensor holds −1.25, |difference| = 0 < 1e−4');
  assert.match(checkWords({ ...one, difference: 0.00001 }), /= 1\.0e−5 < 1e−4$/);
  assert.match(checkWords({ ...one, difference: 0.01 }), /= 1\.0e−2 within the rounding of single precision/);
  assert.match(checkWords({ ...one, difference: 0.01, adds: false }), /= 1\.0e−2 ≥ 1e−4$/);
  assert.equal(checkWords({ ...one, value: null }), 'a number here is not finite');
});
