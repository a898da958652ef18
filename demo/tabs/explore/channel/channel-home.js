
// ---- to take home: the channel with the chosen value and what it sees, its values and its kernels

(window.convscopeHome ??= {}).channel = () => {
  if (!main) return [];
  const file = `${main.model}-${main.step}-channel-${main.channel}`;
  const offers = [{ label: 'This channel (PNG)', file, plate: channelPlate }];
  if (main.maps.size > 1) offers.push({ label: 'Its values (CSV)', file, rows: valueRows });
  if (isWanted() && isKnown()) offers.push({ label: 'Its effective field (CSV)', file: `${file}-effective-field`, rows: fieldRows });
  if (ownKernels()) offers.push({ label: 'Its kernels (CSV)', file: `${file}-kernels`, rows: kernelRows });
  return offers;
};

const ownKernels = () => (view && main && view.step === main.step && view.channel === main.channel ? view.kernels : null);

function channelPlate() {
  const { maps, step, channel } = main;
  const panels = [];
  if (maps.size > 1) {
    const canvas = make('canvas');
    drawMap(canvas, ...values(), main.limits[scaleLevel()]);
    const { width, height } = maps;
    const mark = chosen && { top: chosen.row / height, left: chosen.column / width, bottom: (chosen.row + 1) / height, right: (chosen.column + 1) / width };
    panels.push({ source: canvas, mark, caption: chosen ? find('.pointed').textContent : '' });
  }
  const network = window.convscopeNetwork;
  const hasHeat = isWanted() && isKnown() && influence.limit > 0;
  if (network) panels.push({ source: find(hasHeat ? '.heat' : '.seen'), mark: seenShares(network), caption: find('.sees').textContent });
  const blocks = [{ panels, columns: 2 }];
  if (hasHeat) blocks.push({ legend: { canvas: find('.influence .legend'), low: '0', high: find('.influence .high').textContent } }, { text: `${influence.words} ${influence.means}` });
  if (maps.size > 1) blocks.push({ legend: { canvas: find('.own .legend'), low: find('.own .low').textContent, high: find('.own .high').textContent } });
  blocks.push({ text: 'Red: above zero, white: zero, blue: below zero.' }, { text: find('.words').textContent });
  const kernels = ownKernels();
  if (kernels) blocks.push({ heading: find('.kernels summary').textContent }, { panels: kernelPanels(kernels), columns: kernels.values.length > 16 ? 12 : 6 }, { text: `One scale for all kernels, up to ${readable(kernels.limit)}.` });
  return { title: `${step}, channel ${channel}${main.label ? ` (${main.label})` : ''}`, lines: [window.convscopeNetworkLine()], blocks };
}

function seenShares({ size, steps }) {
  const facts = chosen && steps.find((one) => one.name === main.step);
  const box = facts && fieldBox(facts.geometry, main.channel, chosen.row, chosen.column);
  return box && { top: box.top / size, left: box.left / size, bottom: box.bottom / size, right: box.right / size };
}

function kernelPanels({ values: all, limit, reads }) {
  return all.map((rows, index) => {
    const canvas = make('canvas');
    drawMap(canvas, { integers: rows.flat(), factor: 1, height: rows.length, width: rows[0].length, size: rows.flat().length }, 0, limit);
    return { source: canvas, caption: reads[index] };
  });
}

function valueRows() {
  const { width, size } = main.maps;
  const places = Array.from({ length: size }, (_, at) => ({ row: Math.floor(at / width), column: at % width }));
  return [['row', 'column', `value of ${main.step}, channel ${main.channel} (no unit)`], ...places.map((place) => [place.row, place.column, valueAt(place)])];
}

function fieldRows() {
  const places = Array.from({ length: pixels.size }, (_, at) => [Math.floor(at / pixels.width), at % pixels.width, pixels.integers[at] * pixels.factor]);
  return [['row of the picture', 'column of the picture', 'absolute gradient (change of the value per unit of the network’s input, colours added)'], ...places];
}

function kernelRows() {
  const { step, values: all, reads } = ownKernels();
  return [['kernel', 'reads', 'row', 'column', `weight of ${step} (no unit, 5 digits)`], ...all.flatMap((rows, index) => rows.flatMap((row, r) => row.map((weight, c) => [index, reads[index], r, c, weight])))];
}
