"""How often visitors may ask for something that they ask for again and again: as often as the server has time for it.

Such questions are looks at a picture that moves. They go a few at a time, in the order in which they came, and each
visitor has one with the server at most; so no old picture ever waits behind another one. A look begins only while a
core is free of ordinary questions, or after `PATIENCE`. And the answer tells the browser how long to wait before the
next one, so that all looks together take at most `SHARE` of the time of those cores that they may have: where others
are at work each look takes longer, and the pause after it grows with that.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio

from demo.server.paths import cores
from demo.server.scheduler import QUESTIONS
from demo.server.visitors import Visitor, has_room

LEAST = 0.08  # seconds between the beginnings of two looks of one visitor: 12 a second
SHARE = 0.5  # of the time of the cores for looks
FORGOTTEN = 3.0  # seconds after which a visitor who looks no more does not count
MOST_OF_ADDRESS = 6  # looks of one address that wait or work, so that others find a place
MOST_WAITING = 8  # looks that may wait; a browser that is refused sends a newer picture later
PATIENCE = 0.25  # seconds that a look waits for ordinary questions
STEP = 0.01  # seconds between two glances at whether a core is free
WEIGHT = 0.1  # of the newest look in the mean of their seconds
FIRST_GUESS = 0.03  # seconds of a look, before the first


class Busy(Exception):
    """There is no time for this look; `wait` says after how many seconds to ask again."""

    def __init__(self, wait: float) -> None:
        super().__init__(f"ask again in {wait:.2f} s")
        self.wait = wait


@dataclass
class Look:
    """One look: what the server told the visitor who took it."""

    wait: float = 0.0  # seconds before the next one, known when it is over
    is_counted: bool = True  # among how long looks take; not if its visitor has gone


class Pace:
    """Who looks, how long a look takes, and how long each visitor is to wait."""

    def __init__(self, slots: int, clock: Callable[[], float] = time.monotonic, patience: float = PATIENCE) -> None:
        """Let `slots` looks work at a time; each waits so many seconds at most for ordinary questions."""
        self._slots, self._clock, self._patience = slots, clock, patience
        self._visitors: dict[Visitor, float] = {}  # when each began a look last
        self._looking: set[Visitor] = set()
        self._seconds = FIRST_GUESS
        self._limiter: anyio.CapacityLimiter | None = None

    @property
    def visitors(self) -> int:
        """How many have looked lately."""
        now = self._clock()
        self._visitors = {name: since for name, since in self._visitors.items() if now - since < FORGOTTEN}
        return len(self._visitors)

    def period(self) -> float:
        """Seconds from the beginning of one look of a visitor to that of the next."""
        return max(LEAST, self.visitors * self._seconds / (self._slots * SHARE))

    def took(self, seconds: float) -> None:
        """A look has held its core for so long, other people's work on it included."""
        self._seconds += WEIGHT * (seconds - self._seconds)

    @asynccontextmanager
    async def one(self, visitor: Visitor) -> AsyncIterator[Look]:
        """A look of a visitor, once it is its turn.

        Raises:
            Busy: this visitor has one with the server, or too many wait, of its address or of all.
        """
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self._slots)  # within the loop that it serves
        has_place = has_room(visitor, self._looking, 1, MOST_OF_ADDRESS)
        if not has_place or self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise Busy(self.period())
        self._visitors[visitor] = self._clock()
        self._looking.add(visitor)
        look = Look()
        try:
            async with self._limiter:
                began = self._clock()
                while QUESTIONS.count >= cores() and self._clock() - began < self._patience:
                    await asyncio.sleep(STEP)
                yield look
                held = self._clock() - began
                if look.is_counted:
                    self.took(held)
                self._visitors[visitor] = self._clock()
                look.wait = max(0.0, self.period() - held)
        finally:
            self._looking.discard(visitor)


LOOKS = Pace(max(1, cores() // 2))
