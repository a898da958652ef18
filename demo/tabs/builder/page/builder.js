/**
 * The tab's whole: one network or two as lists of layers, their code, undo, the address, and the training.
 *
 * The key `build` of the address holds all that is set, such as `cifar10~a:c16k3p1,r,m2~epochs:4`.
 */

import { setAddress } from '../../../static/lib/address.js';
import { finder, make } from '../../../static/lib/dom.js';
import { sent } from '../../../static/lib/mount.js';
import { History } from '../../../static/lib/on_demand/history.js';
import { Server, inWords } from '../../../static/lib/on_demand/visitor.js';
import { copyText, saveText } from '../../../static/lib/save.js';
import { watchVisibility } from '../../../static/lib/visibility.js';
import { program } from './code.js';
import { HTML } from './html.js';
import { STARTS } from './kinds.js';
import { count, parse as parseLayers } from './layers.js';
import { Rows } from './rows.js';
import { encode, parse } from './settings.js';
import { TrainingView } from './training_view.js';

const STYLE = await (await fetch(new URL('build.css', import.meta.url))).text();
const KEY = 'build';
const REST = 300; // milliseconds without a change after which the address is written
const MOST_CHARACTERS = 1000; // of a state that is looked at
const NOT_COPIED = 'The browser does not let this page copy: select the lines instead.';

export class BuilderPage {
  server = new Server('build/');
  settings = parse('');
  open = 0; // which network is in sight
  written = ''; // into the address, last
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  resting = undefined;

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.trigger = trigger;
    this.signal = signal;
    const place = finder(element)('.builder');
    place.innerHTML = HTML;
    place.before(make('style', {}, STYLE));
    this.find = finder(place);
    this.rows = new Rows(this.find('.rows'), this.find('.add'), (key) => this.typed(key));
    this.training = new TrainingView(this, this.find);
    this.history = new History(encode(this.settings));
    this.listen();
    watch('value', () => {
      const { token, was = '' } = sent(props);
      if (token) this.server.opened(token, was);
    });
    window.addEventListener('popstate', () => this.takeAddress(), { signal });
    this.takeAddress();
    watchVisibility(() => element, (isShown) => {
      if (!isShown) return;
      this.server.open((token) => trigger('ask', { token }));
      void this.renew();
    }, signal);
  }

  listen() {
    const { find } = this;
    const starts = find('.starts', HTMLSelectElement);
    starts.append(...STARTS.map(([title, text]) => make('option', { value: `=${text}` }, title)));
    starts.addEventListener('change', () => {
      if (!starts.value) return;
      this.setVariant(starts.value.slice(1));
      starts.value = '';
    });
    find('.undo').addEventListener('click', () => this.goBack(-1));
    find('.redo').addEventListener('click', () => this.goBack(1));
    find('.second').addEventListener('click', () => {
      this.open = 1;
      this.set({ variants: [this.settings.variants[0], this.settings.variants[0]] });
      find('.which input:checked', HTMLInputElement).focus();
    });
    find('.drop').addEventListener('click', () => {
      this.open = 0;
      this.set({ variants: [this.settings.variants[0]] });
      find('.second').focus();
    });
    find('.copy').addEventListener('click', async () => {
      find('.copied').textContent = (await copyText(find('.code').textContent ?? '')) ? 'Copied.' : NOT_COPIED;
    });
    find('.save').addEventListener('click', () => saveText({ name: 'small_network.py', text: find('.code').textContent ?? '', type: 'text/x-python' }));
  }

  /** Every network, counted for the pictures that are chosen. */
  get networks() {
    const { channels, side, classes } = this.training.about;
    return this.settings.variants.map((text) => count(parseLayers(text), channels, side, classes));
  }

  /** The letter of a network that cannot be; '' where all can. */
  get wrong() {
    const at = this.networks.findIndex(({ words }) => words);
    if (this.rows.isUnfinished) return 'AB'[this.open];
    return at < 0 ? '' : 'AB'[at];
  }

  /** Asks what the server has to offer now. */
  async renew() {
    try {
      await this.training.renew();
    } catch (error) {
      this.training.say(inWords(error));
    }
    this.draw();
  }

  // ------------------------------------------------------------------------------------------------------- changes

  /**
   * @param {Partial<import('./settings.js').Settings>} values
   * @param {string} [key] changes with the same key, one soon after the other, are undone together
   */
  set(values, key = '') {
    this.settings = { ...this.settings, ...values };
    this.history.note(encode(this.settings), key, performance.now());
    this.draw();
  }

  /**
   * @param {string} text of the network in sight
   * @param {string} [key]
   */
  setVariant(text, key = '') {
    this.set({ variants: this.settings.variants.map((each, at) => (at === this.open ? text : each)) }, key);
  }

  /**
   * The list of layers was changed by hand.
   * @param {string} key
   */
  typed(key) {
    if (this.rows.isUnfinished) this.drawAround();
    else this.setVariant(this.rows.text, key && `${this.open}${key}`);
  }

  /** @param {-1 | 1} by */
  goBack(by) {
    const text = this.history.go(by);
    if (text === null) return;
    this.settings = parse(text);
    this.draw();
  }

  takeAddress() {
    const given = new URLSearchParams(location.search);
    if (this.written && given.get('tab') !== KEY) return; // of another tab: what is here stays
    const text = (given.get(KEY) ?? '').slice(0, MOST_CHARACTERS);
    if (text === this.written && text) return;
    this.settings = parse(text);
    this.history.note(encode(this.settings), '', performance.now());
    this.draw();
  }

  // ------------------------------------------------------------------------------------------------------- drawing

  draw() {
    this.open = Math.min(this.open, this.settings.variants.length - 1);
    this.rows.show(this.settings.variants[this.open], this.training.about);
    this.drawAround();
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.signal.aborted) return;
      this.written = encode(this.settings);
      setAddress({ [KEY]: this.written || null });
    }, REST);
  }

  drawAround() {
    const { find, settings, rows } = this;
    const isPair = settings.variants.length > 1;
    this.drawWhich();
    find('.second').hidden = isPair;
    find('.drop').hidden = !isPair;
    for (const [name, by] of /** @type {[string, -1 | 1][]} */ ([['undo', -1], ['redo', 1]]))
      find(`.${name}`, HTMLButtonElement).disabled = !this.history.can(by);
    const { words, wrong, weights } = rows.network;
    const total = find('.total');
    total.classList.toggle('wrong', Boolean(words));
    if (words) total.textContent = wrong < 0 ? words : `It cannot be as it is: see layer ${wrong + 1}.`;
    else total.replaceChildren(make('strong', {}, `${weights.toLocaleString('en')} weights`), ' to learn in all, biases included');
    if (!words) find('.code').textContent = program(rows.network, settings, this.training.about);
    find('.in-code').hidden = Boolean(words);
    find('.copied').textContent = '';
    this.training.draw();
  }

  drawWhich() {
    const place = this.find('.which');
    const letters = this.settings.variants.map((_, at) => 'AB'[at]);
    if (place.childElementCount !== letters.length) {
      place.replaceChildren(...letters.map((letter, at) => {
        const input = make('input', { type: 'radio', name: 'builder-which', value: letter });
        input.addEventListener('change', () => {
          this.open = at;
          this.draw();
        });
        return make('label', {}, input, make('span', {}, `Network ${letter}`));
      }));
    }
    for (const [at, input] of [...place.querySelectorAll('input')].entries()) input.checked = at === this.open;
  }
}
