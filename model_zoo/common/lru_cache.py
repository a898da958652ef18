"""What was worked out lately: a whole class asks about the same example."""

import itertools
import math
import threading
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class _Entry(Generic[T]):
    value: T
    size: int
    about: tuple[weakref.ref, ...]
    used: int  # when it was last asked for: the larger, the later

    @property
    def is_stale(self) -> bool:
        """Whether something that it is about has gone."""
        return any(each() is None for each in self.about)


class Budget:
    """Bytes that several caches have together: beyond it that value goes which nobody has asked for the longest time,
    of whichever of them. The newest of each cache always stays.
    """

    def __init__(self, limit: Callable[[], int]) -> None:
        """`limit`: how many bytes there are; asked whenever something is kept."""
        self._limit = limit
        self._caches: list[LRUCache[Any]] = []
        self.lock = threading.RLock()
        self.tick = itertools.count()

    @property
    def total(self) -> int:
        """Bytes that are kept now."""
        with self.lock:
            return sum(cache.total for cache in self._caches)

    def join(self, cache: "LRUCache[Any]") -> None:
        self._caches.append(cache)

    def enforce(self) -> None:
        """Let values go until the rest is within the limit."""
        limit = self._limit()
        with self.lock:
            for cache in self._caches:
                cache.drop_stale()
            while self.total > limit:
                oldest = min(self._caches, key=lambda cache: cache.oldest)
                if oldest.oldest == math.inf:
                    return
                oldest.drop_oldest()


class LRUCache(Generic[T]):
    """Values, which are never None, by key. For any number of threads.

    Beyond the limit those go first that were not asked for the longest time; the newest always stays. A value that is
    about a network goes with it, and does not hold it.
    """

    def __init__(self, limit: int | None, size: Callable[[T], int] = lambda _: 1, budget: Budget | None = None) -> None:
        """Keep values of at most `limit` in all: so many, or so many bytes where `size` tells how many a value has.

        Args:
            budget: bytes that it has together with other caches; `limit` may be None then.
        """
        self._limit, self._size, self._budget = limit, size, budget
        self._entries: OrderedDict[Hashable, _Entry[T]] = OrderedDict()
        self.total = 0  # size of all that is kept
        self._lock = budget.lock if budget else threading.RLock()
        self._tick = budget.tick if budget else itertools.count()
        self._making: dict[Hashable, threading.Lock] = {}
        self._stale: deque[Hashable] = deque()  # keys; noted wherever the last reference ends, and dropped later
        if budget:
            budget.join(self)

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._entries)

    @property
    def oldest(self) -> float:
        """When the value that would go first was last asked for; infinite where only the newest is left."""
        return next(iter(self._entries.values())).used if len(self._entries) > 1 else math.inf

    def drop_oldest(self) -> None:
        """Let the value go that was not asked for the longest time."""
        with self._lock:
            _, gone = self._entries.popitem(last=False)
            self.total -= gone.size

    def drop_stale(self) -> None:
        """Let the values go that are about what is no longer there."""
        with self._lock:
            while self._stale:
                key = self._stale.popleft()
                entry = self._entries.get(key)
                if entry and entry.is_stale:  # not one that was kept under the same key since
                    del self._entries[key]
                    self.total -= entry.size

    def find(self, key: Hashable) -> T | None:
        """The value of that key, if it is kept."""
        with self._lock:
            self.drop_stale()
            entry = self._entries.get(key)
            if entry is None:
                return None
            self._entries[key] = replace(entry, used=next(self._tick))
            self._entries.move_to_end(key)  # behind the others: the first ones go first
            return entry.value

    def keep(self, key: Hashable, value: T, about: Any = None) -> None:
        """Keep a value, in place of an older one of that key.

        Args:
            key: what it depends on; of networks and the like, `id(...)`.
            about: what has that id, or several such things as a tuple; once one of them has gone, so that another may
                get its id, the value goes, too.
        """
        things = about if isinstance(about, tuple) else () if about is None else (about,)
        with self._lock:
            self.drop_stale()
            noted = tuple(weakref.ref(each, lambda _: self._stale.append(key)) for each in things)
            entry = _Entry(value, self._size(value), noted, next(self._tick))
            older = self._entries.pop(key, None)
            self.total += entry.size - (older.size if older else 0)
            self._entries[key] = entry
            while self._limit is not None and self.total > self._limit and len(self._entries) > 1:
                self.drop_oldest()
        if self._budget:
            self._budget.enforce()

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
