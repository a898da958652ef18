"""The Trust tab: its layout and events."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.core.components import Panel, source
from demo.core.handlers import SILENT_EVENT, user_errors
from demo.core.networks import network
from demo.core.outputs import named
from demo.core.shown_picture import taken_by_button
from demo.errors import UserError
from demo.pictures import datasets
from demo.share import downloads
from demo.tabs.trust.report import page


@dataclass(frozen=True)
class Tab:
    """The components of the tab."""

    report: Panel


def layout() -> Tab:
    """The contents of the tab."""
    report = Panel(["model"], elem_id="trust")
    downloads.below("trust")
    return Tab(report)


def wire(tab: Tab, model: gr.Radio, shown: list[Any], refresh_event: dict[str, Any]) -> None:
    """The events of the tab.

    Args:
        tab: what `layout` returned.
        model: of the page.
        shown: outputs of an event that shows another picture.
        refresh_event: the event by which the page shows its answer.
    """
    once: dict[str, Any] = {"trigger_mode": "always_last", "concurrency_id": "trust", "concurrency_limit": 4}
    tab.report.ask(trusted, model, tab.report, **once, **SILENT_EVENT)
    tab.report.pick(named(taken_by_button), None, shown, trigger_mode="multiple", **SILENT_EVENT).success(
        **refresh_event
    )


@user_errors
def trusted(model: Any) -> Iterator[str]:
    """The report on a network; its pictures come after the rest where the list of their set has yet to be read."""
    asked, style = network(model), f"<style>{source('tabs/trust/trust.css')}</style>"
    name = datasets.of_network(asked)
    if not name or not datasets.is_known(name):
        yield style + page(asked, None)
    if name:
        try:
            yield style + page(asked, datasets.read(name))
        except UserError:  # what stands there already is all that can be said
            return
