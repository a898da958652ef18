
// ---- to take home: the window where it stands, over the map as far as it is filled, and what it reads and makes there

(window.convscopeHome ??= {}).player = () => {
  if (!scene || scene.message || find('.stage').hidden) return [];
  const file = `${scene.model}-${scene.step}-channel-${scene.channel}-window`;
  const offers = [{ label: 'Window and map (PNG)', file, plate: playerPlate }];
  if (scene.all) offers.push({ label: 'What the window reads (CSV)', file, rows: windowRows });
  return [...offers, { label: 'The values made so far (CSV)', file: `${file}-made`, rows: madeRows }];
};

const spotOf = () => ({ row: Math.floor(at / result().maps.width), column: at % result().maps.width });
const corner = ({ row, column }) => [row * scene.stride[0] - scene.padding[0], column * scene.stride[1] - scene.padding[1]];

function playerPlate() {
  const { row, column } = spotOf();
  const [top, left] = corner({ row, column });
  const shares = (size, first, before, tall, wide) => ({ top: first / size.height, left: before / size.width, bottom: (first + tall) / size.height, right: (before + wide) / size.width });
  const [tall, wide] = [0, 1].map((axis) => (scene.kernel[axis] - 1) * scene.dilation[axis] + 1);
  return {
    title: `${scene.step}, channel ${scene.channel}: the window on its way over the map`,
    lines: [window.convscopeNetworkLine()],
    blocks: [
      { panels: [
        { source: find('.in'), mark: shares(maps, top, left, tall, wide), caption: find('.reads').textContent },
        { source: madeMap(), mark: shares(result().maps, row, column, 1, 1), caption: `${find('.makes').textContent}; grey: not made yet` },
      ], columns: 2 },
      { text: find('.now').textContent.replace(/; for the exact (?:sum|ones) choose “[^”]*”/, '') },
      { text: 'Red: above zero, white: zero, blue: below zero; each map on its own scale.' },
    ],
  };
}

// On paper, what is not made yet must not look like zero, which is white.
function madeMap() {
  const { width, height } = find('.out');
  const canvas = make('canvas', { width, height });
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#d4d4d4';
  pen.fillRect(0, 0, width, height);
  pen.drawImage(find('.out'), 0, 0);
  return canvas;
}

// One row for each value under the window, of all maps that it reads.
function windowRows() {
  const [top, left] = corner(spotOf());
  const size = scene.kernel[0] * scene.kernel[1];
  const rows = [['reads', 'row', 'column', 'padding', `value (no unit, sent in ${maps.bits} bits)`, 'weight', 'product']];
  const count = scene.kind === 'weighted' ? maps.channels : 1;
  for (let map = 0; map < count; map++)
    windowValues(map, top, left).forEach((value, i) => {
      const place = [top + Math.floor(i / scene.kernel[1]) * scene.dilation[0], left + (i % scene.kernel[1]) * scene.dilation[1]];
      const weight = scene.kind === 'weighted' ? weights[map * size + i] : '';
      const isPadding = value === null;
      const read = isPadding && scene.kind === 'weighted' ? 0 : value;
      rows.push([find('select').options[map].textContent, ...place, isPadding ? 'yes' : '', read, weight, weight === '' ? '' : read * weight]);
    });
  if (scene.kind === 'weighted') rows.push(['bias', '', '', '', '', '', scene.bias]);
  return rows;
}

function madeRows() {
  const { width } = result().maps;
  const [filled, channel] = values();
  const head = ['row', 'column', `value of ${scene.step}, channel ${scene.channel} (no unit)`];
  return [head, ...Array.from({ length: at + 1 }, (_, i) => [Math.floor(i / width), i % width, filled.integers[channel * filled.size + i] * filled.factor])];
}
