/** The checks of the map that the widget above shows; those of an older map are not shown. */

import { finder } from '../../static/lib/dom.js';
import { sent } from '../../static/lib/mount.js';
import { store } from '../../static/lib/store.js';

/** @type {import('../../static/lib/mount.js').Widget['mount']} */
export function mount({ element, props, watch, signal }) {
  const box = finder(element)('.checks');
  const draw = () => {
    const { html, token } = sent(props);
    box.innerHTML = html && token === store.get('attribution').token ? html : '';
  };
  store.watch('attribution', ({ isCleared }) => {
    if (isCleared) box.innerHTML = '';
  }, signal);
  watch('value', draw);
  draw();
}
