/**
 * What is set for the two layers, as a text for the address and back; any text makes settings.
 *
 * @typedef {{ hidden: number, rate: number, steps: number, seed: number, trained: boolean }} Settings
 */

export const HIDDEN = [2, 5, 10, 30, 100, 200];
export const RATES = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
export const STEPS = [100, 500, 1000];
export const MOST_SEED = 9999;

/** @type {Readonly<Settings>} */
export const DEFAULT = Object.freeze({ hidden: 100, rate: 0.1, steps: 500, seed: 0, trained: false });
/** @type {Record<string, number[]>} */
const CHOICES = { hidden: HIDDEN, rate: RATES, steps: STEPS };

/**
 * @param {Settings} settings
 * @param {{ withPlace?: boolean }} [options]
 */
export function encode(settings, { withPlace = true } = {}) {
  const names = /** @type {const} */ (['hidden', 'rate', 'steps', 'seed']);
  const parts = names.filter((name) => settings[name] !== DEFAULT[name]).map((name) => `${name}:${settings[name]}`);
  if (withPlace && settings.trained) parts.push('trained:1');
  return parts.join('~');
}

/**
 * @param {string} text
 * @returns {Settings}
 */
export function parse(text) {
  const found = { ...DEFAULT };
  for (const part of text.split('~')) {
    const [name, value, ...more] = part.split(':');
    if (value === undefined || more.length) continue;
    if (Object.hasOwn(CHOICES, name) && CHOICES[name].map(String).includes(value)) Object.assign(found, { [name]: Number(value) });
    if (name === 'seed' && /^\d{1,4}$/.test(value)) found.seed = Number(value);
    if (name === 'trained') found.trained = value === '1';
  }
  return found;
}
