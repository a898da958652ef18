/** Where the reader goes among the pictures of a set. */

/**
 * What the page's address says of them; null takes a key away. Not "page": Gradio takes that for a page of its own.
 * @param {{ set: string, split: string, label: string, page: number } | null} sheet null: another tab is open
 * @returns {Record<string, string | null>}
 */
export function addressOf(sheet) {
  return {
    set: sheet?.set || null,
    split: sheet?.split || null,
    label: sheet?.label || null,
    sheet: sheet && sheet.page > 1 ? String(sheet.page) : null,
  };
}

/**
 * @param {number} page NaN for the first one
 * @param {number} pages
 */
export function nearestPage(page, pages) {
  return Math.max(1, Math.min(pages, Math.round(page) || 1));
}

/**
 * The place that a key leads to; null for another key.
 * @param {string} key
 * @param {number} at
 * @param {number} count of the pictures
 * @param {number} columns in which they stand
 */
export function placeAfter(key, at, count, columns) {
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -at, End: count - 1 - at };
  if (!Object.hasOwn(moves, key)) return null;
  return Math.max(0, Math.min(count - 1, at + moves[/** @type {keyof typeof moves} */ (key)]));
}
