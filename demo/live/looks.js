/**
 * Frames on their way to the server and what it says of them: one at a time, always the newest. See `route.py`.
 *
 * @typedef {object} Answer what `Look` in look.py says; `next_ms`: the pause that the server asks for; `told`: why there
 *   is nothing to be shown
 * @property {string} [answer]
 * @property {string} [label]
 * @property {string} [told]
 * @property {number} [next_ms]
 */

import { FramePacing } from './pacing.js';

const ADDRESS = 'live';
const PATIENCE = 10_000; // milliseconds
const BUSY = 429; // HTTP status: the server has no time for this frame
const UNREACHED = 'The server cannot be reached at the moment. The picture goes on by itself when it can.';
const visitor = crypto.getRandomValues(new Uint32Array(2)).join('-'); // by which the server knows this page from others

/** @typedef {{ frame: () => Promise<Blob | null>, isMoving: boolean }} Source of frames; whether each is another one */

export class Looks {
  pacing = new FramePacing();
  /** @type {Source | null} */
  source = null; // none: nothing is sent
  question = 0; // another one: what is on its way is not about what is to be shown now
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer = undefined;

  /**
   * @param {(answer: Answer, frame: Blob) => void} shown the server's answer to the newest question
   * @param {(sentence: string) => void} told why there is none, "" when there is one again
   */
  constructor(shown, told) {
    this.shown = shown;
    this.told = told;
  }

  /** @param {Source} source */
  start(source) {
    this.source = source;
    this.ask();
  }

  stop() {
    this.source = null;
    this.question += 1;
    clearTimeout(this.timer);
  }

  /** The picture is another one. */
  changed() {
    this.pacing.want(performance.now());
    this.plan();
  }

  /** What is asked about the picture is something else: an answer that is on its way no longer counts. */
  ask() {
    this.question += 1;
    this.changed();
  }

  plan() {
    clearTimeout(this.timer);
    const due = this.source && this.pacing.due(performance.now());
    if (due !== null) this.timer = setTimeout(() => this.send(), due);
  }

  async send() {
    const { source, pacing, question } = this;
    if (!source || pacing.isAway) return;
    pacing.sent();
    const frame = await source.frame().catch(() => null); // a camera may be gone by then
    if (frame && source === this.source) await this.bring(frame, question);
    else pacing.isAway = false; // nothing is seen yet, the source says when; or no longer
    if (this.source?.isMoving && frame) pacing.want(performance.now());
    this.plan();
  }

  /**
   * @param {Blob} frame
   * @param {number} question
   */
  async bring(frame, question) {
    const { pacing } = this;
    const asked = new URLSearchParams(location.search);
    asked.set('visitor', visitor);
    try {
      const address = new URL(`${ADDRESS}?${asked}`, document.baseURI);
      const response = await fetch(address, { method: 'POST', body: frame, signal: AbortSignal.timeout(PATIENCE) });
      /** @type {Answer} */
      const answer = await response.json();
      const now = performance.now();
      // What failed once fails again, so that only a server without time says when to ask again.
      if (answer.answer === undefined) pacing.refused(now, response.status === BUSY ? answer.next_ms : undefined);
      else pacing.answered(now, answer.next_ms ?? 0);
      if (question !== this.question) return;
      if (answer.answer !== undefined) this.shown(answer, frame);
      if (response.ok || answer.told) this.told(answer.told ?? '');
    } catch {
      pacing.refused(performance.now());
      if (question === this.question) this.told(UNREACHED);
    }
  }
}
