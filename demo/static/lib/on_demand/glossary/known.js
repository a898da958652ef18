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

import { SOURCE, language } from '../../languages/language.js';

const ADDRESS = 'glossary.json';
/** @type {Promise<Term[]> | undefined} */
let fetching;
let asked = ''; // in which language

/** All of them in their order; rejects where the server does not answer, and asks again the next time. */
export function known() {
  if (asked !== language()) fetching = undefined;
  asked = language();
  fetching ??= fetch(new URL(asked === SOURCE ? ADDRESS : `${ADDRESS}?lang=${asked}`, document.baseURI)).then((answer) => {
    if (!answer.ok) throw new Error(`The glossary did not come: ${answer.status}`);
    return answer.json();
  });
  fetching.catch(() => (fetching = undefined));
  return fetching;
}
