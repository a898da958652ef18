/**
 * How good a network is that was made: its accuracy, its confusions with the pictures behind each, the hardest pictures.
 *
 * @typedef {object} Outcome what `outcome.outcome` returns
 * @property {string} name
 * @property {string} title
 * @property {string} body
 * @property {number} seconds
 * @property {{ class: number, name: string }[]} classes
 * @property {number} pictures
 * @property {number} scenes
 * @property {number | null} accuracy 0 to 1; null where nothing could be held out
 * @property {number} low
 * @property {number} high
 * @property {number} right
 * @property {number} held
 * @property {number} folds
 * @property {number[][][]} cells numbers of pictures by class and answer
 * @property {{ picture: number, class: number, answer: number, share: number }[]} hardest
 * @property {string[]} unheld
 * @property {string[]} remarks
 * @property {{ title: string, accuracy: number | null, pictures: number }[]} compared
 * @property {[number, number] | null} chosen_anew pictures that were right with the body chosen by other parts, of how many
 * @property {import('./tuning.js').Offer} tuning
 */

import { around, make, term } from '../../../static/lib/dom.js';
import { percent } from '../../../static/lib/format.js';

/**
 * @param {Outcome} outcome
 * @param {(number: number) => string} urlOf a picture; "" for one that is gone
 * @param {HTMLElement[]} buttons what can be done with the network
 * @returns {HTMLElement[]}
 */
export function outcomeParts(outcome, urlOf, buttons) {
  const { hardest } = outcome;
  const title = plain(outcome.title);
  /** @type {HTMLElement[]} */
  const parts = [
    make('h3', { tabindex: -1 }, `“${title}” is made`),
    make('p', {}, ...verdict(outcome)),
    make('div', { class: 'row offered' }, ...buttons),
    make('section', { class: 'tuning', 'aria-label': 'Fine-tuning', hidden: '' }),
  ];
  if (outcome.compared.length) parts.push(make('p', {}, compared(outcome)));
  if (outcome.remarks.length) parts.push(make('ul', { class: 'remarks' }, ...outcome.remarks.map((words) => make('li', {}, words))));
  if (outcome.held) parts.push(board(outcome, urlOf));
  if (hardest.length) {
    const names = new Map(outcome.classes.map(({ class: number, name }) => [number, name]));
    const figures = hardest.map(({ picture, class: label, answer, share }) =>
      figure(urlOf(picture), `${names.get(label)}: ${percent(share)}`, answer === label ? 'right' : `answer: ${names.get(answer)}`),
    );
    parts.push(
      make('h4', {}, 'The hardest pictures'),
      make('p', { class: 'quiet' }, 'With the probability that the right class got when the picture was held out.'),
      make('div', { class: 'gallery' }, ...figures),
    );
  }
  return parts;
}

/**
 * A network's title without the word that tells it from those of others in the list of networks.
 * @param {string} title
 */
export function plain(title) {
  return title.replace(/ \(yours\)$/, '');
}

/** @param {Outcome} outcome */
function verdict({ accuracy, low, high, right, held, folds, pictures, scenes, seconds, body, unheld }) {
  const taught = ` It learned from ${pictures} pictures of ${scenes} scenes on ${body}, in ${seconds} s.`;
  if (accuracy === null) return ['Nothing could be held out, so it is unknown how often it is right.', taught];
  const kept = unheld.length ? ` Nothing was held out of ${unheld.join(', ')}: all pictures are of one scene.` : '';
  return [
    make('strong', {}, `${percent(accuracy)} right`),
    ` (${right} of ${held}; `, term('wilson-interval', '95 % interval'), ` ${percent(low)} to ${percent(high)}), `, term('cross-validation', 'cross-validated'),
    ` in ${folds} parts, whole scenes held out.${kept}${taught}`,
  ];
}

/** @param {Outcome} outcome */
function compared({ compared: all, chosen_anew: anew }) {
  const each = all.map(({ title, accuracy }) => `${title} ${accuracy === null ? 'unknown' : percent(accuracy)}`);
  const honest = anew ? ` The best of several looks better than it is: chosen anew for each part by the others, ${anew[0]} of ${anew[1]} were right (${percent(anew[0] / anew[1])}).` : '';
  return `Compared before, on at most 200 pictures: ${each.join(', ')}. The one of the least loss was taken.${honest}`;
}

/**
 * @param {Outcome} outcome
 * @param {(number: number) => string} urlOf
 */
function board({ classes, cells }, urlOf) {
  const head = make('tr', {}, make('td', {}), ...classes.map(({ name }) => make('th', { scope: 'col', translate: 'no' }, make('span', {}, name))));
  const rows = cells.map((row, label) => {
    const sum = row.reduce((total, each) => total + each.length, 0);
    const inside = row.map((numbers, answer) => {
      const what = `${classes[label].name} answered as ${classes[answer].name}: ${numbers.length}`;
      const content = numbers.length
        ? make('button', { type: 'button', 'data-label': label, 'data-answer': answer, 'aria-label': what, 'aria-pressed': 'false' }, String(numbers.length))
        : make('span', {}, '0');
      const part = Math.round((80 * numbers.length) / Math.max(1, sum));
      return make('td', { style: `--part: ${part}%`, class: label === answer ? 'right' : '' }, content);
    });
    return make('tr', {}, make('th', { scope: 'row', translate: 'no' }, classes[label].name), ...inside);
  });
  const table = make('table', { class: 'confusion' }, make('thead', {}, head), make('tbody', {}, ...rows));
  const behind = make('div', { class: 'behind', 'aria-live': 'polite' });
  table.addEventListener('click', (event) => {
    const button = around(event, 'button');
    if (!button) return;
    const [label, answer] = [Number(button.dataset.label), Number(button.dataset.answer)];
    for (const other of table.querySelectorAll('button')) other.setAttribute('aria-pressed', String(other === button));
    const words = `${classes[label].name}, answered as ${classes[answer].name}: ${cells[label][answer].length}`;
    const figures = cells[label][answer].map((number) => figure(urlOf(number), '', ''));
    behind.replaceChildren(make('p', {}, words), make('div', { class: 'gallery' }, ...figures));
  });
  return make('div', { class: 'crossed' }, make('h4', {}, 'Confusions'),
    make('p', { class: 'quiet' }, 'A row for each class, a column for each answer. A number shows its pictures.'),
    make('div', { class: 'scroll' }, table), behind);
}

/**
 * @param {string} url
 * @param {string} first
 * @param {string} second
 */
function figure(url, first, second) {
  const inside = url ? make('img', { src: url, alt: '' }) : make('span', { class: 'gone' }, 'deleted');
  const words = [first, second].filter(Boolean).map((text) => make('span', {}, text));
  return make('figure', {}, inside, ...(words.length ? [make('figcaption', {}, ...words)] : []));
}
