/**
 * The pane with the live picture. While it is open and runs, the page shows what is drawn or seen: `live` tells the
 * widgets what the server says of each frame. As soon as somebody wants more of a picture than that, it is kept: it goes
 * the way of an upload, and everything works on it.
 */

import { setServerAddress } from '../static/lib/address.js';
import { around, finder, make, tell } from '../static/lib/dom.js';
import { emit, on } from '../static/lib/events.js';
import { Camera } from '../static/lib/on_demand/camera.js';
import { giveOwnPicture } from '../static/lib/page/picture_sources.js';
import { line } from '../static/lib/requests.js';
import { store } from '../static/lib/store.js';
import { Looks } from './looks.js';
import { Announcing, frameSide } from './pacing.js';
import { DrawingPad, SIDE } from './pad.js';
import { PageHtml } from './page_html.js';
import { PANE } from './pane_html.js';
import { PanePlace } from './pane_place.js';

const STYLE = await (await fetch(new URL('pane.css', import.meta.url))).text();
const SHOWN_IN = ['explore', 'predict']; // tabs that follow a live picture
const KEPT = 'Kept: this is the page’s picture now.';

/** @typedef {'draw' | 'camera'} Kind */

export class LivePane {
  /** @type {LivePane | null} */
  static only = null;
  /** @type {Kind} */
  kind = 'draw';
  isRunning = false;
  kept = 0; // pictures of this pane that the page has not taken yet
  /** @type {{ frame: Blob, url: string } | null} */
  last = null; // the frame that the page shows
  announcing = new Announcing();
  /** @type {AbortController | null} */
  waiting = null; // for a value that the reader chose, with which the picture is kept

  /** @param {AbortSignal} signal */
  static of(signal) {
    LivePane.only ??= new LivePane(signal);
    return LivePane.only;
  }

  /** @param {AbortSignal} signal */
  constructor(signal) {
    const inside = make('section', { class: 'live-pane', 'aria-label': 'Live picture', hidden: '' });
    inside.innerHTML = PANE;
    (document.querySelector('.gradio-container') ?? document.body).append(make('style', {}, STYLE), inside);
    this.element = inside;
    this.find = finder(inside);
    this.place = new PanePlace(inside, signal);
    this.html = new PageHtml();
    this.looks = new Looks((answer, frame) => this.show(answer, frame), (sentence) => this.say(sentence));
    this.pad = new DrawingPad(this.find('.pad'), () => this.drawn(), signal);
    const side = () => frameSide(store.get('network')?.size ?? 0);
    this.camera = new Camera(this.find('.camera'), side, (sentence) => this.say(sentence), () => this.looks.changed());
    this.listen(signal);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.element.addEventListener('click', (event) => {
      const button = around(event, 'button');
      if (button?.matches('.close')) this.close();
      else if (button?.matches('.freeze')) {
        if (this.isRunning) void this.keep();
        else this.run();
      } else if (button?.dataset.kind) this.open(button.dataset.kind === 'camera' ? 'camera' : 'draw');
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.defaultPrevented) this.close();
    });
    // A value is chosen: the picture must not run away from under its sum.
    on('chosen', (by) => by === 'reader' && this.isRunning && this.keepWithValue(), signal);
    on('tab', (tab) => this.isRunning && !SHOWN_IN.includes(tab) && void this.keep(), signal);
    on('renewed', (what) => what === 'picture' && this.replaced(), signal);
    store.watch('view', () => this.isRunning && this.looks.ask(), signal);
    document.addEventListener('visibilitychange', () => this.isOpen() && this.isRunning && this.turnCamera(), { signal });
    signal.addEventListener('abort', () => {
      this.stop(false);
      this.element.remove();
      LivePane.only = null;
    });
  }

  isOpen() {
    return !this.element.hidden;
  }

  /** @param {Kind} kind */
  open(kind) {
    this.kind = kind;
    this.element.hidden = false;
    this.place.fold(false);
    this.find('.pad').hidden = kind !== 'draw';
    this.find('.camera').hidden = kind !== 'camera';
    for (const button of this.element.querySelectorAll('.kinds [data-kind]'))
      button.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (button).dataset.kind === kind));
    this.say('');
    this.run();
    this.find(kind === 'draw' ? '.drawing' : '.kinds [data-kind=camera]').focus({ preventScroll: true });
  }

  close() {
    this.stop(false);
    this.element.hidden = true;
    this.find('.spoken').textContent = 'The page’s own picture is shown again.';
    /** @type {HTMLElement | null} */ (document.querySelector('#chosen .picture'))?.focus({ preventScroll: true });
  }

  // ------------------------------------------------------------------------------------------------------- running

  run() {
    if (!this.isRunning) {
      this.isRunning = true;
      line.divert = (event, detail) => this.divert(event, detail);
      store.set('isLive', true);
      document.documentElement.dataset.live = 'on';
      if ((store.get('channel')?.maps.size ?? 1) > 1) emit('choose', null);
    }
    this.announcing = new Announcing();
    this.turnCamera();
    this.looks.start(this.kind === 'camera' ? { frame: () => this.camera.frame(), isMoving: true } : { frame: () => this.pad.frame(), isMoving: false });
    this.drawState();
  }

  /** @param {boolean} isKept whether the frame on show becomes the page's picture */
  stop(isKept) {
    if (!this.isRunning) return;
    this.isRunning = false;
    this.waiting?.abort();
    this.looks.stop();
    this.camera.stop();
    line.divert = null;
    store.set('isLive', false);
    document.documentElement.dataset.live = 'off';
    this.html.end(isKept);
    if (!isKept) emit('live', null);
    this.drawState();
  }

  /** The camera runs while it is seen, and no longer. */
  turnCamera() {
    if (this.kind !== 'camera' || document.hidden) this.camera.stop();
    else if (!this.camera.stream) void this.camera.start();
  }

  /** Something was drawn: a pad that rests goes on. */
  drawn() {
    if (!this.isOpen()) return;
    if (!this.isRunning) this.run();
    else this.looks.changed();
  }

  /**
   * What readers choose while the picture runs is part of the next question; what is asked about a picture that runs on
   * is not asked at all.
   * @param {string} event
   * @param {any} detail
   * @returns {boolean} whether it goes no further
   */
  divert(event, detail) {
    if (event === 'line') return false; // of code, which is the same for every picture
    const { step, channel } = detail;
    if (event === 'pick') setServerAddress({ step, ...(channel === undefined ? {} : { channel }), row: null, column: null });
    if (event === 'detail') setServerAddress({ step, channel, row: null, column: null });
    return true;
  }

  // ------------------------------------------------------------------------------------------------- what is shown

  /**
   * @param {import('./looks.js').Answer} answer
   * @param {Blob} frame
   */
  show(answer, frame) {
    if (this.last) URL.revokeObjectURL(this.last.url);
    this.last = { frame, url: URL.createObjectURL(frame) };
    this.html.show(answer);
    emit('live', { ...answer, thumbnail: this.last.url });
    const now = performance.now();
    if (this.announcing.isNews(answer.label ?? '', now)) this.find('.spoken').textContent = this.html.words();
    this.drawState();
  }

  drawState() {
    const { find, isRunning, last, kind } = this;
    const button = find('.freeze', HTMLButtonElement);
    button.textContent = isRunning ? 'Keep this picture' : 'Go on';
    button.disabled = isRunning && !last;
    const rate = this.looks.pacing.rate(performance.now());
    if (!isRunning || rate || this.isStopped) find('.rate').textContent = !isRunning ? 'stopped' : rate ? `${rate.toFixed(1)} pictures a second` : '';
    this.isStopped = !isRunning;
    const side = kind === 'camera' ? frameSide(store.get('network')?.size ?? 0) : SIDE;
    const size = last ? `, ${(last.frame.size / 1000).toFixed(1)} kB` : '';
    find('.sent').textContent = `Each picture is sent as ${side} × ${side} pixels${size}.`;
  }

  /** @param {string} sentence */
  say(sentence) {
    this.find('.told').hidden = !sentence;
    tell(this.find('.told'), sentence);
  }

  // --------------------------------------------------------------------------------------------- a picture is kept

  /** Stands still at once; the value may be known only when the reader's choice rests. */
  keepWithValue() {
    this.looks.stop();
    this.place.fold(true); // the sum stands where the pane is
    this.waiting?.abort(); // of several keys in a row the last one counts
    const { signal } = (this.waiting = new AbortController());
    const keep = () => {
      const value = store.get('value');
      if (!value || signal.aborted) return;
      const { step, channel, row, column } = value;
      setServerAddress({ step, channel, row, column });
      this.keep();
    };
    store.watch('value', keep, signal);
    setTimeout(keep);
  }

  /** The frame on show becomes the page's picture, the way of an upload. */
  keep() {
    const { last, kind } = this;
    if (!last) return this.stop(false);
    this.stop(true);
    this.kept += 1;
    giveOwnPicture(new File([last.frame], kind === 'camera' ? 'camera.jpg' : 'drawing.png', { type: last.frame.type }));
    this.say('');
    this.find('.spoken').textContent = KEPT;
  }

  /** The page has got another picture: from here, or from elsewhere, and that is the one to be seen. */
  replaced() {
    if (this.kept) this.kept -= 1;
    else if (this.isRunning) this.stop(true);
  }
}
