import assert from 'node:assert/strict';
import { test } from 'node:test';

import { textLines } from '../../../demo/static/lib/print/text.js';

const lines = (text, width) => textLines((words) => words.length, text, width);

test('lines are no wider than their room, but for a word that is', () => {
  assert.deepEqual(lines('one two three', 7), ['one two', 'three']);
  assert.deepEqual(lines('a threehundred b', 5), ['a', 'threehundred', 'b']);
});

test('lines that the text has stay, empty ones as well', () => {
  assert.deepEqual(lines('a\n\nb c', 9), ['a', '', 'b c']);
  assert.deepEqual(lines(12, 9), ['12']);
});
