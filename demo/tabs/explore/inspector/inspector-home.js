
// ---- to take home: the calculation as a picture, as a table of every number, as LaTeX, and as a worksheet

const MOST_LINES = 10; // of a sum in the picture

(window.convscopeHome ??= {}).inspector = () => {
  const place = top();
  const answer = place && answers.get(key(place));
  if (!answer?.chain) return [];
  const file = `${answer.model}-${place.join('-')}`;
  const offers = [
    { label: 'This calculation (PNG)', file, plate: () => sumPlate(answer) },
    { label: 'Every number of it (CSV)', file, rows: () => termRows(answer) },
    { label: 'Copy it as LaTeX', latex: place },
    { label: 'Worksheet with key, 2 pages', sheet: place },
  ];
  if (answer.softmax) offers.splice(2, 0, { label: 'The probabilities (CSV)', file: `${file}-softmax`, rows: () => softmaxRows(answer.softmax) });
  return offers;
};

function sumPlate(answer) {
  const blocks = answer.chain.flatMap((one) => [
    { heading: `${name(one.position)}${one.operation === one.position[0] ? '' : `: ${one.operation}`} = ${fixed(one.total, one.decimals[1])}` },
    { text: one.words },
    ...cardBlocks(one),
    { text: `${one.adds ? 'Adds up' : 'Does not add up'}: ${checkWords(one)}` },
  ]);
  if (answer.softmax) blocks.push({ heading: 'softmax: from all logits to probabilities' }, { table: softmaxTable(answer.softmax) });
  return { title: `How a value came about: ${name(answer.position)}`, lines: [window.convscopeNetworkLine()], blocks };
}

function cardBlocks(one) {
  if (one.parts?.weights) return [{ table: sumTable(one) }];
  if (!one.parts || one.kind === 'share') return [];
  const parts = unpackParts(one.parts);
  const cells = Array.from(parts.patch(0), (value) => fixed(value, one.decimals[0]));
  const rows = Array.from({ length: parts.height }, (_, row) => cells.slice(row * parts.width, (row + 1) * parts.width));
  return parts.width <= 16 ? [{ table: { head: rows[0].map(() => ''), rows } }] : [];
}

function sumTable(one) {
  const parts = unpackParts(one.parts);
  const [terms, total] = one.decimals;
  const sums = one.parts.sums;
  const most = largest(sums) || 1;
  const order = sums.map((_, i) => i).sort((a, b) => Math.abs(sums[b]) - Math.abs(sums[a]));
  const shown = order.slice(0, order.length > MOST_LINES + 1 ? MOST_LINES : order.length);
  const limits = [largest(parts.values), largest(parts.weights)];
  const factors = parts.entries && factorDecimals(shown.map((i) => parts.patch(i)[0]), shown.map((i) => parts.kernel(i)[0]), terms);
  const how = (i) => parts.entries
    ? [fixed(parts.patch(i)[0], factors), fixed(parts.kernel(i)[0], factors)]
    : [parts.patch(i), parts.kernel(i)].map((values, which) => ({ canvas: littleMap(values, parts.height, parts.width, limits[which]) }));
  const rows = shown.map((i) => [partName(parts, i), ...how(i), fixed(sums[i], terms), { bar: sums[i] / most }]);
  const rest = order.slice(shown.length).map((i) => sums[i]);
  if (rest.length) rows.push([`${rest.length.toLocaleString('en')} others`, '', '', fixed(shownSum(rest, terms), terms), '']);
  for (const other of one.others) rows.push([other.name, '', '', fixed(other.value, total), '']);
  rows.push(['total', '', '', fixed(one.total, total), '']);
  return { head: parts.entries ? ['entry', 'value', 'weight', 'product', ''] : ['channel', 'patch', 'kernel', 'sum of products', ''], rows };
}

function softmaxTable({ labels, logits }) {
  const { powers, sum, shares } = softmax(logits, state.temperature);
  const figures = figuresFor(powers, sum, shares);
  const order = logits.map((_, i) => i).sort((a, b) => logits[b] - logits[a]);
  return { head: ['class', 'logit', 'power of e', 'probability'], rows: order.map((i) => [labels[i], fixed(logits[i], 4), small(powers[i], figures), percent(shares[i])]) };
}

function softmaxRows({ labels, logits }) {
  const { powers, shares } = softmax(logits, state.temperature);
  const head = ['class', 'logit (no unit)', 'power of e', 'probability (0 to 1)', 'temperature'];
  return [head, ...labels.map((label, i) => [label, logits[i], powers[i], shares[i], state.temperature])];
}

// Every number of every step: value times weight, or the value alone, is the result; the last two rows of a step are
// what the calculation gives and what the network's tensor holds.
function termRows(answer) {
  const head = ['of step', 'operation', 'term', 'reads step', 'channel', 'row', 'column', 'padding', 'value (no unit)', 'weight', 'result'];
  return [head, ...answer.chain.flatMap((one) => {
    const own = [one.position[0], one.operation];
    const rows = one.parts ? partRows(one, own) : [];
    for (const other of one.others) rows.push([...own, other.name, ...(other.place ?? ['', '', '', '']), '', other.factor ? other.value / other.factor : other.value, other.factor ?? '', other.value]);
    for (const [what, number] of Object.entries(one.numbers)) rows.push([...own, what, '', '', '', '', '', '', '', number]);
    return [...rows, [...own, 'total', ...one.position, '', '', '', one.total], [...own, 'tensor', ...one.position, '', '', '', one.value]];
  })];
}

function partRows(one, own) {
  const parts = unpackParts(one.parts);
  return parts.channels.flatMap((channel, i) => Array.from(parts.patch(i), (value, at) => {
    const [row, column] = [parts.rows[Math.floor(at / parts.width)], parts.columns[at % parts.width]];
    const weight = parts.kernel(i)?.[at];
    const result = weight === undefined ? value : value * weight;
    return [...own, partName(parts, i), parts.source, channel, row, column, isPadding(parts, at) ? 'yes' : '', Number.isFinite(value) ? value : '', weight ?? '', Number.isFinite(result) ? result : ''];
  }));
}
