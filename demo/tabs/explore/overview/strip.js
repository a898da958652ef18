/**
 * The whole network, left to right: a small picture of every step, in blocks that fold. A step that is picked goes to
 * the server as `pick`. What the other widgets need of the network as a whole stands in the store.
 */

import { drawMap } from '../../../static/lib/canvas.js';
import { unpackMaps } from '../../../static/lib/codec.js';
import { around, finder, make, reveal, stepAfter } from '../../../static/lib/dom.js';
import { on } from '../../../static/lib/events.js';
import { sent } from '../../../static/lib/mount.js';
import { line, send } from '../../../static/lib/requests.js';
import { store } from '../../../static/lib/store.js';
import { offerToTakeHome } from '../../../static/lib/take_home.js';
import { stripOffers } from './strip-home.js';

/** @typedef {import('../../../static/lib/store.js').Network} Network */
/** @typedef {import('../../../static/lib/store.js').StepFacts} StepFacts */

const MOST_OPEN = 24; // steps that are all unfolded at first; of a longer network only the chosen step's block is

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new Strip(context);
}

class Strip {
  /** @type {Network | null} */
  network = null;
  current = ''; // chosen here, perhaps before the server has answered
  settled = ''; // the step that the server has answered with
  /** @type {Set<number>} */
  open = new Set(); // numbers of the blocks that are unfolded
  drawn = '';

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.strip = this.find('.strip');
    this.listen(signal);
    offerToTakeHome('strip', () => stripOffers(this.network));
    watch('value', () => this.draw());
    this.draw();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.strip.addEventListener('click', (event) => {
      const tile = around(event, '.tile');
      if (tile?.dataset.step) this.pick(tile.dataset.step);
      else if (tile) this.fold(Number(tile.dataset.block));
    });
    this.strip.addEventListener('keydown', (event) => {
      const next = this.network && stepAfter(event, this.network.steps, this.current);
      if (next) this.pick(next);
    });
    this.find('.blocks').addEventListener('click', (event) => {
      const button = around(event, 'button');
      if (button) this.foldByChip(Number(button.dataset.block));
    });
    // What the server did not take, because the connection broke or its queue is full, can be picked again.
    on('answered', () => {
      if (line.busy || !this.network) return; // a later choice is on its way
      this.current = this.settled;
      this.drawTiles();
    }, signal);
  }

  draw() {
    const value = sent(this.props);
    if (value.steps) this.take(value);
    else if (!value.step || value.model !== this.network?.model) this.network = value.step ? this.network : null;
    this.find('.overview').hidden = !this.network;
    if (!this.network) return;
    this.settled = value.step;
    if (!line.next) this.current = this.settled; // else a later choice is on its way
    this.drawTiles();
  }

  /** @param {Network} network */
  take(network) {
    const few = network.steps.length <= MOST_OPEN;
    if (this.network?.model !== network.model) this.open = new Set(few ? network.blocks.keys() : []);
    this.network = network;
    this.drawn = '';
    store.set('network', network);
  }

  known() {
    return /** @type {Network} */ (this.network);
  }

  /**
   * @param {string | undefined} name
   * @returns {StepFacts}
   */
  step(name) {
    const { steps } = this.known();
    return steps.find((one) => one.name === name) ?? steps[0];
  }

  /** Folds and unfolds as asked; the block of the chosen step is always open. */
  drawTiles() {
    const network = this.known();
    this.open.add(this.step(this.current).block);
    const state = [...this.open].sort((a, b) => a - b).join();
    if (this.drawn !== state) {
      this.drawn = state;
      this.find('.blocks').replaceChildren(...network.blocks.map((name, number) => chip(name, number, this.open.has(number))));
      this.find('.blocks').hidden = network.blocks.length < 2;
      this.strip.replaceChildren(...network.blocks.flatMap((_, number) => this.block(number)));
    }
    this.mark();
  }

  /** @param {number} number */
  block(number) {
    const network = this.known();
    const steps = network.steps.filter((one) => one.block === number);
    return this.open.has(number) ? steps.map((one, index) => tile(network, one, index === 0)) : [folded(network, number, steps)];
  }

  mark() {
    const network = this.known();
    const before = path(network, this.current);
    for (const one of /** @type {Iterable<HTMLElement>} */ (this.strip.children)) {
      const isIn = (/** @type {StepFacts} */ step) => step.block === Number(one.dataset.block);
      const names = one.dataset.step ? [one.dataset.step] : network.steps.filter(isIn).map((step) => step.name);
      one.classList.toggle('on-path', names.some((name) => before.has(name)));
      const chosen = one.dataset.step === this.current;
      one.setAttribute('aria-selected', String(chosen));
      if (chosen) {
        this.strip.setAttribute('aria-activedescendant', one.id);
        reveal(this.strip, one);
      }
    }
    const { block } = this.step(this.current);
    for (const button of /** @type {Iterable<HTMLElement>} */ (this.find('.blocks').children))
      button.classList.toggle('current', Number(button.dataset.block) === block);
  }

  /** @param {string} name */
  pick(name) {
    // An answer that was lost is asked for again.
    if (!this.network || (name === this.current && (line.busy || name === this.settled))) return;
    // The same channel where it means the same; else the one that was chosen when this step was last open.
    const isSame = this.step(name).shape[0] === this.step(this.settled).shape[0];
    const channel = store.get('channels')[isSame ? this.settled : name];
    this.current = name;
    this.drawTiles();
    send(this.trigger, channel === undefined ? { step: name } : { step: name, channel });
  }

  /** @param {number} number */
  fold(number) {
    if (this.open.has(number) && number !== this.step(this.current).block) this.open.delete(number);
    else this.open.add(number);
    this.drawTiles();
  }

  /** @param {number} number */
  foldByChip(number) {
    this.fold(number);
    this.find(`.blocks [data-block="${number}"]`).focus({ preventScroll: true });
    const tiles = /** @type {HTMLElement[]} */ ([...this.strip.children]);
    const first = tiles.find((one) => (one.dataset.step ? this.step(one.dataset.step).block : Number(one.dataset.block)) === number);
    if (first) this.strip.scrollLeft = first.offsetLeft - this.strip.offsetLeft;
  }
}

/**
 * The steps that one depends on, itself included.
 * @param {Network} network
 * @param {string} from
 */
function path(network, from) {
  const found = new Set();
  const waiting = [from];
  while (waiting.length) {
    const name = waiting.pop();
    const step = network.steps.find((one) => one.name === name);
    if (!step || found.has(name)) continue; // the picture is no step
    found.add(name);
    waiting.push(...step.inputs);
  }
  return found;
}

/**
 * @param {string} name
 * @param {number} number
 * @param {boolean} isOpen
 */
function chip(name, number, isOpen) {
  const title = isOpen ? `Fold ${name}` : `Unfold ${name}`;
  return make('button', { type: 'button', 'data-block': number, 'aria-expanded': isOpen, title }, name);
}

/**
 * @param {Network} network
 * @param {StepFacts} one
 * @param {boolean} isFirst
 */
function tile(network, one, isFirst) {
  const index = network.steps.indexOf(one);
  return make(
    'div',
    {
      class: `tile${isFirst ? ' first' : ''}`,
      role: 'option',
      id: `step-${index}`,
      'data-step': one.name,
      'data-kind': one.operation,
      title: `${one.name}. ${thumbnailWords(network, one, index)}`,
    },
    small(network, index),
    make('b', {}, shortName(network, one)),
    make('span', {}, one.operation),
    ...facts(one.shape, one.parameters, one.sees),
  );
}

/**
 * @param {Network} network
 * @param {number} number
 * @param {StepFacts[]} steps
 */
function folded(network, number, steps) {
  const last = steps[steps.length - 1];
  const name = network.blocks[number];
  const parameters = steps.reduce((sum, one) => sum + one.parameters, 0);
  return make(
    'div',
    { class: 'tile folded first', role: 'option', id: `block-${number}`, 'data-block': number, 'aria-selected': false, title: `Unfold ${name}` },
    small(network, network.steps.indexOf(last)),
    make('b', {}, name),
    make('span', {}, `${steps.length} steps, folded`),
    ...facts(last.shape, parameters, last.sees),
  );
}

/**
 * @param {number[]} shape
 * @param {number} parameters
 * @param {string} sees
 */
function facts(shape, parameters, sees) {
  return [
    make('span', { class: 'number' }, shapeText(shape)),
    make('span', { class: 'number wide' }, parameters ? `${parameters.toLocaleString('en')} weights` : 'no weights'),
    make('span', { class: 'number wide' }, sees ? `sees ${sees}` : ''),
  ];
}

/** @param {number[]} shape */
export function shapeText(shape) {
  return shape.join(' × ');
}

/**
 * The small picture of a step.
 * @param {Network} network
 * @param {number} index
 */
export function small(network, index) {
  const canvas = make('canvas', { 'aria-hidden': 'true' });
  const maps = unpackMaps(network.thumbnails[index]);
  drawMap(canvas, maps, 0, 127 * maps.factor);
  return canvas;
}

/**
 * Without the name of its block, where all names of the block begin with it.
 * @param {Network} network
 * @param {StepFacts} one
 */
function shortName(network, one) {
  const block = `${network.blocks[one.block]}.`;
  return one.name.startsWith(block) ? one.name.slice(block.length) : one.name;
}

/**
 * @param {Network} network
 * @param {StepFacts} one
 * @param {number} index
 */
function thumbnailWords(network, one, index) {
  if (one.shape.length !== 3) return 'Pictured: all values, row by row';
  return `Pictured: channel ${network.thumbnails[index].channel}, which holds the largest value`;
}
