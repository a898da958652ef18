"""Who adds a network: one at a time, the others wait in order, one at most of each visitor."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from demo.errors import UserError

MOST_WAITING = 8
BUSY = "Your network before this one is still being read. Please wait until that is done."
FULL = "Too many people are adding networks at the moment. Please try again in a minute."


class Places:
    """A bounded row of those who wait; the first one works."""

    def __init__(self, most: int = MOST_WAITING) -> None:
        self._most = most
        self._row: list[str] = []  # sessions
        self._moved = threading.Condition()

    @contextmanager
    def taken(self, session: str) -> Iterator[None]:
        """A place for a session, until the end.

        Raises:
            UserError: it has one already, or there is none left.
        """
        with self._moved:
            if session in self._row:
                raise UserError(BUSY)
            if len(self._row) > self._most:
                raise UserError(FULL)
            self._row.append(session)
        try:
            yield
        finally:
            with self._moved:
                self._row.remove(session)
                self._moved.notify_all()

    def before(self, session: str, seconds: float = 0.0) -> int:
        """How many are before a session; waits for as long for it to become fewer."""
        with self._moved:
            now = self._row.index(session)
            if now:
                self._moved.wait_for(lambda: self._row.index(session) < now, seconds)
            return self._row.index(session)
