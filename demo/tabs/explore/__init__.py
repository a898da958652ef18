"""The Explore tab: every step of a pass, one channel, one value, and what changes do. Each section has a folder."""
