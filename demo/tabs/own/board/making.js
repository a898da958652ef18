/** From pictures to a network: ordered, waited for, shown; and what can be done with the networks that one has. */

import { make, tell } from '../../../static/lib/dom.js';
import { keepNames } from '../../../static/lib/languages/given_names.js';
import { forgetNetwork, keepNetwork } from '../../../static/lib/page/own_networks.js';
import { fileName, saveBlob } from '../../../static/lib/save.js';
import { outcomeParts, plain } from './outcome.js';
import { inWords, rest, underWay } from '../../../static/lib/on_demand/visitor.js';
import { Tuning } from './tuning.js';

const EVERY = 700; // milliseconds between two questions about an order
const BEST = 'best'; // as `demo.tabs.own.learning.BEST`
const FEWEST = 2; // pictures from which a network can be ordered

/**
 * @typedef {{ name: string, title: string }} Named
 * @typedef {import('../../../static/lib/on_demand/visitor.js').Job & { result?: import('./outcome.js').Outcome }} Job
 */

export class Making {
  isMaking = false;
  pictures = 0;
  /** @type {Tuning | null} */
  tuning = null; // of the network made last

  /**
   * @param {import('./board.js').Board} board
   * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find
   * @param {import('../../../static/lib/mount.js').Context['trigger']} trigger
   */
  constructor(board, find, trigger) {
    this.board = board;
    this.find = find;
    this.trigger = trigger;
    this.choice = find('.body', HTMLSelectElement);
    this.button = find('.make', HTMLButtonElement);
    this.button.disabled = true;
    this.choice.addEventListener('change', () => board.answering.renew());
    this.button.addEventListener('click', () => void this.order());
    find('.stop').addEventListener('click', () => void board.server.ask('stop').catch((error) => this.say(inWords(error))));
    const bring = find('.bring', HTMLInputElement);
    bring.addEventListener('change', () => {
      const file = bring.files?.[0];
      bring.value = '';
      if (file) void this.bring(file);
    });
  }

  /** The name of the network that is learned on. */
  get body() {
    return this.choice.value || BEST;
  }

  /**
   * @param {{ name: string, title: string, size: number }[]} bodies the usual one first
   * @param {Named[]} networks
   */
  begin(bodies, networks) {
    const options = bodies.map(({ name, title, size }) => make('option', { value: name }, `${title} (${size} pixels)`));
    const best = `the best of ${bodies.length}, found by a quick cross-validation`;
    if (bodies.length > 1) options.push(make('option', { value: BEST }, best));
    this.choice.replaceChildren(...options);
    this.list(networks);
  }

  /** @param {number} pictures that there are */
  count(pictures) {
    const filled = this.board.cards.filter((card) => card.items.size).length;
    this.pictures = pictures;
    this.button.disabled = this.isMaking || Boolean(this.tuning?.isUnderWay) || filled < 2 || pictures < FEWEST;
  }

  /** @param {string} words */
  say(words) {
    tell(this.find('.making .said'), words);
  }

  async order() {
    const { server } = this.board;
    this.isMaking = true;
    this.button.disabled = true;
    this.find('.stop').hidden = false;
    try {
      /** @type {Job} */
      let job = await server.ask('make', { body: this.body, title: this.find('.title', HTMLInputElement).value });
      while (job.state === 'waiting' || job.state === 'running') {
        this.say(underWay(job));
        await rest(EVERY);
        job = await server.ask('state');
      }
      if (job.state === 'done' && job.result) this.made(job.result);
      else this.say(job.state === 'stopped' ? 'Stopped. Your pictures are still here.' : (job.said ?? ''));
    } catch (error) {
      this.say(inWords(error));
    }
    this.isMaking = false;
    this.count(this.pictures);
    this.find('.stop').hidden = true;
  }

  /** @param {import('./outcome.js').Outcome} outcome */
  made(outcome) {
    this.say('It is made; see below.');
    this.kept(outcome.name);
    const urlOf = (/** @type {number} */ number) => this.board.pictures.get(number)?.url ?? '';
    const place = this.find('.outcome');
    place.replaceChildren(...outcomeParts(outcome, urlOf, this.buttons(outcome)));
    place.hidden = false;
    this.tuning = new Tuning(outcome, place, this);
    place.querySelector('h3')?.focus({ preventScroll: true });
    place.scrollIntoView({ block: 'nearest' });
    this.list([outcome, ...this.networks.filter(({ name }) => name !== outcome.name)]);
  }

  /**
   * @param {string} name
   * @param {string} [was] the name of a network that it replaces
   */
  kept(name, was = '') {
    if (was) forgetNetwork(was);
    keepNetwork(name);
    this.trigger('lists', { name, was });
  }

  /**
   * A network came in the place of another one.
   * @param {import('./tuning.js').Tuned} tuned
   */
  replaced({ name, title, was }) {
    this.kept(name, was);
    this.list(this.networks.map((each) => (each.name === was ? { name, title } : each)));
    this.find('.outcome .offered').replaceChildren(...this.buttons({ name, title }));
  }

  // ---------------------------------------------------------------------------------------------------- one's own

  /** @type {Named[]} */
  networks = [];

  /** @param {Named[]} networks */
  list(networks) {
    this.networks = networks;
    keepNames(networks.map(({ title }) => plain(title)));
    const items = networks.map((network) => {
      const title = plain(network.title);
      const remove = make('button', { type: 'button', 'aria-label': `Delete ${title}` }, 'Delete');
      remove.addEventListener('click', () => void this.remove(network));
      return make('li', {}, make('span', { translate: 'no' }, title), make('div', { class: 'row' }, ...this.buttons(network), remove));
    });
    this.find('.mine ul').replaceChildren(...(items.length ? items : [make('li', { class: 'quiet' }, 'None yet.')]));
  }

  /** @param {Named} network */
  buttons({ name, title: full }) {
    const title = plain(full);
    const use = make('button', { type: 'button', class: 'use', 'aria-label': `Use ${title} in all tabs` }, 'Use in all tabs');
    const home = make('button', { type: 'button', class: 'home', 'aria-label': `Take home ${title}` }, 'Take home (zip)');
    use.addEventListener('click', () => {
      this.trigger('use', { name });
      this.tell('The whole page shows it now: see Answer, Explore and Why under Look.');
    });
    home.addEventListener('click', () => void this.takeHome(name, title, home));
    return [use, home];
  }

  /** @param {string} words */
  tell(words) {
    this.find('.mine .told').textContent = words;
  }

  /**
   * @param {string} name
   * @param {string} title
   * @param {HTMLButtonElement} button
   */
  async takeHome(name, title, button) {
    button.disabled = true;
    this.tell('The zip is being made …');
    try {
      const response = await this.board.server.send('home', JSON.stringify({ name }));
      saveBlob(await response.blob(), fileName(title, 'zip'));
      this.tell('The zip is saved. Unpacked, “python predict.py picture.jpg” answers on any computer with PyTorch.');
    } catch (error) {
      this.tell(inWords(error));
    }
    button.disabled = false;
  }

  /** @param {File} file */
  async bring(file) {
    this.tell(`${file.name} is being read and checked …`);
    try {
      const { name, networks } = await (await this.board.server.send('bring', file, { name: file.name })).json();
      this.list(networks);
      this.kept(name);
      this.tell(`“${plain(networks.find((/** @type {{ name: string }} */ each) => each.name === name)?.title ?? '')}” is back, and in the list of networks.`);
    } catch (error) {
      this.tell(inWords(error));
    }
  }

  /** @param {Named} network */
  async remove({ name, title }) {
    try {
      const { networks } = await this.board.server.ask('remove', { name });
      forgetNetwork(name);
      this.list(networks);
      this.trigger('lists', { name });
      this.tell(`“${plain(title)}” is deleted.`);
      this.find('.bring').focus();
    } catch (error) {
      this.tell(inWords(error));
    }
  }
}
