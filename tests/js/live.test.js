import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Announcing, FramePacing, frameSide } from '../../demo/live/pacing.js';
import { COLOURS, Strokes } from '../../demo/live/strokes.js';

/** @param {string | null} colour */
const stroke = (colour) => /** @type {const} */ ({ kind: 'stroke', colour, width: 10, points: [[1, 2]] });

test('a frame leaves alone, the next one when the answer has come and the pause is over', () => {
  const pacing = new FramePacing();
  assert.equal(pacing.due(0), null); // nothing to send
  pacing.want(0);
  assert.equal(pacing.due(0), 0);
  pacing.sent();
  for (let frame = 0; frame < 5; frame += 1) {
    pacing.want(10 * frame); // while one is away: all of them are one
    assert.equal(pacing.due(10 * frame), null);
  }
  pacing.answered(100, 80);
  assert.equal(pacing.due(100), 80);
  assert.equal(pacing.due(150), 30);
  assert.equal(pacing.due(400), 0);
  pacing.sent();
  pacing.answered(420, 80);
  assert.equal(pacing.due(900), null); // the newest has been answered
});

test('a frame without an answer is not lost, and is tried again later and later', () => {
  const pacing = new FramePacing();
  const pauses = [];
  for (let now = 0, turn = 0; turn < 7; turn += 1, now += 10_000) {
    pacing.want(now);
    pacing.sent();
    pacing.refused(now);
    pauses.push(pacing.due(now));
  }
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
  pacing.sent();
  pacing.refused(80_000, 300); // the server knows better
  assert.equal(pacing.due(80_000), 300);
  pacing.sent();
  pacing.answered(81_000, 0);
  pacing.want(81_000);
  pacing.sent();
  pacing.refused(82_000);
  assert.equal(pacing.due(82_000), 500);
});

test('pictures a second are those that were answered within the last two seconds', () => {
  const pacing = new FramePacing();
  assert.equal(pacing.rate(0), 0);
  for (let now = 0; now <= 3000; now += 125) pacing.answered(now, 0);
  assert.equal(pacing.rate(3000), 8);
  assert.equal(pacing.rate(4900), 0); // one alone is no rate
  assert.equal(pacing.rate(9000), 0);
});

test('a picture that rests does not make them fewer', () => {
  const pacing = new FramePacing();
  for (let now = 0; now <= 1000; now += 125) {
    pacing.want(now);
    pacing.sent();
    pacing.answered(now, 80);
  }
  assert.equal(pacing.rate(1000), 8);
  for (let now = 1600; now <= 1850; now += 125) {
    pacing.want(now === 1600 ? now : now - 100); // while the last one is away, or within the pause after it
    pacing.sent();
    pacing.answered(now, 80);
  }
  assert.equal(pacing.rate(1850), 8);
});

test('another class is announced, and at most every three seconds', () => {
  const announcing = new Announcing();
  assert.equal(announcing.isNews('cat', 0), true);
  assert.equal(announcing.isNews('dog', 1000), false);
  assert.equal(announcing.isNews('cat', 3500), false);
  assert.equal(announcing.isNews('dog', 3600), true);
  assert.equal(announcing.isNews('dog', 9000), false);
});

test('a frame is never smaller than what the network gets', () => {
  assert.deepEqual([32, 64, 128, 224, 384].map(frameSide), [128, 256, 320, 320, 384]);
});

test('undo and redo go through what was drawn, and drawing on forgets what was undone', () => {
  const strokes = new Strokes();
  const [one, two, three] = [stroke('#000000'), stroke(null), stroke('#ffffff')].map((each) => ({ ...each }));
  assert.equal(strokes.canUndo(), false);
  strokes.add(one);
  strokes.add(two);
  assert.deepEqual(strokes.layers().strokes, [one, two]);
  strokes.undo();
  assert.deepEqual(strokes.layers().strokes, [one]);
  strokes.redo();
  assert.deepEqual(strokes.layers().strokes, [one, two]);
  strokes.undo();
  strokes.add(three);
  assert.deepEqual(strokes.layers().strokes, [one, three]);
  assert.equal(strokes.canRedo(), false);
  strokes.undo();
  strokes.undo();
  strokes.undo();
  assert.deepEqual(strokes.layers(), { paper: COLOURS.white, image: null, strokes: [] });
});

test('a stroke grows where it was begun', () => {
  const strokes = new Strokes();
  strokes.extend([9, 9]); // of nothing
  strokes.add({ kind: 'stroke', colour: '#000000', width: 4, points: [[1, 1]] });
  strokes.extend([2, 3]);
  assert.deepEqual(strokes.layers().strokes[0].points, [[1, 1], [2, 3]]);
});

test('the background lies under all strokes; clearing or a picture begins anew, and can be undone', () => {
  const strokes = new Strokes();
  const first = { ...stroke('#000000') };
  const image = /** @type {any} */ ({ name: 'ship' });
  strokes.add(first);
  strokes.add({ kind: 'paper', colour: COLOURS.blue });
  assert.deepEqual(strokes.layers(), { paper: COLOURS.blue, image: null, strokes: [first] });
  strokes.add({ kind: 'picture', image });
  assert.deepEqual(strokes.layers(), { paper: COLOURS.white, image, strokes: [] });
  strokes.add({ kind: 'clear' });
  assert.deepEqual(strokes.layers(), { paper: COLOURS.white, image: null, strokes: [] });
  strokes.undo();
  strokes.undo();
  assert.deepEqual(strokes.layers(), { paper: COLOURS.blue, image: null, strokes: [first] });
});
