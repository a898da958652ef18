/** Tables for print: cells of text, of small maps and of bars. */

import { cssColour } from '../colors.js';
import { drawText, EDGE, FAINT, font, FRAME, FULL } from './text.js';

/** @typedef {import('./layout.js').Sheet} Sheet */
/** @typedef {import('./layout.js').Cell} Cell */
/** @typedef {{ left: number, top: number, width: number }} Room */
/** @typedef {{ weight?: number, colour?: string }} Emphasis */

const SIZE = 32; // of the letters
const GAP = 40; // between columns
const WIDEST = 900; // of a column
const MAP = 84; // side of a small map

/**
 * Draws it from `top` on and returns how high it is.
 * @param {Sheet} sheet
 * @param {NonNullable<import('./layout.js').Block['table']>} table
 * @param {number} top
 */
export function drawTable(sheet, { head, rows }, top) {
  const widths = columnWidths(sheet.pen, head, rows);
  let height = drawRow(sheet, head, widths, top, { weight: 700, colour: FAINT });
  for (const row of rows) height += drawRow(sheet, row, widths, top + height);
  return height + 10;
}

/**
 * With the gaps behind them; all of them narrower where there is no room.
 * @param {CanvasRenderingContext2D} pen
 * @param {Cell[]} head
 * @param {Cell[][]} rows
 */
function columnWidths(pen, head, rows) {
  pen.font = font(SIZE);
  const inRows = head.map((_, column) => Math.max(...rows.map((row) => cellWidth(pen, row[column]))));
  pen.font = font(SIZE, 700);
  const need = head.map((text, column) => Math.max(inRows[column], cellWidth(pen, text)) + GAP);
  const scale = Math.min(1, FULL / need.reduce((sum, width) => sum + width, 0));
  return need.map((width) => width * scale);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Cell} cell
 */
function cellWidth(pen, cell) {
  if (typeof cell !== 'object' || cell === null) return Math.min(WIDEST, pen.measureText(String(cell ?? '')).width);
  if ('canvas' in cell) return MAP + 12;
  return 'share' in cell ? WIDEST : 320;
}

/**
 * @param {Sheet} sheet
 * @param {Cell[]} row
 * @param {number[]} widths
 * @param {number} top
 * @param {Emphasis} [emphasis]
 */
function drawRow(sheet, row, widths, top, emphasis) {
  const hasMap = row.some((cell) => typeof cell === 'object' && cell !== null && 'canvas' in cell);
  const heights = row.map((cell, column) => textHeight(sheet, cell, widths[column] - 36, emphasis));
  const tallest = hasMap ? MAP + 8 : Math.max(...heights);
  let left = EDGE;
  row.forEach((cell, column) => {
    const width = widths[column] - GAP;
    drawCell(sheet, cell, { left, top, width }, tallest, column ? 'right' : 'left', emphasis);
    left += widths[column];
  });
  if (!sheet.dry) {
    sheet.pen.fillStyle = '#ccc';
    sheet.pen.fillRect(EDGE, top + tallest + 14, left - EDGE - GAP, 2);
  }
  return tallest + 16;
}

/**
 * @param {Sheet} sheet
 * @param {Cell} cell
 * @param {Room} room
 * @param {number} tallest of the row
 * @param {'left' | 'right'} align
 * @param {Emphasis} [emphasis]
 */
function drawCell(sheet, cell, { left, top, width }, tallest, align, emphasis) {
  const middle = top + 8 + (tallest - textHeight(sheet, cell, width + 4, emphasis)) / 2;
  if (typeof cell !== 'object' || cell === null) {
    drawText(sheet, cell ?? '', { left, top: middle, width: width + 4 }, { size: SIZE, align, ...emphasis });
  } else if (!sheet.dry) {
    if ('canvas' in cell) drawMap(sheet.pen, cell.canvas, left + width - MAP, top + 10);
    else if ('bar' in cell) drawBar(sheet.pen, cell.bar, { left, top: middle + 6, width });
    else drawShare(sheet.pen, cell.share, { left, top: middle + 6, width });
  }
}

/**
 * @param {Sheet} sheet
 * @param {Cell} cell
 * @param {number} width
 * @param {Emphasis} [emphasis]
 */
function textHeight({ pen }, cell, width, emphasis) {
  const text = typeof cell === 'object' ? '' : (cell ?? '');
  return drawText({ pen, dry: true }, text, { left: 0, top: 0, width }, { size: SIZE, ...emphasis });
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {HTMLCanvasElement} canvas
 * @param {number} left
 * @param {number} top
 */
function drawMap(pen, canvas, left, top) {
  const times = MAP / Math.max(canvas.width, canvas.height);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(canvas, left, top, canvas.width * times, canvas.height * times);
  pen.strokeStyle = FRAME;
  pen.lineWidth = 1.5;
  pen.strokeRect(left, top, canvas.width * times, canvas.height * times);
}

/**
 * From the middle to the left or right, in the colours of the maps.
 * @param {CanvasRenderingContext2D} pen
 * @param {number} share
 * @param {Room} room
 */
function drawBar(pen, share, { left, top, width }) {
  const middle = left + width / 2;
  pen.fillStyle = cssColour(share < 0 ? -0.5 : 0.5, 1);
  pen.fillRect(share < 0 ? middle + (share * width) / 2 : middle, top, (Math.abs(share) * width) / 2, SIZE * 0.8);
  pen.fillStyle = FRAME;
  pen.fillRect(middle - 1, top - 4, 2, SIZE);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {number} share
 * @param {Room} room
 */
function drawShare(pen, share, { left, top, width }) {
  pen.fillStyle = '#ddd';
  pen.fillRect(left, top + SIZE * 0.4, width, 2);
  pen.fillStyle = '#0f766e';
  pen.fillRect(left, top, Math.max(2, share * width), SIZE * 0.8);
}
