/**
 * The bench's chain: picture, convolution, ReLU, pooling; what each makes, and what makes it impossible.
 *
 * @typedef {import('./arithmetic.js').GreyMap} GreyMap
 * @typedef {import('./arithmetic.js').Slide} Slide
 * @typedef {import('./arithmetic.js').Place} Place
 * @typedef {import('./settings.js').Settings} Settings
 * @typedef {'conv' | 'relu' | 'pool'} Stage
 *
 * @typedef {object} Made one stage
 * @property {Stage} stage
 * @property {string} title
 * @property {GreyMap} reads
 * @property {Slide} slide how its window goes over that; of ReLU a window of one value
 * @property {GreyMap | null} makes null where it is impossible
 * @property {string} refusal why it is, in words
 */

import { fixed } from '../../../static/lib/format.js';
import { convolved, extent, outputLength, placesUnder, pooled, readFrom, rectified } from './arithmetic.js';

const POINT = /** @type {Slide} */ ({ size: 1, stride: 1, padding: 0, mode: 'zeros', dilation: 1 });

/** @param {Settings} settings */
export function slideOf({ kernel, stride, padding, mode, dilation }) {
  return /** @type {Slide} */ ({ size: kernel.size, stride, padding, mode, dilation });
}

/**
 * The stages that are switched on, up to the first impossible one.
 * @param {GreyMap} picture
 * @param {Settings} settings
 * @returns {Made[]}
 */
export function chainOf(picture, settings) {
  const slide = slideOf(settings);
  const refusal = convolutionRefused(picture, slide);
  const made = refusal ? null : convolved(picture, settings.kernel, settings.bias, slide);
  /** @type {Made[]} */
  const chain = [{ stage: 'conv', title: 'Convolution', reads: picture, slide, makes: made, refusal }];
  let last = made;
  if (last && settings.relu) {
    const makes = rectified(last);
    chain.push({ stage: 'relu', title: 'ReLU', reads: last, slide: POINT, makes, refusal: '' });
    last = makes;
  }
  if (last && settings.pool !== 'none') {
    const window = { ...POINT, size: settings.poolSize, stride: settings.poolStride };
    const why = poolingRefused(last, window);
    const makes = why ? null : pooled(last, settings.pool, window);
    chain.push({ stage: 'pool', title: POOLINGS[settings.pool], reads: last, slide: window, makes, refusal: why });
  }
  return chain;
}

export const POOLINGS = { max: 'Max pooling', mean: 'Average pooling' };

/**
 * @param {GreyMap} picture
 * @param {Slide} slide
 */
function convolutionRefused(picture, slide) {
  const { padding, mode } = slide;
  const least = Math.min(picture.height, picture.width);
  if (mode === 'reflect' && padding >= least)
    return `A mirrored padding of ${padding} would need ${padding} values beyond the outermost one; the picture has only ${least - 1}. Take a smaller padding.`;
  return windowRefused(least, slide, 'kernel', 'picture');
}

/**
 * @param {GreyMap} map
 * @param {Slide} slide
 */
function poolingRefused(map, slide) {
  return windowRefused(Math.min(map.height, map.width), slide, 'pooling window', 'map before it');
}

/**
 * @param {number} length
 * @param {Slide} slide
 * @param {string} window
 * @param {string} read
 */
function windowRefused(length, slide, window, read) {
  const [covers, room] = [extent(slide), length + 2 * slide.padding];
  if (covers <= room) return '';
  const spread = slide.dilation > 1 ? `, spread by dilation ${slide.dilation} over ${covers} × ${covers} values,` : '';
  const padded = slide.padding ? ` with its padding has only ${room} × ${room}` : ` has only ${length} × ${length}`;
  const cure = window === 'kernel' ? `Add padding, or take a smaller kernel${slide.dilation > 1 ? ' or dilation' : ''}.` : 'Take a smaller window.';
  return `The ${window} of ${slide.size} × ${slide.size}${spread} does not fit: the ${read}${padded} values. ${cure}`;
}

/**
 * The formula of an output's rows or columns with the numbers filled in, and what of the input is never read.
 * @param {number} length
 * @param {Slide} slide
 */
export function lengthInNumbers(length, slide) {
  const { size, stride, padding, dilation } = slide;
  const made = outputLength(length, slide);
  const spare = (length + 2 * padding - extent(slide)) % stride;
  return { formula: `⌊(${length} + 2·${padding} − ${dilation}·(${size} − 1) − 1) / ${stride}⌋ + 1 = ${fixed(made, 0)}`, made, spare };
}

/**
 * The part of the picture that a value depends on, from its first to beyond its last row and column; parts of it may lie
 * in the padding.
 * @param {Made[]} chain
 * @param {number} index of the stage that made the value
 * @param {Place} place
 */
export function fieldOf(chain, index, place) {
  let box = { top: place.row, left: place.column, bottom: place.row + 1, right: place.column + 1 };
  for (let i = index; i >= 0; i -= 1) {
    const { slide } = chain[i];
    const reach = extent(slide);
    box = {
      top: box.top * slide.stride - slide.padding,
      left: box.left * slide.stride - slide.padding,
      bottom: (box.bottom - 1) * slide.stride - slide.padding + reach,
      right: (box.right - 1) * slide.stride - slide.padding + reach,
    };
  }
  return box;
}

/**
 * Whether each value of each stage is made already, when one stage's window has come so far.
 * @param {Made[]} chain
 * @param {number} index of that stage
 * @param {number} count values that it has made, row by row
 * @returns {boolean[][]} by stage
 */
export function madeSoFar(chain, index, count) {
  /** @type {boolean[][]} */
  const found = [];
  for (const [i, { makes, slide, reads }] of chain.entries()) {
    if (!makes) break;
    const all = makes.values.map((_, at) => {
      if (i < index) return true;
      if (i === index) return at < count;
      const places = placesUnder(slide, { row: Math.floor(at / makes.width), column: at % makes.width });
      return places.every(({ row, column }) => found[i - 1][readFrom(row, reads.height, 'zeros') * reads.width + column]);
    });
    found.push(all);
  }
  return found;
}

/**
 * What is marked on the picture (-1) or on a map, in values of it: the window, or the value itself, or further back what
 * that depends on.
 * @param {Made[]} chain
 * @param {number} on
 * @param {number} index of the stage whose window slides; -1: of none
 * @param {Place} place of the value that it makes
 */
export function marksOn(chain, on, index, place) {
  if (index < 0 || on > index) return { mark: null, field: null };
  if (on >= index - 1) return { mark: fieldOf(chain.slice(on + 1), index - on - 1, place), field: null };
  return { mark: null, field: fieldOf(chain.slice(on + 1), index - on - 1, place) };
}
