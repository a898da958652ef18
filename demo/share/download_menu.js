/**
 * What the <take-home view="..."> menus of all views do. A view's widget says what it has to offer, see
 * `static/lib/take_home.js`; of a view without one, `page_offers.js` finds it in the page.
 */

import { around, make } from '../static/lib/dom.js';
import { savePrint } from '../static/lib/print/layout.js';
import { csv, fileName, saveBlob } from '../static/lib/save.js';
import { views } from '../static/lib/take_home.js';
import { offersOfPage } from './page_offers.js';
import { ServerOffers } from './server_offers.js';

/** @typedef {import('../static/lib/take_home.js').Offer} Offer */

// Here, before any menu is drawn with it.
const STYLE = await (await fetch(new URL('download_menu.css', import.meta.url))).text();
/** @type {Set<Menu>} */
const openMenus = new Set();
/** @type {ServerOffers | null} */
let server = null;

/** @type {import('../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  server = new ServerOffers(context);
  closeWhenLeft(context.signal);
  if (!customElements.get('take-home')) customElements.define('take-home', Menu);
}

/**
 * Both in the capture phase, before the views hear of it.
 * @param {AbortSignal} signal
 */
function closeWhenLeft(signal) {
  window.addEventListener('pointerdown', (event) => {
    for (const menu of openMenus) if (!event.composedPath().includes(menu)) menu.close();
  }, { capture: true, signal });
  window.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !openMenus.size) return;
    event.preventDefault();
    event.stopPropagation();
    for (const menu of openMenus) menu.close(true);
  }, { capture: true, signal });
}

/**
 * @param {Offer} offer
 * @param {(what: string | Node) => void} say what the server has made of it later
 * @returns {Promise<string>} what has been done
 */
async function take(offer, say) {
  const { file = '' } = offer;
  if (offer.rows) {
    saveBlob(new Blob([csv(offer.rows())], { type: 'text/csv' }), fileName(file, 'csv'));
    return 'Saved.';
  }
  if (offer.plate) return savePrint(offer.plate(), file);
  if (!server) throw new Error('The menus are not mounted.');
  if (offer.latex) return server.orderLatex(offer.latex, say);
  if (offer.sheet) return server.orderSheet(offer.sheet, say);
  throw new Error(`There is nothing in the offer ${offer.label}.`);
}

/** Its parts are in a shadow tree, so that a view's own script finds none of them when it looks for a button of its own. */
class Menu extends HTMLElement {
  /** @type {Offer[]} */
  offers = [];
  list = make('div', { class: 'offers' });
  status = make('p', { role: 'status' });
  summary = make('summary', {}, 'Take home');
  box = make('details', {}, this.summary, make('div', { class: 'menu' }, this.list, this.status));
  news = make('p', { class: 'unseen', 'aria-live': 'polite' }); // while the menu is closed

  connectedCallback() {
    if (this.shadowRoot) return;
    if (this.hasAttribute('compact')) {
      this.summary.replaceChildren(make('span', { 'aria-hidden': 'true' }, '⤓'));
      for (const name of ['title', 'aria-label']) this.summary.setAttribute(name, 'Take home');
    }
    this.attachShadow({ mode: 'open' }).append(make('style', {}, STYLE), this.box, this.news);
    this.box.addEventListener('toggle', () => {
      this.toggleAttribute('open', this.box.open); // by which it lies above other views' buttons
      if (!this.box.open) return openMenus.delete(this);
      openMenus.add(this);
      this.fill();
    });
    this.list.addEventListener('click', (event) => {
      const button = around(event, 'button');
      if (button) this.use(this.offers[Number(button.dataset.index)]);
    });
    // A view must not take a click or a key in its menu for its own.
    for (const kind of ['click', 'keydown', 'pointerdown']) this.addEventListener(kind, (event) => event.stopPropagation());
  }

  disconnectedCallback() {
    openMenus.delete(this);
  }

  fill() {
    const view = this.getAttribute('view') ?? '';
    this.offers = views[view] ? views[view]() : offersOfPage(view);
    const button = (/** @type {Offer} */ { label }, /** @type {number} */ index) =>
      make('button', { type: 'button', 'data-index': index }, label);
    this.list.replaceChildren(...this.offers.map(button));
    this.say(this.offers.length ? '' : 'There is nothing here yet to take home.');
  }

  /** @param {Offer} offer */
  async use(offer) {
    this.say('One moment …');
    this.news.textContent = '';
    try {
      const done = await take(offer, (what) => this.say(what));
      this.say(done);
      if (!offer.file) return;
      this.close(true); // it stood in front of what was saved
      this.news.textContent = done;
    } catch (error) {
      console.warn(error);
      this.say('That did not work. Please try again.');
    }
  }

  /** @param {string | Node} what */
  say(what) {
    this.status.replaceChildren(what);
  }

  /** @param {boolean} [withFocus] */
  close(withFocus = false) {
    this.box.open = false;
    if (withFocus) this.summary.focus();
  }
}
