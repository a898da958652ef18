/** Who meets the start: whoever opens the page itself, and has neither skipped nor finished it before. */

const KEY = 'convscope-start';

/**
 * Whether the start is shown by itself.
 * @param {string} search the query of the address that was opened
 * @param {boolean} wasSeen
 */
export function isWanted(search, wasSeen) {
  const given = new URLSearchParams(search);
  if (given.get('start') === '1') return true;
  // A key such as "__theme" is Gradio's own and no view of the page.
  return !wasSeen && [...given.keys()].every((key) => key.startsWith('__'));
}

/** The query of the address that was opened; by now the page may have written another one. */
export function openedWith() {
  const [opened] = performance.getEntriesByType('navigation');
  return opened ? new URL(opened.name).search : location.search;
}

export function wasSeen() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false; // a browser may keep nothing for anybody
  }
}

export function noteSeen() {
  try {
    localStorage.setItem(KEY, 'seen');
  } catch {
    // Then it is shown again.
  }
}
