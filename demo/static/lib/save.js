/** Files that the reader saves: what is known as text, as bytes or by its address. */

const KEPT = 60_000; // milliseconds for which the browser can read what it saves
const RISKY = /^ *[=+\-@\t\r\n]/; // what a spreadsheet would take for a formula

/**
 * @param {Blob} blob
 * @param {string} name
 */
export function saveBlob(blob, name) {
  const url = URL.createObjectURL(blob);
  saveAddress(url, name);
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
}

/**
 * @param {string} url
 * @param {string} name
 */
export function saveAddress(url, name) {
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

/**
 * What a handler returned for the reader to save.
 * @param {{ name: string, text: string, type: string }} file
 */
export function saveText({ name, text, type }) {
  saveBlob(new Blob([text], { type }), name);
}

/**
 * A file that lies on the server, as Gradio describes one.
 * @param {string} said what the button says afterwards
 * @param {{ url: string, orig_name: string }} file
 */
export function saveFile(said, { url, orig_name: name }) {
  saveAddress(url, name);
  return said;
}

/**
 * A name that every system can write.
 * @param {string} name
 * @param {string} ending
 */
export function fileName(name, ending) {
  return `${name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'convscope'}.${ending}`;
}

/**
 * A table as RFC 4180 says: a comma between cells, CR LF after each row; numbers with a point and all digits that are
 * known.
 * @param {unknown[][]} rows
 */
export function csv(rows) {
  return rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
}

/** @param {unknown} cell */
function csvCell(cell) {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return '';
  if (typeof cell === 'number') return String(cell);
  const words = String(cell);
  const text = RISKY.test(words) ? `'${words}` : words;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Writes a text into the clipboard, which browsers forbid on a page that is neither from https nor from this computer.
 * @param {string} text
 * @returns {Promise<boolean>} whether that was done
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
