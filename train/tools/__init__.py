"""What the commands do beside training, a module each: sets of pictures made, networks measured and applied.

Functions for Python programs, too: no argparse, no exit status; they print nothing but bars in a terminal.
"""
