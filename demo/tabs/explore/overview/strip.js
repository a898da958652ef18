/**
 * The whole network, left to right: a small picture of every step, in blocks that fold. A step that is picked goes to
 * the server as `pick`. What the other widgets need of the network as a whole stands in the store.
 */

import { around, finder, reveal, stepAfter } from '../../../static/lib/dom.js';
import { emit, on } from '../../../static/lib/events.js';
import { percent } from '../../../static/lib/format.js';
import { sent } from '../../../static/lib/mount.js';
import { line, send } from '../../../static/lib/requests.js';
import { store } from '../../../static/lib/store.js';
import { offerToTakeHome } from '../../../static/lib/take_home.js';
import { isShown, watchVisibility } from '../../../static/lib/visibility.js';
import { stripOffers } from './strip-home.js';
import { drawArcs, hasArcs, pathTo } from './strip_arcs.js';
import { chip, firstLearned, folded, repaint, tile } from './strip_tiles.js';
import { wireSwitch } from './view_switch.js';

/** @typedef {import('../../../static/lib/store.js').Network} Network */
/** @typedef {import('../../../static/lib/store.js').StepFacts} StepFacts */

const ENDS = 100; // pixels that picture and answer lie over at either end of a wide strip
const MOST_OPEN = 24; // steps that are all unfolded at first; of a longer network only the chosen step's block is

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new Strip(context);
}

class Strip {
  /** @type {Network | null} */
  network = null;
  /** @type {Network | null} */
  own = null; // that of the page's own picture
  current = ''; // chosen here, perhaps before the server has answered
  settled = ''; // the step that the server has answered with
  /** @type {Set<number>} */
  open = new Set(); // numbers of the blocks that are unfolded
  drawn = '';
  /** @type {import('../../../static/lib/events.js').Lit | null} */
  lit = null; // the argument of a step's code that is looked at
  /** @type {Promise<typeof import('./lens.js')> | null} */
  lens = null; // loaded when the strip comes in sight

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.strip = this.find('.strip');
    this.listen(signal);
    wireSwitch(this.find('.views'), signal);
    offerToTakeHome('strip', () => stripOffers(this.network));
    store.watch('answer', () => this.drawEnds(), signal);
    window.addEventListener('resize', () => this.network && drawArcs(this.find, this.known(), this.current), { signal });
    on('live', (live) => this.follow(live?.strip ?? null), signal);
    watchVisibility(() => element, (isShown) => isShown && this.drawLens(), signal);
    watch('value', () => this.draw());
    this.draw();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.strip.addEventListener('click', (event) => {
      const tile = around(event, '.tile');
      if (tile?.dataset.step) this.pick(tile.dataset.step);
      else if (tile) this.unfold(Number(tile.dataset.block));
    });
    this.strip.addEventListener('keydown', (event) => {
      const next = this.network && stepAfter(event, this.network.steps, this.current);
      if (next) this.pick(next);
    });
    this.find('.picture').addEventListener('click', () => emit('enlarge'));
    this.find('.answer').addEventListener('click', () => this.network && this.pick(this.network.steps[this.network.steps.length - 1].name));
    const folding = this.find('.folding', HTMLDetailsElement);
    document.addEventListener('pointerdown', (event) => {
      if (!(event.target instanceof Node && folding.contains(event.target))) folding.open = false;
    }, { signal });
    folding.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || !folding.open) return;
      event.preventDefault();
      folding.open = false;
      folding.querySelector('summary')?.focus();
    });
    this.find('.blocks').addEventListener('click', (event) => {
      const button = around(event, 'button');
      if (button) this.foldByChip(Number(button.dataset.block));
    });
    on('argument', (lit) => {
      this.lit = lit;
      if (this.network) this.light();
    }, signal);
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
    this.network = this.own = network;
    this.drawn = '';
    this.find('.overview').classList.toggle('flat', !hasArcs(network));
    store.set('network', network);
    this.drawEnds();
  }

  /**
   * The small pictures of a live picture.
   * @param {Pick<Network, 'model' | 'step' | 'thumbnails' | 'picture'> | null} live null: those of the page's own again
   */
  follow(live) {
    const { own } = this;
    if (!live && !sent(this.props).step) return this.draw(); // the page has none
    if (!own || (live && live.model !== own.model)) return; // of a network that the page does not show yet
    this.network = live ? { ...own, ...live } : own;
    this.find('.overview').hidden = false;
    store.set('network', this.network);
    this.drawEnds();
    const step = live?.step ?? sent(this.props).step;
    const isOther = step !== this.current;
    this.settled = this.current = step;
    if (isOther || !live) this.drawTiles();
    for (const one of this.strip.children) repaint(this.network, /** @type {HTMLElement} */ (one));
    this.drawLens();
  }

  /** The picture before the first step, and the answer after the last. */
  drawEnds() {
    if (!this.network) return;
    const { size, picture, steps } = this.network;
    const image = this.find('.picture img', HTMLImageElement);
    if (image.getAttribute('src') !== picture) image.src = picture;
    this.find('.picture').title = `The picture as the network gets it, ${size} × ${size} pixels: show it large on the map, or small`;
    const { labels, share } = store.get('answer');
    this.find('.answer strong').textContent = labels.length ? `${labels[0]} ${percent(share)}` : '';
    this.find('.answer').title = `The answer, worked out from the last step, ${steps[steps.length - 1].name}: show that step`;
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
      this.find('.folding').hidden = network.blocks.length < 2;
      this.strip.replaceChildren(...network.blocks.flatMap((_, number) => this.block(number)));
      this.drawLens();
    }
    this.mark();
  }

  /** What each step alone would answer, under its tile. */
  async drawLens() {
    if (!this.lens && this.network?.lens && isShown(this.strip)) this.lens = import('./lens.js');
    const module = await this.lens;
    if (module && this.network) module.drawLens(this.find, this.network);
  }

  /** @param {number} number */
  block(number) {
    const network = this.known();
    const steps = network.steps.filter((one) => one.block === number);
    return this.open.has(number) ? steps.map((one, index) => tile(network, one, index === 0)) : [folded(network, number, steps)];
  }

  mark() {
    const network = this.known();
    const before = pathTo(network, this.current);
    for (const one of /** @type {Iterable<HTMLElement>} */ (this.strip.children)) {
      const isIn = (/** @type {StepFacts} */ step) => step.block === Number(one.dataset.block);
      const names = one.dataset.step ? [one.dataset.step] : network.steps.filter(isIn).map((step) => step.name);
      one.classList.toggle('on-path', names.some((name) => before.has(name)));
      const chosen = one.dataset.step === this.current;
      one.setAttribute('aria-selected', String(chosen));
      if (chosen) {
        this.strip.setAttribute('aria-activedescendant', one.id);
        reveal(this.find('.run'), one, matchMedia('(min-width: 701px)').matches ? ENDS : 0);
      }
    }
    this.light();
    drawArcs(this.find, this.known(), this.current);
    const { block } = this.step(this.current);
    for (const button of /** @type {Iterable<HTMLElement>} */ (this.find('.blocks').children))
      button.classList.toggle('current', Number(button.dataset.block) === block);
  }

  /** The steps that the argument reads; of a folded block, the block. */
  light() {
    const { steps } = this.known();
    const names = this.lit?.steps ?? [];
    const blocks = steps.filter((one) => names.includes(one.name)).map((one) => one.block);
    for (const one of /** @type {Iterable<HTMLElement>} */ (this.strip.children)) {
      const { step, block } = one.dataset;
      one.classList.toggle('lit', step ? names.includes(step) : blocks.includes(Number(block)));
    }
    this.find('.picture').classList.toggle('lit', names.includes('input'));
  }

  /** @param {string} name */
  pick(name) {
    // An answer that was lost is asked for again.
    if (!this.network || (name === this.current && (line.busy || name === this.settled))) return;
    // The channel of its small picture: what one clicks is what one sees.
    const { channel } = this.network.thumbnails[this.network.steps.findIndex((one) => one.name === name)];
    this.current = name;
    this.drawTiles();
    send(this.trigger, { step: name, channel });
  }

  /** @param {number} number */
  fold(number) {
    if (this.open.has(number) && number !== this.step(this.current).block) this.open.delete(number);
    else this.open.add(number);
    this.drawTiles();
  }

  /**
   * A folded block was clicked: it opens, and its first step with weights is shown.
   * @param {number} number
   */
  unfold(number) {
    const own = this.known().steps.filter((one) => one.block === number);
    this.open.add(number);
    this.pick(firstLearned(own).name);
  }

  /** @param {number} number */
  foldByChip(number) {
    this.fold(number);
    this.find(`.blocks [data-block="${number}"]`).focus({ preventScroll: true });
    const tiles = /** @type {HTMLElement[]} */ ([...this.strip.children]);
    const first = tiles.find((one) => (one.dataset.step ? this.step(one.dataset.step).block : Number(one.dataset.block)) === number);
    if (first) reveal(this.find('.run'), first);
  }
}
