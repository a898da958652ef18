"""The training itself: loop, optimisers, start weights, metrics, what makes it safe to interrupt.

No command line and nothing of one command only; reading pictures from the disk is `train/data`, what is written about
a run `train/entry`.
"""
