/**
 * The chosen step's channels as a grid. Colours, scales, the values under the pointer and everything that moving to
 * another channel shows are worked out here, from the numbers that came with the step. Only when the choice rests is
 * the server asked (`detail`) for what it alone knows of the channel: its kernels and its way through the next steps.
 */

import { setAddress } from '../../../static/lib/address.js';
import { unpackMaps, valueOf } from '../../../static/lib/codec.js';
import { around, bringIntoSight, finder } from '../../../static/lib/dom.js';
import { emit, on } from '../../../static/lib/events.js';
import { readable } from '../../../static/lib/format.js';
import { pixelAt } from '../../../static/lib/map_grid.js';
import { sent } from '../../../static/lib/mount.js';
import { line, send } from '../../../static/lib/requests.js';
import { scaleLevel, store } from '../../../static/lib/store.js';
import { offerToTakeHome } from '../../../static/lib/take_home.js';
import { gridOffers } from './grid-home.js';
import { drawHeading, drawMaps, drawScale, layoutOf } from './grid_drawing.js';
import { cornerOf, layOut, placeAt } from './grid_layout.js';
import { GridSorting } from './grid_sorting.js';
import { lightChannels } from './grid_lit.js';
import { logitRows, spoken } from './grid_words.js';

/** @typedef {import('./grid_words.js').StepView} StepView */

const REST = 400; // milliseconds without another key after which the server is asked
let serial = 0; // tells one answer of the server from another

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new Grid(context);
}

export class Grid {
  /** @type {StepView | null} */
  view = null;
  /** @type {ReturnType<typeof unpackMaps> | null} */
  maps = null;
  /** @type {import('./grid_layout.js').GridLayout} */
  layout = layOut({ channels: 0, height: 1, width: 1, size: 1 }, [], { room: 1, cell: 1 });
  serial = 0;
  /** @type {number[] | null} */
  held = null; // the order in which the channels stay, whatever their values
  /** @type {import('../../../static/lib/events.js').Lit | null} */
  lit = null; // the argument of the code that is looked at
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  resting = undefined;

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.grid = this.find('.grid');
    this.canvas = this.find('.grid canvas', HTMLCanvasElement);
    this.sorting = new GridSorting(this, signal);
    this.listen(signal);
    offerToTakeHome('grid', () => gridOffers(this));
    on('live', (live) => (live ? live.grid && this.draw(live.grid, true) : this.draw()), signal);
    watch('value', () => this.draw());
    this.draw();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { grid, find } = this;
    grid.addEventListener('click', (event) => {
      const place = this.pointed(event);
      if (place) this.pickChannel(place.channel, true);
    });
    grid.addEventListener('pointermove', (event) => this.showValue(event));
    grid.addEventListener('pointerdown', (event) => this.showValue(event)); // a finger does not hover
    grid.addEventListener('pointerleave', () => {
      find('.pointed').textContent = '';
      emit('look', null);
    });
    grid.addEventListener('keydown', (event) => this.moveByKey(event));
    find('.logits').addEventListener('click', (event) => {
      const row = around(event, 'tr');
      if (row) this.pickChannel(Number(row.dataset.channel), true);
    });
    find('.scales').addEventListener('change', (event) => {
      const { value } = /** @type {HTMLInputElement} */ (event.target);
      setAddress({ scale: value === 'step' ? null : value });
      this.redraw();
    });
    new ResizeObserver(() => this.view && grid.clientWidth && this.arrange(true)).observe(grid);
    on('argument', (lit) => {
      this.lit = lit;
      lightChannels(this, lit);
    }, signal);
    // A step or channel that another part of the page names.
    on('go', ({ step, channel }) => {
      if (this.view && step === this.view.step && channel !== undefined) this.pickChannel(channel, true);
      else send(this.trigger, { step, channel });
    }, signal);
  }

  // ------------------------------------------------------------------------------------------------ what is shown

  /**
   * @param {any} [value] what the server sent
   * @param {boolean} [isLive] whether another picture follows at once: channels then stay in their order
   */
  draw(value = sent(this.props), isLive = false) {
    this.find('.message').hidden = !value.message;
    this.find('.message').textContent = value.message || '';
    this.find('.content').hidden = !value.maps;
    if (!value.maps) return store.set('channel', null);
    const before = this.view;
    this.view = /** @type {StepView} */ (value);
    this.serial = serial += 1;
    this.maps = unpackMaps(value.maps);
    const isSame = before?.step === value.step && before?.model === value.model;
    this.held = isLive && isSame ? this.layout.order : null;
    this.keepChoice(before);
    this.sorting.follow();
    drawHeading(this);
    this.layout = layoutOf(this);
    this.sorting.draw();
    this.redraw();
    this.find('.pointed').textContent = '';
  }

  redraw() {
    if (!this.view) return;
    drawScale(this);
    drawMaps(this);
    this.drawChosen();
  }

  /**
   * Draws the maps in the order that is asked for now, in the room that there is now.
   * @param {boolean} [onlyIfOther] only where that makes a difference
   */
  arrange(onlyIfOther = false) {
    if (!this.view) return;
    const { columns, rows, isSideways } = this.layout;
    this.layout = layoutOf(this);
    this.sorting.draw();
    const isSame = columns === this.layout.columns && rows === this.layout.rows && isSideways === this.layout.isSideways;
    if (onlyIfOther && isSame) return;
    drawMaps(this);
    this.drawMark();
  }

  /** The view and its maps, where there are any. */
  known() {
    if (!this.view || !this.maps) throw new Error('There is no step yet.');
    return { view: this.view, maps: this.maps };
  }

  /** A list of single values has no scale for each: that would be all or nothing. */
  level() {
    const asked = scaleLevel();
    return asked === 'channel' && this.known().maps.size === 1 ? 'step' : asked;
  }

  /**
   * The value of the strongest colour.
   * @param {number | null} channel null for the whole step
   */
  limitOf(channel) {
    const { view } = this.known();
    const { low, high } = view.scale ?? view;
    if (channel !== null) return Math.max(Math.abs(low[channel]), Math.abs(high[channel]));
    return Math.max(Math.abs(Math.min(...low)), Math.abs(Math.max(...high)));
  }

  /** The same for one map, on the scale that is chosen. */
  limitFor(/** @type {number} */ channel) {
    const level = this.level();
    return level === 'network' ? this.known().view.largest : this.limitOf(level === 'channel' ? channel : null);
  }

  isSigned() {
    return this.level() === 'network' || Math.min(...this.known().view.low) < 0;
  }

  drawMark() {
    const { view, maps } = this.known();
    const { width, height, pixels } = this.layout;
    const { left, top } = cornerOf(this.layout, view.channel);
    const mark = this.find('.chosen');
    Object.assign(mark.style, {
      left: `${(100 * left) / width}%`,
      top: `${(100 * top) / height}%`,
      width: `${(100 * pixels * maps.width) / width}%`,
      height: `${(100 * pixels * maps.height) / height}%`,
    });
    lightChannels(this, this.lit);
    for (const pane of [this.grid, this.grid.closest('.pane')]) if (pane instanceof HTMLElement) bringIntoSight(pane, mark);
  }

  drawChosen() {
    const { view, maps } = this.known();
    this.drawMark();
    this.grid.setAttribute('aria-valuemin', '0');
    this.grid.setAttribute('aria-valuemax', String(maps.channels - 1));
    this.grid.setAttribute('aria-valuenow', String(view.channel));
    this.grid.setAttribute('aria-valuetext', spoken(view, maps.size === 1));
    this.drawLogits();
    this.tell();
  }

  /** The widget beside this one shows the channel large. */
  tell() {
    const { view, maps } = this.known();
    const { channel } = view;
    store.get('channels')[view.step] = channel; // for coming back to this step
    const { low, high, mean, zeros } = view;
    store.set('channel', {
      ...view,
      ...{ maps, serial: this.serial, signed: this.isSigned(), label: view.labels[channel] },
      ...{ low: low[channel], high: high[channel], mean: mean[channel], zeros: zeros[channel] },
      limits: { channel: this.limitOf(channel), step: this.limitOf(null), network: view.largest },
    });
  }

  /** The last step's values have names: they are a table as well. */
  drawLogits() {
    const { view } = this.known();
    const table = this.find('.logits', HTMLTableElement);
    table.hidden = !view.labels.length;
    table.tBodies[0].replaceChildren(...logitRows(view, this.limitOf(null)));
  }

  // ---------------------------------------------------------------------------------------------- what is chosen

  /**
   * What was chosen while this answer was on its way is newer than it (that of a new picture takes longest): it holds,
   * and the server is told again, whose answer about it may have come before this one.
   * @param {StepView | null} before
   */
  keepChoice(before) {
    const { view, maps } = this.known();
    const { choice } = line;
    if (!choice) return;
    if (choice.step !== view.step) return this.askAgain(choice);
    if (before && before.model !== view.model) { // its channels and places are no longer what was chosen
      line.choice = null;
      return;
    }
    const value = store.get('value');
    const isOnMap = value && value.step === before?.step && value.row < maps.height && value.column < maps.width;
    if (before?.step === view.step && isOnMap) [view.row, view.column] = [value.row, value.column];
    const { channel } = choice;
    const isNewer = channel !== undefined && channel < maps.channels && channel !== view.channel;
    if (isNewer) view.channel = channel;
    line.choice = { step: view.step, channel: view.channel };
    if (isNewer) this.askAgain(line.choice);
  }

  /**
   * Once the whole answer is there, and the strip knows the network that the answer is about: another one may have no
   * such step.
   * @param {import('../../../static/lib/requests.js').Choice} choice
   */
  askAgain(choice) {
    const { model } = this.known().view;
    setTimeout(() => {
      if (line.choice !== choice) return; // there is a later one
      const network = store.get('network');
      const isThere = network?.model === model && network.steps.some((one) => one.name === choice.step);
      if (isThere) send(this.trigger, choice);
      else line.choice = null;
    });
  }

  /**
   * @param {number} channel
   * @param {boolean} atOnce whether the server is asked without waiting for another key
   */
  pickChannel(channel, atOnce) {
    const { view, maps } = this.known();
    view.channel = Math.max(0, Math.min(maps.channels - 1, channel));
    line.choice = { step: view.step, channel: view.channel };
    this.drawChosen();
    if (maps.size === 1) emit('chosen', 'reader');
    clearTimeout(this.resting);
    const { step } = view;
    const ask = () => {
      if (this.view?.step === step) send(this.trigger, { step, channel: this.view.channel }, 'detail');
    };
    if (atOnce) ask();
    else this.resting = setTimeout(ask, REST);
  }

  /** @param {KeyboardEvent} event */
  moveByKey(event) {
    if (!this.view || !this.maps) return;
    const { order, slots, columns, rows, isSideways } = this.layout;
    const [across, down] = isSideways ? [rows, 1] : [1, columns];
    /** @type {Record<string, number>} */
    const moves = { ArrowRight: across, ArrowLeft: -across, ArrowDown: down, ArrowUp: -down, Home: -1e6, End: 1e6, PageUp: -10, PageDown: 10 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    const slot = slots[this.view.channel] + moves[event.key];
    this.pickChannel(order[Math.max(0, Math.min(order.length - 1, slot))], false);
  }

  /**
   * What the pointer is at.
   * @param {MouseEvent} event
   */
  pointed(event) {
    if (!this.maps) return null;
    const { x, y } = pixelAt(event, this.canvas);
    return placeAt(this.layout, this.maps, x, y);
  }

  /** @param {MouseEvent} event */
  showValue(event) {
    const place = this.pointed(event);
    if (!place) return;
    const { view, maps } = this.known();
    const { channel, row, column } = place;
    const where = maps.size === 1 ? '' : `, row ${row}, column ${column}`;
    const { shrunk } = maps;
    const mean = shrunk ? ` on average of ${shrunk} × ${shrunk} values` : '';
    const name = view.labels.length ? view.labels[channel] : `${maps.size === 1 ? 'value' : 'channel'} ${channel}`;
    this.find('.pointed').textContent = `${name}${where}: ${readable(valueOf(maps, channel, place))}${mean}`;
    emit('look', { step: view.step, ...place }); // what it sees appears on the picture beside the large channel
  }
}
