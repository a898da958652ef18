/** The bench's convolution to take home: its maps as a picture for print, and its numbers. */

import { make } from '../../../static/lib/dom.js';
import { precise } from '../../../static/lib/format.js';

const FIGURES = 6;

/** @typedef {import('../conv_view.js').ConvolutionView} View */

/**
 * @param {View} view
 * @returns {import('../../../static/lib/take_home.js').Offer[]}
 */
export function convolutionOffers(view) {
  return [
    { label: 'Picture, kernel and maps (PNG)', file: 'bench-convolution', plate: () => plate(view) },
    { label: 'Picture, kernel and maps as numbers (CSV)', file: 'bench-convolution', rows: () => rows(view) },
  ];
}

/** @param {View} view */
function plate(view) {
  const { boards, find } = view;
  const panels = Object.values(boards).filter(({ figure }) => !figure.hidden).map(({ canvas, caption }) => ({ source: onPaper(canvas), caption: caption.textContent, smooth: true }));
  const { kernel, bias } = view.settings;
  const weights = Array.from({ length: kernel.size }, (_, row) => kernel.values.slice(row * kernel.size, (row + 1) * kernel.size));
  return {
    title: 'Convolution, step by step',
    lines: [`Picture: ${view.form.pictureTitle()}.`, view.scaleWords()],
    blocks: [
      { panels, columns: Math.min(4, panels.length) },
      { heading: `Kernel; bias ${precise(bias, FIGURES)}` },
      { table: { head: weights.map((_, i) => String(i)), rows: weights.map((row) => row.map((value) => precise(value, FIGURES))) } },
      { text: find('.now').textContent },
      { text: find('.code').textContent },
    ],
  };
}

/**
 * What is not made yet is grey on paper: white means zero.
 * @param {HTMLCanvasElement} shown
 */
function onPaper(shown) {
  const canvas = make('canvas', { width: shown.width, height: shown.height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  context.fillStyle = '#d4d4d4';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(shown, 0, 0);
  return canvas;
}

/** @param {View} view */
function rows(view) {
  const { kernel, bias } = view.settings;
  const listed = (/** @type {string} */ what, /** @type {number[]} */ values, /** @type {number} */ width) =>
    values.map((value, i) => [what, Math.floor(i / width), i % width, value]);
  const { reads } = view.chain[0];
  return [
    ['what', 'row', 'column', 'value (no unit)'],
    ...listed('picture', reads.values, reads.width),
    ...listed('kernel', kernel.values, kernel.size),
    ['bias', '', '', bias],
    ...view.chain.flatMap(({ stage, makes }) => (makes ? listed({ conv: 'convolution', relu: 'ReLU', pool: 'pooling' }[stage], makes.values, makes.width) : [])),
  ];
}
