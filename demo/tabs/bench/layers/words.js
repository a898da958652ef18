/** What a training of the two layers came to, in words. */

import { readable } from '../../../static/lib/format.js';
import { INPUTS, OUTPUTS, outcome, ROWS } from './network.js';

/**
 * @param {import('./settings.js').Settings} settings
 * @param {number[]} losses before each step
 */
export function outcomeInWords({ hidden, rate }, losses) {
  const start = readable(losses[0]);
  const weights = (INPUTS + 1) * hidden + (hidden + 1) * OUTPUTS;
  switch (outcome(losses)) {
    case 'diverges': {
      const grown = losses.findIndex((loss) => !(loss < 10 * losses[0]));
      const lost = losses.findIndex((loss) => !Number.isFinite(loss));
      const end = lost < 0 ? '' : ` From step ${lost} on it is no number any more.`;
      return `The loss grows instead of falling: from ${start} to more than ten times that by step ${grown}.${end} With the learning rate ${rate} every step goes beyond the lowest point and ends higher up on the other side. Take a smaller rate.`;
    }
    case 'wavers':
      return `The loss goes up and down, from ${start} to ${readable(losses[losses.length - 1])}: steps with the learning rate ${rate} often go too far. A smaller rate goes down more calmly.`;
    case 'crawls':
      return `The loss has fallen from ${start} to ${readable(losses[losses.length - 1])} and is still far from 0: ${
        hidden < 10 ? `${hidden} hidden values are few for ${ROWS * OUTPUTS} random numbers.` : `steps with the learning rate ${rate} are small. More steps or a larger rate go further.`}`;
    default:
      return `The loss has fallen from ${start} to ${readable(losses[losses.length - 1])}. The numbers are random, so there is nothing to understand in them: ${weights.toLocaleString('en')} weights learn ${ROWS * OUTPUTS} numbers by heart.`;
  }
}
