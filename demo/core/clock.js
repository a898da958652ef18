/**
 * Asks the server for news, as `tick`: at once when the part of the page that shows them comes to be shown, then as often
 * as the server said. Nothing is asked while that part or the whole window is hidden.
 */

import { sent } from '../static/lib/mount.js';
import { watchVisibility } from '../static/lib/visibility.js';

const KEPT = 'convscope-training';

/** @type {import('../static/lib/mount.js').Widget['mount']} */
export function mount({ props, trigger, watch, signal }) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let next;
  let last = 0; // when it was asked
  let isShown = false;

  function ask() {
    last = Date.now();
    trigger('tick', { ticket: kept() });
    plan();
  }

  /** Without an answer it asks again as if there had been one. */
  function plan() {
    clearTimeout(next);
    const every = 1000 * (sent(props).every ?? 0);
    if (isShown && every > 0) next = setTimeout(ask, Math.max(0, last + every - Date.now()));
  }

  function take() {
    const { ticket } = sent(props);
    if (ticket) keep(ticket);
    plan();
  }

  watch('value', take);
  take();
  const part = () => document.querySelector(props.target);
  watchVisibility(part, (now) => {
    isShown = now;
    if (isShown) ask();
    else clearTimeout(next);
  }, signal);
  signal.addEventListener('abort', () => clearTimeout(next));
}

/**
 * The ticket of this browser's training outlives a reload of the page, where the browser lets pages keep anything.
 * @param {string} ticket
 */
function keep(ticket) {
  try {
    localStorage.setItem(KEPT, ticket);
  } catch {
    // then it does not
  }
}

function kept() {
  try {
    return localStorage.getItem(KEPT) ?? '';
  } catch {
    return '';
  }
}
