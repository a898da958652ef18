"""Whoever uses the page, as the server knows them: their pictures in its memory, what they ask, and what they order.

The tabs in which a visitor's own networks are made share this: one token, one set of pictures, one queue of short work.
"""
