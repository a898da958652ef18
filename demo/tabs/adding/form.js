/**
 * The form that takes a network in: a file is sent to the server, which says how far it is, what is wrong, or what the
 * network answers for the page's picture. Nothing that was written goes before a network is there.
 *
 * @typedef {object} Check what `demo.tabs.adding.check` gives
 * @property {[string, string][]} facts
 * @property {string[]} said
 * @property {string} [picture]
 * @property {[string, number][]} [answers]
 * @property {string} [step]
 * @property {number} [limit]
 * @property {import('../../static/lib/codec.js').Packed} [maps]
 *
 * @typedef {object} Value
 * @property {string[]} [architectures]
 * @property {boolean} [shared] whether everybody sees what is added
 * @property {string} [said] how far it is
 * @property {string} [error]
 * @property {string} [name] of the network that is there now
 * @property {string} [title]
 * @property {Check} [check]
 */

import { drawMap } from '../../static/lib/canvas.js';
import { unpackMaps } from '../../static/lib/codec.js';
import { finder, make } from '../../static/lib/dom.js';
import { on } from '../../static/lib/events.js';
import { percent } from '../../static/lib/format.js';
import { sent } from '../../static/lib/mount.js';
import { keepNetwork } from '../../static/lib/page/own_networks.js';

const MOST_BYTES = 100_000_000; // as the server's
const MOST_TEXT = 1_000_000;
const KINDS = ['.onnx', '.safetensors'];
const FIELDS = ['architecture', 'title', 'classes', 'size', 'mean', 'std'];
const PRIVATE = 'Nothing that stands in the file is run. It goes to the server that runs this page; only this browser, and whoever '
  + 'gets a link to it from you, sees the network, and it is deleted there after four hours.';
const SHARED = 'Nothing that stands in the file is run. Whoever runs this server lets everybody who opens the page see what is added, '
  + 'and keeps it.';
const WRONG = 'Networks are taken from .onnx or .safetensors files; this one is neither.';
const LARGE = 'This file has more than 100 MB, which is too much.';
const NOT_SENT = 'The file could not be sent. Is the server still there? Please try again.';
const LOST = 'The server did not answer. Please try again.';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new AddNetwork(context);
}

class AddNetwork {
  isBusy = false;
  isShared = false;

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, upload, watch, signal }) {
    this.trigger = trigger;
    this.upload = upload;
    this.find = finder(element);
    this.dialog = this.find('dialog', HTMLDialogElement);
    this.form = this.find('form', HTMLFormElement);
    this.file = this.find('input[name=file]', HTMLInputElement);
    this.file.addEventListener('change', () => this.chosen());
    this.find('.class-file').addEventListener('change', () => this.readClasses());
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    for (const name of ['.close', '.cancel', '.look']) this.find(name).addEventListener('click', () => this.dialog.close());
    this.find('.another').addEventListener('click', () => this.again());
    on('add-network', () => this.open(), signal);
    on('unanswered', (name) => name === 'adding' && this.end(LOST), signal);
    watch('value', () => this.take(sent(props)));
  }

  open() {
    if (this.find('form').hidden) this.again();
    this.terms();
    this.dialog.showModal();
    if (!this.find('datalist').childElementCount) this.trigger('begin', {});
  }

  /** An empty form: what stood there is a network now. */
  again() {
    this.form.reset();
    this.chosen();
    this.form.hidden = false;
    this.find('.result').hidden = true;
    this.find('h2').textContent = 'Add a network';
    if (this.dialog.open) this.file.focus();
  }

  terms() {
    this.find('.terms').textContent = this.isShared ? SHARED : PRIVATE;
  }

  /** A file was chosen: weights need an architecture, a graph has its own. */
  chosen() {
    const file = this.file.files?.[0];
    this.find('.architecture').hidden = !file?.name.toLowerCase().endsWith('.safetensors');
    this.find('.error').textContent = (file && troubleWith(file)) || '';
  }

  async readClasses() {
    const input = this.find('.class-file', HTMLInputElement);
    const file = input.files?.[0];
    if (!file) return;
    const isLarge = file.size > MOST_TEXT;
    this.find('.error').textContent = isLarge ? 'A file with the names of classes has at most 1 MB.' : '';
    if (!isLarge) this.find('textarea', HTMLTextAreaElement).value = await file.text();
  }

  async send() {
    const file = this.file.files?.[0];
    const trouble = file ? troubleWith(file) : 'Choose a file first.';
    if (this.isBusy) return;
    if (!file || trouble) {
      this.end(trouble);
      return this.file.focus();
    }
    this.begin(`Sending ${file.name}, ${(file.size / 1e6).toFixed(1)} MB …`);
    const written = new FormData(this.form);
    const order = Object.fromEntries(FIELDS.map((name) => [name, String(written.get(name) ?? '')]));
    try {
      const { path } = await this.upload(file);
      this.say('It waits for its turn …');
      this.trigger('take', { order: { ...order, file: path } });
    } catch {
      this.end(NOT_SENT);
    }
  }

  /** @param {string} words */
  begin(words) {
    this.isBusy = true;
    this.find('.go', HTMLButtonElement).disabled = true;
    this.find('.error').textContent = '';
    this.say(words);
  }

  /** @param {string} error "" for none */
  end(error) {
    this.isBusy = false;
    this.find('.go', HTMLButtonElement).disabled = false;
    this.say('');
    this.find('.error').textContent = error;
  }

  /** @param {string} words */
  say(words) {
    this.find('.said').textContent = words;
  }

  /** @param {Value} value */
  take(value) {
    if (value.architectures) this.offer(value.architectures);
    if (value.shared !== undefined) this.isShared = value.shared;
    this.terms();
    if (value.said) this.say(value.said);
    if (value.error) this.end(value.error);
    if (value.name && value.check) this.done(value.name, value.title ?? '', value.check);
  }

  /** @param {string[]} names */
  offer(names) {
    this.find('datalist').replaceChildren(...names.map((name) => make('option', { value: name })));
  }

  /**
   * @param {string} name
   * @param {string} title
   * @param {Check} check
   */
  done(name, title, check) {
    this.end('');
    if (!this.isShared) keepNetwork(name);
    this.trigger('use', { name });
    this.form.hidden = true;
    this.find('.result').hidden = false;
    this.find('h2').textContent = `Added: ${title}`;
    this.find('.lead').textContent = 'It is in the list of networks now, and the page shows it in all tabs. Whether it knows pictures '
      + `like yours is unknown: nothing has been fitted to it that could tell.${this.isShared ? '' : ' It is deleted after four hours.'}`;
    this.find('.words').replaceChildren(...check.said.map((words) => make('li', words.startsWith('Look again') ? { class: 'warning' } : {}, words)));
    this.find('.facts').replaceChildren(...check.facts.map(([what, value]) => make('div', {}, make('dt', {}, what), make('dd', {}, value))));
    this.find('.seen').hidden = !check.picture;
    if (check.picture) this.find('.picture', HTMLImageElement).src = check.picture;
    this.find('tbody').replaceChildren(...(check.answers ?? []).map(([label, share]) => make('tr', {}, make('th', { scope: 'row', translate: 'no' }, label),
      make('td', { class: 'bar' }, make('span', { style: `width:${100 * share}%` })), make('td', { class: 'number' }, percent(share)))));
    this.find('.layer').hidden = !check.maps;
    if (check.maps) this.draw(check.maps, check.limit ?? 1, check.step ?? '');
    if (this.dialog.open) this.find('h2').focus();
  }

  /**
   * @param {import('../../static/lib/codec.js').Packed} packed
   * @param {number} limit
   * @param {string} step
   */
  draw(packed, limit, step) {
    const maps = unpackMaps(packed);
    this.find('.of').textContent = `Its first layer, ${step}: the maps that differ most over the picture`;
    this.find('.maps').replaceChildren(...Array.from({ length: packed.channels }, (_, channel) => {
      const canvas = make('canvas', { 'aria-hidden': 'true' });
      drawMap(canvas, maps, channel, limit);
      return canvas;
    }));
  }
}

/** @param {File} file */
function troubleWith({ name, size }) {
  if (!KINDS.some((kind) => name.toLowerCase().endsWith(kind))) return WRONG;
  return size > MOST_BYTES ? LARGE : '';
}
