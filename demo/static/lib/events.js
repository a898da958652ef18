/**
 * Everything that one part of the page tells the others: each event's name and what comes with it, in one place.
 *
 * What *is* (the network, the chosen channel ...) stands in `store.js`, whose changes are events, too. What *happens*
 * stands here. The server sends some of them by `emitting(...)` in `demo/server/modules.py`.
 *
 * @typedef {{ step: string, channel: number, row: number, column: number }} Place of a value
 *
 * @typedef {'inputs' | 'outputs' | 'window' | 'border' | 'positions' | 'groups' | 'bias' | ''} Part of the picture: the
 *   maps that are read, those that are made, the window, the border around a map, the places where the window stands
 *
 * @typedef {object} Events
 * @property {'answered' | 'failed'} answered the server has answered, or refused, what somebody chose (server)
 * @property {string} unanswered a question of the widget with this `elem_id` failed (server)
 * @property {undefined} restored the page shows what its address asks for, or that it cannot be shown (server)
 * @property {string} tab the tab with this id was opened (server)
 * @property {undefined} fresh the answer is about another picture, network or change than before (server)
 * @property {string} renewed the page's "picture" or its "model" has changed (server)
 * @property {undefined} listed the set of a link's picture is at hand (server)
 * @property {undefined} uncoded no QR code could be drawn (server)
 * @property {undefined} no-sheet no worksheet was made (server)
 * @property {undefined} search-over a search for the channels that matter has failed (server)
 * @property {{ step: string, channel?: number }} go show this step, or this channel of it
 * @property {Place | null} look a value is pointed at: what it sees appears on the picture; null: no longer
 * @property {{ row: number, column: number } | null} choose a value of the large channel is chosen elsewhere; null: none
 * @property {undefined} explained the reader asks for the calculation of the chosen value
 * @property {any} influence the effective field of a value
 * @property {{ step: string, name: string, part: Part } | null} argument an argument of a step's code is chosen or pointed
 *   at: its part of the picture lights up; null: none any longer
 * @property {string} add a change to the network, in the form of `model_zoo.graph.edits`
 * @property {{ step: string, channel: number, source: number, row: number, column: number }} weight a weight of a kernel
 */

const PREFIX = 'convscope-'; // on the window, which belongs to Gradio as well

/**
 * Tells whoever listens, at once.
 * @template {keyof Events | import('./store.js').StateKey} Name
 * @param {Name} name
 * @param {Name extends keyof Events ? Events[Name] : undefined} [detail]
 */
export function emit(name, detail) {
  window.dispatchEvent(new CustomEvent(PREFIX + name, { detail }));
}

/**
 * Listens until `signal` is aborted.
 * @template {keyof Events | import('./store.js').StateKey} Name
 * @param {Name} name
 * @param {(detail: Name extends keyof Events ? Events[Name] : undefined) => void} listener
 * @param {AbortSignal} [signal]
 */
export function on(name, listener, signal) {
  window.addEventListener(PREFIX + name, (event) => listener(/** @type {CustomEvent} */ (event).detail), { signal });
}
