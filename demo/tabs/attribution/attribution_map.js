/**
 * Why this answer: a map over the picture. Class, method and step are chosen here; everything but the map itself is
 * worked out here: colours, opacity, the value under the pointer.
 */

import { setAddress } from '../../static/lib/address.js';
import { drawLegend, pen } from '../../static/lib/canvas.js';
import { unpackMaps } from '../../static/lib/codec.js';
import { finder } from '../../static/lib/dom.js';
import { readable } from '../../static/lib/format.js';
import { sent } from '../../static/lib/mount.js';
import { store } from '../../static/lib/store.js';
import { offerToTakeHome } from '../../static/lib/take_home.js';
import { addressed, drawChoices, QUICK } from './attribution_choices.js';
import { attributionOffers } from './attribution_map-home.js';
import { clip, groundOf, paintOverlay, raw } from './attribution_overlay.js';

/** @typedef {import('./attribution_choices.js').Explanation} Explanation */
/** @typedef {import('./attribution_choices.js').Choice} Choice */
/** @typedef {import('../../static/lib/codec.js').Maps} Maps */

const ABOUT = 384; // pixels of the canvas's side
const START = 'Point at a place, or move with the arrow keys, to read its value.';
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new AttributionMap(context);
}

export class AttributionMap {
  /** @type {Explanation | null} */
  view = null;
  /** @type {Maps | null} */
  maps = null;
  /** @type {import('./attribution_overlay.js').Ground | null} */
  ground = null; // once the picture is there
  /** @type {{ row: number, column: number } | null} */
  at = null; // what is pointed at
  hasAsked = false;
  isSeen = false;
  choice = { ...addressed(), step: '' };

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.canvas = this.find('.view canvas', HTMLCanvasElement);
    this.listen(signal);
    this.askWhenSeen(element, signal);
    offerToTakeHome('why', () => attributionOffers(this));
    watch('value', () => this.update());
    drawChoices(this.find, this.view, this.choice);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { canvas, find } = this;
    const label = find('.label', HTMLSelectElement);
    const step = find('.step', HTMLSelectElement);
    canvas.addEventListener('pointermove', (event) => this.point(event));
    canvas.addEventListener('pointerdown', (event) => this.point(event));
    canvas.addEventListener('pointerleave', () => this.leave());
    canvas.addEventListener('keydown', (event) => this.moveByKey(event));
    find('.opacity').addEventListener('input', () => this.drawOverlay());
    find('.smooth').addEventListener('change', () => this.drawOverlay());
    find('.methods').addEventListener('change', (event) => {
      this.choose({ method: /** @type {HTMLInputElement} */ (event.target).value });
    });
    label.addEventListener('change', () => this.choose({ label: label.value === this.view?.answer ? '' : label.value }));
    const other = find('.other-class input', HTMLInputElement);
    other.addEventListener('change', () => {
      const wanted = other.value.trim().toLowerCase();
      const name = this.view?.names.find((one) => one.toLowerCase() === wanted);
      if (name) this.choose({ label: name === this.view?.answer ? '' : name });
      else if (wanted) find('.status').textContent = 'The network has no class of that name: choose one of the list that opens while you type.';
      if (name) other.value = '';
    });
    step.addEventListener('change', () => this.choose({ step: step.value }));
    find('.again').addEventListener('click', () => this.ask());
    window.addEventListener('popstate', () => {
      const before = JSON.stringify(this.choice);
      this.choice = { ...addressed(), step: this.choice.step };
      drawChoices(this.find, this.view, this.choice);
      if (JSON.stringify(this.choice) !== before && this.isSeen) this.ask();
    }, { signal });
  }

  /**
   * In sight means that the tab is open, wherever the reader has scrolled to.
   * @param {HTMLElement} element
   * @param {AbortSignal} signal
   */
  askWhenSeen(element, signal) {
    const observer = new IntersectionObserver((entries) => {
      this.isSeen = entries[entries.length - 1].isIntersecting;
      if (this.isSeen && !this.hasAsked) this.ask();
    }, { rootMargin: '100000px' });
    observer.observe(element);
    signal.addEventListener('abort', () => observer.disconnect());
  }

  // ------------------------------------------------------------------------------------------------ what is asked

  /** @param {boolean} isCleared whether nothing of the answers before it may be shown */
  nextToken(isCleared) {
    const token = store.get('attribution').token + 1;
    store.set('attribution', { token, isCleared });
    return token;
  }

  ask() {
    const isQuick = this.choice.method === QUICK;
    this.hasAsked = true;
    const token = this.nextToken(false);
    this.find('.again').hidden = true;
    this.find('.status').textContent = isQuick ? 'Working it out …' : 'Working it out, which takes some seconds …';
    this.find('.content').classList.add('old');
    this.trigger(isQuick ? 'quick' : 'slow', { ...this.choice, token });
  }

  /** @param {Partial<Choice>} changes */
  choose(changes) {
    this.choice = { ...this.choice, ...changes };
    const { method, label } = this.choice;
    setAddress({ method: method === QUICK ? null : method, class: label || null });
    this.ask();
  }

  update() {
    const value = sent(this.props);
    if (value.failed) {
      this.find('.status').textContent = 'The map could not be worked out.';
      this.find('.again').hidden = false;
    } else if (value.map || value.message) this.take(value);
    else this.clear();
  }

  /** @param {Explanation & { message?: string }} value */
  take(value) {
    const { token } = store.get('attribution');
    if (value.token !== token) return; // about another picture, network or choice
    this.find('.status').textContent = value.message ?? '';
    this.find('.content').hidden = !value.map;
    this.find('.content').classList.remove('old');
    this.view = value.map ? value : null;
    if (this.view) this.show(this.view);
    drawChoices(this.find, this.view, this.choice);
    if (this.view) this.trigger('check', { ...this.choice, step: value.step, label: value.label, token });
  }

  /** Another picture or network: nothing old is left. */
  clear() {
    this.view = null;
    this.hasAsked = false;
    this.choice = { ...this.choice, step: '' };
    this.nextToken(true);
    this.find('.content').hidden = true;
    this.find('.status').textContent = '';
    drawChoices(this.find, this.view, this.choice);
    if (this.isSeen) this.ask();
  }

  // ------------------------------------------------------------------------------------------------ what is shown

  /** @param {Explanation} view */
  show(view) {
    this.maps = unpackMaps(view.map);
    this.ground = this.at = null;
    drawLegend(this.find('.legend', HTMLCanvasElement), view.limit, view.signed);
    this.find('.low').textContent = readable(view.signed ? -view.limit : 0);
    this.find('.high').textContent = readable(view.limit);
    this.find('.words').textContent = view.words;
    this.find('.means').textContent = view.means;
    this.find('.limits').textContent = view.limits;
    this.find('.unit').textContent = view.unit;
    this.find('.pointed').textContent = START;
    this.canvas.setAttribute('aria-label', `${view.words} Arrow keys read the values.`);
    const image = new Image();
    image.onload = () => {
      if (this.view !== view) return;
      this.ground = this.groundOf(image, view.size);
      this.drawOverlay();
    };
    image.src = view.picture;
  }

  /**
   * @param {HTMLImageElement} image
   * @param {number} size of the network's picture, in pixels
   */
  groundOf(image, size) {
    const side = size * Math.max(1, Math.round(ABOUT / size));
    this.canvas.width = this.canvas.height = side;
    const context = pen(this.canvas, { willReadFrequently: true });
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, side, side);
    return groundOf(context.getImageData(0, 0, side, side).data, side);
  }

  drawOverlay() {
    const { ground, maps, view, at } = this;
    if (!ground || !maps || !view) return;
    const { side } = ground;
    const context = pen(this.canvas);
    const image = context.createImageData(side, side);
    const opacity = Number(this.find('.opacity', HTMLInputElement).value) / 100;
    const isSmooth = this.find('.smooth', HTMLInputElement).checked;
    paintOverlay(image.data, ground, maps, { limit: view.limit, opacity, isSmooth });
    context.putImageData(image, 0, 0);
    if (!at) return;
    const [width, height] = [side / maps.width, side / maps.height];
    context.strokeStyle = '#111';
    context.lineWidth = 2;
    context.strokeRect(at.column * width + 1, at.row * height + 1, Math.max(3, width - 2), Math.max(3, height - 2));
  }

  // ------------------------------------------------------------------------------------------------ what is read

  /**
   * @param {Maps} maps
   * @param {number} row
   * @param {number} column
   */
  read(maps, row, column) {
    this.at = { row: clip(row, maps.height), column: clip(column, maps.width) };
    const where = `Row ${this.at.row}, column ${this.at.column} of ${maps.height} × ${maps.width}`;
    this.find('.pointed').textContent = `${where}: ${readable(raw(maps, this.at.row, this.at.column))}`;
    this.drawOverlay();
  }

  /** @param {MouseEvent} event */
  point(event) {
    const { maps } = this;
    if (!this.view || !maps) return;
    const box = this.canvas.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * maps.height);
    this.read(maps, row, Math.floor(((event.clientX - box.left) / box.width) * maps.width));
  }

  leave() {
    this.at = null;
    this.find('.pointed').textContent = START;
    this.drawOverlay();
  }

  /** @param {KeyboardEvent} event */
  moveByKey(event) {
    const { maps, at } = this;
    if (!this.view || !maps || !(event.key in MOVES)) return;
    event.preventDefault();
    const [down, across] = MOVES[event.key];
    if (at) this.read(maps, at.row + down, at.column + across);
    else this.read(maps, Math.floor(maps.height / 2), Math.floor(maps.width / 2));
  }
}
