/** To take home: the channels found so far. */

/** @typedef {import('./matter.js').Found} Found */

/**
 * @param {Found | null} found
 * @returns {import('../../../static/lib/take_home.js').Offer[]}
 */
export function matterOffers(found) {
  if (!found) return [];
  return [{ label: 'The channels found (CSV)', file: `channels-for-${found.label}`, rows: () => rows(found) }];
}

/** @param {Found} found */
function rows({ label, before, rows: effects }) {
  const whole = `probability of ${label} with all channels (0 to 1)`;
  const head = ['step', 'channel', whole, 'probability without it', 'change of ln(p / (1 - p))'];
  return [head, ...effects.map(({ step, channel, now, odds }) => [step, channel, before, now, odds])];
}
