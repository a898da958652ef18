// The effective field: how strongly the chosen value depends on each pixel, over the picture. Asked for while its button
// is pressed; shown only while it is the chosen value's and the picture's box is that value's, too.

const SETTLED = 150; // milliseconds after which a choice that nobody follows up is asked about
const START = 'Point at a pixel, or move with the arrow keys, to read it.';
let influence = null; // the server's last answer
let pixels = null; // its values
let pixel = null; // { row, column } that is pointed at
let asked = ''; // what the server is asked about
let failed = '';
let due = null;

const isWanted = () => find('.effective').getAttribute('aria-pressed') === 'true';
const placeKey = (ticket, position) => JSON.stringify([ticket, ...position]);
const about = () => (main && chosen ? placeKey(main.serial, [main.step, main.channel, chosen.row, chosen.column]) : '');
const isKnown = () => Boolean(influence) && influence.key === about();

// `place` is what the picture's box belongs to.
function drawInfluence(place) {
  const isOn = isWanted();
  const isOfChosen = chosen && place?.step === main.step && place.channel === main.channel && place.row === chosen.row && place.column === chosen.column;
  find('.heat').hidden = !isOn || !isKnown() || !influence.limit || !isOfChosen;
  find('.influence').hidden = !isOn;
  find('.about').hidden = !isKnown() || !influence.limit;
  if (!isOn) return;
  const told = isKnown() ? influence.words : !chosen ? 'Choose a value on the map, and its effective field appears over the picture.' : failed === about() ? 'It could not be worked out. Choose the value again to try once more.' : 'Working it out …';
  if (find('.told').textContent !== told) find('.told').textContent = told;
}

function askInfluence() {
  clearTimeout(due);
  if (!isWanted() || !chosen || isKnown() || !element.checkVisibility()) return;
  due = setTimeout(() => {
    const key = about();
    if (!key) return;
    const { step, channel, serial } = main;
    send({ step, channel, ...chosen, ticket: serial }, 'effective', () => {
      const isStill = isWanted() && key === about() && !isKnown();
      if (isStill) {
        failed = '';
        setTimeout(() => (asked = key)); // after what listens to the answer before
      }
      return isStill;
    });
  }, SETTLED);
}

function showInfluence(answer) {
  const key = placeKey(answer.ticket, answer.position);
  if (key !== about()) return; // a late one: what is shown may be what is chosen again
  influence = { ...answer, key };
  asked = failed = '';
  pixels = unpackMaps(answer.map);
  pixel = null;
  drawLegend(find('.influence .legend'), answer.limit, false);
  find('.influence .high').textContent = readable(answer.limit);
  find('.means').textContent = answer.means;
  find('.read').textContent = START;
  find('.heat').setAttribute('aria-label', `${answer.words} Arrow keys read the pixels.`);
  const shown = influence;
  const image = new Image();
  image.onload = () => shown === influence && paintInfluence(image);
  image.src = answer.picture ?? window.convscopeNetwork.picture;
  show(chosen);
}

// The larger a value, the less of the picture's lightened greys shows.
function paintInfluence(image) {
  const canvas = find('.heat');
  const { width, height, integers, factor } = pixels;
  [canvas.width, canvas.height] = [width, height];
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(image, 0, 0, width, height);
  const drawn = context.getImageData(0, 0, width, height);
  const { data } = drawn;
  const heat = [0, 0, 0, 0];
  for (let i = 0; i < width * height; i++) {
    const value = integers[i] * factor;
    colour(heat, 0, value, influence.limit);
    const grey = 255 - 0.75 * (255 - (0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2]));
    const cover = 0.75 ** (0.5 + 2.5 * (1 - value / influence.limit));
    for (let c = 0; c < 3; c++) data[4 * i + c] = grey * (1 - cover) + heat[c] * cover;
  }
  context.putImageData(drawn, 0, 0);
}

function readPixel(row, column) {
  const inside = (number, count) => Math.max(0, Math.min(count - 1, number));
  pixel = { row: inside(row, pixels.height), column: inside(column, pixels.width) };
  const value = pixels.integers[pixel.row * pixels.width + pixel.column] * pixels.factor;
  find('.read').textContent = `Pixel in row ${pixel.row}, column ${pixel.column}: ${readable(value)}`;
}

find('.effective').addEventListener('click', () => {
  find('.effective').setAttribute('aria-pressed', !isWanted());
  failed = '';
  if (main) show(chosen);
  askInfluence();
});
find('.heat').addEventListener('keydown', (event) => {
  const moves = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
  if (!(event.key in moves)) return;
  event.preventDefault();
  const [down, across] = pixel ? moves[event.key] : [0, 0];
  const from = pixel ?? { row: Math.floor(pixels.height / 2), column: Math.floor(pixels.width / 2) };
  readPixel(from.row + down, from.column + across);
});
for (const kind of ['pointermove', 'pointerdown'])
  find('.frame').addEventListener(kind, (event) => {
    if (find('.heat').hidden) return;
    const box = find('.heat').getBoundingClientRect();
    readPixel(Math.floor(((event.clientY - box.top) / box.height) * pixels.height), Math.floor(((event.clientX - box.left) / box.width) * pixels.width));
  });
find('.frame').addEventListener('pointerleave', () => (find('.read').textContent = START));
window.addEventListener('convscope-influence', (event) => event.detail.map && showInfluence(event.detail));
window.addEventListener('convscope-answered', (event) => {
  if (event.detail === 'failed' && asked) {
    failed = asked;
    if (main) show(chosen);
  }
  asked = '';
});
window.addEventListener('convscope-value', askInfluence);
window.addEventListener('convscope-tab', () => setTimeout(askInfluence, SETTLED));
