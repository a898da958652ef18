/**
 * All channels of all steps at once. They come in one answer of the server when this is opened, with what each channel
 * reads: pointing at channels and moving among them asks nothing. A click shows the channel in the work space.
 */

import { addPage } from '../../../static/lib/address.js';
import { around, finder, make } from '../../../static/lib/dom.js';
import { emit } from '../../../static/lib/events.js';
import { InSight } from '../../../static/lib/in_sight.js';
import { scaleLevel, store } from '../../../static/lib/store.js';
import { drawAll, drawEdges } from './drawing.js';
import { classesOf, headsOf } from './heads.js';
import { boxOf, channelAt, layOut, neighbour } from './layout.js';
import { Known } from './known.js';

/**
 * @typedef {import('./layout.js').At} At
 * @typedef {import('./known.js').Data} Data
 */

const MEANS =
  'A line’s width is how much the channel at its left brings to the one at its right for this picture: a convolution’s ' +
  'channel is a sum with one map for each channel that it reads, and the width is the size (root mean square) of that ' +
  'map, beside the largest; in percent, beside all. Red: it adds on average; blue: it takes away. Of a linear layer it is ' +
  'weight times value, summed up. Drawn are the 8 inputs that bring most, and thin the channels that they are drawn for. ' +
  'ReLU, pooling and the like read one channel alone. Maps are averaged down to at most 16 × 16; faint ones are 0 everywhere.';

export class WholeView {
  /** @type {Data | null} */
  data = null;
  /** @type {Set<number>} */
  open = new Set(); // numbers of the blocks that are to be unfolded
  isMore = false; // whether to ask only for the blocks that are missing
  /** @type {Known | null} */
  found = null;
  layout = layOut([], { width: 1, height: 1 }, false);
  /** @type {At} */
  at = { step: '', channel: 0 }; // where the keys are
  /** @type {At | null} */
  shown = null; // whose lines are drawn
  pointer = 'mouse';
  isInSight = false;
  look = { accent: '', isDark: false };

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor(context) {
    const { element, watch, signal, trigger } = context;
    this.find = finder(element);
    this.area = this.find('.area');
    this.lines = this.find('canvas.lines', HTMLCanvasElement);
    this.find('.about p').textContent = MEANS;
    const asks = (/** @type {string} */ name, /** @type {object} */ detail) => name === 'want' && trigger(name, { ...detail, ...this.blocks() });
    store.watch('fresh', () => (this.isMore = false), signal); // before the question about it
    this.asking = new InSight({ ...context, trigger: asks }, () => false);
    this.listen(signal);
    watch('value', () => this.take());
    this.take();
  }

  /** Which blocks to ask for; the server chooses where another network is shown. */
  blocks() {
    const isSame = this.data && this.data.model === store.get('network')?.model;
    const blocks = [...this.open].filter((block) => !this.isMore || !this.isOpen(block));
    this.isMore = false;
    return isSame ? { blocks } : {};
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { area } = this;
    area.addEventListener('pointerdown', (event) => (this.pointer = event.pointerType));
    area.addEventListener('pointermove', (event) => event.pointerType !== 'touch' && this.show(this.pointed(event) ?? this.at));
    area.addEventListener('pointerleave', () => this.show(this.at));
    area.addEventListener('click', (event) => this.click(event));
    area.addEventListener('keydown', (event) => this.key(event));
    area.addEventListener('scroll', () => this.drawLines());
    this.find('.open').addEventListener('click', () => this.enter(this.at, true));
    this.find('.fit input').addEventListener('change', () => this.draw());
    new ResizeObserver(() => this.resized()).observe(area);
    store.watch('network', () => this.draw(), signal);
    store.watch('channel', () => this.follow(), signal);
    store.watch('view', () => this.data && this.paint(), signal); // another scale, or another look
  }

  resized() {
    if (!this.data || !this.area.clientWidth) return;
    this.draw();
    if (!this.isInSight) this.follow();
    this.isInSight = true;
  }

  take() {
    /** @type {Data | null} */
    const value = this.asking.lastAnswer();
    if (!value) return;
    const before = this.data;
    if (before?.model !== value.model) this.open = new Set(value.open);
    this.data = before?.key === value.key ? { ...value, columns: { ...before.columns, ...value.columns } } : value;
    this.found = new Known(this.data, (step) => this.facts(step));
    this.draw();
    if (before?.model !== value.model) this.follow();
  }

  /** The page's step and channel, where they are chosen by other means. */
  follow() {
    const channel = store.get('channel');
    if (!channel || !this.data || channel.model !== this.data.model) return;
    const { entries = 1 } = this.data.columns[channel.step] ?? {};
    this.at = { step: channel.step, channel: Math.floor(channel.channel / entries) };
    const block = this.facts(channel.step)?.block;
    if (!this.area.clientWidth) return void (this.isInSight = false); // it is done when this comes into sight again
    if (block !== undefined && !this.isOpen(block) && !boxOf(this.layout, this.at)) this.fold(block);
    this.bringIntoSight();
    this.show(this.at);
  }

  /** @param {string} step */
  facts(step) {
    return store.get('network')?.steps.find((one) => one.name === step);
  }

  /** Whether all steps of a block can be shown and are to be. */
  isOpen(/** @type {number} */ block) {
    const steps = store.get('network')?.steps.filter((one) => one.block === block) ?? [];
    return this.open.has(block) && steps.every((one) => this.data?.columns[one.name]);
  }

  /** @param {number} block folded or unfolded */
  fold(block) {
    if (this.isOpen(block)) this.open.delete(block);
    else {
      this.open.add(block);
      if (!this.isOpen(block)) {
        this.isMore = !this.asking.waiting; // else all is asked for anew: the answer to the last question alone is taken
        this.asking.stale = true;
        this.asking.check();
      }
    }
    this.draw();
  }

  // ------------------------------------------------------------------------------------------------ what is drawn

  /** @returns {import('./layout.js').Wanted[]} */
  wanted() {
    const { data } = this;
    const network = store.get('network');
    if (!data || !network) return [];
    const steps = network.blocks.flatMap((_, number) => {
      const own = network.steps.filter((one) => one.block === number);
      return this.isOpen(number) ? own : own.slice(-1);
    });
    const columns = steps.filter((one) => data.columns[one.name]).map(({ name, block }) => {
      const { channels, entries, peaks } = data.columns[name];
      const kind = entries > 1 ? /** @type {const} */ ('list') : peaks ? /** @type {const} */ ('maps') : /** @type {const} */ ('values');
      return { step: name, block, channels, kind };
    });
    const answer = { step: 'answer', block: -1, channels: data.likeliest.length, kind: /** @type {const} */ ('classes') };
    return [{ step: 'input', block: -1, channels: 3, kind: 'picture' }, ...columns, ...(data.answer ? [answer] : [])];
  }

  draw() {
    const network = store.get('network');
    const isThere = Boolean(this.data && network?.model === this.data.model);
    this.find('.message').hidden = isThere;
    this.find('.frame').hidden = !isThere;
    if (!isThere || !this.data || !network || !this.area.clientWidth) return;
    const isAll = this.find('.fit input', HTMLInputElement).checked;
    this.layout = layOut(this.wanted(), { width: this.area.clientWidth, height: this.area.offsetHeight - 12 }, isAll);
    const open = new Set(network.blocks.keys());
    for (const block of open) if (!this.isOpen(block)) open.delete(block);
    this.find('.heads').replaceChildren(...headsOf(this.layout, network, open), ...classesOf(this.layout, this.data));
    Object.assign(this.find('.sheet').style, { width: `${this.layout.width}px`, height: `${this.layout.height}px` });
    // Where each channel is, for scripts that read the page.
    this.find('.sheet').dataset.columns = JSON.stringify(this.layout.columns);
    this.paint();
  }

  paint() {
    if (!this.data || !this.layout.columns.length) return;
    const { columns, input } = this.data;
    this.look = { accent: getComputedStyle(this.area).getPropertyValue('--color-accent'), isDark: document.body.classList.contains('dark') };
    drawAll(this.find('canvas.maps', HTMLCanvasElement), this.layout, columns, input, scaleLevel());
    if (!boxOf(this.layout, this.at)) {
      const block = this.facts(this.at.step)?.block;
      const instead = this.layout.columns.find((one) => one.block === block) ?? this.layout.columns[1];
      this.at = { step: instead.step, channel: 0 };
    }
    this.shown = null; // its lines may lie elsewhere now
    this.show(this.at);
  }

  /** @param {At} at */
  show(at) {
    if (this.shown && this.shown !== this.at && this.shown.step === at.step && this.shown.channel === at.channel) return;
    if (!this.data) return;
    this.shown = at;
    this.drawLines();
    const known = this.known();
    this.find('.words').replaceChildren(make('b', {}, `${known.name(at)}:`), ` ${known.told(at, (one) => boxOf(this.layout, one) !== null)}`);
  }

  /** What is known of every channel. */
  known() {
    return /** @type {Known} */ (this.found);
  }

  drawLines() {
    if (!this.found) return;
    const { shown, area } = this;
    const port = { left: area.scrollLeft, top: area.scrollTop, width: area.clientWidth, height: area.clientHeight };
    const { step, channel } = shown ?? this.at;
    const known = this.known();
    const { answer } = known.data;
    const into = step === 'answer' ? known.logit(known.data.likeliest[channel]) : known.edges.into(step, channel);
    const outOf = step === answer && answer ? known.logit(channel) : known.edges.outOf(step, channel);
    drawEdges(this.lines, this.layout, port, shown && { at: shown, into, outOf, ...this.look });
    this.lines.dataset.shown = shown ? `${step} ${channel} ${into.map((edge) => `${edge.source}:${edge.from}`).join()}` : '';
  }

  // ------------------------------------------------------------------------------------------------ what is done

  /** @param {MouseEvent} event */
  pointed(event) {
    const box = this.find('.sheet').getBoundingClientRect();
    return channelAt(this.layout, event.clientX - box.left, event.clientY - box.top);
  }

  /** @param {MouseEvent} event */
  click(event) {
    const button = around(event, 'button');
    if (button) {
      const block = Number(button.dataset.block);
      this.fold(block);
      return this.find(`.heads [data-block="${block}"]`).focus({ preventScroll: true });
    }
    const at = this.pointed(event);
    if (!at) return;
    const isAgain = at.step === this.at.step && at.channel === this.at.channel;
    this.find('.open').hidden = this.pointer !== 'touch';
    if (this.pointer !== 'touch' || (isAgain && this.shown)) return this.enter(at, false);
    this.at = at; // a finger first chooses, and then opens
    this.show(at);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target !== this.area) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      return this.enter(this.at, true);
    }
    const next = neighbour(this.layout, this.at, event.key);
    if (!next) return;
    event.preventDefault();
    this.at = next;
    this.bringIntoSight();
    this.show(next);
  }

  /** Scrolls the area, never the page. */
  bringIntoSight() {
    const box = boxOf(this.layout, this.at);
    if (!box) return;
    const { area } = this;
    const margin = 40;
    if (box.left < area.scrollLeft + margin || box.left + box.width > area.scrollLeft + area.clientWidth - margin)
      area.scrollLeft = box.left - area.clientWidth / 2;
    if (box.top < area.scrollTop || box.top + box.height > area.scrollTop + area.clientHeight)
      area.scrollTop = box.top - area.clientHeight / 2;
  }

  /**
   * Shows a channel in the work space.
   * @param {At} at
   * @param {boolean} byKey
   */
  enter(at, byKey) {
    const place = this.known().placeOf(at);
    if (!place) return;
    this.at = at;
    addPage({ view: null }, place.step === store.get('view').step ? '' : 'step'); // one way back for both
    emit('go', place);
    if (byKey) setTimeout(() => /** @type {HTMLElement | null} */ (document.querySelector('#grid .grid'))?.focus());
  }
}
