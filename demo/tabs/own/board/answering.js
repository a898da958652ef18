/** What the network so far answers for the page's picture or for the camera, and what is to be known of the pictures. */

import { make } from '../../../static/lib/dom.js';
import { percent } from '../../../static/lib/format.js';
import { Camera } from '../../../static/lib/on_demand/camera.js';
import { inWords, rest } from '../../../static/lib/on_demand/visitor.js';

const SLOW = 1.5; // seconds of an answer from which the wait is stated

/**
 * @typedef {{ class: number, share: number }} Share of a class, 0 to 1
 *
 * @typedef {object} Look what `learning.look` returns
 * @property {number} learned
 * @property {number} of
 * @property {string} needs
 * @property {Share[]} [answer]
 * @property {string[]} [remarks]
 * @property {number} seconds
 */

export class Answering {
  isAsking = false;
  isStale = false;
  isLive = false;
  /** @type {Share[]} */
  shares = [];

  /**
   * @param {import('./board.js').Board} board
   * @param {ReturnType<typeof import('../../../static/lib/dom.js').finder>} find
   */
  constructor(board, find) {
    this.board = board;
    this.find = find;
    this.camera = new Camera(find('.so-far'), () => board.limits.side, (sentence) => (find('.state').textContent = sentence), () => {});
    find('.live').addEventListener('click', () => (this.isLive ? this.stopCamera() : void this.film()));
  }

  /** Pictures, body or the page's picture are others. */
  renew() {
    this.isStale = true;
    if (!this.isAsking) void this.asking();
  }

  async asking() {
    const { board } = this;
    this.isAsking = true;
    while (this.isStale && board.server.token) {
      this.isStale = false;
      try {
        /** @type {Look} */
        const look = await board.server.ask('look', { body: board.making.body });
        if (look.learned < look.of) this.isStale = true; // the next ones have their turn
        this.take(look);
      } catch (error) {
        this.find('.state').textContent = inWords(error);
      }
    }
    this.isAsking = false;
  }

  /** @param {Look} look */
  take({ learned, of, needs, answer, remarks, seconds }) {
    const wait = seconds > SLOW ? ` The server is busy: an answer takes about ${Math.round(seconds)} s.` : '';
    const about = this.isLive ? '' : answer ? 'Its answer for the page’s picture.' : 'The page has no picture to answer for.';
    const isOn = learned < of;
    this.find('.state').textContent = needs || `${isOn ? `Learned ${learned} of ${of} pictures so far.` : about}${wait}`;
    if (!this.isLive) this.show(needs ? [] : (answer ?? []));
    if (remarks || !of) this.find('.remarks').replaceChildren(...(remarks ?? []).map((words) => make('li', {}, words)));
    this.board.making.count(of);
  }

  /** @param {Share[]} shares */
  show(shares) {
    this.shares = shares;
    this.draw();
  }

  draw() {
    const names = new Map(this.board.cards.map(({ label, name }) => [label, name]));
    const known = this.shares.filter((each) => names.has(each.class));
    const rows = known.map((each) =>
      make('tr', {}, make('th', { scope: 'row', translate: 'no' }, names.get(each.class) ?? ''),
        make('td', { class: 'bar' }, make('span', { style: `width: ${(100 * each.share).toFixed(1)}%` })),
        make('td', { class: 'number' }, percent(each.share))),
    );
    const picture = /** @type {HTMLImageElement} */ (this.find('.about img'));
    const shown = document.querySelector('#chosen .picture img');
    picture.hidden = this.isLive || !rows.length || !(shown instanceof HTMLImageElement && shown.src);
    if (!picture.hidden) picture.src = /** @type {HTMLImageElement} */ (shown).src;
    this.find('.shares').replaceChildren(...(rows.length ? [make('table', { class: 'bars' }, make('tbody', {}, ...rows))] : []));
  }

  async film() {
    this.isLive = true;
    this.drawLive();
    await this.camera.start();
    if (!this.camera.stream) return this.stopCamera(true);
    while (this.isLive) {
      const frame = await this.camera.frame();
      let pause = 250;
      try {
        if (frame) {
          const response = await this.board.server.send('frame', frame, { body: this.board.making.body });
          const { answer, next_ms: next } = await response.json();
          if (this.isLive && answer) this.show(answer);
          pause = next ?? pause;
        }
      } catch (error) {
        this.find('.state').textContent = inWords(error);
        pause = 2000;
      }
      await rest(pause);
    }
  }

  /** @param {boolean} [isRefused] the sentence on why stays */
  stopCamera(isRefused = false) {
    if (!this.isLive) return;
    this.isLive = false;
    this.camera.stop();
    this.drawLive();
    if (!isRefused) this.renew();
  }

  drawLive() {
    const { find, isLive } = this;
    find('.live').setAttribute('aria-pressed', String(isLive));
    find('.live').textContent = isLive ? 'Stop the camera' : 'Show it the camera';
    find('.so-far video').hidden = !isLive;
    if (!isLive) find('.so-far .turn').hidden = true;
    this.show(isLive ? [] : this.shares);
  }
}
