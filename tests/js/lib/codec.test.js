import assert from 'node:assert/strict';
import { test } from 'node:test';

import { floats, hasValues, unpackMaps, valueOf } from '../../../demo/static/lib/codec.js';

const base64 = (bytes) => Buffer.from(bytes.buffer).toString('base64');
const shape = { channels: 2, height: 1, width: 3, factor: 0.5 };

test('maps of 16 and 8 bits come out as the integers that went in', () => {
  const numbers = [-32767, -1, 0, 1, 300, 32767];
  const maps = unpackMaps({ ...shape, bits: 16, data: base64(Int16Array.from(numbers)) });
  assert.deepEqual([...maps.integers], numbers);
  assert.equal(maps.size, 3);
  const small = [-127, -1, 0, 1, 3, 127];
  assert.deepEqual([...unpackMaps({ ...shape, bits: 8, data: base64(Int8Array.from(small)) }).integers], small);
});

test('maps of 6 bits are one character each, the 32nd for 0', () => {
  const { integers } = unpackMaps({ ...shape, bits: 6, data: 'AgfhB/' });
  assert.deepEqual([...integers], [-32, 0, -1, 1, -31, 31]);
});

test('means of squares stand in all of their places, those at an edge in fewer', () => {
  const means = [10, 20, 30, 40, -1, -2, -3, -4];
  const packed = { channels: 2, height: 3, width: 3, shrunk: 2, factor: 0.5, bits: 8, data: base64(Int8Array.from(means)) };
  const maps = unpackMaps(packed);
  assert.deepEqual([...maps.integers], [10, 10, 20, 10, 10, 20, 30, 30, 40, -1, -1, -2, -1, -1, -2, -3, -3, -4]);
  assert.equal(maps.size, 9);
  assert.equal(hasValues({ maps }), false);
  assert.equal(hasValues({ maps, exact: maps }), true);
});

test('a value has no more decimals than its packing keeps', () => {
  const maps = { integers: [1, -3, 7, 2], factor: 0.0625, height: 1, width: 2, size: 2 };
  assert.equal(valueOf(maps, 1, { row: 0, column: 0 }), 0.4); // 0.4375, known to a sixteenth
  assert.equal(valueOf({ ...maps, factor: 1 / 3 }, 0, { row: 0, column: 1 }), -1);
});

test('float32 numbers arrive exactly, infinities too', () => {
  const numbers = Float32Array.from([0.1, -1e-30, Infinity, -Infinity]);
  assert.deepEqual(floats(base64(numbers)), numbers);
});
