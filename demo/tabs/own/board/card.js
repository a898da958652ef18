/**
 * A class: its name, its pictures, and the ways to give it more.
 *
 * @typedef {{ number: number, label: number, name: string, url: string, blob: Blob, taken?: number, tile?: import('./adding.js').Tile }} Picture
 *   `tile`: of one that was marked on a photo
 *
 * @typedef {object} Doing what a card asks the board to do
 * @property {(card: Card, name: string) => Promise<void>} rename
 * @property {(card: Card) => void} remove
 * @property {(card: Card, files: File[]) => void} give
 * @property {(card: Card, file: File) => void} unzip
 * @property {(numbers: number[]) => void} remove_pictures
 * @property {(numbers: number[], label: number) => void} move
 * @property {(card: Card) => void} film
 * @property {() => Card[]} cards
 */

import { around, finder, make } from '../../../static/lib/dom.js';
import { keepNames } from '../../../static/lib/languages/given_names.js';

const DRAGGED = 'text/x-own-picture';
const CARD = `
<header><input type="text" class="name" maxlength="40"><span class="count"></span><button type="button" class="remove">Remove</button></header>
<div class="ways">
  <button type="button" class="film" aria-expanded="false">Camera</button>
  <label class="file">Files<input type="file" class="files" multiple accept="image/*,.heic,.heif,.avif"></label>
  <label class="file">Folder<input type="file" class="folder" webkitdirectory multiple></label>
  <label class="file">Zip<input type="file" class="zip" accept=".zip,application/zip"></label>
</div>
<div class="place"></div>
<ul class="pictures"></ul>
<p class="quiet empty">No pictures yet. Files can be dropped here as well.</p>`;

export class Card {
  /** @type {Map<number, HTMLElement>} */
  items = new Map();
  /** @type {HTMLElement | null} */
  menu = null;

  /**
   * @param {number} label number of the class
   * @param {string} name
   * @param {Doing} doing
   */
  constructor(label, name, doing) {
    this.label = label;
    this.name = name;
    this.doing = doing;
    this.element = make('section', { class: 'card', 'data-class': label, 'data-takes-files': '' });
    this.element.innerHTML = CARD;
    this.find = finder(this.element);
    this.field = this.find('.name', HTMLInputElement);
    this.field.value = name;
    this.listen();
    this.drawNames();
  }

  listen() {
    const { element, find, field, doing } = this;
    field.addEventListener('change', () => void doing.rename(this, field.value));
    field.addEventListener('keydown', (event) => event.key === 'Enter' && field.blur());
    find('.remove').addEventListener('click', () => doing.remove(this));
    find('.film').addEventListener('click', () => doing.film(this));
    for (const kind of ['.files', '.folder', '.zip']) {
      const input = find(kind, HTMLInputElement);
      input.addEventListener('change', () => {
        this.take([...(input.files ?? [])]);
        input.value = ''; // so that the same ones can be chosen again
      });
    }
    element.addEventListener('dragover', (event) => {
      event.preventDefault();
      element.classList.add('over');
    });
    element.addEventListener('dragleave', () => element.classList.remove('over'));
    element.addEventListener('drop', (event) => this.dropped(event));
    const list = find('.pictures');
    list.addEventListener('click', (event) => this.clicked(event));
    list.addEventListener('keydown', (event) => this.pressed(event));
    list.addEventListener('dragstart', (event) => {
      const number = around(event, 'li')?.dataset.number;
      if (number) event.dataTransfer?.setData(DRAGGED, number);
    });
  }

  /** @param {File[]} files */
  take(files) {
    const zips = files.filter(({ name, type }) => /\.zip$/i.test(name) || type === 'application/zip');
    for (const zip of zips) this.doing.unzip(this, zip);
    this.doing.give(this, files.filter((file) => !zips.includes(file)));
  }

  /** @param {DragEvent} event */
  dropped(event) {
    event.preventDefault();
    this.element.classList.remove('over');
    const number = Number(event.dataTransfer?.getData(DRAGGED));
    if (number) {
      if (!this.items.has(number)) this.doing.move([number], this.label);
    } else this.take([...(event.dataTransfer?.files ?? [])]);
  }

  /** @param {string} name as the server has it */
  called(name) {
    this.name = name;
    this.field.value = name;
    this.drawNames();
  }

  drawNames() {
    const { find, name } = this;
    keepNames([name]);
    this.element.setAttribute('aria-label', `Class ${name}`);
    this.field.setAttribute('aria-label', `Name of the class ${name}`);
    find('.remove').setAttribute('aria-label', `Remove the class ${name}`);
    find('.film').setAttribute('aria-label', `Camera for ${name}`);
    find('.files').setAttribute('aria-label', `Files for ${name}`);
    find('.folder').setAttribute('aria-label', `Folder for ${name}`);
    find('.zip').setAttribute('aria-label', `Zip for ${name}`);
    find('.pictures').setAttribute('aria-label', `Pictures of ${name}: arrow keys choose, Delete deletes, Enter opens a menu`);
    this.drawCount();
  }

  drawCount() {
    const count = this.items.size;
    this.find('.count').textContent = count === 1 ? '1 picture' : `${count} pictures`;
    this.find('.empty').hidden = count > 0;
    this.find('.pictures').hidden = !count;
  }

  /** @param {Picture} picture */
  show(picture) {
    const { number, name, url } = picture;
    const button = make('button', { type: 'button', class: 'thumb', title: name, 'aria-label': `${name}, in ${this.name}: delete or move`, tabindex: this.items.size ? -1 : 0, 'aria-haspopup': 'menu' }, make('img', { src: url, alt: '' }));
    const cross = make('button', { type: 'button', class: 'cross', tabindex: -1, 'aria-label': `Delete ${name}`, title: 'Delete' }, '×');
    const item = make('li', { 'data-number': number, draggable: 'true' }, button, cross);
    this.items.set(number, item);
    this.find('.pictures').prepend(item); // the latest is in sight
    this.drawCount();
  }

  /** @param {number} number */
  hide(number) {
    const item = this.items.get(number);
    if (!item) return;
    const hadFocus = item.contains(document.activeElement);
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    this.items.delete(number);
    const thumb = /** @type {HTMLElement | null} */ ((next ?? this.find('.pictures').firstElementChild)?.querySelector('.thumb') ?? null);
    if (!this.element.querySelector('.thumb[tabindex="0"]')) thumb?.setAttribute('tabindex', '0');
    if (hadFocus) (thumb ?? this.field).focus();
    this.drawCount();
  }

  /** @param {Event} event */
  clicked(event) {
    const item = around(event, 'li');
    const number = Number(item?.dataset.number);
    if (!item || !number) return;
    if (around(event, '.cross')) this.doing.remove_pictures([number]);
    else if (around(event, '.thumb')) this.open(item, number);
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    const item = around(event, '.thumb')?.closest('li');
    if (!item) return;
    /** @type {Record<string, Element | null>} */
    const ways = { ArrowRight: item.nextElementSibling, ArrowDown: item.nextElementSibling, ArrowLeft: item.previousElementSibling, ArrowUp: item.previousElementSibling };
    if (event.key in ways) {
      event.preventDefault();
      const other = /** @type {HTMLElement | null} */ (ways[event.key]?.querySelector('.thumb') ?? null);
      if (!other) return;
      item.querySelector('.thumb')?.setAttribute('tabindex', '-1');
      other.setAttribute('tabindex', '0');
      other.focus();
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      this.doing.remove_pictures([Number(item.dataset.number)]);
    }
  }

  /**
   * The menu of a picture.
   * @param {HTMLElement} item
   * @param {number} number
   */
  open(item, number) {
    this.menu?.remove();
    const thumb = /** @type {HTMLElement} */ (item.querySelector('.thumb'));
    const others = this.doing.cards().filter((card) => card !== this);
    const entry = (/** @type {string} */ words) => make('button', { type: 'button', role: 'menuitem' }, words);
    const choices = [entry('Delete'), ...others.map(({ name }) => entry(`Move to ${name}`)), entry('Close')];
    const menu = make('div', { class: 'menu', role: 'menu', 'aria-label': 'Delete or move the picture' });
    menu.append(make('img', { src: thumb.querySelector('img')?.src ?? '', alt: '' }), make('div', {}, ...choices));
    this.menu = menu;
    const close = () => {
      menu.remove();
      if (thumb.isConnected) thumb.focus();
    };
    choices[0].addEventListener('click', () => {
      thumb.focus();
      menu.remove();
      this.doing.remove_pictures([number]);
    });
    others.forEach((card, at) => choices[at + 1].addEventListener('click', () => {
      thumb.focus();
      menu.remove();
      this.doing.move([number], card.label);
    }));
    choices[choices.length - 1].addEventListener('click', close);
    menu.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      if (event.key === 'Escape') close();
      else if (step) {
        const now = choices.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
        choices[(now + step + choices.length) % choices.length].focus();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    menu.addEventListener('focusout', (event) => {
      if (!(event.relatedTarget instanceof Node) || !menu.contains(event.relatedTarget)) menu.remove();
    });
    this.find('.pictures').after(menu);
    choices[0].focus({ preventScroll: true });
    menu.scrollIntoView({ block: 'nearest' });
  }
}
