import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cornerOf, placeAt } from '../../demo/static/lib/map_grid.js';
import { evenColumns, layOut } from '../../demo/tabs/explore/overview/grid_layout.js';

test('maps lie in full rows where that is nearly square, with a gap between them', () => {
  const maps = { channels: 32, height: 32, width: 32, size: 1024 };
  const layout = layOut(maps);
  assert.equal(layout.columns * layout.rows, 32);
  assert.equal(layout.width, layout.columns * 33 - 1);
  for (const channel of [0, 1, layout.columns, 31]) {
    const { left, top } = cornerOf(layout, channel);
    assert.deepEqual(placeAt(layout, maps, left + 5, top + 7), { channel, row: 7, column: 5 });
  }
  assert.equal(placeAt(layout, maps, 32, 0), null); // the gap
  assert.equal(placeAt(layout, maps, -1, 0), null);
  assert.equal(placeAt(layout, maps, layout.width, 0), null);
});

test('a prime number of maps fills its last row in part', () => {
  assert.equal(evenColumns(13, 4.5), 5);
  assert.equal(evenColumns(12, 4.4), 4);
  assert.equal(evenColumns(1, 3), 1);
});

test('a list of values has no gaps', () => {
  const layout = layOut({ channels: 512, height: 1, width: 1, size: 1 });
  assert.equal(layout.width * layout.height, 512);
});
