"""How one value came about, and the sliding window. The arithmetic is in `model_zoo.explain.sums`."""
