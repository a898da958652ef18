"""One channel large, and the effective field of the value that is chosen on it."""
