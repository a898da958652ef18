"""How often one visitor may do something: a bucket that fills with time, for each name."""

import threading
import time
from collections.abc import Callable

MOST_NAMES = 20_000  # that are remembered; who has not asked for longest is forgotten first, with a full bucket


class Allowance:
    """At most `burst` at once, and `a_second` in the long run, for each name. Every server counts for itself."""

    def __init__(self, burst: float, a_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with full buckets."""
        self._burst, self._a_second, self._clock = burst, a_second, clock
        self._left: dict[str, tuple[float, float]] = {}  # how much was left, and when; the oldest first
        self._lock = threading.Lock()

    def left(self, name: str) -> float:
        """How many there are just now."""
        with self._lock:
            return self._now(name)

    def takes(self, name: str) -> bool:
        """Takes one, if there is one."""
        with self._lock:
            left = self._now(name)
            is_there = left >= 1
            self._left.pop(name, None)
            self._left[name] = left - is_there, self._clock()
            if len(self._left) > MOST_NAMES:
                self._left.pop(next(iter(self._left)))
            return is_there

    def _now(self, name: str) -> float:
        left, when = self._left.get(name, (self._burst, self._clock()))
        return min(self._burst, left + self._a_second * (self._clock() - when))
