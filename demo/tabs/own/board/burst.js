/** The camera of a class: pictures are taken while a button is held, or for some seconds. */

import { finder, make } from '../../../static/lib/dom.js';
import { Camera } from '../../../static/lib/on_demand/camera.js';

const EVERY = 200; // milliseconds between two pictures
const SECONDS = 3;
const BURST = `
<div class="sheet"><video muted playsinline aria-label="What the camera sees; the network gets this square"></video></div>
<div class="tools">
  <button type="button" class="hold">Hold to take pictures</button>
  <button type="button" class="three">Take pictures for ${SECONDS} seconds</button>
  <button type="button" class="turn" hidden>Other camera</button>
  <button type="button" class="close">Close the camera</button>
  <p class="quiet">Turn the thing, and move it: pictures that look alike count as one scene.</p>
  <p class="told" role="status"></p>
</div>`;

export class Burst {
  /** @type {import('./card.js').Card | null} */
  card = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;
  until = 0; // milliseconds of the page's clock until which pictures are taken
  count = 0;

  /**
   * @param {() => number} side of a picture, in pixels
   * @param {(card: import('./card.js').Card, frame: Blob, name: string, taken: number) => void} took
   */
  constructor(side, took) {
    this.took = took;
    this.element = make('div', { class: 'burst' });
    this.element.innerHTML = BURST;
    this.find = finder(this.element);
    this.camera = new Camera(this.element, side, (sentence) => (this.find('.told').textContent = sentence), () => {});
    const hold = this.find('.hold');
    hold.addEventListener('pointerdown', (event) => {
      event.preventDefault(); // a long press opens no menu and selects nothing
      hold.focus();
      hold.setPointerCapture(event.pointerId);
      this.shoot(Infinity);
    });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture', 'blur']) hold.addEventListener(end, () => this.rest());
    hold.addEventListener('contextmenu', (event) => event.preventDefault());
    hold.addEventListener('keydown', (event) => {
      if (![' ', 'Enter'].includes(event.key)) return;
      event.preventDefault();
      if (!event.repeat) this.shoot(Infinity);
    });
    hold.addEventListener('keyup', () => this.rest());
    this.find('.three').addEventListener('click', () => this.shoot(performance.now() + 1000 * SECONDS));
    this.find('.close').addEventListener('click', () => this.close());
    this.element.addEventListener('keydown', (event) => event.key === 'Escape' && this.close());
  }

  /** @param {import('./card.js').Card} card whose button was pressed */
  toggle(card) {
    if (this.card === card) return this.close();
    this.close();
    this.card = card;
    card.find('.place').append(this.element);
    card.find('.film').setAttribute('aria-expanded', 'true');
    void this.camera.start();
    this.find('.hold').focus();
  }

  close() {
    this.rest();
    this.camera.stop();
    const { card } = this;
    this.card = null;
    if (!card) return;
    const hadFocus = this.element.contains(document.activeElement);
    this.element.remove();
    card.find('.film').setAttribute('aria-expanded', 'false');
    if (hadFocus) card.find('.film').focus();
  }

  /** @param {number} until */
  shoot(until) {
    this.until = until;
    clearTimeout(this.timer);
    this.element.classList.add('shooting');
    void this.next();
  }

  rest() {
    this.until = 0;
    clearTimeout(this.timer);
    this.element.classList.remove('shooting');
  }

  async next() {
    const { card } = this;
    if (!card || performance.now() > this.until) return this.rest();
    const frame = await this.camera.frame();
    if (frame) this.took(card, frame, `camera ${(this.count += 1)}`, Date.now() / 1000);
    if (this.until) this.timer = setTimeout(() => void this.next(), EVERY);
  }
}
