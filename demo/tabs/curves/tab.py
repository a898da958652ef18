"""The Curves tab: its layout and events, and its handlers."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import gradio as gr

import model_zoo
from demo.core.components import Clock, NetworkChecks
from demo.core.handlers import SILENT_EVENT, user_errors
from demo.core.networks import choices
from demo.core.outputs import named, outputs
from demo.tabs.curves import curves, epochs, follow
from demo.tabs.curves.components import EpochView
from demo.tabs.curves.follow import Drawn, Renewed


@dataclass(frozen=True)
class Tab:
    """The components of the tab."""

    compared: NetworkChecks
    charts: gr.HTML
    table: gr.DownloadButton
    figure: gr.DownloadButton
    epochs: EpochView
    following: Clock

    @property
    def drawn(self) -> list[Any]:
        """The outputs of an event that draws other curves."""
        return outputs(Drawn, charts=self.charts, table=self.table, figure=self.figure)


def layout(first: str) -> Tab:
    """The contents of the tab; `first` is the network that is compared until others are chosen."""
    compared = NetworkChecks(choices(), value=[first], label="Networks to compare", elem_id="compared")
    charts = gr.HTML(elem_id="charts", apply_default_css=False, js_on_load=None)
    with gr.Row():
        table = gr.DownloadButton("Download the numbers (CSV)", size="sm", elem_id="download")
        figure = gr.DownloadButton("Download the charts for print (PNG)", size="sm", elem_id="figure")
    return Tab(compared, charts, table, figure, epochs.layout(), Clock("#charts", elem_id="follow"))


def wire(
    tab: Tab,
    opened: Callable[..., Any],
    state: list[Any],
    catch_up: Callable[..., Any],
    explored: list[Any],
    **limit: Any,
) -> None:
    """The events of the tab.

    Args:
        tab: what `layout` returned.
        opened: the event method of the tab itself.
        state: address, network and picture of the page.
        catch_up: shows in the Explore tab what was picked here, from the same three.
        explored: its outputs.
        limit: concurrency of handlers that run a network.
    """
    epochs.wire(tab.epochs, state, catch_up, explored, **limit)
    opened(named(compare), tab.compared, tab.drawn, **SILENT_EVENT)
    tab.compared.change(named(compare), tab.compared, tab.drawn, trigger_mode="always_last", **SILENT_EVENT)
    clock = tab.following
    shown = outputs(Renewed, compared=tab.compared, drawn=tab.drawn, clock=clock)
    clock.tick(named(renew), [clock, tab.compared], shown, **SILENT_EVENT)


def add(names: Any, name: Any) -> list[str]:
    """The networks to compare, the chosen one among them; unknown ones are left out."""
    known = model_zoo.names()
    chosen = [each for each in names if each in known] if isinstance(names, list) else []
    return chosen if name in chosen or name not in known else [*chosen, name]


@user_errors
def compare(names: list[str]) -> Drawn:
    """The learning curves of the chosen networks, and their files."""
    html = curves.charts(names)
    # The charts hold every number, so that they tell whether the files are still those of the same runs.
    return Drawn(html, *(_files(tuple(names), blake2b(html.encode()).digest()) if names else (None, None)))


@user_errors
def renew(clock: Any, names: Any, request: gr.Request) -> Renewed:
    """What is new about the networks that are compared, while one of them may be training."""
    return follow.renewed(compare, clock, names, request.session_hash)


@functools.lru_cache(maxsize=64)
def _files(names: tuple[str, ...], digest: bytes) -> tuple[str, str]:
    """Kept, because a whole class asks for the same ones; `digest` is that of the charts."""
    return curves.table_file(list(names)), curves.figure_file(list(names))
