/**
 * The board: cards with how many have answered, the tally of the chosen one once it is revealed, and the pupils, those
 * first who are stuck.
 *
 * @typedef {import('./teach_view.js').ClassBoard} ClassBoard
 * @typedef {import('./teach_view.js').Lesson} Lesson
 */

import { around, make } from '../../../../static/lib/dom.js';
import { classroom } from '../../../../static/lib/on_demand/classroom.js';
import { tallyBars } from '../../../../static/lib/on_demand/tally.js';

const ORDER = ['wrong', 'quiet', '', 'away'];
const NOBODY = 'Nobody has joined yet. Show the code or the QR code.';

/**
 * How a pupil is doing, in words.
 * @param {ClassBoard['pupils'][number]} pupil
 */
export function stateWords({ state, tries, quiet_s: quiet, done }) {
  if (state === 'wrong') return `wrong ${tries} times`;
  if (state === 'quiet') return `nothing for ${Math.floor(quiet / 60)} min`;
  if (state === 'away') return 'not connected';
  return done ? 'right' : tries ? 'answered' : '';
}

/** @param {number} count of pupils who have left by themselves */
function leftWords(count) {
  if (!count) return '';
  return count === 1 ? `${count} pupil has left; their answers are deleted.` : `${count} pupils have left; their answers are deleted.`;
}

/** @param {HTMLElement} button that removes a pupil once it is pressed again */
function ask(button) {
  button.dataset.asked = '';
  button.textContent = 'Remove?';
}

export class BoardView {
  card = 0; // from 0
  lesson = '';
  /** @type {ClassBoard | null} */
  board = null;
  drawn = ''; // so that what has not changed keeps the keyboard's place
  title = ''; // of the chosen card
  mark = ''; // what its right answer is called
  /** @type {Lesson[]} */
  lessons = [];

  /**
   * @param {ReturnType<typeof import('../../../../static/lib/dom.js').finder>} find
   * @param {(then: () => unknown) => void} doing
   */
  constructor(find, doing) {
    this.find = find;
    const place = () => `${this.lesson}.${this.card + 1}`;
    find('.reveal').addEventListener('click', () => doing(() => classroom.act('reveal', { place: place() })));
    find('.reveal-all').addEventListener('click', () => doing(() => classroom.act('reveal', { place: place(), title: this.title, mark: this.mark })));
    find('.conceal').addEventListener('click', () => doing(() => classroom.act('conceal', { place: place() })));
    find('.cards ol').addEventListener('click', (event) => {
      const button = around(event, 'button[data-card]');
      if (!button || !this.board) return;
      this.card = Number(button.dataset.card);
      this.again();
      find(`.cards button[data-card="${this.card}"]`).focus();
    });
    find('.pupils ul').addEventListener('click', (event) => {
      const button = around(event, 'button[data-remove]');
      if (button) doing(() => this.remove(button));
    });
  }

  again() {
    if (this.board) this.draw(this.board, this.lessons, this.lessons.find(({ name }) => name === this.lesson));
  }

  /**
   * @param {ClassBoard} board
   * @param {Lesson[]} lessons
   * @param {Lesson | undefined} lesson that is chosen
   */
  draw(board, lessons, lesson) {
    if (!lesson) return;
    if (this.lesson !== lesson.name) this.card = 0;
    // Where the class was sent last, unless the teacher has chosen another card since.
    const sent = new URLSearchParams(board.look.query).get('lesson') ?? '';
    if (board.look.serial !== this.board?.look.serial && sent.startsWith(`${lesson.name}.`)) this.card = Number(sent.split('.')[1]) - 1;
    this.board = board;
    this.lessons = lessons;
    this.lesson = lesson.name;
    this.card = Math.min(this.card, lesson.cards.length - 1);
    const pupils = board.pupils.map((pupil) => ({ ...pupil, quiet_s: stateWords(pupil) })); // of its seconds only minutes are shown
    const text = JSON.stringify([{ ...board, pupils, ends_s: 0 }, lesson.title, this.card]);
    if (text === this.drawn) return;
    this.drawn = text;
    this.drawCards(board, lesson);
    this.drawTally(board, lesson);
    this.drawPupils(board);
  }

  /**
   * @param {ClassBoard} board
   * @param {Lesson} lesson
   */
  drawCards({ places, pupils, look }, { name, title, cards }) {
    const { find } = this;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.card : undefined;
    find('.cards h3').textContent = title;
    const all = Math.max(1, pupils.length);
    find('.cards ol').replaceChildren(...cards.map((card, i) => {
      const place = `${name}.${i + 1}`;
      const { answered = 0, right = 0 } = places[place] ?? {};
      const here = pupils.filter(({ at }) => at === place).length;
      const isSent = new URLSearchParams(look.query).get('lesson') === place;
      return make('li', {}, make('button', { type: 'button', 'data-card': i, 'aria-pressed': i === this.card },
        make('span', { class: 'title' }, `${i + 1}. ${card.title}`, ...(isSent ? [make('span', { class: 'sent' }, ' sent')] : [])),
        make('span', { class: 'meter', 'aria-hidden': 'true' }, make('span', { class: 'answered', style: `width: ${(100 * answered) / all}%` }), make('span', { class: 'right', style: `width: ${(100 * right) / all}%` })),
        make('span', { class: 'count' }, `${answered} of ${pupils.length} answered, ${here} here now`)));
    }));
    if (focused) /** @type {HTMLElement | null} */ (find('.cards ol').querySelector(`[data-card="${focused}"]`))?.focus({ preventScroll: true });
  }

  /**
   * @param {ClassBoard} board
   * @param {Lesson} lesson
   */
  drawTally({ tallies, places, told, pupils }, { name, cards }) {
    const { find } = this;
    const place = `${name}.${this.card + 1}`;
    const { title, options, mark } = cards[this.card];
    [this.title, this.mark] = [title, mark];
    const bars = tallies[place];
    const { answered = 0 } = places[place] ?? {};
    find('.tallied h3').textContent = `${this.card + 1}. ${title}`;
    const hidden = make('p', { class: 'hidden-tally' }, make('b', {}, `${answered} of ${pupils.length}`), ' have answered. How, is hidden until you reveal it.');
    find('.bars').replaceChildren(bars ? tallyBars(bars, { options, mark }) : hidden);
    find('.reveal').hidden = Boolean(bars);
    find('.reveal-all').hidden = told === place;
    find('.conceal').hidden = !bars;
    for (const part of ['.reveal', '.reveal-all']) find(part, HTMLButtonElement).disabled = !answered;
  }

  /** @param {ClassBoard} board */
  drawPupils({ pupils, here, left }) {
    const { find } = this;
    find('.class').toggleAttribute('data-joined', pupils.length > 0);
    find('.here b').textContent = String(here);
    find('.here span').textContent = here === 1 ? ' pupil here' : ' pupils here';
    const stuck = pupils.filter(({ state }) => state === 'wrong' || state === 'quiet').length;
    find('.counts .rest').textContent = `${stuck ? `${stuck} may be stuck` : 'nobody seems stuck'}${pupils.length > here ? `, ${pupils.length - here} not connected` : ''}`;
    find('.pupils .left').textContent = leftWords(left);
    const sorted = [...pupils].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.name.localeCompare(b.name));
    const item = (/** @type {ClassBoard['pupils'][number]} */ pupil) => make('li', { 'data-state': pupil.state || (pupil.done ? 'done' : 'busy') },
      make('b', {}, pupil.name), ' ',
      make('span', { class: 'at' }, [this.whereIs(pupil.at), stateWords(pupil)].filter(Boolean).join(' · ')),
      make('button', { type: 'button', 'data-remove': pupil.name, 'aria-label': `Remove ${pupil.name} from the class`, title: 'Remove from the class' }, '×'));
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.remove : undefined;
    const asked = find('.pupils ul').querySelector('[data-asked]')?.getAttribute('data-remove');
    find('.pupils ul').replaceChildren(...(pupils.length ? sorted.map(item) : [make('li', { class: 'quiet' }, NOBODY)]));
    for (const button of find('.pupils ul').querySelectorAll('button')) {
      if (button.dataset.remove === asked) ask(button);
      if (button.dataset.remove === focused) button.focus({ preventScroll: true });
    }
  }

  /** @param {string} at such as "numbers.3" */
  whereIs(at) {
    const [name, card] = at.split('.');
    if (!card) return 'no card';
    return name === this.lesson ? `card ${card}` : `${this.lessons.find((lesson) => lesson.name === name)?.title ?? name}, card ${card}`;
  }

  /**
   * Asked for once more: what the pupil answered is deleted.
   * @param {HTMLElement} button
   */
  async remove(button) {
    const name = button.dataset.remove;
    if (!('asked' in button.dataset)) return ask(button);
    await classroom.act('remove', { name });
  }
}
