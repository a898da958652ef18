/** Hands the effective field of a value, which the server has worked out, to the large channel. */

import { emit } from '../../../static/lib/events.js';
import { sent } from '../../../static/lib/mount.js';

/** @type {import('../../../static/lib/mount.js').Widget['mount']} */
export function mount({ props, watch }) {
  watch('value', () => emit('influence', sent(props)));
}
