import assert from 'node:assert/strict';
import { test } from 'node:test';

import { fieldBox, fieldPadding, fieldWords } from '../../../demo/static/lib/receptive_field.js';

const conv = { start: [-1, -1], stride: [1, 1], size: [3, 3], whole: false, grid: null };

test('a 3 × 3 convolution sees one pixel around, and padding at the edge', () => {
  const corner = fieldBox(conv, 0, 0, 0);
  assert.deepEqual(corner, { top: -1, left: -1, bottom: 2, right: 2 });
  assert.deepEqual(fieldPadding(corner, 32), { above: 1, left: 1, below: 0, right: 0 });
  assert.equal(fieldWords(corner, 32), 'rows 0 to 1, columns 0 to 1 of the picture; beyond its edge, in the padding: 1 row above, 1 column left');
  assert.equal(fieldWords(fieldBox(conv, 5, 7, 9), 32), 'rows 6 to 8, columns 8 to 10 of the picture');
});

test('an entry of a flattened map has the field of the place it stood at', () => {
  const flat = { start: [0, 0], stride: [4, 4], size: [10, 10], whole: false, grid: [4, 4] };
  assert.deepEqual(fieldBox(flat, 16 + 6, 0, 0), { top: 4, left: 8, bottom: 14, right: 18 }); // row 1, column 2 of map 1
});

test('all, one and nothing of the picture in words; null where it is not known', () => {
  assert.equal(fieldBox(null, 0, 0, 0), null);
  assert.equal(fieldWords({ top: 0, left: 0, bottom: 8, right: 8 }, 8), 'the whole picture');
  assert.equal(fieldWords({ top: 3, left: 4, bottom: 4, right: 5 }, 8), 'row 3, column 4 of the picture');
  assert.equal(fieldWords({ top: -5, left: 0, bottom: 0, right: 3 }, 8), 'nothing of the picture, only padding around it');
});
