// What if: the changes to the network's pass, as buttons, chips and a brush. A change goes to the server as `edit`,
// with all changes as text; its answer brings the text that holds now, the probabilities and everything else anew.

const find = (selector) => element.querySelector(selector);
const all = (selector) => [...element.querySelectorAll(selector)];
const AMBER = 'convscope-edited';
let view = null;
let past = []; // texts of the changes, oldest first, and which of them holds
let now = 0;
let wanted = []; // changes that wait for an answer to an earlier choice
let chosen = null; // step, channel and number of channels
let showsAll = false; // classes
let place = null; // of the weight that was clicked

const minus = (text) => text.replace('-', '\u2212');
const signed = (value, digits) => {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : minus(value > 0 ? `+${text}` : text);
};
const LIKELY = 0.01; // a class below it, before and now, is shown on demand

// ------------------------------------------------------------------------------------------------ to the server

function ask(change) {
  wanted.push(change);
  next();
}

function next() {
  if (!wanted.length || (line.busy && performance.now() - line.since < LOST)) return;
  const change = wanted.shift();
  line.busy = true;
  line.since = performance.now();
  trigger('edit', 'add' in change ? { text: view.text, add: change.add } : { text: change.text });
  setTimeout(next, LOST + 50);
}

window.addEventListener('convscope-answered', () => setTimeout(next)); // after a choice that waited before
window.addEventListener('convscope-add', (event) => ask({ add: event.detail }));

function without(index) {
  return view.edits.filter((_, other) => other !== index).map((edit) => edit.piece).join('~');
}

// ---------------------------------------------------------------------------------------------------- what is shown

function remember() {
  const { text, model } = view;
  if (past.model !== model) {
    past = Object.assign([text], { model });
    now = 0;
  } else if (text === past[now - 1]) now -= 1; // undone, or the reader went back
  else if (text === past[now + 1]) now += 1;
  else if (text !== past[now]) {
    past.splice(now + 1, past.length, text);
    now += 1;
  }
  find('.undo').disabled = now === 0;
  find('.redo').disabled = now === past.length - 1;
  find('.reset').disabled = !text;
}

function drawChips() {
  find('.chips').replaceChildren(
    ...view.edits.map((edit, index) => {
      const button = make('button', { type: 'button', 'data-index': index, title: 'Take this change back' }, edit.words, make('span', { class: 'cross', 'aria-label': 'remove' }, '×'));
      return make('li', {}, button);
    }),
  );
}

function drawAnswers() {
  const best = view.answers.reduce((a, b) => (b.now > a.now ? b : a));
  const rows = view.answers.map((row) => {
    const bars = make('td', { class: 'bar' }, make('span', { class: 'before', style: `width:${100 * row.before}%` }), make('span', { class: 'now', style: `width:${100 * row.now}%` }));
    const tr = make('tr', {}, make('th', { scope: 'row' }, row.label), bars, make('td', {}, percent(row.before)), make('td', {}, percent(row.now)), make('td', {}, signed(pointsBetween(row.before, row.now), 1)), make('td', { class: 'wide' }, signed(row.logit_now - row.logit_before, 2)));
    tr.classList.toggle('top', row === best);
    tr.hidden = !showsAll && Math.max(row.before, row.now) < LIKELY;
    return tr;
  });
  const few = view.answers.filter((row) => Math.max(row.before, row.now) < LIKELY).length;
  find('.all').hidden = !few;
  find('.all').textContent = showsAll ? 'hide the classes under 1 %' : `show ${few} more class${few > 1 ? 'es' : ''} under 1 %`;
  find('.all').setAttribute('aria-pressed', showsAll);
  find('.answers tbody').replaceChildren(...rows);
  const more = view.others ? ` ${view.others} more classes are not shown.` : '';
  find('caption').textContent = `Probability: thin grey bar original, thick bar now; change in percentage points. Logit: the number before softmax.${more}`;
  const first = view.answers.reduce((a, b) => (b.before > a.before ? b : a));
  find('.verdict-now').textContent = first === best
    ? `The answer stays ${best.label}: ${percent(best.before)} before, ${percent(best.now)} now.`
    : `The answer was ${first.label}, ${percent(first.before)}; now it is ${best.label}, ${percent(best.now)}.`;
}

function draw() {
  const value = props.value || {};
  find('.whatif').hidden = !value.key;
  document.body.classList.toggle(AMBER, Boolean(value.text));
  window.convscopeKey = value.key;
  window.convscopeLabels = [...(value.answers || [])].sort((a, b) => b.now - a.now).map((row) => row.label);
  window.dispatchEvent(new Event('convscope-key'));
  if (!value.key) return;
  view = JSON.parse(JSON.stringify(value));
  remember();
  const changed = view.edits.length > 0;
  find('.whatif').classList.toggle('changed', changed);
  find('.active').hidden = !changed;
  find('.refused').textContent = view.refused.join(' ');
  drawChips();
  drawAnswers();
  drawInput();
  drawTarget();
}

// ------------------------------------------------------------------------------------- the chosen channel and block

function drawTarget() {
  const channel = window.convscopeChannel;
  if (!channel || !view) return;
  if (place && (place.step !== channel.step || place.channel !== channel.channel)) place = null;
  chosen = channel;
  find('.target').textContent = `${channel.step}, ${channel.maps.size === 1 ? 'value' : 'channel'} ${channel.channel}:`;
  drawBlock();
  drawWeight();
}

function drawBlock() {
  const inside = (block) => [block.add, ...block.branch, ...block.skip].includes(chosen.step);
  const size = (block) => block.branch.length + block.skip.length;
  const block = view.blocks.filter(inside).sort((a, b) => size(a) - size(b))[0];
  find('.block').hidden = !block;
  const { length } = view.blocks;
  find('.hint').textContent = !block && length
    ? `This network has ${length} residual block${length > 1 ? 's' : ''}. Choose a step in one, such as ${view.blocks[0].add}, to take a path away.`
    : block || view.edits.length
      ? ''
      : 'Change something, and see what becomes of the answer and of every map after it. The network itself stays as it is.';
  if (!block) return;
  const cut = view.edits.map((edit) => edit.piece).find((piece) => piece.startsWith(`${block.add}:no`));
  const short = (name) => name.split('.').slice(-2).join('.');
  find('.told').textContent = `A residual block: from ${block.fork} two paths lead to ${block.add}, which adds them value by value. The branch learns only what is to be changed; the skip connection ${block.skip.length ? 'only brings the values into the same shape' : 'hands the values on as they are'}.`;
  find('.fork').textContent = block.fork;
  find('.join').textContent = `+ ${block.add}`;
  find('.fork').dataset.step = block.fork === 'input' ? '' : block.fork;
  find('.join').dataset.step = block.add;
  for (const path of ['skip', 'branch']) {
    const row = find(`.path.${path}`);
    const gone = cut === `${block.add}:no${path}`;
    row.classList.toggle('gone', gone);
    row.querySelector('.what').textContent = path === 'skip' ? 'skip connection' : 'branch';
    row.querySelector('.names').textContent = block[path].length ? block[path].map(short).join(' → ') : 'nothing on it';
    const button = row.querySelector('.cut');
    button.textContent = gone ? 'put back' : `remove ${path}`;
    button.dataset.piece = `${block.add}:no${path}`;
  }
}

// --------------------------------------------------------------------------------------------------- one kernel weight

function drawWeight() {
  const kernels = window.convscopeKernels;
  const own = kernels && kernels.step === chosen.step && kernels.channel === chosen.channel ? kernels : null;
  const at = place || (own && { ...own, source: 0, row: 0, column: 0 });
  all('.fields input, .fields button').forEach((field) => (field.disabled = !at));
  if (!at) {
    find('.place').textContent = 'Choose a channel of a convolution, then click a number in one of its kernels.';
    return;
  }
  find('.weight').dataset.step = at.step;
  find('.weight').dataset.channel = at.channel;
  for (const name of ['source', 'row', 'column']) find(`.${name}`).value = at[name];
  showWeight(true);
}

function showWeight(fill) {
  const kernels = window.convscopeKernels;
  const { step, channel } = find('.weight').dataset;
  const [source, row, column] = ['source', 'row', 'column'].map((name) => find(`.${name}`).valueAsNumber);
  const value = kernels && kernels.step === step ? kernels.values[source]?.[row]?.[column] : undefined;
  const reads = kernels?.reads[source] ?? `kernel ${source}`;
  find('.place').textContent = value === undefined
    ? `${step}, channel ${channel} has no such weight.`
    : `${step}, channel ${channel}, kernel ${source} (reads ${reads}), row ${row}, column ${column}: the weight is ${readable(value)}. Or click another number in the kernels below.`;
  if (fill && value !== undefined) find('.value').value = value;
}

window.addEventListener('convscope-weight', (event) => {
  if (!view) return;
  place = event.detail;
  if (place.step === chosen.step) drawWeight();
  else {
    // The kernels of the step that made this channel.
    const at = place;
    find('.weight').dataset.step = at.step;
    find('.weight').dataset.channel = at.channel;
    all('.fields input, .fields button').forEach((field) => (field.disabled = false));
    for (const name of ['source', 'row', 'column']) find(`.${name}`).value = at[name];
    showWeight(true);
  }
  find('.weight').open = true;
  find('.value').focus();
  find('.value').select();
});
window.addEventListener('convscope-kernels', () => view && chosen && drawWeight());
find('.fields').addEventListener('input', (event) => {
  if (!event.target.classList.contains('value')) showWeight(true);
});
find('.set').addEventListener('click', setWeight);
find('.value').addEventListener('keydown', (event) => event.key === 'Enter' && setWeight());
function setWeight() {
  const { step, channel } = find('.weight').dataset;
  const numbers = typed('source', 'row', 'column', 'value');
  if (!numbers) return;
  const [source, row, column, value] = numbers;
  ask({ add: `${step}.${channel}.${source}.${row}.${column}:w${plain(value)}` });
}

// JavaScript's text of a number as the server reads it.
function plain(value) {
  return String(Number(value.toPrecision(10))).replace('e+', 'e');
}

// -------------------------------------------------------------------------------------------------------- the buttons

// The numbers in these fields; null, and words beside them, where one holds none. (To a browser 1e400 is none.)
const missing = make('span', { class: 'missing', role: 'alert' }, 'Type a number first.');
element.addEventListener('input', () => missing.remove());
function typed(...names) {
  missing.remove();
  const fields = names.map((name) => find(`.${name}`));
  const empty = fields.find((field) => Number.isNaN(field.valueAsNumber));
  if (!empty) return fields.map((field) => field.valueAsNumber);
  empty.closest('.channel-tools, .moves, .fields').append(missing);
  empty.focus();
  return null;
}

find('.moves').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const by = typed('by');
  if (!by) return;
  const [right, down] = button.dataset.move.split(' ').map((sign) => Number(sign) * Math.round(by[0]));
  ask({ add: `input:shift.${right + 0}.${down + 0}` });
});

function scale(factor) {
  ask({ add: `${chosen.step}.${chosen.channel}:${factor}` });
}
find('.channel-tools').addEventListener('click', (event) => {
  const { factor } = event.target.dataset;
  if (factor) scale(factor);
});
find('.times').addEventListener('click', () => {
  const factor = typed('factor');
  if (factor) scale(`x${plain(factor[0])}`);
});
find('.factor').addEventListener('keydown', (event) => event.key === 'Enter' && find('.times').click());
find('.all').addEventListener('click', () => {
  showsAll = !showsAll;
  drawAnswers();
});
find('.undo').addEventListener('click', () => ask({ text: past[now - 1] }));
find('.redo').addEventListener('click', () => ask({ text: past[now + 1] }));
find('.reset').addEventListener('click', () => ask({ text: '' }));
find('.chips').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (button) ask({ text: without(Number(button.dataset.index)) });
});
find('.paths').addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const { piece, step } = button.dataset;
  const index = piece ? view.edits.findIndex((edit) => edit.piece === piece) : -1;
  if (index >= 0) ask({ text: without(index) });
  else if (piece) ask({ add: piece });
  else if (step && step !== chosen.step) window.dispatchEvent(new CustomEvent('convscope-go', { detail: { step } }));
});
followBrush();
window.addEventListener('convscope-channel', drawTarget);
watch('value', draw);
draw();
