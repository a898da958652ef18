// Shared by the widgets: packed feature maps -> numbers -> colours on a canvas.

// Blue - white - red, colour-blind safe; zero is white. Stops from 0 to 1 of |value| / limit.
const NEGATIVE = [[255, 255, 255], [146, 197, 222], [67, 147, 195], [33, 102, 172], [5, 48, 97]];
const POSITIVE = [[255, 255, 255], [244, 165, 130], [214, 96, 77], [178, 24, 43], [103, 0, 31]];
const LEVELS = 512;

function shades(stops) {
  const table = new Uint8ClampedArray((LEVELS + 1) * 3);
  for (let level = 0; level <= LEVELS; level++) {
    const at = (level / LEVELS) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    for (let c = 0; c < 3; c++) table[level * 3 + c] = stops[low][c] + (at - low) * (stops[low + 1][c] - stops[low][c]);
  }
  return table;
}
const NEGATIVE_SHADES = shades(NEGATIVE);
const POSITIVE_SHADES = shades(POSITIVE);

// The value of each character of base64.
const SIX_BITS = new Uint8Array(128);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((c, i) => (SIX_BITS[c.charCodeAt(0)] = i));

// Integers of one step or channel, as the server packed them; value = integer * factor.
function unpackMaps(packed) {
  const size = packed.height * packed.width;
  if (packed.bits === 6) return { ...packed, integers: Int8Array.from(packed.data, (c) => SIX_BITS[c.charCodeAt(0)] - 32), size };
  const bytes = Uint8Array.from(atob(packed.data), (c) => c.charCodeAt(0));
  const integers = packed.bits === 16 ? new Int16Array(bytes.buffer) : new Int8Array(bytes.buffer);
  return { ...packed, integers, size };
}

// One value of a map without the decimals that were lost on the way: what is calculated exactly must not contradict it.
function valueOf(maps, channel, { row, column }) {
  const decimals = Math.max(0, Math.min(20, Math.floor(-Math.log10(maps.factor))));
  return Number((maps.integers[channel * maps.size + row * maps.width + column] * maps.factor).toFixed(decimals));
}

// Colour one value of a map into RGBA bytes.
function colour(pixels, at, value, limit) {
  const level = limit > 0 ? Math.min(LEVELS, Math.round((Math.abs(value) / limit) * LEVELS)) : 0;
  const table = value < 0 ? NEGATIVE_SHADES : POSITIVE_SHADES;
  pixels[at] = table[level * 3];
  pixels[at + 1] = table[level * 3 + 1];
  pixels[at + 2] = table[level * 3 + 2];
  pixels[at + 3] = 255;
}

function cssColour(value, limit) {
  const pixel = [0, 0, 0, 0];
  colour(pixel, 0, value, limit);
  return `rgb(${pixel[0]} ${pixel[1]} ${pixel[2]})`;
}

// The colours of a table's cell that shows a value: black or white letters, of which one has a contrast of at least
// 4.5 to 1 on any ground (WCAG 2.2, 1.4.3; the formula is its relative luminance).
function cellColours(value, limit) {
  const pixel = [0, 0, 0, 0];
  colour(pixel, 0, value, limit);
  const [red, green, blue] = pixel.map((byte) => (byte <= 10 ? byte / 3294.6 : ((byte / 255 + 0.055) / 1.055) ** 2.4));
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return `background:rgb(${pixel.slice(0, 3).join(' ')});color:${luminance < 0.179 ? '#fff' : '#000'}`;
}

// Channel `channel` of `maps` into `image` with its top left corner at (left, top).
function paintMap(image, maps, channel, limit, left, top) {
  for (let row = 0; row < maps.height; row++) {
    for (let column = 0; column < maps.width; column++) {
      const value = maps.integers[channel * maps.size + row * maps.width + column] * maps.factor;
      colour(image.data, 4 * ((top + row) * image.width + left + column), value, limit);
    }
  }
}

// A canvas that shows one channel, one canvas pixel for each value; CSS enlarges it without smoothing.
function drawMap(canvas, maps, channel, limit) {
  canvas.width = maps.width;
  canvas.height = maps.height;
  const context = canvas.getContext('2d');
  const image = context.createImageData(maps.width, maps.height);
  paintMap(image, maps, channel, limit, 0, 0);
  context.putImageData(image, 0, 0);
}

// The colour scale as a strip from -limit (or 0, where nothing is negative) to limit.
function drawLegend(canvas, limit, signed) {
  canvas.width = 200;
  canvas.height = 1;
  const context = canvas.getContext('2d');
  const image = context.createImageData(200, 1);
  for (let x = 0; x < 200; x++) {
    const share = signed ? (x / 199) * 2 - 1 : x / 199;
    colour(image.data, 4 * x, share * limit, limit);
  }
  context.putImageData(image, 0, 0);
}

// A number for reading: three significant digits, a true minus sign.
function readable(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1000 ? Math.round(value).toLocaleString('en') : size >= 0.0001 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
  return text.replace('-', '\u2212');
}

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'class') node.className = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// What one colour scale is shared by: the values of a step, of one channel, or of the whole network. The address holds
// it; choosing another needs no server.
const SCALES = ['step', 'channel', 'network'];

function scaleLevel() {
  const asked = new URLSearchParams(location.search).get('scale');
  return SCALES.includes(asked) ? asked : SCALES[0];
}

// The value that the server sent, which comes as JSON text.
function sent() {
  return props.value ? JSON.parse(props.value) : {};
}

// One choice at a time is with the server; of those made meanwhile only the last is sent, when it has answered.
// (Gradio's own trigger_mode "always_last" would send the first one's data again.) All widgets share one line. What is
// asked about a view (any event that is no choice) waits until no choice of another view is left.
// `choice`: step and channel that the reader chose last, which an answer to something asked before must not take back.
const line = (window.convscopeLine ??= { busy: false, since: 0, next: null, later: {}, choice: null, listening: false });
const CHOICES = ['pick', 'detail'];
const LOST = 5000; // milliseconds without an answer after which the server is taken to have lost a choice

function release() {
  const event = Object.keys(line.later)[0];
  const next = line.next ?? line.later[event];
  line.busy = false;
  if (line.next) line.next = null;
  else delete line.later[event];
  if (next) next();
}

if (!line.listening) {
  line.listening = true;
  window.addEventListener('convscope-answered', release);
  window.addEventListener('popstate', () => (line.choice = null)); // what the address says is chosen last now
}

// `wanted` is asked when it is this one's turn: what it says no to is dropped.
function send(choice, event = 'pick', wanted = () => true) {
  if (event === 'pick') line.choice = { step: choice.step, channel: choice.channel };
  const fire = () => {
    if (!wanted()) return line.next || Object.keys(line.later).length ? release() : undefined;
    line.busy = true;
    line.since = performance.now();
    trigger(event, choice);
  };
  const { since } = line;
  const left = line.busy ? since + LOST - performance.now() : 0;
  if (left <= 0) return fire();
  if (CHOICES.includes(event)) line.next = fire;
  else line.later[event] = fire;
  setTimeout(() => line.busy && line.since === since && release(), left);
}
