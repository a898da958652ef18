
// ---- to take home: the map over the picture, and its values

(window.convscopeHome ??= {}).why = () => {
  if (!view || !maps) return [];
  const file = `why-${view.label}-${choice.method}`;
  return [
    { label: 'The map (PNG)', file, plate: whyPlate },
    { label: 'Its values (CSV)', file, rows: () => [['row', 'column', `value: ${view.unit}`], ...Array.from({ length: maps.height * maps.width }, (_, at) => [Math.floor(at / maps.width), at % maps.width, maps.integers[at] * maps.factor])] },
  ];
};

function whyPlate() {
  const image = new Image();
  image.src = view.picture;
  const copy = make('canvas', { width: canvas.width, height: canvas.height });
  at = null;
  drawMapOverPicture();
  copy.getContext('2d').drawImage(canvas, 0, 0);
  return {
    title: `Why ${view.label}? ${METHODS.find(([method]) => method === choice.method)[1]}`,
    lines: [window.convscopeNetworkLine(), view.words],
    blocks: [
      { panels: [{ source: copy, smooth: true, caption: 'The map over the picture' }, { source: image, caption: 'The picture as the network gets it' }], columns: 2 },
      { legend: { canvas: find('.legend'), low: find('.low').textContent, high: find('.high').textContent } },
      { text: view.unit }, { text: view.means }, { text: view.limits },
    ],
  };
}
