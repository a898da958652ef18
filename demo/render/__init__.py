"""From arrays to what a browser shows: packed numbers, data URLs, colours, HTML and charts. Pure functions of their
arguments: nothing here knows a network, a handler or a component.
"""
