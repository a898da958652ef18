/** The card from logits to probabilities, with its temperature: worked out from the logits as the network holds them. */

import { make, term } from '../../../static/lib/dom.js';
import { finePercent, fixed, readable, significant } from '../../../static/lib/format.js';
import { checkLine } from './check.js';
import { byLogit, figuresFor, softmax, temperatureAt } from '../../../static/lib/softmax.js';

/**
 * What the server sends, as `_softmax` in demo/tabs/explore/inspector/inspector.py says.
 * @typedef {object} Logits
 * @property {string[]} labels
 * @property {number[]} logits
 * @property {number} entry the class whose logit is explained
 * @property {number} value
 * @property {boolean} adds
 * @property {string} words
 *
 * @typedef {ReturnType<typeof softmax> & { figures: number }} Found
 */

const MOST_ROWS = 40; // classes that all have a row; of more the likeliest do, and the one that is explained
const BEST_ROWS = 15;
const MOST_TERMS = 12; // of the sum below the line; of more classes, the smallest powers are drawn together
/** @type {Record<string, number>} */
const MOVES = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * @param {Logits} value
 * @param {{ temperature: number }} state kept from one panel to the next
 */
export function softmaxPanel(value, state) {
  return new SoftmaxPanel(value, state).section;
}

class SoftmaxPanel {
  section = make('section', { class: 'card softmax' });
  slider = make('input', { type: 'range', min: -1, max: 1, step: 0.05, 'aria-label': 'Temperature' });
  table = make('table', { class: 'sum' });
  formula = make('p', { class: 'formula number' });
  said = make('p', { class: 'words', 'aria-live': 'polite' });
  knob = make('output', { class: 'number' });
  reset = make('button', { type: 'button', class: 'plain' }, 'Back to 1');

  /**
   * @param {Logits} value
   * @param {{ temperature: number }} state
   */
  constructor(value, state) {
    this.value = value;
    this.state = state;
    this.order = byLogit(value.logits);
    this.check = checkLine(value.adds, `${value.adds ? 'equal to' : 'not'} the probability that the network’s own softmax gives${value.adds ? ' at temperature 1' : ''}`);
    this.slider.value = String(Math.log10(state.temperature));
    this.section.append(
      make('h4', {}, make('b', {}, term('softmax')), ' from all ', term('logit', 'logits'), ' to probabilities'),
      this.said,
      this.formula,
      make('p', { class: 'temperature' }, make('label', {}, term('temperature', 'Temperature'), ' ', this.slider), this.knob, this.reset),
      make('div', { class: 'scroll' }, this.table),
      this.check,
    );
    this.listen();
    this.draw();
  }

  listen() {
    this.slider.addEventListener('input', () => {
      this.state.temperature = temperatureAt(Number(this.slider.value));
      this.draw();
    });
    this.reset.addEventListener('click', () => {
      this.state.temperature = 1;
      this.slider.value = '0';
      this.draw();
    });
    markTogether(this.section, [this.formula, this.table]);
  }

  draw() {
    const { table, formula, value } = this;
    const { temperature } = this.state;
    const made = softmax(value.logits, temperature);
    const found = { ...made, figures: figuresFor(made) };
    this.knob.textContent = `T = ${readable(temperature)}`;
    this.slider.setAttribute('aria-valuetext', `temperature ${readable(temperature)}`);
    const { order, value: { entry } } = this;
    const shown = order.length <= MOST_ROWS ? order : [...new Set([...order.slice(0, BEST_ROWS), entry])];
    const rows = shown.map((i) => this.row(i, found));
    if (shown.length < order.length) rows.push(this.others(order.filter((i) => !shown.includes(i)), found));
    table.replaceChildren(this.head(found), make('tbody', {}, ...rows, this.total(found)));
    formula.replaceChildren(...this.parts(found));
    const first = /** @type {HTMLElement | null} */ (formula.querySelector('.term'));
    if (first) first.tabIndex = 0;
    this.check.hidden = temperature !== 1; // the network itself knows no other
    this.said.textContent = this.words(found);
  }

  /** @param {Found} found */
  words({ subtracted, shares }) {
    const { temperature } = this.state;
    const why = subtracted ? 'Subtracting the largest logit from all changes no probability; it keeps the powers readable.' : '';
    if (temperature === 1) return `${this.value.words} ${why}`;
    const effect = temperature > 1 ? 'A temperature above 1 makes the probabilities more alike' : 'A temperature below 1 makes the largest stand out more';
    const best = this.order[0];
    return `${effect}; the order stays, and so does the answer: ${this.value.labels[best]}, here with ${finePercent(shares[best])}.`;
  }

  /** @param {Found} found */
  head({ subtracted }) {
    const power = `${subtracted ? '(logit − largest)' : 'logit'}${this.state.temperature === 1 ? '' : ' ÷ T'}`;
    const head = ['class', 'logit', `e to the power of ${power}`, 'probability'];
    const cells = head.map((text) => make('th', { scope: 'col' }, text));
    return make('thead', {}, make('tr', {}, ...cells, make('td', {}, '')));
  }

  /**
   * @param {number} i the class
   * @param {Found} found
   */
  row(i, { powers, shares, figures }) {
    const { labels, logits, entry } = this.value;
    const style = `left:0;width:${100 * shares[i]}%;background:var(--color-accent)`;
    return make(
      'tr',
      { 'aria-current': i === entry, 'data-class': i, tabindex: i === this.order[0] ? 0 : -1 },
      make('th', { scope: 'row' }, labels[i]),
      make('td', {}, fixed(logits[i], 4)),
      make('td', {}, significant(powers[i], figures)),
      make('td', {}, finePercent(shares[i])),
      make('td', { class: 'bar share', 'aria-hidden': 'true' }, make('span', { style })),
    );
  }

  /**
   * The classes without a row of their own, together.
   * @param {number[]} classes
   * @param {Found} found
   */
  others(classes, { powers, shares, figures }) {
    const sum = (/** @type {number[]} */ of) => classes.reduce((total, i) => total + of[i], 0);
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, `${classes.length.toLocaleString('en')} others together`),
      make('td', {}),
      make('td', {}, significant(sum(powers), figures)),
      make('td', {}, finePercent(sum(shares))),
      make('td', {}),
    );
  }

  /** @param {Found} found */
  total({ sum, shares, figures }) {
    const whole = shares.reduce((a, b) => a + b, 0);
    return make(
      'tr',
      { class: 'total' },
      make('th', { scope: 'row' }, 'sum'),
      make('td', {}),
      make('td', {}, significant(sum, figures)),
      make('td', {}, finePercent(whole)),
      make('td', {}),
    );
  }

  /**
   * The formula of the class that is explained.
   * @param {Found} found
   */
  parts({ powers, sum, shares, figures }) {
    const { order } = this;
    const { labels, entry } = this.value;
    const text = (/** @type {number} */ power) => significant(power, figures);
    const term = (/** @type {number} */ i) => {
      const label = `e to the power of the logit of ${labels[i]}: ${text(powers[i])}`;
      const attributes = { 'data-class': i, tabindex: -1, title: labels[i], 'aria-label': label };
      return make('button', { type: 'button', class: 'term', ...attributes }, text(powers[i]));
    };
    const shown = order.slice(0, order.length > MOST_TERMS ? MOST_TERMS - 1 : order.length);
    const rest = order.slice(shown.length).reduce((total, i) => total + powers[i], 0);
    const terms = shown.flatMap((i, index) => (index ? [' + ', term(i)] : [term(i)]));
    if (order.length > shown.length) terms.push(` + ${text(rest)} of ${order.length - shown.length} others`);
    const outcome = `${text(powers[entry])} ÷ ${text(sum)} = ${finePercent(shares[entry])}`;
    return [`${labels[entry]}: `, term(entry), ' ÷ (', ...terms, ') = ', outcome];
  }
}

/**
 * Pointing at a term of the formula or a row of the table, or the focus on it, marks both; arrow keys go from one to the
 * next.
 * @param {HTMLElement} section
 * @param {HTMLElement[]} groups
 */
function markTogether(section, groups) {
  const allOf = (/** @type {HTMLElement} */ group) => /** @type {HTMLElement[]} */ ([...group.querySelectorAll('[data-class]')]);
  const mark = (/** @type {Event} */ { type, target }) => {
    const isOver = type === 'pointerout' || type === 'focusout';
    const own = isOver || !(target instanceof Element) ? null : /** @type {HTMLElement | null} */ (target.closest('[data-class]'));
    for (const one of allOf(section)) one.classList.toggle('marked', one.dataset.class === own?.dataset.class);
  };
  for (const kind of ['pointerover', 'pointerout', 'focusin', 'focusout']) section.addEventListener(kind, mark);
  for (const group of groups)
    group.addEventListener('keydown', (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      const all = allOf(group);
      const next = event.key in MOVES && all[all.indexOf(target) + MOVES[event.key]];
      if (!next) return;
      event.preventDefault();
      target.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    });
}
