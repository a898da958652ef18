/** The strip of cards, and how a card asks: with words to choose from, numbers to fill in, or a button for what was done on the page. */

import { make } from '../../static/lib/dom.js';
import { store } from '../../static/lib/store.js';

export const START_AGAIN = 'Start again';

/** The strip before a card is put in. */
export const HTML = `
<header>
  <button type="button" class="fold" aria-expanded="true" aria-controls="lesson-card"><span class="where"></span> <span class="number"></span><span class="asked"></span></button>
  <button type="button" class="plain show">Show the page</button>
  <button type="button" class="plain leave" aria-label="Leave the lesson; what you have done is kept">Leave</button>
</header>
<div id="lesson-card" class="card">
  <ol class="marks" aria-hidden="true"></ol>
  <h2 tabindex="-1"></h2>
  <div class="text"></div>
  <p class="other" role="status" hidden></p>
  <form novalidate>
    <div class="controls"></div>
    <div class="does"><button class="plain primary check">Check</button> <button type="button" class="plain hint">Hint</button> <button type="button" class="plain again">Set it up again</button></div>
  </form>
  <div class="told" role="status"></div>
  <div class="hinted" role="status"></div>
</div>
<footer>
  <button type="button" class="plain back">Back</button>
  <button type="button" class="plain restart">${START_AGAIN}</button>
  <button type="button" class="plain next">Skip</button>
</footer>`;

/**
 * @typedef {object} Card as `demo.tabs.learn.handlers.opened` tells it
 * @property {string} title
 * @property {string} html
 * @property {Record<string, string>} view what the page is to show, as keys of its address
 * @property {string} light a selector of what the card speaks of
 * @property {string} hide a selector of what would give the answer away
 * @property {string[]} hints
 * @property {'choice' | 'numbers' | 'page'} form
 * @property {string} shows of "page": what counts of it
 * @property {string[]} fields
 * @property {string} network the title of the one that the card speaks of
 * @property {string[]} options
 */

/**
 * The inside of a card's form.
 * @param {Card} card
 * @returns {Node[]}
 */
export function controls(card) {
  if (card.form === 'choice') {
    const radio = (/** @type {string} */ option) =>
      make('label', {}, make('input', { type: 'radio', name: 'lesson-choice', value: option }), make('span', {}, option));
    return [make('fieldset', { class: 'choices' }, make('legend', {}, 'Your answer'), ...card.options.map(radio))];
  }
  if (card.form === 'numbers') {
    return card.fields.map((label) =>
      make('label', { class: 'field' }, make('span', {}, label), make('input', { type: 'text', inputmode: 'text', autocomplete: 'off' })));
  }
  return [make('p', { class: 'here', 'aria-live': 'polite' })];
}

/**
 * What somebody has chosen or filled in, and what the page shows.
 * @param {HTMLElement} form
 */
export function given(form) {
  const inputs = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('.field input')]);
  return {
    choice: /** @type {HTMLInputElement | null} */ (form.querySelector('input:checked'))?.value ?? '',
    numbers: inputs.map(({ value }) => value),
    query: location.search,
    bench: benchFacts(),
  };
}

/** What a check may need of the bench; lists as plain ones, for JSON. */
function benchFacts() {
  const facts = store.get('bench')?.facts;
  if (!facts) return {};
  const grid = (/** @type {any} */ one) => one && { ...one, values: Array.from(one.values) };
  return { part: facts.part, picture: grid(facts.picture), kernel: grid(facts.kernel), losses: facts.losses && Array.from(facts.losses) };
}

/**
 * That the page shows another network than the card speaks of, in words; "" where it does not.
 * @param {Card} card
 */
export function otherNetwork({ view, network }) {
  const { model } = store.get('view');
  if (!model || !view.model || model === view.model) return '';
  return `This card speaks of ${network}. The page shows another network now, to which not all of it applies; “Set it up again” brings ${network} back.`;
}

/**
 * What of the page counts for a card, in words.
 * @param {string} shows
 */
export function shown(shows) {
  const { step, channel, row, column, edits, picture } = store.get('view');
  if (shows === 'place') return row === null ? `No value is chosen yet (${step}, channel ${channel}).` : `You have chosen ${step}, channel ${channel}, row ${row}, column ${column}.`;
  if (shows === 'channel') return `You have chosen ${step}, channel ${channel}.`;
  if (shows === 'edits') return edits ? `Changes made: ${edits.split('~').length}.` : 'Nothing is changed yet.';
  if (shows === 'picture') return picture === 'own' ? 'The page shows a picture of your own.' : 'The page shows one of the pictures that it offers.';
  return 'What stands on the bench counts.';
}
