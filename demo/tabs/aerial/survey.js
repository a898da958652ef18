/** A photo with a heat map over it: class, threshold and opacity change at once, from the numbers that are here. */

import { pen } from '../../static/lib/canvas.js';
import { floats } from '../../static/lib/codec.js';
import { around, finder, make, tell } from '../../static/lib/dom.js';
import { on } from '../../static/lib/events.js';
import { sent } from '../../static/lib/mount.js';
import { savePrint } from '../../static/lib/print/layout.js';
import { drawHeat, drawHeatLegend } from './survey_heat.js';
import * as values from './survey_values.js';

/** @typedef {import('./survey_values.js').Survey} Survey */

const BEST = 6; // windows that are shown by themselves
const CUT = 224; // pixels of a window that is shown by itself
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new SurveyMap(context);
}

class SurveyMap {
  /** @type {Survey | null} */
  survey = null;
  run = ''; // of which survey the controls are: a new one sets them anew
  offered = ''; // the classes that the choice of one holds
  isChosen = false; // whether the reader has chosen a class
  home = ''; // where the slider of the threshold comes to stand for the network's own
  /** @type {[number, number] | null} row and column of the cell that is pointed at */
  at = null;
  /** @type {Map<string, HTMLElement>} class and window -> list item, of those shown: a button that has the focus stays */
  best = new Map();

  /** @param {import('../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.photo = this.find('.photo', HTMLImageElement);
    this.heat = this.find('.heat', HTMLCanvasElement);
    this.cursor = this.find('.cursor', HTMLCanvasElement);
    this.classes = this.find('.class', HTMLSelectElement);
    this.threshold = this.find('.threshold', HTMLInputElement);
    this.opacity = this.find('.opacity', HTMLInputElement);
    drawHeatLegend(this.find('.legend', HTMLCanvasElement));
    this.listenToControls();
    this.listenToPointing();
    on('threshold', (value) => this.setThreshold(value), signal);
    watch('value', () => this.take());
    this.take();
  }

  /** @param {number} value 0..1 */
  setThreshold(value) {
    this.threshold.value = String(value);
    this.draw();
    this.speak();
    this.find('.stack').scrollIntoView({ block: 'nearest', behavior: 'smooth' });
  }

  listenToControls() {
    this.opacity.addEventListener('input', () => this.draw());
    this.threshold.addEventListener('input', () => {
      this.draw();
      this.speak();
    });
    this.classes.addEventListener('input', () => {
      this.isChosen = true;
      this.draw();
      this.drawBest();
      this.speak();
    });
    this.photo.addEventListener('load', () => {
      this.best.clear(); // there was nothing to cut out
      this.drawBest();
    });
    this.find('.save').addEventListener('click', (event) => {
      const button = around(event, 'button');
      if (!button || !this.survey) return;
      const { kind } = button.dataset;
      const chosen = { label: this.classes.value, threshold: this.chosenThreshold(this.survey) };
      if (!kind) this.trigger('check', chosen);
      else if (kind === 'png') this.savePicture(this.survey);
      else this.trigger('save', { kind, ...chosen });
    });
  }

  listenToPointing() {
    const { cursor } = this;
    const follow = (/** @type {PointerEvent} */ event) => this.follow(event);
    cursor.addEventListener('pointermove', follow);
    cursor.addEventListener('pointerdown', follow); // a finger does not hover
    cursor.addEventListener('pointerleave', () => {
      this.at = null;
      this.find('.pointed').textContent = '';
      this.point();
    });
    cursor.addEventListener('keydown', (event) => this.moveByKey(event));
    this.find('.best').addEventListener('click', (event) => {
      const button = around(event, 'button');
      if (!button) return;
      this.pointTo(Number(button.dataset.x), Number(button.dataset.y));
      cursor.focus({ preventScroll: true });
      this.find('.stack').scrollIntoView({ block: 'nearest', behavior: 'smooth' });
    });
  }

  // ------------------------------------------------------------------------------------------------ what is shown

  take() {
    const value = sent(this.props);
    this.find('.content').hidden = !value.windows;
    if (!value.windows) {
      this.run = '';
      this.survey = null;
      return;
    }
    const survey = (this.survey = { ...value, windows: floats(value.windows), cells: floats(value.cells) });
    if (survey.run !== this.run) this.begin(survey);
    this.offerClasses(survey);
    if (!survey.label && !this.isChosen) this.classes.value = values.likeliest(survey);
    this.draw();
    this.drawBest();
    if (survey.done === values.windowCount(survey)) this.speak(); // not with every step on the way
  }

  /** @param {Survey} survey */
  begin(survey) {
    this.run = survey.run;
    this.at = null;
    this.best.clear();
    this.isChosen = false;
    this.find('.pointed').textContent = '';
    this.offered = '';
    this.threshold.value = String(survey.threshold);
    this.home = this.threshold.value;
    this.photo.src = survey.photo;
    this.photo.alt = `The photo ${survey.name}`;
  }

  /**
   * Of a network of very many classes the likeliest so far, which may become others.
   * @param {Survey} survey
   */
  offerClasses(survey) {
    const offered = survey.classes.join('\n');
    if (offered === this.offered) return;
    const chosen = this.offered ? this.classes.value : survey.label;
    this.offered = offered;
    this.classes.replaceChildren(...survey.classes.map((label) => make('option', { value: label }, label)));
    if (chosen && survey.classes.includes(chosen)) this.classes.value = chosen;
    else this.isChosen = false;
  }

  /**
   * The network's own threshold has more digits than the slider has steps.
   * @param {Survey} survey
   */
  chosenThreshold(survey) {
    return this.threshold.value === this.home ? survey.threshold : Number(this.threshold.value);
  }

  draw() {
    const { survey } = this;
    if (!survey) return;
    const threshold = this.chosenThreshold(survey);
    drawHeat(this.heat, survey, this.classes.value, threshold);
    this.heat.style.opacity = this.opacity.value;
    this.find('.threshold + output').textContent = values.share(threshold);
    this.find('.opacity + output').textContent = values.share(Number(this.opacity.value));
    this.find('.mark').style.left = `calc(${100 * threshold}% - 1px)`;
    this.drawWords(survey, threshold);
    this.point();
  }

  /**
   * @param {Survey} survey
   * @param {number} threshold
   */
  drawWords(survey, threshold) {
    const label = this.classes.value;
    const area = values.areaInWords(survey, label);
    this.find('.headline').textContent = area.words.replaceAll(' %', '\u00a0%');
    this.find('.headline').classList.toggle('known', area.isKnown);
    // Another network may be chosen since, and the whole photo may not be seen yet.
    const inPart = survey.done < survey.lefts.length * survey.tops.length ? ', so far in part' : '';
    this.find('.meaning').textContent = `Surveyed by ${survey.network}${inPart}. ${area.meaning}`.trim();
    const words = values.windowsInWords(survey, label, threshold);
    this.find('.words').textContent = words;
    this.find('.doubt').hidden = !survey.doubt;
    this.say('.doubt', survey.doubt ?? '');
    this.drawStrange(survey);
    const spoken = `Heat map over ${survey.name}. ${words} Arrow keys go from place to place.`;
    this.cursor.setAttribute('aria-label', spoken);
    this.find('.what').textContent = values.drawnInWords(survey, label);
  }

  /**
   * The windows that are left out: they are hatched in the map, too.
   * @param {Survey} survey
   */
  drawStrange(survey) {
    const strange = survey.unfamiliar ?? [];
    this.find('.strange').hidden = !strange.length;
    this.find('.strange > p').textContent = survey.left_out ?? '';
    const places = strange.map((index) => values.cornerOf(survey, index).join(', '));
    this.find('.strange details p').textContent = `Left upper corners, x, y in pixels: ${places.join('; ')}.`;
  }

  /**
   * Into a part that is spoken when it changes: the same words are not spoken again.
   * @param {string} part
   * @param {string} words
   */
  say(part, words) {
    tell(this.find(part), words);
  }

  speak() {
    this.say('.spoken', ['.headline', '.words'].map((part) => this.find(part).textContent).join(' '));
  }

  /** The most probable windows, cut out of the photo: what to look at first. */
  drawBest() {
    const { survey } = this;
    if (!survey) return;
    const label = this.classes.value;
    const windows = values.windowValues(survey, label);
    this.find('.best h3').textContent = `Look here first: the windows that are most probably ${label}`;
    this.best = new Map(values.bestWindows(windows, BEST, survey.unfamiliar).map((index) => {
      const name = `${label} ${index}`;
      return [name, this.best.get(name) ?? this.windowItem(survey, index, windows[index])];
    }));
    const [list, items] = [this.find('.best ol'), [...this.best.values()]];
    const old = /** @type {HTMLElement[]} */ ([...list.children]);
    if (old.length === items.length && old.every((one, place) => one === items[place])) return;
    const place = old.findIndex((one) => one.contains(document.activeElement));
    list.replaceChildren(...items);
    if (place < 0) return;
    const focused = items.includes(old[place]) ? old[place] : items[place];
    focused?.querySelector('button')?.focus({ preventScroll: true });
  }

  /**
   * @param {Survey} survey
   * @param {number} index
   * @param {number} value
   */
  windowItem(survey, index, value) {
    const scale = this.photo.naturalWidth / survey.width;
    const [left, top] = values.cornerOf(survey, index);
    const canvas = make('canvas', { width: CUT, height: CUT, 'aria-hidden': 'true' });
    const side = survey.window * scale;
    if (side) pen(canvas).drawImage(this.photo, left * scale, top * scale, side, side, 0, 0, CUT, CUT);
    const words = make('span', { class: 'number' }, make('b', {}, values.share(value, 1)), make('br'), `x ${left}, y ${top}`);
    const [x, y] = [left + survey.window / 2, top + survey.window / 2];
    const button = make('button', { type: 'button', 'data-x': x, 'data-y': y, title: 'Show it in the photo' }, canvas, words);
    return make('li', {}, button);
  }

  // --------------------------------------------------------------------------------------------- pointing at a place

  /** @param {PointerEvent} event */
  follow(event) {
    if (!this.survey) return;
    const { width, height } = this.survey;
    const box = this.cursor.getBoundingClientRect();
    this.pointTo(((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height);
  }

  /** @param {KeyboardEvent} event */
  moveByKey(event) {
    const move = MOVES[event.key];
    if (!move || !this.survey) return;
    event.preventDefault();
    const { xs, ys } = this.survey;
    const within = (/** @type {number} */ place, /** @type {number[]} */ edges) =>
      Math.max(0, Math.min(edges.length - 2, place));
    this.at = this.at ? [within(this.at[0] + move[0], ys), within(this.at[1] + move[1], xs)] : [0, 0];
    this.point();
  }

  /**
   * @param {number} x in pixels of the photo
   * @param {number} y
   */
  pointTo(x, y) {
    if (!this.survey) return;
    this.at = [values.cellAt(this.survey.ys, y), values.cellAt(this.survey.xs, x)];
    this.point();
  }

  point() {
    const { survey, at, cursor } = this;
    if (!survey) return;
    [cursor.width, cursor.height] = [this.heat.width, this.heat.height];
    if (!at) return;
    const [row, column] = at;
    const { xs, ys } = survey;
    const scale = cursor.width / survey.width;
    const [left, right, top, bottom] = [xs[column], xs[column + 1], ys[row], ys[row + 1]].map((edge) => edge * scale);
    const context = pen(cursor);
    for (const [colour, width] of /** @type {[string, number][]} */ ([['#000', 5], ['#fff', 2.5]])) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.strokeRect(left, top, right - left, bottom - top);
    }
    const value = values.cellValues(survey, this.classes.value)[row * (xs.length - 1) + column];
    this.say('.pointed', values.cellInWords(survey, at, value));
  }

  // ---------------------------------------------------------------------------------------------------------- saving

  /** @param {Survey} survey */
  savePicture(survey) {
    const source = make('canvas', { width: this.heat.width, height: this.heat.height });
    const context = pen(source);
    context.drawImage(this.photo, 0, 0, source.width, source.height);
    context.globalAlpha = Number(this.opacity.value);
    context.drawImage(this.heat, 0, 0);
    const legend = { canvas: this.find('.legend', HTMLCanvasElement), low: '0 %', high: '100 %' };
    const layout = {
      title: `${this.classes.value} in ${survey.name}`,
      lines: ['.headline', '.words', '.doubt'].map((part) => this.find(part).textContent ?? '').filter(Boolean),
      blocks: [{ panels: [{ source, smooth: true }] }, { legend }, { text: this.find('.what').textContent }],
    };
    savePrint(layout, `${survey.name.replace(/\.[^.]*$/, '')}-survey`);
  }
}
