"""How the memory of the process grows under many requests, and how it shrinks again."""

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

ARENAS = 2
M_ARENA_MAX = -8  # of glibc's malloc.h
EVERY = 10.0  # seconds, at least: to give memory back takes up to 80 ms, in which others wait for theirs
WORKED = 1.0  # seconds of computing, before there is anything worth giving back


def bound_arenas() -> None:
    """Lets all threads share a few of glibc's memory arenas; elsewhere than on Linux with glibc nothing happens.

    Else each thread may get one of its own, eight a core, and keeps in it what one request once needed. It must be
    called before the first thread starts.
    """
    if mallopt := _of_glibc("mallopt"):
        mallopt(M_ARENA_MAX, ARENAS)


def keep_trimmed(every: float = EVERY) -> None:
    """Gives the system back what is free, now and then while there is work; in a thread, on Linux with glibc alone.

    Of memory that was freed glibc gives back by itself only what lies at the end of an arena, and some small thing of a
    later request always lies behind it.
    """
    if trim := _of_glibc("malloc_trim"):
        threading.Thread(target=_trim_on, args=(trim, every), name="trim", daemon=True).start()


def _trim_on(trim: Callable[[int], Any], every: float) -> None:
    worked = time.process_time()
    while True:
        time.sleep(every)
        if time.process_time() > worked + WORKED:
            trim(0)
            worked = time.process_time()


def _of_glibc(name: str) -> Callable[..., Any] | None:
    if sys.platform != "linux":
        return None
    try:
        return getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):  # another C library
        return None
