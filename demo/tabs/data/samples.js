// Labelled pictures, a page at a time. The server is asked (`open`) when they first come into sight, for another split,
// class or page (`turn`), and when one is taken (`pick`). What is shown stands in the address where `props.addressed`.

const find = (selector) => element.querySelector(selector);
const all = find('.all');
const LOST = 8000; // milliseconds after which an answer is taken to be lost
let view = null;
let opened = false;
let asked = 0; // when the server was last asked, 0 when it has answered
let next = null; // the last wish made meanwhile
let focus = false; // whether the first picture of the next page gets the focus

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function ask(wish) {
  all.classList.add('waiting');
  if (asked && Date.now() - asked < LOST) {
    next = wish;
    return;
  }
  asked = Date.now();
  trigger('turn', wish);
}

function wish(changes) {
  return { ...view.context, set: view.set, split: view.split, label: view.label, page: view.page, ...changes };
}

function turn(page, andFocus = false) {
  const to = Math.max(1, Math.min(view.pages, Math.round(page) || 1));
  find('.page').value = to;
  if (to === view.page && !asked) return;
  focus = andFocus;
  ask(wish({ page: to }));
}

function options(select, entries, chosen) {
  select.replaceChildren(...entries.map(({ value, text }) => make('option', { value }, text)));
  select.value = String(chosen);
}

function tile(sample, index) {
  const face = sample.src ? make('img', { src: sample.src, alt: `${sample.text}, ${sample.name}` }) : make('span', { class: 'broken' }, sample.trouble);
  const button = make('button', { type: 'button', 'data-row': sample.row, tabindex: index ? -1 : 0, 'aria-pressed': false, title: `${sample.name}: ${sample.text}` }, face);
  button.append(make('span', {}, sample.text), make('span', { class: 'name' }, sample.name));
  return button;
}

function draw() {
  asked = 0;
  const value = props.value || {};
  find('.message').hidden = !value.message;
  find('.message').textContent = value.message || '';
  find('.content').hidden = !value.samples;
  all.classList.remove('waiting');
  if (!value.samples) return;
  view = value;
  find('.splits').hidden = view.splits.length < 1;
  find('.kinds').hidden = view.labels.length < 1;
  options(find('.split'), view.splits, view.split);
  options(find('.kind'), view.labels, view.label);
  find('.count').textContent = view.counted;
  all.replaceChildren(...view.samples.map(tile));
  all.classList.toggle('tiny', view.tiny);
  find('.pager').hidden = view.pages < 2;
  find('.page').value = view.page;
  find('.page').max = view.pages;
  find('.pages').textContent = view.pages.toLocaleString('en');
  find('.previous').disabled = view.page <= 1;
  find('.next').disabled = view.page >= view.pages;
  find('.note').textContent = view.samples.length ? 'Choose a picture: it becomes the picture of the whole page.' : '';
  if (focus) all.firstElementChild?.focus();
  focus = false;
  address(true);
  if (next) {
    const wanted = next;
    next = null;
    ask(wanted);
  }
}

// The page's address; its keys go when another tab is opened. Not "page": Gradio takes that for a page of its own.
function address(on) {
  if (!props.addressed || !view) return; // what the address asks for is still to be shown
  const here = on && element.checkVisibility();
  const values = here ? { set: view.set, split: view.split, label: view.label, sheet: view.page > 1 ? view.page : '' } : {};
  const told = Object.fromEntries(['set', 'split', 'label', 'sheet'].map((key) => [key, String(values[key] ?? '') || null]));
  window.dispatchEvent(new CustomEvent('convscope-address', { detail: told }));
}

watch('value', draw);
if (props.addressed) {
  window.addEventListener('convscope-tab', (event) => setTimeout(() => address(event.detail === 'data')));
  const sight = setInterval(() => {
    if (opened || document.hidden || !element.checkVisibility()) return;
    opened = true;
    clearInterval(sight);
    trigger('open', { query: location.search });
  }, 200);
}

find('.split').addEventListener('change', (event) => ask(wish({ split: event.target.value, page: 1 })));
find('.kind').addEventListener('change', (event) => ask(wish({ label: event.target.value, page: 1 })));
find('.previous').addEventListener('click', () => turn(view.page - 1));
find('.next').addEventListener('click', () => turn(view.page + 1));
find('.page').addEventListener('change', (event) => turn(Number(event.target.value)));

all.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  const sample = view.samples[[...all.children].indexOf(button)];
  for (const other of all.children) other.setAttribute('aria-pressed', other === button && Boolean(sample.src));
  if (!sample.src) return;
  find('.note').textContent = `${sample.name[0].toUpperCase()}${sample.name.slice(1)} (${sample.text}) is now the picture of the whole page: open Predict or Explore to see what the network makes of it.`;
  trigger('pick', { ...wish({}), row: sample.row });
});

all.addEventListener('keydown', (event) => {
  const tiles = [...all.children];
  const at = tiles.indexOf(document.activeElement);
  if (at < 0) return;
  if (event.key === 'PageDown' || event.key === 'PageUp') {
    event.preventDefault();
    turn(view.page + (event.key === 'PageDown' ? 1 : -1), true);
    return;
  }
  const columns = getComputedStyle(all).gridTemplateColumns.split(' ').length;
  const moves = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns, Home: -at, End: tiles.length - 1 - at };
  if (!(event.key in moves)) return;
  event.preventDefault();
  const to = tiles[Math.max(0, Math.min(tiles.length - 1, at + moves[event.key]))];
  tiles[at].tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
});
draw();
