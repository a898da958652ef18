/**
 * What readers choose, on its way to the server: one choice at a time for the whole page. Of those made meanwhile only
 * the last is sent, when the server has answered. (Gradio's own trigger_mode "always_last" would send the first one's
 * data again.) What is asked about a view, any event that is no choice, waits until no choice of another view is left.
 *
 * @typedef {{ step: string, channel?: number }} Choice
 */

import { on } from './events.js';

/** Milliseconds without an answer after which the server is taken to have lost a choice. */
export const LOST = 5000;
const CHOICES = ['pick', 'detail'];

/**
 * @type {{ busy: boolean, since: number, next: (() => void) | null, later: Record<string, () => void>,
 *   choice: Choice | null, divert: ((event: string, detail: object) => boolean) | null }}
 * `choice`: step and channel that the reader chose last, which an answer to something asked before must not take back;
 * `divert`: who takes choices while a live picture runs, and says whether they go no further.
 */
export const line = { busy: false, since: 0, next: null, later: {}, choice: null, divert: null };

function release() {
  const event = Object.keys(line.later)[0];
  const next = line.next ?? line.later[event];
  line.busy = false;
  if (line.next) line.next = null;
  else delete line.later[event];
  if (next) next();
}

/** Whether a choice is with the server, which has not lost it. */
export function isBusy() {
  return line.busy && performance.now() - line.since < LOST;
}

/** Takes the line for something that is sent by other means, and answered by `answered` as well. */
export function occupy() {
  line.busy = true;
  line.since = performance.now();
}

/**
 * Sends an event when its turn comes.
 * @param {(name: string, detail: object) => void} trigger of the widget
 * @param {object} detail of an event "pick" a Choice
 * @param {string} [event]
 * @param {() => boolean} [wanted] asked when it is this one's turn: what it says no to is dropped
 */
export function send(trigger, detail, event = 'pick', wanted = () => true) {
  if (event === 'pick') {
    const { step, channel } = /** @type {Choice} */ (detail);
    line.choice = { step, channel };
  }
  if (line.divert?.(event, detail)) return;
  const fire = () => {
    if (!wanted()) {
      if (line.next || Object.keys(line.later).length) release();
      return;
    }
    occupy();
    trigger(event, detail);
  };
  const { since } = line;
  const left = line.busy ? since + LOST - performance.now() : 0;
  if (left <= 0) return fire();
  if (CHOICES.includes(event)) line.next = fire;
  else line.later[event] = fire;
  setTimeout(() => line.busy && line.since === since && release(), left);
}

if (globalThis.window) {
  on('answered', release);
  window.addEventListener('popstate', () => (line.choice = null)); // what the address says is chosen last now
}
