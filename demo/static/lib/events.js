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
 * @typedef {object} Live values of the widgets, as `Look` in demo/live/look.py says
 * @property {string} thumbnail URL of the frame
 * @property {any} [strip]
 * @property {any} [grid]
 * @property {any} [channel]
 * @property {any} [whatif]
 *
 * @typedef {{ kind: string, box: import('./receptive_field.js').Box }} LitBox the kind is the class it is drawn with
 *
 * @typedef {object} Lit what an argument of a step's code is about
 * @property {string} step
 * @property {string} name of the argument
 * @property {Part} part
 * @property {string[]} steps before it, by name; "input" is the picture
 * @property {(count: number, chosen: number) => number[]} channels of those that it makes, of which one is chosen
 * @property {(spot: { row: number, column: number }) => LitBox[]} onMap for a value of its map, in values
 * @property {(spot: { row: number, column: number }) => LitBox[]} onPicture in pixels of the network's picture
 *
 * @typedef {object} Events
 * @property {string} language the page is read in this language now
 * @property {undefined} names readers' own names are known, or others, which no language translates
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
 * @property {'reader' | 'link'} chosen who chose a value, whose calculation is to be seen now
 * @property {string} segment show this segment of the Explore tab's panel
 * @property {string} shown this segment of the panel is shown now
 * @property {boolean} projected the projector mode is on, or no longer
 * @property {undefined} enlarge show the network's picture large on the map, or small again
 * @property {[string, number, number, number]} dig show the calculation of this value, of which the chosen one was made
 * @property {Live | null} live what the server says of the newest frame of a live picture; null: the page's own picture is
 *   shown again
 * @property {undefined} add-network the form that takes a network in is wanted
 * @property {string} matter look for the channels of this step that matter most
 * @property {any} influence the effective field of a value
 * @property {Lit | null} argument an argument of a step's code is chosen or pointed at: what it is about lights up; null:
 *   none any longer
 * @property {import('../../tabs/aerial/site_check.js').Outcome} site what marks made by eye come to (server)
 * @property {number} threshold a check by eye has found this threshold for the map of a survey
 * @property {string} bench-set the bench is to show this state, in the form of its key in the address
 * @property {string} lesson-open open this lesson, at the card where its reader was, or at the one named with it: "numbers.3"
 * @property {undefined} raised the reader has raised the sheet of the Explore tab's panel, on a narrow window
 * @property {undefined} moved the teacher of a class has moved this page to a value
 * @property {undefined} lesson-progress what was done in lessons has changed
 * @property {string} class-join the reader wants to join the class with this code
 * @property {{ code: string, secret: string }} class-opened the reader has opened a class, and is its teacher
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
