/** The heat map over a photo, and its legend. */

import { pen } from '../../static/lib/canvas.js';
import { heatColour } from '../../static/lib/colors.js';
import { cellValues } from './survey_values.js';

const LONGEST = 1400; // pixels of the heat map's longer side
const LEGEND = 180; // pixels

/**
 * Each cell that reaches the threshold in the colour of its probability.
 * @param {HTMLCanvasElement} canvas
 * @param {import('./survey_values.js').Survey} survey
 * @param {string} label the class
 * @param {number} threshold
 */
export function drawHeat(canvas, survey, label, threshold) {
  const { xs, ys, width, height } = survey;
  const cells = cellValues(survey, label);
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = pen(canvas);
  for (let row = 0; row < ys.length - 1; row++) {
    for (let column = 0; column < xs.length - 1; column++) {
      const value = cells[row * (xs.length - 1) + column];
      if (!(value >= threshold)) continue; // below it, or without an answer yet
      const [left, right] = [Math.round(xs[column] * scale), Math.round(xs[column + 1] * scale)];
      const [top, bottom] = [Math.round(ys[row] * scale), Math.round(ys[row + 1] * scale)];
      context.fillStyle = heatColour(value);
      context.fillRect(left, top, right - left, bottom - top);
    }
  }
}

/**
 * The colours from 0 to 1.
 * @param {HTMLCanvasElement} canvas
 */
export function drawHeatLegend(canvas) {
  [canvas.width, canvas.height] = [LEGEND, 1];
  const context = pen(canvas);
  for (let x = 0; x < LEGEND; x++) {
    context.fillStyle = heatColour(x / (LEGEND - 1));
    context.fillRect(x, 0, 1, 1);
  }
}
