import assert from 'node:assert/strict';
import { test } from 'node:test';

import { chainOf, fieldOf, lengthInNumbers, madeSoFar } from '../../demo/tabs/bench/convolution/chain.js';
import { preset, presetName, PRESETS, resized } from '../../demo/tabs/bench/convolution/kernels.js';
import { builtIn, reduced, SENT, SIDES, TITLES } from '../../demo/tabs/bench/convolution/pictures.js';
import { DEFAULT, encode, parse } from '../../demo/tabs/bench/convolution/settings.js';
import * as descent from '../../demo/tabs/bench/descent/descent.js';
import * as layers from '../../demo/tabs/bench/layers/settings.js';
import { History, SOON, typedNumber } from '../../demo/tabs/bench/parts.js';

/** @param {string} name */
const picture = (name) => builtIn(name) ?? assert.fail(name);

test('the kernel for vertical edges answers the vertical edge and is silent on the horizontal one', () => {
  const settings = { ...DEFAULT, kernel: preset('vertical'), pool: /** @type {const} */ ('none') };
  const [{ makes }] = chainOf(picture('vertical'), settings);
  assert.deepEqual(makes?.values.slice(0, 6), [0, 0, 3, 3, 0, 0]);
  const [{ makes: silent }] = chainOf(picture('horizontal'), settings);
  assert.ok(silent?.values.every((value) => value === 0));
});

test('each diagonal kernel answers more to its own diagonal than the other does', () => {
  const most = (/** @type {string} */ name) => Math.max(...(chainOf(picture('diagonal'), { ...DEFAULT, kernel: preset(name), pool: 'none', relu: false })[0].makes?.values ?? []));
  assert.ok(most('falling') > most('rising')); // the diagonal falls from left to right
});

test('the identity gives the picture back, the blur keeps its sum', () => {
  const settings = { ...DEFAULT, padding: 1, pool: /** @type {const} */ ('none'), relu: false };
  assert.deepEqual(chainOf(picture('letter'), { ...settings, kernel: preset('identity') })[0].makes?.values, picture('letter').values);
  assert.equal(PRESETS.blur.values.reduce((sum, value) => sum + value), 1);
});

test('what is impossible says why and what to do', () => {
  const refusal = (/** @type {object} */ change) => chainOf(picture('dot'), { ...DEFAULT, ...change }).at(-1)?.refusal;
  assert.equal(refusal({}), '');
  assert.match(refusal({ kernel: resized(preset('blur'), 5), dilation: 3 }) ?? '', /5 × 5, spread by dilation 3 over 13 × 13 values, does not fit: the picture has only 8 × 8.*smaller kernel or dilation/);
  assert.match(refusal({ stride: 4, poolSize: 3 }) ?? '', /pooling window of 3 × 3 does not fit: the map before it has only 2 × 2 values. Take a smaller window/);
});

test('the formula with numbers says what is never read', () => {
  const slide = { size: 3, stride: 2, padding: 0, mode: /** @type {const} */ ('zeros'), dilation: 1 };
  assert.deepEqual(lengthInNumbers(8, slide), { formula: '⌊(8 + 2·0 − 1·(3 − 1) − 1) / 2⌋ + 1 = 3', made: 3, spare: 1 });
});

test('a pooled value goes back to the pixels that it sees', () => {
  const chain = chainOf(picture('letter'), { ...DEFAULT, padding: 1 });
  assert.deepEqual(fieldOf(chain, 2, { row: 1, column: 0 }), { top: 1, left: -1, bottom: 5, right: 3 });
});

test('later maps are filled as far as what they read is made', () => {
  const chain = chainOf(picture('letter'), DEFAULT); // 6 x 6, 6 x 6, 3 x 3
  const [conv, relu, pool] = madeSoFar(chain, 0, 8); // one row of six, and two values
  assert.deepEqual([conv, relu].map((made) => made.filter(Boolean).length), [8, 8]);
  assert.deepEqual(pool.map((made, at) => made && at).filter((at) => at !== false), [0]);
  assert.deepEqual(madeSoFar(chain, 2, 4).map((made) => made.filter(Boolean).length), [36, 36, 4]);
});

test('a kernel keeps its middle when its size changes', () => {
  const sharpen = preset('sharpen');
  assert.deepEqual(resized(resized(sharpen, 7), 3), sharpen);
  assert.deepEqual(resized(sharpen, 1), { size: 1, values: [5] });
  for (const name of Object.keys(PRESETS)) assert.equal(presetName(preset(name)), name);
  assert.equal(presetName(resized(sharpen, 5)), '');
});

test('a reduced picture has the mean of the picture, by colour and in grey', () => {
  const pixels = Uint8Array.from({ length: 3 * SENT * SENT }, (_, i) => (i * 7919) % 256);
  const mean = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const levels = [0, 1, 2].map((channel) => mean(Array.from(pixels).filter((_, i) => i % 3 === channel)) / 255);
  for (const side of SIDES) {
    const map = reduced(pixels, 'green', side);
    assert.equal(map.values.length, side * side);
    assert.ok(Math.abs(mean(map.values) - levels[1]) < 0.005);
    const grey = 0.299 * levels[0] + 0.587 * levels[1] + 0.114 * levels[2];
    assert.ok(Math.abs(mean(reduced(pixels, 'grey', side).values) - grey) < 0.005);
  }
  assert.equal(reduced(pixels, 'red', SENT).values[0], 0);
});

test('any text makes settings, and these come back from theirs', () => {
  assert.deepEqual(parse(''), DEFAULT);
  assert.equal(encode(parse('')), '');
  const odd = ['kernel:1,2,3', 'kernel:1e9', `kernel:${'1,'.repeat(63)}1`, 'kernel:100', 'stride:0', 'stride:9', 'padding:x', 'at:pool.1', 'at:x.1.1', 'at:conv.999.1',
    'drawn:zz', 'pool:__proto__', '__proto__:1', 'constructor:1', 'picture:<script>', 'side:9', 'bias:NaN', 'bias:--1', 'bias:0.123456', 'relu:2', ':', '~~~'];
  for (const text of odd) assert.deepEqual(parse(text), DEFAULT, text);
  let state = 1;
  const chance = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const parts = [...odd, 'kernel:blur', 'kernel:-1.5,2,0,99', 'stride:2', 'padding:3', 'mode:reflect', 'dilation:2', 'relu:0', 'pool:mean', 'poolSize:3', 'at:pool.1.2', 'whole:1', 'bias:-0.25', 'picture:own', 'side:16'];
  for (let turn = 0; turn < 500; turn += 1) {
    const text = Array.from({ length: 5 }, () => parts[Math.floor(chance() * parts.length)]).join('~');
    const found = parse(text);
    assert.deepEqual(parse(encode(found)), found, text);
    assert.match(encode(found), /^[a-zA-Z0-9:~,.-]*$/); // what an address shows as it is
  }
});

test('built-in and drawn pictures are grey and of their own size', () => {
  for (const name of Object.keys(TITLES)) assert.deepEqual([parse(`picture:${name}~side:32~colour:red`).side, parse(`picture:${name}~colour:red`).colour], [8, 'grey']);
  const drawn = { ...DEFAULT, picture: 'drawn', drawn: Array.from({ length: 64 }, (_, i) => i / 100) };
  assert.deepEqual(parse(encode(drawn)), drawn);
});

test('the other parts take any text, too', () => {
  for (const text of ['', 'rate:7', 'hidden:1e9', 'seed:-1', 'seed:99999', '__proto__:1', 'steps:501', 'rate:0.1:1']) assert.deepEqual(layers.parse(text), layers.DEFAULT, text);
  assert.deepEqual(layers.parse('hidden:5~rate:3~steps:1000~seed:12~trained:1'), { hidden: 5, rate: 3, steps: 1000, seed: 12, trained: true });
  const usual = descent.begun('line');
  for (const text of ['', 'problem:__proto__', 'problem:toString', 'rate:5', 'momentum:2', 'from:1', 'from:a,b', 'from:1e9,1', 'steps:-1', 'steps:1e9']) assert.deepEqual(descent.parse(text), usual, text);
  assert.equal(descent.parse('steps:999').steps, descent.MOST_STEPS);
});

test('undo goes back by what was done together', () => {
  const history = new History('a');
  history.note('b', '', 0);
  history.note('c', 'drawn', 1000);
  history.note('d', 'drawn', 1000 + SOON - 1);
  history.note('d', '', 5000); // nothing new
  assert.equal(history.go(-1), 'b');
  assert.equal(history.go(-1), 'a');
  assert.equal(history.go(-1), null);
  assert.equal(history.go(1), 'b');
  history.note('e', '', 9000);
  assert.equal(history.can(1), false);
  assert.equal(history.go(-1), 'b');
});

test('numbers are read as people type them', () => {
  for (const [text, value] of /** @type {[string, number][]} */ ([['1', 1], ['-0,5', -0.5], ['−2.25', -2.25], [' .5 ', 0.5], ['3.', 3]])) assert.equal(typedNumber(text), value);
  for (const text of ['', 'x', '1e3', '--1', '1 2', '∞']) assert.equal(typedNumber(text), null);
});
