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
 * @property {number} [shrunk] k, where the integers are means of squares of k x k values: `pack_shrunk` there
 *
 * @typedef {object} Maps of one step or channel; value = integer * factor
 * @property {Int16Array | Int8Array | Float32Array | number[]} integers in C order
 * @property {number} [bits]
 * @property {number} factor
 * @property {number} [channels]
 * @property {number} height
 * @property {number} width
 * @property {number} size height * width
 * @property {number} [shrunk] k, where all values of a square of k x k are their mean
 */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SIX_BITS = new Uint8Array(128); // the value of each character of base64
[...ALPHABET].forEach((character, index) => (SIX_BITS[character.charCodeAt(0)] = index));

/** @param {string} text */
function bytes(text) {
  const characters = atob(text);
  const found = new Uint8Array(characters.length);
  for (let at = 0; at < found.length; at++) found[at] = characters.charCodeAt(at); // several times as fast as `from`
  return found;
}

/**
 * @param {Packed} packed
 * @returns {Maps & { channels: number, bits: number, integers: Int16Array | Int8Array }}
 */
export function unpackMaps(packed) {
  const size = packed.height * packed.width;
  const integers = unpacked(packed);
  return { ...packed, integers: packed.shrunk ? enlarged(integers, packed, packed.shrunk) : integers, size };
}

/**
 * Every mean of a square in all of its places.
 * @param {Int16Array | Int8Array} means
 * @param {Packed} packed
 * @param {number} shrunk
 */
function enlarged(means, { channels, height, width }, shrunk) {
  const [rows, columns] = [Math.ceil(height / shrunk), Math.ceil(width / shrunk)];
  const found = new (means instanceof Int16Array ? Int16Array : Int8Array)(channels * height * width);
  let at = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < height; row++) {
      const from = (channel * rows + Math.floor(row / shrunk)) * columns;
      for (let column = 0; column < width; column++) found[at++] = means[from + Math.floor(column / shrunk)];
    }
  return found;
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
 * Whether single values of the channel are known, and not only the means of squares of them.
 * @param {Pick<import('./store.js').Channel, 'exact' | 'maps'>} channel
 */
export function hasValues({ exact, maps }) {
  return Boolean(exact) || !maps.shrunk;
}

/**
 * The channel's values, and which of the maps it is; with 16 bits for each value once the server has sent them.
 * @param {Pick<import('./store.js').Channel, 'exact' | 'maps' | 'channel'>} channel
 * @returns {[Maps, number]}
 */
export function valuesOf({ exact, maps, channel }) {
  return exact ? [exact, 0] : [maps, channel];
}
