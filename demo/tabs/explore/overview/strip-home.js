
// ---- to take home: the whole network as a picture, and its steps as a table

(window.convscopeHome ??= {}).strip = () => (network ? [
  { label: 'The whole network (PNG)', file: `${network.model}-steps`, plate: networkPlate },
  { label: 'Its steps (CSV)', file: `${network.model}-steps`, rows: stepRows },
] : []);

function networkPlate() {
  const panels = network.steps.map((one, index) => ({ source: small(index), caption: `${one.name}\n${one.operation}\n${shapeText(one.shape)}${reducedTo(one, index)}` }));
  const weights = network.steps.reduce((sum, one) => sum + one.parameters, 0);
  return {
    title: `${network.steps.length} steps from the picture to the answer`,
    lines: [window.convscopeNetworkLine(), `${weights.toLocaleString('en')} weights. Of each step the channel with the largest value; each on its own scale: red above zero, white zero, blue below.`, 'Where “drawn” is said, the step is reduced: each square is the mean of several values.'],
    blocks: [{ panels: [{ source: picture(), caption: `the picture\n3 × ${network.size} × ${network.size}` }, ...panels], columns: 7 }],
  };
}

function reducedTo({ shape }, index) {
  const { height, width } = network.thumbnails[index];
  const values = shape.length === 3 ? shape[1] * shape[2] : shape[0];
  return height * width < values ? `\ndrawn ${height} × ${width}` : '';
}

function picture() {
  const image = new Image();
  image.src = network.picture;
  return image;
}

function stepRows() {
  const head = ['number', 'step', 'operation', 'block', 'reads', 'channels or values', 'rows', 'columns', 'weights', 'receptive field (pixels high)', 'receptive field (pixels wide)'];
  return [head, ...network.steps.map((one, index) => [index + 1, one.name, one.operation, network.blocks[one.block], one.inputs.join(' '), one.shape[0], one.shape[1] ?? '', one.shape[2] ?? '', one.parameters, one.field?.[0] ?? '', one.field?.[1] ?? ''])];
}
