import assert from 'node:assert/strict';
import { test } from 'node:test';

import { addressOf, nearestPage, placeAfter } from '../../demo/tabs/data/samples_pages.js';

test('the address says what is shown, and nothing once another tab is open', () => {
  const sheet = { set: 'cifar10', split: 'test', label: '3', page: 2 };
  assert.deepEqual(addressOf(sheet), { set: 'cifar10', split: 'test', label: '3', sheet: '2' });
  assert.deepEqual(addressOf({ ...sheet, label: '', page: 1 }), { set: 'cifar10', split: 'test', label: null, sheet: null });
  assert.deepEqual(addressOf(null), { set: null, split: null, label: null, sheet: null });
});

test('whatever is typed leads to a page that there is', () => {
  assert.deepEqual([0, -3, 2.4, 9, NaN, Infinity].map((page) => nearestPage(page, 5)), [1, 1, 2, 5, 1, 5]);
});

test('arrow keys move in rows and columns and stop at the edge', () => {
  const to = (key, at) => placeAfter(key, at, 10, 4);
  assert.deepEqual([to('ArrowRight', 0), to('ArrowDown', 1), to('ArrowUp', 1), to('ArrowDown', 8)], [1, 5, 0, 9]);
  assert.deepEqual([to('Home', 7), to('End', 2)], [0, 9]);
  assert.deepEqual([to('Enter', 0), to('toString', 0)], [null, null]);
});
