/**
 * Numbers as the server packs them: `pack` and `floats` in demo/render/html.py.
 *
 * @typedef {object} Packed
 * @property {string} data base64 of integers, or for 6 bits one character of its alphabet each
 * @property {number} bits
 * @property {number} factor value = integer * factor
 * @property {number} channels
 * @property {number} height
 * @property {number} width
 *
 * @typedef {object} Maps of one step or channel; value = integer * factor
 * @property {Int16Array | Int8Array | Float32Array | number[]} integers in C order
 * @property {number} [bits]
 * @property {number} factor
 * @property {number} [channels]
 * @property {number} height
 * @property {number} width
 * @property {number} size height * width
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SIX_BITS = new Uint8Array(128); // the value of each character of base64
[...ALPHABET].forEach((character, index) => (SIX_BITS[character.charCodeAt(0)] = index));

/** @param {string} text */
function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * @param {Packed} packed
 * @returns {Maps & { channels: number, bits: number, integers: Int16Array | Int8Array }}
 */
export function unpackMaps(packed) {
  const size = packed.height * packed.width;
  return { ...packed, integers: unpacked(packed), size };
}

/** @param {Packed} packed */
function unpacked({ bits, data }) {
  if (bits === 6) return Int8Array.from(data, /** @type {any} */ ((/** @type {string} */ c) => SIX_BITS[c.charCodeAt(0)] - 32));
  const { buffer } = bytes(data);
  return bits === 16 ? new Int16Array(buffer) : new Int8Array(buffer);
}

/**
 * One value of a map without the decimals that were lost on the way: what is calculated exactly must not contradict it.
 * @param {Maps} maps
 * @param {number} channel
 * @param {{ row: number, column: number }} place
 */
export function valueOf(maps, channel, { row, column }) {
  const decimals = Math.max(0, Math.min(20, Math.floor(-Math.log10(maps.factor))));
  return Number((maps.integers[channel * maps.size + row * maps.width + column] * maps.factor).toFixed(decimals));
}

/**
 * float32 numbers, exactly; infinities, too.
 * @param {string} text
 */
export function floats(text) {
  return new Float32Array(bytes(text).buffer);
}

/**
 * The channel's values, and which of the maps it is; with 16 bits for each value once the server has sent them.
 * @param {Pick<import('./store.js').Channel, 'exact' | 'maps' | 'channel'>} channel
 * @returns {[Maps, number]}
 */
export function valuesOf({ exact, maps, channel }) {
  return exact ? [exact, 0] : [maps, channel];
}
