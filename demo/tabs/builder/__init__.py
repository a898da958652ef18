"""The Build tab: a small network of one's own, put together layer by layer and trained for at most a minute.

The browser counts shapes and weights itself (`page/layers.js`); the server checks all of it again, trains by turns, and
keeps what was trained as a network of its visitor.
"""
