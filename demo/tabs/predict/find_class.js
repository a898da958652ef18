/** The search among all classes of a network of very many, in what the server writes of an answer. */

import { around, make } from '../../static/lib/dom.js';
import { finePercent } from '../../static/lib/format.js';

const MOST = 20; // rows at once

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount({ element, signal }) {
  // The event `toggle` does not rise from the part that opens.
  element.addEventListener('toggle', (event) => show(around(event, '.all-classes')), { capture: true, signal });
  element.addEventListener('input', (event) => show(around(event, '.all-classes')), { signal });
}

/**
 * The classes whose names hold what was typed, the likeliest first.
 * @param {[string, number][]} all the likeliest first
 * @param {string} typed
 */
export function matching(all, typed) {
  const wanted = typed.trim().toLowerCase();
  const places = all.map(([label, share], place) => ({ label, share, place: place + 1 }));
  return places.filter(({ label }) => label.toLowerCase().includes(wanted));
}

/** @param {HTMLElement | null} part */
function show(part) {
  const box = part?.querySelector('.found');
  const input = part?.querySelector('input');
  if (!part || !box || !input) return;
  const found = matching(JSON.parse(part.dataset.all ?? '[]'), input.value);
  const rows = found.slice(0, MOST).map(({ label, share, place }) => make(
    'tr',
    {},
    make('td', { class: 'number' }, `${place.toLocaleString('en')}.`),
    make('th', { scope: 'row' }, label),
    make('td', { class: 'number' }, finePercent(share)),
  ));
  const more = found.length - rows.length;
  const said = found.length ? (more ? `${more.toLocaleString('en')} more: type some letters of a name.` : '') : 'No class of it has that in its name.';
  box.replaceChildren(make('table', {}, make('tbody', {}, ...rows)), make('p', { class: 'quiet' }, said));
}
