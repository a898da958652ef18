"""The table of what the page relies on in Gradio without Gradio promising it, and whether each still holds.

Each such thing is a `Point`: what is relied on, the version in which it was read, a check that it still holds, and what
happens where it does not: something plainer and slower that Gradio does promise. `point` puts a check into the table.
"""

import functools
import importlib.util
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger(__name__)
READ_IN = "6.31.0"
SWITCH = "CONVSCOPE_PLAIN_GRADIO"
Check = Callable[[], bool]


@dataclass(frozen=True)
class Point:
    """Something in Gradio that it does not promise."""

    relies_on: str
    otherwise: str  # what the page does where it no longer holds
    check: Check
    read_in: str = READ_IN


POINTS: dict[str, Point] = {}


def point(name: str, relies_on: str, otherwise: str) -> Callable[[Check], Check]:
    """Makes a function the check of the point of that name; a decorator."""

    def add(check: Check) -> Check:
        POINTS[name] = Point(relies_on, otherwise, check)
        return check

    return add


def holds(name: str) -> bool:
    """Whether the point of that name can be relied on; looked at once."""
    return _holds(name, os.environ.get(SWITCH, ""))


@functools.lru_cache(maxsize=64)
def _holds(name: str, switched_off: str) -> bool:
    if switched_off == "1" or name in switched_off.split(","):
        return False
    try:
        return bool(POINTS[name].check())
    except Exception as error:  # whatever has become of it
        log.debug("%s: %r", name, error)
        return False


def report() -> list[str]:
    """The points that have fallen back; a line of log for each."""
    fallen = [name for name in POINTS if not holds(name)]
    for name in fallen:
        gone = POINTS[name]
        log.warning("Gradio is not as in %s: %s. So %s (%s).", gone.read_in, gone.relies_on, gone.otherwise, name)
    return fallen


def source(module: str) -> str:
    """The source of a module of Gradio, which is not imported for it."""
    found = importlib.util.find_spec("gradio")
    folders = found.submodule_search_locations if found else None
    return (Path((folders or [""])[0]) / f"{module}.py").read_text(encoding="utf-8")
