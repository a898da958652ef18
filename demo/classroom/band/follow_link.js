/** Shows on this page what a link to it would show, without loading it anew: so a teacher moves a whole class. */

import { emit } from '../../static/lib/events.js';
import { store } from '../../static/lib/store.js';

/** @param {string} query of an address of the page */
export function followLink(query) {
  const here = new URLSearchParams(location.search);
  const asked = new URLSearchParams(query);
  if (asked.get('picture') === 'own') {
    // Nobody's own picture is sent: everybody keeps theirs.
    for (const key of ['picture', 'crop']) {
      const value = here.get(key);
      if (value === null) asked.delete(key);
      else asked.set(key, value);
    }
  }
  const tab = asked.getAll('tab').pop();
  if (tab) asked.set('tab', tab);
  if (!asked.has('model')) asked.set('model', store.get('view').model);
  const text = `?${asked}`.replaceAll('%3A', ':').replaceAll('%7E', '~').replaceAll('%2C', ',');
  history.pushState(null, '', text);
  window.dispatchEvent(new PopStateEvent('popstate'));
  const [panel, bench] = [asked.get('panel'), asked.get('bench')];
  if (panel) emit('segment', panel);
  if (bench) emit('bench-set', bench);
  if (asked.has('row')) emit('moved');
}
