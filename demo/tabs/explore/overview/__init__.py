"""The whole network at a glance: its blocks and steps, and the grid of a step's channels."""
