/** The bench's gradient descent: two weights on their way down a loss surface. */

import { finder, make } from '../../static/lib/dom.js';
import { precise, readable } from '../../static/lib/format.js';
import { copyText } from '../../static/lib/save.js';
import { begun, encode, MOMENTA, MOST_STEPS, parse, pathOf, program, verdict } from './descent/descent.js';
import { lossAt, lowest, PROBLEMS } from './descent/problems.js';
import { dataDrawing, drawSurface, pathDrawing, printed, weightsAt } from './descent_surface.js';
import { HTML } from './descent/html.js';

/**
 * @typedef {import('./descent/descent.js').Settings} Settings
 * @typedef {import('./descent/problems.js').Pair} Pair
 */

const PAUSE = 120; // milliseconds between two steps that are played
const NUDGE = 40; // arrow keys from one edge of the surface to the other
const COPIED = 'Copied.';
const NOT_COPIED = 'The browser does not let this page copy: select the lines instead.';
/** @type {Record<string, Pair>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class DescentView {
  name = 'descent';
  /** @type {Settings} */
  settings = parse('');
  drawn = ''; // the problem whose surface is drawn
  /** @type {number | null} */
  playing = null; // animation frame
  last = 0; // when the step before was taken

  /**
   * @param {HTMLElement} element
   * @param {import('./parts.js').Host} host
   */
  constructor(element, host) {
    this.host = host;
    element.innerHTML = HTML;
    this.find = finder(element);
    this.canvas = this.find('.surface', HTMLCanvasElement);
    this.select('problem').replaceChildren(...Object.entries(PROBLEMS).map(([value, { title }]) => make('option', { value }, title)));
    this.select('momentum').replaceChildren(...MOMENTA.map((value) => make('option', { value }, value ? String(value) : 'none')));
    this.listen();
    host.signal.addEventListener('abort', () => this.stop());
    this.draw();
  }

  /** @param {string} name */
  select(name) {
    return this.find(`select.${name}`, HTMLSelectElement);
  }

  listen() {
    const { find, canvas } = this;
    this.select('problem').addEventListener('change', () => this.set(begun(this.select('problem').value)));
    this.select('rate').addEventListener('change', () => this.set({ rate: Number(this.select('rate').value), steps: 0 }));
    this.select('momentum').addEventListener('change', () => this.set({ momentum: Number(this.select('momentum').value), steps: 0 }));
    find('.go').addEventListener('click', () => (this.playing === null ? this.play() : this.stop()));
    for (const [name, count] of /** @type {[string, number][]} */ ([['one', 1], ['ten', 10]]))
      find(`.${name}`).addEventListener('click', () => {
        this.stop();
        this.step(count);
      });
    find('.again').addEventListener('click', () => {
      this.stop();
      this.step(-this.settings.steps);
    });
    find('.copy').addEventListener('click', async () => {
      find('.copied').textContent = (await copyText(program(this.settings))) ? COPIED : NOT_COPIED;
    });
    let isHeld = false;
    const point = (/** @type {PointerEvent} */ event) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const share = (/** @type {number} */ at, /** @type {number} */ length) => Math.max(0, Math.min(1, at / length));
      this.begin(weightsAt(this.problem(), share(event.clientX - left, width), share(event.clientY - top, height)));
    };
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button) return;
      isHeld = true;
      canvas.setPointerCapture(event.pointerId);
      point(event);
    });
    canvas.addEventListener('pointermove', (event) => isHeld && point(event));
    for (const kind of ['pointerup', 'pointercancel']) canvas.addEventListener(kind, () => (isHeld = false));
    canvas.addEventListener('keydown', (event) => {
      const move = MOVES[event.key];
      if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const { ranges } = this.problem();
      const moved = this.settings.from.map((value, i) => Math.max(ranges[i][0], Math.min(ranges[i][1], value + (move[i] * (ranges[i][1] - ranges[i][0])) / NUDGE)));
      this.begin([moved[0], moved[1]]);
    });
  }

  problem() {
    return PROBLEMS[this.settings.problem];
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
    this.draw();
  }

  /** @param {boolean} isShown */
  shown(isShown) {
    if (!isShown) this.stop();
  }

  facts() {
    const path = pathOf(this.settings);
    const least = lowest(this.problem());
    const { loss } = lossAt(this.problem(), least);
    return { ...this.settings, path, lowest: { weights: least, loss }, verdict: verdict(path, loss) };
  }

  /** @returns {import('../../static/lib/take_home.js').Offer[]} */
  offers() {
    const { find, settings } = this;
    const { names, title } = this.problem();
    return [
      {
        label: 'Way down and data (PNG)',
        file: 'bench-descent',
        plate: () => ({
          title: `Gradient descent: ${title}`,
          lines: [`Learning rate ${settings.rate}, momentum ${settings.momentum}`, find('.now').textContent],
          blocks: [
            {
              panels: [
                { source: printed(this.canvas, this.problem(), pathOf(settings)), smooth: true, caption: `The way over the loss surface: ${names[0]} to the right, ${names[1]} upwards; the cross is the lowest point` },
                { source: /** @type {Element} */ (find('.data').firstElementChild), caption: find('.data-said').textContent },
              ],
              columns: 2,
            },
          ],
        }),
      },
      {
        label: 'Steps (CSV)',
        file: 'bench-descent',
        rows: () => [
          ['step', ...names, 'loss', ...names.map((name) => `gradient by ${name}`)],
          ...pathOf(settings).map(({ weights, loss, gradient }, step) => [step, ...weights, loss, ...gradient]),
        ],
      },
    ];
  }

  // ------------------------------------------------------------------------------------------------- changes

  /** @param {Partial<Settings>} change */
  set(change, key = '') {
    this.stop();
    this.settings = { ...this.settings, ...change };
    this.draw();
    this.host.changed('setting', key);
  }

  /** @param {Pair} from */
  begin(from) {
    this.set({ from: [Number(from[0].toFixed(3)), Number(from[1].toFixed(3))], steps: 0 }, 'from');
  }

  /** @param {number} count of steps; below 0 back */
  step(count) {
    this.settings = { ...this.settings, steps: Math.min(MOST_STEPS, this.settings.steps + count) };
    this.draw();
    this.host.changed('place');
  }

  play() {
    if (this.isOver()) this.step(-this.settings.steps);
    this.last = performance.now();
    this.find('.go').textContent = 'Pause';
    this.find('.now').setAttribute('aria-live', 'off');
    this.playing = requestAnimationFrame((now) => this.frame(now));
  }

  /** @param {number} now */
  frame(now) {
    if (now - this.last >= PAUSE) {
      this.last = now;
      this.step(1);
    }
    if (this.isOver()) this.stop();
    else this.playing = requestAnimationFrame((then) => this.frame(then));
  }

  /** Whether more steps would change nothing, or are too many. */
  isOver() {
    const { steps } = this.settings;
    const { verdict: found, path } = this.facts();
    const isFar = found === 'diverges' && !(path[path.length - 1].loss < 1e6 * path[0].loss);
    return steps >= MOST_STEPS || found === 'arrived' || isFar;
  }

  stop() {
    if (this.playing !== null) cancelAnimationFrame(this.playing);
    this.playing = null;
    this.find('.go').textContent = 'Play';
    this.find('.now').setAttribute('aria-live', 'polite');
  }

  // ------------------------------------------------------------------------------------------------- what is shown

  draw() {
    const { find, settings, canvas } = this;
    const problem = this.problem();
    const { path, lowest: least, verdict: found } = this.facts();
    const end = path[path.length - 1];
    if (this.drawn !== settings.problem) {
      drawSurface(canvas, problem);
      this.select('rate').replaceChildren(...problem.rates.map((value) => make('option', { value }, String(value))));
      this.drawn = settings.problem;
    }
    this.select('problem').value = settings.problem;
    this.select('rate').value = String(settings.rate);
    this.select('momentum').value = String(settings.momentum);
    find('.about-problem').textContent = problem.about;
    find('.over').replaceChildren(pathDrawing(problem, path));
    const [right, up] = problem.names;
    const ends = (/** @type {Pair} */ range) => range.map((value) => precise(value, 3)).join(' to ');
    find('.surface-said').textContent = `The loss from above: ${right} to the right (${ends(problem.ranges[0])}), ${up} upwards (${ends(problem.ranges[1])}). White is low; the cross is the lowest point.`;
    const here = `${right} ${readable(end.weights[0])}, ${up} ${readable(end.weights[1])}`;
    find('.data').replaceChildren(dataDrawing(problem, end.weights, `The data, and the line that ${here} makes`));
    find('.data-said').textContent = problem.kind === 'line' ? `The points and the line with ${here}; dashed: what it is off by` : `Circles: Iris virginica, diamonds: Iris versicolor; between them the line with ${here}`;
    find('.step').textContent = `Step ${path.length - 1}, loss ${readable(end.loss)}`;
    find('.step-words').textContent = stepWords(settings, path, problem.names);
    find('.now').textContent = verdictWords(found, settings, path, least, problem.names);
    find('.code').textContent = program(settings);
    find('.copied').textContent = '';
    canvas.setAttribute('aria-valuemax', String(MOST_STEPS));
    canvas.setAttribute('aria-valuenow', String(path.length - 1));
    canvas.setAttribute('aria-valuetext', `It starts at ${right} ${readable(settings.from[0])}, ${up} ${readable(settings.from[1])}, with the loss ${readable(path[0].loss)}`);
  }
}

/**
 * The next step in numbers.
 * @param {Settings} settings
 * @param {import('./descent/descent.js').Point[]} path
 * @param {[string, string]} names
 */
function stepWords({ rate, momentum }, path, names) {
  const { gradient, loss } = path[path.length - 1];
  if (!Number.isFinite(loss)) return '';
  const slopes = gradient.map((value, i) => `${readable(value)} by ${names[i]}`).join(' and ');
  const moves = gradient.map((value) => readable(-rate * value)).join(' and ');
  return `The slope (gradient) here is ${slopes}. The next step goes against it: −${rate} × slope = ${moves}${momentum ? `, plus ${momentum} of the step before` : ''}.`;
}

/**
 * @param {string} found
 * @param {Settings} settings
 * @param {import('./descent/descent.js').Point[]} path
 * @param {{ weights: Pair, loss: number }} least
 * @param {[string, string]} names
 */
function verdictWords(found, { rate, momentum }, path, least, names) {
  const steps = path.length - 1;
  const taken = `After ${steps} ${steps === 1 ? 'step' : 'steps'} the loss has gone from ${readable(path[0].loss)} to ${readable(path[steps].loss)}`;
  const aim = `the lowest there is, ${readable(least.loss)}, lies at ${names.map((name, i) => `${name} ${readable(least.weights[i])}`).join(' and ')}`;
  if (found === 'start') return `It starts with the loss ${readable(path[0].loss)}; ${aim}.`;
  if (found === 'diverges') return `${taken}: it grows. With the learning rate ${rate} each step crosses the valley and ends higher up on the other side. Take a smaller rate.`;
  if (found === 'arrived') return `${taken}: it has arrived; ${aim}.`;
  if (found === 'swings') return `${taken}, going up and down: ${momentum ? 'momentum carries it past the lowest point and back' : 'its steps cross the valley from side to side'}; ${aim}.`;
  return `${taken}; ${aim}.${momentum ? '' : ' Along the floor of a valley the slope is small, and so are the steps; momentum helps there.'}`;
}
