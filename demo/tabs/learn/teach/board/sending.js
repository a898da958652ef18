/**
 * Where the class is sent: a card with its network and picture, and what is hidden there, as the query of a link.
 *
 * @typedef {import('./teach_view.js').Contents} Contents
 * @typedef {import('./teach_view.js').Lesson} Lesson
 */

import { finder, make } from '../../../../static/lib/dom.js';
import { classroom } from '../../../../static/lib/on_demand/classroom.js';
import { store } from '../../../../static/lib/store.js';

export const AS_CARD = ''; // the network that the card itself names
export const AS_HERE = 'here'; // the picture that the teacher's page shows

/**
 * The query that a card is opened by, with everything it sets; a network or picture chosen for it goes before its own.
 * @param {string} lesson
 * @param {number} card from 0
 * @param {Record<string, string>} view of the card
 * @param {{ network: string, picture: string | null }} chosen `picture`: its name in an address; null for the first one
 */
export function queryOf(lesson, card, view, { network, picture }) {
  const model = network || view.model;
  const all = { ...view, ...(model ? { model } : {}), ...(picture ? { picture } : {}), lesson: `${lesson}.${card + 1}` };
  return `?${new URLSearchParams(all)}`;
}

/**
 * @param {HTMLSelectElement} select
 * @param {string} value that is chosen, where it is one of them
 */
function choose(select, value) {
  if ([...select.options].some((option) => option.value === value)) select.value = value;
}

export class Sending {
  /** @type {Contents | null} */
  contents = null;
  isDrawn = false;

  /**
   * @param {HTMLElement} place
   * @param {(then: () => unknown) => void} doing
   */
  constructor(place, doing) {
    this.find = finder(place);
    this.find('[name=lesson]').addEventListener('change', () => {
      this.fillCards();
      store.set('classroom', store.get('classroom')); // the board shows this lesson
    });
    this.find('form').addEventListener('submit', (event) => {
      event.preventDefault();
      doing(() => this.send());
    });
    this.find('.parts').addEventListener('change', () => this.count());
  }

  /** @param {Contents} contents */
  fill(contents) {
    this.contents = contents;
    const selects = ['lesson', 'card', 'network', 'picture'].map((name) => this.find(`[name=${name}]`, HTMLSelectElement));
    const [lesson, card, network, picture] = selects.map(({ value }) => value);
    const hidden = [...this.find('.parts').querySelectorAll('input')].filter(({ checked }) => checked).map(({ value }) => value);
    const option = (/** @type {[string, string]} */ [title, name]) => make('option', { value: name }, title);
    this.find('[name=lesson]').replaceChildren(...contents.lessons.map(({ title, name }) => option([title, name])));
    this.find('[name=network]').replaceChildren(option(['As the card says', AS_CARD]), ...contents.networks.map(option));
    this.find('[name=picture]').replaceChildren(option(['The one on this page', AS_HERE]), ...contents.pictures.map(option));
    this.find('.parts').replaceChildren(...contents.parts.map(([words, name]) =>
      make('label', {}, make('input', { type: 'checkbox', value: name, ...(hidden.includes(name) ? { checked: '' } : {}) }), make('span', {}, words))));
    // In another language it is the same that is chosen.
    choose(selects[0], lesson);
    this.fillCards();
    [card, network, picture].forEach((value, i) => choose(selects[i + 1], value));
  }

  fillCards() {
    const cards = this.lesson()?.cards ?? [];
    this.find('[name=card]').replaceChildren(...cards.map(({ title }, i) => make('option', { value: i }, `${i + 1}. ${title}`)));
  }

  /** @returns {Lesson | undefined} */
  lesson() {
    const name = this.find('[name=lesson]', HTMLSelectElement).value;
    return this.contents?.lessons.find((lesson) => lesson.name === name);
  }

  /**
   * Once, when the teacher comes back: what the class was sent to.
   * @param {import('./teach_view.js').ClassBoard} board
   */
  draw(board) {
    if (this.isDrawn || !this.contents) return;
    this.isDrawn = true;
    const [name, card] = (new URLSearchParams(board.look.query).get('lesson') ?? '').split('.');
    if (this.contents.lessons.some((lesson) => lesson.name === name)) {
      this.find('[name=lesson]', HTMLSelectElement).value = name;
      this.fillCards();
      if (card) this.find('[name=card]', HTMLSelectElement).value = String(Number(card) - 1);
    }
    const hidden = board.hide.split(',');
    for (const box of this.boxes()) box.checked = hidden.includes(box.value);
    this.count();
  }

  boxes() {
    return /** @type {HTMLInputElement[]} */ ([...this.find('.parts').querySelectorAll('input')]);
  }

  count() {
    const count = this.boxes().filter(({ checked }) => checked).length;
    this.find('.hide .chosen').textContent = count ? ` (${count})` : '';
  }

  /** @param {number} [card] another than the chosen one, from 0 */
  async send(card) {
    const value = (/** @type {string} */ name) => this.find(`[name=${name}]`, HTMLSelectElement).value;
    const lesson = this.lesson();
    if (!lesson) return;
    const number = card ?? Number(value('card'));
    this.find('[name=card]', HTMLSelectElement).value = String(number);
    const picture = value('picture') === AS_HERE ? new URLSearchParams(location.search).get('picture') : value('picture');
    const query = queryOf(lesson.name, number, lesson.cards[number].view, { network: value('network'), picture });
    const hide = this.boxes().filter(({ checked }) => checked).map((box) => box.value).join(',');
    await classroom.act('look', { query, hide });
  }
}
