import assert from 'node:assert/strict';
import { test } from 'node:test';

globalThis.window = /** @type {any} */ (new EventTarget());
const { cellOf, evened } = await import('../../demo/share/page_offers.js');

test('a cell is a number where it shows one, with all digits where these are known', () => {
  const cells = [['−1,234.5', -1234.5], ['.5', 0.5], ['12', 12], ['12 %', '12 %'], ['12\u00a0%', '12 %'], ['', ''], ['a-b', 'a-b']];
  for (const [text, expected] of cells) assert.equal(cellOf(text, undefined), expected);
  assert.equal(cellOf('93.1 %', '0.9312345678901234'), 0.9312345678901234);
});

test('all rows become as long as the longest', () => {
  assert.deepEqual(evened([['a'], [1, 2]]), [['a', ''], [1, 2]]);
});
