// A plate: a view drawn for print, on white, with title, captions, legend and tables, so that it explains itself alone.
// { title, lines: [text], blocks: [block] }, where a block is one of
//   { panels: [{ source: canvas, image or svg, caption, smooth, mark: { top, left, bottom, right } in shares }], columns }
//   { legend: { canvas, low, high } }, { heading }, { text }
//   { table: { head: [text], rows: [[cell]] } }, where a cell is text, { canvas }, { bar: -1 to 1 } or { share: 0 to 1 }

const WIDE = 2400; // pixels of a plate: 20 cm at 300 dots per inch
const EDGE = 90;
const FULL = WIDE - 2 * EDGE;
const TALLEST = 2600; // pixels of one panel
const INK = '#111';
const FAINT = '#555';
const FAMILY = '"Source Sans Pro", ui-sans-serif, system-ui, sans-serif';
const font = (size, weight = 400) => `${weight} ${size}px ${FAMILY}`;

function textLines(pen, text, width) {
  const lines = [];
  for (const paragraph of String(text).split('\n')) {
    let now = '';
    for (const word of paragraph.split(' ')) {
      const longer = now ? `${now} ${word}` : word;
      if (now && pen.measureText(longer).width > width) {
        lines.push(now);
        now = word;
      } else now = longer;
    }
    lines.push(now);
  }
  return lines;
}

// Draws a text and tells how high it is; so do the other functions here. Where `dry`, nothing is drawn.
function drawText(pen, dry, text, left, top, width, size, { weight = 400, colour = INK, align = 'left' } = {}) {
  pen.font = font(size, weight);
  pen.fillStyle = colour;
  pen.textAlign = align;
  pen.textBaseline = 'top';
  const x = align === 'center' ? left + width / 2 : align === 'right' ? left + width : left;
  const lines = textLines(pen, text, width);
  if (!dry) lines.forEach((line, index) => pen.fillText(line, x, top + index * size * 1.3));
  return lines.length * size * 1.3;
}

const widthOf = (source) => source.naturalWidth || source.width;
const heightOf = (source) => source.naturalHeight || source.height;

// As large as the room allows; small maps by a whole number, so that every value is a square of the same size.
function fit(source, room, smooth) {
  const most = Math.min(room / widthOf(source), TALLEST / heightOf(source));
  return most > 1 && !smooth ? Math.floor(most) : most;
}

function drawPanels(pen, dry, { panels, columns = Math.min(4, panels.length) }, top) {
  const gap = columns > 8 ? 14 : 50;
  const room = (FULL - gap * (columns - 1)) / columns;
  const size = Math.max(16, Math.min(32, room * 0.2));
  let height = 0;
  for (let first = 0; first < panels.length; first += columns) {
    let tallest = 0;
    panels.slice(first, first + columns).forEach((panel, index) => {
      const left = EDGE + index * (room + gap);
      tallest = Math.max(tallest, drawPanel(pen, dry, panel, left, top + height, room, size));
    });
    height += tallest + gap * 0.6;
  }
  return height;
}

function drawPanel(pen, dry, { source, caption = '', mark, smooth = false }, left, top, room, size) {
  const times = fit(source, room, smooth);
  const [width, height] = [widthOf(source) * times, heightOf(source) * times];
  if (!dry) {
    pen.imageSmoothingEnabled = smooth || times < 1;
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(source, left, top, width, height);
    pen.strokeStyle = '#999';
    pen.lineWidth = 2;
    if (!panelIsBare(source)) pen.strokeRect(left - 1, top - 1, width + 2, height + 2);
    if (mark) drawMark(pen, mark, left, top, width, height);
  }
  return height + (caption ? 10 + drawText(pen, dry, caption, left, top + height + 10, room, size) : 0);
}

const panelIsBare = (source) => Boolean(source.dataset?.bare); // a chart needs no frame

function drawMark(pen, mark, left, top, width, height) {
  const inside = (share) => Math.max(0, Math.min(1, share));
  const [x, y] = [left + inside(mark.left) * width, top + inside(mark.top) * height];
  const [w, h] = [(inside(mark.right) - inside(mark.left)) * width, (inside(mark.bottom) - inside(mark.top)) * height];
  for (const [colour, thick] of [['#fff', 14], ['#111', 7]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = thick;
    pen.strokeRect(x, y, w, h);
  }
}

function drawLegendOf(pen, dry, { canvas, low, high }, top) {
  pen.font = font(34);
  const [before, length] = [pen.measureText(low).width + 20, 700];
  if (!dry) {
    drawText(pen, dry, low, EDGE, top, FULL, 34);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(canvas, EDGE + before, top, length, 44);
    pen.strokeStyle = '#999';
    pen.lineWidth = 2;
    pen.strokeRect(EDGE + before, top, length, 44);
    drawText(pen, dry, high, EDGE + before + length + 20, top, FULL, 34);
  }
  return 64;
}

function drawTable(pen, dry, { head, rows }, top) {
  const size = 32;
  pen.font = font(size);
  const need = head.map((_, column) => Math.max(...rows.map((row) => cellWidth(pen, row[column]))));
  pen.font = font(size, 700);
  head.forEach((text, column) => (need[column] = Math.max(need[column], cellWidth(pen, text))));
  const scale = Math.min(1, FULL / need.reduce((sum, width) => sum + width + 40, 0));
  const widths = need.map((width) => (width + 40) * scale);
  let height = drawRow(pen, dry, head, widths, top, size, { weight: 700, colour: FAINT });
  for (const row of rows) height += drawRow(pen, dry, row, widths, top + height, size);
  return height + 10;
}

function cellWidth(pen, cell) {
  if (cell?.canvas) return 96;
  if (cell?.share !== undefined) return 900;
  return cell?.bar !== undefined ? 320 : Math.min(900, pen.measureText(String(cell ?? '')).width);
}

function drawRow(pen, dry, row, widths, top, size, style) {
  const tallest = row.some((cell) => cell?.canvas) ? 92 : Math.max(...row.map((cell, column) => textHeight(pen, cell, widths[column] - 36, size, style)));
  let left = EDGE;
  row.forEach((cell, column) => {
    const width = widths[column] - 40;
    const middle = top + 8 + (tallest - textHeight(pen, cell, width + 4, size, style)) / 2;
    if (cell?.canvas) drawSmall(pen, dry, cell.canvas, left + width - 84, top + 10);
    else if (cell?.bar !== undefined) drawBar(pen, dry, cell.bar, left, middle + 6, width, size);
    else if (cell?.share !== undefined) drawShare(pen, dry, cell.share, left, middle + 6, width, size);
    else drawText(pen, dry, cell ?? '', left, middle, width + 4, size, { align: column ? 'right' : 'left', ...style });
    left += widths[column];
  });
  if (!dry) {
    pen.fillStyle = '#ccc';
    pen.fillRect(EDGE, top + tallest + 14, left - EDGE - 40, 2);
  }
  return tallest + 16;
}

const textHeight = (pen, cell, width, size, style) => (typeof cell === 'object' ? size * 1.3 : drawText(pen, true, cell ?? '', 0, 0, width, size, style));

function drawSmall(pen, dry, canvas, left, top) {
  const times = 84 / Math.max(canvas.width, canvas.height);
  if (!dry) {
    pen.imageSmoothingEnabled = false;
    pen.drawImage(canvas, left, top, canvas.width * times, canvas.height * times);
    pen.strokeStyle = '#999';
    pen.lineWidth = 1.5;
    pen.strokeRect(left, top, canvas.width * times, canvas.height * times);
  }
}

function drawBar(pen, dry, share, left, top, width, size) {
  if (dry) return;
  const middle = left + width / 2;
  pen.fillStyle = share < 0 ? '#4393c3' : '#d6604d';
  pen.fillRect(share < 0 ? middle + (share * width) / 2 : middle, top, (Math.abs(share) * width) / 2, size * 0.8);
  pen.fillStyle = '#999';
  pen.fillRect(middle - 1, top - 4, 2, size);
}

function drawShare(pen, dry, share, left, top, width, size) {
  if (dry) return;
  pen.fillStyle = '#ddd';
  pen.fillRect(left, top + size * 0.4, width, 2);
  pen.fillStyle = '#0f766e';
  pen.fillRect(left, top, Math.max(2, share * width), size * 0.8);
}

function drawBlock(pen, dry, block, top) {
  if (block.panels) return block.panels.length ? drawPanels(pen, dry, block, top) : 0;
  if (block.legend) return drawLegendOf(pen, dry, block.legend, top);
  if (block.table) return drawTable(pen, dry, block.table, top);
  if ('heading' in block) return 16 + drawText(pen, dry, block.heading, EDGE, top + 16, FULL, 42, { weight: 700 });
  return drawText(pen, dry, block.text, EDGE, top, FULL, 34, { colour: FAINT });
}

function drawPlate(pen, dry, { title, lines = [], blocks }) {
  let top = EDGE;
  top += drawText(pen, dry, title, EDGE, top, FULL, 58, { weight: 700 }) + 8;
  for (const line of lines.filter(Boolean)) top += drawText(pen, dry, line, EDGE, top, FULL, 34, { colour: FAINT });
  top += 30;
  for (const block of blocks) top += drawBlock(pen, dry, block, top) + 24;
  return top + drawText(pen, dry, 'ConvScope', EDGE, top, FULL, 26, { colour: FAINT, align: 'right' }) + EDGE * 0.6;
}

// The plate as a canvas.
async function printed(plate) {
  const ready = { ...plate, blocks: await Promise.all(plate.blocks.map(withImages)) };
  await document.fonts.ready;
  const canvas = document.createElement('canvas');
  canvas.width = WIDE;
  const height = drawPlate(canvas.getContext('2d'), true, ready);
  canvas.height = Math.ceil(height);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  drawPlate(pen, false, ready);
  return canvas;
}

async function withImages(block) {
  if (!block.panels) return block;
  const panels = await Promise.all(block.panels.map(async (panel) => ({ ...panel, source: await drawable(panel.source) })));
  return { ...block, panels: panels.filter((panel) => widthOf(panel.source) && heightOf(panel.source)) };
}

async function drawable(source) {
  if (source instanceof SVGElement) return chartImage(source);
  if (source instanceof HTMLImageElement && !source.complete) await source.decode().catch(() => {});
  return source;
}

// A chart of the page in the colours of paper, whatever those of the page are.
const PAPER = { '--body-text-color': '#111', '--body-text-color-subdued': '#444', '--border-color-primary': '#bbb', '--color-accent': '#0f766e', '--background-fill-primary': '#fff', '--background-fill-secondary': '#eee' };
const KEPT = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'opacity', 'font-size', 'font-weight', 'font-family', 'text-anchor', 'display'];

async function chartImage(svg) {
  const copy = svg.cloneNode(true);
  for (const [name, value] of Object.entries(PAPER)) copy.style.setProperty(name, value);
  copy.querySelector('.cursor')?.remove();
  svg.after(copy); // beside it, where the same styles hold
  for (const node of [copy, ...copy.querySelectorAll('*')]) {
    const style = getComputedStyle(node);
    for (const name of KEPT) node.style.setProperty(name, style.getPropertyValue(name));
  }
  copy.remove();
  const { width, height } = svg.viewBox.baseVal;
  copy.setAttribute('width', 3 * width);
  copy.setAttribute('height', 3 * height);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.style.maxWidth = 'none';
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  image.dataset.bare = 'yes';
  return image;
}
