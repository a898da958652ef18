/**
 * The start: guess a ship, see what a network gets of it and says, see one filter at work, then guess a lion.
 *
 * @typedef {{ title: string, picture: string, pixels: string, answer: Record<string, number> }} Shown
 * @typedef {object} Contents what `demo.tabs.start.start.contents` gives
 * @property {string} title of the network
 * @property {string[]} classes
 * @property {Shown} known
 * @property {Shown | null} unknown
 * @property {{ step: string, channel: number, kernel: number[][][], maps: import('../../static/lib/codec.js').Packed, limit: number }} filter
 */

import { setAddress } from '../../static/lib/address.js';
import { littleMap, pen } from '../../static/lib/canvas.js';
import { finder, make } from '../../static/lib/dom.js';
import { on } from '../../static/lib/events.js';
import { CHOICES } from '../../static/lib/generated.js';
import { sent } from '../../static/lib/mount.js';
import { Sliding, squareAt } from './sliding.js';
import { isWanted, noteSeen, openedWith, wasSeen } from './when.js';

const LEARN = 'lessons'; // the first tab of the area Learn
const TEACH = 'teach';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new Start(context);
}

class Start {
  /** @type {Contents | null} */
  contents = null;
  /** @type {Sliding | null} */
  sliding = null;
  stage = 0;
  guess = '';

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.trigger = trigger;
    this.find = finder(element);
    this.dialog = this.find('dialog', HTMLDialogElement);
    this.seen = this.find('.seen', HTMLCanvasElement);
    this.map = this.find('.map', HTMLCanvasElement);
    this.find('.again button').addEventListener('click', () => this.open());
    this.find('.skip').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('close', () => this.left());
    on('unanswered', (name) => name === 'start' && this.dialog.close(), signal);
    watch('value', () => this.take(sent(props)));
    if (isWanted(openedWith(), wasSeen() || Boolean(sent(props).is_quiet))) this.open();
  }

  open() {
    this.stage = 0;
    this.dialog.showModal();
    if (this.contents) this.show();
    else this.trigger('begin', {});
  }

  /** @param {Contents} contents */
  take(contents) {
    this.contents = contents;
    if (this.dialog.open) this.show();
  }

  left() {
    this.sliding?.end();
    noteSeen();
    setAddress({ start: null });
  }

  get stages() {
    const of = /** @type {Contents} */ (this.contents);
    const first = [() => this.ask(of.known, 'What is this?'), () => this.squares(), () => this.answer(), () => this.slide()];
    const { unknown } = of;
    return unknown ? [...first, () => this.ask(unknown, 'And what is this?'), () => this.noWord(unknown)] : first;
  }

  next() {
    this.stage += 1;
    this.show();
  }

  show() {
    this.sliding?.end();
    this.sliding = null;
    this.find('.stage').className = 'stage';
    this.map.hidden = this.find('.kernel').hidden = true;
    this.find('.choices').className = 'choices';
    this.seen.onpointermove = null;
    this.find('.count').textContent = `Step ${this.stage + 1} of ${this.stages.length}`;
    this.stages[this.stage]();
    this.find('h2').focus();
  }

  /**
   * @param {string} heading
   * @param {(Node | string)[]} text paragraphs
   * @param {Node[]} choices
   */
  say(heading, text, choices) {
    this.find('h2').textContent = heading;
    this.find('.text').replaceChildren(...text.map((part) => (typeof part === 'string' ? make('p', {}, part) : part)));
    this.find('.choices').replaceChildren(...choices);
  }

  /**
   * @param {string} words
   * @param {() => void} then
   * @param {string} [kind]
   */
  button(words, then, kind = 'next') {
    const made = make('button', { type: 'button', class: kind }, words);
    made.addEventListener('click', then);
    return made;
  }

  /**
   * @param {Shown} shown
   * @param {string} heading
   */
  ask(shown, heading) {
    const { classes } = /** @type {Contents} */ (this.contents);
    this.draw(shown.picture, this.stage ? 'A photograph to guess' : 'A drawing to guess');
    const kind = this.stage ? 'A photograph.' : 'A drawing.';
    const choose = (/** @type {string} */ label) => () => {
      this.guess = label;
      this.next();
    };
    this.find('.choices').className = 'choices ten';
    this.say(heading, [`${kind} Choose one of these ${classes.length} words: a network will answer after you.`],
      classes.map((label) => this.button(label, choose(label), 'guess')));
  }

  squares() {
    const { known, title } = /** @type {Contents} */ (this.contents);
    const numbers = make('p', { class: 'number' });
    const swatch = make('span', { class: 'swatch' });
    this.find('.stage').classList.add('squares');
    this.draw(known.pixels, 'The same picture in 32 by 32 squares', (size) => {
      const tell = (/** @type {number} */ row, /** @type {number} */ column) => {
        const [red, green, blue] = pen(this.seen).getImageData(column, row, 1, 1).data;
        swatch.style.background = `rgb(${red} ${green} ${blue})`;
        numbers.replaceChildren(swatch, `Row ${row}, column ${column}: red ${red}, green ${green}, blue ${blue}`);
      };
      tell(7, 8);
      this.seen.onpointermove = (event) => {
        const [row, column] = squareAt(event, this.seen, size);
        tell(row, column);
      };
    });
    this.say('This is all that a network gets',
      [`${title} looks at 32 × 32 squares. Each is three numbers from 0 to 255: how red, how green, how blue it is.`, numbers,
        'It gets nothing but these 3,072 numbers, scaled. Rows and columns are counted from 0.'],
      [this.button('What does it answer?', () => this.next())]);
  }

  answer() {
    const { known, title } = /** @type {Contents} */ (this.contents);
    this.draw(known.picture, 'The drawing');
    this.say('Your word and the network’s', this.compared(known, title), [this.button('How can numbers know that?', () => this.next())]);
  }

  /**
   * The two guesses and the network's probabilities.
   * @param {Shown} shown
   * @param {string} title
   */
  compared(shown, title) {
    const ranking = Object.entries(shown.answer).sort((a, b) => b[1] - a[1]);
    const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
    const [label, share] = ranking[0];
    const both = [['You', this.guess], [title, `${label} ${percent(share)}`]];
    const rows = ranking.slice(0, 5).map(([name, part]) => make('tr', {}, make('th', { scope: 'row' }, name),
      make('td', { class: 'bar' }, make('span', { style: `width:${100 * part}%` })), make('td', { class: 'number' }, percent(part))));
    return [
      make('dl', { class: 'guesses' }, ...both.map(([who, what]) => make('div', {}, make('dt', {}, who), make('dd', {}, what)))),
      make('table', { class: 'bars' }, make('caption', {}, 'Its five most probable words'), ...rows),
    ];
  }

  slide() {
    const { known, unknown, filter, classes } = /** @type {Contents} */ (this.contents);
    const kernel = this.find('.kernel');
    const largest = Math.max(...filter.kernel.flat(2).map(Math.abs));
    const sum = make('p', { class: 'sum' });
    kernel.replaceChildren(make('p', {}, '27 weights'), ...filter.kernel.map((weights) => littleMap(weights.flat(), 3, 3, largest)), sum);
    this.find('.stage').classList.add('squares', 'sliding');
    kernel.hidden = this.map.hidden = false;
    const more = unknown ? [this.button('Now the lion', () => this.next())] : this.doors();
    this.say('How can numbers know that?',
      ['A window of 3 × 3 squares slides over the picture. Its 27 numbers (red, green, blue) are multiplied by 27 weights and '
        + 'added up, with one fixed number: one sum for each place, red above 0, blue below. This filter finds edges. It is one of many, and layer upon '
        + `layer of them leads to ${classes.length} words.`], more);
    this.load(known.pixels, (image) => {
      this.seen.setAttribute('aria-label', 'The squares, with the window');
      this.sliding = new Sliding({ seen: this.seen, map: this.map }, image, filter, (value, row, column) => {
        sum.textContent = `= ${value.toFixed(2).replace('-', '−')}`;
        sum.title = `row ${row}, column ${column}`;
      });
      this.sliding.begin(matchMedia('(prefers-reduced-motion: reduce)').matches);
    });
  }

  /** @param {Shown} unknown */
  noWord(unknown) {
    const { classes, title } = /** @type {Contents} */ (this.contents);
    const name = unknown.title.toLowerCase();
    this.draw(unknown.picture, 'The photograph');
    this.say(`It is a ${name}`,
      [...this.compared(unknown, title), `It knows ${classes.length} words, and none is ${name}. It must answer with one of them, `
        + 'and can be sure and wrong.'], this.doors());
  }

  /** Where the reader goes on. */
  doors() {
    const to = (/** @type {string} */ tab) => () => {
      this.dialog.close();
      this.trigger('open', { tab });
    };
    const learn = CHOICES.tab.includes(LEARN);
    const share = document.querySelector('#share .open');
    const doors = [
      learn ? this.button('Learn: eight short lessons', to(LEARN)) : this.button('See the answer', to('predict')),
      this.button('Explore: look inside', to('explore'), 'door'),
    ];
    if (share instanceof HTMLButtonElement) {
      doors.push(this.button('Share a view, hide parts', () => {
        this.dialog.close();
        if (share.getAttribute('aria-expanded') !== 'true') share.click();
        share.focus();
      }, 'door'));
    }
    if (CHOICES.tab.includes(TEACH)) doors.push(this.button('Teach a class', to(TEACH), 'aside'));
    return doors;
  }

  /**
   * @param {string} url
   * @param {(image: HTMLImageElement) => void} then unless the reader has gone on
   */
  load(url, then) {
    const image = new Image();
    const { stage } = this;
    image.onload = () => this.stage === stage && this.dialog.open && then(image);
    image.src = url;
  }

  /**
   * @param {string} url
   * @param {string} words what it is
   * @param {(size: number) => void} [then]
   */
  draw(url, words, then) {
    this.load(url, (image) => {
      this.seen.width = image.width;
      this.seen.height = image.height;
      this.seen.setAttribute('aria-label', words);
      pen(this.seen, { willReadFrequently: true }).drawImage(image, 0, 0);
      then?.(image.width);
    });
  }
}
