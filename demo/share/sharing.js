/** The link to what the page shows, and what the page's own link hides. The address holds both. */

import { setAddress } from '../static/lib/address.js';
import { around, finder, make } from '../static/lib/dom.js';
import { on } from '../static/lib/events.js';
import { sent } from '../static/lib/mount.js';
import { copyText } from '../static/lib/save.js';
import { store } from '../static/lib/store.js';
import { hiddenNames, HiddenParts } from './hidden_parts.js';
import { linkOf, notesOn } from './share_link.js';

export { tabUpdates } from './hidden_parts.js';

const BY_HAND = 'The link is selected: copy it with Ctrl+C, on a Mac ⌘+C, or by a long touch.';

/** @type {import('../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new Sharing(context);
}

class Sharing {
  asked = ''; // the link whose QR code is asked for
  noted = ''; // what is said below the link

  /** @param {import('../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    /** @type {import('./hidden_parts.js').Part[]} */
    this.parts = props.parts;
    this.hiddenParts = new HiddenParts(this.parts, signal);
    this.panel = this.find('.panel');
    this.dialog = this.find('dialog', HTMLDialogElement);
    this.link = this.find('.link', HTMLInputElement);
    this.choose = this.find('.choose', HTMLDetailsElement);
    this.addBoxes();
    this.listenToPanel();
    this.listenToCode(signal);
    store.watch('view', () => {
      this.hide();
      this.draw();
    }, signal);
    watch('value', () => this.take());
    this.take();
    this.hide();
  }

  listenToPanel() {
    const { find, panel, link } = this;
    find('.everything').addEventListener('click', () => {
      setAddress({ hide: null });
      find('.open').focus();
    });
    find('.open').addEventListener('click', () => this.toggle(Boolean(panel.hidden)));
    const done = () => {
      this.toggle(false);
      find('.open').focus();
    };
    panel.addEventListener('keydown', (event) => event.key === 'Escape' && done());
    find('.done').addEventListener('click', done);
    this.choose.addEventListener('change', () => this.draw());
    link.addEventListener('focus', () => link.select());
    find('.copy').addEventListener('click', () => this.copy());
    find('.seen').addEventListener('click', () => this.say(''));
  }

  /** @param {AbortSignal} signal */
  listenToCode(signal) {
    this.find('.code').addEventListener('click', () => this.showCode());
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog || around(event, '.close')) this.dialog.close();
    });
    on('uncoded', () => {
      this.find('.waiting').textContent = 'The code could not be drawn. Please close this and try again.';
    }, signal);
  }

  take() {
    const { told } = sent(this.props);
    if (told !== undefined) this.say(told);
    this.drawCode();
  }

  /** @param {string} text what of the opened link is not there */
  say(text) {
    this.find('.told p').textContent = text;
    this.find('.told p').hidden = this.find('.seen').hidden = !text;
  }

  // ---------------------------------------------------------------------------------------------- what is hidden

  /** A box for each part that the link can hide. */
  addBoxes() {
    for (const { name, words, selectors } of this.parts) {
      const label = make('label', {}, make('input', { type: 'checkbox', value: name }), words);
      this.find(selectors ? 'fieldset.parts' : 'fieldset.tabs').append(label);
    }
  }

  boxes() {
    return [...this.choose.querySelectorAll('input')];
  }

  hidden() {
    return hiddenNames(this.parts, store.get('view').hide);
  }

  hide() {
    this.find('.hiding').hidden = !this.hidden().length;
    if (this.hiddenParts.apply(store.get('view').hide, openTab())) this.trigger('hiding', {});
  }

  // ------------------------------------------------------------------------------------------------------ the link

  /** @param {boolean} isOpen */
  toggle(isOpen) {
    this.panel.hidden = !isOpen;
    this.find('.open').setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) return;
    const hidden = this.hidden();
    for (const box of this.boxes()) box.checked = hidden.includes(box.value);
    this.choose.open = hidden.length > 0;
    this.find('.status').textContent = '';
    this.draw();
  }

  draw() {
    if (this.panel.hidden) return;
    const open = openTab();
    for (const box of this.choose.querySelectorAll('fieldset.tabs input')) {
      const input = /** @type {HTMLInputElement} */ (box);
      input.disabled = input.value === open;
      if (input.disabled) input.checked = false;
    }
    const chosen = this.boxes().filter(({ checked }) => checked);
    const link = linkOf(location, this.props.keys, chosen.map(({ value }) => value));
    if (this.link.value !== link) {
      this.link.value = link;
      this.find('.status').textContent = '';
    }
    this.find('.try', HTMLAnchorElement).href = link;
    const notes = notesOn(store.get('picture'), store.get('view').lane, location.hostname);
    if (notes.join('\n') === this.noted) return;
    this.noted = notes.join('\n');
    this.find('.notes').replaceChildren(...notes.map((text) => make('li', {}, text)));
  }

  async copy() {
    const isDone = (await copyText(this.link.value)) || this.copyByCommand();
    this.find('.status').textContent = isDone ? 'The link is copied.' : BY_HAND;
  }

  /** Where there is no clipboard to write to, the link is selected, and the old command may copy it. */
  copyByCommand() {
    this.link.focus();
    this.link.select();
    return document.execCommand('copy');
  }

  // --------------------------------------------------------------------------------------------------- the QR code

  showCode() {
    const { find } = this;
    this.asked = this.link.value;
    find('dialog img').hidden = true;
    find('.waiting').textContent = 'The code is being drawn …';
    find('dialog .address').textContent = this.asked;
    this.dialog.showModal();
    if (sent(this.props).link === this.asked) this.drawCode();
    else this.trigger('code', { link: this.asked });
  }

  drawCode() {
    const { link, src, refusal } = sent(this.props);
    if (!link || link !== this.asked) return;
    const image = this.find('dialog img', HTMLImageElement);
    this.find('.waiting').textContent = refusal ?? '';
    image.hidden = !src;
    if (src) image.src = src;
  }
}

/** The tab that the address names; null before it names one. */
function openTab() {
  return new URLSearchParams(location.search).get('tab');
}
