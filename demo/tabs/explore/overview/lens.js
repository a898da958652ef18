/** The row under the strip: what each step alone would answer. Loaded once the strip is in sight. */

import { make } from '../../../static/lib/dom.js';
import { percent } from '../../../static/lib/format.js';
import { draw, explain } from './lens_about.js';

/** @typedef {import('../../../static/lib/store.js').Network} Network */
/** @typedef {import('../../../static/lib/store.js').Lens} Lens */

/**
 * Draws a word for every tile; of a folded block, that of its last step which has one.
 * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find in the strip's element
 * @param {Network} network
 */
export function drawLens(find, network) {
  const { lens, steps } = network;
  find('.lens').hidden = !lens;
  find('.overview').classList.toggle('with-lens', Boolean(lens));
  if (!lens) return;
  const tiles = /** @type {HTMLElement[]} */ ([...find('.strip').children]);
  find('.readings').replaceChildren(...tiles.map((tile) => reading(lens, steps, tile)));
  const about = find('#lens-about');
  if (!about.dataset.listens) {
    about.dataset.listens = 'yes';
    find('.lens > button').addEventListener('click', () => explain(about));
    find('.readings').addEventListener('click', (event) => {
      event.stopPropagation(); // a click beside the button would close what it opens
      find('.lens > button').click();
    });
  }
  draw(about, lens, steps.map((step) => step.name));
}

/**
 * @param {Lens} lens
 * @param {Network['steps']} steps
 * @param {HTMLElement} tile
 */
function reading(lens, steps, tile) {
  const { step, block } = tile.dataset;
  const places = [...steps.keys()].filter((at) => (step ? steps[at].name === step : steps[at].block === Number(block)));
  const at = places.findLast((place) => lens.rows[place]);
  const row = at === undefined ? null : lens.rows[at];
  const first = tile.classList.contains('first') ? 'first' : '';
  if (at === undefined || !row) return make('span', { class: first, role: 'listitem' });
  const words = sentence(lens, steps[at].name, row);
  const own = row[0] === lens.answer ? ' is-answer' : '';
  const word = make('span', { class: first + own, role: 'listitem', 'data-step': steps[at].name, title: words, 'aria-label': words }, lens.labels[row[0]], make('i'));
  word.style.setProperty('--share', String(row[1]));
  return word;
}

/**
 * @param {Lens} lens
 * @param {string} step
 * @param {[number, number, number, number]} row
 */
export function sentence({ labels, about }, step, [label, share, , right]) {
  const pictures = about.test ? `${about.test.toLocaleString('en')} test pictures` : 'the test pictures';
  return `A linear reading of ${step} alone says: ${labels[label]}, ${percent(share, 0)}. Such readings are right on ${percent(right, 0)} of ${pictures}.`;
}
