/** Of a view without a widget of its own: the headings, pictures and tables that stand in the page, to take home. */

import { networkLine } from '../static/lib/take_home.js';

/** @typedef {import('../static/lib/take_home.js').Offer} Offer */
/** @typedef {import('../static/lib/print/layout.js').Block} Block */
/** @typedef {import('../static/lib/print/layout.js').Cell} Cell */
/** @typedef {import('../static/lib/print/layout.js').Source} Source */

const PICTURES = 'img, svg, canvas';
const CONTENTS = `h2, h3, h4, p, figure, table, ${PICTURES}`;

/**
 * @param {string} view ids of elements, with spaces between
 * @returns {Offer[]}
 */
export function offersOfPage(view) {
  const parts = view.split(' ').flatMap((id) => document.getElementById(id) ?? []);
  const all = (/** @type {string} */ selector) =>
    parts.flatMap((part) => [...part.querySelectorAll(selector)]).filter((node) => node.checkVisibility());
  const file = [new URLSearchParams(location.search).get('model'), parts[0]?.id].filter(Boolean).join('-');
  const picture = { label: 'Picture of this view (PNG)', file, plate: () => layoutOf(all(CONTENTS), file) };
  const tables = /** @type {HTMLTableElement[]} */ (all('table')).map((table, index) => {
    const title = titleOf(table);
    const label = `Table${title ? `: ${title}` : ''} (CSV)`;
    return { label, file: `${file}${index ? `-${index + 1}` : ''}`, rows: () => tableRows(table) };
  });
  return all(`${PICTURES}, table`).length ? [picture, ...tables] : tables;
}

// ---------------------------------------------------------------------------------------------------------- as a table

/**
 * All that a cell is known to hold: its number with all digits, where the page shows fewer of them.
 * @param {string} text as the page shows it
 * @param {string | undefined} value the number as text
 */
export function cellOf(text, value) {
  if (value !== undefined) return Number(value);
  const plain = text.replaceAll('−', '-').replaceAll('\u00a0', ' ');
  return /^-?[\d,]*\.?\d+$/.test(plain) ? Number(plain.replaceAll(',', '')) : plain;
}

/** @param {HTMLTableElement} table */
function tableRows(table) {
  const rows = [...table.rows].map((row) =>
    [...row.cells].filter((cell) => !cell.matches('.bar')).map((cell) => cellOf(wordsOf(cell), cell.dataset.value)));
  /** @type {unknown[][]} */
  const withHead = table.dataset.head ? [table.dataset.head.split('|'), ...rows] : rows; // the page shows it without
  return evened(withHead);
}

/**
 * All rows as long as the longest one.
 * @template T
 * @param {T[][]} rows
 * @returns {(T | string)[][]}
 */
export function evened(rows) {
  const widest = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...Array(widest - row.length).fill('')]);
}

/** @param {HTMLTableElement} table */
function titleOf(table) {
  return table.caption ? wordsOf(table.caption).split(/[,;:(]/)[0] : '';
}

/** @param {Element} node */
function wordsOf(node) {
  return (node.textContent ?? '').replace(/\s+/g, ' ').trim();
}

// ----------------------------------------------------------------------------------------------------------- for print

/**
 * In the order of the page; figures that follow one another stand side by side.
 * @param {Element[]} nodes
 * @param {string} file
 */
function layoutOf(nodes, file) {
  /** @type {Block[]} */
  const blocks = [];
  for (const node of nodes) {
    if (node.parentElement?.closest('figure, table, take-home, summary')) continue;
    const block = blockOf(node);
    const last = blocks.at(-1);
    if (block?.panels && last?.panels) last.panels.push(...block.panels);
    else if (block) blocks.push(block);
  }
  for (const block of blocks) if (block.panels) block.columns = Math.min(4, Math.max(2, block.panels.length));
  const first = blocks.findIndex(({ heading, text }) => heading || text);
  const title = first < 0 ? { text: file } : blocks.splice(first, 1)[0];
  return { title: title.heading ?? title.text ?? file, lines: [networkLine()], blocks };
}

/**
 * @param {Element} node
 * @returns {Block | null}
 */
function blockOf(node) {
  if (node instanceof HTMLTableElement) return { table: printedTable(node) };
  if (node.matches('h2, h3, h4')) return { heading: wordsOf(node) };
  if (node.matches('p')) return { text: wordsOf(node) };
  if (!node.matches('figure')) return { panels: [{ source: /** @type {Source} */ (node), caption: '' }] };
  const source = /** @type {Source | null} */ (node.querySelector('canvas, svg, img'));
  const words = ['h4', 'figcaption'].flatMap((one) => node.querySelector(one) ?? []).map(wordsOf);
  return source && { panels: [{ source, caption: words.join('. ') }] };
}

/** @param {HTMLTableElement} table */
function printedTable(table) {
  /** @type {Cell[][]} */
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => (cell.matches('.bar') ? shareOf(cell) : wordsOf(cell))));
  const even = evened(rows);
  if (!table.tHead?.rows.length) return { head: even[0].map(() => ''), rows: even };
  return { head: even[0].map((cell) => (typeof cell === 'string' ? cell : '')), rows: even.slice(1) };
}

/** @param {Element} cell with a bar in it */
function shareOf(cell) {
  return { share: parseFloat(cell.querySelector('span')?.style.width ?? '') / 100 || 0 };
}
