/**
 * What the page asks the server about own classes; see `demo/tabs/own/route.py`.
 *
 * @typedef {{ class: number, share: number }} Share of a class, 0 to 1
 *
 * @typedef {object} Look what `learning.look` returns
 * @property {number} learned
 * @property {number} of
 * @property {string} needs
 * @property {Share[]} [answer]
 * @property {string[]} [remarks]
 * @property {number} seconds
 *
 * @typedef {{ name: string, title: string }} Named
 *
 * @typedef {object} Job what `jobs.Jobs.look` returns
 * @property {string} [state]
 * @property {string} [said]
 * @property {number} [place]
 * @property {number} [seconds]
 * @property {import('./outcome.js').Outcome} [result]
 *
 * @typedef {object} TuningJob the same of a fine-tuning, with what `tuning.order` tells
 * @property {string} [state]
 * @property {string} [said]
 * @property {number} [place]
 * @property {number} [seconds]
 * @property {number} [share] of it that is done, 0 to 1
 * @property {import('./tuning.js').Tuned} [result]
 */

const ADDRESS = 'own/';
const BUSY = 429; // HTTP status: the server has no time for this question now
const UNREACHED = 'The server cannot be reached at the moment. Please try again.';
const TRIES = 40; // of a question for which the server has no time

/** A sentence of the server, on why something was not done. */
export class Told extends Error {}

export class Server {
  token = '';
  /** @type {(() => void)[]} */
  waiting = []; // for the token

  /** @param {string} token */
  opened(token) {
    this.token = token;
    for (const go of this.waiting.splice(0)) go();
  }

  /** @returns {Promise<void>} resolved when the server knows this page */
  ready() {
    return this.token ? Promise.resolve() : new Promise((done) => this.waiting.push(done));
  }

  /**
   * @param {string} action
   * @param {object} [question] sent as JSON
   * @returns {Promise<any>} the answer's JSON
   */
  async ask(action, question = {}) {
    return (await this.send(action, JSON.stringify(question))).json();
  }

  /**
   * @param {string} action
   * @param {BodyInit} body
   * @param {Record<string, string | number>} [query]
   * @returns {Promise<Response>}
   */
  async send(action, body, query = {}) {
    await this.ready();
    const words = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
    const address = new URL(`${ADDRESS}${action}?${words}`, document.baseURI);
    for (let tries = 0; tries < TRIES; tries += 1) {
      const response = await this.fetched(address, body);
      if (response.ok) return response;
      const { told, next_ms: pause } = await response.json().catch(() => ({}));
      if (response.status !== BUSY) throw new Told(told ?? UNREACHED);
      await rest(pause ?? 1000);
    }
    throw new Told('The server has no time at the moment. Please try again.');
  }

  /**
   * @param {URL} address
   * @param {BodyInit} body
   */
  async fetched(address, body) {
    try {
      return await fetch(address, { method: 'POST', body, headers: { 'X-Visitor': this.token } });
    } catch {
      throw new Told(UNREACHED);
    }
  }

  /** The page is closed: its pictures are deleted. */
  close() {
    if (this.token) navigator.sendBeacon(new URL(`${ADDRESS}close`, document.baseURI), this.token);
    this.token = '';
  }
}

/**
 * The lines of JSON of an answer, as they come.
 * @param {Response} response
 * @returns {AsyncGenerator<any>}
 */
export async function* lines(response) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let left = '';
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: '' };
    left += value ?? '';
    const whole = left.split('\n');
    left = done ? '' : (whole.pop() ?? '');
    for (const line of whole) if (line) yield JSON.parse(line);
    if (done) return;
  }
}

/** @param {number} ms */
export function rest(ms) {
  return new Promise((done) => setTimeout(done, ms));
}

/**
 * What went wrong, in a sentence.
 * @param {unknown} error
 */
export function inWords(error) {
  if (error instanceof Told) return error.message;
  console.error(error);
  return 'Something went wrong in the page. Please try again.';
}

/**
 * How an order stands, in words.
 * @param {Pick<Job, 'state' | 'place' | 'seconds' | 'said'>} job
 * @param {string} until what is waited for
 */
export function underWay({ state, place, seconds, said }, until = 'it is made') {
  if (state !== 'waiting') return `${said || 'It begins'}${seconds ? `; about ${seconds} s left` : ''} …`;
  const about = seconds ? `, about ${seconds} s` : '';
  return place === 1 ? `Yours is the next one${about} until ${until}.` : `Yours is number ${place} in the queue${about} until ${until}.`;
}
