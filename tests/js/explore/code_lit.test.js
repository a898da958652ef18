import assert from 'node:assert/strict';
import { test } from 'node:test';

import { around, litBy, neighbours, rim, windowCells } from '../../../demo/tabs/explore/code/lit.js';

/**
 * @param {Partial<import('../../../demo/tabs/explore/code/drawing.js').Figure>} parts
 * @returns {import('../../../demo/tabs/explore/code/drawing.js').Figure}
 */
function figureOf(parts) {
  const small = { inputs: [3, 8, 8], outputs: [4, 8, 8], groups: 1, bias: true };
  /** @type {[number, number]} */
  const one = [1, 1];
  return { ...small, kernel: [3, 3], stride: one, padding: one, dilation: one, ...parts };
}

/**
 * @param {string} name
 * @param {import('../../../demo/static/lib/events.js').Part} part
 * @param {Partial<import('../../../demo/tabs/explore/code/drawing.js').Figure>} [parts]
 * @param {{ inputs?: string[], parameters?: number }} [facts] of the step
 */
function lit(name, part, parts = {}, { inputs = ['input'], parameters = 0 } = {}) {
  const steps = [{ name: 'before', inputs: ['input'], geometry: HALF }, { name: 'conv', inputs, parameters }];
  return litBy({ step: 'conv', name, part, figure: figureOf(parts) }, /** @type {any} */ ({ steps }));
}

// Of values that see 6 pixels and lie 2 apart, the first from -2 on.
/** @type {import('../../../demo/static/lib/receptive_field.js').Geometry} */
const HALF = { start: [-2, -2], stride: [2, 2], size: [6, 6], whole: false, grid: null };
/** @type {import('../../../demo/static/lib/receptive_field.js').Geometry} */
const PIXELS = { start: [0, 0], stride: [1, 1], size: [1, 1], whole: false, grid: null };
const SPOT = { row: 1, column: 1 };

test('of an operator each operand lights its own step, of all else every step that is read', () => {
  const inputs = ['a', 'b'];
  assert.deepEqual(lit('in_channels', 'inputs').steps, ['input']);
  assert.deepEqual(lit('left', 'inputs', {}, { inputs }).steps, ['a']);
  assert.deepEqual(lit('right', 'inputs', {}, { inputs }).steps, ['b']);
  assert.deepEqual(lit('tensors', 'inputs', {}, { inputs }).steps, inputs);
  assert.deepEqual(lit('kernel_size', 'window', {}, { inputs }).steps, []);
});

test('channels: all that are made, or those of the same group', () => {
  assert.deepEqual(lit('out_channels', 'outputs').channels(3, 1), [0, 1, 2]);
  assert.deepEqual(lit('groups', 'groups', { groups: 3 }).channels(6, 4), [4, 5]);
  assert.deepEqual(lit('padding', 'border').channels(6, 4), []);
});

test('the rim is as wide as windows reach into the border, on each side by itself', () => {
  const count = (/** @type {ReturnType<typeof rim>} */ boxes) =>
    boxes.reduce((sum, { top, left, bottom, right }) => sum + (bottom - top) * (right - left), 0);
  assert.equal(count(rim(figureOf({}))), 64 - 36);
  assert.deepEqual(rim(figureOf({ padding: [0, 0], outputs: [4, 6, 6] })), []);
  assert.deepEqual(rim(figureOf({ kernel: null })), []);
  // Stride 2: the last window of 3 starts at 5 and ends with the map.
  assert.deepEqual(rim(figureOf({ stride: [2, 2], outputs: [4, 4, 4] })), [
    { top: 0, left: 0, bottom: 1, right: 4 },
    { top: 1, left: 0, bottom: 4, right: 1 },
  ]);
  // Kernel 3 with dilation 2 reaches two places on either side; up and down there is no border.
  assert.deepEqual(rim(figureOf({ dilation: [2, 2], padding: [0, 2], outputs: [4, 4, 8] })), [
    { top: 0, left: 0, bottom: 4, right: 2 },
    { top: 0, left: 6, bottom: 4, right: 8 },
  ]);
  assert.equal(count(rim(figureOf({ kernel: [8, 8], padding: [4, 4], outputs: [4, 9, 9] }))), 81 - 1);
  assert.deepEqual(lit('padding', 'border').onMap(SPOT).map(({ kind }) => kind), ['rim', 'rim', 'rim', 'rim']);
});

test('the cells of a window on the picture are as wide as the way from one value to the next', () => {
  const onPixels = windowCells(figureOf({}), PIXELS, { row: 0, column: 2 });
  assert.equal(onPixels.length, 9);
  assert.deepEqual(around(onPixels), { top: -1, left: 1, bottom: 2, right: 4 });
  const cells = windowCells(figureOf({}), HALF, SPOT);
  assert.deepEqual(cells[0], { top: 0, left: 0, bottom: 2, right: 2 });
  assert.deepEqual(around(cells), { top: 0, left: 0, bottom: 6, right: 6 });
  const apart = windowCells(figureOf({ dilation: [2, 2] }), PIXELS, SPOT);
  assert.deepEqual(apart.map(({ left }) => left).slice(0, 3), [0, 2, 4]);
  assert.deepEqual(windowCells(figureOf({ kernel: null }), PIXELS, SPOT), []);
  const [window, ...next] = lit('stride', 'positions', {}, { inputs: ['before'] }).onPicture(SPOT).map(({ box }) => box);
  assert.deepEqual(window, { top: 0, left: 0, bottom: 6, right: 6 });
  assert.deepEqual(next, [{ ...window, left: 2, right: 8 }, { ...window, top: 2, bottom: 8 }]);
  assert.deepEqual(lit('stride', 'positions', {}, { inputs: ['unknown'] }).onPicture(SPOT), []);
});

test('next values there are but at the end of the map', () => {
  assert.deepEqual(neighbours(figureOf({}), { row: 0, column: 0 }), [{ row: 0, column: 1 }, { row: 1, column: 0 }]);
  assert.deepEqual(neighbours(figureOf({}), { row: 7, column: 7 }), []);
});

test('a bias, and the scale and shift of a norm, are of every value alike', () => {
  const whole = [{ kind: 'all', box: { top: 0, left: 0, bottom: 8, right: 8 } }];
  const none = { bias: false };
  assert.deepEqual(lit('bias', 'bias').onMap(SPOT), whole);
  assert.deepEqual(lit('bias', 'bias', none, { parameters: 8 }).onMap(SPOT), []);
  assert.deepEqual(lit('affine', 'bias', none, { parameters: 8 }).onMap(SPOT), whole);
  assert.deepEqual(lit('affine', 'bias', none).onMap(SPOT), []);
});
