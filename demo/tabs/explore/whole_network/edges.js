/**
 * What each channel reads and who reads it, out of what `demo/tabs/explore/whole_network/whole_network.py` sends.
 *
 * @typedef {object} Read what a step's channels read of one source
 * @property {string} source a step, or "input"
 * @property {number} channels of the source
 * @property {number} first where `top` is null, channel `first` + k reads channel k alone
 * @property {import('../../../static/lib/codec.js').Packed | null} amounts
 * @property {string | null} top
 * @property {number} [each] inputs of a channel in `top`
 * @property {import('../../../static/lib/codec.js').Packed} [share]
 *
 * @typedef {object} Column of one step
 * @property {number} channels
 * @property {number} entries of a vector that make one channel
 * @property {import('../../../static/lib/codec.js').Packed} maps
 * @property {import('../../../static/lib/codec.js').Packed | null} peaks
 * @property {Read[]} reads
 *
 * @typedef {object} Edge
 * @property {string} source
 * @property {number} from channel of the source
 * @property {string} step
 * @property {number} to channel of the step
 * @property {number} weight -1 to 1, relative to the largest that the channel gets; 1 where it is the only one
 * @property {number | null} share of all that the channel gets, 0 to 1, by size; null where it reads nothing else
 */

import { unpackMaps } from '../../../static/lib/codec.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const SIX_BITS = new Uint8Array(128);
[...ALPHABET].forEach((character, index) => (SIX_BITS[character.charCodeAt(0)] = index));

/**
 * @param {Read} read
 * @param {number} to channel
 * @param {number} at which of those that bring most
 */
function topOf({ top, each = 0 }, to, at) {
  const text = /** @type {string} */ (top);
  const place = 3 * (to * each + at);
  const [high, low, weight] = [0, 1, 2].map((n) => SIX_BITS[text.charCodeAt(place + n)]);
  return { from: 64 * high + low, weight: (weight - 32) / 31 };
}

/** The edges of a network, each step's worked out when it is first asked about. */
export class Edges {
  /** @param {Record<string, Column>} columns */
  constructor(columns) {
    this.columns = columns;
    /** @type {Map<string, Edge[][]>} */
    this.incoming = new Map();
    /** @type {Map<string, Edge[][]>} */
    this.outgoing = new Map();
  }

  /**
   * What a channel reads, that which brings most first.
   * @param {string} step
   * @param {number} channel
   * @returns {Edge[]}
   */
  into(step, channel) {
    return this.of(step)[channel] ?? [];
  }

  /**
   * Who reads a channel: the strongest first. Of channels with many inputs only those that it brings most to.
   * @param {string} source
   * @param {number} channel
   * @returns {Edge[]}
   */
  outOf(source, channel) {
    let found = this.outgoing.get(source);
    if (!found) {
      found = [];
      for (const [step, column] of Object.entries(this.columns)) {
        if (!column.reads.some((read) => read.source === source)) continue;
        for (const edges of this.of(step)) for (const edge of edges) if (edge.source === source) (found[edge.from] ??= []).push(edge);
      }
      for (const edges of found) edges?.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
      this.outgoing.set(source, found);
    }
    return found[channel] ?? [];
  }

  /** @param {string} step */
  of(step) {
    let found = this.incoming.get(step);
    if (!found) this.incoming.set(step, (found = this.columns[step] ? edgesOf(step, this.columns[step]) : []));
    return found;
  }
}

/**
 * @param {string} step
 * @param {Column} column
 * @returns {Edge[][]} by channel
 */
function edgesOf(step, { channels, reads }) {
  /** @type {Edge[][]} */
  const found = Array.from({ length: channels }, () => []);
  for (const read of reads) {
    if (read.top) mixed(step, read, found);
    else single(step, read, found);
  }
  for (const edges of found) if (edges.length > 1 && edges.some((edge) => edge.share === null)) weighed(edges);
  return found;
}

/**
 * @param {string} step
 * @param {Read} read
 * @param {Edge[][]} found
 */
function mixed(step, read, found) {
  const { each = 0, share, source } = read;
  const shares = unpackMaps(/** @type {import('../../../static/lib/codec.js').Packed} */ (share));
  found.forEach((edges, to) => {
    for (let at = 0; at < each; at++) {
      const { from, weight } = topOf(read, to, at);
      if (weight) edges.push({ source, from, step, to, weight, share: Math.abs(weight) * shares.integers[to] * shares.factor });
    }
  });
}

/**
 * @param {string} step
 * @param {Read} read
 * @param {Edge[][]} found
 */
function single(step, { source, channels, first, amounts }, found) {
  const sizes = amounts && unpackMaps(amounts);
  for (let from = 0; from < channels; from++) {
    const weight = sizes ? sizes.integers[from] * sizes.factor : 1;
    found[first + from]?.push({ source, from, step, to: first + from, weight, share: null });
  }
}

/**
 * Sums of several steps: each relative to the larger one, and as a share of both.
 * @param {Edge[]} edges
 */
function weighed(edges) {
  const most = Math.max(...edges.map((edge) => Math.abs(edge.weight)));
  const total = edges.reduce((sum, edge) => sum + Math.abs(edge.weight), 0);
  for (const edge of edges) {
    if (total) edge.share = Math.abs(edge.weight) / total;
    if (most) edge.weight /= most;
  }
  edges.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}
