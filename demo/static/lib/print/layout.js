/**
 * A view drawn for print, on white, with title, captions, legend and tables, so that it explains itself alone.
 *
 * @typedef {Element} Source a canvas, an image, or a chart as SVG
 *
 * @typedef {object} Panel
 * @property {Source} source
 * @property {string | null} [caption]
 * @property {boolean} [smooth] whether it may be enlarged as a photo is; else each value stays a square
 * @property {import('../receptive_field.js').Box | null} [mark] a frame in it, in shares of its height and width
 *
 * @typedef {string | number | null | undefined | { canvas: HTMLCanvasElement } | { bar: number } | { share: number }} Cell
 * `bar` from -1 to 1, `share` from 0 to 1
 *
 * @typedef {object} Block one of these
 * @property {Panel[]} [panels]
 * @property {number} [columns] of the panels
 * @property {{ canvas: Element, low: string | null, high: string | null }} [legend]
 * @property {{ head: (string | null)[], rows: Cell[][] }} [table]
 * @property {string | null} [heading]
 * @property {string | null} [text]
 *
 * @typedef {object} Layout
 * @property {string | null} title
 * @property {(string | null | undefined)[]} [lines] below it
 * @property {Block[]} blocks
 *
 * @typedef {{ pen: CanvasRenderingContext2D, dry: boolean }} Sheet `dry`: nothing is drawn, it is only measured
 */

import { pen as penOf } from '../canvas.js';
import { drawable, isChart } from './images.js';
import { drawTable } from './table.js';
import { drawText, EDGE, FAINT, font, FRAME, FULL, INK, WIDE } from './text.js';
import { fileName, saveBlob } from '../save.js';

const TALLEST = 2600; // pixels of one panel

/**
 * Saves it as a PNG.
 * @param {Layout} layout
 * @param {string} file its name, without the ending
 * @returns {Promise<string>} a sentence
 */
export async function savePrint(layout, file) {
  const canvas = await printed(layout);
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  saveBlob(/** @type {Blob} */ (blob), fileName(file, 'png'));
  return `Saved, ${canvas.width} × ${canvas.height} pixels.`;
}

/** @param {Layout} layout */
async function printed(layout) {
  const ready = { ...layout, blocks: await Promise.all(layout.blocks.map(withImages)) };
  await document.fonts.ready;
  const canvas = document.createElement('canvas');
  canvas.width = WIDE;
  const height = drawLayout({ pen: penOf(canvas), dry: true }, ready);
  canvas.height = Math.ceil(height);
  const pen = penOf(canvas);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  drawLayout({ pen, dry: false }, ready);
  return canvas;
}

/**
 * @param {Block} block
 * @returns {Promise<Block>}
 */
async function withImages(block) {
  if (!block.panels) return block;
  const panels = await Promise.all(block.panels.map(async (panel) => ({ ...panel, source: await drawable(panel.source) })));
  return { ...block, panels: panels.filter(({ source }) => sizeOf(source).every(Boolean)) };
}

// Each function below draws something from `top` on, and returns how high it is.

/**
 * @param {Sheet} sheet
 * @param {Layout} layout
 */
function drawLayout(sheet, { title, lines = [], blocks }) {
  let top = EDGE;
  top += drawText(sheet, title, { left: EDGE, top, width: FULL }, { size: 58, weight: 700 }) + 8;
  for (const line of lines.filter(Boolean))
    top += drawText(sheet, line, { left: EDGE, top, width: FULL }, { size: 34, colour: FAINT });
  top += 30;
  for (const block of blocks) top += drawBlock(sheet, block, top) + 24;
  const name = drawText(sheet, 'ConvScope', { left: EDGE, top, width: FULL }, { size: 26, colour: FAINT, align: 'right' });
  return top + name + EDGE * 0.6;
}

/**
 * @param {Sheet} sheet
 * @param {Block} block
 * @param {number} top
 */
function drawBlock(sheet, block, top) {
  if (block.panels) return drawPanels(sheet, block.panels, block.columns ?? Math.min(4, block.panels.length), top);
  if (block.legend) return drawLegend(sheet, block.legend, top);
  if (block.table) return drawTable(sheet, block.table, top);
  if (block.heading !== undefined)
    return 16 + drawText(sheet, block.heading, { left: EDGE, top: top + 16, width: FULL }, { size: 42, weight: 700 });
  return drawText(sheet, block.text, { left: EDGE, top, width: FULL }, { size: 34, colour: FAINT });
}

/**
 * @param {Sheet} sheet
 * @param {Panel[]} panels
 * @param {number} columns
 * @param {number} top
 */
function drawPanels(sheet, panels, columns, top) {
  const gap = columns > 8 ? 14 : 50;
  const room = (FULL - gap * (columns - 1)) / columns;
  let height = 0;
  for (let first = 0; first < panels.length; first += columns) {
    const row = panels.slice(first, first + columns);
    const heights = row.map((panel, index) => drawPanel(sheet, panel, EDGE + index * (room + gap), top + height, room));
    height += Math.max(...heights) + gap * 0.6;
  }
  return height;
}

/**
 * @param {Sheet} sheet
 * @param {Panel} panel
 * @param {number} left
 * @param {number} top
 * @param {number} room its width
 */
function drawPanel(sheet, { source, caption, mark, smooth = false }, left, top, room) {
  const times = enlargement(source, room, smooth);
  const [width, height] = sizeOf(source).map((side) => side * times);
  if (!sheet.dry) {
    const { pen } = sheet;
    pen.imageSmoothingEnabled = smooth || times < 1;
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(/** @type {HTMLCanvasElement | HTMLImageElement} */ (source), left, top, width, height);
    pen.strokeStyle = FRAME;
    pen.lineWidth = 2;
    if (!isChart(source)) pen.strokeRect(left - 1, top - 1, width + 2, height + 2);
    if (mark) drawMark(pen, mark, { left, top, width, height });
  }
  const size = Math.max(16, Math.min(32, room * 0.2));
  return height + (caption ? 10 + drawText(sheet, caption, { left, top: top + height + 10, width: room }, { size }) : 0);
}

/**
 * Width and height in pixels.
 * @param {Source} source
 */
function sizeOf(source) {
  if (source instanceof HTMLImageElement) return [source.naturalWidth || source.width, source.naturalHeight || source.height];
  return source instanceof HTMLCanvasElement ? [source.width, source.height] : [0, 0];
}

/**
 * As large as the room allows; small maps by a whole number, so that every value is a square of the same size.
 * @param {Source} source
 * @param {number} room
 * @param {boolean} smooth
 */
function enlargement(source, room, smooth) {
  const [width, height] = sizeOf(source);
  const most = Math.min(room / width, TALLEST / height);
  return most > 1 && !smooth ? Math.floor(most) : most;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {import('../receptive_field.js').Box} mark
 * @param {{ left: number, top: number, width: number, height: number }} panel
 */
function drawMark(pen, mark, { left, top, width, height }) {
  const inside = (/** @type {number} */ share) => Math.max(0, Math.min(1, share));
  const [x, y] = [left + inside(mark.left) * width, top + inside(mark.top) * height];
  const [w, h] = [(inside(mark.right) - inside(mark.left)) * width, (inside(mark.bottom) - inside(mark.top)) * height];
  for (const [colour, thick] of /** @type {[string, number][]} */ ([['#fff', 14], [INK, 7]])) {
    pen.strokeStyle = colour;
    pen.lineWidth = thick;
    pen.strokeRect(x, y, w, h);
  }
}

/**
 * @param {Sheet} sheet
 * @param {NonNullable<Block['legend']>} legend
 * @param {number} top
 */
function drawLegend(sheet, { canvas, low, high }, top) {
  const { pen, dry } = sheet;
  pen.font = font(34);
  const [before, length] = [pen.measureText(String(low)).width + 20, 700];
  if (!dry) {
    drawText(sheet, low, { left: EDGE, top, width: FULL }, { size: 34 });
    pen.imageSmoothingEnabled = false;
    pen.drawImage(/** @type {HTMLCanvasElement} */ (canvas), EDGE + before, top, length, 44);
    pen.strokeStyle = FRAME;
    pen.lineWidth = 2;
    pen.strokeRect(EDGE + before, top, length, 44);
    drawText(sheet, high, { left: EDGE + before + length + 20, top, width: FULL }, { size: 34 });
  }
  return 64;
}
