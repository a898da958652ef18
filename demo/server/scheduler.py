"""Long work beside single answers, and beside other long work.

Work that takes longer than an answer (a survey, a search, the checks of a map ...) goes one job of a kind at a time, in
a queue of that kind, where Gradio tells visitors their place. Jobs of different kinds share `max(1, cores - 1)` cores
by turns, so that ten of them leave single answers at least as much as one does: each works a piece, a fraction of a
second, and then goes behind those that wait. Two seconds of work beside a survey of ten minutes thus take about four.
One queue for all kinds would keep them waiting for ten minutes; a queue for each kind alone would have ten jobs at once
on two cores.

Visitors take turns, too, as `demo.server.visitors` says: ten jobs of one of them get no more than one of another.

A turn is never held while a generator rests, and who holds one must not wait for somebody who may want one: no deadlock
can come of it.
"""

import functools
import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from demo.server.paths import cores
from demo.server.visitors import Rota, Visitor, current

PIECE = 0.2  # seconds of a turn after which it is passed on to those that wait


class Turns:
    """So many threads at a time, by turns of those whom they work for."""

    def __init__(self, most: int) -> None:
        self._free = most
        self._waiting: list[tuple[Visitor, threading.Event]] = []
        self._rota = Rota()
        self._lock = threading.Lock()
        self._own = threading.local()  # `since`: when this thread's piece began, None between turns

    @property
    def waiting(self) -> int:
        """How many threads wait for a turn."""
        return len(self._waiting)

    def visitors_waiting(self) -> list[Visitor]:
        """Whom these work for."""
        with self._lock:
            return [visitor for visitor, _ in self._waiting]

    @contextmanager
    def one(self) -> Iterator[None]:
        """A turn: waits for it, and gives it back in the end. Within a turn it changes nothing."""
        if self._since() is not None:
            yield
            return
        self._take()
        try:
            yield
        finally:
            if self._since() is not None:
                self._give()

    def yield_slot(self) -> None:
        """To be called amid long work: lets those that wait go first, once this thread's piece is long enough.

        Outside of a turn it does nothing.
        """
        since = self._since()
        if since is not None and time.monotonic() - since >= PIECE and self.waiting:
            self._give()
            self._take()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Amid long work: waiting for something else than a turn, without the turn. Outside of a turn nothing."""
        if self._since() is None:
            yield
            return
        self._give()
        try:
            yield
        finally:
            self._take()

    def _since(self) -> float | None:
        return getattr(self._own, "since", None)

    def _take(self) -> None:
        visitor = current()
        with self._lock:
            called = None
            if self._free:
                self._free -= 1
                self._rota.served(visitor)
            else:
                called = threading.Event()
                self._waiting.append((visitor, called))
        if called is not None:
            called.wait()
        self._own.since = time.monotonic()

    def _give(self) -> None:
        self._own.since = None
        with self._lock:
            if self._waiting:
                first = self._rota.order([visitor for visitor, _ in self._waiting])[0]
                visitor, called = self._waiting.pop(first)
                self._rota.served(visitor)
                called.set()  # the turn goes to it directly, so that nobody overtakes
            else:
                self._free += 1


class InProgress:
    """How many threads are at something; one that is at it within itself counts once."""

    def __init__(self) -> None:
        self._threads: dict[int, int] = {}  # how deep each one is in it

    @property
    def count(self) -> int:
        """So many threads."""
        return len(self._threads)

    @contextmanager
    def one(self) -> Iterator[None]:
        """This thread is at it."""
        thread = threading.get_ident()
        self._threads[thread] = self._threads.get(thread, 0) + 1  # nobody else writes in this place
        try:
            yield
        finally:
            self._threads[thread] -= 1
            if not self._threads[thread]:
                del self._threads[thread]


LONG = Turns(max(1, cores() - 1))
QUESTIONS = InProgress()
"""What visitors have asked and wait for, to which everything that can wait gives way."""


def alone(kind: str) -> dict[str, Any]:
    """Settings of an event that does long work: one job of that kind at a time, the others wait in Gradio's queue."""
    return {"concurrency_id": kind, "concurrency_limit": 1}


def paced(progress: Callable[[int, int], object]) -> Callable[[int, int], None]:
    """A report of progress that also passes the turn on."""

    def report(done: int, of: int) -> None:
        progress(done, of)
        LONG.yield_slot()

    return report


def scheduled(work: Callable) -> Callable:
    """A function, or generator function, that works in turns with all others; a generator has a turn for each step.

    Within a long step, `LONG.yield_slot` is to be called now and then.
    """

    @functools.wraps(work)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        with LONG.one():
            return work(*args, **kwargs)

    @functools.wraps(work)
    def wrapped_steps(*args: Any, **kwargs: Any) -> Iterator[Any]:
        steps = work(*args, **kwargs)
        try:
            while True:
                with LONG.one():
                    try:
                        step = next(steps)
                    except StopIteration:
                        return
                yield step
        finally:
            steps.close()

    return wrapped_steps if inspect.isgeneratorfunction(work) else wrapped
