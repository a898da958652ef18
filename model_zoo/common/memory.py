"""How much memory networks and what was worked out with them may take together."""

import os
from functools import lru_cache
from pathlib import Path

from model_zoo.common.lru_cache import Budget

VARIABLE = "CONVSCOPE_MEMORY"
SHARE, MOST, LEAST = 4, 1_000, 200  # of the machine's memory a quarter, in MB between these two
CGROUP = Path("/sys/fs/cgroup/memory.max")  # what a container may use


def limit() -> int:
    """Bytes: what the environment variable CONVSCOPE_MEMORY says in MB, else a share of the machine's memory.

    Raises:
        ValueError: the variable holds no whole number of at least 1.
    """
    asked = os.environ.get(VARIABLE, "")
    return _asked(asked) if asked else _default()


def _asked(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not int(text):
        raise ValueError(f"{VARIABLE} says how many MB networks may take, such as 500; it is {text!r}.")
    return int(text) * 1_000_000


@lru_cache(maxsize=1)
def _default() -> int:
    megabytes = _machine() // 1_000_000 // SHARE
    return max(LEAST, min(MOST, megabytes)) * 1_000_000


def _machine() -> int:
    """Bytes of memory that there are; 4 GB where nothing tells."""
    found = []
    try:
        found.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):  # not on every system
        pass
    try:
        found.append(int(CGROUP.read_text()))
    except (OSError, ValueError):  # no container, or one without a limit
        pass
    return min(found, default=4_000_000_000)


KEPT = Budget(limit)  # of networks, their earlier epochs, and passes through them
