/** The training: what it learns from, ordered, watched, stopped; and what became of it. */

import { make, tell } from '../../../static/lib/dom.js';
import { inWords, rest, underWay } from '../../../static/lib/on_demand/visitor.js';
import { keepNetwork } from '../../../static/lib/page/own_networks.js';
import { charts } from './chart.js';
import { MOST_EPOCHS, MOST_SEED, PICTURES, RATES, whole } from './settings.js';

/**
 * @typedef {{ name: import('./settings.js').SetName, channels: number, side: number, classes: number, train: number, held: number, why: string }} About
 * @typedef {{ name: string, title: string, step: string, right: number, before: number, loss: number, seconds: number, weights: number }} Made
 * @typedef {object} Result
 * @property {Made[]} made
 * @property {number} held
 * @property {number} train
 * @property {string} set
 * @property {number} at
 * @property {number} epochs
 * @property {boolean} is_cut
 * @property {boolean} is_stopped
 * @property {import('./chart.js').Curve[]} curves
 * @property {string} picture its name in the address; '' for the page's own
 *
 * @typedef {import('../../../static/lib/on_demand/visitor.js').Job & { curves?: import('./chart.js').Curve[], at?: number, result?: Result }} Job
 */

const SAME = 'A and B are the same so far: change a layer of one of them.';
const EVERY = 500; // milliseconds between two questions about an order
const TITLES = { digits: 'Handwritten digits, 8 × 8 pixels, grey', cifar10: 'CIFAR-10, 32 × 32 pixels', own: 'Your own classes, from the tab Own classes' };
const KEY = 'Thin: while it learns. Thick: the pictures held out.';
/** @type {Readonly<Record<string, number>>} */
const CLASSES = { digits: 10, cifar10: 10 };
export const USUAL = /** @type {Record<string, About>} */ ({
  digits: { name: 'digits', channels: 1, side: 8, classes: CLASSES.digits, train: 1437, held: 360, why: '' },
  cifar10: { name: 'cifar10', channels: 3, side: 32, classes: CLASSES.cifar10, train: 10_000, held: 1000, why: '' },
  own: { name: 'own', channels: 3, side: 32, classes: 2, train: 0, held: 0, why: '' },
});

/**
 * @param {string} letter of a network
 * @param {boolean} isPair whether there is another one
 */
function cannotBe(letter, isPair) {
  return isPair ? `Network ${letter} cannot be as it is: see its list.` : 'This network cannot be as it is: see the layer that is marked.';
}

export class TrainingView {
  isUnderWay = false;
  sets = USUAL;
  offer = { why: '', limit: 60, beside: 6, pace: 1 };

  /**
   * @param {import('./builder.js').BuilderPage} page
   * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find
   */
  constructor(page, find) {
    this.page = page;
    this.find = find;
    for (const name of Object.keys(TITLES)) {
      const input = make('input', { type: 'radio', name: 'builder-set', value: name });
      input.addEventListener('change', () => page.set({ set: /** @type {import('./settings.js').SetName} */ (name) }));
      find('.sets').append(make('label', {}, input, make('span', {}, TITLES[/** @type {keyof typeof TITLES} */ (name)])));
    }
    for (const [name, values] of /** @type {[string, number[]][]} */ ([['pictures', PICTURES], ['rate', RATES]]))
      this.select(name).append(...values.map((value) => make('option', { value }, value.toLocaleString('en', { maximumFractionDigits: 5 }))));
    this.select('pictures').addEventListener('change', () => page.set({ pictures: Number(this.select('pictures').value) }));
    this.select('rate').addEventListener('change', () => page.set({ rate: Number(this.select('rate').value) }));
    this.number('epochs', 1, MOST_EPOCHS);
    this.number('seed', 0, MOST_SEED);
    find('.go').addEventListener('click', () => void this.order());
    find('.stop').addEventListener('click', () => void page.server.ask('stop').catch((error) => this.say(inWords(error))));
  }

  /** @param {string} name */
  select(name) {
    return this.find(`select.${name}`, HTMLSelectElement);
  }

  /**
   * @param {'epochs' | 'seed'} name
   * @param {number} least
   * @param {number} most
   */
  number(name, least, most) {
    const input = this.find(`input.${name}`, HTMLInputElement);
    input.addEventListener('input', () => {
      const value = whole(input.value, least, most);
      input.setAttribute('aria-invalid', String(value === null));
      if (value !== null) this.page.set({ [name]: value }, name);
    });
    input.addEventListener('change', () => {
      input.value = String(this.page.settings[name]);
      input.removeAttribute('aria-invalid');
    });
  }

  /** @returns {About} the pictures that are chosen */
  get about() {
    const { set, pictures } = this.page.settings;
    return set === 'cifar10' ? { ...this.sets.cifar10, train: pictures } : this.sets[set];
  }

  /** What can be had on this server, and what it costs. */
  async renew() {
    const { sets, ...offer } = await this.page.server.ask('begin');
    this.offer = offer;
    this.sets = Object.fromEntries(sets.map((/** @type {About} */ each) => [each.name, each]));
  }

  draw() {
    const { settings } = this.page;
    const { about, offer } = this;
    for (const input of this.find('.sets').querySelectorAll('input')) input.checked = input.value === settings.set;
    this.find('.of-cifar').hidden = settings.set !== 'cifar10';
    this.select('pictures').value = String(settings.pictures);
    this.select('rate').value = String(settings.rate);
    for (const name of /** @type {const} */ (['epochs', 'seed'])) {
      const input = this.find(`input.${name}`, HTMLInputElement);
      if (input !== document.activeElement) input.value = String(settings[name]);
    }
    const counts = `${about.train.toLocaleString('en')} to learn from, ${about.held.toLocaleString('en')} held out: they show what it makes of pictures that it never met.`;
    this.find('.about-set').textContent = about.why || (about.train ? counts : '');
    const why = offer.why || about.why || (this.page.wrong ? cannotBe(this.page.wrong, this.page.settings.variants.length > 1) : '');
    this.find('.go', HTMLButtonElement).disabled = Boolean(why) || this.isUnderWay;
    const [a, b] = this.page.settings.variants;
    this.find('.estimate').textContent = why || (a === b ? `${SAME} ${this.estimate()}` : this.estimate());
  }

  /** About how long it takes, where nobody is before. */
  estimate() {
    const { settings } = this.page;
    const { about, offer } = this;
    const work = this.page.networks.reduce((sum, each) => sum + each.work, 0);
    const training = (settings.epochs * (about.train + about.held / 3) * work * offer.pace) / 1e9;
    const all = Math.max(1, Math.round(offer.beside + Math.min(offer.limit, training)));
    if (training > offer.limit)
      return `About ${Math.round(training)} s of training: this server ends it after ${offer.limit} s, and keeps what it has by then.`;
    return `About ${all} s, if nobody trains before you.`;
  }

  /** @param {string} words */
  say(words) {
    tell(this.find('.said'), words);
  }

  async order() {
    const { settings, server } = this.page;
    const { set, variants, epochs, rate, seed, pictures } = settings;
    this.isUnderWay = true;
    this.find('.stop').hidden = false;
    this.find('.outcome').hidden = true;
    this.find('.charts').hidden = true;
    this.draw();
    this.say('…');
    try {
      /** @type {Job} */
      let job = await server.ask('train', { set, variants, epochs, rate, seed, pictures });
      while (job.state === 'waiting' || job.state === 'running') {
        this.say(underWay(job, 'it has learned'));
        this.follow(job, epochs);
        await rest(EVERY);
        job = await server.ask('state');
      }
      this.follow(job, epochs);
      if (job.state === 'done' && job.result) this.done(job.result);
      else this.say(job.state === 'stopped' ? 'Stopped before it had learned anything.' : (job.said ?? ''));
    } catch (error) {
      this.say(inWords(error));
    }
    this.isUnderWay = false;
    this.find('.stop').hidden = true;
    await this.page.renew();
  }

  /**
   * @param {Job} job
   * @param {number} epochs
   */
  follow({ curves, at = 0 }, epochs) {
    if (!curves?.length) return;
    const place = this.find('.charts');
    place.hidden = false;
    place.replaceChildren(...charts(curves, at, epochs, Math.max(280, place.clientWidth || 380)), make('p', { class: 'key' }, KEY));
  }

  /** @param {Result} result */
  done(result) {
    const { made, at, epochs, is_cut: isCut, is_stopped: isStopped } = result;
    for (const { name } of made) keepNetwork(name);
    this.page.trigger('lists', { made: made.map(({ name }) => name) });
    const passes = Number(at.toFixed(1)).toLocaleString('en');
    const end = isStopped ? 'Stopped' : 'Its time was over';
    this.say(isCut ? `${end} after ${passes} of ${epochs} passes; it has learned what it could by then.` : `Done: ${epochs} passes.`);
    const place = this.find('.outcome');
    const rows = made.map((one, index) => this.outcome(one, made.length > 1 ? `${'AB'[index]}: ` : '', result));
    const further = make('div', { class: 'further' });
    if (made.length > 1) further.append(this.link('Compare the two side by side', () => this.compare(result)));
    further.append(this.link('Their curves in full', () => go({ model: made[0].name, tab: 'curves' })));
    place.replaceChildren(...rows, ...(made.length > 1 ? [make('p', {}, difference(made, result.held))] : []), further);
    place.hidden = false;
    place.focus({ preventScroll: true });
    place.scrollIntoView({ block: 'nearest' });
  }

  /**
   * @param {Made} one
   * @param {string} letter
   * @param {Result} result
   */
  outcome({ name, step, right, before, weights, seconds }, letter, { held, picture }) {
    const words = make('p', {}, make('strong', {}, `${letter}${right} of ${held} held-out pictures right`), ` (${percent(right / held)}; ${before} before it had learned), ${weights.toLocaleString('en')} weights, ${seconds.toFixed(1)} s.`);
    return make('div', { class: 'one' }, words, this.link('Open in Explore', () => go({ model: name, tab: 'explore', step, picture })));
  }

  /** @param {Result} result */
  compare({ made, picture }) {
    go({ model: made[0].name, other: made[1].name, tab: 'compare', lane: 'networks', picture });
  }

  /**
   * @param {string} words
   * @param {() => void} act
   */
  link(words, act) {
    const button = make('button', { type: 'button', class: 'plain' }, words);
    button.addEventListener('click', act);
    return button;
  }
}

/** @param {number} share */
function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

/**
 * Which of two is better, and whether that may be chance: twice the standard deviation of the difference of two counts.
 * @param {Made[]} made
 * @param {number} held
 */
export function difference(made, held) {
  const [a, b] = made.map(({ right }) => right);
  if (a === b) return 'Both have as many right.';
  const share = (a + b) / (2 * held);
  const chance = Math.ceil(2 * Math.sqrt(2 * held * share * (1 - share)));
  const better = a > b ? 'A' : 'B';
  const gap = Math.abs(a - b);
  return gap > chance
    ? `${better} has ${gap} more right: more than chance alone gives with so few pictures (about ${chance}).`
    : `${better} has ${gap} more right. With so few pictures, up to about ${chance} may be chance: try other seeds.`;
}

/**
 * Shows a view, as a link to it would, without loading the page anew.
 * @param {Record<string, string>} keys of the address; '' leaves one as it is
 */
function go(keys) {
  const address = new URLSearchParams(location.search);
  for (const key of ['step', 'channel', 'row', 'column', 'edits', 'epoch', 'class', 'other', 'lane']) address.delete(key);
  for (const [key, value] of Object.entries(keys)) if (value) address.set(key, value);
  window.scrollTo(0, 0);
  history.pushState(null, '', `?${address}`.replaceAll('%3A', ':').replaceAll('%7E', '~').replaceAll('%2C', ','));
  window.dispatchEvent(new PopStateEvent('popstate'));
}
