"""No work twice and none for nobody: a whole class asks about the same example, and visitors change their minds."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class LRUCache(Generic[T]):
    """What was worked out lately, which is never None; the oldest make room. For any number of threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, tuple[Any, T]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: Hashable) -> T | None:
        """The result of that key, if it is kept."""
        with self._lock:
            if key not in self._results:
                return None
            self._results.move_to_end(key)  # behind the others: the first ones go first
            return self._results[key][1]

    def keep(self, key: Hashable, about: Any, result: T) -> None:
        """Keep a result.

        Args:
            key: what it depends on; of networks and the like, `id(...)`.
            about: these, held as long as the result, so that no others get their ids.
        """
        with self._lock:
            self._results[key] = about, result
            self._results.move_to_end(key)
            while len(self._results) > self._most:
                self._results.popitem(last=False)

    def get(self, key: Hashable, about: Any, make: Callable[[], T]) -> T:
        """The result of that key, made if it is not kept.

        `make` is called without the lock held: two visitors at once may both work it out.
        """
        result = self.find(key)
        if result is None:
            result = make()
            self.keep(key, about, result)
        return result


class Outdated(Exception):
    """The visitor has asked for something else since."""


class RequestSequencer:
    """The number of each visitor's last question, so that work on an older one can be given up."""

    def __init__(self, most: int = 1_000) -> None:
        self._most = most  # visitors that are remembered
        self._numbers: dict[str, float] = {}
        self._lock = threading.Lock()

    def note(self, session: str | None, number: float) -> None:
        """A visitor asks; a question that an overtaking one has made old changes nothing."""
        with self._lock:
            known = self._numbers.pop(session or "", number)
            self._numbers[session or ""] = max(known, number)
            while len(self._numbers) > self._most:
                del self._numbers[next(iter(self._numbers))]

    def check(self, session: str | None, number: float) -> None:
        """Raises `Outdated` when the visitor has asked something else since."""
        if self._numbers.get(session or "", number) != number:
            raise Outdated
