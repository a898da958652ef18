"""The start: its place and its events."""

from typing import Any

import gradio as gr

import model_zoo
from demo.core.handlers import SILENT_EVENT, tell_when_unanswered, user_errors
from demo.core.payloads import payload
from demo.core.view import TABS
from demo.errors import UserError
from demo.tabs.start.components import Start
from demo.tabs.start.start import contents

NAME = "start"
NO_TAB = "There is no such tab. Please reload the page."


def layout() -> Start:
    """The start, which is out of sight until it is wanted, and the link to it."""
    return Start(elem_id=NAME)


def wire(start: Start, tabs: gr.Tabs, **concurrency: Any) -> None:
    """The events.

    Args:
        start: what `layout` returned.
        tabs: of the page.
        concurrency: of events that run a network.
    """
    tell_when_unanswered(start.begin(begin, None, start, **SILENT_EVENT, **concurrency), NAME)
    start.open(opened, None, tabs, queue=False, **SILENT_EVENT)


@user_errors
def begin() -> dict[str, Any]:
    """The value of the start, with the network that the page begins with."""
    return contents(model_zoo.names()[0])


@user_errors
def opened(event: gr.EventData) -> gr.Tabs:
    """The tab that the reader goes to."""
    tab = payload(event).get("tab")
    if tab not in TABS:
        raise UserError(NO_TAB)
    return gr.Tabs(selected=tab)
