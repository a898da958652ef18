/** What is drawn for print: its measures and colours, and text in lines. */

/** @typedef {import('./layout.js').Sheet} Sheet */

export const WIDE = 2400; // pixels: 20 cm at 300 dots per inch
export const EDGE = 90;
export const FULL = WIDE - 2 * EDGE;
export const INK = '#111';
export const FAINT = '#555';
export const FRAME = '#999';
const FAMILY = '"Source Sans Pro", ui-sans-serif, system-ui, sans-serif';
const LEADING = 1.3; // from line to line, in sizes of the letters

/**
 * @param {number} size in pixels
 * @param {number} [weight]
 */
export function font(size, weight = 400) {
  return `${weight} ${size}px ${FAMILY}`;
}

/**
 * A text in lines that are no wider than `width`, but for a word that is.
 * @param {(text: string) => number} measure width of a text
 * @param {unknown} text
 * @param {number} width
 */
export function textLines(measure, text, width) {
  const lines = [];
  for (const paragraph of String(text).split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line ? `${line} ${word}` : word;
      if (line && measure(longer) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}

/**
 * @typedef {object} Style
 * @property {number} size
 * @property {number} [weight]
 * @property {string} [colour]
 * @property {'left' | 'right'} [align]
 */

/**
 * Draws a text and tells how high it is.
 * @param {Sheet} sheet
 * @param {unknown} text
 * @param {{ left: number, top: number, width: number }} room
 * @param {Style} style
 */
export function drawText({ pen, dry }, text, { left, top, width }, { size, weight, colour = INK, align = 'left' }) {
  pen.font = font(size, weight);
  pen.fillStyle = colour;
  pen.textAlign = align;
  pen.textBaseline = 'top';
  const lines = textLines((words) => pen.measureText(words).width, text, width);
  const x = align === 'right' ? left + width : left;
  if (!dry) lines.forEach((line, index) => pen.fillText(line, x, top + index * size * LEADING));
  return lines.length * size * LEADING;
}
