"""Orders: long runs that a visitor starts, stops and gives anew, each under a name of its own.

A page shows one order of each kind at a time. A run that was stopped, or that another one has followed in the page, may
still be at its last step: what it has to say then is not shown.
"""

import secrets
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import closing
from html import escape
from typing import Any

import gradio as gr

from demo.errors import UserError

MOST = 1_000  # names that are remembered
STOPPED = "<p>Stopped. What was answered until then is below.</p>"

Step = tuple[str, Any, Any]
"""What a long run gives again and again: how far it is, the widget's value, and what to keep to save files from."""


class Orders:
    """Which orders were taken back, and which are over. For any number of threads."""

    def __init__(self) -> None:
        self._taken_back: deque[str] = deque(maxlen=MOST)
        self._past: deque[str] = deque(maxlen=MOST)  # that have ended, or that another has followed in the page

    def new(self, former: str = "") -> str:
        """The name of an order that is given now, in place of the one that the page showed until then."""
        self._past.append(former)
        return secrets.token_hex(8)

    def take_back(self, order: str) -> None:
        """It must not run, or must stop."""
        self._taken_back.append(order)

    def has_ended(self, order: str) -> bool:
        """Whether an order came to its end by itself, or with an error that was told."""
        return order not in self._taken_back and order in self._past

    def follow(self, order: str, steps: Generator[Step, None, None]) -> Iterator[Step]:
        """The steps of a run until its order is taken back.

        Expected errors are said where the progress was, to stay there, unlike a passing message.
        """
        try:
            with closing(steps):
                while order not in self._taken_back and (step := next(steps, None)) is not None:
                    if order not in self._taken_back:
                        yield step
        except UserError as error:
            if order not in self._taken_back:
                yield f'<p class="trouble">{escape(str(error))}</p>', gr.skip(), gr.skip()
        finally:
            is_followed = order in self._past
            self._past.append(order)
        if order in self._taken_back and not is_followed:  # a step may have come after the page said so
            yield STOPPED, gr.skip(), gr.skip()
