/** The settings of the bench's convolution: picture, kernel, how the window goes, and what comes after it. */

import { cellColours, greyCellColours } from '../../static/lib/colors.js';
import { make } from '../../static/lib/dom.js';
import { largest, precise } from '../../static/lib/format.js';
import { on } from '../../static/lib/events.js';
import { LARGEST, PRESETS, preset, presetName, resized } from './convolution/kernels.js';
import { builtIn, reduced, SIDE, SIDES, TITLES } from './convolution/pictures.js';
import { DECIMALS, LIMITS, MOST, weight } from './convolution/settings.js';
import { NetworkKernels } from './convolution/network.js';
import { NumberGrid } from './number_grid.js';
import { typedNumber } from './parts.js';

/**
 * @typedef {import('./convolution/settings.js').Settings} Settings
 * @typedef {ReturnType<typeof import('../../static/lib/dom.js').finder>} Finder
 * @typedef {{ title: string, pixels: Uint8Array }} Photo
 */

const WHOLE = ['stride', 'padding', 'dilation', 'poolSize', 'poolStride'];
const OWN = 'The page’s picture';
const LOST = {
  own: 'The page has no picture at the moment, so the letter stands here. Give it one in another tab.',
  example: 'This example is not on this server, so the letter stands here.',
  waiting: 'The picture is on its way.',
  failed: 'The picture could not be had, so the letter stands here. Open this tab again to try once more.',
};

export class SettingsForm {
  /** @type {Record<string, Photo>} */
  photos = {}; // by name: those that the server has sent
  isAsked = false;
  isThere = false;
  ticket = 0;

  /**
   * @param {Finder} find
   * @param {import('./parts.js').Host} host
   * @param {() => Settings} settings
   * @param {(change: Partial<Settings>, key?: string) => void} set
   */
  constructor(find, host, settings, set) {
    this.find = find;
    this.host = host;
    this.settings = settings;
    this.set = set;
    this.weights = new NumberGrid(find('.weights'), {
      ...{ name: 'Weight', low: -MOST, high: MOST, decimals: DECIMALS },
      colours: (value) => cellColours(value, largest(settings().kernel.values)),
      changed: (values) => set({ kernel: { size: settings().kernel.size, values } }),
    });
    this.cells = new NumberGrid(find('.cells'), {
      ...{ name: 'Picture', low: 0, high: 1, decimals: 2 },
      colours: (value) => greyCellColours(value, { low: 0, high: 1 }),
      changed: (drawn) => set({ picture: 'drawn', drawn, side: SIDE, colour: 'grey' }, 'drawn'),
      pencil: () => (find('.draws', HTMLInputElement).checked ? Number(find('.pencil', HTMLInputElement).value) : null),
    });
    this.network = new NetworkKernels(find, host, set);
    this.fill();
    this.listen();
    on('renewed', (what) => what === 'picture' && this.renew(), host.signal);
    on('unanswered', (name) => name === 'bench' && this.failed(), host.signal);
  }

  /** @param {string} name */
  select(name) {
    return this.find(`select.${name}`, HTMLSelectElement);
  }

  fill() {
    const options = (/** @type {string} */ name, /** @type {[string | number, string][]} */ values) =>
      this.select(name).replaceChildren(...values.map(([value, title]) => make('option', { value }, title)));
    options('side', SIDES.map((side) => [side, `${side} × ${side}`]));
    options('preset', [...Object.entries(PRESETS).map(([name, { title }]) => /** @type {[string, string]} */ ([name, title])), ['', 'Own numbers']]);
    options('size', Array.from({ length: LARGEST }, (_, i) => [i + 1, `${i + 1} × ${i + 1}`]));
    for (const name of WHOLE) {
      const [low, high] = LIMITS[name];
      options(name, Array.from({ length: high - low + 1 }, (_, i) => [low + i, name === 'poolSize' ? `${low + i} × ${low + i}` : String(low + i)]));
    }
    this.fillPictures();
  }

  fillPictures() {
    const group = (/** @type {string} */ label, /** @type {[string, string][]} */ values) =>
      make('optgroup', { label }, ...values.map(([value, title]) => make('option', { value }, title)));
    const examples = Object.entries(this.photos).filter(([name]) => name !== 'own');
    this.select('picture').replaceChildren(
      group('8 × 8 values', [...Object.entries(TITLES), ['drawn', 'Own drawing']]),
      group('Pictures', [['own', OWN], ...examples.map(([name, { title }]) => /** @type {[string, string]} */ ([name, title]))]),
    );
  }

  listen() {
    const { find } = this;
    const choose = (/** @type {string} */ name, /** @type {(value: string) => Partial<Settings>} */ change) =>
      this.select(name).addEventListener('change', () => this.set(change(this.select(name).value)));
    choose('picture', (picture) => ({ picture, ...(this.isSmall(picture) ? { side: SIDE, colour: 'grey' } : { side: this.isSmall(this.settings().picture) ? 16 : this.settings().side }) }));
    choose('colour', (colour) => ({ colour: /** @type {Settings['colour']} */ (colour) }));
    choose('side', (side) => ({ side: Number(side) }));
    choose('preset', (name) => (name ? { kernel: preset(name) } : {}));
    choose('size', (size) => ({ kernel: resized(this.settings().kernel, Number(size)) }));
    choose('mode', (mode) => ({ mode: /** @type {Settings['mode']} */ (mode) }));
    choose('pool', (pool) => ({ pool: /** @type {Settings['pool']} */ (pool) }));
    choose('poolSize', (size) => ({ poolSize: Number(size), poolStride: Number(size) })); // as torch has it by default
    for (const name of WHOLE.filter((one) => one !== 'poolSize')) choose(name, (value) => ({ [name]: Number(value) }));
    find('input.relu', HTMLInputElement).addEventListener('change', (event) => this.set({ relu: /** @type {HTMLInputElement} */ (event.target).checked }));
    const bias = find('input.bias', HTMLInputElement);
    bias.addEventListener('change', () => {
      const value = typedNumber(bias.value);
      bias.setAttribute('aria-invalid', String(value === null));
      if (value !== null) this.set({ bias: weight(value) });
    });
    const pencil = find('.pencil', HTMLInputElement);
    pencil.addEventListener('input', () => (find('.pencil-value').textContent = precise(Number(pencil.value), 2)));
    find('.draws').addEventListener('change', () => this.drawPencil());
    find('.clear').addEventListener('click', () => this.set({ picture: 'drawn', drawn: Array(SIDE * SIDE).fill(0), side: SIDE, colour: 'grey' }));
  }

  // ------------------------------------------------------------------------------------------------------ pictures

  /** @param {string} name */
  isSmall(name) {
    return name === 'drawn' || Object.hasOwn(TITLES, name);
  }

  /** Asks the server for the page's picture and the examples, once. */
  askForPictures() {
    if (this.isAsked) return;
    this.isAsked = true;
    this.ticket += 1;
    this.host.ask('pictures', { ticket: this.ticket });
  }

  /** The page has another picture. */
  renew() {
    if (!this.isAsked) return;
    this.isAsked = false;
    this.askForPictures();
  }

  /** What was asked for last does not come; it is asked for again when the bench is opened again. */
  failed() {
    if (!this.isThere) this.isAsked = false;
    this.network.failed();
    this.find('.lost').textContent = LOST.failed;
  }

  /**
   * Whether the picture that is asked for is the one that stands there.
   * @param {Settings} settings
   */
  hasPicture({ picture }) {
    return this.isSmall(picture) || Object.hasOwn(this.photos, picture);
  }

  /** @param {any} answer of the server */
  answered(answer) {
    if (answer.kind === 'kernels') this.network.answered(answer);
    if (answer.kind !== 'pictures' || answer.ticket !== this.ticket) return;
    const bytes = (/** @type {string} */ text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    this.isThere = true;
    this.photos = Object.fromEntries(answer.examples.map((/** @type {any} */ { name, title, pixels }) => [name, { title, pixels: bytes(pixels) }]));
    if (answer.own) this.photos.own = { title: OWN, pixels: bytes(answer.own) };
    this.fillPictures();
  }

  /**
   * @param {Settings} settings
   * @returns {import('./convolution/arithmetic.js').GreyMap} the letter, where the picture is not at hand
   */
  picture({ picture, colour, side, drawn }) {
    if (picture === 'drawn') return { values: drawn, height: SIDE, width: SIDE };
    const photo = Object.hasOwn(this.photos, picture) ? this.photos[picture] : null;
    if (photo) return reduced(photo.pixels, colour, side);
    return builtIn(picture) ?? /** @type {import('./convolution/arithmetic.js').GreyMap} */ (builtIn('letter'));
  }

  /** The name of the picture in words. */
  pictureTitle() {
    const { picture } = this.settings();
    return this.select('picture').selectedOptions[0]?.textContent ?? picture;
  }

  // ---------------------------------------------------------------------------------------------------- what is shown

  draw() {
    const { find } = this;
    const settings = this.settings();
    const isPhoto = !this.isSmall(settings.picture);
    const isLost = !this.hasPicture(settings);
    this.select('picture').value = settings.picture;
    for (const name of ['colour', 'side', 'mode', 'pool', ...WHOLE]) this.select(name).value = String(settings[/** @type {'side'} */ (name)]);
    this.select('preset').value = presetName(settings.kernel);
    this.select('size').value = String(settings.kernel.size);
    this.select('mode').disabled = !settings.padding;
    for (const part of find('.settings').querySelectorAll('.of-photo')) /** @type {HTMLElement} */ (part).hidden = !isPhoto;
    for (const part of find('.settings').querySelectorAll('.of-pool')) /** @type {HTMLElement} */ (part).hidden = settings.pool === 'none';
    find('.lost').hidden = !isLost;
    find('.lost').textContent = this.isThere ? LOST[settings.picture === 'own' ? 'own' : 'example'] : LOST.waiting;
    find('input.relu', HTMLInputElement).checked = settings.relu;
    const bias = find('input.bias', HTMLInputElement);
    if (bias !== document.activeElement || typedNumber(bias.value) !== settings.bias) bias.value = precise(settings.bias, 6);
    bias.setAttribute('aria-invalid', 'false');
    const name = presetName(settings.kernel);
    find('.kernel-words').textContent = name ? PRESETS[name].words : '';
    this.weights.show(settings.kernel.values, settings.kernel.size);
    const photo = isPhoto && !isLost ? this.photos[settings.picture] : null;
    const small = photo ? reduced(photo.pixels, settings.colour, SIDE) : this.picture(settings);
    this.cells.show(small.values, SIDE);
    this.drawPencil();
  }

  drawPencil() {
    const { checked } = this.find('.draws', HTMLInputElement);
    this.find('.cells').classList.toggle('drawable', checked);
    this.find('.shade').hidden = !checked;
  }
}
