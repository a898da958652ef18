import assert from 'node:assert/strict';
import { test } from 'node:test';

import { filledAfter } from '../../demo/tabs/start/sliding.js';
import { isWanted } from '../../demo/tabs/start/when.js';

test('the start is for whoever opens the page itself for the first time, or asks for it', () => {
  assert.equal(isWanted('', false), true);
  assert.equal(isWanted('', true), false);
  assert.equal(isWanted('?__theme=dark', false), true);
  assert.equal(isWanted('?tab=explore', false), false);
  assert.equal(isWanted('?anything', false), false);
  assert.equal(isWanted('?start=1', true), true);
  assert.equal(isWanted('?start=0', false), false);
});

test('the map fills row by row: the first slowly, all of it in the end', () => {
  const maps = { width: 32, size: 1024 };
  const filled = Array.from({ length: 100 }, (_, index) => filledAfter(index * 100, maps));
  assert.equal(filled[0], 0);
  assert.deepEqual(filled, filled.toSorted((a, b) => a - b));
  assert.equal(filledAfter(3000, maps), 32);
  assert.equal(filledAfter(9000, maps), 1024);
});
