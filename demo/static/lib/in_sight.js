/**
 * For widgets that are filled only when they come into sight: asks the server with `want`, and tells an answer to the
 * last question from answers to earlier ones by its ticket. The page's address is what the question is about.
 */

import { on } from './events.js';
import { sent } from './mount.js';
import { send } from './requests.js';
import { store } from './store.js';

const EARLY = '300px'; // from the window's edge, so that the answer is there when the reader is
const GONE = 15_000; // milliseconds after which the server is taken to have lost a question
let moved = false; // something was picked here that the Explore tab is to show when it is opened

/**
 * The answer may be about another picture, network or change than before; then what is out of sight asks for its own
 * part when it comes into sight.
 * @param {boolean} withoutKey whether that is so as well where nothing tells one answer from another
 * @param {unknown} bar value of the What-if bar, whose key names the three
 */
export function refresh(withoutKey, bar) {
  const key = sent({ value: bar }).key ?? '';
  const fresh = `for ${key}`;
  if ((key || withoutKey) && store.get('fresh') !== fresh) store.set('fresh', fresh);
}

/** One for each widget. Its element has the class `waiting` while a question is with the server. */
export class InSight {
  ticket = 0;
  waiting = false;
  since = 0;
  stale = true;
  near = false;
  picked = false;

  /**
   * @param {import('./mount.js').Context} context the component sends `want`, `pick` and `elsewhere`
   * @param {() => boolean} isOutdated whether the address says something else than what is shown
   */
  constructor({ element, props, trigger, signal }, isOutdated) {
    this.element = element;
    this.props = props;
    this.trigger = trigger;
    this.isOutdated = isOutdated;
    const observer = new IntersectionObserver((entries) => {
      this.near = entries[entries.length - 1].isIntersecting;
      this.check();
    }, { rootMargin: EARLY });
    observer.observe(element);
    signal.addEventListener('abort', () => observer.disconnect());
    window.addEventListener('popstate', () => this.check(), { signal });
    store.watch('fresh', () => {
      this.stale = true;
      this.check();
    }, signal);
    // A refused pick brings no value: what is shown holds.
    on('answered', (outcome) => {
      if (outcome === 'failed' && this.picked) this.noAnswer();
      this.picked = false;
    }, signal);
    on('unanswered', (id) => element.closest(`#${id}`) && this.failed(), signal);
    on('tab', (tab) => {
      if (tab !== 'explore' || !moved) return;
      moved = false;
      trigger('elsewhere', {});
    }, signal);
  }

  check() {
    if (!this.near || !store.get('fresh')) return; // the page itself is not ready before the first answer
    const lost = this.waiting && performance.now() - this.since > GONE;
    if (!this.stale && !lost && (this.waiting || !this.isOutdated())) return;
    this.trigger('want', { query: location.search, ticket: this.nextTicket() });
  }

  nextTicket() {
    this.ticket += 1;
    this.waiting = true;
    this.since = performance.now();
    this.stale = false;
    this.element.classList.add('waiting');
    return this.ticket;
  }

  /**
   * The value, if it answers the last question. One without a ticket answers a setting beside the widget, which is newer
   * than any question before it.
   * @returns {any} null for an older one, or none
   */
  lastAnswer() {
    const value = sent(this.props);
    if (!Object.keys(value).length) return null;
    if (value.ticket === undefined) this.nextTicket();
    else if (value.ticket !== this.ticket) return null;
    this.noAnswer();
    return value;
  }

  noAnswer() {
    this.waiting = false;
    this.element.classList.remove('waiting');
  }

  /** A question that failed is asked again when the reader comes back. */
  failed() {
    this.noAnswer();
    this.stale = true;
    const message = /** @type {HTMLElement | null} */ (this.element.querySelector('.message'));
    if (message && !message.hidden)
      message.textContent = 'This could not be worked out. Open this tab again to try once more.';
  }

  /**
   * What is picked in one of these widgets the Explore tab shows when it is opened.
   * @param {import('./requests.js').Choice & { ticket?: number }} choice
   */
  pickHere(choice) {
    moved = true;
    this.picked = true;
    send(this.trigger, choice);
  }
}
