"""The Why tab: maps of what speaks for a class, and their checks. The methods are in `model_zoo.explain`."""
