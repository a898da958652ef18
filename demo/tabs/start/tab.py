"""The start: its place and its events."""

from collections.abc import Callable
from typing import Any

import gradio as gr

import model_zoo
from demo.core.handlers import SILENT_EVENT, tell_when_unanswered, user_errors
from demo.core.payloads import payload
from demo.core.view import TABS
from demo.errors import UserError
from demo.tabs.start.components import Start
from demo.tabs.start.start import contents
from model_zoo.entries.loading import is_held

NAME = "start"
NO_TAB = "There is no such tab. Please reload the page."


def layout() -> Start:
    """The start, which is out of sight until it is wanted, and the link to it.

    Whoever opens the page on a network of their own, as `demo.show` does, came for that.
    """
    return Start(is_quiet=is_held(model_zoo.names()[0]), elem_id=NAME)


def wire(start: Start, rows: list[gr.Tabs], opening: Callable[[str], list[Any]], **concurrency: Any) -> None:
    """The events.

    Args:
        start: what `layout` returned.
        rows: the page's rows of tabs.
        opening: their values that open a tab, by its name.
        concurrency: of events that run a network.
    """

    @user_errors
    def open_tab(event: gr.EventData) -> list[Any]:
        return opening(wanted(event))

    tell_when_unanswered(start.begin(begin, None, start, **SILENT_EVENT, **concurrency), NAME)
    start.open(open_tab, None, rows, queue=False, **SILENT_EVENT)


@user_errors
def begin() -> dict[str, Any]:
    """The value of the start, with the first network that knows its pictures."""
    names = model_zoo.names()
    return contents(next((name for name in names if not is_held(name)), names[0]))


def wanted(event: gr.EventData) -> str:
    """The tab that the reader goes to.

    Raises:
        UserError: there is no such tab.
    """
    tab = payload(event).get("tab")
    if tab not in TABS:
        raise UserError(NO_TAB)
    return tab
