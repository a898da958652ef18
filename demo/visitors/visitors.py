"""Whose pictures are where: the classes of each visitor, in memory alone, and how much of it there may be.

A visitor is whoever holds a token, which the page gets from the server and nobody can guess. Nothing is written to a
file; what was not used for `KEPT_SECONDS` goes, and all of it when the page says that it is closed.
"""

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

from demo.errors import UserError
from demo.visitors.pictures import Kept
from train.service import own

MOST_PICTURES = 1000  # of one visitor
MOST_BYTES = 400_000_000  # of the pictures of all visitors together, as files
MOST_CLASSES = 20
MOST_VISITORS = 1000
LONGEST_NAME = 40  # characters of a class
KEPT_SECONDS = 4 * 3600
SWEEP_SECONDS = 60
GONE = "Your pictures are no longer on the server. Please reload the page and give them again."
FULL = (
    "This server has no room for more pictures at the moment, because others are teaching, too. Please try again in "
    "some minutes; what you have given stays."
)
TOO_MANY = f"There is room for {MOST_PICTURES:,} pictures. Delete some to add others."
NO_CLASS = "There is no such class any more. Please reload the page."


@dataclass(frozen=True, eq=False)
class Held:
    """A picture of a class."""

    label: int  # number of the class
    kept: Kept


@dataclass(frozen=True, eq=False)
class Made:
    """The network that was made last, as long as it can be trained further."""

    name: str  # of the entry
    body: own.Body
    key: str  # of the pictures that taught it
    why: str  # it cannot be trained further; "" if it can
    seconds: float  # that this takes, about


@dataclass(eq=False)
class Visitor:
    """The classes and pictures of one visitor; `lock` is held by whoever reads or changes them."""

    session: str | None
    lock: Any = field(default_factory=threading.RLock)
    classes: dict[int, str] = field(default_factory=dict)  # number -> name, in the order in which they are shown
    held: dict[int, Held] = field(default_factory=dict)  # by number
    page: Kept | None = None  # the picture of the page
    used: float = field(default_factory=time.monotonic)
    is_closed: bool = False
    busy: Any = field(default_factory=threading.Lock)  # one answer at a time
    head: tuple[Any, Any] | None = None  # the last one, and what it was made of
    made: Made | None = None
    last: int = 0  # number given out

    @property
    def size(self) -> int:
        """Bytes of the pictures."""
        return sum(len(each.kept.data) for each in list(self.held.values()))

    def number(self) -> int:
        """Another number than any before."""
        with self.lock:
            self.last += 1
            return self.last

    def add_class(self, name: object) -> int:
        """A further class.

        Raises:
            UserError: there are too many, or the name cannot be one.
        """
        with self.lock:
            if len(self.classes) >= MOST_CLASSES:
                raise UserError(f"There can be {MOST_CLASSES} classes.")
            number = self.number()
            self.classes[number] = self._free(name, number)
            return number

    def rename(self, number: int, name: object) -> None:
        """Give a class another name.

        Raises:
            UserError: there is no such class, or the name cannot be one.
        """
        with self.lock:
            self.check(number)
            self.classes[number] = self._free(name, number)

    def _free(self, name: object, number: int) -> str:
        text = " ".join(name.split()) if isinstance(name, str) else ""
        text = "".join(letter for letter in text.encode(errors="ignore").decode() if letter.isprintable())
        text = text[:LONGEST_NAME].strip()
        if not text:
            raise UserError("A class needs a name.")
        others = {each.casefold() for at, each in self.classes.items() if at != number}
        if text.casefold() in others:
            raise UserError(f"There is a class “{text}” already. Each needs a name of its own.")
        return text

    def remove_class(self, number: int) -> None:
        """Remove a class with its pictures."""
        with self.lock:
            self.check(number)
            del self.classes[number]
            self.held = {at: each for at, each in self.held.items() if each.label != number}

    def check(self, number: int) -> None:
        """UserError where there is no such class."""
        if number not in self.classes:
            raise UserError(NO_CLASS)

    def named(self, name: str) -> int:
        """The class of that name, made where there is none."""
        with self.lock:
            found = (at for at, each in self.classes.items() if each.casefold() == name.casefold())
            return next(found, 0) or self.add_class(name)

    def move(self, numbers: list[int], label: int) -> None:
        """Put pictures into another class; numbers of pictures that are gone are left out."""
        with self.lock:
            self.check(label)
            for number in numbers:
                if number in self.held:
                    self.held[number] = replace(self.held[number], label=label)

    def delete(self, numbers: list[int]) -> None:
        """Delete pictures."""
        with self.lock:
            for number in numbers:
                self.held.pop(number, None)

    def collection(self) -> tuple[own.Collection, list[int], list[int]]:
        """Classes that have pictures with these, and the numbers of the classes and of the pictures."""
        with self.lock:
            filled = {each.label for each in self.held.values()}
            labels = [number for number in self.classes if number in filled]
            numbers = list(self.held)
            names = tuple(self.classes[number] for number in labels)
            pictures = tuple(self.held[number].kept.picture for number in numbers)
            of = tuple(labels.index(self.held[number].label) for number in numbers)
        return own.Collection(names, pictures, of, "given in the page"), labels, numbers


class Visitors:
    """All of a server. All methods may be called from any thread."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._all: OrderedDict[str, Visitor] = OrderedDict()
        self._sweeper: threading.Thread | None = None

    def open(self, token: object, session: str | None) -> str:
        """The token of a visitor, whose page has this session now: the one given, or a new one.

        Raises:
            UserError: there are too many visitors.
        """
        with self._lock:
            if isinstance(token, str) and (known := self._all.get(token)):
                known.session, known.used = session, time.monotonic()
                return token
            if len(self._all) >= MOST_VISITORS and not self._forget_empty():
                raise UserError(FULL)
            token = secrets.token_urlsafe(16)
            self._all[token] = Visitor(session)
            if self._sweeper is None:
                self._sweeper = threading.Thread(target=self._sweep_on, daemon=True)
                self._sweeper.start()
        return token

    def get(self, token: object) -> Visitor:
        """The visitor with that token.

        Raises:
            UserError: there is none any more.
        """
        with self._lock:
            found = self._all.get(token) if isinstance(token, str) else None
            if found is None:
                raise UserError(GONE)
            found.used = time.monotonic()
            return found

    def add(self, visitor: Visitor, kept: Kept, label: int) -> int:
        """Hold a picture of a class.

        Returns:
            Its number.

        Raises:
            UserError: there is no such class, or no room.
        """
        with self._lock:
            if sum(each.size for each in self._all.values()) + len(kept.data) > self._most:
                raise UserError(FULL)
            with visitor.lock:
                if visitor.is_closed:
                    raise UserError(GONE)
                visitor.check(label)
                if len(visitor.held) >= MOST_PICTURES:
                    raise UserError(TOO_MANY)
                number = visitor.number()
                visitor.held[number] = Held(label, kept)
                return number

    def close(self, token: object) -> None:
        """Forget a visitor with all pictures."""
        with self._lock:
            if isinstance(token, str) and token in self._all:
                _forget(self._all.pop(token))

    def sweep(self) -> None:
        """Forget whoever has not been here for `KEPT_SECONDS`."""
        now = time.monotonic()
        with self._lock:
            for token in [token for token, each in self._all.items() if now - each.used > KEPT_SECONDS]:
                _forget(self._all.pop(token))

    def _forget_empty(self) -> bool:
        """Forgets the visitor without pictures who was here longest ago; false where there is none."""
        empty = min(((each.used, token) for token, each in self._all.items() if not each.held), default=None)
        if empty is not None:
            _forget(self._all.pop(empty[1]))
        return empty is not None

    def _sweep_on(self) -> None:
        while True:
            time.sleep(SWEEP_SECONDS)
            self.sweep()


def _forget(visitor: Visitor) -> None:
    with visitor.lock:
        visitor.is_closed = True
        visitor.classes, visitor.held, visitor.page, visitor.head, visitor.made = {}, {}, None, None, None


VISITORS = Visitors()
