"""What was worked out lately: a whole class asks about the same example."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Entry(Generic[T]):
    value: T
    size: int
    about: Any


class LRUCache(Generic[T]):
    """Values, which are never None, by key. For any number of threads.

    Beyond the limit those go first that were not asked for the longest time; the newest always stays.
    """

    def __init__(self, limit: int, size: Callable[[T], int] = lambda _: 1) -> None:
        """Keep values of at most `limit` in all: so many, or so many bytes where `size` tells how many a value has."""
        self._limit, self._size = limit, size
        self._entries: OrderedDict[Hashable, _Entry[T]] = OrderedDict()
        self._total = 0
        self._lock = threading.Lock()
        self._making: dict[Hashable, threading.Lock] = {}

    def find(self, key: Hashable) -> T | None:
        """The value of that key, if it is kept."""
        with self._lock:
            if key not in self._entries:
                return None
            self._entries.move_to_end(key)  # behind the others: the first ones go first
            return self._entries[key].value

    def keep(self, key: Hashable, value: T, about: Any = None) -> None:
        """Keep a value, in place of an older one of that key.

        Args:
            key: what it depends on; of networks and the like, `id(...)`.
            about: these, held as long as the value, so that no others get their ids.
        """
        entry = _Entry(value, self._size(value), about)
        with self._lock:
            older = self._entries.pop(key, None)
            self._total += entry.size - (older.size if older else 0)
            self._entries[key] = entry
            while self._total > self._limit and len(self._entries) > 1:
                _, gone = self._entries.popitem(last=False)
                self._total -= gone.size

    def get(self, key: Hashable, make: Callable[[], T], about: Any = None, single_flight: bool = True) -> T:
        """The value of that key, from `make` if it is not there. What `make` raises is passed on, and nothing kept.

        Args:
            key, about: as for `keep`.
            make: gives the value; it is called without the cache being locked for other keys.
            single_flight: threads that ask for one key together get one value, made once, while the others wait. Not
                where `make` waits for its turn among long work: who waits for it may hold the turn that it needs.
        """
        if not single_flight:
            return self._get(key, make, about)
        with self._lock:
            making = self._making.setdefault(key, threading.Lock())
        with making:
            try:
                return self._get(key, make, about)  # perhaps what another thread has made meanwhile
            finally:
                with self._lock:
                    if self._making.get(key) is making:
                        del self._making[key]

    def _get(self, key: Hashable, make: Callable[[], T], about: Any) -> T:
        value = self.find(key)
        if value is None:
            value = make()
            self.keep(key, value, about)
        return value
