/** The bench's player: the window goes from value to value by itself. */

import { readable } from '../../static/lib/format.js';

export class Player {
  /** @type {number | null} */
  playing = null; // animation frame
  owed = 0; // values that time has earned but that were not made yet
  last = 0; // when the frame before was drawn

  /**
   * @param {ReturnType<typeof import('../../static/lib/dom.js').finder>} find
   * @param {import('./conv_view.js').ConvolutionView} view
   */
  constructor(find, view) {
    this.find = find;
    this.view = view;
    find('.go').addEventListener('click', () => (this.playing === null ? this.play() : this.stop()));
    find('.speed').addEventListener('input', () => this.drawRate());
    this.drawRate();
  }

  /** Values per second. */
  rate() {
    return 10 ** Number(this.find('.speed', HTMLInputElement).value);
  }

  drawRate() {
    this.find('.rate').textContent = `${readable(this.rate())} a second`;
  }

  play() {
    const made = this.view.current()?.makes;
    if (!made) return;
    const { stage, row, column } = this.view.settings;
    if (row * made.width + column === made.values.length - 1) this.view.go(stage, 0, 0);
    this.owed = 0;
    this.last = performance.now();
    this.find('.go').textContent = 'Pause';
    this.find('.now').setAttribute('aria-live', 'off'); // else each value would be spoken
    this.playing = requestAnimationFrame((now) => this.frame(now));
  }

  /** @param {number} now */
  frame(now) {
    const made = this.view.current()?.makes;
    if (!made) return this.stop();
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches; // then a row at a time, once a second
    const unit = isCalm ? made.width : 1;
    this.owed += ((now - this.last) / 1000) * (isCalm ? unit : this.rate());
    this.last = now;
    const steps = Math.floor(this.owed / unit) * unit;
    this.owed -= steps;
    const { row, column } = this.view.settings;
    const left = made.values.length - 1 - row * made.width - column;
    if (steps) this.view.step(Math.min(steps, left));
    if (steps >= left) this.stop();
    else this.playing = requestAnimationFrame((then) => this.frame(then));
  }

  stop() {
    if (this.playing !== null) cancelAnimationFrame(this.playing);
    this.playing = null;
    this.find('.go').textContent = 'Play';
    this.find('.now').setAttribute('aria-live', 'polite');
  }
}
