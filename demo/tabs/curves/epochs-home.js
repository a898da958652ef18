
// ---- to take home: all epochs as a picture and as a table

(window.convscopeHome ??= {}).epochs = () => (view && maps ? [
  { label: 'All epochs (PNG)', file: `epochs-${view.step}-${view.channel}`, plate: epochsPlate },
  { label: 'All epochs (CSV)', file: `epochs-${view.step}-${view.channel}`, rows: epochRows },
] : []);

function epochsPlate() {
  const panels = view.epochs.map((epoch, index) => {
    const canvas = make('canvas');
    drawMap(canvas, maps, index, limitAt(index));
    const first = leader(index);
    return { source: canvas, caption: `epoch ${epoch}\n${view.classes[first]} ${percent(view.probabilities[index][first])}` };
  });
  const charts = [...element.querySelectorAll('.charts svg')].map((source) => ({ source }));
  return {
    title: `How ${view.title} learned ${isVector() ? 'value' : 'channel'} ${view.channel} of ${view.step}`,
    lines: ['The same picture at each epoch whose weights were kept, with the answer of that time.'],
    blocks: [
      { panels, columns: Math.min(6, panels.length) },
      { legend: { canvas: find('.legend'), low: find('.low').textContent, high: find('.high').textContent } },
      { text: find('.scaling').textContent },
      { panels: charts, columns: 2 },
    ],
  };
}

function epochRows() {
  const history = Object.keys(view.history[0] ?? {}).filter((name) => name !== 'epoch');
  const head = ['epoch', ...history, ...view.classes.map((label) => `probability of ${label} (0 to 1)`), 'lowest value', 'highest value', 'mean'];
  return [head, ...view.epochs.map((epoch, index) => {
    const { low, high, mean } = ofEpoch(index);
    return [epoch, ...history.map((name) => view.history[index][name]), ...view.probabilities[index], low, high, mean];
  })];
}
