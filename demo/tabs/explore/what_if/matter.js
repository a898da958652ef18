/**
 * The channels whose removal moves the answer most. `find` starts the search on the server, whose value grows while it
 * goes on; `stop` ends it. The grid shows a channel, and switching one off goes through the What-if bar.
 */

import { around, finder, make } from '../../../static/lib/dom.js';
import { emit, on } from '../../../static/lib/events.js';
import { percent, significant } from '../../../static/lib/format.js';
import { sent } from '../../../static/lib/mount.js';
import { store } from '../../../static/lib/store.js';
import { offerToTakeHome } from '../../../static/lib/take_home.js';
import { matterOffers } from './matter-home.js';

/**
 * What the server sends, as `listed` in demo/tabs/explore/what_if/what_if.py says.
 * @typedef {object} Found
 * @property {string} key
 * @property {string} label
 * @property {string} where
 * @property {string} step "" for all convolutions
 * @property {number[]} order of one step's channels, the one that matters most first
 * @property {number} done
 * @property {number} total
 * @property {number} before
 * @property {Effect[]} rows
 *
 * @typedef {{ step: string, channel: number, now: number, odds: number }} Effect
 */

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new ChannelsThatMatter(context);
}

class ChannelsThatMatter {
  /** @type {Found | null} */
  view = null;
  asked = ''; // the key for which a search was started here and has not ended

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.listen();
    on('search-over', () => this.end(), signal);
    on('matter', (step) => this.start(step), signal);
    store.watch('answer', () => this.draw(), signal);
    store.watch('channel', () => this.drawAsk(), signal);
    offerToTakeHome('matter', () => matterOffers(this.view));
    watch('value', () => this.draw());
    this.draw();
  }

  listen() {
    const { find } = this;
    find('.here').addEventListener('click', () => this.start(store.get('channel')?.step ?? ''));
    find('.everywhere').addEventListener('click', () => this.start(''));
    find('.stop').addEventListener('click', () => {
      this.trigger('stop', {});
      this.end();
    });
    find('tbody').addEventListener('click', (event) => {
      const button = around(event, 'button');
      const row = around(event, 'tr');
      if (!button || !row) return;
      const { step = '', channel } = row.dataset;
      if (button.classList.contains('off')) emit('add', `${step}.${channel}:off`);
      else emit('go', { step, channel: Number(channel) });
    });
  }

  /** @param {string} step "" for all convolutions */
  start(step) {
    this.asked = store.get('answer').key;
    this.trigger('find', { step, label: this.find('.label', HTMLSelectElement).value });
    this.drawAsk();
  }

  end() {
    this.asked = '';
    this.drawAsk();
  }

  draw() {
    /** @type {Found} */
    const value = sent(this.props);
    const fits = Boolean(value.key) && value.key === store.get('answer').key;
    if (!fits || value.done === value.total) this.asked = '';
    this.find('.found').hidden = !fits;
    this.drawAsk();
    this.drawLabels();
    if (!fits) return;
    this.view = value;
    this.drawFound(value);
    const { key, step, order, done, total } = value;
    store.set('mattering', step ? { key, step, order, done, total } : null);
  }

  drawAsk() {
    const { find, asked } = this;
    const channel = store.get('channel');
    find('.here').textContent = channel ? `try all channels of ${channel.step}` : 'try this step';
    find('.here', HTMLButtonElement).disabled = !channel;
    find('.stop').hidden = !asked;
    find('.waiting').hidden = !asked || sent(this.props).key === asked;
  }

  drawLabels() {
    const { labels } = store.get('answer');
    const select = this.find('.label', HTMLSelectElement);
    const kept = select.value;
    const answer = make('option', { value: '' }, `the answer${labels.length ? ` (${labels[0]})` : ''}`);
    select.replaceChildren(answer, ...labels.map((label) => make('option', { value: label }, label)));
    if (labels.includes(kept)) select.value = kept;
  }

  /** @param {Found} found */
  drawFound({ done, total, where, label, before, rows }) {
    const { find } = this;
    find('progress', HTMLProgressElement).value = done / total;
    find('.state').textContent = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} channels of ${where} tried, for ${label}: ${share(before)} with all of them.`;
    find('.p').textContent = `${label} without it`;
    find('tbody').replaceChildren(...rows.map(effectRow));
  }
}

/** @param {Effect} effect */
function effectRow({ step, channel, now, odds }) {
  const name = `${step}, channel ${channel}`;
  return make(
    'tr',
    { 'data-step': step, 'data-channel': channel },
    make('th', { scope: 'row' }, make('button', { type: 'button', class: 'go', title: 'Show this channel' }, name)),
    make('td', {}, share(now)),
    make('td', {}, oddsInWords(odds)),
    make('td', {}, odds < 0 ? 'for it' : 'against it'),
    make('td', {}, make('button', { type: 'button', class: 'off', 'aria-label': `switch off ${name}` }, 'off')),
  );
}

/**
 * With more decimals where it is nearly none or all.
 * @param {number} p
 */
function share(p) {
  return percent(p, p > 0.9995 || p < 0.0005 ? 3 : 1);
}

/**
 * The factor of the odds in words.
 * @param {number} odds change of ln(p / (1 - p))
 */
export function oddsInWords(odds) {
  const factor = Math.exp(Math.abs(odds));
  return `${factor >= 1000 ? 'over 1,000' : significant(factor, 3)} × ${odds < 0 ? 'lower' : 'higher'}`;
}
