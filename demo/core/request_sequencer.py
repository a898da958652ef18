"""No work for nobody: visitors change their minds, and what they asked before need not be answered."""

import threading


class Outdated(Exception):
    """The visitor has asked for something else since."""


class RequestSequencer:
    """The number of each visitor's last question, so that work on an older one can be given up."""

    def __init__(self, most: int = 1_000) -> None:
        self._most = most  # visitors that are remembered
        self._numbers: dict[str, float] = {}
        self._lock = threading.Lock()

    def note(self, session: str | None, number: float) -> None:
        """A visitor asks; a question that an overtaking one has made old changes nothing."""
        with self._lock:
            known = self._numbers.pop(session or "", number)
            self._numbers[session or ""] = max(known, number)
            while len(self._numbers) > self._most:
                del self._numbers[next(iter(self._numbers))]

    def check(self, session: str | None, number: float) -> None:
        """Raises `Outdated` when the visitor has asked something else since."""
        if self._numbers.get(session or "", number) != number:
            raise Outdated
