import assert from 'node:assert/strict';
import { test } from 'node:test';

import { decode, encode, usable } from '../../demo/tabs/learn/progress.js';

const LESSONS = ['a', 'b', 'c'].map((name, i) => ({ name, cards: [5, 8, 10][i] }));

test('a code says again what is done, and which card comes next', () => {
  const progress = { a: { card: 4, done: [0, 2, 4] }, c: { card: 0, done: [9, 0, 1, 2, 3, 4, 5, 6, 7, 8] } };
  const code = encode(progress, LESSONS);
  assert.match(code, /^[0-9A-Z]{4}-[0-9A-Z]{3}$/);
  const found = decode(code.toLowerCase().replaceAll('-', ' '), LESSONS);
  assert.deepEqual(found.a, { card: 1, done: [0, 2, 4] });
  assert.deepEqual(found.b, { card: 0, done: [] });
  assert.deepEqual(found.c.done, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a code of before a lesson was added is still one', () => {
  const code = encode({ a: { card: 0, done: [1] }, b: { card: 0, done: [0, 2] } }, LESSONS.slice(0, 2));
  assert.deepEqual(decode(code, LESSONS), { a: { card: 0, done: [1] }, b: { card: 1, done: [0, 2] } });
  assert.equal(decode(encode({}, LESSONS), LESSONS.slice(0, 2)), null);
});

test('a code with any one character changed is none, nor is any other text', () => {
  const code = encode({ a: { card: 0, done: [0, 1] } }, LESSONS).replaceAll('-', '');
  for (let i = 0; i < code.length; i += 1) {
    const other = code[i] === '7' ? '8' : '7';
    assert.equal(decode(code.slice(0, i) + other + code.slice(i + 1), LESSONS), null, String(i));
  }
  for (const text of ['', '-', '0', 'hello', '<b>', '0'.repeat(1000)]) assert.equal(decode(text, LESSONS), null);
});

test('what the browser has kept is used only where it can be progress', () => {
  assert.deepEqual(usable({ a: { card: 1, done: [0] }, b: 3, c: { card: 'x', done: [] }, d: { card: 0, done: ['x'] } }), { a: { card: 1, done: [0] } });
  assert.deepEqual(usable(null), {});
  assert.deepEqual(usable('text'), {});
});
