"""How far an answer can be trusted: calibrated probabilities, whether a picture looks like those that the network
learned, and which classes cannot be excluded. Pure functions of one pass; what they need was fitted by
`python -m train trust` on pictures that trained nothing, and stands in the entry.
"""
