/** Tells the page which picture it shows: a name, "own" for one that has none, "" (no key in the address) for the first. */

import { setAddress } from '../static/lib/address.js';
import { on } from '../static/lib/events.js';
import { store } from '../static/lib/store.js';

/** @type {import('../static/lib/mount.js').Widget['mount']} */
export function mount({ props, trigger, watch, signal }) {
  /** What the sentence about the picture says of it. */
  function tag() {
    const words = document.createElement('template');
    words.innerHTML = props.value || '';
    return /** @type {HTMLElement | null} */ (words.content.querySelector('[data-picture]'))?.dataset;
  }

  /** @param {string} event about a picture that takes a while */
  function ask(event) {
    const { wanted, picture } = tag() ?? {};
    if (wanted) trigger(event, { picture: wanted, shown: picture });
  }

  function tell() {
    const found = tag();
    const name = found?.picture ?? 'own';
    store.set('picture', name);
    if (found?.wanted) ask('want');
    else setAddress({ picture: name || null });
  }

  watch('value', tell);
  on('restored', tell, signal); // the address may ask for what is not there
  on('listed', () => ask('listed'), signal);
  // Of the picture that is there when the page opens nobody needs to be told; the address may ask for another one.
  if (tag()?.picture !== '') tell();
}
