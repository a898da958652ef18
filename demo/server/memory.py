"""How the memory of the process grows under many requests at once."""

import ctypes
import sys

ARENAS = 2
M_ARENA_MAX = -8  # of glibc's malloc.h


def bound_arenas() -> None:
    """Lets all threads share a few of glibc's memory arenas; elsewhere than on Linux with glibc nothing happens.

    Else each thread may get one of its own, eight a core, and keeps in it what one request once needed. It must be
    called before the first thread starts.
    """
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)
    except (OSError, AttributeError):  # another C library
        pass
