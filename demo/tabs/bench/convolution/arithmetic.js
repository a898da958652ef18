/**
 * A convolution with one kernel, ReLU and pooling, as torch works them out: `F.conv2d`, `F.relu`, `F.max_pool2d` and
 * `F.avg_pool2d` of a map (1, 1, height, width), in double precision.
 *
 * @typedef {{ values: number[], height: number, width: number }} GreyMap row by row
 * @typedef {{ row: number, column: number }} Place
 *
 * @typedef {object} Slide how a window goes over a map
 * @property {number} size rows and columns of the window
 * @property {number} stride
 * @property {number} padding rows and columns added on each side
 * @property {'zeros' | 'reflect'} mode what stands in the padding; `reflect` mirrors at the outermost values
 * @property {number} dilation distance between the values that the window reads
 *
 * @typedef {{ size: number, values: number[] }} Kernel row by row
 * @typedef {'max' | 'mean'} Pooling
 */

/**
 * How many values the window covers from its first to its last.
 * @param {Slide} slide
 */
export function extent({ size, dilation }) {
  return dilation * (size - 1) + 1;
}

/**
 * Rows or columns of what is made; formula of torch.nn.Conv2d. Below 1 where the window does not fit.
 * @param {number} length rows or columns of what is read
 * @param {Slide} slide
 */
export function outputLength(length, slide) {
  return Math.floor((length + 2 * slide.padding - extent(slide)) / slide.stride) + 1;
}

/**
 * Which value stands at a place that may lie in the padding.
 * @param {number} at row or column, from -padding to length + padding - 1
 * @param {number} length
 * @param {Slide['mode']} mode
 * @returns {number} -1 for the zeros of a padding
 */
export function readFrom(at, length, mode) {
  if (at >= 0 && at < length) return at;
  if (mode === 'zeros') return -1;
  return at < 0 ? -at : 2 * (length - 1) - at;
}

/**
 * The places under the window, row by row; those in the padding lie outside of the map.
 * @param {Slide} slide
 * @param {Place} made
 * @returns {Place[]}
 */
export function placesUnder({ size, stride, padding, dilation }, { row, column }) {
  return Array.from({ length: size * size }, (_, i) => ({
    row: row * stride - padding + Math.floor(i / size) * dilation,
    column: column * stride - padding + (i % size) * dilation,
  }));
}

/**
 * The value at a place, which may lie in the padding.
 * @param {GreyMap} map
 * @param {Slide['mode']} mode
 * @param {Place} place
 */
export function valueAt({ values, height, width }, mode, place) {
  const [row, column] = [readFrom(place.row, height, mode), readFrom(place.column, width, mode)];
  return row < 0 || column < 0 ? 0 : values[row * width + column];
}

/**
 * The values under the window.
 * @param {GreyMap} map
 * @param {Slide} slide
 * @param {Place} made
 */
export function patchUnder(map, slide, made) {
  return placesUnder(slide, made).map((place) => valueAt(map, slide.mode, place));
}

/**
 * @param {GreyMap} map
 * @param {Slide} slide
 * @param {(patch: number[]) => number} make
 * @returns {GreyMap}
 */
function slid(map, slide, make) {
  const [height, width] = [outputLength(map.height, slide), outputLength(map.width, slide)];
  const values = Array.from({ length: height * width }, (_, i) =>
    make(patchUnder(map, slide, { row: Math.floor(i / width), column: i % width })));
  return { values, height, width };
}

/** @param {ArrayLike<number>} values */
export function total(values) {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i];
  return sum;
}

/**
 * @param {GreyMap} map
 * @param {Kernel} kernel
 * @param {number} bias
 * @param {Slide} slide whose size is that of the kernel
 */
export function convolved(map, kernel, bias, slide) {
  return slid(map, slide, (patch) => total(patch.map((value, i) => value * kernel.values[i])) + bias);
}

/**
 * @param {GreyMap} map
 * @returns {GreyMap}
 */
export function rectified({ values, height, width }) {
  return { values: values.map((value) => Math.max(0, value)), height, width };
}

/**
 * @param {GreyMap} map
 * @param {Pooling} kind
 * @param {Slide} slide without padding
 */
export function pooled(map, kind, slide) {
  return slid(map, slide, kind === 'max' ? (patch) => Math.max(...patch) : (patch) => total(patch) / patch.length);
}

/**
 * The largest value and where it stands; of several the first, row by row.
 * @param {GreyMap} map
 * @returns {Place & { value: number }}
 */
export function largestOf({ values, width }) {
  const value = Math.max(...values);
  const at = values.indexOf(value);
  return { row: Math.floor(at / width), column: at % width, value };
}
