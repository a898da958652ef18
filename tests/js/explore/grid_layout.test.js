import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cornerOf, evenColumns, isDead, layOut, orderOf, placeAt } from '../../../demo/tabs/explore/overview/grid_layout.js';
import { scaleInWords } from '../../../demo/tabs/explore/overview/grid_words.js';

const maps = { channels: 32, height: 32, width: 32, size: 1024 };
const order = orderOf({ low: Array(32).fill(0), high: Array.from({ length: 32 }, (_, i) => i) }, 'strongest');

test('maps are at least as wide as asked, with a gap between them, in the order asked for', () => {
  const layout = layOut(maps, order, { room: 320, cell: 48 });
  assert.equal(layout.columns, 6);
  assert.ok((320 * 32) / layout.width >= 48);
  assert.equal(layout.gap, 3);
  assert.deepEqual(cornerOf(layout, 31), { left: 0, top: 0 }); // the strongest
  for (const channel of [0, 1, 25, 31]) {
    const { left, top } = cornerOf(layout, channel);
    assert.deepEqual(placeAt(layout, maps, left + 5, top + 7), { channel, row: 7, column: 5 });
  }
  assert.equal(placeAt(layout, maps, 33, 0), null); // the gap
  assert.equal(placeAt(layout, maps, -1, 0), null);
  assert.equal(placeAt(layout, maps, layout.width, 0), null);
  assert.equal(placeAt(layout, maps, layout.width - 1, layout.height - 1), null); // behind the last
});

test('a grid that is moved sideways runs down its columns', () => {
  const layout = layOut(maps, order, { room: 320, cell: 44, rows: 2 });
  assert.deepEqual([layout.columns, layout.rows], [16, 2]);
  assert.deepEqual(cornerOf(layout, 30), { left: 0, top: 35 });
  assert.deepEqual(placeAt(layout, maps, 0, 36), { channel: 30, row: 1, column: 0 });
});

test('single values and small maps are drawn with several pixels for each value', () => {
  const values = { channels: 512, height: 1, width: 1, size: 1 };
  const layout = layOut(values, Array.from({ length: 512 }, (_, i) => i), { room: 312, cell: 24 });
  assert.equal(layout.pixels, 12);
  assert.deepEqual(placeAt(layout, values, 11, 11), { channel: 0, row: 0, column: 0 });
  assert.equal(placeAt(layout, values, 12, 0), null);
});

test('the order: strongest, number, what matters; channels that are 0 everywhere last', () => {
  const view = { low: [0, -2, 0, 0, -1], high: [1, 0, 0, 5, 3] };
  assert.deepEqual(orderOf(view, 'strongest'), [3, 4, 0, 1, 2]);
  assert.deepEqual(orderOf(view, 'number'), [0, 1, 3, 4, 2]);
  assert.deepEqual(orderOf(view, 'matters', [1, 0]), [1, 0, 3, 4, 2]);
  assert.deepEqual([0, 1, 2, 3, 4].filter((channel) => isDead(view, channel)), [2]);
});

test('a prime number of maps fills its last row in part', () => {
  assert.equal(evenColumns(13, 4.5), 5);
  assert.equal(evenColumns(12, 4.4), 4);
  assert.equal(evenColumns(1, 3), 1);
});

test('the scale is told with its limit, and whose it is', () => {
  assert.match(scaleInWords('step', true, 1.5), /One scale for the whole step\. The strongest colour is ±1\.5\.$/);
  assert.match(scaleInWords('step', false, 1.5, 'conv1'), /colour is 1\.5\. It is that of conv1, so that a value has one colour/);
  assert.doesNotMatch(scaleInWords('channel', true, 1.5), /1\.5/);
  assert.doesNotMatch(scaleInWords('network', false, 9, 'conv1'), /conv1/);
});
