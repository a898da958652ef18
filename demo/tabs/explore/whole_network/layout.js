/**
 * Where each channel of each step lies when the whole network is in sight, in CSS pixels: a column for each step, whose
 * channels run along short rows from top to bottom.
 *
 * @typedef {object} Wanted a column to lay out
 * @property {string} step "input" for the picture, "answer" for the classes
 * @property {number} block -1 of picture and answer
 * @property {number} channels
 * @property {'picture' | 'maps' | 'values' | 'list' | 'classes'} kind maps; single values; a list with several entries a
 *   channel
 *
 * @typedef {object} Placed a column with its place
 * @property {string} step
 * @property {number} block
 * @property {number} channels
 * @property {number} across channels in a row
 * @property {number} left
 * @property {number} width
 * @property {number} cellWidth of a channel
 * @property {number} cellHeight
 * @property {number} pitchX from one channel to the next
 * @property {number} pitchY
 *
 * @typedef {object} Layout
 * @property {Placed[]} columns
 * @property {number} head height of what stands above the columns
 * @property {number} width of everything
 * @property {number} height
 * @property {number} cell the side of a map
 *
 * @typedef {{ step: string, channel: number }} At
 */

export const HEAD = 52; // a block's name, a step's name and its shape
const GAP = 26; // between two columns, for the lines
const NARROW_GAP = 18; // the same where all is to be in sight
const BETWEEN = 1; // between two channels
const LEAST_WIDTH = 40; // of a column, for its name
const NARROW = 24;
const FEW = 32; // single values that are drawn as large as maps
export const LEAST = 16; // pixels of a map, unless the whole is to be in sight
const SMALLEST = 6;
const LARGEST = 28;
const CLASS = [150, 20]; // width and height of a class
const NARROW_CLASS = [120, 20];
const VALUE = 7; // pixels of a single value of many
const NARROW_VALUE = 3;

/**
 * @param {Wanted} column
 * @param {number} cell the side of a map
 * @param {boolean} isAll whether everything is to be in sight
 */
function cellOf({ kind, channels }, cell, isAll) {
  if (kind === 'classes') return isAll ? NARROW_CLASS : CLASS;
  if (kind === 'list') return [cell, 4];
  const side = kind === 'picture' ? 2 * cell : kind === 'values' && channels > FEW ? (isAll ? NARROW_VALUE : VALUE) : cell;
  return [side, side];
}

/**
 * @param {Wanted[]} wanted
 * @param {number} room CSS pixels below each other
 * @param {number} cell
 * @param {boolean} isAll
 * @returns {Layout}
 */
function laidOut(wanted, room, cell, isAll) {
  const [gap, least] = isAll ? [NARROW_GAP, NARROW] : [GAP, LEAST_WIDTH];
  let left = 4;
  let height = 0;
  const columns = wanted.map((column) => {
    const [cellWidth, cellHeight] = cellOf(column, cell, isAll);
    const [pitchX, pitchY] = [cellWidth + BETWEEN, cellHeight + BETWEEN];
    const fitting = Math.max(1, Math.floor(room / pitchY));
    const across = Math.max(1, Math.ceil(column.channels / fitting));
    const width = Math.max(least, across * pitchX - BETWEEN);
    const placed = { step: column.step, block: column.block, channels: column.channels, across, left, width, cellWidth, cellHeight, pitchX, pitchY };
    height = Math.max(height, Math.ceil(column.channels / across) * pitchY);
    left += width + gap;
    return placed;
  });
  return { columns, head: HEAD, width: left - gap + 4, height: HEAD + height, cell };
}

/**
 * With maps as large as fit, of at least 16 pixels; smaller ones only where all is to be in sight.
 * @param {Wanted[]} wanted
 * @param {{ width: number, height: number }} room
 * @param {boolean} isAll whether everything is to be in sight
 * @returns {Layout}
 */
export function layOut(wanted, room, isAll) {
  const below = Math.max(60, room.height - HEAD);
  for (let cell = LARGEST; cell >= (isAll ? SMALLEST : LEAST); cell--) {
    const found = laidOut(wanted, below, cell, isAll);
    if (found.width <= room.width || cell === (isAll ? SMALLEST : LEAST)) return found;
  }
  return laidOut(wanted, below, LEAST, isAll);
}

/**
 * @param {Layout} layout
 * @param {At} at
 * @returns {{ left: number, top: number, width: number, height: number } | null} null where the step is folded away
 */
export function boxOf({ columns, head }, { step, channel }) {
  const column = columns.find((one) => one.step === step);
  if (!column || channel >= column.channels) return null;
  const { left, across, pitchX, pitchY, cellWidth, cellHeight } = column;
  return {
    left: left + (channel % across) * pitchX,
    top: head + Math.floor(channel / across) * pitchY,
    width: cellWidth,
    height: cellHeight,
  };
}

/**
 * The channel at a place, or the one beside whose thin edge it is.
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 * @returns {At | null}
 */
export function channelAt({ columns, head }, x, y) {
  const column = columns.find(({ left, across, pitchX }) => x >= left && x < left + across * pitchX);
  if (!column || y < head) return null;
  const { left, across, pitchX, pitchY, channels, step } = column;
  const channel = Math.floor((y - head) / pitchY) * across + Math.floor((x - left) / pitchX);
  return channel < channels ? { step, channel } : null;
}

/**
 * Where a key leads: along rows and columns of channels, and over a column's edge into the next one at the same height.
 * @param {Layout} layout
 * @param {At} at
 * @param {string} key
 * @returns {At | null} null for another key
 */
export function neighbour(layout, at, key) {
  const { columns } = layout;
  const index = Math.max(0, columns.findIndex((one) => one.step === at.step));
  const { across, channels } = columns[index];
  const column = at.channel % across;
  const other = (/** @type {number} */ n, /** @type {boolean} */ isLast) => beside(layout, at, index, Math.max(0, Math.min(columns.length - 1, n)), isLast);
  switch (key) {
    case 'ArrowDown':
      return { step: columns[index].step, channel: at.channel + across < channels ? at.channel + across : at.channel };
    case 'ArrowUp':
      return { step: columns[index].step, channel: at.channel - across >= 0 ? at.channel - across : at.channel };
    case 'ArrowRight':
      if (column < across - 1 && at.channel + 1 < channels) return { step: at.step, channel: at.channel + 1 };
      return other(index + 1, false);
    case 'ArrowLeft':
      return column > 0 ? { step: at.step, channel: at.channel - 1 } : other(index - 1, true);
    case 'PageDown':
      return other(index + 1, false);
    case 'PageUp':
      return other(index - 1, false);
    case 'Home':
      return other(0, false);
    case 'End':
      return other(columns.length - 1, false);
    default:
      return null;
  }
}

/**
 * @param {Layout} layout
 * @param {At} at
 * @param {number} now number of its column
 * @param {number} next that of the other one
 * @param {boolean} isLast whether the other one is entered from its right
 * @returns {At}
 */
function beside(layout, at, now, next, isLast) {
  if (now === next) return at;
  const { step, across, pitchY, channels } = layout.columns[next];
  const here = boxOf(layout, at);
  const row = here ? Math.round((here.top - layout.head) / pitchY) : 0;
  const last = Math.ceil(channels / across) - 1;
  return { step, channel: Math.min(channels - 1, Math.min(row, last) * across + (isLast ? across - 1 : 0)) };
}
