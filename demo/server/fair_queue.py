"""Gradio's queues by the policy of `demo.server.visitors`; and no answer of theirs that says nothing."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import gradio as gr

from demo.server import gradio_compat
from demo.server.bad_requests import FAILED, NOT_UNDERSTOOD
from demo.server.disk import FULL as FULL_DISK
from demo.server.disk import is_full
from demo.server.unread import MOST_OF_SESSION, MOST_SESSIONS, Unread
from demo.server.visitors import (
    MOST_IN_QUEUE,
    MOST_OF_ADDRESS,
    MOST_WAITING,
    Rota,
    Visitor,
    asking,
    has_room,
    may_begin,
)

log = logging.getLogger(__name__)
FULL = "This server has too much to do at the moment. Please try again in a few seconds."
TOO_MANY = "You have asked for many things at once. Please wait until some of them are done."


class ByVisitor:
    """The order of events."""

    def __init__(self) -> None:
        self._rotas: defaultdict[str, Rota] = defaultdict(Rota)  # of each queue

    def next(self, queue: str, waiting: list[Visitor], working: list[Visitor], places: int | None) -> int | None:
        """Of those that may begin, one of the visitor who was served longest ago."""
        rota = self._rotas[queue]
        for number in rota.order(waiting):
            if may_begin(waiting[number], working, places):
                rota.served(waiting[number])
                return number
        return None

    def order(self, queue: str, waiting: list[Visitor]) -> list[int]:
        """The places of all that wait, in the order in which they will come, so far as that is known."""
        return self._rotas[queue].order(waiting)

    def refusal(self, visitor: Visitor, waiting: list[Visitor]) -> str:
        """Why one more event cannot wait, in a sentence; "" where it can."""
        if not has_room(visitor, waiting, MOST_WAITING, MOST_OF_ADDRESS):
            return TOO_MANY
        return FULL if len(waiting) >= MOST_IN_QUEUE else ""


@contextmanager
def _worked_for(visitor: Visitor) -> Iterator[None]:
    with asking(visitor):
        try:
            yield
        except gr.Error as error:
            error.print_exception = False  # it is for who asked, also where it is Gradio's own
            raise
        except Exception as error:  # of Gradio's own, before our handler or after it; it would write a stack of calls
            log.warning("An event failed outside of its handler: %s", type(error).__name__)
            raise gr.Error(FULL_DISK if is_full(error) else NOT_UNDERSTOOD, print_exception=False) from error


def install(page: gr.Blocks) -> None:
    """Let the events of a page, whose queue is set up, go by turns of its visitors."""
    gradio_compat.tell_who_asks(page, _worked_for)
    gradio_compat.take_turns(page, ByVisitor())
    gradio_compat.bound_unread(page, Unread(FAILED).add, MOST_SESSIONS, MOST_OF_SESSION, TOO_MANY)
    gradio_compat.word_errors(page, FAILED)
