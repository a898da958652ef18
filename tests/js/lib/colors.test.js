import assert from 'node:assert/strict';
import { test } from 'node:test';

import { cellColours, cssColour, putColour } from '../../../demo/static/lib/colors.js';
import { NEGATIVE, POSITIVE } from '../../../demo/static/lib/generated.js';

test('zero is white, the limits and what is beyond are the darkest blue and red', () => {
  assert.equal(cssColour(0, 2), 'rgb(255 255 255)');
  assert.equal(cssColour(2, 2), `rgb(${POSITIVE.at(-1).join(' ')})`);
  assert.equal(cssColour(-5, 2), `rgb(${NEGATIVE.at(-1).join(' ')})`);
  assert.equal(cssColour(0.5, 2), `rgb(${POSITIVE[1].join(' ')})`); // a stop
  assert.equal(cssColour(3, 0), 'rgb(255 255 255)'); // all values are zero
});

test('a pixel is written where it belongs, opaque', () => {
  const pixels = new Uint8ClampedArray(12);
  putColour(pixels, 4, -1, 1);
  assert.deepEqual([...pixels], [0, 0, 0, 0, ...NEGATIVE.at(-1), 255, 0, 0, 0, 0]);
});

test('letters can be read on every colour of the scale', () => {
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((byte) => byte / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (let value = -1; value <= 1; value += 0.01) {
    const style = cellColours(value, 1);
    const ground = luminance(style.match(/\d+/g).slice(0, 3).map(Number));
    const letters = style.endsWith('#fff') ? 1 : 0;
    const [low, high] = [ground, letters].sort((a, b) => a - b);
    assert.ok((high + 0.05) / (low + 0.05) >= 4.5, `${value}: ${style}`);
  }
  assert.equal(cellColours(NaN, 1), '');
});
