/**
 * What is set on the bench for a convolution, as a text for the address and back. Any text makes settings: a part that
 * makes no sense stays as it is by default.
 *
 *   picture:letter~kernel:blur~stride:2~padding:1~relu:1~pool:max~at:pool.1.2
 *
 * @typedef {object} Settings
 * @property {string} picture name of a built-in picture or an example, "own" or "drawn"
 * @property {import('./pictures.js').Colour} colour of the picture that is taken
 * @property {number} side rows and columns of the picture
 * @property {number[]} drawn values of the drawn picture, from 0 to 1
 * @property {import('./arithmetic.js').Kernel} kernel
 * @property {number} bias
 * @property {number} stride
 * @property {number} padding
 * @property {'zeros' | 'reflect'} mode
 * @property {number} dilation
 * @property {boolean} relu
 * @property {'none' | 'max' | 'mean'} pool
 * @property {number} poolSize
 * @property {number} poolStride
 * @property {boolean} whole whether the maps are shown before the window has come to all places
 * @property {import('./chain.js').Stage} stage whose window slides
 * @property {number} row of the value that it makes
 * @property {number} column
 */

import { LARGEST, PRESETS, preset, presetName } from './kernels.js';
import { COLOURS, SIDE, SIDES, TITLES } from './pictures.js';

export const MOST = 99; // of a weight or a bias, above and below zero
export const DECIMALS = 4; // of a weight or a bias
const NAME = /^[a-z0-9-]{1,40}$/;
const NUMBER = /^-?\d{1,2}(\.\d{1,4})?$/;

/** @type {Readonly<Settings>} */
export const DEFAULT = Object.freeze({
  ...{ picture: 'letter', colour: 'grey', side: SIDE, drawn: Array(SIDE * SIDE).fill(0) },
  ...{ kernel: preset('vertical'), bias: 0, stride: 1, padding: 0, mode: 'zeros', dilation: 1 },
  ...{ relu: true, pool: 'max', poolSize: 2, poolStride: 2 },
  ...{ whole: false, stage: 'conv', row: 1, column: 2 },
});

/** @type {Record<string, [number, number]>} smallest and largest whole numbers */
export const LIMITS = { stride: [1, 4], padding: [0, 4], dilation: [1, 3], poolSize: [1, 6], poolStride: [1, 6] };
/** @type {Record<string, readonly (string | number)[]>} */
const CHOICES = { colour: COLOURS, side: SIDES, mode: ['zeros', 'reflect'], pool: ['none', 'max', 'mean'] };
const STAGES = ['conv', 'relu', 'pool'];

/**
 * @param {number} value
 */
export function weight(value) {
  return Math.max(-MOST, Math.min(MOST, Number(value.toFixed(DECIMALS)))) || 0; // no -0
}

/**
 * What differs from the default.
 * @param {Settings} settings
 * @param {{ withPlace?: boolean }} [options] whether where the window stands, and what is shown, belongs to it
 */
export function encode(settings, { withPlace = true } = {}) {
  const parts = [];
  for (const name of /** @type {(keyof Settings)[]} */ (['picture', 'colour', 'side']))
    if (settings[name] !== DEFAULT[name]) parts.push(`${name}:${settings[name]}`);
  if (settings.picture === 'drawn') parts.push(`drawn:${settings.drawn.map((value) => hex(Math.round(100 * value))).join('')}`);
  const kernel = presetName(settings.kernel) || settings.kernel.values.join(',');
  if (kernel !== presetName(DEFAULT.kernel)) parts.push(`kernel:${kernel}`);
  for (const name of /** @type {(keyof Settings)[]} */ (['bias', 'stride', 'padding', 'mode', 'dilation', 'pool', 'poolSize', 'poolStride']))
    if (settings[name] !== DEFAULT[name]) parts.push(`${name}:${settings[name]}`);
  if (settings.relu !== DEFAULT.relu) parts.push(`relu:${Number(settings.relu)}`);
  if (!withPlace) return parts.join('~');
  if (settings.whole) parts.push('whole:1');
  const place = placeText(settings);
  if (place !== placeText(DEFAULT)) parts.push(`at:${place}`);
  return parts.join('~');
}

/** @param {Settings} settings */
function placeText({ stage, row, column }) {
  return `${stage}.${row}.${column}`;
}

/** @param {number} level from 0 to 100 */
function hex(level) {
  return level.toString(16).padStart(2, '0');
}

/**
 * @param {string} text
 * @returns {Settings}
 */
export function parse(text) {
  /** @type {Settings} */
  const found = { ...DEFAULT, drawn: [...DEFAULT.drawn], kernel: preset('vertical') };
  for (const part of text.split('~')) {
    const cut = part.indexOf(':');
    if (cut > 0) Object.assign(found, read(part.slice(0, cut), part.slice(cut + 1)));
  }
  if (found.picture === 'drawn' || Object.hasOwn(TITLES, found.picture)) [found.side, found.colour] = [SIDE, 'grey'];
  return found;
}

/**
 * @param {string} name
 * @param {string} text
 * @returns {Partial<Settings>} {} for what makes no sense
 */
function read(name, text) {
  if (name === 'picture') return NAME.test(text) ? { picture: text } : {};
  if (name === 'drawn') return drawnOf(text);
  if (name === 'kernel') return kernelOf(text);
  if (name === 'bias') return NUMBER.test(text) ? { bias: weight(Number(text)) } : {};
  if (name === 'relu' || name === 'whole') return /^[01]$/.test(text) ? { [name]: text === '1' } : {};
  if (name === 'at') return placeOf(text);
  if (Object.hasOwn(LIMITS, name)) {
    const [low, high] = LIMITS[name];
    return /^\d$/.test(text) && Number(text) >= low && Number(text) <= high ? { [name]: Number(text) } : {};
  }
  if (!Object.hasOwn(CHOICES, name)) return {};
  const chosen = CHOICES[name].find((choice) => String(choice) === text);
  return chosen === undefined ? {} : { [name]: chosen };
}

/** @param {string} text */
function drawnOf(text) {
  if (!/^([0-5][0-9a-f]|6[0-4]){64}$/.test(text)) return {};
  return { drawn: Array.from({ length: SIDE * SIDE }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16) / 100) };
}

/** @param {string} text */
function kernelOf(text) {
  if (Object.hasOwn(PRESETS, text)) return { kernel: preset(text) };
  const values = text.split(',');
  const size = Math.sqrt(values.length);
  if (!Number.isInteger(size) || size > LARGEST || !values.every((value) => NUMBER.test(value))) return {};
  return { kernel: { size, values: values.map((value) => weight(Number(value))) } };
}

/** @param {string} text */
function placeOf(text) {
  const [stage, row, column, ...more] = text.split('.');
  if (more.length || !STAGES.includes(stage) || ![row, column].every((one) => /^\d{1,2}$/.test(one ?? ''))) return {};
  return { stage: /** @type {Settings['stage']} */ (stage), row: Number(row), column: Number(column) };
}
