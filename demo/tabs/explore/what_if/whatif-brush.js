// A rectangle on the picture, to blank it; `view`, `find` and `ask` are those of whatif.js.

let box = null; // row, column, height, width, in the network's pixels
let started = null;

function drawInput() {
  const image = new Image();
  image.onload = () => {
    const canvas = find('.canvas canvas');
    canvas.width = canvas.height = view.size;
    canvas.getContext('2d').drawImage(image, 0, 0);
  };
  image.src = view.picture;
  if (!find('.by').value) find('.by').value = Math.max(1, Math.round(view.size / 16));
  find('.how').textContent = `What the network gets: ${view.size} × ${view.size} pixels. Drag a rectangle over it to blank it; a click blanks a small square.`;
  box = null;
  drawBox();
}

function drawBox() {
  const mark = find('.box');
  mark.hidden = !box;
  if (!box) return;
  const share = (pixels) => `${(100 * pixels) / view.size}%`;
  Object.assign(mark.style, { top: share(box.row), left: share(box.column), height: share(box.height), width: share(box.width) });
}

function at(event) {
  const frame = find('.canvas canvas').getBoundingClientRect();
  const within = (part) => Math.max(0, Math.min(view.size - 1, Math.floor(part * view.size)));
  return { row: within((event.clientY - frame.top) / frame.height), column: within((event.clientX - frame.left) / frame.width) };
}

function blank() {
  if (!box) return;
  ask({ add: `input:${find('input[name=fill]:checked').value}.${box.row}.${box.column}.${box.height}.${box.width}` });
}

function followBrush() {
  const board = find('.canvas');
  board.addEventListener('pointerdown', (event) => {
    started = at(event);
    board.setPointerCapture(event.pointerId);
    box = { ...started, height: 1, width: 1 };
    drawBox();
  });
  board.addEventListener('pointermove', (event) => {
    if (!started) return;
    const here = at(event);
    box = {
      row: Math.min(started.row, here.row),
      column: Math.min(started.column, here.column),
      height: Math.abs(started.row - here.row) + 1,
      width: Math.abs(started.column - here.column) + 1,
    };
    drawBox();
  });
  board.addEventListener('pointerup', () => {
    if (!started) return;
    started = null;
    if (box.height * box.width === 1) {
      const side = Math.max(1, Math.round(view.size / 8));
      const inside = (value) => Math.max(0, Math.min(view.size - side, value - Math.floor(side / 2)));
      box = { row: inside(box.row), column: inside(box.column), height: side, width: side };
    }
    drawBox();
    blank();
  });
  board.addEventListener('pointercancel', () => {
    started = null;
    box = null;
    drawBox();
  });
  board.addEventListener('keydown', (event) => {
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    if (event.key === 'Enter') return blank();
    if (!(event.key in moves)) return;
    event.preventDefault();
    const quarter = Math.max(1, Math.round(view.size / 4));
    box ??= { row: Math.floor((view.size - quarter) / 2), column: Math.floor((view.size - quarter) / 2), height: quarter, width: quarter };
    const [down, right] = moves[event.key].map((by) => by * Math.max(1, Math.round(view.size / 32)));
    const keep = (value, low, high) => Math.max(low, Math.min(high, value));
    if (event.shiftKey) box = { ...box, height: keep(box.height + down, 1, view.size - box.row), width: keep(box.width + right, 1, view.size - box.column) };
    else box = { ...box, row: keep(box.row + down, 0, view.size - box.height), column: keep(box.column + right, 0, view.size - box.width) };
    drawBox();
  });
}
