"""The forms in which sets of labelled photos come: one module each, from files to a `Listing`.

No pixel is decoded here, and nothing is split or left out by chance: see train/data/division.py and cache.py.
"""
