/**
 * Two lanes, each a pass through a network, and their difference. The maps of all channels of the chosen step came in one
 * answer: moving to another channel, pointing and the choice of scale need no request.
 */

import { drawLegend } from '../../static/lib/canvas.js';
import { around, finder, stepAfter } from '../../static/lib/dom.js';
import { on } from '../../static/lib/events.js';
import { readable } from '../../static/lib/format.js';
import { InSight } from '../../static/lib/in_sight.js';
import { line } from '../../static/lib/requests.js';
import { offerToTakeHome } from '../../static/lib/take_home.js';
import { compareOffers } from './compare-home.js';
import { drawAnswers } from './compare_answers.js';
import { drawGrid, drawSide, layOut, placeOnGrid, placeOnLarge } from './compare_maps.js';
import { isMeasured, markTile, tiles } from './compare_steps.js';
import { canPair, channelAt, leftOf, limitOf, SIDES, unpackLanes } from './compare_values.js';
import { scaleInWords, spoken, stepsInWords, titleOf, valuesInWords, whyNoDifference } from './compare_words.js';

/** @typedef {import('./compare_values.js').Compared} Compared */
/** @typedef {import('./compare_values.js').Lanes} Lanes */
/** @typedef {import('./compare_values.js').Side} Side */

const REST = 400; // milliseconds without another key after which the server is told
const ABOUT = ['lane', 'other', 'disturb', 'strength', 'seed', 'step', 'channel']; // keys of the address

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new Comparison(context);
}

export class Comparison {
  /** @type {Compared | null} */
  view = null;
  /** @type {Lanes | null} */
  lanes = null;
  current = ''; // the step that is chosen, perhaps before the server has answered
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  resting = undefined;

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor(context) {
    const { element, watch, signal } = context;
    this.find = finder(element);
    this.three = this.find('.three');
    this.strip = this.find('.steps');
    this.stretch = this.find('.stretch', HTMLInputElement);
    this.similar = this.find('[name=pairing][value=similar]', HTMLInputElement);
    this.similar.checked = true;
    this.inSight = new InSight(context, () => this.isOutdated());
    this.listen(signal);
    offerToTakeHome('lanes', () => compareOffers(this));
    watch('value', () => this.draw());
    this.draw();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { three, strip } = this;
    three.addEventListener('click', (event) => this.pickPointed(event));
    three.addEventListener('pointermove', (event) => this.showValues(event));
    three.addEventListener('pointerdown', (event) => this.showValues(event)); // a finger does not hover
    three.addEventListener('pointerleave', () => (this.find('.pointed').textContent = ''));
    three.addEventListener('keydown', (event) => this.moveByKey(event));
    strip.addEventListener('click', (event) => {
      const step = around(event, '.tile')?.dataset.step;
      if (step) this.pickStep(step);
    });
    strip.addEventListener('keydown', (event) => {
      const next = this.view && stepAfter(event, this.view.steps, this.current);
      if (next) this.pickStep(next);
    });
    this.stretch.addEventListener('change', () => this.drawLanes());
    this.find('.pairing').addEventListener('change', () => {
      this.unpack();
      this.drawLanes();
    });
    // What the server did not take, because the connection broke or its queue is full, can be picked again.
    on('answered', () => {
      if (line.busy || !this.view) return;
      this.current = this.view.step;
      markTile(this.strip, this.current);
    }, signal);
  }

  // ------------------------------------------------------------------------------------------------ what comes in

  isOutdated() {
    if (!this.view) return false;
    const { channel } = this.view; // moved here, perhaps
    const asked = new URLSearchParams(location.search);
    const shown = { ...this.view.about, channel: channel ? String(channel) : '' };
    return ABOUT.some((key) => (asked.get(key) ?? '') !== (/** @type {Compared['about']} */ (shown)[key] ?? ''));
  }

  draw() {
    const value = this.inSight.lastAnswer();
    if (!value) return;
    this.find('.message').hidden = !value.message;
    this.find('.message').textContent = value.message ?? '';
    this.find('.content').hidden = !value.left;
    this.view = value.left ? value : null;
    if (!this.view) return;
    const lanes = this.unpack();
    this.find('.pairing').hidden = !canPair(lanes);
    this.find('.matched').hidden = !this.view.matched.note;
    this.find('.matched').textContent = this.view.matched.note;
    drawAnswers(this.find, this.view);
    this.drawSteps();
    this.drawLanes();
  }

  unpack() {
    this.lanes = unpackLanes(this.known().view, this.similar.checked);
    return this.lanes;
  }

  /** The view and its numbers, where there are any. */
  known() {
    if (!this.view) throw new Error('There is nothing to compare yet.');
    return { view: this.view, lanes: /** @type {Lanes} */ (this.lanes) };
  }

  // ------------------------------------------------------------------------------------------------ the steps

  drawSteps() {
    const { steps, step } = this.known().view;
    this.find('.about-steps').textContent = stepsInWords(isMeasured(steps));
    this.strip.replaceChildren(...tiles(steps));
    this.current = step;
    markTile(this.strip, this.current);
  }

  /** @param {string} name */
  pickStep(name) {
    const { view } = this;
    if (!view || (name === this.current && (line.busy || name === view.step))) return; // a lost answer is asked for again
    this.current = name;
    markTile(this.strip, this.current);
    clearTimeout(this.resting);
    const count = view.steps.find((step) => step.name === name)?.channels ?? 1;
    const channel = Math.min(view.channel, count - 1);
    this.inSight.pickHere({ step: name, channel, ticket: this.inSight.nextTicket() });
  }

  // ------------------------------------------------------------------------------------------------ the maps

  drawLanes() {
    this.drawGrids();
    this.drawScale();
    this.drawChannel();
  }

  /** @param {Side} side */
  limitFor(side) {
    const { left, right, difference } = this.known().lanes;
    return side === 'difference' && this.stretch.checked ? limitOf(difference) : limitOf(left, right);
  }

  drawGrids() {
    const { lanes } = this.known();
    for (const side of SIDES) {
      const lane = lanes[side];
      this.find(`.${side} .large`).hidden = !lane || lane.size === 1;
      this.find(`.${side} .single`).hidden = !lane || lane.size > 1;
      this.find(`.${side} .all`).hidden = this.find(`.${side} .own`).hidden = !lane;
      if (lane) drawGrid(this.find(`.${side} .all canvas`, HTMLCanvasElement), lane, this.limitFor(side));
    }
    this.find('.why').hidden = Boolean(lanes.difference);
    this.find('.why').textContent = lanes.difference ? '' : whyNoDifference(lanes);
  }

  drawScale() {
    const { view, lanes } = this.known();
    const limit = limitOf(lanes.left, lanes.right);
    drawLegend(this.find('.legend', HTMLCanvasElement), limit, true);
    this.find('.low').textContent = readable(-limit);
    this.find('.high').textContent = readable(limit);
    this.find('.scale label').hidden = !lanes.difference;
    this.find('.scaling').textContent = scaleInWords(lanes, view.block, this.stretch.checked);
  }

  drawChannel() {
    const { view, lanes } = this.known();
    for (const side of SIDES) {
      const lane = lanes[side];
      if (side !== 'difference') this.find(`.${side} h4`).textContent = titleOf(view, lanes, side);
      if (lane) drawSide(this.find, side, lane, channelAt(lanes, side, view.channel), view.extents?.[side], this.limitFor(side));
    }
    const words = spoken(view, lanes);
    this.three.setAttribute('aria-valuemin', '0');
    this.three.setAttribute('aria-valuemax', String(lanes.left.channels - 1));
    this.three.setAttribute('aria-valuenow', String(view.channel));
    this.three.setAttribute('aria-valuetext', words);
    this.find('.spoken').textContent = words;
  }

  // ------------------------------------------------------------------------------------------------ what a person does

  /**
   * @param {number} channel
   * @param {boolean} atOnce whether the server is told without waiting for another key
   */
  pickChannel(channel, atOnce) {
    const { view, lanes } = this.known();
    view.channel = Math.max(0, Math.min(lanes.left.channels - 1, channel));
    this.drawChannel();
    clearTimeout(this.resting);
    const { step } = view;
    const tell = () => {
      if (this.view?.step !== step || this.current !== step) return;
      this.inSight.pickHere({ step, channel: this.view.channel }); // for the address
    };
    if (atOnce) tell();
    else this.resting = setTimeout(tell, REST);
  }

  /** @param {MouseEvent} event */
  pickPointed(event) {
    const at = around(event, '.all') && this.pointed(event);
    if (at && at.channel >= 0) this.pickChannel(at.channel, true);
  }

  /** @param {KeyboardEvent} event */
  moveByKey(event) {
    if (!this.view) return;
    const { columns } = layOut(this.known().lanes.left);
    /** @type {Record<string, number>} */
    const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -1e6, End: 1e6, PageUp: -10, PageDown: 10 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    this.pickChannel(this.view.channel + moves[event.key], false);
  }

  /**
   * What the pointer is at.
   * @param {MouseEvent} event
   * @returns {import('./compare_words.js').Place | null}
   */
  pointed(event) {
    const side = SIDES.find((name) => this.find(`.${name}`).contains(/** @type {Node} */ (event.target)));
    const lane = side && this.lanes?.[side];
    if (!this.view || !side || !lane) return null;
    const { lanes, view } = this.known();
    const place = placeOnGrid(event, lane);
    if (place) return { ...place, side, own: place.channel, channel: leftOf(lanes, side, place.channel) };
    const large = placeOnLarge(event, lane);
    return large && { ...large, side, own: channelAt(lanes, side, view.channel), channel: view.channel };
  }

  /** @param {MouseEvent} event */
  showValues(event) {
    const at = this.pointed(event);
    const words = at && valuesInWords(this.known().lanes, at);
    if (words) this.find('.pointed').textContent = words;
  }
}
