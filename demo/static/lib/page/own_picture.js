/**
 * Which file on the server a picture of one's own is, so that a reload of the page finds it again. It is kept for this
 * tab of this browser alone (sessionStorage), never in the address; the server says whether the file is still there.
 */

import { on } from '../events.js';
import { store } from '../store.js';
import { ownNetworks } from './own_networks.js';

export const CROP = ';crop='; // as `demo.server.gradio_compat.with_crop` writes it
const KEY = 'convscope-own-picture';
let path = '';
let isRestored = false; // until then the box holds what the page begins with, or nothing

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
 * The box for the picture holds another file, or another square of it is chosen.
 * @param {{ path?: string, url?: string, mime_type?: string } | null} file as Gradio has it
 */
export function holds(file) {
  path = file?.path ?? '';
  const crop = (file?.mime_type ?? '').split(CROP)[1] ?? '';
  store.set('file', path ? { path, url: file?.url ?? '', crop } : null);
  keep();
}

/**
 * For the event that asks for the page that the address names.
 * @param {any} picture what the page begins with
 */
export function withOwn(picture) {
  return [picture, kept(), JSON.stringify(ownNetworks())];
}

/** @param {AbortSignal} signal */
export function keepOwnPicture(signal) {
  store.watch('view', keep, signal);
  on('restored', () => {
    isRestored = true;
    keep();
  }, signal);
}
