/**
 * What is set in the tab, as a text for the address and back; any text makes settings.
 *
 * @typedef {'digits' | 'cifar10' | 'own'} SetName
 * @typedef {{ set: SetName, variants: string[], epochs: number, rate: number, seed: number, pictures: number }} Settings
 */

import { encode as encodeLayers, parse as parseLayers } from './layers.js';

export const RATES = [0.0003, 0.001, 0.003, 0.01, 0.03];
export const PICTURES = [2000, 4000, 6000, 8000, 10_000]; // of CIFAR-10
export const MOST_EPOCHS = 50;
export const MOST_SEED = 9999;
/** @type {SetName[]} */
const SETS = ['digits', 'cifar10', 'own'];

/** @type {Readonly<Settings>} */
export const DEFAULT = Object.freeze({ set: 'digits', variants: ['c8k3p1,r,m2'], epochs: 10, rate: 0.01, seed: 0, pictures: 4000 });

/** @param {Settings} settings */
export function encode(settings) {
  const parts = [];
  if (settings.set !== DEFAULT.set) parts.push(settings.set);
  for (const [at, text] of settings.variants.entries()) if (at || text !== DEFAULT.variants[0]) parts.push(`${'ab'[at]}:${text}`);
  for (const name of /** @type {const} */ (['epochs', 'rate', 'seed', 'pictures']))
    if (settings[name] !== DEFAULT[name]) parts.push(`${name}:${settings[name]}`);
  return parts.join('~');
}

/**
 * @param {string} text
 * @returns {Settings}
 */
export function parse(text) {
  const found = { ...DEFAULT, variants: [...DEFAULT.variants] };
  for (const part of text.split('~')) {
    const [name, value] = part.split(':');
    if (value === undefined) found.set = SETS.find((each) => each === name) ?? found.set;
    else if (name === 'a' || name === 'b') found.variants[name === 'a' ? 0 : 1] = encodeLayers(parseLayers(value));
    else if (name === 'rate') found.rate = RATES.find((each) => String(each) === value) ?? found.rate;
    else if (name === 'pictures') found.pictures = PICTURES.find((each) => String(each) === value) ?? found.pictures;
    else if (name === 'epochs') found.epochs = whole(value, 1, MOST_EPOCHS) ?? found.epochs;
    else if (name === 'seed') found.seed = whole(value, 0, MOST_SEED) ?? found.seed;
  }
  return found;
}

/**
 * A whole number within a range; null for any other text.
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
export function whole(text, least, most) {
  const value = /^\d{1,4}$/.test(text.trim()) ? Number(text) : -1;
  return least <= value && value <= most ? value : null;
}
