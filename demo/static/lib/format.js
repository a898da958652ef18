/** Numbers for readers, with a true minus sign, and so rounded that what stands together adds up; and names of steps. */

const MINUS = '\u2212';
const MOST = 10; // letters that a tile of the strip has room for
const RANGE = ' – '; // between the first and the last step of a block that has no name of its own

/**
 * Three significant digits.
 * @param {number} value
 */
export function readable(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en').replace('-', MINUS);
  return (size >= 0.0001 ? String(Number(value.toPrecision(3))) : value.toExponential(1)).replace('-', MINUS);
}

/**
 * With so many decimals; a zero has no sign.
 * @param {number | null} value
 * @param {number} decimals
 */
export function fixed(value, decimals) {
  if (value === null || Number.isNaN(value)) return 'no number';
  if (!Number.isFinite(value)) return value < 0 ? `${MINUS}∞` : '∞';
  const text = value.toFixed(decimals);
  return (/[1-9]/.test(text) ? text : text.replace('-', '')).replace('-', MINUS);
}

/**
 * @param {number} value
 * @param {number} decimals
 */
export function rounded(value, decimals) {
  return Number(value.toFixed(decimals));
}

/**
 * A sum of numbers as they are shown, with fewer decimals: halves go away from zero, whatever they are in binary.
 * @param {number} sum
 * @param {number} decimals
 */
export function fixedSum(sum, decimals) {
  return fixed(sum + Math.sign(sum) * 1e-7 * 10 ** -decimals, decimals);
}

/**
 * The sum of the numbers as they are shown.
 * @param {ArrayLike<number>} values
 * @param {number} decimals
 */
export function shownSum(values, decimals) {
  return Array.from(values).reduce((sum, value) => sum + rounded(value, decimals), 0);
}

/**
 * The fewest decimals, but `least`, with which the products shown make their sum as shown with `least`.
 * @param {ArrayLike<number>} products
 * @param {number} sum
 * @param {number} least
 */
export function decimalsFor(products, sum, least) {
  for (let decimals = least; decimals < least + 7; decimals++)
    if (fixedSum(shownSum(products, decimals), least) === fixed(sum, least)) return decimals;
  return least + 6;
}

/**
 * The fewest decimals, but `least`, with which each value shown times its weight shown makes the product as shown.
 * @param {ArrayLike<number>} values
 * @param {ArrayLike<number>} weights
 * @param {number} least
 */
export function factorDecimals(values, weights, least) {
  /** @param {number} decimals */
  const fits = (decimals) =>
    Array.from(values).every((value, i) => {
      const shown = rounded(value, decimals) * rounded(weights[i], decimals);
      return fixedSum(shown, least) === fixed(value * weights[i], least);
    });
  for (let decimals = least; decimals < least + 6; decimals++) if (fits(decimals)) return decimals;
  return least;
}

/**
 * The largest size of a finite number.
 * @param {Iterable<number>} values
 */
export function largest(values) {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

/**
 * @param {number} share from 0 to 1
 * @param {number} [decimals]
 */
export function percent(share, decimals = 1) {
  return `${(100 * share).toFixed(decimals)} %`;
}

/**
 * On one line, whatever room there is.
 * @param {string} text
 */
export function unbroken(text) {
  return text.replaceAll(' ', '\u00a0');
}

/**
 * Percentage points between two shares as they are shown, so that the three numbers of a row agree.
 * @param {number} before
 * @param {number} now
 */
export function pointsBetween(before, now) {
  const [from, to] = [before, now].map((share) => Math.round(10 * Number((100 * share).toFixed(1))));
  return (to - from) / 10;
}

/**
 * With its sign, "+" included; a zero has none.
 * @param {number} value
 * @param {number} decimals
 */
export function signed(value, decimals) {
  const text = fixed(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/**
 * Lowest, highest and mean of values, or of integers that were packed with a factor.
 * @param {ArrayLike<number>} values
 * @param {number} [factor]
 */
export function extent(values, factor = 1) {
  let [low, high, sum] = [Infinity, -Infinity, 0];
  for (const value of Array.from(values)) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
  }
  return { low: low * factor, high: high * factor, mean: (sum * factor) / values.length };
}

/**
 * With so many significant digits at most; none is added to what has fewer.
 * @param {number} value
 * @param {number} figures
 */
export function precise(value, figures) {
  return String(Number(value.toPrecision(figures))).replaceAll('-', MINUS);
}

/**
 * With a power of ten, as "1.2e−5".
 * @param {number} value
 * @param {number} decimals of the factor before it
 */
export function exponential(value, decimals) {
  return value.toExponential(decimals).replaceAll('-', MINUS);
}

/**
 * With exactly so many significant digits; tiny ones with a power of ten.
 * @param {number} value
 * @param {number} figures
 */
export function significant(value, figures) {
  if (value !== 0 && value < 1e-4) return exponential(value, figures - 1);
  const text = value.toPrecision(figures);
  return Number(text) >= 10 ** figures ? String(Math.round(value)) : text.replaceAll('-', MINUS);
}

/**
 * With two decimals, and of tiny shares two digits: no class of many is quite 0.
 * @param {number} share from 0 to 1
 */
export function finePercent(share) {
  if (share > 0 && share < 1e-4) return `${(100 * share).toPrecision(2).replaceAll('-', MINUS)} %`;
  return `${(100 * share).toFixed(2)} %`;
}

/**
 * The name of a step where there is little room: what differs between neighbours, the last part and what is before it,
 * stays.
 * @param {string} name
 * @param {number} [most] letters
 * @returns {string}
 */
export function shortened(name, most = MOST) {
  const [first, last] = name.split(RANGE);
  if (last !== undefined) return `${shortened(first, most - 2)} …`;
  if (name.length <= most) return name;
  const parts = name.split('.');
  const end = /** @type {string} */ (parts.pop());
  const near = parts.pop();
  const lead = parts.length ? '…' : '';
  const least = most - 2; // the dots are wide, and so are some letters
  if (near === undefined) return inTheMiddle(end, least);
  const room = least - end.length - lead.length - 1; // of the part before the last one
  if (near.length <= room) return `${lead}${near}.${end}`;
  return room < 2 ? inTheMiddle(end, least) : `${lead}${near.slice(0, room)}…${end}`;
}

/**
 * @param {string} word
 * @param {number} most
 */
function inTheMiddle(word, most) {
  if (word.length <= most) return word;
  const end = Math.floor((most - 1) / 2);
  return `${word.slice(0, most - 1 - end)}…${word.slice(-end)}`;
}
