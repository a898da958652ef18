"""Orders of visitors: one is worked on at a time, by turns of the visitors, one of each.

Next is whoever was served longest ago, as `demo.server.visitors` says. `TRAININGS` is the queue of everything that
trains in a process of its own for a minute or two, whatever its kind.
"""

import logging
import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from demo.errors import UserError
from demo.server.visitors import Rota, current
from demo.server.visitors import Visitor as Asks
from demo.visitors.visitors import Visitor
from train.service import own

ALL_SWITCH = "CONVSCOPE_TRAINING"  # "off": visitors train nothing, unless a kind's own switch says how long
MOST_WAITING = 40
WEIGHT = 0.3  # of the newest order in the mean of what a unit takes
FAILED = "Something went wrong on the server. Please try again."

log = logging.getLogger(__name__)


def seconds_allowed(switch: str, usual: float) -> float:
    """How long a training of a visitor may take on this server; 0: none may.

    Args:
        switch: the environment variable that says so.
        usual: where it does not, and training by visitors is not switched off.
    """
    usual = 0.0 if os.environ.get(ALL_SWITCH, "").strip().lower() == "off" else usual
    try:
        found = float(os.environ.get(switch, "") or usual)
    except ValueError:
        return usual
    return max(0.0, found) if math.isfinite(found) else usual


class Stopped(Exception):
    """Whoever ordered it does not want it any more."""


class Rate:
    """Seconds a unit of work takes, about: a guess before the first, then a mean in which the newest counts most."""

    def __init__(self, guess: float) -> None:
        self.seconds = guess

    def took(self, seconds: float, units: float) -> None:
        """So many units took so long."""
        self.seconds += WEIGHT * (seconds / max(1.0, units) - self.seconds)


@dataclass(eq=False)
class Order:
    """One order and what became of it."""

    visitor: Visitor
    work: Callable[["Order"], dict[str, Any]]  # what it leaves as its result, as JSON
    seconds: float  # from its beginning until it is done, about; the work may know better and write it
    kind: str = ""  # of those that share a queue
    state: str = "waiting"  # "running", "done", "stopped" or "failed"
    said: str = ""
    facts: dict[str, Any] = field(default_factory=dict)  # more of how far it is, as JSON
    result: dict[str, Any] | None = None
    is_stopped: bool = False
    asks: Asks = field(default_factory=current)  # where it comes from
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        return self.state in ("done", "stopped", "failed")

    @property
    def took(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.begun

    def check(self) -> None:
        """Raises Stopped where nobody wants it any more; the work calls this several times a second."""
        if self.is_stopped or self.visitor.is_closed:
            raise Stopped


class Orders:
    """A queue of a server. All methods may be called from any thread and return at once."""

    def __init__(self, busy: str, what: str) -> None:
        """Refuse a second order of a visitor with the sentence `busy`; `what` is ordered, in the plural."""
        self._busy = busy
        self._crowded = f"{MOST_WAITING} {what} are waiting already. Please try again in some minutes."
        self._what = what
        self._lock = threading.Lock()
        self._waiting: list[Order] = []  # in the order in which they come, so far as that is known
        self._rota = Rota()
        self._running: Order | None = None
        self._last: dict[tuple[int, str], Order] = {}  # by the visitor's id and the kind, the last one of each
        self._worker: threading.Thread | None = None

    def add(self, order: Order) -> None:
        """Queue an order.

        Raises:
            UserError: this visitor has one under way, or too many orders wait.
        """
        with self._lock:
            if any(not each.is_over for each in self._last.values() if each.visitor is order.visitor):
                raise UserError(self._busy)
            if len(self._waiting) >= MOST_WAITING:
                raise UserError(self._crowded)
            self._last = {key: each for key, each in self._last.items() if not each.visitor.is_closed}
            self._last[id(order.visitor), order.kind] = order
            self._waiting.append(order)
            self._sort()
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()

    def _sort(self) -> None:
        self._waiting = [self._waiting[n] for n in self._rota.order([each.asks for each in self._waiting])]

    def is_wanted(self, kind: str) -> bool:
        """Whether an order of that kind waits."""
        with self._lock:
            return any(each.kind == kind and not each.visitor.is_closed for each in self._waiting)

    def stop(self, visitor: Visitor, kind: str = "") -> None:
        """Give up a visitor's order, if there is one under way."""
        with self._lock:
            order = self._last.get((id(visitor), kind))
            if order and order.visitor is visitor:
                order.is_stopped = True
                if order in self._waiting:
                    self._waiting.remove(order)
                    order.state = "stopped"

    def look(self, visitor: Visitor, kind: str = "") -> dict[str, Any]:
        """How a visitor's order stands, as JSON: `state`, `said`, `result` and what else it tells; of one that waits
        its `place` from 1, and `seconds` until it is done, about; {} for none."""
        with self._lock:
            order = self._last.get((id(visitor), kind))
            if order is None or order.visitor is not visitor:
                return {}
            found: dict[str, Any] = order.facts | {"state": order.state, "said": order.said}
            if order.state == "done":
                found["result"] = order.result
            if order in self._waiting:
                before = self._waiting[: self._waiting.index(order)]
                found |= {"place": len(before) + 1, "seconds": round(self._left(before) + order.seconds)}
            elif order.state == "running":
                found["seconds"] = round(self._left([]))
            return found

    def _left(self, before: list[Order]) -> float:
        """Seconds until those before and the running one are done, about."""
        running = self._running
        left = max(1.0, running.seconds - running.took) if running else 0.0
        return left + sum(each.seconds for each in before)

    def _work(self) -> None:
        while True:
            with self._lock:
                self._waiting = [each for each in self._waiting if not each.visitor.is_closed]
                if not self._waiting:
                    self._worker = None
                    return
                order = self._running = self._waiting.pop(0)
                self._rota.served(order.asks)
                self._sort()
                order.state, order.begun = "running", time.monotonic()
            try:
                order.result = order.work(order)
                state, said = "done", ""
            except Stopped:
                state, said = "stopped", ""
            except (UserError, own.DataError) as error:
                state, said = "failed", str(error)
            except Exception:
                log.exception("An order failed, of %s", self._what)
                state, said = "failed", FAILED
            with self._lock:
                order.state, order.said, self._running = state, said, None


TRAININGS = Orders("A training of yours is under way already. Let it end, or stop it.", "trainings")
