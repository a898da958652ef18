"""Shared state in the memory of one process: for a page with one server, and gone when that ends."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import orjson

from demo.server.shared_state.store import MOST_BYTES, MOST_KEY, MOST_VALUE, TOO_LARGE, Json, StoreFull

OVERHEAD = 200  # bytes that a key and its value take besides what they say
SWEEP = 30.0  # seconds between two searches for what has ended


@dataclass(frozen=True)
class _Kept:
    data: bytes  # JSON
    end: float  # by the store's clock


class MemoryStore:
    """A `Store` of its own."""

    def __init__(self, most_bytes: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic) -> None:
        """Keep at most so many bytes of keys and values; what does not fit any more is refused."""
        self._most, self._clock = most_bytes, clock
        self._lock = threading.RLock()
        self._kept: dict[str, _Kept] = {}
        self._bytes = 0
        self._swept = clock()

    def get(self, key: str) -> Json | None:
        """As `Store.get`."""
        found = self._there(key)
        return None if found is None else orjson.loads(found.data)

    def put(self, key: str, value: Json, seconds: float) -> None:
        """As `Store.put`."""
        data = orjson.dumps(value)
        with self._lock:
            self._keep(key, _Kept(data, self._clock() + seconds))

    def add(self, key: str, value: Json, seconds: float) -> bool:
        """As `Store.add`."""
        with self._lock:
            if self._there(key) is not None:
                return False
            self.put(key, value, seconds)
            return True

    def update(self, key: str, change: Callable[[Json], Json | None]) -> Json | None:
        """As `Store.update`."""
        with self._lock:
            found = self._there(key)
            if found is None:
                return None
            new = change(orjson.loads(found.data))
            if new is None:
                return orjson.loads(found.data)
            data = orjson.dumps(new)
            self._keep(key, _Kept(data, found.end))
            return orjson.loads(data)

    def delete(self, *keys: str) -> None:
        """As `Store.delete`."""
        with self._lock:
            for key in keys:
                self._forget(key)

    def listed(self, prefix: str) -> dict[str, Json]:
        """As `Store.listed`."""
        with self._lock:
            now = self._clock()
            found = {key: each for key, each in self._kept.items() if key.startswith(prefix) and each.end > now}
        return {key: orjson.loads(found[key].data) for key in sorted(found)}

    def _there(self, key: str) -> _Kept | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found.end <= self._clock():
                self._forget(key)
                return None
            return found

    def _keep(self, key: str, new: _Kept) -> None:
        if len(key.encode()) > MOST_KEY or len(new.data) > MOST_VALUE:
            raise StoreFull(TOO_LARGE)
        if self._clock() - self._swept > SWEEP or self._after(key, new) > self._most:
            self._sweep()
        if self._after(key, new) > self._most:
            raise StoreFull
        self._bytes = self._after(key, new)
        self._kept[key] = new

    def _after(self, key: str, new: _Kept) -> int:
        """How many bytes there would be with it."""
        old = self._kept.get(key)
        return self._bytes - (_size(key, old) if old else 0) + _size(key, new)

    def _forget(self, key: str) -> None:
        old = self._kept.pop(key, None)
        if old:
            self._bytes -= _size(key, old)

    def _sweep(self) -> None:
        self._swept = now = self._clock()
        for key in [key for key, each in self._kept.items() if each.end <= now]:
            self._forget(key)


def _size(key: str, kept: _Kept) -> int:
    return len(key.encode()) + len(kept.data) + OVERHEAD
