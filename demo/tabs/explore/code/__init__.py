"""The code of a step: the line of PyTorch that makes it, its arguments, its sums, and the whole network to download."""
