"""Kept: results of slow calls, as many as a number of bytes allows."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class LRUCache(Generic[T]):
    """Values by key, each made once even if many threads ask at the same time.

    Beyond `limit` bytes in all, those go first that were not asked for the longest time; the newest always stays.
    """

    def __init__(self, limit: int, size: Callable[[T], int]) -> None:
        """Keep values of at most `limit` bytes in all; `size` tells how many a value has."""
        self._limit, self._size = limit, size
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of that key, from `make` if it is not there. What `make` raises is passed on, and nothing kept."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._values:  # another thread has made it meanwhile
                    return self._values[key]
            try:
                value = make()
                self._keep(key, value)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return value

    def _keep(self, key: Hashable, value: T) -> None:
        with self._lock:
            if key not in self._values:
                self._total += self._size(value)
            self._values[key] = value
            while self._total > self._limit and len(self._values) > 1:
                _, gone = self._values.popitem(last=False)
                self._total -= self._size(gone)
