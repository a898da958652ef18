/**
 * The tab's whole: classes as cards, the answer of the network so far, and making one. What is asked about the pictures
 * stands in `answering.js`, what becomes of orders in `making.js`.
 */

import { finder, make } from '../../../static/lib/dom.js';
import { store } from '../../../static/lib/store.js';
import { inLanguage } from '../../../static/lib/languages/language.js';
import { sent } from '../../../static/lib/mount.js';
import { Adding } from './adding.js';
import { Answering } from './answering.js';
import { BOARD } from './board_html.js';
import { Burst } from './burst.js';
import { Card } from './card.js';
import { Making } from './making.js';
import { isHidden } from './reduce.js';
import { Server, inWords } from '../../../static/lib/on_demand/visitor.js';
import { Several } from './several.js';
import { Telling } from './telling.js';
import { Tiles } from './tiles.js';

const STYLE = await (await fetch(new URL('board.css', import.meta.url))).text();

/** @typedef {import('./card.js').Picture} Picture */

export class Board {
  server = new Server('own/');
  /** @type {Card[]} */
  cards = [];
  /** @type {string[]} names of the classes that are there from the start */
  first = [];
  /** @type {Map<number, Picture>} */
  pictures = new Map();
  limits = { pictures: 1000, classes: 20, side: 256 };
  isShown = false;

  /**
   * @param {HTMLElement} place
   * @param {import('../../../static/lib/mount.js').Context} context
   */
  constructor(place, { props, trigger, watch, signal }) {
    place.innerHTML = BOARD;
    place.prepend(make('style', {}, STYLE));
    const find = finder(place);
    this.find = find;
    this.ask = () => {
      this.server.open(() => {}); // so that no other tab asks as well
      trigger('ask', { token: this.server.token });
    };
    const side = () => this.limits.side;
    this.telling = new Telling(find);
    this.adding = new Adding(this.server, side, (coming, blob, number) => this.added(coming, blob, number), (name, why) => this.refuse(name, why), () => this.progressed());
    this.several = new Several(this, find);
    this.tiles = new Tiles(this, find);
    this.answering = new Answering(this, find);
    this.making = new Making(this, find, trigger);
    this.burst = new Burst(side, (card, frame, name, taken) => this.adding.add([{ label: card.label, file: frame, name, taken }]));
    watch('value', () => this.opened(sent(props)));
    this.listen(signal);
    void this.begin();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { find } = this;
    find('.new').addEventListener('click', () => void this.addClass());
    store.watch('fresh', () => this.isShown && this.ask(), signal);
    signal.addEventListener('abort', () => {
      this.shown(false);
      this.server.close();
    });
  }

  /** @param {boolean} isShown */
  shown(isShown) {
    this.isShown = isShown;
    if (isShown) this.ask();
    else {
      this.burst.close();
      this.answering.stopCamera();
    }
  }

  /** @param {{ token?: string, was?: string }} value */
  opened({ token, was = '' }) {
    if (!token) return;
    this.server.opened(token, was);
    this.answering.renew();
  }

  async begin() {
    try {
      this.first = [await proposed(1), await proposed(2)];
      for (const name of this.first) await this.addClass(name);
      const { bodies, networks, limits } = await this.server.ask('begin');
      this.limits = limits;
      this.find('.privacy').textContent = `The server keeps of each picture the middle square, at most ${limits.side} pixels wide, in its memory alone, for you alone: up to ${limits.pictures.toLocaleString('en')} pictures, which it deletes when you close this page, or four hours after you last used them.`;
      this.making.begin(bodies, networks);
      this.answering.renew();
    } catch (error) {
      this.refuse('', inWords(error));
    }
  }

  // ------------------------------------------------------------------------------------------------------- classes

  /**
   * @param {string} [name]
   * @returns {Promise<Card | null>}
   */
  async addClass(name) {
    const taken = new Set(this.cards.map((card) => card.name.toLowerCase()));
    let count = this.cards.length + 1;
    while (taken.has((await proposed(count)).toLowerCase())) count += 1;
    try {
      const made = await this.server.ask('add-class', { name: name ?? (await proposed(count)) });
      const card = this.cardOf(made.class, made.name);
      if (!name) card.field.select();
      return card;
    } catch (error) {
      this.refuse('', inWords(error));
      return null;
    }
  }

  /**
   * The card of a class, made where there is none.
   * @param {number} label
   * @param {string} name
   */
  cardOf(label, name) {
    const known = this.cards.find((card) => card.label === label);
    if (known) return known;
    const card = new Card(label, name, {
      rename: (one, text) => this.rename(one, text),
      remove: (one) => void this.removeClass(one),
      give: (one, files) => this.give(one.label, files),
      unzip: (one, file) => void this.several.unzip(one.label, file),
      remove_pictures: (numbers) => void this.remove(numbers),
      move: (numbers, to) => void this.move(numbers, to),
      film: (one) => this.burst.toggle(one),
      cards: () => this.cards,
    });
    this.cards.push(card);
    this.cards.sort((a, b) => a.label - b.label);
    const next = this.cards[this.cards.indexOf(card) + 1];
    this.find('.cards').insertBefore(card.element, next?.element ?? null);
    this.drawRoom();
    return card;
  }

  drawRoom() {
    /** @type {HTMLButtonElement} */ (this.find('.new')).disabled = this.cards.length >= this.limits.classes;
    for (const card of this.cards) card.find('.remove').hidden = this.cards.length <= 2;
    this.tiles.drawClasses();
  }

  /**
   * @param {Card} card
   * @param {string} name
   */
  async rename(card, name) {
    try {
      const { classes } = await this.server.ask('rename-class', { class: card.label, name });
      card.called(classes.find((/** @type {{ class: number }} */ each) => each.class === card.label).name);
      this.answering.draw();
      this.tiles.drawClasses();
    } catch (error) {
      card.called(card.name);
      this.refuse('', inWords(error));
    }
  }

  /** @param {Card} card */
  async removeClass(card) {
    const pictures = [...this.pictures.values()].filter(({ label }) => label === card.label);
    try {
      this.adding.drop(card.label);
      await this.server.ask('remove-class', { class: card.label });
    } catch (error) {
      return this.refuse('', inWords(error));
    }
    if (this.burst.card === card) this.burst.close();
    this.cards = this.cards.filter((each) => each !== card);
    card.element.remove();
    for (const { number } of pictures) this.pictures.delete(number);
    this.drawRoom();
    this.find('.new').focus();
    this.changed();
    this.offerUndo(`The class “${card.name}” is removed.`, async () => {
      const again = await this.addClass(card.name);
      if (again) this.giveBack(pictures.map((picture) => ({ ...picture, label: again.label })));
    });
  }

  // ------------------------------------------------------------------------------------------------------ pictures

  /**
   * @param {number} label
   * @param {File[]} files
   */
  give(label, files) {
    const coming = files.map((file) => ({ label, file, name: file.webkitRelativePath || file.name }));
    this.adding.add(coming.filter(({ name }) => !isHidden(name)));
  }

  /**
   * @param {import('./adding.js').Coming} coming
   * @param {Blob} blob
   * @param {number} number
   */
  added({ label, name, taken, tile }, blob, number) {
    this.hold({ number, label, name, blob, taken, tile, url: URL.createObjectURL(blob) });
  }

  progressed() {
    this.telling.progress(this.adding);
    this.tiles.draw();
  }

  /** @param {Picture} picture */
  hold(picture) {
    const card = this.cards.find(({ label }) => label === picture.label);
    if (!card) return;
    this.pictures.set(picture.number, picture);
    card.show(picture);
    this.changed();
  }

  /** @param {number[]} numbers */
  async remove(numbers) {
    const gone = await this.drop(numbers);
    if (gone) this.offerUndo(gone.length === 1 ? `${gone[0].name} is deleted.` : `${gone.length} pictures are deleted.`, async () => this.giveBack(gone));
  }

  /**
   * Deletes pictures without a word.
   * @param {number[]} numbers
   * @returns {Promise<Picture[] | null>} what was deleted; null where the server did not
   */
  async drop(numbers) {
    const gone = numbers.flatMap((number) => this.pictures.get(number) ?? []);
    try {
      await this.server.ask('delete', { pictures: numbers });
    } catch (error) {
      this.refuse('', inWords(error));
      return null;
    }
    for (const { number, label } of gone) {
      this.cards.find((card) => card.label === label)?.hide(number);
      this.pictures.delete(number);
    }
    this.changed();
    return gone;
  }

  /** @param {Picture[]} pictures */
  giveBack(pictures) {
    // They are reduced already: what has no time of its own has none on the server either.
    this.adding.add(pictures.map(({ label, blob, name, taken, tile }) => ({ label, file: blob, name, taken: taken ?? Number.NaN, tile })));
  }

  /**
   * @param {number[]} numbers
   * @param {number} to
   */
  async move(numbers, to) {
    const moved = numbers.flatMap((number) => this.pictures.get(number) ?? []);
    const target = this.cards.find(({ label }) => label === to);
    if (!target) return;
    try {
      await this.server.ask('move', { pictures: numbers, class: to });
    } catch (error) {
      return this.refuse('', inWords(error));
    }
    for (const picture of moved) {
      this.cards.find((card) => card.label === picture.label)?.hide(picture.number);
      const before = picture.label;
      picture.label = to;
      target.show(picture);
      this.offerUndo(`${picture.name} is in ${target.name} now.`, async () => this.move([picture.number], before));
    }
    this.changed();
  }

  changed() {
    this.answering.renew();
    this.tiles.draw();
  }

  /** After folders have made classes of their own, those that nobody has named or filled go. */
  dropEmpty() {
    for (const card of [...this.cards]) {
      if (this.cards.length <= 2 || card.items.size || !this.first.includes(card.name)) continue;
      void this.server.ask('remove-class', { class: card.label });
      this.cards = this.cards.filter((each) => each !== card);
      card.element.remove();
    }
    this.drawRoom();
  }

  /**
   * @param {string} words
   * @param {() => Promise<void>} undo
   */
  offerUndo(words, undo) {
    this.telling.offerUndo(words, undo);
  }

  /**
   * @param {string} name of a file; "" for none
   * @param {string} why
   */
  refuse(name, why) {
    this.telling.refuse(name, why);
  }
}

/**
 * The name that a class has until its owner gives it one, in the language of the page.
 * @param {number} count
 */
const proposed = (count) => inLanguage(`Class ${count}`);
