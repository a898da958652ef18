/**
 * The window of the chosen step slides over the map before it and fills the map after it. The maps before it are asked
 * for once, when the player is opened; playing needs no request.
 */

import { drawGrey, drawMap, paintMap, pen } from '../../../static/lib/canvas.js';
import { floats, hasValues, unpackMaps, valuesOf } from '../../../static/lib/codec.js';
import { finder, make } from '../../../static/lib/dom.js';
import { emit, on } from '../../../static/lib/events.js';
import { largest, readable } from '../../../static/lib/format.js';
import { sent } from '../../../static/lib/mount.js';
import { send } from '../../../static/lib/requests.js';
import { scaleLevel, store } from '../../../static/lib/store.js';
import { offerToTakeHome } from '../../../static/lib/take_home.js';
import { colourName, pixelRange } from '../../../static/lib/sums/parts.js';
import { playerOffers } from './player-home.js';
import { frameAt, isBeyond, spotAt, stepsOf, windowWords } from './sliding_window.js';
import { drawNumbers } from './window_numbers.js';

const REST = 500; // milliseconds without another choice after which its maps are asked for

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new Player(context);
}

export class Player {
  /** @type {import('./sliding_window.js').Scene | null} */
  scene = null;
  /** @type {ReturnType<typeof unpackMaps> | null} */
  maps = null; // what the window reads
  weights = new Float32Array();
  /** @type {ImageData | null} */
  image = null; // of the map that is being filled
  at = 0; // the value that was made last, counted row by row
  /** @type {number | null} */
  playing = null; // animation frame
  owed = 0; // values that time has earned but that were not made yet
  last = 0; // when the frame before was drawn
  known = ''; // the channel that was shown last
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  resting = undefined;
  calm = matchMedia('(prefers-reduced-motion: reduce)');

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.box = this.find('.player');
    this.select = this.find('select', HTMLSelectElement);
    this.listen();
    store.watch('channel', () => this.follow(), signal);
    on('shown', (segment) => (segment === 'play' ? this.ask() : this.stop()), signal);
    on('tab', () => setTimeout(() => this.ask()), signal);
    signal.addEventListener('abort', () => this.stop());
    offerToTakeHome('player', () => playerOffers(this));
    watch('value', () => this.draw());
    this.drawRate();
    this.box.hidden = !store.get('channel');
    this.draw();
  }

  listen() {
    const { find } = this;
    find('.go').addEventListener('click', () => (this.playing === null ? this.play() : this.stop()));
    find('.one').addEventListener('click', () => {
      this.stop();
      this.at = (this.at + 1) % this.result().maps.size;
      this.show();
    });
    find('.again').addEventListener('click', () => this.restart());
    find('.speed').addEventListener('input', () => this.drawRate());
    this.select.addEventListener('change', () => {
      this.drawInput();
      this.show();
    });
    find('.take').addEventListener('click', () => {
      this.stop();
      emit('choose', this.spot());
    });
  }

  /** The channel whose map is filled. */
  result() {
    const channel = store.get('channel');
    if (!channel) throw new Error('There is no channel yet.');
    return channel;
  }

  /** What can be played. */
  stage() {
    if (!this.scene || !this.maps || !this.image) throw new Error('There is nothing to play yet.');
    return { scene: this.scene, maps: this.maps, image: this.image };
  }

  isOnStage() {
    return Boolean(this.scene && !this.scene.message && !this.find('.stage').hidden);
  }

  spot() {
    return spotAt(this.at, this.result().maps.width);
  }

  // ------------------------------------------------------------------------------------------------ to the server

  /** Another channel, or the same on another colour scale. */
  follow() {
    const now = store.get('channel');
    const key = now ? `${now.serial} ${now.channel}` : '';
    if (key === this.known) {
      if (now && this.isOnStage()) this.restart();
      return;
    }
    this.known = key;
    clearTimeout(this.resting);
    this.stop();
    this.find('.stage').hidden = true;
    this.resting = setTimeout(() => this.ask(), REST);
  }

  /** Nothing but the step and channel on show can be played: another choice asks for what that one needs. */
  ask() {
    const now = store.get('channel');
    this.box.hidden = !now;
    this.stop();
    if (!now || !this.box.checkVisibility()) return;
    const { step, channel, serial } = now;
    const { scene } = this;
    if (scene?.step === step && scene.channel === channel && scene.ticket === serial) return; // it is there
    this.find('.stage').hidden = true;
    this.find('.message').textContent = 'The maps are on their way.';
    send(this.trigger, { step, channel, ticket: serial }, 'film', () => {
      const then = store.get('channel');
      return then?.serial === serial && then.channel === channel && this.box.checkVisibility();
    });
  }

  // ------------------------------------------------------------------------------------------------ what is shown

  draw() {
    /** @type {import('./sliding_window.js').Scene} */
    const value = sent(this.props);
    const now = store.get('channel');
    if (!now || value.step !== now.step || value.channel !== now.channel || value.ticket !== now.serial) return;
    this.scene = value;
    this.find('.message').textContent = value.message ?? '';
    this.find('.stage').hidden = Boolean(value.message);
    if (value.message) return;
    const maps = unpackMaps(value.inputs);
    this.maps = maps;
    this.weights = floats(value.weights ?? '');
    const isPicture = value.source === 'input' && maps.channels === 3;
    const options = Array.from({ length: maps.channels }, (_, i) =>
      make('option', { value: i }, isPicture ? colourName(i) : `channel ${value.first + i}`));
    this.select.replaceChildren(...options);
    this.find('.which').hidden = maps.channels < 2;
    this.restart();
    this.drawInput();
  }

  restart() {
    this.stop();
    this.at = 0;
    const main = this.result();
    const [filled, channel] = valuesOf(main);
    const canvas = this.find('.out', HTMLCanvasElement);
    [canvas.width, canvas.height] = [filled.width, filled.height];
    const image = pen(canvas).createImageData(filled.width, filled.height);
    paintMap(image, filled, channel, main.limits[scaleLevel()], 0, 0);
    this.image = image;
    this.show();
  }

  show() {
    const { find, at } = this;
    const { scene, maps, image } = this.stage();
    const main = this.result();
    const filled = main.maps;
    const spot = this.spot();
    for (let i = 0; i < filled.size; i++) image.data[4 * i + 3] = i <= at ? 255 : 0;
    pen(find('.out', HTMLCanvasElement)).putImageData(image, 0, 0);
    const frame = frameAt(scene, spot);
    place(find('.frame'), frame, maps, scene.padding);
    drawNumbers(find, scene, maps, this.weights, this.map(), spot);
    place(find('.spot'), { top: spot.row, left: spot.column, tall: 1, wide: 1 }, filled);
    const of = (/** @type {import('../../../static/lib/codec.js').Maps} */ { height, width }) => `${height} × ${width}`;
    const source = scene.source === 'input' ? 'The picture' : scene.source;
    const edge = isBeyond(frame, maps) ? ' reaches beyond the edge, into the padding' : '';
    find('.reads').textContent = `${source}, ${this.mapName()} (${of(maps)}): the window of ${scene.kernel.join(' × ')}${edge}`;
    find('.makes').textContent = `${scene.step}, channel ${scene.channel} (${of(filled)}): ${at + 1} of ${filled.size} values`;
    const [values, channel] = valuesOf(main);
    const held = hasValues(main) ? values.integers[channel * values.size + at] * values.factor : null;
    find('.now').textContent = windowWords(scene, maps, this.weights, this.map(), spot, held);
  }

  /** Which of the maps that are read is shown. */
  map() {
    return Number(this.select.value);
  }

  mapName() {
    return this.select.selectedOptions[0]?.textContent ?? '';
  }

  drawInput() {
    const { scene, maps } = this.stage();
    const canvas = this.find('.in', HTMLCanvasElement);
    const range = pixelRange(scene.source, scene.first + this.map());
    if (range) drawGrey(canvas, maps, this.map(), range);
    else drawMap(canvas, maps, this.map(), largest(maps.integers) * maps.factor);
    // The padding is drawn around the map as far as the window reaches into it.
    const [down, right] = scene.padding;
    /** @type {HTMLElement} */ (canvas.parentElement).style.aspectRatio = `${maps.width + 2 * right} / ${maps.height + 2 * down}`;
    place(canvas, { top: 0, left: 0, tall: maps.height, wide: maps.width }, maps, scene.padding);
    this.find('.in').setAttribute('aria-label', `What the window reads: ${this.mapName()} of ${scene.source}`);
    this.find('.out').setAttribute('aria-label', `${scene.step}, channel ${scene.channel}, as far as the window has come`);
  }

  // ------------------------------------------------------------------------------------------------------ playing

  /** Values per second. */
  rate() {
    return 10 ** Number(this.find('.speed', HTMLInputElement).value);
  }

  drawRate() {
    const rate = this.rate();
    this.find('.rate').textContent = `${readable(rate)} value${rate === 1 ? '' : 's'} a second`;
  }

  play() {
    if (this.at === this.result().maps.size - 1) this.restart();
    this.owed = 0;
    this.last = performance.now();
    this.next();
    this.find('.go').textContent = 'Pause';
  }

  next() {
    this.playing = requestAnimationFrame((now) => this.frame(now));
  }

  /** @param {number} now */
  frame(now) {
    const { width, size } = this.result().maps;
    // Who asked for less motion gets a whole row at a time, once a second.
    const isCalm = this.calm.matches;
    const earned = ((now - this.last) / 1000) * (isCalm ? width : this.rate());
    this.last = now;
    const { steps, owed } = stepsOf(this.owed + earned, isCalm ? width : 1);
    this.owed = owed;
    if (steps) {
      this.at = Math.min(size - 1, this.at + steps);
      this.show();
    }
    if (this.at === size - 1) this.stop();
    else this.next();
  }

  stop() {
    if (this.playing !== null) cancelAnimationFrame(this.playing);
    this.playing = null;
    this.find('.go').textContent = 'Play';
  }
}

/**
 * @param {HTMLElement} span
 * @param {import('./sliding_window.js').Frame} frame
 * @param {{ height: number, width: number }} map
 * @param {[number, number]} [padding] around the map, vertical and horizontal
 */
function place(span, { top, left, tall, wide }, { height, width }, [down, right] = [0, 0]) {
  const [rows, columns] = [height + 2 * down, width + 2 * right];
  Object.assign(span.style, {
    top: `${(100 * (top + down)) / rows}%`,
    left: `${(100 * (left + right)) / columns}%`,
    height: `${(100 * tall) / rows}%`,
    width: `${(100 * wide) / columns}%`,
  });
}
