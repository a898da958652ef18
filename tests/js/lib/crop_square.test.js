import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SMALLEST, centred, grown, inside, moved, parseSquare, pulled, share, words, written } from '../../../demo/static/lib/page/crop/square.js';

const PANORAMA = { width: 1200, height: 400 };
const TALL = { width: 300, height: 900 };
const SQUARE = { width: 32, height: 32 };

/**
 * Its edges in pixels.
 * @param {import('../../../demo/static/lib/page/crop/square.js').Square} square
 * @param {{ width: number, height: number }} picture
 */
function edges(square, picture) {
  const { x, y } = share(square.size, picture);
  const [left, top] = [(square.left / 1000) * picture.width, (square.top / 1000) * picture.height];
  return [left, top, left + x * picture.width, top + y * picture.height];
}

test('a text is a square and back; other texts are none', () => {
  assert.deepEqual(parseSquare('250,0,500'), { left: 250, top: 0, size: 500 });
  assert.equal(written({ left: 249.6, top: 0.2, size: 500 }), '250,0,500');
  for (const text of ['', '1,2', '1,2,3,4', '-1,2,300', '1.5,2,300', 'a,b,c', '1,2,99999']) assert.equal(parseSquare(text), null);
});

test('without a choice it is where the network cuts', () => {
  assert.deepEqual(centred(PANORAMA), { left: 333, top: 0, size: 1000 });
  assert.deepEqual(centred(TALL), { left: 0, top: 333, size: 1000 });
  assert.deepEqual(centred(SQUARE), { left: 0, top: 0, size: 1000 });
});

test('it moves as far as the picture goes', () => {
  const square = centred(PANORAMA);
  assert.deepEqual(moved(square, 0.1, 0.1, PANORAMA), { left: 433, top: 0, size: 1000 });
  assert.deepEqual(moved(square, 9, 0, PANORAMA), { left: 667, top: 0, size: 1000 });
  assert.deepEqual(moved(square, -9, -9, PANORAMA), { left: 0, top: 0, size: 1000 });
});

test('a corner is pulled while the one across from it stays', () => {
  const square = { left: 250, top: 250, size: 500 }; // pixels 300..500 and 100..300
  assert.deepEqual(edges(square, PANORAMA), [300, 100, 500, 300]);
  const larger = pulled(square, 'se', 80 / 1200, 80 / 400, PANORAMA);
  assert.deepEqual(larger, { left: 250, top: 250, size: 700 });
  const smaller = pulled(square, 'nw', 40 / 1200, 40 / 400, PANORAMA);
  assert.deepEqual(smaller, { left: 283, top: 350, size: 400 });
  const [, , right, bottom] = edges(smaller, PANORAMA);
  assert.ok(Math.abs(right - 500) <= 1 && Math.abs(bottom - 300) <= 1);
  assert.equal(pulled(square, 'ne', 9, -9, PANORAMA).size, 750); // as far as the top edge
  assert.equal(pulled(square, 'sw', 9, -9, PANORAMA).size, SMALLEST);
});

test('it grows about its centre, within the picture', () => {
  assert.deepEqual(grown({ left: 250, top: 250, size: 500 }, 100, PANORAMA), { left: 233, top: 200, size: 600 });
  assert.deepEqual(grown({ left: 0, top: 0, size: 950 }, 100, TALL), { left: 0, top: 0, size: 1000 });
  assert.deepEqual(grown({ left: 0, top: 0, size: 120 }, -100, SQUARE), { left: 10, top: 10, size: SMALLEST });
});

test('whatever is done to it, it stays a square of whole numbers within the picture', () => {
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (const picture of [PANORAMA, TALL, SQUARE, { width: 1999, height: 2 }]) {
    let square = centred(picture);
    for (let count = 0; count < 500; count += 1) {
      const [x, y] = [random() - 0.5, random() - 0.5];
      const corner = /** @type {const} */ (['nw', 'ne', 'sw', 'se'])[count % 4];
      square = [() => moved(square, x, y, picture), () => pulled(square, corner, x, y, picture), () => grown(square, 400 * x, picture)][count % 3]();
      assert.deepEqual(parseSquare(written(square)), square);
      assert.deepEqual(inside(square, picture), square);
      assert.ok(square.size >= SMALLEST && square.size <= 1000);
      const [, , right, bottom] = edges(square, picture);
      assert.ok(right <= picture.width * 1.0006 && bottom <= picture.height * 1.0006);
    }
  }
});

test('where it is, in words', () => {
  assert.equal(words({ left: 250, top: 5, size: 1000 }), '25 % from the left, 0.5 % from the top, side 100 % of the shorter side');
});
