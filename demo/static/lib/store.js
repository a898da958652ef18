/**
 * What the page shows, as its widgets know it: one value for each key, which one widget sets and the others read.
 *
 *   store.set('channel', channel);                        // tells all watchers, whether or not it is another value:
 *   store.watch('channel', (channel) => draw(), signal);  // to choose the same value again asks for it again
 *   store.get('channel')
 *
 * @typedef {import('./generated.js').View} View
 *
 * @typedef {object} StepFacts what `demo.tabs.explore.tab` says of each step
 * @property {string} name
 * @property {string} operation
 * @property {number[]} shape without the batch
 * @property {number} parameters
 * @property {[number, number] | null} field pixels, height and width
 * @property {string} sees the same in words
 * @property {import('./receptive_field.js').Geometry | null} geometry
 * @property {string[]} inputs
 * @property {number} block
 * @property {string} explained
 *
 * @typedef {object} Lens what each step alone would answer, as `demo/tabs/explore/lens/lens.py` says; shares 0 to 1
 * @property {([number, number, number, number] | null)[]} rows of each step: number and probability of its likeliest
 *   class, probability of the network's answer, how often such readings are right
 * @property {Record<number, string>} labels of the classes that occur
 * @property {number} answer
 * @property {boolean} is_edited
 * @property {{ training?: number, test?: number, network?: number, most_frequent_class?: number }} about the probes
 *
 * @typedef {object} Network the whole network for one picture
 * @property {string} model
 * @property {string} step
 * @property {StepFacts[]} steps
 * @property {string[]} blocks
 * @property {(import('./codec.js').Packed & { channel: number })[]} thumbnails
 * @property {number} size of its picture, in pixels
 * @property {string} picture data: URL
 * @property {Lens | null} lens null where the network has no probes
 * @property {{ mean: number[], std: number[] }} pixels how they are prepared: (level / 255 - mean) / std, by channel
 *
 * @typedef {object} Channel the chosen channel with all maps of its step
 * @property {string} model
 * @property {string} step
 * @property {number} channel
 * @property {import('./codec.js').Maps} maps of the whole step
 * @property {import('./codec.js').Maps} [exact] of this channel alone, with 16 bits, once the server has sent them
 * @property {number} low
 * @property {number} high
 * @property {number} mean
 * @property {number} zeros as a share from 0 to 1
 * @property {string} [label] the class, of a logit
 * @property {string[]} labels
 * @property {number | null} [row] of the value that the address asks for
 * @property {number | null} [column]
 * @property {{ channel: number, step: number, network: number }} limits of the colour scale
 * @property {boolean} signed whether the scale of the step has a negative side
 * @property {number} serial tells one answer of the server from another
 *
 * @typedef {object} Value the chosen value
 * @property {string} model
 * @property {string} step
 * @property {number} channel
 * @property {number} row
 * @property {number} column
 * @property {number} serial of the channel
 *
 * @typedef {object} Kernels those of the chosen channel
 * @property {string} step
 * @property {number} channel
 * @property {number[][][]} values by source, row and column
 * @property {string[]} reads
 * @property {number} limit
 * @property {number} [factor] of a change under "What if?", which the values hold already
 * @property {string} of the step that is chosen, whose channel they make
 * @property {string} words
 *
 * @typedef {object} Calculation of the chosen value, and of those that it comes from alone
 * @property {[string, number, number, number]} position
 * @property {import('./sums/parts.js').Explanation[]} chain
 *
 * @typedef {object} Mattering channels of one step, the one that matters most for an answer first
 * @property {string} key of the answer
 * @property {string} step
 * @property {number[]} order
 * @property {number} done channels tried so far
 * @property {number} total
 *
 * @typedef {object} PageFile
 * @property {string} path on the server
 * @property {string} url
 * @property {string} crop the square of it that all views show, as the address has it; "" for the whole
 *
 * @typedef {object} State
 * @property {View} view the page's address; `address.js` sets it
 * @property {string} picture its name in the address; "" the first example, "own" one that has none
 * @property {PageFile | null} file in the box for the picture
 * @property {Network | null} network
 * @property {Channel | null} channel
 * @property {Record<string, number>} channels by step, the one that was chosen there last
 * @property {Value | null} value
 * @property {Kernels | null} kernels
 * @property {Mattering | null} mattering
 * @property {Calculation | null} calculation the server's last one
 * @property {{ key: string, labels: string[], share: number }} answer which answer the page shows, its classes, likeliest
 *   first, and the probability of the first one from 0 to 1
 * @property {{ token: number, isCleared: boolean }} attribution the number of the last question about a map of the Why tab,
 *   and whether it is about another picture or network, so that nothing older may be shown
 * @property {boolean} isLive whether what the page shows is a picture that moves, and not its own
 * @property {{ text: string, facts: Record<string, any> } | null} bench what the Bench tab shows: its state as in the address,
 *   and what it has worked out; see `facts` in demo/tabs/bench
 * @property {import('./on_demand/classroom.js').InClass | null} classroom the class that this page is in, as pupil or teacher
 * @property {string} fresh the key of the answer that widgets out of sight are to ask about; "" before the first one
 *
 * @typedef {keyof State} StateKey
 */

import { emit, on } from './events.js';
import { parseView } from './view.js';

/** @type {State} */
const state = {
  view: parseView(globalThis.location?.search ?? ''),
  picture: '',
  file: null,
  network: null,
  channel: null,
  channels: {},
  value: null,
  kernels: null,
  mattering: null,
  calculation: null,
  answer: { key: '', labels: [], share: 0 },
  attribution: { token: 0, isCleared: false },
  isLive: false,
  bench: null,
  classroom: null,
  fresh: '',
};

export const store = {
  /**
   * @template {StateKey} Key
   * @param {Key} key
   * @returns {State[Key]}
   */
  get(key) {
    return state[key];
  },

  /**
   * @template {StateKey} Key
   * @param {Key} key
   * @param {State[Key]} value
   */
  set(key, value) {
    state[key] = value;
    emit(/** @type {any} */ (key));
  },

  /**
   * Calls the listener after each `set`, until `signal` is aborted.
   * @template {StateKey} Key
   * @param {Key} key
   * @param {(value: State[Key]) => void} listener
   * @param {AbortSignal} [signal]
   */
  watch(key, listener, signal) {
    on(key, () => listener(state[key]), signal);
  },
};

/**
 * What one colour scale is shared by: the values of a step, of one channel, or of the whole network.
 * @returns {'step' | 'channel' | 'network'}
 */
export function scaleLevel() {
  return /** @type {'step' | 'channel' | 'network'} */ (state.view.scale);
}
