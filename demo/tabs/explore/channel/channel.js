/**
 * One channel large, and the picture beside it. A value is chosen on the map by pointer, finger, arrow keys or by its row
 * and column; what it sees of the picture follows the pointer. All from numbers that the browser has already. Which
 * channel it is the grid says.
 */

import { finder } from '../../../static/lib/dom.js';
import { emit, on } from '../../../static/lib/events.js';
import { readable } from '../../../static/lib/format.js';
import { line } from '../../../static/lib/requests.js';
import { store } from '../../../static/lib/store.js';
import { offerToTakeHome } from '../../../static/lib/take_home.js';
import { channelOffers } from './channel-home.js';
import { corrections, valueAt } from './channel_words.js';
import { drawDetails, listenToDetails } from './details.js';
import { EffectiveFieldOverlay } from './effective_overlay.js';
import { drawFigure, fit, mark, placeUnder, scrollTo } from './map_figure.js';
import { drawSeen, makeRoom } from './picture_figure.js';

/** @typedef {import('./map_figure.js').MapPlace} MapPlace */

const REST = 400; // milliseconds without another key after which a value counts as chosen

/** @type {Record<string, [number, number]>} */
const MOVES = {
  ...{ ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] },
  ...{ PageUp: [-8, 0], PageDown: [8, 0], Home: [0, -1e6], End: [0, 1e6] },
};

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new ChannelView(context);
}

export class ChannelView {
  /** @type {import('../../../static/lib/store.js').Channel | null} */
  main = null; // the channel, as the grid hands it over
  /** @type {MapPlace | null} */
  chosen = null;
  /** @type {import('../../../static/lib/events.js').Place | null} */
  elsewhere = null; // a place of any step that another widget points at
  /** @type {import('./details.js').Details | null} */
  details = null; // the last ones that fitted the channel
  /** @type {any} */
  live = null; // what the server says of a live picture, in place of its last value
  /** @type {import('./argument_overlay.js').ArgumentOverlay | null} */
  overlay = null; // once an argument of the code is looked at
  isEnlarged = false; // whether the picture is to be as large as the map
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  resting = undefined;

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor(context) {
    this.props = context.props;
    this.trigger = context.trigger;
    this.find = finder(context.element);
    this.row = this.find('input.row', HTMLInputElement);
    this.column = this.find('input.column', HTMLInputElement);
    this.effective = new EffectiveFieldOverlay(this, context);
    this.listenToMap();
    this.listenToFields();
    listenToDetails(this);
    this.listenToPage(context.signal);
    offerToTakeHome('channel', () => channelOffers(this));
    on('live', (live) => {
      this.live = live?.channel ?? null;
      drawDetails(this);
    }, context.signal);
    context.watch('value', () => drawDetails(this));
    this.draw();
  }

  /** The picture in a corner of the map, or as large beside it: when asked for, and for an effective field. */
  arrange() {
    this.find('.of-map').classList.toggle('beside', this.isEnlarged || this.effective.isWanted());
    if (!this.main) return;
    fit(this);
    makeRoom(this, null);
  }

  /** The channel, where there is one. */
  known() {
    if (!this.main) throw new Error('There is no channel yet.');
    return this.main;
  }

  // ------------------------------------------------------------------------------------------------------ listening

  listenToMap() {
    const large = this.find('.large');
    const hover = (/** @type {PointerEvent} */ event) => {
      if (!this.main) return;
      this.elsewhere = null;
      makeRoom(this, placeUnder(this, event));
      this.show(placeUnder(this, event));
    };
    large.addEventListener('pointermove', hover);
    large.addEventListener('pointerdown', hover); // a finger does not hover
    large.addEventListener('pointerleave', () => this.showChosen());
    large.addEventListener('click', (event) => {
      const { row, column } = placeUnder(this, event);
      this.choose(row, column, true);
    });
    large.addEventListener('keydown', (event) => this.moveByKey(event));
    this.find('.zoom').addEventListener('click', () => {
      const zoom = this.find('.zoom');
      zoom.setAttribute('aria-pressed', String(zoom.getAttribute('aria-pressed') !== 'true'));
      fit(this);
    });
  }

  listenToFields() {
    for (const input of [this.row, this.column]) {
      input.addEventListener('input', () => {
        const [row, column] = [this.row.value, this.column.value];
        if (row !== '' && column !== '') this.choose(Math.trunc(Number(row)), Math.trunc(Number(column)), false);
        this.find('.corrected').textContent = '';
      });
      input.addEventListener('keydown', (event) => {
        if (event.key !== 'Enter') return;
        this.correct();
        if (this.chosen) this.tell();
      });
      input.addEventListener('change', () => this.correct());
    }
  }

  /** @param {AbortSignal} signal */
  listenToPage(signal) {
    this.find('.channels').addEventListener('click', ({ currentTarget }) => {
      const button = /** @type {HTMLElement} */ (currentTarget);
      const isShown = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(isShown));
      button.closest('#maps')?.classList.toggle('with-channels', isShown);
    });
    store.watch('channel', () => this.draw(), signal);
    store.watch('network', () => this.showChosen(), signal);
    window.addEventListener('resize', () => this.main && fit(this), { signal });
    // Another widget points at a place of any step, or no longer does.
    on('look', (place) => {
      this.elsewhere = place;
      this.showChosen();
    }, signal);
    // An argument of the step's code: what it is about lights up, by a module that few readers need.
    on('argument', async (lit) => {
      if (!lit && !this.overlay) return;
      if (!this.overlay) {
        const { ArgumentOverlay } = await import('./argument_overlay.js');
        this.overlay ??= new ArgumentOverlay(this);
      }
      this.overlay.light(lit); // at once where it can be: the pointer may be on the map by the next moment
    }, signal);
    on('enlarge', () => {
      this.isEnlarged = !this.isEnlarged;
      this.arrange();
    }, signal);
    // Another widget chooses: a value of this map, or none.
    on('choose', (place) => {
      if (!this.main) return;
      if (place) return this.choose(place.row, place.column, true);
      if (this.main.maps.size > 1) this.chosen = null;
      this.showChosen();
      this.tell();
    }, signal);
  }

  // -------------------------------------------------------------------------------------------------- what is shown

  draw() {
    const now = store.get('channel');
    this.find('.content').hidden = !now;
    const isAnew = now?.serial !== this.main?.serial;
    const isFirst = !this.main;
    this.main = now;
    this.elsewhere = null;
    if (!now) this.chosen = null;
    else if (isAnew) this.chosen = askedFor(now);
    if (now) {
      if (now.maps.size === 1) this.chosen = { row: 0, column: 0 };
      drawFigure(this);
      this.showChosen();
      drawDetails(this);
      makeRoom(this, null);
      if (isFirst && this.chosen && now.maps.size > 1) emit('chosen', 'link');
    }
    this.tell();
  }

  /**
   * A place of the map: its value, and what it sees. Chosen is what was clicked; this also follows the pointer.
   * @param {MapPlace | null} place
   */
  show(place) {
    const { find, chosen } = this;
    const main = this.known();
    mark(find('.cell.chosen'), chosen, main.maps);
    mark(find('.cell:not(.chosen)'), place === chosen ? null : place, main.maps);
    find('.pointed').textContent = place
      ? `row ${place.row}, column ${place.column}: ${inNumbers(valueAt(main, place))}`
      : 'Click a value: its sum appears.';
    if (document.activeElement !== this.row) this.row.value = String(chosen?.row ?? '');
    if (document.activeElement !== this.column) this.column.value = String(chosen?.column ?? '');
    this.overlay?.draw(place);
    drawSeen(this, this.elsewhere ?? (place && { step: main.step, channel: main.channel, ...place }));
  }

  showChosen() {
    if (this.main) this.show(this.chosen);
  }

  // ------------------------------------------------------------------------------------------------- what is chosen

  /**
   * A choice counts at once, or when no other follows; then the inspector asks the server for its calculation.
   * @param {number} row
   * @param {number} column
   * @param {boolean} atOnce
   */
  choose(row, column, atOnce) {
    const { maps, step, channel } = this.known();
    const inside = (/** @type {number} */ number, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, number));
    this.chosen = { row: inside(row, maps.height), column: inside(column, maps.width) };
    this.elsewhere = null;
    line.choice = { step, channel };
    this.showChosen();
    scrollTo(this, this.chosen);
    makeRoom(this, this.chosen);
    emit('chosen', 'reader');
    clearTimeout(this.resting);
    if (atOnce) this.tell();
    else this.resting = setTimeout(() => this.tell(), REST);
  }

  tell() {
    clearTimeout(this.resting);
    const { main, chosen } = this;
    if (!main || !chosen) return store.set('value', null);
    const { model, step, channel, serial } = main;
    store.set('value', { model, step, channel, serial, ...chosen });
  }

  /** @param {KeyboardEvent} event */
  moveByKey(event) {
    const isEnter = event.key === 'Enter' || event.key === ' ';
    if (!isEnter && !(event.key in MOVES)) return;
    event.preventDefault();
    const at = this.chosen ?? { row: 0, column: 0 };
    const [down, right] = isEnter || !this.chosen ? [0, 0] : MOVES[event.key];
    this.choose(at.row + down, at.column + right, isEnter);
    this.find('.spoken').textContent = this.find('.pointed').textContent;
  }

  /** What was typed becomes what is used, with a word on why. */
  correct() {
    const { row, column } = this;
    const { words, instead } = corrections({ row: row.value, column: column.value }, this.chosen, this.known().maps);
    if (instead.row !== undefined) row.value = String(instead.row);
    if (instead.column !== undefined) column.value = String(instead.column);
    if (words !== null) this.find('.corrected').textContent = words;
  }
}

/**
 * The value that the address asks for.
 * @param {import('../../../static/lib/store.js').Channel} channel
 * @returns {MapPlace | null}
 */
function askedFor({ row, column }) {
  return Number.isInteger(row) && Number.isInteger(column) ? { row: Number(row), column: Number(column) } : null;
}

/** @param {number | null} value */
function inNumbers(value) {
  return value === null ? '…' : readable(value);
}
