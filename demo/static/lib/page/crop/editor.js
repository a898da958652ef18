/**
 * A square over the picture in its box, to move and to size by mouse, finger and keys. What is outside of it is dimmed;
 * when it is let go, all views show it. Without a choice it stands where the network itself cuts: in the middle.
 */

import { addPage, setAddress } from '../../address.js';
import { make } from '../../dom.js';
import { store } from '../../store.js';
import { centred, grown, moved, parseSquare, pulled, share, words, written } from './square.js';

const STYLE = await (await fetch(new URL('editor.css', import.meta.url))).text();
const HOW = 'Drag the square, or pull it by a corner, to choose what the network gets.';
const KEYS = 'Arrow keys move the square, plus and minus or Shift with arrow keys make it larger and smaller.';
const STEP = 0.02; // of the picture's width or height, for each press of an arrow key
const HANDLE = 44; // pixels of a handle's side, as a thumb needs them
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** @type {import('./square.js').Corner[]} */
const CORNERS = ['nw', 'ne', 'sw', 'se'];

export class CropEditor {
  /** @type {import('./square.js').Square | null} */
  square = null;
  /** @type {import('./square.js').Size | null} */
  picture = null; // its size, once the box shows it
  /** @type {{ path: string, crop: string } | null} */
  asked = null; // the last choice, until the file says so: earlier ones may come on the way
  isPage = true; // the next choice is a page of the browser's history; by keys only the first of a row is

  /**
   * @param {import('../../mount.js').Context} context
   * @param {(text: string) => void} choose all views show the square of that text; "" for the whole picture
   */
  constructor({ element, signal }, choose) {
    this.element = element;
    this.choose = choose;
    this.hole = make('div', { class: 'crop-hole' });
    this.node = make(
      'div',
      { class: 'crop-square', tabindex: 0, role: 'application', 'aria-roledescription': 'movable square', 'aria-label': 'Part of the picture that the network gets', 'aria-describedby': 'crop-place crop-keys' },
      ...CORNERS.map((corner) => make('span', { class: 'crop-handle', 'data-corner': corner })),
    );
    this.over = make('div', { class: 'crop-over' }, make('div', { class: 'crop-dim' }, this.hole), this.node);
    this.place = make('output', { id: 'crop-place' });
    this.whole = make('button', { type: 'button' }, 'Whole picture');
    const keys = make('span', { id: 'crop-keys' }, KEYS);
    this.below = make('div', { class: 'crop-below' }, make('p', {}, this.place, `${HOW} `, keys), this.whole);
    element.replaceChildren(make('style', {}, STYLE), this.over, this.below);
    this.whole.addEventListener('click', () => this.let('', true));
    this.listen();
    store.watch('file', () => this.take(), signal);
    const box = document.getElementById('picture');
    const sizes = new ResizeObserver(() => this.draw());
    const changes = new MutationObserver(() => this.watchImage(sizes));
    if (box) changes.observe(box, { childList: true, subtree: true, attributes: true, attributeFilter: ['src'] });
    box?.addEventListener('load', () => this.take(), { signal, capture: true });
    signal.addEventListener('abort', () => (sizes.disconnect(), changes.disconnect()));
    this.watchImage(sizes);
  }

  /** The picture as the box shows it: Gradio's own element, which it makes anew for another picture. */
  image() {
    const file = store.get('file');
    const images = [.../** @type {NodeListOf<HTMLImageElement>} */ (document.querySelectorAll('#picture img'))];
    return images.find((image) => file && image.src === file.url) ?? images[0] ?? null;
  }

  /** @param {ResizeObserver} sizes */
  watchImage(sizes) {
    sizes.disconnect();
    const image = this.image();
    for (const node of [image, this.element]) if (node) sizes.observe(node);
    this.take();
  }

  /** What the box holds now. */
  take() {
    const image = this.image();
    const file = store.get('file');
    const isThere = Boolean(file && image?.complete && image.naturalWidth);
    this.picture = isThere && image ? { width: image.naturalWidth, height: image.naturalHeight } : null;
    if (this.asked && this.asked.path === file?.path && this.asked.crop !== file.crop) return this.draw();
    this.asked = null;
    if (this.picture && !this.drag && !this.isTurned) this.square = parseSquare(file?.crop ?? '') ?? centred(this.picture);
    this.draw();
  }

  draw() {
    const { picture, square } = this;
    const image = this.image();
    this.over.hidden = this.below.hidden = !picture || !square || !image;
    if (!picture || !square || !image) return;
    const parts = { left: square.left / 10, top: square.top / 10, width: 100 * share(square.size, picture).x, height: 100 * share(square.size, picture).y };
    const crop = store.get('file')?.crop ?? '';
    this.cover(image, picture);
    for (const node of [this.hole, this.node])
      for (const [name, value] of Object.entries(parts)) node.style.setProperty(name, `${value}%`);
    const side = this.node.offsetWidth;
    this.node.style.setProperty('--out', `${Math.min(30, 0.3 * side) - HANDLE}px`);
    this.place.textContent = crop || this.drag || this.isTurned ? `${words(square)}. ` : 'The whole picture: the network takes the square in its middle. ';
    this.whole.toggleAttribute('disabled', !crop);
  }

  /**
   * Lies over the picture itself, of which the element may be larger.
   * @param {HTMLImageElement} image
   * @param {import('./square.js').Size} picture
   */
  cover(image, { width, height }) {
    const panel = this.over.offsetParent;
    if (!panel) return;
    const zoom = image.currentCSSZoom ?? 1; // what is measured is in pixels of the window, what is set is not
    const [at, around] = [image.getBoundingClientRect(), panel.getBoundingClientRect()];
    const scale = Math.min(at.width / width, at.height / height, getComputedStyle(image).objectFit === 'scale-down' ? zoom : Infinity);
    const left = at.left + (at.width - scale * width) / 2 - around.left - zoom * panel.clientLeft;
    const top = at.top + (at.height - scale * height) / 2 - around.top - zoom * panel.clientTop;
    const box = { left: left / zoom + panel.scrollLeft, top: top / zoom + panel.scrollTop, width: (scale * width) / zoom, height: (scale * height) / zoom };
    for (const [name, value] of Object.entries(box)) this.over.style.setProperty(name, `${value}px`);
  }

  /** @type {{ corner: import('./square.js').Corner | undefined, x: number, y: number, from: import('./square.js').Square } | null} */
  drag = null;
  isTurned = false; // keys have changed the square and are not let go yet

  listen() {
    const { node } = this;
    node.addEventListener('pointerdown', (event) => {
      if (!this.square || event.button) return;
      const corner = /** @type {any} */ (event.target instanceof HTMLElement ? event.target.dataset.corner : undefined);
      this.drag = { corner, x: event.clientX, y: event.clientY, from: this.square };
      node.setPointerCapture(event.pointerId);
      node.focus({ preventScroll: true });
      event.preventDefault();
    });
    node.addEventListener('pointermove', (event) => {
      if (!this.drag || !this.picture) return;
      const { width, height } = this.over.getBoundingClientRect();
      const { corner, from } = this.drag;
      const [x, y] = [(event.clientX - this.drag.x) / width, (event.clientY - this.drag.y) / height];
      this.square = corner ? pulled(from, corner, x, y, this.picture) : moved(from, x, y, this.picture);
      this.draw();
    });
    node.addEventListener('pointerup', () => this.drop());
    node.addEventListener('pointercancel', () => {
      this.drag = null;
      this.take();
    });
    node.addEventListener('keydown', (event) => this.press(event));
    node.addEventListener('keyup', () => this.turned());
    node.addEventListener('blur', () => {
      this.turned();
      this.isPage = true;
    });
  }

  drop() {
    const before = this.drag?.from;
    this.drag = null;
    if (this.square && before && written(before) !== written(this.square)) this.let(written(this.square), true);
    else this.take();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const { square, picture } = this;
    if (!square || !picture || event.ctrlKey || event.metaKey || event.altKey) return;
    const [x, y] = ARROWS[event.key] ?? [0, 0];
    const larger = event.key === '+' || event.key === '=' ? 1 : event.key === '-' ? -1 : event.shiftKey ? x - y : 0;
    if (!larger && !(x || y)) return;
    event.preventDefault();
    this.isTurned = true;
    this.square = larger ? grown(square, 1000 * STEP * larger, picture) : moved(square, STEP * x, STEP * y, picture);
    this.draw();
  }

  /** Keys are let go: however long one was held, the server is asked once. */
  turned() {
    if (!this.isTurned || !this.square || !this.picture) return;
    this.isTurned = false;
    const text = written(this.square);
    if (text === ((this.asked ?? store.get('file'))?.crop || written(centred(this.picture)))) return this.draw();
    this.let(text, this.isPage);
    this.isPage = false;
  }

  /**
   * @param {string} text
   * @param {boolean} isPage
   */
  let(text, isPage) {
    this.asked = { path: store.get('file')?.path ?? '', crop: text };
    (isPage ? addPage : setAddress)({ crop: text || null });
    this.choose(text);
  }
}
