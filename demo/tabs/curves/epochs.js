/**
 * Learning over time: everything for all epochs came in one answer, so that the slider needs no request. The slider also
 * moves a cursor on the charts above, and a click on a chart moves the slider.
 */

import { setAddress } from '../../static/lib/address.js';
import { drawLegend, drawMap } from '../../static/lib/canvas.js';
import { unpackMaps } from '../../static/lib/codec.js';
import { around, finder, make } from '../../static/lib/dom.js';
import { on } from '../../static/lib/events.js';
import { extent, readable } from '../../static/lib/format.js';
import { InSight } from '../../static/lib/in_sight.js';
import { line } from '../../static/lib/requests.js';
import { offerToTakeHome } from '../../static/lib/take_home.js';
import { clickedEpoch, drawCursor, followCharts } from './epoch_cursor.js';
import { epochsOffers } from './epochs-home.js';
import { drawAnswer, drawChoice, drawFilm, drawKernels, drawTable } from './epochs_parts.js';
import { firstShown, limitOf, nearest, rangeAt, scaleInWords, spoken, standing } from './epochs_values.js';

/** @typedef {import('./epochs_values.js').OverTime} OverTime */
/** @typedef {import('./epochs_values.js').Maps} Maps */

const PACE = 1200; // milliseconds for each epoch
const SLOW = 2500; // for who asked for less motion

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new Epochs(context);
}

export class Epochs {
  /** @type {OverTime | null} */
  view = null;
  /** @type {Maps | null} */
  maps = null; // one for each epoch
  /** @type {Maps | null} */
  kernels = null;
  at = 0; // index of the epoch that is shown
  /** @type {ReturnType<typeof setTimeout> | null} */
  playing = null;
  calm = window.matchMedia('(prefers-reduced-motion: reduce)');

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor(context) {
    const { element, watch, signal } = context;
    this.element = element;
    this.find = finder(element);
    this.slider = this.find('.slider', HTMLInputElement);
    this.own = this.find('.own', HTMLInputElement);
    this.inSight = new InSight(context, () => this.isOutdated());
    this.listen(signal);
    offerToTakeHome('epochs', () => epochsOffers(this));
    this.stop();
    watch('value', () => this.draw());
    this.draw();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { find, slider } = this;
    slider.addEventListener('input', () => this.go(Number(slider.value)));
    find('.play').addEventListener('click', () => (this.playing === null ? this.play() : this.stop()));
    find('.film').addEventListener('click', (event) => {
      const frame = around(event, '.frame');
      if (frame) this.go(Number(frame.dataset.index));
    });
    this.own.addEventListener('change', () => {
      this.drawFilm();
      this.drawNow();
    });
    const step = find('.step', HTMLSelectElement);
    step.addEventListener('change', () => this.choose(step.value, this.known().view.channel));
    find('.channel').addEventListener('change', () => this.choose(this.known().view.step, this.typedChannel()));
    const clicked = (/** @type {MouseEvent} */ event) => this.goTo(event);
    find('.curve').addEventListener('click', clicked);
    followCharts({ drawn: () => this.drawCursor(), clicked, signal });
    // A refused choice can be made again.
    on('answered', (outcome) => {
      if (outcome !== 'failed' || line.busy || !this.view) return;
      step.value = this.view.step;
      find('.channel', HTMLInputElement).value = String(this.view.channel);
    }, signal);
    signal.addEventListener('abort', () => clearTimeout(this.playing ?? undefined));
  }

  // ------------------------------------------------------------------------------------------------ what comes in

  isOutdated() {
    const asked = new URLSearchParams(location.search);
    const step = asked.get('step') ?? '';
    if (!this.view || step === '') return false;
    return step !== this.view.step || Number(asked.get('channel') ?? 0) !== this.view.channel;
  }

  draw() {
    const value = this.inSight.lastAnswer();
    if (!value) return;
    this.find('.message').hidden = !value.message;
    this.find('.message').textContent = value.message ?? '';
    this.find('.content').hidden = !value.maps;
    this.view = value.maps ? /** @type {OverTime} */ (value) : null;
    if (!this.view) {
      this.stop();
      this.drawCursor();
      return;
    }
    this.maps = unpackMaps(value.maps);
    this.kernels = value.kernels && unpackMaps(value.kernels.values);
    // The browser alone knows where its slider is.
    this.at = firstShown(this.view, new URLSearchParams(location.search).get('epoch'));
    this.drawAll(this.view, this.maps);
  }

  /** The view and its maps, where there are any. */
  known() {
    if (!this.view || !this.maps) throw new Error('There are no epochs yet.');
    return { view: this.view, maps: this.maps };
  }

  // ------------------------------------------------------------------------------------------------ what is shown

  /**
   * @param {OverTime} view
   * @param {Maps} maps
   */
  drawAll(view, maps) {
    const isVector = maps.size === 1;
    this.find('.tick').hidden = isVector;
    if (isVector) this.own.checked = false;
    this.find('.curve .charts').innerHTML = view.chart;
    drawChoice(this.find, view, isVector);
    this.drawFilm();
    drawTable(this.find, view, maps);
    this.drawNow();
  }

  /** @param {number} index of an epoch */
  limitAt(index) {
    const { maps } = this.known();
    return limitOf(this.own.checked ? rangeAt(maps, index) : extent(maps.integers, maps.factor));
  }

  /** @param {number} index of an epoch */
  pictureAt(index) {
    const canvas = make('canvas');
    drawMap(canvas, this.known().maps, index, this.limitAt(index));
    return canvas;
  }

  drawFilm() {
    drawFilm(this.find, this.known().view, (index) => this.pictureAt(index));
  }

  drawCursor() {
    drawCursor(this.element, this.view && this.view.epochs[this.at]);
  }

  /** What the slider moves. */
  drawNow() {
    const { view, maps } = this.known();
    const words = standing(view, this.at);
    this.slider.value = String(this.at);
    this.slider.setAttribute('aria-valuetext', words);
    for (const frame of /** @type {Iterable<HTMLElement>} */ (this.find('.film').children))
      frame.classList.toggle('current', Number(frame.dataset.index) === this.at);
    this.find('.standing').textContent = words;
    this.drawLarge();
    this.drawScale();
    drawKernels(this.find, view, this.kernels, this.at);
    drawAnswer(this.find, view, this.at);
    this.drawCursor();
    if (this.playing === null) this.find('.spoken').textContent = spoken(view, maps, this.at);
  }

  drawLarge() {
    const { view, maps } = this.known();
    const isVector = maps.size === 1;
    const epoch = view.epochs[this.at];
    const { low, high } = rangeAt(maps, this.at);
    this.find('.map h4').textContent = `${view.step}, ${isVector ? 'value' : 'channel'} ${view.channel}, at epoch ${epoch}`;
    this.find('.large').hidden = isVector;
    this.find('.single').hidden = !isVector;
    this.find('.single').textContent = readable(high);
    const canvas = this.find('.large canvas', HTMLCanvasElement);
    drawMap(canvas, maps, this.at, this.limitAt(this.at));
    const words = `${view.step}, channel ${view.channel} at epoch ${epoch}: from ${readable(low)} to ${readable(high)}`;
    canvas.setAttribute('aria-label', words);
  }

  drawScale() {
    const { maps } = this.known();
    const limit = this.limitAt(this.at);
    const signed = (this.own.checked ? rangeAt(maps, this.at) : extent(maps.integers)).low < 0;
    drawLegend(this.find('.legend', HTMLCanvasElement), limit, signed);
    this.find('.low').textContent = readable(signed ? -limit : 0);
    this.find('.high').textContent = readable(limit);
    this.find('.scaling').textContent = scaleInWords(this.own.checked);
  }

  // ------------------------------------------------------------------------------------------------ what a person does

  /** @param {number} index of an epoch */
  show(index) {
    const { epochs } = this.known().view;
    this.at = Math.max(0, Math.min(epochs.length - 1, index));
    this.drawNow();
    setAddress({ epoch: this.isAtEnd() ? null : String(epochs[this.at]) });
  }

  isAtEnd() {
    return this.at === this.known().view.epochs.length - 1;
  }

  /** @param {number} index of an epoch that the reader names */
  go(index) {
    this.stop();
    this.show(index);
  }

  /**
   * A click on a chart: the kept epoch that is nearest.
   * @param {MouseEvent} event
   */
  goTo(event) {
    const epoch = clickedEpoch(event);
    if (this.view && epoch !== null) this.go(nearest(this.view.epochs, epoch));
  }

  play() {
    this.find('.play').textContent = '❚❚ Pause';
    if (this.isAtEnd()) this.show(0);
    const next = () => {
      this.show(this.at + 1);
      if (this.isAtEnd()) this.stop();
      else this.wait(next);
    };
    this.wait(next);
  }

  /** @param {() => void} next */
  wait(next) {
    this.playing = setTimeout(next, this.calm.matches ? SLOW : PACE);
  }

  stop() {
    clearTimeout(this.playing ?? undefined);
    this.playing = null;
    this.find('.play').textContent = '▶ Play';
    if (this.view && this.maps) this.find('.spoken').textContent = spoken(this.view, this.maps, this.at);
  }

  /**
   * @param {string} step
   * @param {number} channel
   */
  choose(step, channel) {
    this.stop();
    this.inSight.pickHere({ step, channel, ticket: this.inSight.nextTicket() });
  }

  /** The channel in the field, or the nearest that the step has. */
  typedChannel() {
    const { value, max } = this.find('.channel', HTMLInputElement);
    const channel = Math.round(Number(value));
    return Math.max(0, Math.min(Number(max), Number.isFinite(channel) ? channel : 0));
  }
}
