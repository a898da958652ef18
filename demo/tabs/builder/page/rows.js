/** The list of a network's layers: typed, moved, added and removed; what cannot be is said at its layer. */

import { make, tell, term } from '../../../static/lib/dom.js';
import { KIND_WORDS } from './kinds.js';
import { count, encode, formula, KINDS, MOST_LAYERS, parse, shapeInWords } from './layers.js';

/** @typedef {import('./layers.js').Layer} Layer */
/** @typedef {import('./layers.js').Kind} Kind */

const NEEDS_MAPS = 'cmag'; // kinds that stand before the first linear layer

export class Rows {
  /** @type {Layer[]} */
  layers = [];
  about = { channels: 1, side: 8, classes: 10 };
  /** @type {Set<number>} */
  opened = new Set(); // places whose formulas are in sight
  network = count([], 1, 8, 10);

  /**
   * @param {HTMLElement} list
   * @param {HTMLElement} adding
   * @param {(key: string) => void} changed changes with the same key, one soon after the other, are undone together
   */
  constructor(list, adding, changed) {
    this.list = list;
    this.adding = adding;
    this.changed = changed;
    for (const kind of /** @type {Kind[]} */ (Object.keys(KIND_WORDS))) {
      const button = make('button', { type: 'button', class: 'plain' }, KIND_WORDS[kind].title);
      button.addEventListener('click', () => this.add(kind));
      adding.append(button);
    }
  }

  /**
   * @param {string} text of the layers
   * @param {{ channels: number, side: number, classes: number }} about the pictures
   */
  show(text, about) {
    const isSame = text === encode(this.layers);
    const { channels, side, classes } = this.about;
    const isAboutSame = channels === about.channels && side === about.side && classes === about.classes;
    this.about = about;
    if (isSame && isAboutSame && this.list.childElementCount) return this.recount(); // a field in which somebody types stays
    if (!isSame) {
      this.layers = parse(text);
      this.opened.clear();
    }
    this.draw();
  }

  get text() {
    return encode(this.layers);
  }

  /** Whether a number is missing, so that no text says what is there. */
  get isUnfinished() {
    return this.layers.some(({ numbers }) => Object.values(numbers).some((value) => value < 0));
  }

  /** @param {Kind} kind */
  add(kind) {
    const [layer] = parse(KIND_WORDS[kind].fresh);
    const first = this.layers.findIndex((each) => each.kind === 'l');
    const at = first >= 0 && NEEDS_MAPS.includes(kind) ? first : this.layers.length;
    this.layers.splice(at, 0, layer);
    this.opened.clear();
    this.draw();
    this.changed('');
    const row = this.list.querySelectorAll('.layer')[at];
    /** @type {HTMLElement | null} */ (row?.querySelector('input, .up:not(:disabled), .remove'))?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: 'nearest' });
  }

  /**
   * @param {number} at
   * @param {-1 | 1} by
   */
  move(at, by) {
    const to = at + by;
    if (to < 0 || to >= this.layers.length) return;
    const chosen = document.activeElement?.className ?? '';
    [this.layers[at], this.layers[to]] = [this.layers[to], this.layers[at]];
    this.opened.clear();
    this.draw();
    this.changed('');
    const row = this.list.querySelectorAll('.layer')[to];
    const name = ['up', 'down'].find((each) => chosen.split(' ').includes(each));
    const button = row?.querySelector(name ? `.${name}:not(:disabled)` : 'input, .remove') ?? row?.querySelector('.up:not(:disabled), .down:not(:disabled)');
    /** @type {HTMLElement | null} */ (button)?.focus();
  }

  /** @param {number} at */
  remove(at) {
    this.layers.splice(at, 1);
    this.opened.clear();
    this.draw();
    this.changed('');
    const rows = this.list.querySelectorAll('.layer .remove');
    /** @type {HTMLElement | null} */ (rows[Math.min(at, rows.length - 1)] ?? this.adding.querySelector('button'))?.focus();
  }

  /**
   * @param {number} at
   * @param {string} letter
   * @param {HTMLInputElement} input
   */
  type(at, letter, input) {
    const value = /^\d{1,4}$/.test(input.value.trim()) ? Number(input.value) : Number.NaN;
    const layer = this.layers[at];
    const isWindow = (layer.kind === 'm' || layer.kind === 'a') && letter === layer.kind;
    const follows = isWindow && layer.numbers.s === layer.numbers[letter]; // a stride that nobody chose
    layer.numbers[letter] = Number.isNaN(value) ? -1 : value;
    if (follows) layer.numbers.s = layer.numbers[letter];
    this.recount();
    if (follows) this.rowInput(at, 's').value = input.value;
    this.changed(`${at}${letter}`);
  }

  /**
   * @param {number} at
   * @param {string} letter
   */
  rowInput(at, letter) {
    return /** @type {HTMLInputElement} */ (this.list.querySelectorAll('.layer')[at].querySelector(`input[name="${letter}"]`));
  }

  // ------------------------------------------------------------------------------------------------------ drawing

  draw() {
    const { channels, side } = this.about;
    const first = make('li', { class: 'end' }, make('span', { class: 'title' }, 'Picture'), make('span', { class: 'fields note' }, channels === 1 ? 'grey' : 'red, green, blue'), make('span', { class: 'shape' }, shapeInWords([channels, side, side])));
    const last = make('li', { class: 'end answer' }, make('span', { class: 'title' }, term('linear-layer', 'Linear')), make('span', { class: 'fields note' }, `one output for each of ${this.about.classes} classes`), ...this.counts(this.layers.length), make('p', { class: 'formula', hidden: '' }));
    this.list.replaceChildren(first, ...this.layers.map((layer, at) => this.row(layer, at)), last);
    for (const button of this.adding.querySelectorAll('button')) button.disabled = this.layers.length >= MOST_LAYERS;
    this.recount();
  }

  /**
   * @param {Layer} layer
   * @param {number} at
   */
  row(layer, at) {
    const { title, term: word, fields } = KIND_WORDS[layer.kind];
    const name = `${title}, layer ${at + 1}`;
    const inputs = Object.entries(fields).map(([letter, words]) => {
      const [, least, most] = KINDS[layer.kind][letter];
      const value = layer.numbers[letter];
      const input = make('input', { type: 'number', name: letter, min: least, max: most, value: value < 0 ? '' : value, 'aria-label': `${words}, ${name}` });
      input.addEventListener('input', () => this.type(at, letter, input));
      return make('label', {}, words, input);
    });
    const move = (/** @type {-1 | 1} */ by, /** @type {string} */ sign, /** @type {string} */ words) => {
      const button = make('button', { type: 'button', class: `plain ${by < 0 ? 'up' : 'down'}`, 'aria-label': `${words}: ${name}`, title: `${words} (Alt+${by < 0 ? '↑' : '↓'})` }, sign);
      button.disabled = by < 0 ? at === 0 : at === this.layers.length - 1;
      button.addEventListener('click', () => this.move(at, by));
      return button;
    };
    const remove = make('button', { type: 'button', class: 'plain remove', 'aria-label': `Remove: ${name}`, title: 'Remove' }, '×');
    remove.addEventListener('click', () => this.remove(at));
    const row = make(
      'li',
      { class: 'layer' },
      make('span', { class: 'title' }, word ? term(word, title) : title),
      make('span', { class: 'fields' }, ...inputs),
      ...this.counts(at),
      make('span', { class: 'moves' }, move(-1, '↑', 'Move up'), move(1, '↓', 'Move down'), remove),
      make('p', { class: 'formula', hidden: '' }),
      make('p', { class: 'words', role: 'alert' }),
    );
    row.addEventListener('keydown', (event) => {
      if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
      event.preventDefault();
      this.move(at, event.key === 'ArrowUp' ? -1 : 1);
    });
    return row;
  }

  /** @param {number} at */
  counts(at) {
    const button = make('button', { type: 'button', class: 'counted', 'aria-expanded': 'false' }, make('span', { class: 'shape' }), make('span', { class: 'weights' }));
    button.addEventListener('click', () => {
      if (!this.opened.delete(at)) this.opened.add(at);
      this.recount();
    });
    return [button];
  }

  /** Every shape and weight anew, in the rows that are there. */
  recount() {
    const { layers } = this;
    const { channels, side, classes } = this.about;
    this.network = count(layers, channels, side, classes);
    let before = [channels, side, side];
    const rows = [...this.list.querySelectorAll('li')].slice(1);
    for (const [at, row] of rows.entries()) {
      const isLast = at === layers.length;
      const counted = this.network.wrong < 0 || at < this.network.wrong ? this.network.counted[at] : undefined;
      const layer = layers[at] ?? { kind: /** @type {Kind} */ ('l'), numbers: { l: classes } };
      const lines = counted ? formula(layer, before, counted) : '';
      const place = (/** @type {string} */ part) => /** @type {HTMLElement} */ (row.querySelector(part));
      place('.shape').textContent = counted ? shapeInWords(counted.shape) : '–';
      place('.weights').textContent = counted?.weights ? `${counted.weights.toLocaleString('en')} weights` : '';
      const button = /** @type {HTMLButtonElement} */ (place('.counted'));
      button.title = lines ? `${lines}\nClick: keep this in sight` : '';
      button.disabled = !counted;
      button.setAttribute('aria-label', counted ? `Gives ${shapeInWords(counted.shape)}, ${counted.weights.toLocaleString('en')} weights: how that is worked out` : 'Not counted');
      button.setAttribute('aria-expanded', String(Boolean(counted) && this.opened.has(at)));
      place('.formula').hidden = !counted || !this.opened.has(at);
      place('.formula').textContent = lines;
      const isWrong = at === this.network.wrong;
      row.classList.toggle('wrong', isWrong);
      if (!isLast) {
        tell(place('.words'), isWrong ? this.network.words : '');
        for (const input of row.querySelectorAll('input')) {
          const [, least, most] = KINDS[layer.kind][input.name];
          input.setAttribute('aria-invalid', String(isWrong && !(least <= layer.numbers[input.name] && layer.numbers[input.name] <= most)));
        }
      }
      if (counted) before = counted.shape;
    }
  }
}
