import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  frameAt, isBeyond, placesUnder, spotAt, stepsOf, valuesUnder, windowWords,
} from '../../../demo/tabs/explore/inspector/sliding_window.js';

const maps = { integers: [1, 2, 3, 4, 5, 6, 7, 8, 9], factor: 0.5, channels: 1, height: 3, width: 3, size: 9 };
/** @type {import('../../../demo/tabs/explore/inspector/sliding_window.js').Geometry} */
const padded = { kernel: [3, 3], stride: [1, 1], padding: [1, 1], dilation: [1, 1] };
/** @type {import('../../../demo/tabs/explore/inspector/sliding_window.js').Geometry} */
const dilated = { kernel: [2, 2], stride: [2, 3], padding: [0, 1], dilation: [2, 1] };

test('values are made row by row', () => {
  assert.deepEqual([0, 4, 5, 11].map((at) => spotAt(at, 5)), [
    { row: 0, column: 0 }, { row: 0, column: 4 }, { row: 1, column: 0 }, { row: 2, column: 1 },
  ]);
});

test('stride, padding and dilation place the window', () => {
  assert.deepEqual(frameAt(padded, { row: 0, column: 2 }), { top: -1, left: 1, tall: 3, wide: 3 });
  assert.deepEqual(frameAt(dilated, { row: 2, column: 1 }), { top: 4, left: 2, tall: 3, wide: 2 });
  assert.ok(isBeyond(frameAt(padded, { row: 0, column: 1 }), maps));
  assert.ok(!isBeyond(frameAt(padded, { row: 1, column: 1 }), maps));
  assert.deepEqual(placesUnder(dilated, { row: 0, column: 0 }), [
    { row: 0, column: -1 }, { row: 0, column: 0 }, { row: 2, column: -1 }, { row: 2, column: 0 },
  ]);
});

test('what is under the window, with nothing in the padding', () => {
  assert.deepEqual(valuesUnder(padded, maps, 0, { row: 1, column: 1 }), [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5]);
  assert.deepEqual(valuesUnder(padded, maps, 0, { row: 0, column: 0 }), [null, null, null, null, 0.5, 1, null, 2, 2.5]);
});

test('the words add up what is under the window', () => {
  const scene = /** @type {any} */ ({ ...padded, kind: 'weighted', all: true, bias: 1, operation: 'convolution' });
  const words = windowWords(scene, maps, Array(9).fill(1), 0, { row: 1, column: 1 }, 23.5);
  assert.match(words, /^Row 1, column 1: this map brings 22\.5; all 1 maps and the bias 1 make 23\.5\./);
  assert.match(windowWords({ ...scene, kind: 'max' }, maps, [], 0, { row: 0, column: 0 }, 2.5), /the largest of 0\.5, 1, 2, 2\.5 is 2\.5\./);
  assert.match(windowWords({ ...scene, kind: 'mean' }, maps, [], 0, { row: 0, column: 0 }, 1.5), /the mean of 0\.5, 1, 2, 2\.5 is 1\.5\./);
  assert.match(windowWords({ ...scene, all: false }, maps, [], 0, { row: 0, column: 0 }, 2), /more maps than are sent/);
});

test('time earns values, whole rows where motion is to be calm, and nothing of it is lost', () => {
  assert.deepEqual(stepsOf(3.75, 1), { steps: 3, owed: 0.75 });
  assert.deepEqual(stepsOf(0.5, 1), { steps: 0, owed: 0.5 });
  assert.deepEqual(stepsOf(33, 16), { steps: 32, owed: 1 });
});
