"""Answers that wait until somebody fetches them: how much memory they may take."""

import itertools
import threading
import weakref
from collections import OrderedDict, deque
from typing import Any

MOST = 100_000_000  # bytes of all answers that wait: 300 of the largest
MOST_OF_SESSION = 500  # messages
MOST_SESSIONS = 1_000  # that are gone, of which Gradio may still know the name
LEAST = 1_000  # bytes of any message
LOOKED_AT = 20_000  # parts of an answer whose sizes are added up


class Unread:
    """The messages that wait, each until it is fetched; beyond so many bytes the oldest lose their answer.

    For any number of threads. Messages are held by whoever sends them, not here.
    """

    def __init__(self, words: str, most: int = MOST) -> None:
        """`words`: what is told in place of an answer that was let go."""
        self._words, self._most = words, most
        self._waiting: OrderedDict[int, tuple[weakref.ref, int]] = OrderedDict()
        self._sent: deque[int] = deque()  # noted wherever a message goes, and taken off later
        self._numbers, self._lock = itertools.count(), threading.Lock()
        self.total = 0

    def add(self, message: Any) -> None:
        """A message with an answer as its `output` begins to wait."""
        number = next(self._numbers)
        noted = weakref.ref(message, lambda _: self._sent.append(number))
        with self._lock:
            self._waiting[number] = noted, size_of(message.output)
            self.total += self._waiting[number][1]
            while self._sent:
                _, size = self._waiting.pop(self._sent.popleft(), (None, 0))
                self.total -= size
            while self.total > self._most and len(self._waiting) > 1:
                _, (oldest, size) = self._waiting.popitem(last=False)
                self.total -= size
                self._let_go(oldest())

    def _let_go(self, message: Any) -> None:
        if message is not None:
            message.output, message.success = {"error": self._words}, False


def size_of(value: Any) -> int:
    """About how many bytes a value made of texts, lists and dictionaries takes."""
    total, ahead = LEAST, [value]
    for _ in range(LOOKED_AT):
        if not ahead:
            break
        part = ahead.pop()
        if isinstance(part, str | bytes):
            total += len(part)
        elif isinstance(part, dict):
            ahead.extend(part.values())
            total += 100 * len(part)
        elif isinstance(part, list | tuple):
            ahead.extend(part)
            total += 30 * len(part)
    return total
