"""The Explore tab: its layout and events. What they show is worked out in the other files of this folder."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.core.components import source
from demo.core.handlers import SILENT_EVENT, tell_when_answered, tell_when_unanswered
from demo.core.outputs import named, outputs
from demo.core.raw_events import NO_PROCESSING, raw_handler
from demo.tabs.explore import handlers
from demo.tabs.explore.activation_max import activation_max
from demo.tabs.explore.channel import effective_field
from demo.tabs.explore.code import section as code
from demo.tabs.explore.components import ChannelView, MapGrid, StepStrip, WholeNetwork
from demo.tabs.explore.gradient_flow import section as gradient_flow
from demo.tabs.explore.handlers import Inspected
from demo.tabs.explore.inspector.components import Inspector, Player
from demo.tabs.explore.kernel.components import KernelView
from demo.tabs.explore.panel.components import PanelTabs
from demo.tabs.explore.step_view import Explored, ShownChannel
from demo.tabs.explore.what_if import ablation
from demo.tabs.explore.whole_network import whole_network

STYLE = "tabs/explore/panel/workspace.css"


@dataclass(frozen=True)
class Tab:
    """The components of the tab."""

    whatif: ablation.Parts
    strip: StepStrip
    whole: WholeNetwork
    grid: MapGrid
    channel: ChannelView
    value: Inspector
    player: Player
    code: code.Parts
    exciting: activation_max.Part
    skips: gradient_flow.Parts

    def explored(self, address: gr.HTML) -> list[Any]:
        """The outputs of an event that shows another step."""
        return outputs(Explored, address=address, strip=self.strip, grid=self.grid, channel=self.channel)


def layout() -> Tab:
    """The contents of the tab: a work space as high as the window, and below it what takes longer."""
    gr.HTML(f"<style>{source(STYLE)}</style>", elem_id="workspace-style", visible="hidden", js_on_load=None)
    with gr.Column(elem_id="workspace"):
        strip = StepStrip(elem_id="strip", padding=False)
        whole = WholeNetwork(elem_id="whole-network", padding=False)
        with gr.Row(elem_id="maps"):
            with gr.Column(elem_id="grid-pane", elem_classes="pane", min_width=0):
                grid = MapGrid(elem_id="grid", padding=False)
            with gr.Column(elem_id="map-pane", elem_classes="pane", min_width=0):
                channel = ChannelView(elem_id="channel", padding=False)
            with gr.Column(elem_id="panel", min_width=0):
                PanelTabs(elem_id="panel-tabs")
                with _segment("sum"):
                    value = Inspector(elem_id="inspector", padding=False)
                with _segment("kernel"):
                    KernelView(elem_id="kernel")
                with _segment("play"):
                    player = Player(elem_id="player", padding=False)
                with _segment("whatif"):
                    whatif = ablation.layout()
                with _segment("excites"):
                    exciting = activation_max.layout()
                with _segment("code"):
                    lines = code.layout()
    return Tab(whatif, strip, whole, grid, channel, value, player, lines, exciting, gradient_flow.layout())


def _segment(name: str) -> gr.Column:
    """One part of the panel; `panel/panel.js` shows one at a time."""
    return gr.Column(elem_id=f"segment-{name}", elem_classes="segment", min_width=0)


def wire(tab: Tab, state: list[Any], refreshing: dict[str, Any], renew: Callable[..., Any], **limit: Any) -> None:
    """The events of the tab.

    Args:
        tab: what `layout` returned.
        state: address, network and picture.
        refreshing: inputs and outputs of the event, and what it cancels, by which the page shows another answer.
        renew: works out what it shows, of a view and a picture; see `demo.page_events.renewed_view`.
        limit: concurrency of handlers that run a network.
    """
    address, model, picture = state
    explored = tab.explored(address)
    often: dict[str, Any] = {"trigger_mode": "multiple"} | NO_PROCESSING | SILENT_EVENT | limit
    for asked, handler, shows in (
        *((widget.pick, handlers.pick, explored) for widget in (tab.strip, tab.grid, tab.channel)),
        (tab.grid.detail, handlers.detail, outputs(ShownChannel, address=address, channel=tab.channel)),
        (tab.value.explain, handlers.inspect, outputs(Inspected, address=address, inspector=tab.value)),
        (tab.player.film, handlers.film, [tab.player]),
        (tab.code.widget.line, code.line, [tab.code.widget]),
    ):
        tell_when_answered(asked(raw_handler(handler), state, shows, **often))
    wanting = tab.whole.want(raw_handler(whole_network.wanted), state, [tab.whole], **often)
    tell_when_unanswered(wanting, "whole-network")
    ablation.wire(tab.whatif, state, refreshing, renew, **limit)
    effective_field.wire(tab.channel, state, **limit)
    code.wire(tab.code, model)
    activation_max.wire(tab.exciting, address, model)
    gradient_flow.wire(tab.skips, picture)


catch_up = named(handlers.catch_up)
