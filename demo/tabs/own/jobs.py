"""Networks on order: one is made at a time, in the order in which they were ordered, one of each visitor."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demo.errors import UserError
from demo.server.scheduler import LONG
from demo.tabs.own import learning
from demo.tabs.own.outcome import outcome, stored
from demo.tabs.own.visitors import Visitor
from train.service import own

MOST_WAITING = 40
FIRST_GUESS = 0.15  # seconds a picture, before the first network was made
WEIGHT = 0.3  # of the newest network in the mean of the seconds a picture
FAILED = "Something went wrong on the server. Please try again."
BUSY = "Your network is being made already."
CROWDED = f"{MOST_WAITING} networks are waiting to be made already. Please try again in some minutes."
TOO_FEW = "Two classes with a picture each are the least."

log = logging.getLogger(__name__)


class Stopped(Exception):
    """Whoever ordered it does not want it any more."""


@dataclass(eq=False)
class Job:
    """One order and what became of it."""

    visitor: Visitor
    body: str
    title: str
    pictures: int
    state: str = "waiting"  # "running", "done", "stopped" or "failed"
    said: str = ""
    result: dict[str, Any] | None = None
    is_stopped: bool = False
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "stopped", "failed")


class Jobs:
    """The queue of a server. All methods may be called from any thread and return at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Job] = []
        self._running: Job | None = None
        self._last: dict[int, Job] = {}  # by the visitor's id, the last one of each
        self._seconds = FIRST_GUESS
        self._worker: threading.Thread | None = None

    def order(self, visitor: Visitor, body: str, title: str) -> None:
        """Order a network of the pictures as they are when its turn comes.

        Raises:
            UserError: this visitor has ordered one, there are too few classes, or too many orders wait.
        """
        collection, _, _ = visitor.collection()
        if len(collection.classes) < 2:
            raise UserError(TOO_FEW)
        if body != learning.BEST:
            learning.body(body)
        with self._lock:
            if (last := self._last.get(id(visitor))) and not last.is_over:
                raise UserError(BUSY)
            if len(self._waiting) >= MOST_WAITING:
                raise UserError(CROWDED)
            job = Job(visitor, body, title, len(collection))
            self._last = {key: each for key, each in self._last.items() if not each.visitor.is_closed}
            self._last[id(visitor)] = job
            self._waiting.append(job)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()

    def stop(self, visitor: Visitor) -> None:
        """Give up a visitor's order, if there is one under way."""
        with self._lock:
            if job := self._last.get(id(visitor)):
                job.is_stopped = True
                if job in self._waiting:
                    self._waiting.remove(job)
                    job.state = "stopped"

    def look(self, visitor: Visitor) -> dict[str, Any]:
        """How a visitor's order stands, as JSON: `state`, `said`, `result`; of one that waits its `place` from 1, and
        `seconds` until it is made, about; {} for none."""
        with self._lock:
            job = self._last.get(id(visitor))
            if job is None or job.visitor is not visitor:
                return {}
            found: dict[str, Any] = {"state": job.state, "said": job.said}
            if job.state == "done":
                found["result"] = job.result
            if job in self._waiting:
                before = self._waiting[: self._waiting.index(job)]
                found |= {"place": len(before) + 1, "seconds": round(self._left(before) + self._needs(job))}
            elif job.state == "running":
                found["seconds"] = round(self._left([]))
            return found

    def _needs(self, job: Job) -> float:
        return 1 + self._seconds * job.pictures

    def _left(self, before: list[Job]) -> float:
        """Seconds until those before and the running one are made, about."""
        running = self._running
        left = max(1.0, self._needs(running) - (time.monotonic() - running.begun)) if running else 0.0
        return left + sum(map(self._needs, before))

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._worker = None
                    return
                job = self._running = self._waiting.pop(0)
                job.state, job.begun = "running", time.monotonic()
            try:
                job.result = _made(job)
                state, said = "done", ""
            except Stopped:
                state, said = "stopped", ""
            except (UserError, own.DataError) as error:
                state, said = "failed", str(error)
            except Exception:
                log.exception("A network for own classes could not be made")
                state, said = "failed", FAILED
            with self._lock:
                if state == "done":
                    took = (time.monotonic() - job.begun) / max(1, job.pictures)
                    self._seconds += WEIGHT * (took - self._seconds)
                job.state, job.said, self._running = state, said, None


def _made(job: Job) -> dict[str, Any]:
    """Teach and keep the network of an order; the JSON of `outcome`."""

    def pause() -> None:
        if job.is_stopped or job.visitor.is_closed:
            raise Stopped
        LONG.yield_slot()

    with LONG.one():
        pause()
        collection, labels, numbers = job.visitor.collection()
        if len(collection.classes) < 2:
            raise UserError(TOO_FEW)
        candidates = learning.bodies() if job.body == learning.BEST else (learning.body(job.body),)
        _show(job, candidates, collection, pause)
        job.said = "Validating: each part of the pictures is held out in turn"
        found = own.teach(collection, candidates, lambda line: _say(job, line), pause=pause)
        job.said = "Writing the network"
        name = stored(found, job.title, job.visitor.session)
        return outcome(found, name, labels, numbers)


def _show(job: Job, candidates: tuple[own.Body, ...], collection: own.Collection, pause: Callable[[], None]) -> None:
    """The pictures pass through a single body, with words on how far that is; of several, `teach` chooses which do."""
    if len(candidates) > 1:
        job.said = "Comparing three networks to learn on, each with part of the pictures held out in turn"
        return
    one = next(iter(candidates))
    missing = one.missing(collection.pictures)
    while missing:
        job.said = f"Looking at the pictures: {len(collection) - len(missing):,} of {len(collection):,}"
        one.features(missing[: learning.TOGETHER])
        missing = missing[learning.TOGETHER :]
        pause()


def _say(job: Job, line: str) -> None:
    job.said = line


JOBS = Jobs()
