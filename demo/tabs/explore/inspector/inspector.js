/**
 * How the chosen value came about, and from there back to any value it was made of. The server is asked once for each
 * value, when it is chosen; going back up needs no request.
 */

import { around, finder, make } from '../../../static/lib/dom.js';
import { emit, on } from '../../../static/lib/events.js';
import { sent } from '../../../static/lib/mount.js';
import { LOST, send } from '../../../static/lib/requests.js';
import { store } from '../../../static/lib/store.js';
import { offerToTakeHome } from '../../../static/lib/take_home.js';
import { card, positionName } from './cards.js';
import { inspectorOffers } from './inspector-home.js';
import { softmaxPanel } from './softmax_panel.js';

/** @typedef {import('../../../static/lib/sums/parts.js').Position} Position */

/**
 * What the server sends, as `inspect` in demo/tabs/explore/inspector/inspector.py says.
 * @typedef {object} Answer
 * @property {string} model
 * @property {Position} position
 * @property {number} ticket the serial of the channel that it was asked for
 * @property {string} [message] instead of all that follows
 * @property {import('../../../static/lib/sums/parts.js').Explanation[]} [chain]
 * @property {import('./softmax_panel.js').Logits | null} [softmax]
 */

const LATER = 150; // milliseconds after which a choice that nobody follows up is asked about
const CHOOSE = 'Choose a value on the large map, by a click, a touch or the arrow keys: its whole calculation appears here, to be followed back to the picture.';
const FAILED = 'This could not be worked out. Choose the value again to try once more.';

const key = (/** @type {Position | undefined} */ place) => JSON.stringify(place ?? null);

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new Inspector(context);
}

export class Inspector {
  /** @type {Position[]} */
  trail = []; // from the chosen value back
  /** @type {number | undefined} */
  serial = undefined; // of the grid's values that the answers belong to
  /** @type {Map<string, Answer>} */
  answers = new Map();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  asking = undefined;
  /** @type {{ question: string, since: number } | null} */
  onItsWay = null; // what was asked last, and when, until there is an answer
  isInAddress = false; // whether the address holds a value
  softmax = { temperature: 1 };

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.section = this.find('.inspector');
    this.listen();
    this.listenToPage(signal);
    offerToTakeHome('inspector', () => inspectorOffers(this));
    watch('value', () => this.take());
    this.choose();
  }

  // ------------------------------------------------------------------------------------------------------ listening

  listen() {
    const { section } = this;
    section.addEventListener('click', (event) => {
      const button = around(event, 'button');
      if (!button) return;
      if (button.classList.contains('up')) this.up();
      else if (button.dataset.place) this.dig(JSON.parse(button.dataset.place));
      else if (button.dataset.level) {
        this.trail = this.trail.slice(0, Number(button.dataset.level) + 1);
        this.show();
      }
    });
    // What a number saw is shown on the picture while it is pointed at or has the focus.
    const pointing = (/** @type {Event} */ event) => {
      const place = around(event, '[data-place]')?.dataset.place;
      if (place) look(JSON.parse(place));
    };
    const away = (/** @type {Event} */ event) => around(event, '[data-place]') && this.lookAtTop();
    for (const kind of ['pointerover', 'focusin']) section.addEventListener(kind, pointing);
    for (const kind of ['pointerout', 'focusout']) section.addEventListener(kind, away);
  }

  /** @param {AbortSignal} signal */
  listenToPage(signal) {
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || !this.trail.length || !this.isVisible()) return;
      if (event.target !== document.body && !around(event, '#channel, #inspector')) return; // of something else
      event.preventDefault();
      this.up();
    }, { signal });
    on('dig', (place) => this.trail.length && this.dig(place), signal);
    on('answered', (outcome) => outcome === 'failed' && this.failed(), signal);
    store.watch('value', () => this.choose(), signal);
    on('tab', () => setTimeout(() => this.choose(), LATER), signal);
  }

  // ------------------------------------------------------------------------------------------------ what is chosen

  isVisible() {
    return (this.section.closest('#workspace') ?? this.section).checkVisibility();
  }

  /** The place whose calculation is shown. */
  top() {
    return this.trail.at(-1);
  }

  choose() {
    if (!this.isVisible()) return; // asked when the tab is opened
    const value = store.get('isLive') ? null : store.get('value'); // the sum of a picture that moves is out of date at once
    const hasChannel = Boolean(store.get('channel'));
    this.section.hidden = !hasChannel;
    const isSameMap = value?.serial === this.serial;
    if (!isSameMap) this.answers = new Map();
    /** @type {Position | null} */
    const place = value && [value.step, value.channel, value.row, value.column];
    if (place && isSameMap && this.trail.length && key(place) === key(this.trail[0])) {
      if (!this.answers.has(key(this.top()))) this.show(); // the answer was lost, perhaps
      return;
    }
    this.serial = value?.serial;
    this.trail = place ? [place] : [];
    if (!place) store.set('calculation', null);
    this.section.closest('.segment')?.scrollTo({ top: 0 });
    if (value) this.isInAddress = true;
    else if (this.isInAddress && hasChannel) this.forget();
    this.show();
  }

  /** The address is to hold no value any more. */
  forget() {
    this.isInAddress = false;
    const channel = store.get('channel');
    if (!channel) return;
    const nothing = { step: channel.step, channel: channel.channel, row: null, column: null };
    send(this.trigger, nothing, 'explain', () => !store.get('value'));
  }

  /** @param {Position} place */
  dig(place) {
    this.trail = [...this.trail, place];
    this.show();
    this.toHead();
  }

  up() {
    if (this.trail.length > 1) {
      this.trail = this.trail.slice(0, -1);
      this.show();
      this.toHead();
    } else if (this.trail.length && !this.isSingle()) emit('choose', null);
  }

  /** Whether the map has one value, which is always chosen. */
  isSingle() {
    return store.get('channel')?.maps.size === 1;
  }

  /** To the beginning of what has just appeared, for eyes and for a screen reader. */
  toHead() {
    this.section.closest('.segment')?.scrollTo({ top: 0 });
    this.find('h3').focus({ preventScroll: true });
  }

  /** What the place sees is on the picture while it is not the chosen one, which is there anyway. */
  lookAtTop() {
    look(this.trail.length > 1 ? this.top() : undefined);
  }

  // ------------------------------------------------------------------------------------------------- what is shown

  show() {
    const { find, section } = this;
    const place = this.top();
    const known = place && this.answers.get(key(place));
    this.drawTrail();
    section.classList.toggle('waiting', Boolean(place && !known));
    find('.cards').hidden = find('.trail').hidden = !place;
    find('.up').hidden = this.trail.length < 2 && (!place || this.isSingle());
    find('.hint').hidden = Boolean(known);
    find('.hint').textContent = place ? 'The calculation is being worked out …' : CHOOSE;
    if (!place) return find('.cards').replaceChildren();
    this.lookAtTop();
    clearTimeout(this.asking);
    if (known) this.drawCards(known);
    else this.asking = setTimeout(() => this.ask(place), LATER);
  }

  /** @param {Position} place */
  ask(place) {
    const [step, channel, row, column] = place;
    const ticket = this.serial;
    const question = `${ticket} ${key(place)}`;
    if (this.onItsWay?.question === question && performance.now() - this.onItsWay.since < LOST) return;
    this.onItsWay = { question, since: performance.now() };
    const choice = { step, channel, row, column, chosen: this.trail.length === 1, ticket };
    const isStill = () => ticket === store.get('value')?.serial && key(place) === key(this.top());
    send(this.trigger, choice, 'explain', isStill);
  }

  take() {
    /** @type {Answer} */
    const answer = sent(this.props);
    if (!answer.position || answer.ticket !== this.serial) return; // of a picture or network that is no longer shown
    this.answers.set(key(answer.position), answer);
    if (key(this.trail[0]) === key(answer.position)) store.set('calculation', { position: answer.position, chain: answer.chain ?? [] });
    this.onItsWay = null;
    if (key(this.top()) === key(answer.position)) this.show();
  }

  failed() {
    if (!this.onItsWay) return;
    this.onItsWay = null;
    const place = this.top();
    if (!place || this.answers.has(key(place))) return;
    this.section.classList.remove('waiting');
    this.find('.hint').hidden = true;
    this.find('.cards').replaceChildren(make('p', { class: 'hint' }, FAILED));
  }

  drawTrail() {
    const items = this.trail.map((place, level) => {
      const button = make('button', { type: 'button', class: 'plain', 'data-level': level }, positionName(place));
      if (level === this.trail.length - 1) button.setAttribute('aria-current', 'step');
      return make('li', {}, button);
    });
    this.find('.trail ol').replaceChildren(...items);
  }

  /** @param {Answer} answer */
  drawCards({ message = '', chain = [], softmax }) {
    /** @type {HTMLElement[]} */
    const cards = message ? [make('p', { class: 'hint' }, message)] : chain.map(card);
    if (softmax) cards.push(softmaxPanel(softmax, this.softmax));
    this.find('.cards').replaceChildren(...cards);
    const [first] = chain;
    const check = first?.adds ? 'It adds up.' : 'It does not add up.';
    this.find('.spoken').textContent = first ? `${first.words} ${check}` : message;
  }
}

/**
 * What a value sees appears on the picture.
 * @param {Position} [place] none: no longer
 */
function look(place) {
  if (!place) return emit('look', null);
  const [step, channel, row, column] = place;
  emit('look', { step, channel, row, column });
}
