/**
 * The line of PyTorch that makes the step that Explore shows. Each argument is a button: it says in words what the
 * argument does, marks what comes from it in the sums, and lights its part of the drawing; the event `argument` lets
 * other widgets light theirs. What the server says of a step is the same for all pictures, and asked for once.
 */

import { around, finder, make } from '../../../static/lib/dom.js';
import { emit } from '../../../static/lib/events.js';
import { sent } from '../../../static/lib/mount.js';
import { send } from '../../../static/lib/requests.js';
import { store } from '../../../static/lib/store.js';
import { watchVisibility } from '../../../static/lib/visibility.js';
import { caption, drawing } from './drawing.js';
import { litBy } from './lit.js';
import { litInWords } from './lit_words.js';

/**
 * @typedef {{ text: string, argument: string }} Piece
 * @typedef {{ name: string, value: string, means: string, part: import('../../../static/lib/events.js').Part, is_default: boolean }} Argument
 * @typedef {{ of: string, pieces: Piece[], result: number | null }} Formula
 *
 * @typedef {object} Line what `demo.tabs.explore.code.section.line` returns
 * @property {string} model
 * @property {string} step
 * @property {string} [message] why there is no line
 * @property {Piece[]} line
 * @property {string} text
 * @property {string} call
 * @property {Argument[]} arguments
 * @property {Formula[]} weights
 * @property {Formula[]} shape
 * @property {import('./drawing.js').Figure} figure
 */

const CHOOSE = 'Choose an argument: its meaning stands here, and its part of the drawing lights up.';
const NONE = 'It takes no arguments.';
const MOST = 500; // lines that are kept

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new Code(context);
}

class Code {
  /** @type {Map<string, Line>} */
  known = new Map();
  /** @type {Line | null} */
  line = null;
  chosen = ''; // name of an argument
  pointed = '';
  isShown = false;

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.root = this.find('.code');
    this.listen();
    watch('value', () => this.take());
    store.watch('channel', () => this.follow(), signal);
    watchVisibility(() => this.root, (isShown) => {
      this.isShown = isShown;
      this.follow();
      if (!isShown) emit('argument', null);
    }, signal);
  }

  listen() {
    const { root } = this;
    const named = (/** @type {Event} */ event) => around(event, 'button')?.dataset.argument ?? '';
    root.addEventListener('click', (event) => {
      const name = named(event);
      if (name) this.choose(name === this.chosen ? '' : name);
    });
    root.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !this.chosen) return;
      event.stopPropagation();
      this.choose('');
    });
    for (const type of ['pointerover', 'pointerout'])
      root.addEventListener(type, (event) => {
        if (/** @type {PointerEvent} */ (event).pointerType !== 'mouse') return;
        const name = type === 'pointerover' ? named(event) : '';
        if (name === this.pointed) return;
        this.pointed = name;
        this.light();
      });
  }

  // ------------------------------------------------------------------------------------------------ to the server

  /** Another step is shown, or the widget comes to be seen. */
  follow() {
    const now = store.get('channel');
    if (!now || !this.isShown) return;
    const { model, step } = now;
    const key = `${model} ${step}`;
    const known = this.known.get(key);
    if (known) {
      if (known !== this.line) this.draw(known);
      return;
    }
    send(this.trigger, { step }, 'line', () => {
      const then = store.get('channel');
      return then?.model === model && then.step === step && !this.known.has(key);
    });
  }

  take() {
    /** @type {Line} */
    const line = sent(this.props);
    if (!line.step) return;
    if (this.known.size >= MOST) this.known.clear();
    this.known.set(`${line.model} ${line.step}`, line);
    this.follow();
  }

  // ------------------------------------------------------------------------------------------------ what is shown

  /** @param {Line} line */
  draw(line) {
    const { find } = this;
    this.line = line;
    this.pointed = '';
    find('.which').textContent = `that makes ${line.step}`;
    find('.message').textContent = line.message ?? '';
    find('.body').hidden = Boolean(line.message);
    this.root.dataset.step = line.step;
    if (line.message) return;
    const values = new Map(line.arguments.map((each) => [each.name, each]));
    find('.line').replaceChildren(...line.line.map(({ text, argument }) => {
      const found = values.get(argument);
      return found ? button(found, text) : document.createTextNode(text);
    }));
    const defaults = line.arguments.filter((each) => each.is_default);
    find('.defaults').replaceChildren(
      make('span', { class: 'label' }, 'Left at PyTorch’s default:'), ...defaults.map((each) => button(each, `${each.name}=${each.value}`)));
    find('.drawing').replaceChildren(drawing(line.figure), make('figcaption', {}, caption(line.figure)));
    find('.sums').replaceChildren(...[...line.weights, ...line.shape].flatMap(formula));
    find('.call').textContent = line.call;
    find('.forward').hidden = line.call === line.text;
    // Who looks at the padding of one convolution may want to see that of the next.
    this.choose(values.has(this.chosen) ? this.chosen : '');
  }

  /** @param {string} name */
  choose(name) {
    this.chosen = name;
    this.light();
  }

  light() {
    const { find, line, root } = this;
    const name = this.pointed || this.chosen;
    const found = line?.arguments?.find((each) => each.name === name);
    for (const each of root.querySelectorAll('[data-argument]')) {
      const { argument } = /** @type {HTMLElement} */ (each).dataset;
      each.classList.toggle('lit', argument === name);
      if (each.matches('button')) each.setAttribute('aria-pressed', String(argument === this.chosen));
    }
    root.dataset.part = found?.part ?? '';
    find('.means').replaceChildren(...(found
      ? [make('code', {}, `${found.name}=${found.value}`), `: ${found.means}`]
      : [line?.arguments?.length ? CHOOSE : NONE]));
    const chosen = found && line && { step: line.step, name, part: found.part, figure: line.figure };
    const lit = chosen ? litBy(chosen, store.get('network')) : null;
    find('.lit-now').textContent = lit && line ? litInWords(lit, line.figure, store.get('channel')) : '';
    emit('argument', lit);
  }
}

/**
 * @param {Argument} argument
 * @param {string} text as it stands in the line
 */
function button({ name, value }, text) {
  const label = `${name}=${value}`;
  return make('button', { type: 'button', 'data-argument': name, 'aria-label': label, 'aria-pressed': false, title: label }, text);
}

/** @param {Formula} formula */
function formula({ of, pieces }) {
  const words = of === 'weights' || of === 'measured' ? of : `output, ${of}`;
  const said = pieces.map(({ text, argument }) => (argument ? make('mark', { 'data-argument': argument }, text) : text));
  const isSum = pieces.some(({ text }) => / = [\d,]+$/.test(text));
  return [make('dt', {}, words[0].toUpperCase() + words.slice(1)), make('dd', { class: isSum ? 'sum' : 'words' }, ...said)];
}
