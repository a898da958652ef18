// The terms of one explanation: a table of channels with their patches and kernels, the window of a pool, or a line of
// arithmetic. A button that carries `data-place` goes back to the value it shows.

const FIRST = 10; // rows before "show all"

function placeButton(place, text, attributes = {}) {
  const [step, channel, row, column] = place;
  const title = step === 'input' ? `The picture's value at row ${row}, column ${column}` : `How this value of ${step} came about`;
  return make('button', { type: 'button', class: 'value number', 'data-place': JSON.stringify(place), title, 'aria-label': `${text}, ${step}, channel ${channel}, row ${row}, column ${column}`, ...attributes }, text);
}

// Patches, kernels and products of one part each, out of what came packed.
function unpackParts(parts) {
  const [rows, columns] = [parts.rows.length, parts.columns.length];
  const size = rows * columns;
  const values = floats(parts.values);
  const weights = parts.weights && floats(parts.weights);
  return {
    ...parts, height: rows, width: columns, size,
    patch: (i) => values.subarray(i * size, (i + 1) * size),
    kernel: (i) => weights?.subarray(i * size, (i + 1) * size),
    values, weights,
  };
}

function placeOf(parts, i, at) {
  const [row, column] = [parts.sources[0][Math.floor(at / parts.width)], parts.sources[1][at % parts.width]];
  return row < 0 || column < 0 ? null : [parts.source, parts.channels[i], row, column];
}

function isPadding(parts, at) {
  const [row, column] = [parts.rows[Math.floor(at / parts.width)], parts.columns[at % parts.width]];
  return !parts.entries && (row < 0 || column < 0 || row >= parts.grid[0] || column >= parts.grid[1]);
}

function partName(parts, i) {
  const channel = parts.channels[i];
  if (parts.source === 'input' && channel < 3) return ['red', 'green', 'blue'][channel];
  return `${parts.entries ? 'entry' : 'channel'} ${channel}`;
}

// A small table of numbers, coloured; with `places` each number goes back to where it came from.
function numberTable(caption, parts, values, limit, decimals, places) {
  const body = Array.from({ length: parts.height }, (_, row) =>
    make('tr', {}, ...Array.from({ length: parts.width }, (_, column) => {
      const at = row * parts.width + column;
      const place = places?.(at);
      const cell = make('td', { style: shade(values[at], limit) }, place ? placeButton(place, fixed(values[at], decimals)) : fixed(values[at], decimals));
      if (places && isPadding(parts, at)) cell.className = 'padding';
      return cell;
    })));
  return sideways(make('table', { class: 'numbers number' }, make('caption', {}, caption), make('tbody', {}, ...body)));
}

// A table that is moved alone where it is wider than the window, and says so there.
function sideways(table) {
  const box = make('div', { class: 'scroll' }, table);
  const cue = make('p', { class: 'cue', hidden: '' }, '↔ More columns: move the numbers sideways.');
  new ResizeObserver(() => {
    cue.hidden = box.scrollWidth <= box.clientWidth;
    if (cue.hidden) box.removeAttribute('tabindex');
    else box.tabIndex = 0; // for the arrow keys
  }).observe(box);
  return make('div', { class: 'sideways' }, box, cue);
}

// Of a convolution or linear layer: each channel's sum of products, the bias, and the total.
function weightedTable(one) {
  const parts = unpackParts(one.parts);
  const [terms, total] = one.decimals;
  const sums = one.parts.sums;
  const most = largest(sums);
  const limits = { values: largest(parts.values), weights: largest(parts.weights) };
  const state = { bySize: !parts.entries && sums.length > FIRST, all: false, opened: new Set() };
  if (parts.entries) state.bySize = true;
  const table = make('table', { class: 'sum' });
  const draw = () => {
    const order = sums.map((_, i) => i);
    if (state.bySize) order.sort((a, b) => Math.abs(sums[b]) - Math.abs(sums[a]));
    const shown = state.all ? order : order.slice(0, FIRST);
    let running = 0;
    const factors = parts.entries ? factorDecimals(shown.map((i) => parts.patch(i)[0]), shown.map((i) => parts.kernel(i)[0]), terms) : 0;
    const rows = shown.flatMap((i) => {
      running += rounded(sums[i], terms);
      const row = partRow(i, running, factors);
      return state.opened.has(i) ? [row, detail(i)] : [row];
    });
    const rest = order.slice(shown.length).map((i) => sums[i]);
    if (rest.length) rows.push(restRow(rest, (running += shownSum(rest, terms))));
    for (const other of one.others) rows.push(plainRow(other.name, fixed(other.value, total), (running += rounded(other.value, total))));
    const end = plainRow('total', fixed(one.total, total), null);
    end.className = 'total';
    table.replaceChildren(head(), make('tbody', {}, ...rows, end));
  };

  function head() {
    const sorter = (text, active, key) => {
      const button = make('button', { type: 'button', 'data-sort': key }, text);
      const cell = make('th', { scope: 'col', 'aria-sort': active ? (key === 'size' ? 'descending' : 'ascending') : 'none' }, button);
      return cell;
    };
    return make('thead', {}, make('tr', {},
      sorter(parts.entries ? 'entry' : 'channel', !state.bySize, 'order'),
      make('th', { scope: 'col' }, parts.entries ? 'value × weight' : 'patch × kernel'),
      sorter(parts.entries ? 'product' : 'sum of products', state.bySize, 'size'),
      make('td', { class: 'bar' }),
      make('th', { scope: 'col' }, 'so far')));
  }

  function partRow(i, running, factors) {
    const name = partName(parts, i);
    const first = parts.entries
      ? make('th', { scope: 'row' }, placeButton([parts.source, parts.channels[i], 0, 0], name))
      : make('th', { scope: 'row' }, make('button', { type: 'button', class: 'unfold', 'data-part': i, 'aria-expanded': state.opened.has(i), title: 'Its numbers' }, name));
    const how = parts.entries
      ? make('td', { class: 'how' }, `${fixed(parts.patch(i)[0], factors)} × ${fixed(parts.kernel(i)[0], factors)}`)
      : make('td', { class: 'how' }, littleMap(parts.patch(i), parts.height, parts.width, limits.values), '×', littleMap(parts.kernel(i), parts.height, parts.width, limits.weights));
    return make('tr', {}, first, how, make('td', {}, fixed(sums[i], terms)), bar(sums[i]), make('td', {}, fixedSum(running, total)));
  }

  function bar(value) {
    const share = most ? (50 * Math.abs(value)) / most : 0;
    const side = value < 0 ? 'right' : 'left';
    return make('td', { class: 'bar', 'aria-hidden': 'true' }, make('span', { style: `${side}:50%;width:${share}%;background:${cssColour(Math.sign(value) * 0.55, 1)}` }));
  }

  function plainRow(name, text, running) {
    return make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}), make('td', {}, text), make('td', { class: 'bar' }), make('td', {}, running === null ? '' : fixedSum(running, total)));
  }

  function restRow(rest, running) {
    const word = parts.entries ? 'entries' : 'channels';
    const row = plainRow('', fixed(shownSum(rest, terms), terms), running);
    row.firstChild.append(make('button', { type: 'button', class: 'all' }, `${rest.length.toLocaleString('en')} other ${word}: show all`));
    row.className = 'rest';
    return row;
  }

  function detail(i) {
    const [patch, kernel] = [parts.patch(i), parts.kernel(i)];
    const products = Array.from(patch, (value, at) => value * kernel[at]);
    const decimals = decimalsFor(products, sums[i], terms);
    const factors = factorDecimals(patch, kernel, decimals);
    const cell = make('td', { colspan: 5 }, make('div', { class: 'detail' },
      numberTable('patch: click a value to go back to it', parts, patch, limits.values, factors, (at) => placeOf(parts, i, at)),
      make('span', { class: 'sign' }, '×'),
      numberTable('kernel', parts, kernel, limits.weights, factors),
      make('span', { class: 'sign' }, '='),
      numberTable('products', parts, products, largest(products), decimals),
      make('span', { class: 'sign' }, `sum ${fixed(sums[i], terms)}`)));
    return make('tr', { class: 'detail-of' }, cell);
  }

  table.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button || button.dataset.place) return;
    if (button.dataset.sort) state.bySize = button.dataset.sort === 'size';
    if (button.classList.contains('all')) state.all = true;
    if (button.dataset.part) {
      const i = Number(button.dataset.part);
      if (!state.opened.delete(i)) state.opened.add(i);
    }
    const again = button.dataset.sort ? `[data-sort=${button.dataset.sort}]` : button.dataset.part ? `[data-part="${button.dataset.part}"]` : 'tbody button';
    draw();
    table.querySelector(again)?.focus({ preventScroll: true });
  });
  draw();
  const note = parts.entries
    ? 'Each value of the step before times its weight. Click an entry to go back to it.'
    : `Patches share one colour scale up to ±${readable(limits.values)}, kernels one up to ±${readable(limits.weights)}. Click a channel for its numbers.`;
  const soFar = terms > total ? ` So far: the parts down to there, added up and rounded to ${total} decimals.` : '';
  return [make('div', { class: 'scroll' }, table), make('p', { class: 'note' }, note + soFar)];
}

// Of a pool or mean: the window's values, with the one that won.
function poolTable(one) {
  const parts = unpackParts(one.parts);
  const [terms, total] = one.decimals;
  const limit = largest(parts.values);
  const values = parts.patch(0);
  const caption = `${parts.height} × ${parts.width} values of ${parts.source}: click one to go back to it`;
  const table = numberTable(caption, parts, values, limit, terms, (at) => placeOf(parts, 0, at));
  for (const button of table.querySelectorAll('button'))
    if (one.main && button.dataset.place === JSON.stringify(one.main)) button.closest('td').classList.add('winner');
  let outcome = `largest: ${fixed(one.total, total)}`;
  if (one.kind === 'mean') {
    const inside = Array.from(values).filter((_, at) => placeOf(parts, 0, at));
    outcome = `sum ${fixed(shownSum(inside, terms), terms)} ÷ ${one.numbers.divisor} = ${fixed(one.total, total)}`;
  }
  return [make('div', { class: 'detail' }, table, make('span', { class: 'sign number' }, outcome))];
}

// Of an operation on one or two values: a line such as "max(0, 1.25) = 1.25".
function formulaLine(one) {
  const [terms, total] = one.decimals;
  const operands = one.others.map((term) => {
    if (!term.place) return make('span', { class: 'number' }, fixed(term.value, terms));
    const text = fixed(term.factor ? term.value / term.factor : term.value, terms);
    return placeButton(term.place, text);
  });
  const negative = one.others[1]?.factor !== null && one.others[1]?.factor < 0;
  const result = make('b', { class: 'number' }, ` = ${fixed(one.total, total)}`);
  const [a, b, c] = operands;
  const signs = { sum: negative ? ' − ' : ' + ', product: ' × ', quotient: ' ÷ ' };
  const line = make('p', { class: 'formula' });
  if (one.kind === 'scaled') line.append(a, ' × ', b, ' + ', c, result);
  else if (one.kind in signs) line.append(a, signs[one.kind], b, result);
  else if (one.operation === 'ReLU') line.append('max(0, ', a, ')', result);
  else if (one.kind === 'function') line.append(`${one.operation}(`, a, ')', result);
  else if (a) line.append(a, result);
  else line.append(result);
  if (one.kind !== 'scaled') return [line];
  const facts = Object.entries(one.numbers).map(([name, value]) => make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, readable(value))));
  return [line, make('p', { class: 'note' }, 'value × scale + shift, with scale = weight ÷ √(variance + epsilon) and shift = bias − mean × scale:'), make('table', { class: 'facts number' }, make('tbody', {}, ...facts))];
}

function termsOf(one) {
  if (one.parts?.weights) return weightedTable(one);
  if (one.parts && one.kind !== 'share') return poolTable(one);
  return one.others.length ? formulaLine(one) : [];
}
