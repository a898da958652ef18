/**
 * The bench: its parts, of which one is in sight; undo, the address, and what others may set and read.
 *
 * The key `bench` of the address holds the open part and its state, such as `conv~kernel:blur~stride:2`. Whoever wants to
 * set it while the page is open sends the event `bench-set` with such a text; what is shown stands in the store under
 * `bench`, as text and as `facts`.
 */

import { setAddress } from '../../static/lib/address.js';
import { finder, make } from '../../static/lib/dom.js';
import { on } from '../../static/lib/events.js';
import { sent } from '../../static/lib/mount.js';
import { store } from '../../static/lib/store.js';
import { offerToTakeHome } from '../../static/lib/take_home.js';
import { watchVisibility } from '../../static/lib/visibility.js';
import { ConvolutionView } from './conv_view.js';
import { History } from './parts.js';

const STYLE = await (await fetch(new URL('style/bench.css', import.meta.url))).text();
const KEY = 'bench';
const REST = 300; // milliseconds without a change after which the address is written
const MOST_CHARACTERS = 2000; // of a state that is looked at

/** @type {Record<string, { title: string, make: (element: HTMLElement, host: import('./parts.js').Host) => Promise<import('./parts.js').Part> }>} */
const PARTS = {
  conv: { title: 'Convolution', make: async (element, host) => new ConvolutionView(element, host) },
  layers: {
    title: 'Two layers',
    make: async (element, host) => {
      const { LayersView } = await import('./layers_view.js');
      return new LayersView(element, host);
    },
  },
  descent: {
    title: 'Gradient descent',
    make: async (element, host) => {
      const { DescentView } = await import('./descent_view.js');
      return new DescentView(element, host);
    },
  },
};
const FIRST = 'conv';
const HTML = `
<div class="head">
  <div class="kinds" role="radiogroup" aria-label="What is on the bench"></div>
  <div class="tools">
    <button type="button" class="plain undo">Undo</button>
    <button type="button" class="plain redo">Redo</button>
    <button type="button" class="plain fresh">Start again</button>
    <take-home view="bench"></take-home>
  </div>
</div>
<p class="told" role="status"></p>
<div class="panels"></div>`;

export class BenchPage {
  /** @type {Record<string, { part: import('./parts.js').Part, panel: HTMLElement, history: History }>} */
  opened = {};
  /** @type {Record<string, Promise<void>>} */
  making = {};
  open = '';
  written = ''; // into the address, last
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  resting = undefined;

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.trigger = trigger;
    this.signal = signal;
    this.props = props;
    const bench = finder(element)('.bench');
    bench.innerHTML = HTML;
    bench.before(make('style', {}, STYLE));
    this.find = finder(bench);
    this.makeKinds();
    this.listen();
    offerToTakeHome('bench', () => this.part()?.offers() ?? []);
    watch('value', () => this.answered());
    on('bench-set', (text) => this.take(text), signal);
    window.addEventListener('popstate', () => this.takeAddress(), { signal });
    watchVisibility(() => element, (isShown) => this.part()?.shown(isShown), signal);
    this.takeAddress();
  }

  makeKinds() {
    const radio = (/** @type {string} */ name) =>
      make('label', {}, make('input', { type: 'radio', name: 'bench-part', value: name }), make('span', {}, PARTS[name].title));
    this.find('.kinds').append(...Object.keys(PARTS).map(radio));
    this.find('.kinds').addEventListener('change', (event) => this.show(/** @type {HTMLInputElement} */ (event.target).value));
  }

  listen() {
    this.find('.undo').addEventListener('click', () => this.go(-1));
    this.find('.redo').addEventListener('click', () => this.go(1));
    this.find('.fresh').addEventListener('click', () => {
      this.part()?.take('');
      this.changed(this.open, 'setting', '');
      this.find('.told').textContent = 'All is as it was at the beginning. Undo brings your work back.';
    });
  }

  part() {
    return this.opened[this.open]?.part ?? null;
  }

  /**
   * Brings a part into sight, as its reader left it.
   * @param {string} name
   */
  async show(name) {
    this.open = name;
    for (const input of this.find('.kinds').querySelectorAll('input')) input.checked = input.value === name;
    await (this.making[name] ??= this.make(name));
    for (const [other, { panel, part }] of Object.entries(this.opened)) {
      const isOpen = other === this.open;
      panel.hidden = !isOpen;
      part.shown(isOpen);
    }
    this.publish();
  }

  /** @param {string} name */
  async make(name) {
    const panel = make('div', { class: `panel ${name}` });
    this.find('.panels').append(panel);
    const part = await PARTS[name].make(panel, this.hostOf(name));
    this.opened[name] = { part, panel, history: new History(part.text({ withPlace: false })) };
  }

  /** @param {string} name */
  hostOf(name) {
    return {
      changed: (/** @type {'setting' | 'place'} */ what, /** @type {string} */ key = '') => this.changed(name, what, key),
      signal: this.signal,
      ask: (/** @type {string} */ event, /** @type {object} */ detail) => this.trigger(event, detail),
    };
  }

  /**
   * @param {string} name of the part
   * @param {'setting' | 'place'} what
   * @param {string} key
   */
  changed(name, what, key) {
    const one = this.opened[name];
    if (!one) return; // it is being made
    if (what === 'setting') {
      one.history.note(one.part.text({ withPlace: false }), key, performance.now());
      this.find('.told').textContent = '';
    }
    if (name === this.open) this.publish();
  }

  /** @param {-1 | 1} by */
  go(by) {
    const text = this.opened[this.open]?.history.go(by);
    if (text === null || text === undefined) return;
    this.part()?.take(text);
    this.find('.told').textContent = by < 0 ? 'Undone.' : 'Done again.';
    this.publish();
  }

  // ------------------------------------------------------------------------------------------- address and store

  /** The open part and its state. */
  text() {
    const state = this.part()?.text() ?? '';
    return state ? `${this.open}~${state}` : this.open;
  }

  /**
   * Shows a state from outside.
   * @param {string} text
   */
  async take(text) {
    const [asked, ...rest] = text.slice(0, MOST_CHARACTERS).split('~');
    const name = Object.hasOwn(PARTS, asked) ? asked : FIRST;
    await this.show(name);
    const { part, history } = this.opened[name]; // another one may be open by now
    part.take(rest.join('~'));
    history.note(part.text({ withPlace: false }), '', performance.now());
    this.publish();
  }

  takeAddress() {
    const given = new URLSearchParams(location.search);
    if (this.open && given.get('tab') !== KEY) return; // of another tab: the bench stays as it is
    const text = given.get(KEY) ?? FIRST;
    if (text !== this.written) this.take(text);
  }

  publish() {
    const one = this.opened[this.open];
    if (!one) return;
    for (const [name, by] of /** @type {[string, -1 | 1][]} */ ([['undo', -1], ['redo', 1]]))
      this.find(`.${name}`, HTMLButtonElement).disabled = !one.history.can(by);
    store.set('bench', { text: this.text(), facts: { part: this.open, ...one.part.facts() } });
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      if (this.signal.aborted) return;
      this.written = this.text();
      setAddress({ [KEY]: this.written === FIRST ? null : this.written });
    }, REST);
  }

  // ----------------------------------------------------------------------------------------------------- the server

  answered() {
    const answer = sent(this.props);
    for (const { part } of Object.values(this.opened)) if (part instanceof ConvolutionView) part.answered(answer);
    this.publish();
  }
}
