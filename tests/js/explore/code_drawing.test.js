import assert from 'node:assert/strict';
import { test } from 'node:test';

import { caption, plan } from '../../../demo/tabs/explore/code/drawing.js';

const CONV = {
  inputs: [3, 32, 32], outputs: [32, 32, 32], kernel: [3, 3], stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1,
};

test('only as many outputs are drawn as have their window in the corner', () => {
  const { extent, reads, makes } = plan(/** @type {any} */ (CONV));
  assert.deepEqual(extent, [3, 3]);
  assert.deepEqual(reads, [7, 7]);
  assert.deepEqual(makes, [6, 6]);
  const last = (makes[0] - 1) * 1 - 1 + extent[0];
  assert.ok(last <= reads[0]);
});

test('a small map is drawn whole, a dilated kernel spreads', () => {
  const small = plan(/** @type {any} */ ({ ...CONV, inputs: [8, 2, 4], outputs: [8, 1, 2], padding: [0, 0], kernel: [2, 2], stride: [2, 2] }));
  assert.deepEqual([small.reads, small.makes], [[2, 4], [1, 2]]);
  assert.deepEqual(plan(/** @type {any} */ ({ ...CONV, dilation: [2, 3] })).extent, [5, 7]);
});

test('what is read and made is said in words', () => {
  assert.equal(caption(/** @type {any} */ (CONV)), 'It reads 3 maps of 32 × 32 and makes 32 maps of 32 × 32.');
  assert.equal(caption(/** @type {any} */ ({ ...CONV, inputs: [4096], outputs: [1] })), 'It reads 4,096 values and makes 1 value.');
});
