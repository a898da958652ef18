/** Every kernel of the page's network, as something to begin with. */

import { littleMap } from '../../../static/lib/canvas.js';
import { floats } from '../../../static/lib/codec.js';
import { around, make } from '../../../static/lib/dom.js';
import { on } from '../../../static/lib/events.js';
import { largest } from '../../../static/lib/format.js';
import { LIMITS, weight } from './settings.js';

/**
 * @typedef {object} Kernels what `kernels` in demo/tabs/bench/handlers.py sends
 * @property {string} title
 * @property {string} [message] instead of all that follows
 * @property {{ name: string, channels: number, reads: number, size: number }[]} steps
 * @property {string} step
 * @property {number} channel
 * @property {string[]} names
 * @property {number} bias
 * @property {number} stride
 * @property {number} padding
 * @property {number} dilation
 * @property {string} weights
 * @property {number} ticket
 */

const FAILED = 'The kernels could not be had. Close this part and open it again, or choose another.';
const MOST_SHOWN = 64; // kernels as pictures; all stand in the list

export class NetworkKernels {
  /** @type {Kernels | null} */
  kernels = null;
  ticket = 0;
  asked = { step: '', channel: 0 };

  /**
   * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find
   * @param {import('../parts.js').Host} host
   * @param {(change: Partial<import('./settings.js').Settings>) => void} set
   */
  constructor(find, host, set) {
    this.find = find;
    this.host = host;
    this.set = set;
    this.box = find('details.network', HTMLDetailsElement);
    this.step = find('select.step', HTMLSelectElement);
    this.channel = find('input.channel', HTMLInputElement);
    this.source = find('select.source', HTMLSelectElement);
    this.box.addEventListener('toggle', () => this.box.open && !this.kernels && this.ask());
    this.step.addEventListener('change', () => this.ask(this.step.value));
    this.channel.addEventListener('change', () => {
      const count = this.kernels?.steps.find(({ name }) => name === this.step.value)?.channels ?? 1;
      const channel = Math.max(0, Math.min(count - 1, Math.trunc(Number(this.channel.value)) || 0));
      this.channel.value = String(channel);
      this.ask(this.step.value, channel);
    });
    this.source.addEventListener('change', () => this.take(Number(this.source.value)));
    find('.little-kernels').addEventListener('click', (event) => {
      const index = around(event, 'button')?.dataset.index;
      if (index) this.take(Number(index));
    });
    on('renewed', (what) => {
      if (what !== 'model') return;
      this.kernels = null;
      if (this.box.open) this.ask();
    }, host.signal);
  }

  /**
   * @param {string} [step] '' for the network's first
   * @param {number} [channel]
   */
  ask(step = '', channel = 0) {
    this.ticket += 1;
    this.find('.about-network').textContent = 'The kernels are on their way.';
    this.host.ask('kernels', { step, channel, ticket: this.ticket });
  }

  /** What was asked for last does not come. */
  failed() {
    if (this.box.open) this.find('.about-network').textContent = FAILED;
  }

  /** @param {Kernels} answer */
  answered(answer) {
    if (answer.ticket !== this.ticket) return;
    const { find } = this;
    for (const part of this.box.querySelectorAll('.of-network')) /** @type {HTMLElement} */ (part).hidden = Boolean(answer.message);
    this.kernels = answer.message ? null : answer;
    find('.little-kernels').replaceChildren();
    find('.about-network').textContent = answer.message ?? `${answer.title}. Choose a kernel: its weights, rounded to four decimals, come to the bench. The bench reads one map, the network sums over all ${answer.names.length}.`;
    if (answer.message) return;
    this.step.replaceChildren(...answer.steps.map(({ name, channels, size }) => make('option', { value: name }, `${name}, ${channels} channels, ${size} × ${size}`)));
    this.step.value = answer.step;
    this.channel.max = String((answer.steps.find(({ name }) => name === answer.step)?.channels ?? 1) - 1);
    this.channel.value = String(answer.channel);
    this.source.replaceChildren(make('option', { value: '' }, 'choose'), ...answer.names.map((name, i) => make('option', { value: i }, name)));
    const size = this.size();
    const limit = largest(floats(answer.weights));
    find('.little-kernels').replaceChildren(...answer.names.slice(0, MOST_SHOWN).map((name, i) =>
      make('button', { type: 'button', 'data-index': i, 'aria-label': `Kernel for ${name}`, title: `Kernel for ${name}` }, littleMap(this.weights(i), size, size, limit))));
  }

  size() {
    const { steps, step } = /** @type {Kernels} */ (this.kernels);
    return steps.find(({ name }) => name === step)?.size ?? 1;
  }

  /** @param {number} index of what the kernel reads */
  weights(index) {
    const count = this.size() ** 2;
    return floats(/** @type {Kernels} */ (this.kernels).weights).subarray(index * count, (index + 1) * count);
  }

  /** @param {number} index of what the kernel reads */
  take(index) {
    const { kernels } = this;
    if (!kernels || !(index in kernels.names)) return;
    this.source.value = String(index);
    for (const button of this.find('.little-kernels').querySelectorAll('button')) button.setAttribute('aria-pressed', String(button.dataset.index === String(index)));
    const kernel = { size: this.size(), values: Array.from(this.weights(index), weight) };
    const isAsThere = this.find('.as-there', HTMLInputElement).checked;
    const within = (/** @type {string} */ name, /** @type {number} */ value) => Math.max(LIMITS[name][0], Math.min(LIMITS[name][1], value));
    const there = { bias: weight(kernels.bias), stride: within('stride', kernels.stride), padding: within('padding', kernels.padding), dilation: within('dilation', kernels.dilation) };
    this.set({ kernel, ...(isAsThere ? there : {}) });
  }
}
