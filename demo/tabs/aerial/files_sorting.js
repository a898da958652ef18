/**
 * The columns of the table of answers, and its order.
 *
 * @typedef {object} Answer as in `demo.tabs.aerial.batch`
 * @property {string} file
 * @property {string} thumbnail data: URL
 * @property {string} answer
 * @property {number} probability
 * @property {boolean | null} decision
 * @property {number | null} typicality share of known pictures that look at least as strange; null: unknown
 * @property {boolean | null} is_unfamiliar
 * @property {boolean} [whole] whether it is a whole photo, for which nothing is decided
 * @property {number} order its place among the files
 *
 * @typedef {object} Answers what `demo.tabs.aerial.batch.value` returns
 * @property {string} run tells one order from the next
 * @property {string} words
 * @property {string | null} label the class that is decided about
 * @property {number | null} threshold null where nothing is decided
 * @property {Omit<Answer, 'order'>[]} answers
 * @property {{ file: string, reason: string }[]} troubles
 *
 * @typedef {{ key: string, title: string, still?: boolean }} Column `still`: not sorted by
 *
 * @typedef {{ key: keyof Answer, down: boolean }} Sorting
 */

/**
 * @param {Answers} value
 * @returns {Column[]}
 */
export function columnsOf({ label, threshold }) {
  return [
    { key: 'order', title: 'No.' },
    { key: 'picture', title: 'Picture', still: true },
    { key: 'file', title: 'File' },
    // Beside a decision at a threshold the most probable class would only confuse.
    ...(threshold === null ? [{ key: 'answer', title: 'Answer' }] : []),
    { key: 'probability', title: label ? `Probability of ${label}` : 'Probability of the answer' },
    ...(threshold === null ? [] : [{ key: 'decision', title: `Is it ${label}?` }]),
    { key: 'typicality', title: 'Does it know such pictures?' },
  ];
}

/**
 * What a click on the head of a column leads to: numbers begin with the largest, words with A; the same again turns it.
 * @param {Sorting} now
 * @param {keyof Answer} key
 * @returns {Sorting}
 */
export function sortingAfter(now, key) {
  return { key, down: now.key === key ? !now.down : key === 'probability' || key === 'decision' };
}

/**
 * @param {Answer[]} answers
 * @param {Sorting} sorting
 */
export function sorted(answers, { key, down }) {
  return [...answers].sort((a, b) => (down ? compare(b, a, key) : compare(a, b, key)));
}

/**
 * @param {Answer} a
 * @param {Answer} b
 * @param {keyof Answer} key
 */
function compare(a, b, key) {
  const [one, other] = [a[key], b[key]];
  const difference =
    typeof one === 'string' ? one.localeCompare(String(other), 'en', { numeric: true }) : Number(one) - Number(other);
  return difference || a.order - b.order;
}
