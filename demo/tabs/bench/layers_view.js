/** The bench's two layers: trained in the browser, with the loss curve and every weight matrix before and after. */

import { finder, make } from '../../static/lib/dom.js';
import { drawMap } from '../../static/lib/canvas.js';
import { exponential, extent, largest, readable } from '../../static/lib/format.js';
import { copyText } from '../../static/lib/save.js';
import { lossChart } from './chart.js';
import { program } from './layers/code.js';
import { INPUTS, OUTPUTS, outcome, ROWS, TwoLayers } from './layers/network.js';
import { encode, HIDDEN, MOST_SEED, parse, RATES, STEPS } from './layers/settings.js';
import { outcomeInWords } from './layers/words.js';
import { HTML } from './layers/html.js';

/** @typedef {import('./layers/settings.js').Settings} Settings */

const WORK = 60; // milliseconds of work between two pictures of the curve
const MOST_RUNS = 3; // earlier ones that stay in the chart
const EMPTY = 'Press Train: the loss before each step appears here.';
const COPIED = 'Copied.';
const NOT_COPIED = 'The browser does not let this page copy: select the lines instead.';

export class LayersView {
  name = 'layers';
  /** @type {Settings} */
  settings = parse('');
  /** @type {TwoLayers | null} */
  net = null;
  /** @type {{ label: string, losses: number[] }[]} */
  earlier = [];
  /** @type {number | null} */
  training = null; // animation frame

  /**
   * @param {HTMLElement} element
   * @param {import('./parts.js').Host} host
   */
  constructor(element, host) {
    this.host = host;
    element.innerHTML = HTML;
    this.find = finder(element);
    this.fill();
    this.listen();
    const observer = new ResizeObserver(() => this.drawCurve());
    observer.observe(this.find('.chart-place'));
    host.signal.addEventListener('abort', () => {
      observer.disconnect();
      this.stop();
    });
    this.draw();
  }

  fill() {
    for (const [name, values] of /** @type {[string, number[]][]} */ ([['rate', RATES], ['hidden-size', HIDDEN], ['steps', STEPS]]))
      this.select(name).replaceChildren(...values.map((value) => make('option', { value }, value.toLocaleString('en'))));
  }

  /** @param {string} name */
  select(name) {
    return this.find(`select.${name}`, HTMLSelectElement);
  }

  listen() {
    const { find } = this;
    for (const [part, name] of /** @type {[string, 'rate' | 'hidden' | 'steps'][]} */ ([['rate', 'rate'], ['hidden-size', 'hidden'], ['steps', 'steps']]))
      this.select(part).addEventListener('change', () => this.set({ [name]: Number(this.select(part).value) }));
    const seed = find('.seed', HTMLInputElement);
    seed.addEventListener('change', () => this.set({ seed: Math.max(0, Math.min(MOST_SEED, Math.trunc(Number(seed.value)) || 0)) }));
    find('.go').addEventListener('click', () => (this.training === null ? this.train() : this.stop()));
    find('.one').addEventListener('click', () => {
      this.stop();
      this.begin().step(this.settings.rate);
      this.draw();
      this.host.changed('place');
    });
    find('.again').addEventListener('click', () => {
      this.stop();
      this.forget();
      this.earlier = [];
      this.draw();
      this.host.changed('place');
    });
    find('.copy').addEventListener('click', async () => {
      find('.copied').textContent = (await copyText(program(this.settings))) ? COPIED : NOT_COPIED;
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
    const { trained, ...asked } = parse(text);
    this.forget();
    this.settings = { ...asked, trained: false };
    this.draw();
    if (trained) this.train();
  }

  /** @param {boolean} isShown */
  shown(isShown) {
    if (!isShown) this.stop();
    else this.draw();
  }

  /** `losses` before each step so far; `outcome` once a training is through. */
  facts() {
    const { settings, net, training } = this;
    const losses = net?.losses ?? [];
    return { ...settings, losses, isTraining: training !== null, outcome: this.isDone() ? outcome(losses) : '' };
  }

  /** @returns {import('../../static/lib/take_home.js').Offer[]} */
  offers() {
    if (!this.net?.losses.length) return [];
    const runs = [...this.earlier, { label: this.label(), losses: this.net.losses }];
    const longest = Math.max(...runs.map(({ losses }) => losses.length));
    const { find } = this;
    const panels = [...find('.matrices').querySelectorAll('figure')].map((figure) => ({
      source: /** @type {HTMLCanvasElement} */ (figure.querySelector('canvas')),
      caption: figure.querySelector('figcaption')?.textContent,
    }));
    return [
      {
        label: 'Loss curve and weights (PNG)',
        file: 'bench-two-layers',
        plate: () => ({
          title: 'Two layers, fitted to random numbers',
          lines: [`${this.label()}; seed ${this.settings.seed}`, find('.now').textContent],
          blocks: [{ panels: [{ source: /** @type {Element} */ (find('.chart-place').firstElementChild) }], columns: 1 }, { panels, columns: 3 }, { text: find('.code').textContent }],
        }),
      },
      {
        label: 'Losses (CSV)',
        file: 'bench-two-layers-loss',
        rows: () => [['step', ...runs.map(({ label }) => `mean squared error, ${label}`)], ...Array.from({ length: longest }, (_, step) => [step, ...runs.map(({ losses }) => losses[step])])],
      },
    ];
  }

  // ------------------------------------------------------------------------------------------------- training

  /** @param {Partial<Settings>} change */
  set(change) {
    this.stop();
    if (this.net?.losses.length) this.earlier = [...this.earlier, { label: this.label(), losses: this.net.losses }].slice(-MOST_RUNS);
    this.forget();
    this.settings = { ...this.settings, ...change };
    this.draw();
    this.host.changed('setting');
  }

  forget() {
    this.net = null;
    this.settings = { ...this.settings, trained: false };
  }

  /** What is trained, from its beginning where there is nothing yet, or where it is through. */
  begin() {
    if (this.isDone()) this.forget();
    this.net ??= new TwoLayers(this.settings);
    return this.net;
  }

  isDone() {
    const losses = this.net?.losses ?? [];
    return losses.length >= this.settings.steps || (losses.length > 0 && !Number.isFinite(losses[losses.length - 1]));
  }

  train() {
    this.begin();
    this.find('.go').textContent = 'Pause';
    this.training = requestAnimationFrame(() => this.frame());
    this.draw();
  }

  frame() {
    const net = this.begin();
    const until = performance.now() + WORK;
    while (!this.isDone() && performance.now() < until) net.step(this.settings.rate);
    if (this.isDone()) {
      this.settings = { ...this.settings, trained: true };
      this.stop();
      this.host.changed('place');
      return;
    }
    this.drawCurve();
    this.training = requestAnimationFrame(() => this.frame());
  }

  stop() {
    if (this.training === null) return;
    cancelAnimationFrame(this.training);
    this.training = null;
    this.draw();
  }

  label() {
    const { rate, hidden } = this.settings;
    return `learning rate ${rate}, ${hidden} hidden values`;
  }

  // ------------------------------------------------------------------------------------------------- what is shown

  draw() {
    const { find, settings } = this;
    find('.go').textContent = this.training === null ? 'Train' : 'Pause';
    this.select('rate').value = String(settings.rate);
    this.select('hidden-size').value = String(settings.hidden);
    this.select('steps').value = String(settings.steps);
    find('.seed', HTMLInputElement).value = String(settings.seed);
    find('.code').textContent = program(settings);
    find('.copied').textContent = '';
    const { hidden } = settings;
    const layer = (/** @type {number} */ from, /** @type {number} */ to) =>
      make('li', {}, make('b', {}, `nn.Linear(${from}, ${to})`), ` ${to} × ${from} weights + ${to} biases = ${((from + 1) * to).toLocaleString('en')}`);
    find('.shapes').replaceChildren(
      make('li', {}, `${ROWS} × ${INPUTS} → ${ROWS} × ${hidden} → ${ROWS} × ${OUTPUTS}`), layer(INPUTS, hidden), layer(hidden, OUTPUTS),
    );
    this.drawCurve();
    this.drawWeights();
    find('.now').textContent = this.words();
  }

  words() {
    const losses = this.net?.losses ?? [];
    if (this.training !== null) return 'The network is being trained.';
    if (!losses.length) return EMPTY;
    if (this.isDone()) return outcomeInWords(this.settings, losses);
    return `After ${losses.length} ${losses.length === 1 ? 'step' : 'steps'}: the loss before the last one was ${short(losses[losses.length - 1])}.`;
  }

  drawCurve() {
    const { find, settings, earlier } = this;
    const losses = this.net?.losses ?? [];
    find('.step').textContent = losses.length ? `Step ${losses.length} of ${settings.steps}, loss ${short(losses[losses.length - 1])}` : '';
    const lines = [...earlier.map(({ losses: values, label }, i) => ({ values, label, kind: `before-${earlier.length - i}` })), { values: losses, label: this.label(), kind: 'own' }];
    const count = Math.max(settings.steps, ...earlier.map(({ losses: values }) => values.length));
    const label = losses.length ? `Mean squared error over ${losses.length} steps, from ${readable(losses[0])} to ${short(losses[losses.length - 1])}` : 'An empty chart of the mean squared error';
    find('.chart-place').replaceChildren(lossChart(lines, { label, across: 'step', up: 'mean squared error, logarithmic', count, room: find('.chart-place').clientWidth }));
    const runs = lines.filter(({ values }) => values.length);
    find('.runs').hidden = runs.length < 2;
    find('.runs').replaceChildren(...runs.map(({ label: words, kind, values }) =>
      make('li', {}, make('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), ` ${words}: ${short(values[values.length - 1])} in the end`)));
  }

  drawWeights() {
    const { find, net } = this;
    const isThere = Boolean(net?.losses.length) && this.training === null;
    find('.weights-title').hidden = !isThere;
    find('.matrices').hidden = !isThere;
    if (!net || !isThere) return;
    const rows = net.weights().map(({ name, before, after }) => {
      const limit = largest([...extremes(before.values), ...extremes(after.values)]);
      const change = { ...after, values: after.values.map((value, i) => value - before.values[i]) };
      const changed = largest(extremes(change.values));
      const shape = before.rows === 1 ? String(before.columns) : `${before.rows} × ${before.columns}`;
      return make('div', { class: 'matrix', role: 'group', 'aria-label': name }, make('h4', {}, `${name.charAt(0).toUpperCase()}${name.slice(1)}, ${shape}`),
        weightFigure('before', before, limit), weightFigure('after', after, limit), weightFigure('change', change, changed));
    });
    find('.matrices').replaceChildren(...rows);
  }
}

/** @param {Float64Array} values */
function extremes(values) {
  const { low, high } = extent(values);
  return [low, high];
}

/**
 * @param {string} title
 * @param {import('./layers/network.js').Matrix} matrix
 * @param {number} limit
 */
function weightFigure(title, { values, rows, columns }, limit) {
  const canvas = make('canvas', { role: 'img', 'aria-label': `${title}: ${rows} × ${columns} weights up to ${short(limit)}` });
  const floats = Float32Array.from(values, (value) => (Number.isFinite(value) ? value : 0));
  drawMap(canvas, { integers: floats, factor: 1, height: rows, width: columns, size: rows * columns }, 0, limit);
  const said = Number.isFinite(limit) && values.every(Number.isFinite) ? `${title}, up to ±${short(limit)}` : `${title}: no numbers any more`;
  return make('figure', {}, canvas, make('figcaption', {}, said));
}

/**
 * Of a training that diverges, values are too large to write out.
 * @param {number} value
 */
function short(value) {
  return value < 1e6 ? readable(value) : exponential(value, 1);
}
