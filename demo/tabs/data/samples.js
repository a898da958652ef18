/**
 * Labelled pictures, a page at a time. The server is asked (`open`) when they are first shown, for another split, class
 * or page (`turn`), and when one is taken (`pick`). What is shown stands in the address where `props.addressed`.
 *
 * @typedef {object} Sample as in `demo.tabs.data.sheets`
 * @property {number} row
 * @property {string} text
 * @property {string} name
 * @property {string} src data: URL; "" where it cannot be opened
 * @property {string} [trouble] why not
 *
 * @typedef {{ value: string, text: string }} Option
 *
 * @typedef {object} Sheet what `demo.tabs.data.sheets.page` returns
 * @property {string} set
 * @property {string} split
 * @property {string} label
 * @property {number} page
 * @property {number} pages
 * @property {string} counted
 * @property {Option[]} splits
 * @property {Option[]} labels
 * @property {Sample[]} samples
 * @property {boolean} tiny
 * @property {Record<string, string>} context
 */

import { setAddress } from '../../static/lib/address.js';
import { around, finder, make } from '../../static/lib/dom.js';
import { on } from '../../static/lib/events.js';
import { sent } from '../../static/lib/mount.js';
import { watchVisibility } from '../../static/lib/visibility.js';
import { addressOf, nearestPage, placeAfter } from './samples_pages.js';

const LOST = 8000; // milliseconds after which an answer is taken to be lost

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new SampleGrid(context);
}

class SampleGrid {
  /** @type {Sheet | null} */
  sheet = null;
  asked = 0; // when the server was last asked, 0 when it has answered
  /** @type {object | null} the last wish made meanwhile */
  next = null;
  isToFocus = false; // whether the first picture of the next page gets the focus

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.element = element;
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.all = this.find('.all');
    this.page = this.find('.page', HTMLInputElement);
    this.listenToChoices();
    this.listenToTiles();
    watch('value', () => this.draw());
    this.draw();
    if (props.addressed) this.followAddress(signal);
  }

  /** @param {AbortSignal} signal */
  followAddress(signal) {
    // Once this tab is shown, or no longer.
    on('tab', (tab) => setTimeout(() => this.tellAddress(tab === 'data')), signal);
    let isOpened = false;
    watchVisibility(() => this.element, () => {
      if (isOpened) return;
      isOpened = true;
      this.trigger('open', { query: location.search });
    }, signal);
  }

  listenToChoices() {
    const { find, page } = this;
    for (const [part, name] of [['.split', 'split'], ['.kind', 'label']]) {
      const select = find(part, HTMLSelectElement);
      select.addEventListener('change', () => this.ask(this.wish({ [name]: select.value, page: 1 })));
    }
    find('.previous').addEventListener('click', () => this.turn(this.known().page - 1));
    find('.next').addEventListener('click', () => this.turn(this.known().page + 1));
    page.addEventListener('change', () => this.turn(Number(page.value)));
  }

  listenToTiles() {
    this.all.addEventListener('click', (event) => {
      const button = around(event, 'button');
      if (button) this.take(button);
    });
    this.all.addEventListener('keydown', (event) => this.moveByKey(event));
  }

  known() {
    if (!this.sheet) throw new Error('There are no pictures yet.');
    return this.sheet;
  }

  // ------------------------------------------------------------------------------------------------ what is shown

  draw() {
    this.asked = 0;
    const value = sent(this.props);
    this.find('.message').hidden = !value.message;
    this.find('.message').textContent = value.message || '';
    this.find('.content').hidden = !value.samples;
    this.all.classList.remove('waiting');
    if (!value.samples) return;
    this.sheet = /** @type {Sheet} */ (value);
    this.drawChoices(this.sheet);
    this.drawTiles(this.sheet);
    this.drawPager(this.sheet);
    this.tellAddress(true);
    const { next } = this;
    this.next = null;
    if (next) this.ask(next);
  }

  /** @param {Sheet} sheet */
  drawChoices({ splits, split, labels, label, counted }) {
    this.find('.splits').hidden = splits.length < 1;
    this.find('.kinds').hidden = labels.length < 1;
    fill(this.find('.split', HTMLSelectElement), splits, split);
    fill(this.find('.kind', HTMLSelectElement), labels, label);
    this.find('.count').textContent = counted;
  }

  /** @param {Sheet} sheet */
  drawTiles({ samples, tiny }) {
    this.all.replaceChildren(...samples.map(tileOf));
    this.all.classList.toggle('tiny', tiny);
    this.find('.note').textContent = samples.length ? 'Choose a picture: it becomes the picture of the whole page.' : '';
    if (this.isToFocus) this.tiles()[0]?.focus();
    this.isToFocus = false;
  }

  /** @param {Sheet} sheet */
  drawPager({ page, pages }) {
    this.find('.pager').hidden = pages < 2;
    this.page.value = String(page);
    this.page.max = String(pages);
    this.find('.pages').textContent = pages.toLocaleString('en');
    this.find('.previous', HTMLButtonElement).disabled = page <= 1;
    this.find('.next', HTMLButtonElement).disabled = page >= pages;
  }

  /**
   * The page's address; its keys go when another tab is opened.
   * @param {boolean} isHere
   */
  tellAddress(isHere) {
    if (!this.props.addressed || !this.sheet) return; // what the address asks for is still to be shown
    setAddress(addressOf(isHere && this.element.checkVisibility() ? this.sheet : null));
  }

  tiles() {
    return /** @type {HTMLButtonElement[]} */ ([...this.all.children]);
  }

  // ---------------------------------------------------------------------------------------------- what is asked for

  /** @param {object} changes to what is shown */
  wish(changes) {
    const { context, set, split, label, page } = this.known();
    return { ...context, set, split, label, page, ...changes };
  }

  /** @param {object} wish */
  ask(wish) {
    this.all.classList.add('waiting');
    if (this.asked && Date.now() - this.asked < LOST) {
      this.next = wish;
      return;
    }
    this.asked = Date.now();
    this.trigger('turn', wish);
  }

  /**
   * @param {number} page
   * @param {boolean} [andFocus]
   */
  turn(page, andFocus = false) {
    const sheet = this.known();
    const to = nearestPage(page, sheet.pages);
    this.page.value = String(to);
    if (to === sheet.page && !this.asked) return;
    this.isToFocus = andFocus;
    this.ask(this.wish({ page: to }));
  }

  /** @param {HTMLElement} button of a picture, which becomes that of the whole page */
  take(button) {
    const tiles = this.tiles();
    const sample = this.known().samples[tiles.findIndex((one) => one === button)];
    for (const other of tiles) other.setAttribute('aria-pressed', String(other === button && Boolean(sample.src)));
    if (!sample.src) return;
    const name = `${sample.name[0].toUpperCase()}${sample.name.slice(1)}`;
    this.find('.note').textContent =
      `${name} (${sample.text}) is now the picture of the whole page: open Answer or Explore to see what the network makes of it.`;
    this.trigger('pick', { ...this.wish({}), row: sample.row });
  }

  /** @param {KeyboardEvent} event */
  moveByKey(event) {
    const tiles = this.tiles();
    const at = tiles.findIndex((one) => one === document.activeElement);
    if (at < 0) return;
    if (event.key === 'PageDown' || event.key === 'PageUp') {
      event.preventDefault();
      this.turn(this.known().page + (event.key === 'PageDown' ? 1 : -1), true);
      return;
    }
    const columns = getComputedStyle(this.all).gridTemplateColumns.split(' ').length;
    const to = placeAfter(event.key, at, tiles.length, columns);
    if (to === null) return;
    event.preventDefault();
    tiles[at].tabIndex = -1;
    tiles[to].tabIndex = 0;
    tiles[to].focus();
  }
}

/**
 * @param {HTMLSelectElement} select
 * @param {Option[]} options
 * @param {string} chosen
 */
function fill(select, options, chosen) {
  select.replaceChildren(...options.map(({ value, text }) => make('option', { value }, text)));
  select.value = chosen;
}

/**
 * @param {Sample} sample
 * @param {number} index
 */
function tileOf({ row, text, name, src, trouble }, index) {
  const face = src ? make('img', { src, alt: `${text}, ${name}` }) : make('span', { class: 'broken' }, trouble ?? '');
  return make(
    'button',
    { type: 'button', 'data-row': row, tabindex: index ? -1 : 0, 'aria-pressed': false, title: `${name}: ${text}` },
    face,
    make('span', {}, text),
    make('span', { class: 'name' }, name),
  );
}
