/** The heat map over a photo, and its legend. */

import { pen } from '../../static/lib/canvas.js';
import { heatColour } from '../../static/lib/colors.js';
import { cellValues, cornerOf } from './survey_values.js';

const LONGEST = 1400; // pixels of the heat map's longer side
const LEGEND = 180; // pixels
const HATCH = 9; // pixels of the page from one line to the next, over what is left out

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
  const unit = canvas.clientWidth ? Math.max(1, canvas.width / canvas.clientWidth) : 1;
  for (const index of survey.unfamiliar ?? []) hatch(context, cornerOf(survey, index), survey.window, scale, unit);
}

/**
 * Lines over a window that does not count, in two tones that show on any ground; what lay there is cleared.
 * @param {CanvasRenderingContext2D} context
 * @param {number[]} corner left and top in pixels of the photo
 * @param {number} side
 * @param {number} scale
 * @param {number} unit pixels of the canvas for one of the page
 */
function hatch(context, corner, side, scale, unit) {
  const [left, top] = corner.map((each) => Math.round(each * scale));
  const length = Math.round(side * scale);
  context.save();
  context.beginPath();
  context.rect(left, top, length, length);
  context.clip();
  context.clearRect(left, top, length, length);
  for (const [colour, width] of /** @type {[string, number][]} */ ([['#000', 3.6], ['#fff', 1.6]])) {
    context.strokeStyle = colour;
    context.lineWidth = width * unit;
    context.beginPath();
    for (let x = -length; x < length; x += HATCH * unit) {
      context.moveTo(left + x, top + length);
      context.lineTo(left + x + length, top);
    }
    context.stroke();
  }
  context.restore();
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
