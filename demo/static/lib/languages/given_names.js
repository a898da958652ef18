/**
 * Names that readers gave, of classes and of networks. Another language leaves them as they are, whatever its word for
 * them would be. Where such a name stands in an element of its own, `translate="no"` says so; these are for texts that
 * hold one among other words, and for what the server says of a network of the reader's own.
 */

import { emit } from '../events.js';

/** @typedef {{ within: Set<string>, alone: Set<string> }} Names left as they are among other words, and standing alone, too */

/** @type {Names} */
export const names = { within: new Set(), alone: new Set() };

/**
 * @param {string[]} given
 * @param {string[]} [alone] those of the network that the page shows, in place of the ones before
 */
export function keepNames(given, alone = [...names.alone]) {
  const before = names.within.size;
  for (const name of [...given, ...alone]) names.within.add(name);
  const isSame = alone.length === names.alone.size && alone.every((name) => names.alone.has(name));
  if (!isSame) names.alone = new Set(alone);
  if (!isSame || names.within.size > before) emit('names');
}
