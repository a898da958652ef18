/**
 * Which file on the server a picture of one's own is, so that a reload of the page finds it again. It is kept for this
 * tab of this browser alone (sessionStorage), never in the address; the server says whether the file is still there.
 */

import { on } from '../events.js';
import { store } from '../store.js';

const KEY = 'convscope-own-picture';
let path = '';
let isRestored = false; // until then the box holds what the page was delivered with

/** @returns {string} "" for none */
function kept() {
  try {
    return sessionStorage.getItem(KEY) ?? '';
  } catch {
    return ''; // a browser that keeps nothing
  }
}

function keep() {
  if (!isRestored || !path || store.get('view').picture !== 'own') return;
  try {
    sessionStorage.setItem(KEY, path);
  } catch {
    // The page works without.
  }
}

/**
 * The box for the picture holds another file.
 * @param {{ path?: string } | null} file as Gradio has it
 */
export function holds(file) {
  path = file?.path ?? '';
  keep();
}

/**
 * For the event that asks for the page that the address names.
 * @param {any} picture what the page begins with
 */
export function withOwnPicture(picture) {
  return [picture, kept()];
}

/** @param {AbortSignal} signal */
export function keepOwnPicture(signal) {
  store.watch('view', keep, signal);
  on('restored', () => {
    isRestored = true;
    keep();
  }, signal);
}
