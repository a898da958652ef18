import assert from 'node:assert/strict';
import { test } from 'node:test';

import { answersInWords } from '../../demo/tabs/compare/compare_answers.js';
import {
  canPair,
  channelAt,
  channelOf,
  correlation,
  extentOf,
  leftOf,
  limitOf,
  unpackLanes,
} from '../../demo/tabs/compare/compare_values.js';
import { scaleInWords, spoken, titleOf, valuesInWords, whyNoDifference } from '../../demo/tabs/compare/compare_words.js';

/** Channels of one row, packed as the server does. */
function packed(channels, width = channels[0].length) {
  const data = Buffer.from(Int16Array.from(channels.flat()).buffer).toString('base64');
  return { data, bits: 16, factor: 0.5, channels: channels.length, height: 1, width };
}

const LEFT = [[0, 2, 4], [6, 0, -6]];

test('a difference that was sent makes the right side', () => {
  const lanes = unpackLanes({ left: packed(LEFT), difference: packed([[2, 0, 0], [0, 0, 4]]) }, true);
  assert.deepEqual([...lanes.right.values], [1, 1, 2, 3, 0, -1]);
  assert.equal(lanes.partners, null);
  assert.equal(canPair(lanes), false);
  assert.equal(channelAt(lanes, 'right', 1), 1);
  assert.deepEqual([...channelOf(lanes.left, 1)], [3, 0, -3]);
});

test('channels of two networks stand beside the most similar one, or that of their number', () => {
  const right = [[-2, 0, 2], [60, 0, -60], [1, 1, 1]];
  const alike = unpackLanes({ left: packed(LEFT), right: packed(right) }, true);
  assert.deepEqual(alike.partners, [0, 1]);
  const swapped = unpackLanes({ left: packed(LEFT), right: packed([right[1], right[0]]) }, true);
  assert.deepEqual(swapped.partners, [1, 0]);
  assert.deepEqual([...channelOf(swapped.difference, 0)], [-1, -1, -1]); // right minus left
  assert.equal(leftOf(swapped, 'right', 0), 1);
  assert.equal(leftOf(alike, 'right', 2), -1);
  assert.equal(leftOf(alike, 'left', 1), 1);
  assert.deepEqual(unpackLanes({ left: packed(LEFT), right: packed([right[1], right[0]]) }, false).partners, [0, 1]);
  assert.ok(canPair(alike));
});

test('without maps of the same size there is no difference, and the page says why', () => {
  const lanes = unpackLanes({ left: packed(LEFT), right: packed([[1, 2]]) }, true);
  assert.equal(lanes.difference, null);
  assert.deepEqual(lanes.partners, [0, 0]);
  assert.match(whyNoDifference(lanes), /1 × 3 on the left and 1 × 2 on the right/);
  const place = { side: 'right', own: 0, channel: 0, row: 0, column: 1 };
  assert.equal(valuesInWords(lanes, place), 'right channel 0, row 0, column 1: 1');
  const values = unpackLanes({ left: packed([[1], [2]]), right: packed([[1]]) }, true);
  assert.match(whyNoDifference(values), /2 values on the left and 1 on the right/);
  assert.match(whyNoDifference(unpackLanes({ left: packed(LEFT) }, true)), /no such step/);
});

test('correlation is that of Pearson; a constant map has none', () => {
  assert.equal(correlation([1, 2, 3], [10, 20, 30]), 1);
  assert.equal(correlation([1, 2, 3], [3, 2, 1]), -1);
  assert.equal(correlation([1, 2, 3], [5, 5, 5]), null);
});

test('the server’s extents hold; else they are worked out', () => {
  const { left } = unpackLanes({ left: packed(LEFT) }, true);
  assert.deepEqual(extentOf(left, 1), { low: -3, high: 3, mean: 0 });
  assert.deepEqual(extentOf(left, 1, [[0, -7], [0, 8], [0, 0.5]]), { low: -7, high: 8, mean: 0.5 });
  assert.equal(limitOf(left, null), 3);
});

test('a channel of both lanes in words', () => {
  const lanes = unpackLanes({ left: packed(LEFT), difference: packed([[2, 0, 0], [0, 0, 4]]) }, true);
  const view = { step: 'conv1', channel: 0, matched: { name: 'conv1' }, labels: [['cat'], []] };
  assert.equal(titleOf(view, lanes, 'left'), 'Left: conv1, channel 0 (cat)');
  assert.equal(titleOf(view, lanes, 'right'), 'Right: conv1, channel 0');
  assert.match(spoken(view, lanes), /^Channel 0 of conv1: the difference goes from 0 to 1\. .* correlation of 0\.87 /);
  const place = { side: 'left', own: 0, channel: 0, row: 0, column: 0 };
  assert.equal(valuesInWords(lanes, place), 'channel 0, row 0, column 0: left 0, right 1, difference 1');
  assert.equal(valuesInWords({ ...lanes, partners: [1, 0] }, { ...place, channel: -1 }), null);
  assert.match(scaleInWords(lanes, 1, true), /own scale, from −2 to 2\.$/);
  assert.match(scaleInWords(lanes, 4, false), /the same scale\. .* mean of 4 × 4 values\.$/);
});

const NAMES = [{ title: 'As it is' }, { title: 'Blurred' }];

test('both answers in words: changed, kept, unknown to one of them', () => {
  const classes = ['cat', 'dog'];
  const words = (shares, lanes = NAMES) => answersInWords({ lanes, classes, shares });
  assert.match(words([[0.9, 0.1], [0.2, 0.8]]), /changes: cat −70\.0 percentage points, dog \+70\.0\.$/);
  assert.match(words([[0.9, 0.1], [0.7, 0.3]]), /stays cat; its probability falls by 20\.0 percentage points\.$/);
  assert.match(words([[0.9, 0.1], [0.9, 0.1]]), /its probability hardly changes\.$/);
  assert.match(words([[0.9, 0.1], [0.9, 0.1]], [NAMES[0], NAMES[0]]), /the same network: choose another above\.$/);
  assert.match(words([[0.9, null], [null, 0.8]]), /know different classes\.$/);
});
