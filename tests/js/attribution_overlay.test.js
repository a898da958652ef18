import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clip, groundOf, paintOverlay, valueAt } from '../../demo/tabs/attribution/attribution_overlay.js';

const MAPS = { integers: [0, 4, 8, 12], factor: 0.5, height: 2, width: 2, size: 4 };

test('values have edges, or go over into each other', () => {
  assert.equal(valueAt(MAPS, 0.1, 0.1, false), 0);
  assert.equal(valueAt(MAPS, 0.6, 0.1, false), 2);
  assert.equal(valueAt(MAPS, 1, 1, false), 6);
  assert.equal(valueAt(MAPS, 0.5, 0.25, true), 1); // in the middle of the upper two
  assert.equal(valueAt(MAPS, 0.5, 0.5, true), 3); // the mean of all
  assert.equal(valueAt(MAPS, 0, 0, true), 0); // beyond the middle of the outer ones nothing is made up
  assert.equal(valueAt(MAPS, 1, 1, true), 6);
  assert.equal(clip(5, 2), 1);
  assert.equal(clip(-1, 2), 0);
});

test('the slider goes from the picture in its colours to the map alone', () => {
  const colours = [10, 20, 30, 255];
  const ground = groundOf(colours, 1);
  assert.ok(Math.abs(ground.greys[0] - (255 - 0.75 * (255 - 18.15))) < 1e-3);
  const one = { integers: [1], factor: 1, height: 1, width: 1, size: 1 };
  const painted = (value, opacity) => {
    const pixels = [0, 0, 0, 0];
    paintOverlay(pixels, ground, { ...one, integers: [value] }, { limit: 1, opacity, isSmooth: true });
    return pixels.map(Math.round);
  };
  assert.deepEqual(painted(1, 0), colours);
  assert.deepEqual(painted(1, 1), [103, 0, 31, 255]); // the strongest red
  assert.deepEqual(painted(0, 1), [255, 255, 255, 255]);
  const grey = painted(0, 0.5)[0] - ground.greys[0];
  assert.ok(grey < painted(1, 0.5)[0] - 0 && grey < 40); // a small value covers little
});
