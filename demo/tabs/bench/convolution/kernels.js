/** Kernels to begin with, and what becomes of one when its size changes. */

/** @typedef {import('./arithmetic.js').Kernel} Kernel */

/** @type {Record<string, { title: string, values: number[], words: string }>} */
export const PRESETS = {
  identity: { title: 'Identity', values: [0, 0, 0, 0, 1, 0, 0, 0, 0], words: 'The picture stays as it is.' },
  vertical: { title: 'Vertical edges', values: [-1, 0, 1, -1, 0, 1, -1, 0, 1], words: 'Large where it is brighter on the right than on the left.' },
  horizontal: { title: 'Horizontal edges', values: [-1, -1, -1, 0, 0, 0, 1, 1, 1], words: 'Large where it is brighter below than above.' },
  falling: { title: 'Diagonal edges, falling', values: [0, 1, 1, -1, 0, 1, -1, -1, 0], words: 'Large where it is brighter towards the upper right.' },
  rising: { title: 'Diagonal edges, rising', values: [-1, -1, 0, -1, 0, 1, 0, 1, 1], words: 'Large where it is brighter towards the lower right.' },
  blur: { title: 'Blur', values: [1, 2, 1, 2, 4, 2, 1, 2, 1].map((share) => share / 16), words: 'Each value becomes a mean of those around it.' },
  sharpen: { title: 'Sharpen', values: [0, -1, 0, -1, 5, -1, 0, -1, 0], words: 'What differs from its neighbours differs more.' },
  emboss: { title: 'Emboss', values: [-2, -1, 0, -1, 1, 1, 0, 1, 2], words: 'As if light came from the upper left.' },
};
export const SIDE = 3; // rows and columns of all presets
export const LARGEST = 7;

/**
 * @param {string} name of one of `PRESETS`
 * @returns {Kernel}
 */
export function preset(name) {
  return { size: SIDE, values: [...PRESETS[name].values] };
}

/**
 * The preset that a kernel is; "" for none.
 * @param {Kernel} kernel
 */
export function presetName({ size, values }) {
  if (size !== SIDE) return '';
  return Object.keys(PRESETS).find((name) => PRESETS[name].values.every((value, i) => value === values[i])) ?? '';
}

/**
 * With the same values around its middle: new places hold 0, and what has no place any more is gone.
 * @param {Kernel} kernel
 * @param {number} size
 * @returns {Kernel}
 */
export function resized(kernel, size) {
  const shift = Math.trunc((kernel.size - size) / 2);
  const values = Array.from({ length: size * size }, (_, i) => {
    const [row, column] = [Math.floor(i / size) + shift, (i % size) + shift];
    const isThere = row >= 0 && column >= 0 && row < kernel.size && column < kernel.size;
    return isThere ? kernel.values[row * kernel.size + column] : 0;
  });
  return { size, values };
}
