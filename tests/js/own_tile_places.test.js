import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SMALLEST, about, keyOf, markOf, sideOf, stepped, tileAt, usualSide } from '../../demo/tabs/own/board/tile_places.js';

const PHOTO = { width: 4000, height: 3000 };

test('a square lies about the point, and never beyond the photo', () => {
  assert.deepEqual(about(2000, 1000, 200, PHOTO), { left: 1900, top: 900, side: 200 });
  assert.deepEqual(about(0, 2999, 200, PHOTO), { left: 0, top: 2800, side: 200 });
  assert.deepEqual(about(10, 10, 9000, PHOTO), { left: 0, top: 0, side: 3000 });
  assert.deepEqual(about(100.4, 100.4, 33, PHOTO), { left: 84, top: 84, side: 33 });
});

test('an arrow key moves it by a quarter of its side, with Shift by all of it, up to the edge', () => {
  const square = { left: 100, top: 100, side: 80 };
  assert.deepEqual(stepped(square, 'ArrowRight', false, PHOTO), { left: 120, top: 100, side: 80 });
  assert.deepEqual(stepped(square, 'ArrowUp', true, PHOTO), { left: 100, top: 20, side: 80 });
  assert.deepEqual(stepped({ ...square, left: 10 }, 'ArrowLeft', false, PHOTO), { left: 0, top: 100, side: 80 });
  let odd = { left: 0, top: 0, side: 33 }; // of odd sides it comes back as well
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp']) odd = stepped(odd, key, true, PHOTO);
  assert.deepEqual(odd, { left: 0, top: 0, side: 33 });
});

test('of overlapping squares the one whose centre is nearest is meant', () => {
  const [a, b] = [{ left: 0, top: 0, side: 100 }, { left: 60, top: 0, side: 100 }];
  assert.equal(tileAt([a, b], 70, 50), a);
  assert.equal(tileAt([a, b], 90, 50), b);
  assert.equal(tileAt([a, b], 100, 99), b);
  assert.equal(tileAt([a, b], 170, 50), undefined);
});

test('the slider grows by equal shares, from the smallest side to the whole of the photo', () => {
  assert.equal(sideOf(0, PHOTO), SMALLEST);
  assert.equal(sideOf(100, PHOTO), 3000);
  for (let mark = 0; mark <= 100; mark += 1) assert.equal(markOf(sideOf(mark, { width: 40000, height: 40000 }), { width: 40000, height: 40000 }), mark);
  assert.equal(usualSide(PHOTO), 375);
  assert.equal(usualSide({ width: 40, height: 40 }), SMALLEST);
});

test('copies of a photo have one key, others another', () => {
  const [one, other] = [new Uint8Array([1, 2, 3, 4]), new Uint8Array([1, 2, 4, 3])];
  assert.equal(keyOf(one), keyOf(new Uint8Array(one)));
  assert.notEqual(keyOf(one), keyOf(other));
  assert.equal(new Set(Array.from({ length: 5000 }, (_, i) => keyOf(new Uint8Array([i & 255, i >> 8, 7])))).size, 5000);
});
