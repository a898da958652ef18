/** A channel of the whole network in words: what it is, and which channels bring most to it. */

/**
 * @typedef {import('./edges.js').Edge} Edge
 * @typedef {import('../../../static/lib/store.js').StepFacts} StepFacts
 */

import { percent } from '../../../static/lib/format.js';

const COLOURS = ['red', 'green', 'blue'];
const NAMED = 3; // inputs

/**
 * @param {string} step
 * @param {number} channel
 * @param {{ shape: number[] } | undefined} facts
 * @param {number} [entries] of a list that make one channel
 */
export function nameOf(step, channel, facts, entries = 1) {
  if (step === 'input') return `${COLOURS[channel] ?? `channel ${channel}`} of the picture`;
  if (entries > 1) return `${step}, entries ${channel * entries} to ${(channel + 1) * entries - 1}`;
  return `${step}, ${facts?.shape.length === 3 ? 'channel' : 'entry'} ${channel}`;
}

/**
 * @param {Edge[]} edges into a channel, the strongest first
 * @param {(step: string, channel: number) => string} name
 * @param {number} channels that it could read
 */
export function readsInWords(edges, name, channels) {
  if (!edges.length) return '';
  if (edges.length === 1 && edges[0].share === null) return `It reads ${name(edges[0].source, edges[0].from)} alone.`;
  const parts = edges.slice(0, NAMED).map(({ source, from, weight, share }) => {
    const does = weight < 0 ? 'takes away' : 'adds';
    return `${name(source, from)} ${does}${share === null ? '' : ` (${percent(share, 0)})`}`;
  });
  const of = channels > parts.length ? ` of ${channels.toLocaleString('en')}` : '';
  return `Strongest ${parts.length === 1 ? 'input' : 'inputs'}${of}: ${parts.join('; ')}.`;
}

/**
 * @param {Edge[]} edges out of a channel
 */
export function readersInWords(edges) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { step, share } of edges) if (share !== null) counts.set(step, (counts.get(step) ?? 0) + 1);
  const parts = [...counts].map(([step, count]) => `${count} of ${step}`);
  return parts.length ? `It is among the strongest inputs of ${parts.join(' and ')}.` : '';
}
