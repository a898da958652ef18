import assert from 'node:assert/strict';
import { test } from 'node:test';

import { columnsOf, sorted, sortingAfter } from '../../demo/tabs/aerial/files_sorting.js';

const ANSWERS = [
  { file: 'img10.jpg', probability: 0.5, decision: true },
  { file: 'img9.jpg', probability: 0.75, decision: false },
  { file: 'IMG1.jpg', probability: 0.5, decision: true },
].map((one, order) => ({ ...one, order, answer: '', thumbnail: '' }));
const files = (sorting) => sorted(ANSWERS, sorting).map(({ file }) => file);

test('names are sorted with their numbers, whatever the case', () => {
  assert.deepEqual(files({ key: 'file', down: false }), ['IMG1.jpg', 'img9.jpg', 'img10.jpg']);
  assert.deepEqual(files({ key: 'file', down: true }), ['img10.jpg', 'img9.jpg', 'IMG1.jpg']);
});

test('equal ones stay in the order of the files', () => {
  assert.deepEqual(files({ key: 'probability', down: false }), ['img10.jpg', 'IMG1.jpg', 'img9.jpg']);
  assert.deepEqual(files({ key: 'decision', down: false }), ['img9.jpg', 'img10.jpg', 'IMG1.jpg']);
});

test('numbers begin with the largest, words with A, and the same click again turns it', () => {
  const first = sortingAfter({ key: 'order', down: false }, 'probability');
  assert.deepEqual(first, { key: 'probability', down: true });
  assert.deepEqual(sortingAfter(first, 'probability'), { key: 'probability', down: false });
  assert.deepEqual(sortingAfter(first, 'file'), { key: 'file', down: false });
});

test('where there is a decision the table shows it instead of the likeliest class', () => {
  const keys = (value) => columnsOf(value).map(({ key }) => key);
  assert.deepEqual(keys({ label: 'reed', threshold: 0.4 }), ['order', 'picture', 'file', 'probability', 'decision', 'typicality']);
  assert.deepEqual(keys({ label: null, threshold: null }), ['order', 'picture', 'file', 'answer', 'probability', 'typicality']);
});
