/** The open lesson: its card, what it sets and lights up on the page, and what the server says of the answer. */

import { addPage, setAddress } from '../../static/lib/address.js';
import { finder, make } from '../../static/lib/dom.js';
import { emit, on } from '../../static/lib/events.js';
import { language } from '../../static/lib/languages/language.js';
import { sent } from '../../static/lib/mount.js';
import { store } from '../../static/lib/store.js';
import { HTML, START_AGAIN, controls, given, otherNetwork, shown } from './card_form.js';
import { Light } from './light.js';
import { all, update } from './progress.js';

/** @typedef {import('./card_form.js').Card} Card */

const STYLE = await (await fetch(new URL('style/cards.css', import.meta.url))).text();
const FAILED = 'The server did not answer. Please try again.';
const NARROW = matchMedia('(max-width: 700px)'); // where a raised sheet of another part needs the room
const KEPT = ['picture', 'crop', 'hide', 'model']; // of the address, what a card leaves as it is unless it says otherwise

export class CardsView {
  name = ''; // of the lesson that is open
  number = 0; // of its card
  /** @type {{ name: string, title: string, model: string, cards: Card[] } | null} */
  lesson = null;
  ticket = 0; // of the last question
  opening = 0; // that of the lesson
  checking = 0; // and that of the check, which another language of the lesson must not cut short
  language = ''; // that the lesson was asked for in
  hints = 0;
  answered = false; // whether this card's answer may be in sight
  setsView = false; // whether the card is to set the page once it has come

  /**
   * @param {import('../../static/lib/mount.js').Context} context
   * @param {Promise<unknown>} restored resolved when the page shows what its address asked for
   */
  constructor({ element, props, trigger, watch, signal }, restored) {
    this.restored = restored;
    this.trigger = trigger;
    this.panel = finder(element)('.lesson-cards');
    this.panel.innerHTML = HTML;
    this.panel.before(make('style', {}, STYLE));
    const rules = make('style');
    this.panel.before(rules);
    this.light = new Light(this.panel, rules);
    this.find = finder(this.panel);
    const click = (/** @type {string} */ part, /** @type {() => void} */ then) => this.find(part).addEventListener('click', then);
    click('.back', () => this.go(this.number - 1));
    click('.next', () => this.go(this.number + 1));
    click('.restart', () => this.restart());
    click('.leave', () => this.leave());
    click('.fold', () => this.fold(this.panel.dataset.folded !== 'yes'));
    click('.show', () => this.fold(true));
    click('.hint', () => this.hint());
    click('.again', () => this.setPage());
    this.find('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.ask();
    });
    this.panel.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      this.fold(true);
      this.find('.fold').focus();
    });
    watch('value', () => this.take(sent(props)));
    on('unanswered', (which) => which === 'lesson' && this.tell(FAILED), signal);
    store.watch('bench', () => this.tellHere(), signal);
    on('language', (code) => this.name && code !== this.language && this.load(), signal);
    on('raised', () => NARROW.matches && !this.panel.hidden && this.fold(true), signal);
    const size = new ResizeObserver(() => this.measure());
    size.observe(this.panel);
    // A link may name a card and nothing else: then the card says what the page shows. Where a teacher sends a class, the
    // view of the teacher counts.
    const { searchParams } = new URL(performance.getEntriesByType('navigation')[0]?.name ?? location.href);
    this.setsView = searchParams.has('lesson') && !searchParams.has('tab');
    signal.addEventListener('abort', () => {
      this.put(null);
      size.disconnect();
    });
  }

  /**
   * Opens a lesson at a card, counted from 1, or where its reader was.
   * @param {string} lesson "numbers.3", or "numbers"
   */
  open(lesson) {
    const [name, card] = lesson.split('.');
    this.setsView = true;
    this.begin(name, card ? Number(card) - 1 : Math.max(0, all()[name]?.card ?? 0));
  }

  /**
   * The address has changed.
   * @param {string} lesson
   */
  follow(lesson) {
    const [name, card] = lesson.split('.');
    if (!name) return this.put(null);
    this.tellHere();
    if (card === undefined && name === this.name) return; // it is being opened
    const number = Math.max(0, Number(card ?? 1) - 1);
    if (name === this.name && number === this.number && !this.panel.hidden) {
      // The same card with another network may ask otherwise.
      if (this.lesson && this.lesson.model !== store.get('view').model) this.load();
      return;
    }
    this.begin(name, number);
  }

  /**
   * @param {string} name
   * @param {number} number
   */
  begin(name, number) {
    const isHere = this.lesson?.name === name;
    [this.name, this.number] = [name, number];
    if (isHere) return this.show();
    this.lesson = null;
    this.checking = 0;
    this.put(true);
    this.find('.where').textContent = 'Lesson';
    this.find('.number').textContent = this.find('.asked').textContent = '';
    this.find('.hinted').replaceChildren();
    this.tell('The lesson is on its way …');
    this.load();
  }

  load() {
    if (this.lesson) this.lesson.model = store.get('view').model;
    this.language = language();
    this.opening = this.ticket += 1;
    this.trigger('open', { lesson: this.name, language: this.language, ticket: this.opening });
  }

  /** @param {any} answer */
  take(answer) {
    if (answer.kind === 'verdict' && answer.ticket === this.checking) return this.judged(answer);
    if (answer.kind !== 'lesson' || answer.ticket !== this.opening || answer.name !== this.name) return;
    const before = this.lesson && this.card;
    this.lesson = answer;
    if (!before) return this.show();
    if (before.html !== this.card.html) this.say();
    this.tellHints();
    // With another network it may ask otherwise; what is filled in stays where it does not.
    const asked = (/** @type {Card} */ { fields, options }) => JSON.stringify([fields, options]);
    if (asked(before) !== asked(this.card)) this.find('.controls').replaceChildren(...controls(this.card));
    this.tellHere();
  }

  /** @returns {Card} */
  get card() {
    return /** @type {NonNullable<CardsView['lesson']>} */ (this.lesson).cards[this.number];
  }

  // ---------------------------------------------------------------------------------------------------- the card

  show() {
    const lesson = /** @type {NonNullable<CardsView['lesson']>} */ (this.lesson);
    this.number = Math.min(this.number, lesson.cards.length - 1);
    update(this.name, ({ done }) => ({ card: this.number, done }));
    setAddress({ lesson: `${this.name}.${this.number + 1}` });
    this.hints = 0;
    this.answered = false;
    const { find, card } = this;
    this.put(true);
    this.fold(false);
    this.say();
    find('.controls').replaceChildren(...controls(card));
    find('.hint').hidden = !card.hints.length;
    find('.back', HTMLButtonElement).disabled = this.number === 0;
    this.tell('');
    this.tellHints();
    this.draw();
    this.tellHere();
    if (this.setsView) this.setPage();
    this.setsView = false;
    find('.card').scrollTop = 0;
    find('h2').focus({ preventScroll: true });
  }

  /** The card's own words, in the language of the page. */
  say() {
    const { find, card } = this;
    const lesson = /** @type {NonNullable<CardsView['lesson']>} */ (this.lesson);
    find('.where').textContent = lesson.title;
    find('.number').textContent = `${this.number + 1} of ${lesson.cards.length}`;
    find('h2').textContent = card.title;
    find('.text').innerHTML = card.html;
    // What a card asks stands in bold; put away, the strip still says it.
    find('.asked').textContent = [...find('.text').querySelectorAll('strong')].at(-1)?.textContent ?? '';
  }

  /** What depends on what is done. */
  draw() {
    const { cards } = /** @type {NonNullable<CardsView['lesson']>} */ (this.lesson);
    const done = new Set(all()[this.name]?.done);
    this.find('.marks').replaceChildren(...cards.map((_, i) =>
      make('li', { 'data-state': i === this.number ? 'here' : done.has(i) ? 'done' : 'open' })));
    const isLast = this.number === cards.length - 1;
    this.find('.next').textContent = isLast ? 'To the list' : done.has(this.number) ? 'Next' : 'Skip';
    this.find('.next').classList.toggle('primary', done.has(this.number));
    const { light, hide } = this.card;
    this.put(true, light, this.answered || done.has(this.number) ? '' : hide);
  }

  /** @param {number} number */
  go(number) {
    const { cards } = /** @type {NonNullable<CardsView['lesson']>} */ (this.lesson);
    if (number >= cards.length) return this.leave();
    addPage({ lesson: `${this.name}.${number + 1}` });
    this.number = number;
    this.setsView = true;
    this.show();
  }

  /** Asked for once more where that would lose something. */
  restart() {
    const button = this.find('.restart');
    const isAsked = 'asked' in button.dataset; // its words may stand there in another language
    button.textContent = START_AGAIN;
    delete button.dataset.asked;
    if (all()[this.name]?.done.length && !isAsked) {
      button.textContent = 'Clear what is done?';
      button.dataset.asked = '';
      button.addEventListener('blur', () => {
        button.textContent = START_AGAIN;
        delete button.dataset.asked;
      }, { once: true });
      return;
    }
    update(this.name, () => ({ card: 0, done: [] }));
    this.go(0);
  }

  leave() {
    this.put(null);
    this.name = '';
    this.visit({ ...this.keptKeys(), tab: 'lessons' });
  }

  /** @param {boolean} isFolded */
  fold(isFolded) {
    this.panel.dataset.folded = isFolded ? 'yes' : 'no';
    document.documentElement.dataset.lesson = isFolded ? 'folded' : 'open';
    this.find('.fold').setAttribute('aria-expanded', String(!isFolded));
  }

  hint() {
    const { hints } = this.card;
    this.hints = Math.min(hints.length, this.hints + 1);
    this.tellHints();
    this.find('.hinted').scrollIntoView({ block: 'nearest' });
  }

  /** Below the verdict, which stays. */
  tellHints() {
    this.find('.hinted').replaceChildren(...this.card.hints.slice(0, this.hints).map((hint) => make('p', {}, hint)));
  }

  /**
   * Puts the strip beside the page, or takes it away, with what it lights up and hides.
   * @param {true | null} isOpen
   * @param {string} [light]
   * @param {string} [hide]
   */
  put(isOpen, light = '', hide = '') {
    this.panel.hidden = !isOpen;
    if (!isOpen) {
      delete document.documentElement.dataset.lesson;
      this.name = '';
    } else document.documentElement.dataset.lesson ??= 'open';
    this.light.show(light, hide);
  }

  /** How high the strip is where it is a sheet: what else stands at the foot of the window stands above it. */
  measure() {
    document.documentElement.style.setProperty('--lesson-high', `${this.panel.offsetHeight}px`);
  }

  // ---------------------------------------------------------------------------------------------------- the page

  keptKeys() {
    const now = new URLSearchParams(location.search);
    return Object.fromEntries(KEPT.flatMap((key) => (now.has(key) ? [[key, String(now.get(key))]] : [])));
  }

  /** Shows on the page what the card is about. */
  async setPage() {
    const { card, number } = this;
    await this.restored;
    if (number !== this.number || !this.name) return; // the reader has gone on
    const { view } = card;
    this.visit({ ...this.keptKeys(), ...view, lesson: `${this.name}.${this.number + 1}` });
    if (view.panel) emit('segment', view.panel);
    if (view.bench) emit('bench-set', view.bench);
    this.light.bring();
  }

  /**
   * As a link to that view would, without loading the page anew.
   * @param {Record<string, string>} keys of the address
   */
  visit(keys) {
    const query = `?${new URLSearchParams(keys)}`.replaceAll('%3A', ':').replaceAll('%7E', '~').replaceAll('%2C', ',');
    history.replaceState(null, '', query);
    window.dispatchEvent(new PopStateEvent('popstate'));
  }

  // --------------------------------------------------------------------------------------------------- the answer

  ask() {
    this.tell('…');
    this.checking = this.ticket += 1;
    const { role, code, token } = store.get('classroom') ?? {};
    const inClass = role === 'pupil' ? { class: { code, token } } : {};
    this.trigger('check', { lesson: this.name, card: this.number, ticket: this.checking, ...given(this.find('form')), ...inClass });
  }

  /** @param {{ card: number, right: boolean, refused: boolean, words: string }} verdict */
  judged({ card, right, refused, words }) {
    this.checking = 0;
    if (card !== this.number) return;
    this.answered = !refused;
    if (right) update(this.name, ({ done }) => ({ card, done: [...new Set([...done, card])] }));
    this.tell(words, refused ? '' : right ? 'Right.' : 'Not quite.');
    this.draw();
    if (right) this.find('.next').focus();
  }

  /**
   * @param {string} words
   * @param {string} [verdict]
   */
  tell(words, verdict = '') {
    const told = this.find('.told');
    told.dataset.verdict = verdict === 'Right.' ? 'right' : verdict ? 'wrong' : '';
    told.replaceChildren(...(verdict ? [make('strong', {}, verdict), ' '] : []), words);
    if (words) told.scrollIntoView({ block: 'nearest' });
    this.find('.check', HTMLButtonElement).disabled = words === '…';
  }

  /** What the page shows has changed: what of it counts. */
  tellHere() {
    const here = this.panel.querySelector('.here');
    if (!this.lesson) return;
    if (here) here.textContent = shown(this.card.shows);
    const other = this.find('.other');
    other.textContent = otherNetwork(this.card);
    other.hidden = !other.textContent;
  }
}
