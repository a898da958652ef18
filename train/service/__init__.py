"""Trainings for a server: orders, the queue, the process of each, and the run folders. What `demo` may import.

Nothing here loads PyTorch or imports train/engine or train/commands; trainings are processes of their own.
"""
