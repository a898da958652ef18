/**
 * The page's address, and `view` in the store, which says the same. The server says model, step and the like; which tab
 * is open and what shares one colour scale only the browser knows for sure, because an answer may be older than the last
 * click. Other keys (Gradio's, a Space's) are left alone.
 */

import { on } from './events.js';
import { AREAS } from './generated.js';
import { store } from './store.js';
import { parseView } from './view.js';

const BY_SERVER = [
  ...['model', 'step', 'channel', 'row', 'column', 'edits', 'false_alarms'],
  ...['lane', 'other', 'disturb', 'strength', 'seed'],
];
const LOST_AFTER = 15_000; // milliseconds without an answer

/** @typedef {Record<string, string | number | null>} Changes null takes a key away */

/** @type {Changes} */
const early = {}; // what widgets said before `ready`
let ready = false; // tabs are selected when the page opens as well, before the server has read the address
let begun = ''; // the key whose next change goes into a page of the history that was added for it already
let restoring = true; // what the address asks for is not a step of the reader's
/** @type {{ value?: any } | null} */
let server = null; // what it said last, and is sent with every question
// The tab that the page is opened at or its reader goes back to, or the tab or area that they clicked last, until they do
// more.
let opening = '';
let isChoosing = false; // whether what the reader did last was on a row of tabs

/**
 * Writes into the address what only the browser knows.
 * @param {Changes} values
 */
export function setAddress(values) {
  if (ready) change(values);
  else Object.assign(early, values);
}

/**
 * Writes into the address what else the server says, where a live picture asks it by other means: the next answer of the
 * server begins with this.
 * @param {Changes} values
 */
export function setServerAddress(values) {
  setAddress(values);
  if (!server) return;
  const told = new URLSearchParams(server.value ?? '');
  for (const [key, value] of Object.entries(values)) {
    if (value === null) told.delete(key);
    else told.set(key, String(value));
  }
  server.value = `?${told}`;
}

/**
 * As `setAddress`, with a page of the history for it.
 * @param {Changes} values
 * @param {string} [follows] a key that is about to change as well, and then needs no page of its own
 */
export function addPage(values, follows = '') {
  if (!ready) return;
  change(values, true);
  begun = follows;
}

/**
 * @param {Changes} values
 * @param {boolean} [asPage]
 */
function change(values, asPage = false) {
  const before = new URLSearchParams(location.search);
  const all = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(values)) {
    if (value === null) all.delete(key);
    else all.set(key, String(value));
  }
  const query = `?${all}`.replaceAll('%3A', ':').replaceAll('%7E', '~').replaceAll('%2C', ','); // for people to read
  const hasBegun = Boolean(begun) && before.get(begun) !== all.get(begun);
  if (ready && !restoring && (asPage || isPage(before, all)) && !hasBegun) history.pushState(null, '', query);
  else history.replaceState(null, '', query);
  if (hasBegun) begun = '';
  store.set('view', parseView(query));
}

/**
 * A page of the browser's history for each tab, network, step, picture and change to the network; channels would make
 * too many.
 * @param {URLSearchParams} before
 * @param {URLSearchParams} after
 */
function isPage(before, after) {
  /** @param {string} key */
  const differs = (key) => before.get(key) !== after.get(key);
  return ['edits', 'picture', 'view'].some(differs) || ['model', 'tab', 'step'].some((key) => before.has(key) && differs(key));
}

/**
 * Opens a tab or an area that is not open. On a busy machine Gradio selects the first tab after that which the server
 * asked for, and after a click on another.
 * @param {string} place
 */
function select(place) {
  // A tab with its area first; what stands in an area is made when that is opened, which says so by the event `tab`.
  const area = Object.keys(AREAS).find((name) => AREAS[name].includes(place));
  for (const name of [area, place]) {
    const button = document.querySelector(`button[data-tab-id="${name}"]:not([aria-selected="true"])`);
    if (button instanceof HTMLElement) button.click();
  }
}

/**
 * Whether a tab is the first of the area that another one stands in.
 * @param {string} tab
 * @param {string} other
 */
function isFirstBeside(tab, other) {
  return Object.values(AREAS).some((tabs) => tabs[0] === tab && tabs.includes(other));
}

/**
 * The tab or the area that is clicked here; '' for anything else.
 * @param {Event} event
 */
function clickedPlace({ type, target }) {
  if (type === 'keydown' || !(target instanceof Element)) return ''; // an arrow key leaves the tab that it is pressed on
  const button = target.closest('button[data-tab-id]');
  const place = (button instanceof HTMLElement && button.dataset.tabId) || '';
  return place in AREAS || Object.values(AREAS).flat().includes(place) ? place : '';
}

/** @type {import('./mount.js').Widget['mount']} */
export function mount({ props, trigger, watch, signal }) {
  server = props;
  let going = 0; // when the server was last asked for where the reader went back or forward to; 0: it has answered
  let again = false; // the reader has gone on since, and that answer is about another place

  function go() {
    going = performance.now();
    again = false;
    const { path: file, crop } = store.get('file') ?? {};
    trigger('back', { query: location.search, picture: store.get('picture'), file, crop });
  }

  function take() {
    if (!props.value || again) return;
    const told = new URLSearchParams(props.value);
    const values = Object.fromEntries(BY_SERVER.map((key) => [key, told.get(key)]));
    if (!ready) opening = told.get('tab') ?? 'predict';
    change(ready ? values : { ...values, tab: opening, scale: told.get('scale'), view: told.get('view'), ...early });
    ready = true;
  }

  watch('value', take);
  take();
  // Gradio may close the stream of answers just before the first one comes through it.
  const late = setTimeout(() => { if (!ready) go(); }, LOST_AFTER);
  signal.addEventListener('abort', () => clearTimeout(late));
  on('tab', (tab) => {
    // Gradio begins an area with its first tab, also before it knows that this one is hidden.
    const { hide, tab: here } = store.get('view');
    const hidden = hide.split(',');
    const other = hidden.includes(tab) && AREAS[opening]?.find((name) => !hidden.includes(name));
    // It may do so after its reader has gone on in the tab that they opened.
    const isBegun = !isChoosing && tab !== opening && tab !== here && isFirstBeside(tab, here);
    if (other) select(other);
    else if (isBegun) select(here);
    else if (opening && tab !== opening && !AREAS[opening]?.includes(tab)) select(opening);
    else if (ready) change({ tab });
  }, signal);
  for (const kind of ['pointerdown', 'keydown', 'click']) {
    const clicked = (/** @type {Event} */ event) => {
      if (!event.isTrusted) return;
      opening = clickedPlace(event);
      isChoosing = event.target instanceof Element && Boolean(event.target.closest('button[data-tab-id]'));
      if (ready && !going) restoring = false; // on a busy machine it comes later that the page is told to be restored
    };
    document.addEventListener(kind, clicked, { capture: true, signal });
  }
  on('restored', () => setTimeout(() => {
    if (opening) select(opening);
    if (again) return go();
    going = 0;
    restoring = false;
  }), signal);
  // One question at a time: the page takes no second one while the first is with the server.
  window.addEventListener('popstate', () => {
    restoring = true;
    store.set('view', parseView(location.search));
    opening = store.get('view').tab;
    if (going && performance.now() - going < LOST_AFTER) again = true;
    else go();
  }, { signal });
}
