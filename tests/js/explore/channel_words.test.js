import assert from 'node:assert/strict';
import { test } from 'node:test';

import { channelWords, corrections, largestPlace, valueAt } from '../../../demo/tabs/explore/channel/channel_words.js';

const maps = { integers: new Int8Array([0, 0, 0, 0, 1, 5, -7, 5]), factor: 0.1, bits: 8, channels: 2, height: 2, width: 2, size: 4 };
const main = /** @type {any} */ ({ step: 'conv1', channel: 1, maps, low: -0.7, high: 0.5, mean: 0.1, zeros: 0.25, labels: [] });

test('a channel is told by its range, and by its largest value only where that is known to 16 bits', () => {
  assert.equal(channelWords(main), 'Channel 1 of conv1: from −0.7 to 0.5, mean 0.1, 25 % zeros, 2 × 2 values.');
  const exact = { ...maps, integers: new Int16Array([11, 50, -70, 52]), factor: 0.01, bits: 16, channels: 1 };
  assert.match(channelWords({ ...main, exact }), /Largest at row 1, column 1 of 2 × 2, counted from 0\.$/);
  assert.match(channelWords({ ...main, low: 0, high: 0 }), /is 0 everywhere/);
  const single = { ...maps, size: 1, height: 1, width: 1 };
  assert.equal(channelWords({ ...main, maps: single, label: 'cat' }), 'Value 1 of conv1, the logit (score before softmax) of cat: 0.5.');
});

test('a channel that is switched off, inverted or scaled says so', () => {
  const off = { ...main, low: 0, high: 0 };
  const words = (/** @type {string} */ edits) => channelWords(off, edits).split('picture.')[1];
  assert.equal(words('conv1.1:off'), ' You have switched it off under What if?');
  assert.equal(words('conv1.11:off~conv1.1:inv'), ' You have inverted it under What if?');
  assert.equal(words('conv1.1:x-2.5~input:shift.2.0'), ' You have multiplied it by −2.5 under What if?');
  assert.equal(words('conv1.11:off~conv1.2:off~conv1.1.0.0.0:w5'), '');
});

test('of equal largest values the first counts', () => {
  assert.deepEqual(largestPlace(maps, 1), { row: 0, column: 1 });
  assert.deepEqual(largestPlace(maps, 0), { row: 0, column: 0 });
});

test('a value is the exact one as soon as it is there', () => {
  const place = { row: 0, column: 1 };
  assert.equal(valueAt(main, place), 0.5);
  const exact = { ...maps, integers: new Int16Array([11, 52, -70, 51]), factor: 0.01, bits: 16, channels: 1 };
  assert.equal(valueAt({ ...main, exact }, place), 0.52);
});

test('of means of squares no single value is told', () => {
  const coarse = { ...main, maps: { ...maps, shrunk: 2 } };
  assert.equal(valueAt(coarse, { row: 0, column: 1 }), null);
  assert.equal(valueAt({ ...coarse, exact: { ...maps, channels: 1, integers: new Int16Array([1, 2, 3, 4]) } }, { row: 0, column: 1 }), 0.2);
});

test('what was typed is corrected in words', () => {
  const chosen = { row: 1, column: 0 };
  assert.deepEqual(corrections({ row: '1', column: '0' }, chosen, maps), { words: null, instead: {} });
  const wrong = corrections({ row: '9', column: '0.5' }, chosen, maps);
  assert.equal(wrong.words, 'Rows go from 0 to 1, in whole numbers. Columns go from 0 to 1, in whole numbers.');
  assert.deepEqual(wrong.instead, chosen);
  assert.equal(corrections({ row: '', column: '1' }, null, maps).words, 'Now a row.');
  assert.equal(corrections({ row: '', column: '' }, null, maps).words, '');
});
