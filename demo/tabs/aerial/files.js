// Answers for many files as a table that is sorted here. What a stranger named a file is only ever written as text.

const find = (selector) => element.querySelector(selector);
const percent = (share) => `${(100 * share).toFixed(1)}\u00a0%`;
let run = '';
let value = {};
let rows = []; // the nodes, made once for each answer
let sorting = { key: 'order', down: false };

function columns() {
  const all = [
    { key: 'order', title: 'No.' },
    { key: 'picture', title: 'Picture', still: true },
    { key: 'file', title: 'File' },
    // Beside a decision at a threshold the most probable class would only confuse.
    ...(value.threshold === null ? [{ key: 'answer', title: 'Answer' }] : []),
    { key: 'probability', title: value.label ? `Probability of ${value.label}` : 'Probability of the answer' },
  ];
  if (value.threshold !== null) all.push({ key: 'decision', title: `Is it ${value.label}?` });
  return all;
}

function take() {
  value = JSON.parse(JSON.stringify(props.value || {}));
  find('.content').hidden = !value.run;
  if (!value.run) return;
  if (value.run !== run) {
    run = value.run;
    rows = [];
    sorting = { key: 'order', down: false };
    find('thead tr').replaceChildren(...columns().map(head));
  }
  value.answers.slice(rows.length).forEach((answer) => rows.push(row(answer, rows.length)));
  value.answers.forEach((answer, index) => (answer.order = index));
  sort();
  find('.words').textContent = value.words;
  const troubles = value.troubles;
  find('.troubles').hidden = !troubles.length;
  find('.troubles h3').textContent = `Not answered: ${troubles.length}`;
  find('.troubles ul').replaceChildren(...troubles.map((one) => make('li', {}, make('b', {}, one.file), ` — ${one.reason}`)));
  find('.scroll').hidden = !rows.length;
  find('.save').hidden = !rows.length && !troubles.length;
}

function head(column) {
  const inside = column.still ? make('span', {}, column.title) : make('button', { type: 'button', 'data-key': column.key }, column.title);
  return make('th', { scope: 'col', ...(column.still ? {} : { 'aria-sort': column.key === 'order' ? 'ascending' : 'none' }) }, inside);
}

function row(answer, index) {
  const bar = make('i', { style: `width:${Math.round(60 * answer.probability)}px`, 'aria-hidden': 'true' });
  const cells = [
    make('td', { class: 'number' }, String(index + 1)),
    make('td', {}, make('img', { src: answer.thumbnail, alt: '', loading: 'lazy' })),
    make('td', { class: 'file' }, answer.file),
    ...(value.threshold === null ? [make('td', {}, answer.answer)] : []),
    make('td', { class: 'share' }, percent(answer.probability), bar),
  ];
  if (value.threshold !== null) cells.push(make('td', { class: answer.decision ? 'yes' : 'no' }, answer.decision ? 'yes' : 'no'));
  return make('tr', {}, ...cells);
}

function sort() {
  const { key, down } = sorting;
  const compare = (a, b) => (typeof a[key] === 'string' ? a[key].localeCompare(b[key], 'en', { numeric: true }) : a[key] - b[key]) || a.order - b.order;
  const order = [...value.answers].sort((a, b) => (down ? compare(b, a) : compare(a, b)));
  find('tbody').replaceChildren(...order.map((answer) => rows[answer.order]));
}

find('thead').addEventListener('click', (event) => {
  const key = event.target.closest('button')?.dataset.key;
  if (!key) return;
  // Numbers begin with the largest, words with A.
  const down = sorting.key === key ? !sorting.down : key === 'probability' || key === 'decision';
  sorting = { key, down };
  for (const cell of element.querySelectorAll('th[aria-sort]')) {
    const own = cell.firstElementChild.dataset.key === key;
    cell.setAttribute('aria-sort', !own ? 'none' : down ? 'descending' : 'ascending');
  }
  sort();
});
find('.save').addEventListener('click', (event) => {
  if (event.target.closest('button')) trigger('save', {});
});
watch('value', take);
take();
