import assert from 'node:assert/strict';
import { test } from 'node:test';

import { shortened } from '../../../demo/static/lib/format.js';
import { firstLearned } from '../../../demo/tabs/explore/overview/strip_tiles.js';

test('a name that fits is left alone', () => {
  for (const name of ['conv1', 'unit2.conv', 'fc', '1.conv.pad']) assert.equal(shortened(name), name);
});

test('of a long name the last part stays, and the beginning of the one before it', () => {
  assert.equal(shortened('expand.conv'), 'exp…conv');
  assert.equal(shortened('depthwise.conv'), 'dep…conv');
  assert.equal(shortened('downsample.0'), 'downsa…0');
  assert.equal(shortened('5.1.expand.relu'), '…ex…relu');
  assert.equal(shortened('layer1.0.conv1'), '…0.conv1');
  assert.equal(shortened('denselayer12'), 'dens…r12');
  assert.equal(shortened('block.denselayer12'), 'dens…r12');
  assert.equal(shortened('conv1 – pool1'), 'conv1 …');
});

test('the names of a block’s steps stay apart', () => {
  const parts = ['expand', 'depthwise', 'project'].flatMap((part) => ['pad', 'conv', 'norm', 'relu'].map((end) => `${part}.${end}`));
  const short = parts.map((name) => shortened(name));
  assert.equal(new Set(short).size, parts.length);
  assert.ok(short.every((name) => name.length <= 10));
});

test('a folded block opens on its first step with weights, or on its last one', () => {
  const step = (/** @type {string} */ name, /** @type {number} */ parameters) => /** @type {any} */ ({ name, parameters });
  assert.equal(firstLearned([step('pad', 0), step('conv', 9), step('norm', 4)]).name, 'conv');
  assert.equal(firstLearned([step('relu', 0), step('pool', 0)]).name, 'pool');
});
