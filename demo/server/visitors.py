"""Who asks, and whose turn it is: one visitor must not cost the others.

The policy, for everything that has to wait (Gradio's queues, long work, pictures that cost much):

- A visitor is an address and, within it, a session: a page that somebody has open. What comes from programs, which have
  no session, counts as one session of their address.
- Addresses take turns, and so do the sessions of an address: next is whoever was served longest ago. A visitor with ten
  questions under way does not come before another one's first. Within a session questions go in the order of arrival.
- No visitor holds all places: one session leaves two, and one address leaves one, for others (`SPARE`). These are
  places beyond those that there is one of for each core, so that somebody who is alone gets the whole machine.
- No visitor fills a queue: one session may have `MOST_WAITING` waiting, an address `MOST_OF_ADDRESS`.

A class behind one address thus has as much together as one stranger elsewhere, and shares it evenly. Behind a proxy
that hides addresses everybody has the same, and sessions are all that is told apart; whoever makes up a session for
each question there takes as many turns.
"""

import itertools
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from starlette.requests import HTTPConnection

SPARE = 2
MOST_IN_QUEUE = 160  # events that wait in Gradio's queues
MOST_WAITING, MOST_OF_ADDRESS = 48, 96  # of these
REMEMBERED = 1000  # visitors of whom it is known when they were served

PROGRAM = ""  # the session of what has none


@dataclass(frozen=True)
class Visitor:
    """Who asks."""

    address: str = ""
    session: str = PROGRAM


_asking: ContextVar[Visitor] = ContextVar("visitor", default=Visitor())  # noqa: B039 - it is frozen


def current() -> Visitor:
    """The visitor whom this thread works for; one without an address where nobody has said who that is."""
    return _asking.get()


def address_of(request: HTTPConnection) -> str:
    """Where a request comes from; "" where that is not known."""
    return request.client.host if request.client else ""


@contextmanager
def asking(visitor: Visitor) -> Iterator[None]:
    """Say whom this context works for, and all threads that anyio or asyncio start in it."""
    token = _asking.set(visitor)
    try:
        yield
    finally:
        _asking.reset(token)


class Rota:
    """Who is next."""

    def __init__(self) -> None:
        self._served: OrderedDict[Hashable, int] = OrderedDict()  # visitor or address -> when
        self._clock = itertools.count(1)

    def served(self, visitor: Visitor) -> None:
        """It is this visitor's turn now."""
        now = next(self._clock)
        for each in (visitor.address, visitor):
            self._served[each] = now
            self._served.move_to_end(each)
        while len(self._served) > 2 * REMEMBERED:
            self._served.popitem(last=False)

    def order(self, waiting: Sequence[Visitor]) -> list[int]:
        """In which order those that wait come, as numbers of their places in the order of arrival."""
        numbers = list(range(len(waiting)))
        addresses: dict[str, list[int]] = {}
        for number in numbers:
            addresses.setdefault(waiting[number].address, []).append(number)
        fair = [n for own in addresses.values() for n in self._dealt(own, lambda n: waiting[n])]
        return self._dealt(fair, lambda n: waiting[n].address)

    def _dealt(self, numbers: list[int], of: Callable[[int], Hashable]) -> list[int]:
        """One of each in turn."""
        hands: dict[Hashable, list[int]] = {}
        for number in numbers:
            hands.setdefault(of(number), []).append(number)
        in_turn = sorted(hands.items(), key=lambda hand: (self._served.get(hand[0], 0), min(hand[1])))
        rounds = itertools.zip_longest(*(hand for _, hand in in_turn))
        return [number for dealt in rounds for number in dealt if number is not None]


def has_room(visitor: Visitor, others: Iterable[Visitor], session: int, address: int) -> bool:
    """Whether fewer than so many of others are of the visitor's session, and of its address."""
    same = [other for other in others if other.address == visitor.address]
    return len(same) < address and sum(other == visitor for other in same) < session


def may_begin(visitor: Visitor, working: Iterable[Visitor], places: int | None) -> bool:
    """Whether a visitor may have another one of so many places, of which some are taken; None: of any number."""
    return places is None or has_room(visitor, working, max(1, places - SPARE), max(1, places - 1))
