/**
 * The Teach tab: a class is opened or joined; then its board.
 *
 * @typedef {import('../../../../static/lib/on_demand/classroom.js').Board} ClassBoard
 * @typedef {{ title: string, view: Record<string, string>, options: string[], mark: string }} Card
 * @typedef {{ name: string, title: string, cards: Card[] }} Lesson
 *
 * @typedef {object} Contents as `demo.tabs.learn.teach.contents` tells it
 * @property {Lesson[]} lessons
 * @property {[string, string][]} networks title and name
 * @property {[string, string][]} pictures likewise
 * @property {[string, string][]} parts words and name
 * @property {number} hours
 */

import { finder, make } from '../../../../static/lib/dom.js';
import { emit, on } from '../../../../static/lib/events.js';
import { language } from '../../../../static/lib/languages/language.js';
import { sent } from '../../../../static/lib/mount.js';
import { ask, classroom, Told } from '../../../../static/lib/on_demand/classroom.js';
import { TALLY_STYLE } from '../../../../static/lib/on_demand/tally.js';
import { copyText, fileName, saveText } from '../../../../static/lib/save.js';
import { store } from '../../../../static/lib/store.js';
import { BoardView } from './board_view.js';
import { Sending } from './sending.js';
import { HTML } from './teach_html.js';

const STYLE = await (await fetch(new URL('teach_view.css', import.meta.url))).text();
const FAILED = 'The server did not answer. Please open this tab again, or reload the page.';
const NO_SHEET = 'The sheet could not be made: give the page a picture first, then try again.';
const ENDING = 'End it and delete all?';
const END = 'End the class';
const BY_HAND = 'This browser does not let the page copy. Here it is: ';

export class TeachView {
  /** @type {Contents | null} */
  contents = null;
  codeFor = ''; // the link whose QR code is asked for or shown

  /**
   * @param {HTMLElement} place
   * @param {import('../../../../static/lib/mount.js').Context} context
   */
  constructor(place, { props, trigger, watch, signal }) {
    place.innerHTML = HTML;
    place.before(make('style', {}, STYLE + TALLY_STYLE));
    this.find = finder(place);
    const { find } = this;
    const doing = (/** @type {() => unknown} */ then) => void this.trying(then);
    this.board = new BoardView(find, doing);
    this.sending = new Sending(find('.send'), doing);
    const click = (/** @type {string} */ part, /** @type {() => unknown} */ then) => find(part).addEventListener('click', () => doing(then));
    click('.open', () => this.open());
    click('.qr', () => this.enlarge());
    click('.large', () => this.enlarge());
    click('.close', () => find('dialog', HTMLDialogElement).close());
    click('.copy-pupils', () => this.copy(this.pupilsLink(), 'The pupils’ link is copied.'));
    click('.copy-teacher', () => this.copy(this.teachersLink(), 'Your own address is copied. Keep it to yourself.'));
    click('.csv', () => this.csv());
    click('.end', () => this.end());
    find('.end').addEventListener('blur', () => (find('.end').textContent = END));
    find('.locked input').addEventListener('change', () => doing(() => classroom.act('lock', { locked: find('.locked input', HTMLInputElement).checked })));
    find('.by-code', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      emit('class-join', find('.by-code input', HTMLInputElement).value);
    });
    find('.paper form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.tell('The sheet is being made …');
      trigger('sheet', { lesson: find('[name=sheet]', HTMLSelectElement).value, picture: store.get('picture') });
    });
    watch('value', () => this.take(sent(props)));
    on('unanswered', (name) => (name === 'teach' || name === 'sheet') && this.tell(name === 'sheet' ? NO_SHEET : FAILED, true), signal);
    store.watch('classroom', () => this.draw(), signal);
    const list = () => trigger('list', { language: language() });
    on('language', list, signal);
    list();
    this.draw();
  }

  /** @param {any} answer */
  take(answer) {
    if (answer.kind === 'sheet') {
      saveText({ name: answer.name, text: answer.html, type: 'text/html' });
      return this.tell(`${answer.name} is saved. Open it and print it; the last pages are the key.`);
    }
    if (answer.kind !== 'contents') return;
    /** @type {Contents} */
    const contents = (this.contents = answer);
    this.sending.fill(contents);
    this.find('[name=sheet]').replaceChildren(...contents.lessons.map(({ name, title }) => make('option', { value: name }, title)));
    this.find('.keeps').textContent = contents.hours
      ? `The server keeps a class in its memory for ${contents.hours} hours, or until you end it, and then nothing of it.`
      : 'Classes are switched off on this server.';
    this.find('.open', HTMLButtonElement).disabled = !contents.hours;
    this.draw();
  }

  // ------------------------------------------------------------------------------------------------------ the class

  draw() {
    const now = store.get('classroom');
    const { find } = this;
    const isTeacher = now?.role === 'teacher';
    find('.class').hidden = !isTeacher;
    find('.before').hidden = isTeacher;
    if (!isTeacher) return;
    for (const part of ['.door .code', 'dialog .code']) find(part).textContent = now.shown;
    const { host, pathname } = location;
    for (const part of ['.door .where', 'dialog .where']) find(part).textContent = `${host}${pathname}?join=${now.code}`;
    this.drawCode();
    if (!now.board || !this.contents) return;
    find('.locked input', HTMLInputElement).checked = now.board.locked;
    const minutes = Math.max(0, Math.round(now.board.ends_s / 60));
    find('.until').textContent = `It ends by itself in ${Math.floor(minutes / 60)} h ${minutes % 60} min.`;
    this.sending.draw(now.board);
    this.board.draw(now.board, this.contents.lessons, this.sending.lesson());
  }

  async drawCode() {
    const link = this.pupilsLink();
    if (this.codeFor === link) return;
    this.codeFor = link;
    await this.trying(async () => {
      const { src, warning } = await classroom.act('qr', { link });
      for (const part of ['.qr img', 'dialog img']) this.find(part, HTMLImageElement).src = src;
      this.find('.warning').textContent = warning;
      this.find('.warning').hidden = !warning;
    });
  }

  pupilsLink() {
    return `${location.origin}${location.pathname}?join=${store.get('classroom')?.code}`;
  }

  /** The secret stands behind the #, which browsers send to nobody. */
  teachersLink() {
    const { code, token } = store.get('classroom') ?? {};
    return `${location.origin}${location.pathname}?teach=${code}#${token}`;
  }

  enlarge() {
    this.find('dialog', HTMLDialogElement).showModal();
  }

  // ----------------------------------------------------------------------------------------------------- what is done

  async open() {
    this.tell('');
    emit('class-opened', await ask('open'));
  }

  async csv() {
    const text = await classroom.csv();
    saveText({ name: fileName(`class-${store.get('classroom')?.shown}`, 'csv'), text, type: 'text/csv' });
  }

  /** Asked for once more: nothing of it comes back. */
  async end() {
    const button = this.find('.end');
    if (!('asked' in button.dataset)) { // its words may stand there in another language
      button.dataset.asked = '';
      button.textContent = ENDING;
      return;
    }
    delete button.dataset.asked;
    button.textContent = END;
    await classroom.leave();
    this.tell('The class has ended; all of it is deleted.');
  }

  /**
   * @param {string} text
   * @param {string} done
   */
  async copy(text, done) {
    this.tell((await copyText(text)) ? done : BY_HAND + text);
  }

  /** @param {() => unknown} then */
  async trying(then) {
    try {
      await then();
    } catch (error) {
      if (!(error instanceof Told)) throw error;
      if (error.isGone) classroom.forget(error.message);
      this.tell(error.message, true);
    }
  }

  /**
   * @param {string} words
   * @param {boolean} [isBad] whether they say that something was not done
   */
  tell(words, isBad = false) {
    this.find('.told').textContent = words;
    this.find('.told').toggleAttribute('data-bad', isBad);
  }
}
