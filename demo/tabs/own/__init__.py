"""The tab in which visitors teach a network classes of their own, with pictures that stay in memory.

What the browser sends goes to an address of its own (route.py), beside Gradio's queue, as the live picture does.
"""
