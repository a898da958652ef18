/**
 * Which networks of their own a visitor has, so that a reload of the page finds them again. Their names, which nobody can
 * guess, are kept in this browser; the server says which of them are still there.
 */

const KEY = 'convscope-networks';
const MOST = 8; // as `demo.private.networks.MOST_NETWORKS`

/** @returns {string[]} the oldest first */
export function ownNetworks() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(found) ? found.filter((name) => typeof name === 'string').slice(-MOST) : [];
  } catch {
    return []; // a browser that keeps nothing, or something that is no list
  }
}

/**
 * A network was added or made.
 * @param {string} name "" for none
 */
export function keepNetwork(name) {
  if (name) write([...ownNetworks().filter((each) => each !== name), name]);
}

/** @param {string} name of a network that was deleted */
export function forgetNetwork(name) {
  write(ownNetworks().filter((each) => each !== name));
}

/** @param {string[]} names */
function write(names) {
  try {
    localStorage.setItem(KEY, JSON.stringify(names.slice(-MOST)));
  } catch {
    // They stay in the list until the page is closed.
  }
}
