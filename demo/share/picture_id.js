/**
 * Tells the page which picture it shows: a name, "own" for one that has none, "" (no key in the address) for the first;
 * and which square of it.
 */

import { addPage, setAddress } from '../static/lib/address.js';
import { on } from '../static/lib/events.js';
import { store } from '../static/lib/store.js';

/** @type {import('../static/lib/mount.js').Widget['mount']} */
export function mount({ props, trigger, watch, signal }) {
  let path = store.get('file')?.path;
  let isRestored = false; // until then the box holds what the page begins with, or nothing

  /** What the sentence about the picture says of it. */
  function tag() {
    const words = document.createElement('template');
    words.innerHTML = props.value || '';
    return /** @type {HTMLElement | null} */ (words.content.querySelector('[data-picture]'))?.dataset;
  }

  /** @param {string} event about a picture that takes a while */
  function ask(event) {
    const { wanted, picture } = tag() ?? {};
    if (wanted) trigger(event, { picture: wanted, shown: picture, crop: store.get('view').crop });
  }

  function tell() {
    const found = tag();
    const name = found?.picture ?? 'own';
    const isOther = name !== store.get('picture');
    store.set('picture', name);
    if (found?.wanted) return ask('want');
    // A crop belongs to its picture; that of another one is told with its file.
    setAddress({ picture: name || null, crop: (!isOther && store.get('file')?.crop) || null });
  }

  /** The file is another one, or its crop is. */
  function hold() {
    const file = store.get('file');
    const isOther = file?.path !== path;
    path = file?.path;
    if (!isRestored || tag()?.wanted) return;
    const { crop, picture } = store.get('view');
    // Of one's own pictures only the last is kept: there is nothing to go back to.
    if (isOther && !file?.crop && crop && picture !== 'own') addPage({ crop: null }, 'picture');
    else setAddress({ crop: file?.crop || null });
  }

  watch('value', tell);
  store.watch('file', hold, signal);
  on('restored', () => { // the address may ask for what is not there
    isRestored = true;
    tell();
  }, signal);
  on('listed', () => ask('listed'), signal);
  // Of the picture that is there when the page opens nobody needs to be told; the address may ask for another one.
  if (tag()?.picture !== '') tell();
}
