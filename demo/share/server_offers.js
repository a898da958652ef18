/** What the server makes for the menus, one at a time: the worksheet of a value, and its calculation as LaTeX. */

import { make } from '../static/lib/dom.js';
import { on } from '../static/lib/events.js';
import { sent } from '../static/lib/mount.js';
import { copyText, saveBlob } from '../static/lib/save.js';

/** @typedef {import('../static/lib/take_home.js').Place} Place */
/** @typedef {(what: string | Node) => void} Say */

const WAITING = '<title>Worksheet</title><p style="font-family:sans-serif">One moment …</p>';

export class ServerOffers {
  ticket = 0; // of the last order, whose answer alone counts
  /** @type {Window | null} where the worksheet will be */
  tab = null;
  /** @type {Say} of the menu that asked for it */
  say = () => {};

  /** @param {import('../static/lib/mount.js').Context} context the component sends `sheet` */
  constructor({ props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    watch('value', () => this.take());
    on('no-sheet', () => {
      this.tab?.close();
      this.tab = null;
      this.say('That could not be made.');
    }, signal);
  }

  /**
   * @param {Place} place
   * @param {Say} say
   */
  orderSheet(place, say) {
    this.tab?.close(); // of an order that this one takes the place of
    this.tab = window.open('', '_blank'); // at once, else the browser takes it for a pop-up that nobody asked for
    this.tab?.document.write(WAITING);
    this.order(place, say, {});
    return 'Making it …';
  }

  /**
   * @param {Place} place
   * @param {Say} say
   */
  orderLatex(place, say) {
    this.order(place, say, { latex: true });
    return 'One moment …';
  }

  /**
   * @param {Place} place
   * @param {Say} say
   * @param {object} more
   */
  order([step, channel, row, column], say, more) {
    this.say = say;
    this.ticket += 1;
    this.trigger('sheet', { step, channel, row, column, ...more, ticket: this.ticket });
  }

  take() {
    const { ticket, latex, html, name } = sent(this.props);
    if (ticket !== this.ticket) return;
    if (latex) copied(latex).then(this.say);
    if (html) this.open(new Blob([html], { type: 'text/html' }), name);
  }

  /**
   * @param {Blob} sheet
   * @param {string} name of a file, where there is no tab any more
   */
  open(sheet, name) {
    const { tab } = this;
    const isThere = tab && !tab.closed;
    if (isThere) tab.location.replace(URL.createObjectURL(sheet));
    else saveBlob(sheet, name);
    this.tab = null;
    this.say(isThere ? 'Opened in a new tab.' : 'Saved.');
  }
}

/**
 * Where the browser forbids the clipboard, the text is shown to be copied by hand.
 * @param {string} text
 */
async function copied(text) {
  if (await copyText(text)) return 'Copied.';
  return make('textarea', { readonly: '', rows: 8, 'aria-label': 'To be copied' }, text);
}
