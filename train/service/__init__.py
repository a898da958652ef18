"""Trainings for a server: orders, the queue, the process of each, and the run folders. What `demo` may import.

Nothing here loads PyTorch as it is imported; trainings are processes of their own. Own classes (own.py), which learn in
milliseconds, run in the process of whoever asks, and load what they need then.
"""
