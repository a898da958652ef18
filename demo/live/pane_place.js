/** Where the pane stands: in a corner until it is moved, by its head, with the pointer or with arrow keys; and folded. */

import { finder } from '../static/lib/dom.js';

const STEP = 24; // CSS pixels that an arrow key moves it
const EDGE = 8; // CSS pixels that stay between it and the window's edge
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0] };

export class PanePlace {
  /** @type {{ x: number, y: number } | null} */
  grabbed = null; // where in the pane

  /**
   * @param {HTMLElement} pane
   * @param {AbortSignal} signal
   */
  constructor(pane, signal) {
    this.pane = pane;
    this.button = finder(pane)('.fold');
    const grip = finder(pane)('.grip');
    this.button.addEventListener('click', () => this.fold(!pane.classList.contains('folded')));
    grip.addEventListener('pointerdown', (event) => {
      if (event.target instanceof Element && event.target.closest('button')) return;
      const { left, top } = pane.getBoundingClientRect();
      this.grabbed = { x: event.clientX - left, y: event.clientY - top };
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener('pointermove', (event) => {
      if (this.grabbed) this.put(event.clientX - this.grabbed.x, event.clientY - this.grabbed.y);
    });
    for (const kind of ['pointerup', 'pointercancel']) grip.addEventListener(kind, () => (this.grabbed = null));
    grip.addEventListener('keydown', (event) => {
      if (event.target !== grip || !(event.key in MOVES)) return;
      event.preventDefault();
      const { left, top } = pane.getBoundingClientRect();
      this.put(left + MOVES[event.key][0], top + MOVES[event.key][1]);
    });
    window.addEventListener('resize', () => {
      if (!pane.style.left) return;
      const { left, top } = pane.getBoundingClientRect();
      this.put(left, top);
    }, { signal });
  }

  /**
   * @param {number} left
   * @param {number} top
   */
  put(left, top) {
    const { width, height } = this.pane.getBoundingClientRect();
    const inside = (/** @type {number} */ place, /** @type {number} */ most) => Math.max(EDGE, Math.min(place, most - EDGE));
    const { style } = this.pane;
    style.left = `${inside(left, document.documentElement.clientWidth - width)}px`;
    style.top = `${inside(top, window.innerHeight - height)}px`;
    style.right = style.bottom = 'auto';
  }

  /** @param {boolean} isFolded to its head */
  fold(isFolded) {
    this.pane.classList.toggle('folded', isFolded);
    this.button.setAttribute('aria-expanded', String(!isFolded));
    this.button.setAttribute('aria-label', isFolded ? 'Unfold the live picture' : 'Fold the live picture');
  }
}
