/**
 * What if: the changes to the network's pass, as buttons, chips and a brush. A change goes to the server as `edit`, with
 * all changes as text; its answer brings the text that holds now, the probabilities and everything else anew.
 */

import { around, finder, make } from '../../../static/lib/dom.js';
import { on } from '../../../static/lib/events.js';
import { sent } from '../../../static/lib/mount.js';
import { isBusy, LOST, occupy } from '../../../static/lib/requests.js';
import { store } from '../../../static/lib/store.js';
import { offerToTakeHome } from '../../../static/lib/take_home.js';
import { drawAnswers, labelsOf, likeliest } from './answers_table.js';
import { ChangeHistory } from './change_history.js';
import { NumberFields, numberText } from './number_fields.js';
import { PictureBrush } from './picture_brush.js';
import { drawBlock, listenToBlock } from './residual_block.js';
import { WeightForm } from './weight_form.js';
import { whatIfOffers } from './whatif-home.js';

/**
 * What the server sends, as `bar` in demo/tabs/explore/what_if/what_if.py says.
 * @typedef {object} Changed
 * @property {string} model
 * @property {string} key
 * @property {string} text
 * @property {{ piece: string, words: string }[]} edits
 * @property {import('./answers_table.js').Answer[]} answers
 * @property {import('./answers_table.js').Lead | null} lead
 * @property {number} others
 * @property {string} picture
 * @property {number} size
 * @property {import('./residual_block.js').Block[]} blocks
 * @property {string[]} refused
 * @property {string[]} nothing why the changes have no effect
 *
 * @typedef {{ add: string } | { text: string }} Change one more, or all
 */

const AMBER = 'convscope-edited'; // class of the whole page while the network is not the real one

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount(context) {
  new WhatIf(context);
}

export class WhatIf {
  /** @type {Changed | null} */
  view = null;
  history = new ChangeHistory();
  /** @type {Change[]} */
  wanted = []; // changes that wait for an answer to an earlier choice
  /** @type {import('../../../static/lib/store.js').Channel | null} */
  chosen = null;
  showsAll = false; // classes

  /** @param {import('../../../static/lib/mount.js').Context} context */
  constructor({ element, props, trigger, watch, signal }) {
    this.props = props;
    this.trigger = trigger;
    this.find = finder(element);
    this.fields = new NumberFields(element, this.find);
    this.brush = new PictureBrush(this);
    this.weight = new WeightForm(this);
    listenToBlock(this);
    this.listenToChannelTools();
    this.listenToHistory();
    this.listenToPage(signal);
    offerToTakeHome('whatif', () => whatIfOffers(this));
    on('live', (live) => (live?.whatif ? this.draw({ ...live.whatif, picture: live.strip?.picture ?? this.view?.picture }) : this.draw()), signal);
    watch('value', () => this.draw());
    this.draw();
  }

  // ------------------------------------------------------------------------------------------------------ listening

  listenToChannelTools() {
    const { find } = this;
    find('.channel-tools').addEventListener('click', (event) => {
      const factor = around(event, '[data-factor]')?.dataset.factor;
      if (factor) this.scale(factor);
    });
    const apply = () => {
      const factor = this.fields.numbers('factor');
      if (factor) this.scale(`x${numberText(factor[0])}`);
    };
    find('.times').addEventListener('click', apply);
    find('.factor').addEventListener('keydown', (event) => event.key === 'Enter' && apply());
  }

  listenToHistory() {
    const { find, history } = this;
    const hold = (/** @type {string | undefined} */ text) => text !== undefined && this.ask({ text });
    find('.undo').addEventListener('click', () => hold(history.before()));
    find('.redo').addEventListener('click', () => hold(history.after()));
    find('.reset').addEventListener('click', () => hold(''));
    find('.chips').addEventListener('click', (event) => {
      const button = around(event, 'button');
      if (button) this.takeBack(Number(button.dataset.index));
    });
    find('button.all').addEventListener('click', () => {
      this.showsAll = !this.showsAll;
      if (this.view) drawAnswers(find, this.view, this.showsAll);
    });
  }

  /** @param {AbortSignal} signal */
  listenToPage(signal) {
    on('answered', () => setTimeout(() => this.next()), signal); // after a choice that waited before
    on('add', (add) => this.ask({ add }), signal);
    on('weight', (weight) => this.view && this.weight.open(weight), signal);
    store.watch('kernels', () => this.view && this.chosen && this.weight.draw(), signal);
    store.watch('channel', () => this.drawTarget(), signal);
  }

  // -------------------------------------------------------------------------------------------------- to the server

  /** @param {Change} change */
  ask(change) {
    this.wanted.push(change);
    this.next();
  }

  next() {
    if (isBusy() || !this.view) return;
    const change = this.wanted.shift();
    if (!change) return;
    occupy();
    this.trigger('edit', 'add' in change ? { text: this.view.text, add: change.add } : { text: change.text });
    setTimeout(() => this.next(), LOST + 50);
  }

  /**
   * All changes but one.
   * @param {number} index
   */
  takeBack(index) {
    const kept = this.view?.edits.filter((_, other) => other !== index) ?? [];
    this.ask({ text: kept.map((edit) => edit.piece).join('~') });
  }

  /** @param {string} factor of the chosen channel, as the server reads it */
  scale(factor) {
    if (this.chosen) this.ask({ add: `${this.chosen.step}.${this.chosen.channel}:${factor}` });
  }

  // -------------------------------------------------------------------------------------------------- what is shown

  /** @param {Partial<Changed>} [value] */
  draw(value = sent(this.props)) {
    const { find } = this;
    find('.whatif').hidden = !value.key;
    document.body.classList.toggle(AMBER, Boolean(value.text));
    const answers = value.answers ?? [];
    const share = answers.length ? likeliest(answers, 'now').now : 0;
    store.set('answer', { key: value.key ?? '', labels: labelsOf(answers), share });
    if (!value.key) return;
    const view = /** @type {Changed} */ (value);
    this.view = view;
    const isChanged = view.edits.length > 0;
    find('.whatif').classList.toggle('changed', isChanged);
    find('.active').hidden = !isChanged;
    find('.refused').textContent = view.refused.join(' ');
    find('.nothing').hidden = !view.nothing.length;
    find('.nothing').textContent = view.nothing.length ? `Why nothing changes: ${view.nothing.join(' ')}` : '';
    this.drawHistory(view);
    drawAnswers(find, view, this.showsAll);
    this.brush.draw(view.picture, view.size);
    this.drawTarget();
  }

  /** @param {Changed} view */
  drawHistory({ text, model, edits }) {
    const { find, history } = this;
    history.take(text, model);
    find('.undo', HTMLButtonElement).disabled = history.before() === undefined;
    find('.redo', HTMLButtonElement).disabled = history.after() === undefined;
    find('.reset', HTMLButtonElement).disabled = !text;
    const chips = edits.map(({ words }, index) => {
      const cross = make('span', { class: 'cross', 'aria-label': 'remove' }, '×');
      const attributes = { type: 'button', 'data-index': index, title: 'Take this change back' };
      return make('li', {}, make('button', attributes, words, cross));
    });
    find('.chips').replaceChildren(...chips);
  }

  /** The chosen channel, its block and its weights. */
  drawTarget() {
    const channel = store.get('channel');
    if (!channel || !this.view) return;
    const { clicked } = this.weight;
    if (clicked && (clicked.step !== channel.step || clicked.channel !== channel.channel)) this.weight.clicked = null;
    this.chosen = channel;
    const what = channel.maps.size === 1 ? 'value' : 'channel';
    this.find('.target').textContent = `${channel.step}, ${what} ${channel.channel}:`;
    drawBlock(this);
    this.weight.draw();
  }
}
