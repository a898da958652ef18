"""No work twice and none for nobody: a whole class asks about the same example, and visitors change their minds."""

import threading
from collections.abc import Callable
from typing import Any

from torch import nn


class Kept:
    """Results about networks that were worked out lately; the oldest make room. For any number of threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: dict[tuple[Any, ...], tuple[nn.Module, Any]] = {}
        self._lock = threading.Lock()

    def get(self, key: tuple[Any, ...], net: nn.Module, make: Callable[[], Any]) -> Any:
        """The result of that key, made if it is not kept.

        Args:
            key: what it depends on, `id(net)` included.
            net: the network, held as long as the result, so that no other one gets its id.
            make: is called without the lock held: two visitors at once may both work it out.
        """
        with self._lock:
            if key in self._results:
                self._results[key] = self._results.pop(key)  # behind the others: the first ones go first
                return self._results[key][1]
        result = make()
        with self._lock:
            self._results[key] = net, result
            while len(self._results) > self._most:
                del self._results[next(iter(self._results))]
        return result


class Outdated(Exception):
    """The visitor has asked for something else since."""


class Latest:
    """The number of each visitor's last question, so that work on an older one can be given up."""

    def __init__(self, most: int = 1_000) -> None:
        self._most = most  # visitors that are remembered
        self._numbers: dict[str, int] = {}
        self._lock = threading.Lock()

    def note(self, session: str | None, number: int) -> None:
        """A visitor asks; a question that an overtaking one has made old changes nothing."""
        with self._lock:
            known = self._numbers.pop(session or "", number)
            self._numbers[session or ""] = max(known, number)
            while len(self._numbers) > self._most:
                del self._numbers[next(iter(self._numbers))]

    def check(self, session: str | None, number: int) -> None:
        """Raises `Outdated` when the visitor has asked something else since."""
        if self._numbers.get(session or "", number) != number:
            raise Outdated
