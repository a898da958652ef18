
// ---- to take home: all channels as a picture, and what is known of each as a table

(window.convscopeHome ??= {}).grid = () => (view && maps && !find('.content').hidden ? [
  { label: 'All channels (PNG)', file: `${view.model}-${view.step}`, plate: gridPlate },
  { label: maps.size === 1 ? 'The values (CSV)' : 'Each channel’s range (CSV)', file: `${view.model}-${view.step}-channels`, rows: gridRows },
] : []);

const MOST_NAMED = 1100; // single values; of more there is no room for each one's number

function gridPlate() {
  const now = level();
  const shared = now === 'network' ? view.largest : limitOf(null);
  const isLong = maps.size === 1 && maps.channels > MOST_NAMED;
  const whole = { source: canvas, caption: `All values, ${layout.columns} in a row, number 0 first` };
  const panels = isLong ? [whole] : Array.from({ length: maps.channels }, (_, channel) => {
    const own = make('canvas');
    drawMap(own, maps, channel, now === 'channel' ? limitOf(channel) : shared);
    const words = maps.size === 1 ? `${view.labels[channel] ?? channel}\n${readable(view.high[channel])}` : String(channel);
    return { source: own, caption: words };
  });
  const columns = Math.min(panels.length, evenColumns(panels.length, Math.max(4, Math.sqrt(panels.length * 1.2))));
  const legend = { canvas: find('.legend'), low: find('.scale .low').textContent, high: find('.scale .high').textContent };
  return {
    title: find('h3').textContent,
    lines: [window.convscopeNetworkLine(), find('.facts').textContent, find('.explained').textContent],
    blocks: [{ panels, columns }, { legend }, { text: find('.colours').textContent }],
  };
}

function gridRows() {
  if (maps.size === 1) return [['value', 'label', 'output (no unit, 5 digits)'], ...view.high.map((value, index) => [index, view.labels[index] ?? '', value])];
  const head = ['channel', 'lowest value (no unit, 5 digits)', 'highest value', 'mean', 'share of zeros (0 to 1)'];
  return [head, ...view.high.map((high, channel) => [channel, view.low[channel], high, view.mean[channel], view.zeros[channel]])];
}
