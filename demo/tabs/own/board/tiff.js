/**
 * TIFF pictures, which cameras and drones make and few browsers open, as pixels (TIFF 6.0, Adobe 1992). They are read in
 * the browser: the server starts no decoder for them, of which many have had holes.
 *
 * Read are grey, palette and RGB pictures of 8 or 16 bits a sample, in strips or tiles, as they are or packed by LZW,
 * Deflate or PackBits; of several pictures the first.
 */

const MOST = 50_000_000; // pixels, as for photos elsewhere in the page
const SIZES = [0, 1, 1, 2, 4]; // bytes of a value by its type: byte, text, short, long
const [WIDTH, HEIGHT, BITS, COMPRESSION, COLOURS, STRIPS, SAMPLES, ROWS, COUNTS, PLANES] = [256, 257, 258, 259, 262, 273, 277, 278, 279, 284];
const [PREDICTOR, PALETTE, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_COUNTS] = [317, 320, 322, 323, 324, 325];
const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, INDEXED] = [0, 1, 2, 3];
const SAVE_AS = 'please save it as JPEG or PNG first.';
const DAMAGED = `This TIFF picture is damaged or incomplete; ${SAVE_AS}`;

/** Why a TIFF picture cannot be used, in a sentence. */
export class TiffError extends Error {}

/** @param {ArrayBuffer} buffer the beginning of a file, or all of it */
export function isTiff(buffer) {
  const [a, b, c, d] = new Uint8Array(buffer.slice(0, 4));
  return (a === 0x49 && b === 0x49 && c === 42 && d === 0) || (a === 0x4d && b === 0x4d && c === 0 && d === 42);
}

/**
 * @param {ArrayBuffer} buffer the file
 * @returns {Promise<{ width: number, height: number, pixels: Uint8ClampedArray<ArrayBuffer> }>} four bytes a pixel, as of `ImageData`
 */
export async function decoded(buffer) {
  try {
    return await read(buffer);
  } catch (error) {
    throw error instanceof TiffError ? error : new TiffError(DAMAGED); // a RangeError of what lies beyond the file
  }
}

/** @param {ArrayBuffer} buffer */
async function read(buffer) {
  const isLittle = new Uint8Array(buffer)[0] === 0x49;
  const view = new DataView(buffer);
  const tags = tagsOf(view, isLittle);
  const one = (/** @type {number} */ tag, /** @type {number} */ usual) => tags.get(tag)?.[0] ?? usual;
  const [width, height, samples, bits] = [one(WIDTH, 0), one(HEIGHT, 0), one(SAMPLES, 1), one(BITS, 1)];
  const colours = one(COLOURS, -1);
  if (!width || !height) throw new TiffError(DAMAGED);
  if (width * height > MOST) throw new TiffError(`This TIFF picture has ${Math.round((width * height) / 1e6)} million pixels; at most ${MOST / 1e6} million can be cut.`);
  const needed = colours === RGB ? 3 : 1;
  const isKnown = [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, INDEXED].includes(colours) && [8, 16].includes(bits) && samples >= needed && samples <= 8;
  const isPlain = one(PLANES, 1) === 1 || samples === 1;
  if (!isKnown || !isPlain || (tags.get(339)?.[0] ?? 1) !== 1 || (colours === INDEXED && bits !== 8)) {
    throw new TiffError(`This kind of TIFF picture (of ${bits} bits, colours of kind ${colours}) is not read here; ${SAVE_AS}`);
  }
  const isTiled = tags.has(TILES);
  const [wide, high] = isTiled ? [one(TILE_WIDTH, 0), one(TILE_HEIGHT, 0)] : [width, Math.min(one(ROWS, height), height)];
  const [starts, counts] = isTiled ? [tags.get(TILES), tags.get(TILE_COUNTS)] : [tags.get(STRIPS), tags.get(COUNTS)];
  const across = Math.ceil(width / wide);
  if (!wide || !high || wide * high > 4 * MOST || !starts || !counts || starts.length < across * Math.ceil(height / high)) throw new TiffError(DAMAGED);
  const pixels = new Uint8ClampedArray(4 * width * height);
  const palette = tags.get(PALETTE) ?? [];
  const put = putter({ pixels, width, height, samples, bytes: bits / 8, colours, palette, high: isLittle && bits === 16 ? 1 : 0 });
  for (let at = 0; at < across * Math.ceil(height / high); at += 1) {
    const [left, top] = [(at % across) * wide, Math.floor(at / across) * high];
    const rows = isTiled ? high : Math.min(high, height - top);
    const length = wide * rows * samples * (bits / 8);
    const data = await unpacked(new Uint8Array(buffer, starts[at], counts[at]), one(COMPRESSION, 1), length);
    if (one(PREDICTOR, 1) === 2) undoDifferences(data, wide, samples, bits / 8, isLittle);
    else if (one(PREDICTOR, 1) !== 1) throw new TiffError(`This kind of TIFF picture (of a predictor for fractions) is not read here; ${SAVE_AS}`);
    put(data, left, top, wide, rows);
  }
  return { width, height, pixels };
}

/**
 * The values of the first picture's tags.
 * @param {DataView} view
 * @param {boolean} isLittle
 */
function tagsOf(view, isLittle) {
  /** @type {Map<number, number[]>} */
  const tags = new Map();
  const start = view.getUint32(4, isLittle);
  for (let at = 0; at < view.getUint16(start, isLittle); at += 1) {
    const place = start + 2 + 12 * at;
    const [tag, type, count] = [view.getUint16(place, isLittle), view.getUint16(place + 2, isLittle), view.getUint32(place + 4, isLittle)];
    const size = SIZES[type];
    if (!size || count > view.byteLength) continue; // fractions and the like, of which none is needed
    const first = size * count > 4 ? view.getUint32(place + 8, isLittle) : place + 8;
    const value = (/** @type {number} */ here) => (size === 1 ? view.getUint8(here) : size === 2 ? view.getUint16(here, isLittle) : view.getUint32(here, isLittle));
    tags.set(tag, Array.from({ length: count }, (_, i) => value(first + size * i)));
  }
  return tags;
}

/**
 * A function that puts a strip or tile into the picture.
 * @param {{ pixels: Uint8ClampedArray, width: number, height: number, samples: number, bytes: number, colours: number, palette: number[], high: number }} about
 *   `high`: which byte of a sample is the larger half
 */
function putter({ pixels, width, height, samples, bytes, colours, palette, high }) {
  const step = samples * bytes;
  const others = colours === RGB ? 3 : 1;
  /**
   * @param {Uint8Array} data
   * @param {number} left
   * @param {number} top
   * @param {number} wide
   * @param {number} rows
   */
  return function put(data, left, top, wide, rows) {
    for (let row = 0; row < Math.min(rows, height - top); row += 1) {
      let to = 4 * ((top + row) * width + left);
      let from = row * wide * step + high;
      for (let column = 0; column < Math.min(wide, width - left); column += 1, to += 4, from += step) {
        const value = data[from];
        for (let i = 0; i < 3; i += 1) {
          if (colours === RGB) pixels[to + i] = data[from + i * bytes];
          else if (colours === INDEXED) pixels[to + i] = palette[(i * palette.length) / 3 + value] >> 8;
          else pixels[to + i] = colours === WHITE_IS_ZERO ? 255 - value : value;
        }
        pixels[to + 3] = samples > others ? data[from + others * bytes] : 255;
      }
    }
  };
}

/**
 * @param {Uint8Array<ArrayBuffer>} data of a strip or tile
 * @param {number} compression
 * @param {number} length that it has when it is unpacked
 * @returns {Promise<Uint8Array>} of that length; what the file lacks is 0
 */
async function unpacked(data, compression, length) {
  if (compression === 1) return filled(data, length);
  if (compression === 5) return lzw(data, length);
  if (compression === 8 || compression === 32946) {
    const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream('deflate'));
    return filled(new Uint8Array(await new Response(stream).arrayBuffer()), length);
  }
  if (compression === 32773) return packBits(data, length);
  throw new TiffError(`This kind of TIFF picture (of compression ${compression}) is not read here; ${SAVE_AS}`);
}

/**
 * @param {Uint8Array} data
 * @param {number} length
 */
function filled(data, length) {
  const found = new Uint8Array(length);
  found.set(data.subarray(0, length));
  return found;
}

/**
 * @param {Uint8Array} data
 * @param {number} length
 */
function packBits(data, length) {
  const found = new Uint8Array(length);
  let to = 0;
  for (let at = 0; at < data.length && to < length; ) {
    const count = data[at] < 128 ? data[at] + 1 : 257 - data[at];
    if (data[at] < 128) found.set(data.subarray(at + 1, at + 1 + Math.min(count, length - to)), to);
    else if (data[at] > 128) found.fill(data[at + 1], to, to + count);
    to += data[at] === 128 ? 0 : count;
    at += data[at] < 128 ? count + 1 : data[at] > 128 ? 2 : 1;
  }
  return found;
}

/**
 * LZW as in TIFF: codes of 9 to 12 bits, the larger ones first; 256 begins anew, 257 ends.
 * @param {Uint8Array} data
 * @param {number} length
 */
function lzw(data, length) {
  const found = new Uint8Array(length);
  const starts = new Uint32Array(4098); // where in `found` the row of each code lies
  const sizes = new Uint32Array(4098);
  let [to, held, bits, size, next, previous] = [0, 0, 0, 9, 258, -1];
  for (let at = 0; to < length; ) {
    while (bits < size && at < data.length) [held, bits, at] = [((held << 8) | data[at]) & 0xffffff, bits + 8, at + 1];
    if (bits < size) return found;
    const code = (held >> (bits - size)) & ((1 << size) - 1);
    bits -= size;
    if (code === 257) return found;
    if (code === 256) {
      [size, next, previous] = [9, 258, -1];
      continue;
    }
    if (code >= next + (previous < 0 ? 0 : 1) || (code > 255 && previous < 0)) throw new TiffError(DAMAGED);
    const begun = to;
    if (code < 256) found[to++] = code;
    else if (code < next) for (let i = 0; i < sizes[code] && to < length; i += 1) found[to++] = found[starts[code] + i];
    else {
      for (let i = 0; i < sizes[4097] && to < length; i += 1) found[to++] = found[starts[4097] + i];
      if (to < length) found[to++] = found[begun];
    }
    if (previous >= 0 && next < 4096) [starts[next], sizes[next], next] = [starts[4097], sizes[4097] + 1, next + 1];
    [starts[4097], sizes[4097], previous] = [begun, to - begun, code]; // the row before, one byte of this one behind it
    if (next + 1 >= 1 << size && size < 12) size += 1;
  }
  return found;
}

/**
 * Each sample is kept as its difference from the one on its left.
 * @param {Uint8Array} data
 * @param {number} wide
 * @param {number} samples
 * @param {number} bytes of a sample
 * @param {boolean} isLittle
 */
function undoDifferences(data, wide, samples, bytes, isLittle) {
  const view = new DataView(data.buffer);
  const row = wide * samples * bytes;
  for (let start = 0; start + row <= data.length; start += row) {
    for (let at = start + samples * bytes; at < start + row; at += bytes) {
      if (bytes === 1) data[at] += data[at - samples];
      else view.setUint16(at, view.getUint16(at, isLittle) + view.getUint16(at - samples * bytes, isLittle), isLittle);
    }
  }
}
