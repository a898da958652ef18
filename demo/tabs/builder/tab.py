"""The Build tab: its layout and its events with the rest of the page; all else goes by route.py."""

from dataclasses import dataclass

import gradio as gr

from demo.core.handlers import SILENT_EVENT
from demo.core.outputs import named, outputs
from demo.tabs.builder import handlers
from demo.tabs.builder.components import Builder


@dataclass(frozen=True)
class PageParts:
    """The page's lists of networks."""

    model: gr.Radio
    compared: gr.CheckboxGroup
    other: gr.Radio


def layout() -> Builder:
    """The contents of the tab."""
    return Builder(elem_id="build", padding=False)


def wire(builder: Builder, page: PageParts) -> None:
    """The events of the tab.

    Args:
        builder: what `layout` returned.
        page: what of the page changes with it.
    """
    builder.ask(handlers.ask, None, builder, trigger_mode="always_last", **SILENT_EVENT)
    chosen = outputs(handlers.Chosen, model=page.model, compared=page.compared, other=page.other)
    builder.lists(named(handlers.lists), page.compared, chosen, trigger_mode="multiple", **SILENT_EVENT)
