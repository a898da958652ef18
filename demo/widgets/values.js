// What several widgets say of values.

const percent = (share) => `${(100 * share).toFixed(1)} %`;

// Lowest, highest and mean of values that were packed as integers, or of values themselves.
function extent(values, factor = 1) {
  let [low, high, sum] = [Infinity, -Infinity, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += value;
  }
  return { low: low * factor, high: high * factor, mean: (sum * factor) / values.length };
}
