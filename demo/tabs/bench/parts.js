/**
 * What the parts of the bench have in common.
 *
 * @typedef {object} Part
 * @property {string} name in the address
 * @property {(options?: { withPlace?: boolean }) => string} text its state, without what is so by default; `withPlace`:
 *   with where its reader looks, which undo leaves alone
 * @property {(text: string) => void} take shows the state that a text describes; any text describes one
 * @property {() => object} facts what it shows, for whoever checks it: see `facts` of each part
 * @property {() => import('../../static/lib/take_home.js').Offer[]} offers
 * @property {(isShown: boolean) => void} shown it is the part in sight, or no longer
 *
 * @typedef {object} Host
 * @property {(what: 'setting' | 'place', key?: string) => void} changed the part's state is another; changes with the
 *   same key, one soon after the other, are undone together
 * @property {AbortSignal} signal
 * @property {(event: string, detail: object) => void} ask asks the server; the answer comes to `answered`
 */

export { History, SOON } from '../../static/lib/on_demand/history.js';

/**
 * A number as somebody types it, with a point or a comma and any kind of minus sign; null for what is none.
 * @param {string} text
 */
export function typedNumber(text) {
  const plain = text.trim().replace(/[\u2212\u2013]/g, '-').replace(',', '.');
  return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : null;
}
