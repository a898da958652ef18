/**
 * The class that this page is in, as its teacher or as a pupil: kept by the browser, asked for every two seconds. See
 * `demo/classroom/route.py`, which says why it asks and does not listen.
 *
 * @typedef {{ guess: string, count: number, right: boolean }} Bar
 *
 * @typedef {object} Followed what `demo.classroom.classes.polled` says to a pupil
 * @property {string} name
 * @property {number} ends_s
 * @property {number} pupils
 * @property {{ serial: number, query: string }} look
 * @property {{ place: string, title: string, mark?: string, bars: Bar[] } | null} told
 * @property {{ query: string, look: number }} [was]
 *
 * @typedef {object} Board what `demo.classroom.board.board` says to a teacher
 * @property {{ name: string, at: string, state: '' | 'away' | 'wrong' | 'quiet', tries: number, quiet_s: number, done: boolean, look: number }[]} pupils
 * @property {number} here
 * @property {number} left how many have left by themselves
 * @property {number} ends_s
 * @property {Record<string, { answered: number, right: number }>} places
 * @property {Record<string, Bar[]>} tallies
 * @property {string} told
 * @property {{ serial: number, query: string }} look
 * @property {string} hide
 * @property {boolean} locked
 *
 * @typedef {'pupil' | 'teacher'} Role
 * @typedef {{ code: string, token: string }} Membership `token`: of the pupil, or the teacher's secret
 *
 * @typedef {object} InClass as the store has it
 * @property {Role} role
 * @property {string} code
 * @property {string} shown the code as people read it
 * @property {string} token
 * @property {Followed | null} pupil the server's last word to a pupil
 * @property {Board | null} board to a teacher
 * @property {boolean} isLost whether the server could not be reached the last time
 */

import { store } from '../store.js';

const ADDRESS = 'class/';
const KEYS = { pupil: 'convscope-class', teacher: 'convscope-class-teacher' };
const ROLE = 'convscope-class-role'; // of this tab of the browser
const LOOK = 'convscope-class-look'; // the number of the last move that this tab has followed
const GONE = 410; // HTTP status
const POLL = 2000; // milliseconds, where the server does not say otherwise
const LATEST = 10_000; // milliseconds between two tries while the server cannot be reached
const HIDDEN = 8000; // the same while nobody sees the page
const UNREACHED = 'The server cannot be reached at the moment. Please try again.';

/** A sentence of the server, on why something was not done. */
export class Told extends Error {
  /**
   * @param {string} words
   * @param {boolean} [isGone] whether there is no such class or pupil any more
   * @param {number} [pause] milliseconds until it may be asked again
   */
  constructor(words, isGone = false, pause = 0) {
    super(words);
    this.isGone = isGone;
    this.pause = pause;
  }
}

/**
 * @param {string} action
 * @param {object} question
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
async function sent(action, question, signal) {
  const body = JSON.stringify(question);
  /** @type {Response} */
  let response;
  try {
    response = await fetch(new URL(`${ADDRESS}${action}`, document.baseURI), { method: 'POST', body, cache: 'no-store', signal });
  } catch {
    throw new Told(UNREACHED);
  }
  if (response.ok) return response;
  const { told, next_ms: pause } = await response.json().catch(() => ({}));
  throw new Told(told ?? UNREACHED, response.status === GONE, pause);
}

/**
 * @param {string} action
 * @param {object} [question]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} the answer's JSON
 */
export async function ask(action, question = {}, signal = undefined) {
  return (await sent(action, question, signal)).json();
}

// ------------------------------------------------------------------------------------------- what the browser remembers

/**
 * @param {() => string | null} read
 * @returns {string} "" for nothing, or where a browser keeps nothing
 */
function kept(read) {
  try {
    return read() ?? '';
  } catch {
    return '';
  }
}

/** @param {() => void} write */
function keep(write) {
  try {
    write();
  } catch {
    // Then it lasts as long as the page does.
  }
}

/**
 * @param {Role} role
 * @returns {Membership | null}
 */
export function membership(role) {
  // That of this tab first: a teacher may try in another one what pupils see.
  for (const place of [() => sessionStorage, () => localStorage]) {
    try {
      const { code, token } = JSON.parse(kept(() => place().getItem(KEYS[role])) || '{}');
      if (typeof code === 'string' && typeof token === 'string') return { code, token };
    } catch {
      // It is none of ours.
    }
  }
  return null;
}

/** @returns {Role | ''} what this tab was before it was loaded anew */
export function roleBefore() {
  const role = kept(() => sessionStorage.getItem(ROLE));
  return role === 'pupil' || role === 'teacher' ? role : '';
}

/** @returns {number | null} the last move that this tab has followed; null: it is new */
export function lookBefore() {
  const text = kept(() => sessionStorage.getItem(LOOK));
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

// -------------------------------------------------------------------------------------------------------------- the class

class Classroom {
  /** @type {Role} */
  role = 'pupil';
  /** @type {Membership | null} */
  mine = null;
  timer = 0;
  asking = new AbortController(); // the poll under way
  failures = 0;
  look = -1; // the last move that the page has followed; -1: none yet
  isNew = false; // whether the page wants to be told where its pupil was
  /** @type {(words: string) => void} */
  ended = () => {};

  /**
   * @param {Role} role
   * @param {Membership} mine
   * @param {boolean} isNew whether the page shows nothing of the class yet
   */
  begin(role, mine, isNew) {
    this.role = role;
    this.mine = mine;
    this.isNew = isNew;
    const text = JSON.stringify(mine);
    keep(() => sessionStorage.setItem(ROLE, role));
    keep(() => sessionStorage.setItem(KEYS[role], text));
    keep(() => localStorage.setItem(KEYS[role], text));
    const { code, token } = mine;
    const shown = `${code.slice(0, 4)}-${code.slice(4)}`;
    store.set('classroom', { role, code, shown, token, pupil: null, board: null, isLost: false });
    return this.poll();
  }

  /** @param {number} serial of the move that the page has followed */
  followed(serial) {
    this.look = serial;
    this.isNew = false;
    keep(() => sessionStorage.setItem(LOOK, String(serial)));
  }

  /** Asks what is new, and again after a while. */
  async poll() {
    clearTimeout(this.timer);
    const { mine } = this;
    if (!mine) return;
    const { signal } = (this.asking = new AbortController());
    let pause;
    try {
      const query = this.isNew ? null : location.search;
      const answer = await ask(...this.question({ query, look: Math.max(0, this.look) }), signal);
      if (mine !== this.mine || signal.aborted) return;
      this.take(answer);
      pause = answer.next_ms ?? POLL;
    } catch (error) {
      if (mine !== this.mine || signal.aborted) return;
      const told = error instanceof Told ? error : null; // else an answer that was cut off, say
      if (told?.isGone) return this.forget(told.message);
      this.failures += 1;
      pause = told?.pause || Math.min(LATEST, POLL * this.failures);
      const now = store.get('classroom');
      if (now) store.set('classroom', { ...now, isLost: true });
    }
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.poll(), document.hidden ? Math.max(pause, HIDDEN) : pause);
  }

  /**
   * @param {object} more
   * @returns {[string, object]}
   */
  question(more) {
    return this.role === 'teacher' ? ['board', { ...this.mine }] : ['poll', { ...this.mine, ...more }];
  }

  /** @param {any} answer a `Followed` or a `Board` */
  take(answer) {
    this.failures = 0;
    const now = store.get('classroom');
    if (!now) return;
    const found = this.role === 'teacher' ? { board: answer } : { pupil: answer };
    store.set('classroom', { ...now, ...found, isLost: false });
  }

  /**
   * What a teacher does with the class; the board is drawn anew.
   * @param {string} action
   * @param {object} [more]
   */
  async act(action, more = {}) {
    const answer = await ask(action, { ...this.mine, ...more });
    if (answer.places) this.take(answer);
    return answer;
  }

  /** The answers of the class as text. */
  async csv() {
    return (await sent('csv', { ...this.mine })).text();
  }

  /** A pupil leaves, or a teacher ends the class. */
  async leave() {
    this.pause(); // a poll that comes in after it would be told that there is no such class
    try {
      await ask(this.role === 'teacher' ? 'end' : 'leave', { ...this.mine });
    } catch (error) {
      this.poll();
      throw error;
    }
    this.forget('');
  }

  pause() {
    clearTimeout(this.timer);
    this.asking.abort();
  }

  /** @param {string} words why there is nothing to remember any more */
  forget(words) {
    this.pause();
    const { role, mine } = this;
    this.mine = null;
    this.look = -1;
    for (const key of [ROLE, LOOK, KEYS[role]]) keep(() => sessionStorage.removeItem(key));
    const inBrowser = kept(() => localStorage.getItem(KEYS[role]));
    if (mine && inBrowser === JSON.stringify(mine)) keep(() => localStorage.removeItem(KEYS[role]));
    store.set('classroom', null);
    this.ended(words);
  }
}

export const classroom = new Classroom();
