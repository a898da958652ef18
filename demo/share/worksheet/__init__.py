"""A value's calculation as an exercise on paper, with its key. What the numbers are is for `model_zoo.explain.sums`."""
