/**
 * The projector mode, for a page that is read from the last row of a room: large digits and a large map. It is chosen in
 * the menu or with a key, and kept in this browser. Its style is fetched when it is first chosen. The key can be switched
 * off: whoever dictates to a computer types single letters without meaning them (WCAG 2.1, 2.1.4).
 */

import { around } from '../dom.js';
import { emit } from '../events.js';

const KEY = 'convscope-projector';
const KEYLESS = 'convscope-projector-keyless';
const PRESSED = 'p';
const STYLE = new URL('projector.css', import.meta.url).href;
const FIELDS = '[role=application], textarea, select, [contenteditable=true], input:not([type=radio], [type=checkbox], [type=range], [type=button])';

export function isProjected() {
  return document.documentElement.dataset.projector === 'on';
}

/** @param {AbortSignal} signal */
export function useProjector(signal) {
  document.addEventListener('keydown', (event) => {
    const isOther = event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented;
    if (isOther || event.key.toLowerCase() !== PRESSED || !hasKey() || around(event, FIELDS) || document.querySelector('dialog[open]')) return;
    project(!isProjected());
  }, { signal });
  if (isStored(KEY)) project(true);
}

/** @param {boolean} isOn */
export async function project(isOn) {
  if (isOn) await styled();
  document.documentElement.dataset.projector = isOn ? 'on' : 'off';
  store(KEY, isOn);
  emit('projected', isOn);
  window.dispatchEvent(new Event('resize')); // for whatever is drawn as large as its room
}

/** Resolved when the style is there, or cannot be had. */
function styled() {
  if (document.head.querySelector(`link[href="${STYLE}"]`)) return Promise.resolve();
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: STYLE });
  document.head.append(link);
  return new Promise((done) => {
    for (const outcome of ['load', 'error']) link.addEventListener(outcome, () => done(undefined));
  });
}

/** Whether the key switches the mode. */
export function hasKey() {
  return !isStored(KEYLESS);
}

/** @param {boolean} isOn */
export function keepKey(isOn) {
  store(KEYLESS, !isOn);
}

/**
 * @param {string} key
 * @param {boolean} isOn
 */
function store(key, isOn) {
  try {
    if (isOn) localStorage.setItem(key, 'on');
    else localStorage.removeItem(key);
  } catch {
    // It holds until the page is closed.
  }
}

/** @param {string} key */
function isStored(key) {
  try {
    return localStorage.getItem(key) === 'on';
  } catch {
    return false; // a browser that keeps nothing
  }
}
