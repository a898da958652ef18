/** Pictures for the bench: tiny ones that are built in, and others reduced to few values from 0, black, to 1, white. */

/** @typedef {import('./arithmetic.js').GreyMap} GreyMap */
/** @typedef {'grey' | 'red' | 'green' | 'blue'} Colour */

export const SIDE = 8; // of those that are built in or drawn
export const SIDES = [8, 10, 12, 16, 20, 24, 32];
export const SENT = 32; // of what the server sends
/** @type {Colour[]} */
export const COLOURS = ['grey', 'red', 'green', 'blue'];
const LUMINANCE = [0.299, 0.587, 0.114]; // of red, green and blue: ITU-R BT.601, as PIL's mode "L"

/** @type {Record<string, { title: string, rows: string[] }>} `#` is white, `+` grey, `.` black */
const BUILT_IN = {
  vertical: { title: 'Vertical edge', rows: Array(8).fill('....####') },
  horizontal: { title: 'Horizontal edge', rows: [...Array(4).fill('........'), ...Array(4).fill('########')] },
  diagonal: {
    title: 'Diagonal',
    rows: ['#.......', '##......', '.##.....', '..##....', '...##...', '....##..', '.....##.', '......##'],
  },
  dot: {
    title: 'Dot',
    rows: ['........', '........', '...++...', '..+##+..', '..+##+..', '...++...', '........', '........'],
  },
  letter: {
    title: 'Letter F',
    rows: ['........', '.#####..', '.#......', '.####...', '.#......', '.#......', '.#......', '........'],
  },
};
const LEVELS = { '#': 1, '+': 0.5, '.': 0 };

/** Title by name. */
export const TITLES = Object.fromEntries(Object.entries(BUILT_IN).map(([name, { title }]) => [name, title]));

/**
 * @param {string} name
 * @returns {GreyMap | null} null where none is built in by that name
 */
export function builtIn(name) {
  if (!Object.hasOwn(BUILT_IN, name)) return null;
  const values = [...BUILT_IN[name].rows.join('')].map((sign) => LEVELS[/** @type {'#'} */ (sign)]);
  return { values, height: SIDE, width: SIDE };
}

/**
 * @param {ArrayLike<number>} pixels red, green and blue from 0 to 255 of `SENT` x `SENT` pixels, row by row
 * @param {Colour} colour
 * @param {number} side of the map; each of its values is the mean of what it stands for, with two decimals
 * @returns {GreyMap}
 */
export function reduced(pixels, colour, side) {
  const weights = colour === 'grey' ? LUMINANCE : COLOURS.slice(1).map((name) => Number(name === colour));
  const level = (/** @type {number} */ row, /** @type {number} */ column) => {
    const at = 3 * (row * SENT + column);
    return (weights[0] * pixels[at] + weights[1] * pixels[at + 1] + weights[2] * pixels[at + 2]) / 255;
  };
  const parts = Array.from({ length: side }, (_, i) => sharesOf(i, side));
  const values = Array.from({ length: side * side }, (_, i) => {
    let sum = 0;
    for (const [row, down] of parts[Math.floor(i / side)])
      for (const [column, right] of parts[i % side]) sum += down * right * level(row, column);
    return Math.round(100 * sum * (side / SENT) ** 2) / 100;
  });
  return { values, height: side, width: side };
}

/**
 * The pixels that a value stands for, and how much of each.
 * @param {number} at
 * @param {number} side
 * @returns {[number, number][]}
 */
function sharesOf(at, side) {
  const [from, to] = [(at * SENT) / side, ((at + 1) * SENT) / side];
  /** @type {[number, number][]} */
  const found = [];
  for (let pixel = Math.floor(from); pixel < Math.ceil(to - 1e-9); pixel += 1)
    found.push([pixel, Math.min(to, pixel + 1) - Math.max(from, pixel)]);
  return found;
}
