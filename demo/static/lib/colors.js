/**
 * Values: blue - white - red, safe for the colour-blind; zero is white. The stops are those of demo/render/colormap.py.
 * Probabilities over a photo: ColorBrewer's YlOrRd, safe as well, and no colour of plants.
 */

import { NEGATIVE, POSITIVE } from './generated.js';

const LEVELS = 512;
const NEGATIVE_SHADES = shades(NEGATIVE);
const POSITIVE_SHADES = shades(POSITIVE);
const HEAT_SHADES = shades([[255, 255, 204], [254, 217, 118], [253, 141, 60], [227, 26, 28], [128, 0, 38]]);

/** @param {number[][]} stops */
function shades(stops) {
  const table = new Uint8ClampedArray((LEVELS + 1) * 3);
  for (let level = 0; level <= LEVELS; level++) {
    const at = (level / LEVELS) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    for (let c = 0; c < 3; c++) table[level * 3 + c] = stops[low][c] + (at - low) * (stops[low + 1][c] - stops[low][c]);
  }
  return table;
}

/**
 * Colours one value into RGBA bytes.
 * @param {Uint8ClampedArray | number[]} pixels
 * @param {number} at index of its red byte
 * @param {number} value
 * @param {number} limit the value of the strongest colour
 */
export function putColour(pixels, at, value, limit) {
  const level = limit > 0 ? Math.min(LEVELS, Math.round((Math.abs(value) / limit) * LEVELS)) : 0;
  const table = value < 0 ? NEGATIVE_SHADES : POSITIVE_SHADES;
  pixels[at] = table[level * 3];
  pixels[at + 1] = table[level * 3 + 1];
  pixels[at + 2] = table[level * 3 + 2];
  pixels[at + 3] = 255;
}

/**
 * @param {number} value
 * @param {number} limit
 * @returns {number[]} red, green and blue from 0 to 255
 */
function rgb(value, limit) {
  const pixel = [0, 0, 0, 0];
  putColour(pixel, 0, value, limit);
  return pixel.slice(0, 3);
}

/**
 * @param {number} value
 * @param {number} limit
 */
export function cssColour(value, limit) {
  return `rgb(${rgb(value, limit).join(' ')})`;
}

/**
 * The style of a table's cell that shows a value: black or white letters, of which one has a contrast of at least 4.5 to
 * 1 on any ground (WCAG 2.2, 1.4.3; the formula is its relative luminance). "" for what is no finite number.
 * @param {number} value
 * @param {number} limit
 */
export function cellColours(value, limit) {
  return Number.isFinite(value) ? inked(rgb(value, limit)) : '';
}

/**
 * The same for a value of the picture, whose channels are grey from black to white.
 * @param {number} value
 * @param {Range} range
 */
export function greyCellColours(value, range) {
  return Number.isFinite(value) ? inked(Array(3).fill(greyLevel(value, range))) : '';
}

/**
 * The values of black and of white in what a network gets of a picture.
 * @typedef {{ low: number, high: number }} Range
 */

/**
 * @param {number} value
 * @param {Range} range
 * @returns {number} from 0, black, to 255, white
 */
export function greyLevel(value, { low, high }) {
  return Math.max(0, Math.min(255, Math.round((255 * (value - low)) / (high - low))));
}

/** @param {number[]} colour red, green and blue from 0 to 255 */
function inked(colour) {
  const linear = colour.map((byte) => (byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
  return `background:rgb(${colour.join(' ')});color:${luminance < 0.179 ? '#fff' : '#000'}`;
}

/** @param {number} share from 0 to 1 */
export function heatColour(share) {
  const at = Math.round(Math.max(0, Math.min(1, share)) * LEVELS) * 3;
  return `rgb(${HEAT_SHADES.slice(at, at + 3).join(' ')})`;
}
