"""The component of the Teach tab."""

from typing import Any

from demo.core.components import JsonHTML, widget
from demo.server.modules import emitting


class Teach(JsonHTML):
    """A class's board, and before there is one, how to open or join a class.

    Its events: `list`, for what a teacher can choose from, see `contents.contents`, and `sheet`, with a `lesson` and
    the name of the page's `picture`, for that lesson on paper; the value is the last answer. `UNMADE` is what the page
    runs when no sheet could be made.
    """

    UNMADE = emitting("unanswered", "sheet")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({}, **widget("tabs/learn/teach/teach", "list", "sheet", with_maps=False), **kwargs)
