/** Maps of values in colour, on a canvas; CSS enlarges it without smoothing. */

import { greyLevel, putColour } from './colors.js';
import { make } from './dom.js';

/** @typedef {import('./codec.js').Maps} Maps */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {CanvasRenderingContext2DSettings} [options]
 */
export function pen(canvas, options) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', options));
}

/**
 * One channel into `image` with its top left corner at (left, top).
 * @param {ImageData} image
 * @param {Maps} maps
 * @param {number} channel
 * @param {number} limit
 * @param {number} left
 * @param {number} top
 */
export function paintMap(image, maps, channel, limit, left, top) {
  for (let row = 0; row < maps.height; row++) {
    for (let column = 0; column < maps.width; column++) {
      const value = maps.integers[channel * maps.size + row * maps.width + column] * maps.factor;
      putColour(image.data, 4 * ((top + row) * image.width + left + column), value, limit);
    }
  }
}

/**
 * One channel, one canvas pixel for each value.
 * @param {HTMLCanvasElement} canvas
 * @param {Maps} maps
 * @param {number} channel
 * @param {number} limit
 */
export function drawMap(canvas, maps, channel, limit) {
  canvas.width = maps.width;
  canvas.height = maps.height;
  const context = pen(canvas);
  const image = context.createImageData(maps.width, maps.height);
  paintMap(image, maps, channel, limit, 0, 0);
  context.putImageData(image, 0, 0);
}

/**
 * The colour scale as a strip from -limit (or 0, where nothing is negative) to limit.
 * @param {HTMLCanvasElement} canvas
 * @param {number} limit
 * @param {boolean} signed
 */
export function drawLegend(canvas, limit, signed) {
  const width = 200;
  canvas.width = width;
  canvas.height = 1;
  const context = pen(canvas);
  const image = context.createImageData(width, 1);
  for (let x = 0; x < width; x++) {
    const share = x / (width - 1);
    putColour(image.data, 4 * x, (signed ? share * 2 - 1 : share) * limit, limit);
  }
  context.putImageData(image, 0, 0);
}

/**
 * A canvas of a few values, one pixel each.
 * @param {Float32Array | number[]} values
 * @param {number} height
 * @param {number} width
 * @param {number} limit
 */
export function littleMap(values, height, width, limit) {
  const canvas = make('canvas', { class: 'little', 'aria-hidden': 'true' });
  drawMap(canvas, { integers: values, factor: 1, height, width, size: height * width }, 0, limit);
  return canvas;
}

/**
 * One channel of the picture in grey, one canvas pixel for each value.
 * @param {HTMLCanvasElement} canvas
 * @param {Maps} maps
 * @param {number} channel
 * @param {import('./colors.js').Range} range
 */
export function drawGrey(canvas, { integers, factor, size, height, width }, channel, range) {
  [canvas.width, canvas.height] = [width, height];
  const context = pen(canvas);
  const image = context.createImageData(width, height);
  for (let at = 0; at < size; at++) {
    image.data.fill(greyLevel(integers[channel * size + at] * factor, range), 4 * at, 4 * at + 3);
    image.data[4 * at + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/**
 * As `littleMap`, of values of the picture.
 * @param {Float32Array | number[]} values
 * @param {number} height
 * @param {number} width
 * @param {import('./colors.js').Range} range
 */
export function littleGrey(values, height, width, range) {
  const canvas = make('canvas', { class: 'little', 'aria-hidden': 'true' });
  drawGrey(canvas, { integers: values, factor: 1, height, width, size: height * width }, 0, range);
  return canvas;
}
