/** A survey checked by eye: one window after another is shown, the reader says how much of it is covered. */

import { around, finder, make } from '../../static/lib/dom.js';
import { emit, on } from '../../static/lib/events.js';
import { sent } from '../../static/lib/mount.js';

const FEWEST = 2; // marks of each band of probability, without which nothing can be estimated

/**
 * @typedef {object} Outcome
 * @property {string} head
 * @property {string} interval of which level the intervals are, in words
 * @property {[string, string, string][]} rows
 * @property {number | null} best the threshold of this site
 * @property {string} note
 * @property {{head: string, note: string, applied: boolean}} [fitted] what became of a last layer fitted to the marks
 *
 * @typedef {object} Check
 * @property {string} [run] tells one check from the next; without it there is none
 * @property {string} label
 * @property {string[]} covers the classes of cover, by name
 * @property {number} around share of the crop's side on each side of the window
 * @property {{index: number, url: string}[]} windows
 * @property {number[][]} needed of each band of probability the windows that are shown
 */

/**
 * How many marks each band lacks.
 * @param {number[][]} needed
 * @param {Record<string, string>} marks
 */
export function lacking(needed, marks) {
  return needed.reduce((sum, band) => {
    const there = band.filter((index) => index in marks).length;
    return sum + Math.max(0, Math.min(FEWEST, band.length) - there);
  }, 0);
}

/**
 * The server's estimates, for the widget.
 * @param {Outcome} outcome
 */
export function tell(outcome) {
  emit('site', outcome);
}

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new SiteCheck(context);
}

class SiteCheck {
  run = '';
  at = 0;
  /** @type {Record<string, string>} window -> class of cover */
  marks = {};
  /** @type {Outcome | null} */
  outcome = null;

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.find = finder(element);
    this.element = element;
    element.addEventListener('click', (event) => this.press(event, trigger));
    this.find('.look').addEventListener('keydown', (event) => this.pressKey(event));
    on('site', (outcome) => this.drawOutcome((this.outcome = outcome)), signal);
    watch('value', () => this.take());
    this.take();
  }

  /** @returns {Check} */
  get check() {
    return sent(this.props);
  }

  take() {
    const { check } = this;
    this.find('.content').hidden = !check.run;
    if (!check.run) return;
    if (check.run !== this.run) {
      [this.run, this.at, this.marks] = [check.run, 0, {}];
      this.drawOutcome((this.outcome = null));
      this.begin(check);
    }
    this.draw();
  }

  /** @param {Check} check */
  begin({ covers, windows, label, around: margin }) {
    this.find('.about').textContent = [
      `${windows.length} windows, drawn at random within bands of probability. Mark them without regard to the map;`,
      'keys 1 to 7 do so, too. The marks give this site’s own area and errors, with intervals.',
    ].join(' ');
    const question = `How much of the framed square does “${label}” cover?`;
    this.find('.question').textContent = question;
    this.find('.covers').setAttribute('aria-label', question);
    this.find('.covers').replaceChildren(
      ...covers.map((name) => make('button', { type: 'button', 'data-cover': name, 'aria-pressed': 'false' }, name)),
    );
    const frame = this.find('.frame');
    frame.style.inset = `${100 * margin}%`;
    if (!this.element.getBoundingClientRect().height) return;
    this.find('.content').scrollIntoView({ block: 'nearest' });
    this.find('.covers button').focus({ preventScroll: true }); // where its keys work
  }

  draw() {
    const { windows, needed } = this.check;
    const window = windows[this.at];
    const image = this.find('.window', HTMLImageElement);
    image.src = window.url;
    image.alt = `Window ${this.at + 1}, with what is around it`;
    const count = Object.keys(this.marks).length;
    this.find('.place').textContent = `Window ${this.at + 1} of ${windows.length}; ${count} marked`;
    for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (this.find('.covers').querySelectorAll('button'))) {
      button.setAttribute('aria-pressed', String(this.marks[window.index] === button.dataset.cover));
    }
    const left = lacking(needed, this.marks);
    this.find('.estimate', HTMLButtonElement).disabled = left > 0;
    this.find('.wait').textContent = left > 0 ? 'Some more marks are needed: at least two of each band of probability.' : '';
  }

  /** @param {Outcome | null} outcome */
  drawOutcome(outcome) {
    this.find('.outcome').hidden = !outcome;
    if (!outcome) return;
    this.find('.head').textContent = outcome.head;
    this.find('.interval').textContent = outcome.interval;
    this.find('.told').textContent = outcome.note;
    this.find('tbody').replaceChildren(
      ...outcome.rows.map((row) => make('tr', {}, ...row.map((cell) => make('td', {}, cell)))),
    );
    // The best threshold is that of the network as it came: the map of a fitted layer has its own.
    this.find('.apply').hidden = outcome.best === null || Boolean(outcome.fitted?.applied);
    this.drawFit(outcome.fitted);
  }

  /** @param {Outcome['fitted']} fitted */
  drawFit(fitted) {
    this.find('.fitted').hidden = !fitted;
    this.find('[data-kind=fit]').hidden = !fitted?.note; // without figures there is nothing to save
    const isFocused = this.find('.undo').matches(':focus');
    this.find('.undo').hidden = !fitted?.applied;
    if (isFocused && !fitted) this.find('.fit').focus({ preventScroll: true });
    this.find('.fit-head').textContent = fitted?.head ?? '';
    this.find('.fit-note').textContent = fitted?.note ?? '';
  }

  /**
   * @param {Event} event
   * @param {(name: string, detail: object) => void} trigger
   */
  press(event, trigger) {
    const button = around(event, 'button');
    if (!button) return;
    const { cover, way, kind } = button.dataset;
    if (cover) this.mark(cover);
    else if (way) this.go(Number(way));
    else if (kind) trigger('save', { kind, marks: this.marks });
    else if (button.matches('.estimate')) trigger('estimate', { marks: this.marks });
    else if (button.matches('.fit')) trigger('fit', { marks: this.marks });
    else if (button.matches('.undo')) trigger('undo', { marks: this.marks });
    else if (typeof this.outcome?.best === 'number') emit('threshold', this.outcome.best);
  }

  /** @param {KeyboardEvent} event */
  pressKey(event) {
    const cover = this.check.covers[Number(event.key) - 1];
    if (!cover || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.mark(cover);
  }

  /** @param {string} cover */
  mark(cover) {
    this.marks = { ...this.marks, [this.check.windows[this.at].index]: cover };
    this.go(1);
  }

  /** @param {number} way to the next window, or back */
  go(way) {
    this.at = Math.max(0, Math.min(this.check.windows.length - 1, this.at + way));
    this.draw();
  }
}
