/**
 * For widgets that are no modules yet: what they know as `window.convscope...` is what the library holds, and events
 * that have other names there reach both sides. To be deleted with the last of them.
 */

import { setAddress } from './address.js';
import { line } from './requests.js';
import { store } from './store.js';
import { networkLine, views } from './take_home.js';

const page = /** @type {any} */ (window);
page.convscopeLine = Object.assign(line, { listening: true });
page.convscopeHome = views;
page.convscopeNetworkLine = networkLine;

/** @type {Record<string, import('./store.js').StateKey>} */
const HELD = {
  Network: 'network',
  Channel: 'channel',
  Value: 'value',
  Kernels: 'kernels',
  Fresh: 'fresh',
};
// An old widget writes, then tells of it by an event of the same name as the store's.
let silent = false;
for (const [name, key] of Object.entries(HELD)) {
  const early = page[`convscope${name}`];
  if (early !== undefined) quietly(() => store.set(key, early));
  Object.defineProperty(page, `convscope${name}`, {
    get: () => store.get(key),
    set(value) {
      quietly(() => store.set(key, value));
    },
  });
}

/** @param {() => void} change */
function quietly(change) {
  silent = true;
  change();
  silent = false;
}
// While an old widget only writes, nobody is told.
for (const key of Object.values(HELD))
  window.addEventListener(`convscope-${key}`, (event) => silent && event.stopImmediatePropagation(), true);

window.addEventListener('convscope-address', (event) => setAddress(/** @type {CustomEvent} */ (event).detail));

/**
 * For a script that runs later than its component: what the server has sent meanwhile is told to it.
 * @param {{ value?: unknown }} props
 * @param {string} told the value, as JSON, when the component was made
 */
export function late(props, told) {
  /** @type {(() => void)[]} */
  const listeners = [];
  return {
    /** @param {(name: string, listener: () => void) => void} watch */
    watching: (watch) => (/** @type {string} */ name, /** @type {() => void} */ listener) => {
      listeners.push(listener);
      watch(name, listener);
    },
    missed: () => {
      if (JSON.stringify(props.value ?? null) !== told) for (const listener of listeners) listener();
    },
  };
}
