"""The Compare tab: two networks, two pictures, or a picture and a disturbed copy, side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from demo.core.components import ImageInput, NetworkRadio, PlainNumber
from demo.core.handlers import SILENT_EVENT, tell_when_answered, tell_when_unanswered
from demo.core.networks import choices
from demo.core.outputs import named, outputs
from demo.core.view import LANES
from demo.render.corruptions import CORRUPTIONS
from demo.tabs.compare import handlers
from demo.tabs.compare.components import Lanes
from demo.tabs.compare.handlers import MODES, Compared, Groups, Settings, Turned, scale


@dataclass(frozen=True)
class Tab:
    """The components of the tab."""

    mode: gr.Radio
    groups: Groups
    kind: gr.Radio
    strength: gr.Slider
    seed: gr.Number
    other: gr.Radio
    second: gr.Image
    lanes: Lanes

    @property
    def group_outputs(self) -> list[Any]:
        """The outputs of an event that shows the settings of another mode."""
        return outputs(Groups, **vars(self.groups))

    @property
    def settings(self) -> list[Any]:
        """The outputs of an event that fills in what an address says."""
        chosen = {"mode": self.mode, "kind": self.kind, "strength": self.strength, "seed": self.seed}
        return outputs(Settings, **chosen, other=self.other, groups=self.group_outputs)


def layout() -> Tab:
    """The contents of the tab."""
    usual = next(iter(CORRUPTIONS))
    modes = [(words, name) for name, words in MODES.items()]
    mode = NetworkRadio(modes, value=LANES[0], label="Compare", elem_id="mode")
    with gr.Group(elem_id="disturbing") as disturbing:
        kind = NetworkRadio(
            [(way.title, name) for name, way in CORRUPTIONS.items()], value=usual, label="Disturbance", elem_id="kind"
        )
        with gr.Row():
            strength = gr.Slider(**scale(usual), elem_id="strength", scale=3, min_width=240, buttons=[])
            seed = PlainNumber(0, label="Seed", info="of what is random", precision=0, min_width=110, elem_id="seed")
    with gr.Group(visible=False, elem_id="with-network") as with_network:
        other = NetworkRadio(choices(), label="Second network", elem_id="other")
    with gr.Group(visible=False, elem_id="with-picture") as with_picture:
        second = ImageInput(
            label="Second picture",
            elem_id="second",
            type="filepath",
            image_mode=None,
            format="png",
            sources=["upload", "clipboard"],
            height=190,
        )
    lanes = Lanes(elem_id="lanes")
    return Tab(mode, Groups(disturbing, with_network, with_picture), kind, strength, seed, other, second, lanes)


def wire(
    tab: Tab,
    page: gr.Blocks,
    state: list[Any],
    catch_up: Callable[..., Any],
    explored: list[Any],
    **limit: Any,
) -> None:
    """The events of the tab.

    Args:
        tab: what `layout` returned.
        page: fills the settings from its address when it is opened.
        state: address, network and picture of the page.
        catch_up: shows in the Explore tab what was picked here, from the same three.
        explored: its outputs.
        limit: concurrency of handlers that run a network.
    """
    address, model, picture = state
    shown = [*state, tab.second]
    heavy: dict[str, Any] = SILENT_EVENT | limit
    page.load(named(handlers.opened), None, tab.settings, **SILENT_EVENT)
    address.back(named(handlers.gone_back), None, tab.settings, queue=False, **SILENT_EVENT)
    wanting = tab.lanes.want(handlers.wanted, [model, picture, tab.second], tab.lanes, trigger_mode="multiple", **heavy)
    tell_when_unanswered(wanting, "lanes")
    tab.lanes.elsewhere(catch_up, state, explored, trigger_mode="multiple", **heavy)
    both = outputs(Compared, address=address, lanes=tab.lanes)
    tell_when_answered(tab.lanes.pick(named(handlers.pick_lanes), shown, both, trigger_mode="multiple", **heavy))
    choices_made = [tab.mode, tab.kind, tab.strength, tab.seed, tab.other]
    again: dict[str, Any] = {"fn": named(handlers.changed), "inputs": [*shown, *choices_made], "outputs": both}
    again |= {"trigger_mode": "always_last"} | heavy
    turned_to = outputs(Turned, groups=tab.group_outputs, other=tab.other)
    tab.mode.input(
        named(handlers.turned), [tab.mode, model, tab.other], turned_to, queue=False, **SILENT_EVENT
    ).success(**again)
    tab.kind.input(handlers.usual_strength, tab.kind, tab.strength, queue=False, **SILENT_EVENT).success(**again)
    # One event for all of them, so that the answer to an older one cannot come last.
    gr.on([each.input for each in (tab.strength, tab.seed, tab.other, tab.second)], **again)
