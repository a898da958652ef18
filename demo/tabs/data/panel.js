// Words that the server works out for the page's picture or network: asked for (`ask`) when they are in sight and what
// they follow has changed since. Buttons in them send (`pick`) their data; in a table, arrow keys move among them.

let stale = true;

function look() {
  if (!stale || document.hidden || !element.checkVisibility()) return;
  stale = false;
  trigger('ask', {});
}

window.addEventListener('convscope-renewed', (event) => {
  if (props.follows.includes(event.detail)) stale = true;
});
setInterval(look, 250);

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  for (const other of element.querySelectorAll('button')) {
    other.setAttribute('aria-pressed', other === button);
    other.tabIndex = other === button ? 0 : -1;
  }
  trigger('pick', { ...button.dataset });
});

element.addEventListener('keydown', (event) => {
  const cell = event.target.closest('td');
  if (!cell) return;
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
  if (!down && !right) return;
  event.preventDefault();
  const row = cell.parentElement.parentElement.rows[cell.parentElement.sectionRowIndex + down];
  const next = row?.cells[cell.cellIndex + right]?.querySelector('button');
  if (!next) return;
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});
