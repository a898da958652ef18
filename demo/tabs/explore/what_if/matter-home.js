
// ---- to take home: the channels found so far

(window.convscopeHome ??= {}).matter = () => (view ? [
  { label: 'The channels found (CSV)', file: `channels-for-${view.label}`, rows: () => [['step', 'channel', `probability of ${view.label} with all channels (0 to 1)`, 'probability without it', 'change of ln(p / (1 - p))'], ...view.rows.map((row) => [row.step, row.channel, view.before, row.now, row.odds])] },
] : []);
