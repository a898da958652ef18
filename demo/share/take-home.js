// What the <take-home view="..."> menus of all views do. A view's widget says what it has to offer:
//   (window.convscopeHome ??= {}).grid = () => [offer, ...], asked when the menu is opened; an offer is one of
//   { label, file, plate: () => plate }, a picture (see plate.js); { label, file, rows: () => [[cell, ...], ...] }, a table;
//   { label, latex: [step, channel, row, column] }, a calculation to copy; { label, sheet: the same }, a worksheet. The
//   server makes these two.
// Of a view without a widget of its own, the headings, pictures and tables that stand in the page are offered.

const views = (window.convscopeHome ??= {});
const RISKY = /^ *[=+\-@\t\r\n]/; // what a spreadsheet would take for a formula
let ticket = 0;
let tab = null; // where the worksheet will be
let orderer = null; // the menu that asked for it

// ---------------------------------------------------------------------------------------------------------------- saving

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  const link = make('a', { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

// RFC 4180: a comma between cells, CR LF after each row; numbers with a point and all digits that are known.
function csvCell(cell) {
  if (cell === null || cell === undefined || Number.isNaN(cell)) return '';
  if (typeof cell === 'number') return String(cell);
  const text = RISKY.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const csv = (rows) => rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
const fileName = (name, kind) => `${name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'convscope'}.${kind}`;

async function savePlate(plate, file) {
  const canvas = await printed(plate);
  save(await new Promise((done) => canvas.toBlob(done, 'image/png')), fileName(file, 'png'));
  return `Saved, ${canvas.width} × ${canvas.height} pixels.`;
}
window.convscopePrint = savePlate; // for a view with a button of its own

async function take(offer) {
  if (offer.rows) {
    save(new Blob([csv(offer.rows())], { type: 'text/csv' }), fileName(offer.file, 'csv'));
    return 'Saved.';
  }
  if (offer.plate) return savePlate(offer.plate(), offer.file);
  if (offer.latex) return latexOf(offer.latex);
  return sheetOf(offer.sheet);
}

// Where the browser forbids the clipboard (a page without https), the text is shown to be copied by hand.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied.';
  } catch {
    return make('textarea', { readonly: '', rows: 8, 'aria-label': 'To be copied' }, text);
  }
}

function sheetOf([step, channel, row, column]) {
  tab?.close(); // an order that this one takes the place of
  tab = window.open('', '_blank'); // at once, else the browser takes it for a pop-up that nobody asked for
  if (tab) tab.document.write('<title>Worksheet</title><p style="font-family:sans-serif">One moment …</p>');
  ticket += 1;
  trigger('sheet', { step, channel, row, column, ticket });
  return 'Making it …';
}

function latexOf([step, channel, row, column]) {
  ticket += 1;
  trigger('sheet', { step, channel, row, column, latex: true, ticket });
  return 'One moment …';
}

watch('value', () => {
  const value = props.value || {};
  if (value.ticket !== ticket) return;
  if (value.latex) copied(value.latex).then((done) => orderer?.say(done));
  if (!value.html) return;
  const blob = new Blob([value.html], { type: 'text/html' });
  const opens = tab && !tab.closed;
  if (opens) tab.location.replace(URL.createObjectURL(blob));
  else save(blob, value.name);
  tab = null;
  orderer?.say(opens ? 'Opened in a new tab.' : 'Saved.');
});
window.addEventListener('convscope-no-sheet', () => {
  tab?.close();
  tab = null;
  orderer?.say('That could not be made.');
});

// ------------------------------------------------------------------------------- views whose contents the server wrote

const spoken = (node) => node.textContent.replace(/\s+/g, ' ').trim();
const plainText = (text) => text.replaceAll('−', '-').replaceAll('\u00a0', ' ');

// A number as it is known, where the page shows fewer digits of it.
function tableCell(cell) {
  if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
  const text = plainText(spoken(cell));
  return /^-?[\d,]*\.?\d+$/.test(text) ? Number(text.replaceAll(',', '')) : text;
}

function tableRows(table) {
  const rows = [...table.rows].map((row) => [...row.cells].filter((cell) => !cell.matches('.bar')).map(tableCell));
  if (table.dataset.head) rows.unshift(table.dataset.head.split('|')); // of one that the page shows without
  const widest = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...Array(widest - row.length).fill('')]);
}

const titleOf = (table) => spoken(table.caption ?? { textContent: '' }).split(/[,;:(]/)[0];

function fromPage(view) {
  const parts = view.split(' ').map((id) => document.getElementById(id)).filter(Boolean);
  const all = (selector) => parts.flatMap((part) => [...part.querySelectorAll(selector)]).filter((node) => node.checkVisibility());
  const file = [new URLSearchParams(location.search).get('model'), parts[0]?.id].filter(Boolean).join('-');
  const offers = [];
  if (all('img, svg, canvas, table').length)
    offers.push({ label: 'Picture of this view (PNG)', file, plate: () => plateFromPage(all('h2, h3, h4, p, figure, img, svg, canvas, table'), file) });
  all('table').forEach((table, index) => {
    offers.push({ label: `Table${titleOf(table) ? `: ${titleOf(table)}` : ''} (CSV)`, file: `${file}${index ? `-${index + 1}` : ''}`, rows: () => tableRows(table) });
  });
  return offers;
}

// In the order of the page; figures that follow one another stand side by side.
function plateFromPage(nodes, file) {
  const blocks = [];
  const inside = (node, selector) => node.parentElement.closest(selector);
  for (const node of nodes) {
    if (inside(node, 'figure, table, take-home, summary')) continue;
    const last = blocks[blocks.length - 1];
    if (node.matches('table')) blocks.push({ table: { head: [], rows: [] }, of: node });
    else if (node.matches('h2, h3, h4')) blocks.push({ heading: spoken(node) });
    else if (node.matches('p')) blocks.push({ text: spoken(node) });
    else {
      const source = node.matches('figure') ? node.querySelector('canvas, svg, img') : node;
      const words = node.matches('figure') ? ['h4', 'figcaption'].map((one) => node.querySelector(one)).filter(Boolean).map(spoken).join('. ') : '';
      if (!source) continue;
      if (last?.panels) last.panels.push({ source, caption: words });
      else blocks.push({ panels: [{ source, caption: words }] });
    }
  }
  for (const block of blocks) {
    if (block.of) block.table = textTable(block.of);
    if (block.panels) block.columns = Math.min(4, Math.max(2, block.panels.length));
  }
  const first = blocks.findIndex((block) => block.heading || block.text);
  const title = first < 0 ? file : blocks.splice(first, 1)[0];
  return { title: title.heading ?? title.text ?? title, lines: [networkLine()], blocks };
}

const barOf = (cell) => ({ share: parseFloat(cell.querySelector('span')?.style.width) / 100 || 0 });

function textTable(table) {
  const rows = [...table.rows].map((row) => [...row.cells].map((cell) => (cell.matches('.bar') ? barOf(cell) : spoken(cell))));
  const widest = Math.max(...rows.map((row) => row.length));
  const even = rows.map((row) => [...row, ...Array(widest - row.length).fill('')]);
  const hasHead = table.tHead?.rows.length;
  return { head: hasHead ? even[0] : Array(widest).fill(''), rows: hasHead ? even.slice(1) : even };
}

function networkLine() {
  const chosen = document.querySelector('#model input:checked')?.closest('label');
  const changed = document.body.classList.contains('convscope-edited') ? ', with the changes made under “What if?”' : '';
  return chosen ? `Network: ${spoken(chosen)}${changed}` : '';
}

// ------------------------------------------------------------------------------------------------------------- the menu

const openMenus = new Set();

// Its parts are in a shadow tree, so that a view's own script finds none of them when it looks for a button of its own.
class Menu extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.list = make('div', { class: 'offers' });
    this.status = make('p', { role: 'status' });
    this.box = make('details', {}, make('summary', {}, 'Take home'), make('div', { class: 'menu' }, this.list, this.status));
    this.news = make('p', { class: 'unseen', 'aria-live': 'polite' }); // while the menu is closed
    this.attachShadow({ mode: 'open' }).append(make('style', {}, STYLE), this.box, this.news);
    this.box.addEventListener('toggle', () => {
      if (!this.box.open) return openMenus.delete(this);
      openMenus.add(this);
      this.fill();
    });
    this.list.addEventListener('click', (event) => {
      const button = event.target.closest('button');
      if (button) this.use(this.offers[Number(button.dataset.index)]);
    });
    // A view must not take a click or a key in its menu for its own.
    for (const kind of ['click', 'keydown', 'pointerdown']) this.addEventListener(kind, (event) => event.stopPropagation());
  }

  disconnectedCallback() {
    openMenus.delete(this);
  }

  fill() {
    const view = this.getAttribute('view');
    this.offers = views[view] ? views[view]() : fromPage(view);
    this.list.replaceChildren(...this.offers.map((offer, index) => make('button', { type: 'button', 'data-index': index }, offer.label)));
    this.say(this.offers.length ? '' : 'There is nothing here yet to take home.');
  }

  async use(offer) {
    if (offer.sheet || offer.latex) orderer = this;
    this.say('One moment …');
    this.news.textContent = '';
    try {
      const done = await take(offer);
      this.say(done);
      if (!offer.file) return;
      this.close(true); // it stood in front of what was saved
      this.news.textContent = done;
    } catch (error) {
      console.warn(error);
      this.say('That did not work. Please try again.');
    }
  }

  say(what) {
    this.status.replaceChildren(what);
  }

  close(withFocus) {
    this.box.open = false;
    if (withFocus) this.box.querySelector('summary').focus();
  }
}
if (!customElements.get('take-home')) customElements.define('take-home', Menu);

// These two in the capture phase, before the views hear of it.
window.addEventListener('pointerdown', (event) => {
  for (const menu of openMenus) if (!event.composedPath().includes(menu)) menu.close();
}, true);
window.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !openMenus.size) return;
  event.preventDefault();
  event.stopPropagation();
  for (const menu of openMenus) menu.close(true);
}, true);
window.convscopeNetworkLine = networkLine;
