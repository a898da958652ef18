// Numbers for readers that still add up, and packed numbers from the server.

const find = (selector) => element.querySelector(selector);

// float32 numbers as the server packed them.
function floats(text) {
  return new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
}

// With so many decimals and a true minus sign; a zero has none.
function fixed(value, decimals) {
  if (value === null || !Number.isFinite(value)) return value === -Infinity ? '−∞' : value === Infinity ? '∞' : 'no number';
  const text = value.toFixed(decimals);
  return (/[1-9]/.test(text) ? text : text.replace('-', '')).replace('-', '−');
}

function rounded(value, decimals) {
  return Number(value.toFixed(decimals));
}

// A sum of numbers as they are shown, with fewer decimals: halves go away from zero, whatever they are in binary.
function fixedSum(sum, decimals) {
  return fixed(sum + Math.sign(sum) * 1e-7 * 10 ** -decimals, decimals);
}

// The sum of the numbers as they are shown.
function shownSum(values, decimals) {
  return values.reduce((sum, value) => sum + rounded(value, decimals), 0);
}

// The fewest decimals, but `least`, with which the products shown make their sum as shown with `least`.
function decimalsFor(products, sum, least) {
  for (let decimals = least; decimals < least + 7; decimals++)
    if (fixedSum(shownSum(products, decimals), least) === fixed(sum, least)) return decimals;
  return least + 6;
}

// The fewest decimals, but `least`, with which each value shown times its weight shown makes the product as shown.
function factorDecimals(values, weights, least) {
  const fits = (decimals) => values.every((value, i) => fixedSum(rounded(value, decimals) * rounded(weights[i], decimals), least) === fixed(value * weights[i], least));
  for (let decimals = least; decimals < least + 6; decimals++) if (fits(decimals)) return decimals;
  return least;
}

function largest(values) {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

// A canvas of a few values, one pixel each.
function littleMap(values, height, width, limit) {
  const canvas = make('canvas', { class: 'little', 'aria-hidden': 'true' });
  drawMap(canvas, { integers: values, factor: 1, height, width, size: height * width }, 0, limit);
  return canvas;
}

// The colours of a table's cell that shows a value.
function shade(value, limit) {
  if (!Number.isFinite(value)) return '';
  return cellColours(value, limit);
}
