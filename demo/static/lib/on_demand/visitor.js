/**
 * What the page asks the server about a visitor's own pictures and networks, beside Gradio's queue; see
 * `demo/visitors/asking.py`. All tabs that ask share one token, by which the server knows the visitor.
 *
 * @typedef {object} Job what `Orders.look` in `demo/visitors/orders.py` returns; kinds of orders have more
 * @property {string} [state]
 * @property {string} [said]
 * @property {number} [place]
 * @property {number} [seconds]
 */

const OWN = 'own/'; // where it is told that the page is closed, too
const BUSY = 429; // HTTP status: the server has no time for this question now
const UNREACHED = 'The server cannot be reached at the moment. Please try again.';
const TRIES = 40; // of a question for which the server has no time

/** A sentence of the server, on why something was not done. */
export class Told extends Error {}

/** Who asks: the token of this page, once the server has given one. */
const visitor = {
  token: '',
  isAsking: false,
  /** @type {(() => void)[]} */
  waiting: [],
};

window.addEventListener('pagehide', () => new Server(OWN).close());
window.addEventListener('pageshow', (event) => event.persisted && location.reload());

export class Server {
  /** @param {string} address of the questions, relative to the page */
  constructor(address) {
    this.address = address;
  }

  get token() {
    return visitor.token;
  }

  /**
   * Asks for a token, where no tab has one or has asked for one.
   * @param {(token: string) => void} ask
   */
  open(ask) {
    if (!visitor.token && !visitor.isAsking) ask('');
    visitor.isAsking = true;
  }

  /**
   * The server has given a token.
   * @param {string} token
   * @param {string} was the one that was sent along; another answer may have come meanwhile
   */
  opened(token, was) {
    if (visitor.token && visitor.token !== was) return;
    visitor.token = token;
    for (const go of visitor.waiting.splice(0)) go();
  }

  /** @returns {Promise<void>} resolved when the server knows this page */
  ready() {
    return visitor.token ? Promise.resolve() : new Promise((done) => visitor.waiting.push(done));
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
    const address = new URL(`${this.address}${action}?${words}`, document.baseURI);
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
    if (visitor.token) navigator.sendBeacon(new URL(`${OWN}close`, document.baseURI), visitor.token);
    visitor.token = '';
    visitor.isAsking = false;
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
