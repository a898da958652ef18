// What several widgets say of values.

const percent = (share) => `${(100 * share).toFixed(1)} %`;
// Percentage points between two shares as they are shown, so that the three numbers of a row agree.
const pointsBetween = (before, now) => {
  const [from, to] = [before, now].map((share) => Math.round(10 * Number((100 * share).toFixed(1))));
  return (to - from) / 10;
};

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
