/** The list of lessons: what each is about, how far its reader is, and the code that takes this along. */

import { finder, make } from '../../static/lib/dom.js';
import { emit, on } from '../../static/lib/events.js';
import { language } from '../../static/lib/languages/language.js';
import { sent } from '../../static/lib/mount.js';
import { all, decode, encode, keep } from './progress.js';

const STYLE = await (await fetch(new URL('style/list.css', import.meta.url))).text();
const FAILED = 'The list of lessons did not come. Please open this tab again, or reload the page.';
const HTML = `
<h2>Lessons</h2>
<p class="lead">Each takes some minutes and stays beside the page while you work on your own picture. What you do is checked with the network's real numbers. Words with dots under them are explained where you point at them, tap them or reach them by keyboard. <button type="button" class="plain" data-glossary>All words, the glossary</button></p>
<ol></ol>
<p class="told" role="status"></p>
<details class="along">
  <summary>Take your progress along</summary>
  <p>This browser remembers what you have done; nobody else is told. On another computer, paste this code.</p>
  <p class="mine"><code></code> <button type="button" class="plain copy">Copy</button></p>
  <form><label>A code from elsewhere <input type="text" autocomplete="off" spellcheck="false"></label> <button class="plain">Use it</button></form>
</details>`;

/** @typedef {{ name: string, title: string, minutes: number, idea: string, cards: number, titles: string[] }} Listed */

export class ListView {
  /** @type {Listed[]} */
  lessons = [];
  /** @type {Set<string>} names of those whose cards are in sight */
  unfolded = new Set();

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    const list = finder(element)('.lesson-list');
    list.innerHTML = HTML;
    list.before(make('style', {}, STYLE));
    this.find = finder(list);
    this.find('.copy').addEventListener('click', () => this.copy());
    this.find('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.paste();
    });
    watch('value', () => this.take(sent(props)));
    on('unanswered', (name) => name === 'lessons' && this.tell(FAILED), signal);
    on('lesson-progress', () => this.draw(), signal);
    on('language', () => trigger('list', { language: language() }), signal);
    trigger('list', { language: language() });
  }

  /** @param {{ lessons?: Listed[] }} answer */
  take({ lessons }) {
    this.lessons = lessons ?? [];
    this.draw();
  }

  draw() {
    const progress = all();
    this.find('ol').replaceChildren(...this.lessons.map((lesson) => this.item(lesson, progress[lesson.name])));
    this.find('.mine code').textContent = encode(progress, this.lessons);
  }

  /**
   * @param {Listed} lesson
   * @param {import('./progress.js').Progress | undefined} progress
   */
  item({ name, title, minutes, idea, cards, titles }, progress) {
    const marked = new Set(progress?.done.filter((card) => card < cards));
    const done = marked.size;
    const [word, state] = done === cards ? ['Again', 'done'] : progress ? ['Go on', 'begun'] : ['Begin', 'new'];
    const button = make('button', { type: 'button', class: 'plain primary', 'aria-label': `${word}: ${title}` }, word);
    button.addEventListener('click', () => emit('lesson-open', name));
    return make('li', { 'data-lesson': name, 'data-state': state },
      make('div', {}, make('h3', {}, title), make('p', {}, idea), this.cards(name, titles, marked)),
      make('div', { class: 'how' },
        make('p', { class: 'quiet' }, `${minutes} minutes, ${done} of ${cards} cards done`),
        make('progress', { max: cards, value: done, 'aria-label': `${title}: cards done` })),
      button);
  }

  /**
   * Links to the cards, which may be handed on.
   * @param {string} name of the lesson
   * @param {string[]} titles
   * @param {Set<number>} done
   */
  cards(name, titles, done) {
    const items = titles.map((title, i) => {
      const link = make('a', { href: `?lesson=${name}.${i + 1}` }, title);
      link.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // in a window of its own
        event.preventDefault();
        emit('lesson-open', `${name}.${i + 1}`);
      });
      return make('li', {}, link, done.has(i) ? ' (done)' : '');
    });
    const list = make('details', { class: 'of-lesson' }, make('summary', {}, 'Its cards'), make('ol', {}, ...items));
    list.open = this.unfolded.has(name);
    list.addEventListener('toggle', () => this.unfolded[list.open ? 'add' : 'delete'](name));
    return list;
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.find('.mine code').textContent);
      this.tell('Copied.');
    } catch {
      getSelection()?.selectAllChildren(this.find('.mine code'));
      this.tell('This browser does not let the page copy. The code is marked: copy it with the keyboard.');
    }
  }

  paste() {
    const found = decode(this.find('input', HTMLInputElement).value, this.lessons);
    if (found === null) return this.tell('This is no code of these lessons. Please compare it letter by letter.');
    const before = all();
    for (const [name, { card, done }] of Object.entries(found)) {
      if (done.length) before[name] = { card, done: [...new Set([...(before[name]?.done ?? []), ...done])] };
    }
    keep(before);
    this.tell('What the code says is done is marked here, too.');
  }

  /** @param {string} words */
  tell(words) {
    this.find('.told').textContent = words;
  }
}
