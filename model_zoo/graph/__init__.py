"""A network as a graph of steps: tracing, walking, changes to a walk, and what can be read from the graph alone.

Nothing here explains a value to a reader (that is `model_zoo.explain`), and nothing knows an entry of the zoo.
"""
