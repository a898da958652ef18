/**
 * The effective field: how strongly the chosen value depends on each pixel, over the picture. Asked for while its button
 * is pressed; shown only while it is the chosen value's and the picture's box is that value's, too.
 */

import { drawLegend, pen } from '../../../static/lib/canvas.js';
import { unpackMaps } from '../../../static/lib/codec.js';
import { putColour } from '../../../static/lib/colors.js';
import { tell } from '../../../static/lib/dom.js';
import { on } from '../../../static/lib/events.js';
import { readable } from '../../../static/lib/format.js';
import { send } from '../../../static/lib/requests.js';
import { store } from '../../../static/lib/store.js';

/** @typedef {import('../../../static/lib/events.js').Place} Place */

/**
 * What the server sends, as `influence` in demo/tabs/explore/channel/effective_field.py says.
 * @typedef {object} Answer
 * @property {[string, number, number, number]} position
 * @property {number} ticket the serial of the channel that it was asked for
 * @property {import('../../../static/lib/codec.js').Packed} map
 * @property {number} limit
 * @property {string} words
 * @property {string} means
 * @property {string | null} picture
 */

const SETTLED = 150; // milliseconds after which a choice that nobody follows up is asked about
const START = 'Point at a pixel, or move with the arrow keys, to read it.';

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

/**
 * @param {number} ticket
 * @param {[string, number, number, number]} position
 */
function placeKey(ticket, position) {
  return JSON.stringify([ticket, ...position]);
}

export class EffectiveFieldOverlay {
  /** @type {Answer & { key: string } | null} */
  answer = null; // the server's last one
  /** @type {ReturnType<typeof unpackMaps> | null} */
  pixels = null; // its values
  /** @type {{ row: number, column: number } | null} */
  pixel = null; // that is pointed at
  asked = ''; // what the server is asked about
  failed = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  due = undefined;

  /**
   * @param {import('./channel.js').ChannelView} view
   * @param {import('../../../static/lib/mount.js').Context} context
   */
  constructor(view, { element, trigger, signal }) {
    this.view = view;
    this.find = view.find;
    this.element = element;
    this.trigger = trigger;
    this.listen();
    this.listenToPage(signal);
  }

  listen() {
    const { find } = this;
    find('.effective').addEventListener('click', () => {
      find('.effective').setAttribute('aria-pressed', String(!this.isWanted()));
      this.failed = '';
      this.view.arrange();
      this.view.showChosen();
      this.ask();
    });
    find('.heat').addEventListener('keydown', (event) => this.moveByKey(event));
    for (const kind of /** @type {const} */ (['pointermove', 'pointerdown']))
      find('.frame').addEventListener(kind, (event) => {
        if (find('.heat').hidden || !this.pixels) return;
        const { height, width } = this.pixels;
        const box = find('.heat').getBoundingClientRect();
        const row = Math.floor(((event.clientY - box.top) / box.height) * height);
        this.read(row, Math.floor(((event.clientX - box.left) / box.width) * width));
      });
    find('.frame').addEventListener('pointerleave', () => (find('.read').textContent = START));
  }

  /** @param {AbortSignal} signal */
  listenToPage(signal) {
    on('influence', (answer) => answer.map && this.take(answer), signal);
    on('answered', (outcome) => {
      if (outcome === 'failed' && this.asked) {
        this.failed = this.asked;
        this.view.showChosen();
      }
      this.asked = '';
    }, signal);
    store.watch('value', () => this.ask(), signal);
    on('tab', () => setTimeout(() => this.ask(), SETTLED), signal);
  }

  isWanted() {
    return this.find('.effective').getAttribute('aria-pressed') === 'true';
  }

  /** What of the page's the chosen value is; "" where none is chosen. */
  about() {
    const { main, chosen } = this.view;
    return main && chosen ? placeKey(main.serial, [main.step, main.channel, chosen.row, chosen.column]) : '';
  }

  /** The answer, where it is about the chosen value. */
  known() {
    return this.answer?.key === this.about() ? this.answer : null;
  }

  /** The answer, where there is something of it on the picture. */
  shown() {
    const known = this.isWanted() ? this.known() : null;
    return known?.limit ? known : null;
  }

  /**
   * @param {Place | null} place what the picture's box belongs to
   */
  draw(place) {
    const { find } = this;
    const { main, chosen } = this.view;
    const isOn = this.isWanted();
    const isOfChosen =
      chosen && place?.step === main?.step && place?.channel === main?.channel && place?.row === chosen.row && place?.column === chosen.column;
    find('.heat').hidden = !this.shown() || !isOfChosen;
    find('.influence').hidden = !isOn;
    find('.about').hidden = !this.known()?.limit;
    if (!isOn) return;
    tell(find('.told'), this.words());
  }

  words() {
    const known = this.known();
    if (known) return known.words;
    if (!this.view.chosen) return 'Choose a value on the map, and its effective field appears over the picture.';
    if (this.failed === this.about()) return 'It could not be worked out. Choose the value again to try once more.';
    return 'Working it out …';
  }

  ask() {
    clearTimeout(this.due);
    if (!this.isWanted() || !this.view.chosen || this.known() || !this.element.checkVisibility()) return;
    this.due = setTimeout(() => this.send(), SETTLED);
  }

  send() {
    const { main, chosen } = this.view;
    const key = this.about();
    if (!main || !key) return;
    const { step, channel, serial } = main;
    send(this.trigger, { step, channel, ...chosen, ticket: serial }, 'effective', () => {
      const isStill = this.isWanted() && key === this.about() && !this.known();
      if (isStill) {
        this.failed = '';
        setTimeout(() => (this.asked = key)); // after what listens to the answer before
      }
      return isStill;
    });
  }

  /** @param {Answer} answer */
  take(answer) {
    const { find } = this;
    const key = placeKey(answer.ticket, answer.position);
    if (key !== this.about()) return; // a late one: what is shown may be what is chosen again
    const shown = { ...answer, key };
    this.answer = shown;
    this.asked = this.failed = '';
    this.pixels = unpackMaps(answer.map);
    this.pixel = null;
    drawLegend(find('.influence .legend', HTMLCanvasElement), answer.limit, false);
    find('.influence .high').textContent = readable(answer.limit);
    find('.means').textContent = answer.means;
    find('.read').textContent = START;
    find('.heat').setAttribute('aria-label', `${answer.words} Arrow keys read the pixels.`);
    const image = new Image();
    image.onload = () => shown === this.answer && this.paint(image);
    image.src = answer.picture ?? store.get('network')?.picture ?? '';
    this.view.showChosen();
  }

  /**
   * The larger a value, the less of the picture's lightened greys shows.
   * @param {HTMLImageElement} image
   */
  paint(image) {
    if (!this.pixels || !this.answer) return;
    const { width, height, integers, factor } = this.pixels;
    const { limit } = this.answer;
    const canvas = this.find('.heat', HTMLCanvasElement);
    [canvas.width, canvas.height] = [width, height];
    const context = pen(canvas, { willReadFrequently: true });
    context.drawImage(image, 0, 0, width, height);
    const drawn = context.getImageData(0, 0, width, height);
    const { data } = drawn;
    const heat = [0, 0, 0, 0];
    for (let i = 0; i < width * height; i++) {
      const value = integers[i] * factor;
      putColour(heat, 0, value, limit);
      const grey = 255 - 0.75 * (255 - (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]));
      const cover = 0.75 ** (0.5 + 2.5 * (1 - value / limit));
      for (let c = 0; c < 3; c++) data[4 * i + c] = grey * (1 - cover) + heat[c] * cover;
    }
    context.putImageData(drawn, 0, 0);
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  read(row, column) {
    if (!this.pixels) return;
    const { height, width, integers, factor } = this.pixels;
    const inside = (/** @type {number} */ number, /** @type {number} */ count) => Math.max(0, Math.min(count - 1, number));
    const pixel = { row: inside(row, height), column: inside(column, width) };
    this.pixel = pixel;
    const value = integers[pixel.row * width + pixel.column] * factor;
    this.find('.read').textContent = `Pixel in row ${pixel.row}, column ${pixel.column}: ${readable(value)}`;
  }

  /** @param {KeyboardEvent} event */
  moveByKey(event) {
    if (!(event.key in MOVES) || !this.pixels) return;
    event.preventDefault();
    const [down, across] = this.pixel ? MOVES[event.key] : [0, 0];
    const { height, width } = this.pixels;
    const from = this.pixel ?? { row: Math.floor(height / 2), column: Math.floor(width / 2) };
    this.read(from.row + down, from.column + across);
  }
}
