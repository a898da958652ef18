import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Edges } from '../../../demo/tabs/explore/whole_network/edges.js';
import { HEAD, LEAST, boxOf, channelAt, layOut, neighbour } from '../../../demo/tabs/explore/whole_network/layout.js';
import { nameOf, readersInWords, readsInWords } from '../../../demo/tabs/explore/whole_network/words.js';

const WANTED = [
  { step: 'input', block: -1, channels: 3, kind: 'picture' },
  { step: 'conv1', block: 0, channels: 64, kind: 'maps' },
  { step: 'flatten', block: 1, channels: 256, kind: 'list' },
  { step: 'fc1', block: 1, channels: 1024, kind: 'values' },
  { step: 'answer', block: -1, channels: 10, kind: 'classes' },
];

test('every channel has a place of its own, found again by its middle', () => {
  const layout = layOut(WANTED, { width: 500, height: 450 }, false);
  assert.equal(layout.cell, LEAST);
  let right = 0;
  for (const { step, channels, left, width } of layout.columns) {
    assert.ok(left >= right + 20 || !right);
    for (let channel = 0; channel < channels; channel++) {
      const box = boxOf(layout, { step, channel });
      assert.ok(box.left >= left && box.left + box.width <= left + width && box.top >= HEAD && box.top + box.height <= 450);
      assert.deepEqual(channelAt(layout, box.left + box.width / 2, box.top + box.height / 2), { step, channel });
    }
    right = left + width;
  }
  assert.equal(layout.width, right + 4);
  assert.equal(boxOf(layout, { step: 'conv1', channel: 64 }), null);
  assert.equal(boxOf(layout, { step: 'relu1', channel: 0 }), null);
  assert.equal(channelAt(layout, layout.columns[1].left - 5, 100), null); // between two columns
  assert.equal(channelAt(layout, layout.columns[1].left + 5, HEAD - 1), null);
});

test('maps are as large as fit; smaller than 16 pixels only where all is to be in sight', () => {
  const wide = layOut(WANTED, { width: 4000, height: 450 }, false);
  assert.equal(wide.cell, 28);
  const narrow = layOut(WANTED, { width: 345, height: 450 }, true);
  assert.ok(narrow.cell < LEAST && narrow.width <= 345);
  assert.ok(layOut(WANTED, { width: 345, height: 450 }, false).width > 345);
});

test('keys lead along the channels, and over a column’s edge to the same height', () => {
  const layout = layOut(WANTED, { width: 500, height: 450 }, false);
  const [, conv, flat] = layout.columns;
  assert.equal(conv.across, 3);
  const at = (step, channel) => ({ step, channel });
  assert.deepEqual(neighbour(layout, at('conv1', 4), 'ArrowRight'), at('conv1', 5));
  assert.deepEqual(neighbour(layout, at('conv1', 4), 'ArrowDown'), at('conv1', 7));
  assert.deepEqual(neighbour(layout, at('conv1', 1), 'ArrowUp'), at('conv1', 1));
  assert.deepEqual(neighbour(layout, at('conv1', 3), 'ArrowLeft'), at('input', 1));
  const right = neighbour(layout, at('conv1', 5), 'ArrowRight');
  assert.equal(right.step, 'flatten');
  assert.ok(Math.abs(boxOf(layout, right).top - boxOf(layout, at('conv1', 5)).top) <= flat.pitchY);
  assert.deepEqual(neighbour(layout, at('input', 0), 'ArrowLeft'), at('input', 0));
  assert.equal(neighbour(layout, at('input', 0), 'End').step, 'answer');
  assert.equal(neighbour(layout, at('answer', 0), 'Home').step, 'input');
  assert.equal(neighbour(layout, at('input', 0), 'x'), null);
});

const maps = { data: '', bits: 8, factor: 1, channels: 2, height: 1, width: 1 };
const bytes = (...values) => Buffer.from(Int8Array.from(values)).toString('base64');
const COLUMNS = {
  // Two characters of a number, one of a weight: "A" is 0, "g" the 32nd, "/" the last.
  conv: { channels: 2, entries: 1, maps, peaks: null, reads: [{ source: 'input', channels: 70, first: 0, amounts: null, top: 'BF/ACQ' + 'AA/AAg', each: 2, share: { ...maps, data: bytes(64, 127), factor: 1 / 128 } }] },
  relu: { channels: 2, entries: 1, maps, peaks: null, reads: [{ source: 'conv', channels: 2, first: 0, amounts: null, top: null }] },
  add: { channels: 2, entries: 1, maps, peaks: null, reads: ['conv', 'relu'].map((source, i) => ({ source, channels: 2, first: 0, amounts: { ...maps, data: bytes(1 + 2 * i, -1) }, top: null })) },
  cat: { channels: 4, entries: 1, maps, peaks: null, reads: [{ source: 'conv', channels: 2, first: 0, amounts: null, top: null }, { source: 'relu', channels: 2, first: 2, amounts: null, top: null }] },
};

test('what a channel reads, and who reads it', () => {
  const edges = new Edges(COLUMNS);
  const [first, second] = edges.into('conv', 0);
  assert.deepEqual([first.from, first.weight, first.share], [69, 1, 0.5]);
  assert.deepEqual([second.from, second.weight], [2, -16 / 31]);
  assert.equal(edges.into('conv', 1).length, 1); // what brings nothing is left out
  assert.deepEqual(edges.into('relu', 1).map(({ source, from, share }) => [source, from, share]), [['conv', 1, null]]);
  assert.deepEqual(edges.into('add', 0).map(({ source, weight, share }) => [source, weight, share]), [['relu', 1, 0.75], ['conv', 1 / 3, 0.25]]);
  assert.deepEqual(edges.into('cat', 3).map(({ source, from }) => [source, from]), [['relu', 1]]);
  assert.deepEqual(edges.outOf('conv', 1).map(({ step, to }) => [step, to]).sort(), [['add', 1], ['cat', 1], ['relu', 1]]);
  assert.deepEqual(edges.outOf('input', 69).map(({ step, to }) => [step, to]), [['conv', 0]]);
  assert.deepEqual(edges.outOf('cat', 0), []);
});

test('a channel in words', () => {
  const edges = new Edges(COLUMNS);
  const name = (step, channel) => nameOf(step, channel, { shape: [2, 5, 5] });
  assert.equal(readsInWords(edges.into('relu', 1), name, 0), 'It reads conv, channel 1 alone.');
  assert.equal(readsInWords(edges.into('conv', 0), name, 70), 'Strongest inputs of 70: channel 69 of the picture adds (50 %); blue of the picture takes away (26 %).');
  assert.equal(readersInWords(edges.outOf('input', 69)), 'It is among the strongest inputs of 1 of conv.');
  assert.equal(nameOf('flatten', 2, undefined, 16), 'flatten, entries 32 to 47');
  assert.equal(nameOf('fc1', 2, { shape: [1024] }), 'fc1, entry 2');
});
