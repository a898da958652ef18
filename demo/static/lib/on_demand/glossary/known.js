/**
 * The terms, fetched once.
 *
 * @typedef {object} Term as `demo/glossary/terms.py` has it
 * @property {string} name
 * @property {string} title
 * @property {string} says
 * @property {string[]} also
 * @property {string} picture
 */

const ADDRESS = 'glossary.json';
/** @type {Promise<Term[]> | undefined} */
let fetching;

/** All of them in their order; rejects where the server does not answer, and asks again the next time. */
export function known() {
  fetching ??= fetch(new URL(ADDRESS, document.baseURI)).then((answer) => {
    if (!answer.ok) throw new Error(`The glossary did not come: ${answer.status}`);
    return answer.json();
  });
  fetching.catch(() => (fetching = undefined));
  return fetching;
}
