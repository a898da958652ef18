/** The bench's convolution: a window slides over a picture and fills a map; then ReLU, then pooling. */

import { finder, make } from '../../static/lib/dom.js';
import { fixed, largest } from '../../static/lib/format.js';
import { copyText } from '../../static/lib/save.js';
import { chainOf, madeSoFar, marksOn } from './convolution/chain.js';
import { extent, largestOf } from './convolution/arithmetic.js';
import { layers, program } from './convolution/code.js';
import { encode, parse } from './convolution/settings.js';
import { shapesInNumbers } from './convolution/shapes.js';
import { Board } from './convolution/boards.js';
import { convolutionOffers } from './convolution/home.js';
import { HTML } from './convolution/html.js';
import { calculation, drawNumbers, leastDecimals } from './convolution/numbers.js';
import { Player } from './conv_player.js';
import { SettingsForm } from './conv_settings.js';

/**
 * @typedef {import('./convolution/settings.js').Settings} Settings
 * @typedef {import('./convolution/chain.js').Stage} Stage
 */

/** @type {[Stage, string, string][]} */
const STAGES = [['conv', 'Convolution', 'Convolution map'], ['relu', 'ReLU', 'ReLU map'], ['pool', 'Pooling', 'Pooling map']];
const ELSEWHERE = 'The numbers of another map are shown. An arrow key brings them here.';
const COPIED = 'Copied.';
const NOT_COPIED = 'The browser does not let this page copy: select the lines instead.';

export class ConvolutionView {
  name = 'conv';
  /** @type {Settings} */
  settings = parse('');

  /**
   * @param {HTMLElement} element
   * @param {import('./parts.js').Host} host
   */
  constructor(element, host) {
    this.host = host;
    element.innerHTML = HTML;
    this.find = finder(element);
    this.player = new Player(this.find, this);
    this.form = new SettingsForm(this.find, host, () => this.settings, (change, key) => this.set(change, key));
    this.boards = this.makeBoards();
    this.makeStages();
    this.listen();
    this.chain = this.chained();
    const observer = new ResizeObserver(() => Object.values(this.boards).forEach((board) => board.draw()));
    observer.observe(this.find('.boards'));
    host.signal.addEventListener('abort', () => {
      observer.disconnect();
      this.stop();
    });
    this.draw();
  }

  makeBoards() {
    const picture = new Board('Window on the picture', (place) => this.centre(place), (down, right) => this.move('conv', down, right));
    const all = /** @type {Record<'picture' | Stage, Board>} */ ({ picture });
    for (const [stage, , name] of STAGES)
      all[stage] = new Board(name, ({ row, column }) => this.go(stage, row, column), (down, right) => this.move(stage, down, right));
    this.find('.boards').append(...Object.values(all).map(({ figure }) => figure));
    return all;
  }

  makeStages() {
    const radio = (/** @type {[Stage, string, string]} */ [stage, title]) =>
      make('label', {}, make('input', { type: 'radio', name: 'bench-stage', value: stage }), ` ${title}`);
    this.find('.stages').append(...STAGES.map(radio));
    this.find('.stages').addEventListener('change', (event) => {
      const { value } = /** @type {HTMLInputElement} */ (event.target);
      this.stop();
      this.go(/** @type {Stage} */ (value), 0, 0);
    });
  }

  listen() {
    const { find } = this;
    find('.one').addEventListener('click', () => {
      this.stop();
      this.step(1);
    });
    find('.again').addEventListener('click', () => {
      this.stop();
      this.go(this.settings.stage, 0, 0);
    });
    find('.whole', HTMLInputElement).addEventListener('change', (event) => {
      this.settings = { ...this.settings, whole: /** @type {HTMLInputElement} */ (event.target).checked };
      this.draw();
      this.host.changed('place');
    });
    find('.copy').addEventListener('click', async () => {
      find('.copied').textContent = (await copyText(program(this.settings, this.chain[0].reads))) ? COPIED : NOT_COPIED;
    });
  }

  // ------------------------------------------------------------------------------------------------ as a part

  /** @param {{ withPlace?: boolean }} [options] */
  text(options) {
    return encode(this.settings, options);
  }

  /** @param {string} text */
  take(text) {
    this.stop();
    this.settings = parse(text);
    this.chain = this.chained();
    this.draw();
  }

  /** @param {boolean} isShown */
  shown(isShown) {
    if (!isShown) this.stop();
    else this.form.askForPictures();
  }

  offers() {
    return convolutionOffers(this);
  }

  /**
   * What the server has answered.
   * @param {any} answer
   */
  answered(answer) {
    this.form.answered(answer);
    this.chain = this.chained();
    this.draw();
  }

  /**
   * What is shown, for whoever checks it. Maps are `GreyMap`s; places count from 0. `hasPicture`: whether the picture is the
   * one that is set, which comes from the server.
   */
  facts() {
    const { kernel, bias, stage, row, column, whole } = this.settings;
    const current = this.current();
    const maps = Object.fromEntries(this.chain.map(({ stage: name, makes }) => [name, makes]));
    return {
      ...{ picture: this.chain[0].reads, hasPicture: this.form.hasPicture(this.settings), kernel, bias, maps, stage, row, column, whole },
      refusal: this.refusal(),
      calculation: current ? calculation(current, { row, column }, this.settings) : null,
      largest: Object.fromEntries(this.chain.flatMap(({ stage: name, makes }) => (makes ? [[name, largestOf(makes)]] : []))),
    };
  }

  // ------------------------------------------------------------------------------------------------- changes

  chained() {
    return chainOf(this.form.picture(this.settings), this.settings);
  }

  /**
   * @param {Partial<Settings>} change
   * @param {string} [key] of changes that are undone together
   */
  set(change, key = '') {
    this.stop();
    this.settings = { ...this.settings, ...change };
    this.chain = this.chained();
    this.draw();
    this.host.changed('setting', key);
  }

  /** The stage whose window slides, and which of the chain it is; null where it makes nothing. */
  current() {
    return this.chain.find(({ stage, makes }) => stage === this.settings.stage && makes) ?? null;
  }

  /** Keeps the place within what is made. */
  settle() {
    const now = this.current() ?? this.chain.findLast(({ makes }) => makes);
    if (!now?.makes) return;
    const { height, width } = now.makes;
    const [row, column] = [Math.min(this.settings.row, height - 1), Math.min(this.settings.column, width - 1)];
    this.settings = { ...this.settings, stage: now.stage, row, column };
  }

  /**
   * @param {Stage} stage
   * @param {number} row
   * @param {number} column
   */
  go(stage, row, column) {
    const made = this.chain.find((one) => one.stage === stage)?.makes;
    if (!made) return this.draw();
    const inside = (/** @type {number} */ at, /** @type {number} */ length) => Math.max(0, Math.min(length - 1, at));
    this.settings = { ...this.settings, stage, row: inside(row, made.height), column: inside(column, made.width) };
    this.draw();
    this.host.changed('place');
  }

  /**
   * @param {Stage} stage
   * @param {number} down
   * @param {number} right
   */
  move(stage, down, right) {
    this.stop();
    const { row, column } = this.settings;
    if (stage === this.settings.stage) this.go(stage, row + down, column + right);
    else this.go(stage, 0, 0);
  }

  /** @param {number} count of values that are made next */
  step(count) {
    const made = this.current()?.makes;
    if (!made) return;
    const { stage, row, column } = this.settings;
    const at = (row * made.width + column + count) % made.values.length;
    this.go(stage, Math.floor(at / made.width), at % made.width);
  }

  /**
   * Brings the kernel's window over a value of the picture.
   * @param {import('./convolution/arithmetic.js').Place} place
   */
  centre({ row, column }) {
    this.stop();
    const { slide } = this.chain[0];
    const at = (/** @type {number} */ middle) => Math.round((middle + slide.padding - (extent(slide) - 1) / 2) / slide.stride);
    this.go('conv', at(row), at(column));
  }

  // ------------------------------------------------------------------------------------------------- what is shown

  refusal() {
    return this.chain.find(({ refusal }) => refusal)?.refusal ?? '';
  }

  /** The strongest value of all maps, which share one colour scale. */
  limit() {
    return largest(this.chain.flatMap(({ makes }) => makes?.values ?? []));
  }

  draw() {
    this.settle();
    const { find, settings, chain } = this;
    const now = this.current();
    const index = now ? chain.indexOf(now) : -1;
    find('.refusal').hidden = !this.refusal();
    find('.refusal').textContent = this.refusal();
    for (const input of find('.stages').querySelectorAll('input')) {
      const stage = chain.find((one) => one.stage === input.value);
      input.checked = Boolean(now) && input.value === now?.stage;
      input.disabled = !stage?.makes;
    }
    find('.stages').hidden = chain.length < 2;
    for (const name of ['go', 'one', 'again']) find(`.${name}`, HTMLButtonElement).disabled = !now;
    find('.whole', HTMLInputElement).checked = settings.whole;
    this.form.draw();
    this.drawBoards(index);
    find('.shapes').replaceChildren(...shapesInNumbers(chain, settings.kernel.size));
    find('.code').textContent = layers(settings).join('\n');
    find('.copied').textContent = '';
    const place = { row: settings.row, column: settings.column };
    const words = now ? drawNumbers(find, now, place, settings, this.limit()) : '';
    if (!now) for (const part of ['.figures', '.adding']) find(part).replaceChildren();
    find('.now').textContent = words;
    for (const [name, board] of Object.entries(this.boards)) {
      const stage = name === 'picture' ? 'conv' : name;
      const makes = chain.find((one) => one.stage === stage)?.makes;
      if (makes) board.say(stage === now?.stage ? place.row * makes.width + place.column : 0, makes.values.length, stage === now?.stage ? words : ELSEWHERE);
    }
  }

  /** @param {number} index of the stage whose window slides */
  drawBoards(index) {
    const { settings, chain } = this;
    const { row, column, whole } = settings;
    const made = index < 0 || whole ? null : madeSoFar(chain, index, row * (chain[index].makes?.width ?? 0) + column + 1);
    const plain = /** @type {const} */ ({ padding: 0, mode: 'zeros', made: null, limit: this.limit(), mark: null, field: null, dilation: 1 });
    const { reads, slide } = chain[0];
    const marks = (/** @type {number} */ on) => marksOn(chain, on, index, { row, column });
    const title = slide.padding ? `, with padding ${reads.height + 2 * slide.padding} × ${reads.width + 2 * slide.padding}` : '';
    this.boards.picture.show(
      { ...plain, map: reads, padding: slide.padding, mode: slide.mode, limit: null, dilation: slide.dilation, ...marks(-1) },
      `Picture, ${reads.height} × ${reads.width}${title}`,
    );
    for (const [stage] of STAGES) {
      const at = chain.findIndex((one) => one.stage === stage);
      const makes = chain[at]?.makes;
      this.boards[stage].figure.hidden = !makes;
      if (!makes) continue;
      const said = `${chain[at].title}, ${makes.height} × ${makes.width}`;
      this.boards[stage].show({ ...plain, map: makes, made: made?.[at] ?? null, ...marks(at) }, said);
    }
  }

  stop() {
    this.player.stop();
  }

  /** The colour scale in words. */
  scaleWords() {
    const limit = this.limit();
    return `Red: above zero, white: zero, blue: below zero; strongest at ${fixed(limit, leastDecimals([limit]))}.`;
  }
}
