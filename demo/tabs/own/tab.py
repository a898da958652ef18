"""The Own classes tab: its place and its events with the rest of the page; all else goes by route.py."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.core.handlers import SILENT_EVENT
from demo.core.outputs import named, outputs
from demo.tabs.own import handlers
from demo.tabs.own.components import OwnClasses


@dataclass(frozen=True)
class Tab:
    """The components of the tab."""

    classes: OwnClasses


@dataclass(frozen=True)
class PageParts:
    """What of the page depends on own networks, or they on it."""

    model: gr.Radio
    compared: gr.CheckboxGroup
    picture: gr.Image


def layout() -> Tab:
    """The contents of the tab, which the browser loads when it comes in sight."""
    return Tab(OwnClasses(elem_id="own"))


def wire(tab: Tab, page: PageParts, refresh_event: dict[str, Any]) -> None:
    """The events of the tab.

    Args:
        tab: what `layout` returned.
        page: what of the page belongs to it.
        refresh_event: the event by which the page shows the answer of another network.
    """
    classes = tab.classes
    classes.ask(handlers.ask, page.picture, classes, trigger_mode="always_last", **SILENT_EVENT)
    chosen = outputs(handlers.Chosen, model=page.model, compared=page.compared)
    for event, handler in ((classes.lists, handlers.lists), (classes.use, handlers.use)):
        done = event(named(handler), [page.model, page.compared], chosen, trigger_mode="multiple", **SILENT_EVENT)
        done.success(**refresh_event)
