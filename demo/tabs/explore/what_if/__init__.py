"""Cause and effect: changes to the pass, and which channels matter. Edits are in `model_zoo.graph.edits`."""
