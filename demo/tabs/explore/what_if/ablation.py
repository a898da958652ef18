"""Cause and effect in the Explore tab: the What-if bar, which channels an answer depends on, why skip connections."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr
from PIL import Image

from demo.core import events
from demo.core.handlers import ASKED, SILENT_EVENT, if_latest, tell_when_answered, user_errors
from demo.core.inference import walked
from demo.core.networks import given, network
from demo.core.view import View
from demo.errors import UserError
from demo.server.scheduler import alone, scheduled
from demo.tabs.explore.gradient_flow import gradient_flow
from demo.tabs.explore.what_if import what_if
from demo.tabs.explore.what_if.components import ChannelsThatMatter, WhatIfBar
from model_zoo.explain.ablation import most_important


@dataclass(frozen=True)
class Parts:
    """The components that have events."""

    bar: WhatIfBar
    matter: ChannelsThatMatter


@dataclass(frozen=True)
class Why:
    """The components of the section about skip connections that have events."""

    measure: gr.Button
    figure: gr.HTML


def layout() -> Parts:
    """What stands above the steps."""
    return Parts(
        WhatIfBar({}, elem_id="whatif", padding=False), ChannelsThatMatter({}, elem_id="matter", padding=False)
    )


def below() -> Why:
    """What stands below all else."""
    with gr.Accordion(
        "Why skip connections? Gradients of a deep network, with and without them", open=False, elem_id="why-skips"
    ):
        gr.HTML(f'<p class="quiet">{gradient_flow.WHAT}</p>', apply_default_css=False, js_on_load=None)
        measure = gr.Button("Measure it now, a few seconds", size="md", elem_id="measure-skips")
        figure = gr.HTML(elem_id="skips", apply_default_css=False, js_on_load=None)
    return Why(measure, figure)


def wire(parts: Parts, why: Why, state: list[Any], when: gr.Number, everything: list[Any], **limit: Any) -> None:
    """The events.

    Args:
        parts, why: what `layout` and `below` made.
        state: address, network and picture.
        when: takes what `ASKED` says.
        everything: what depends on them.
        limit: concurrency of handlers that run a network.
    """
    often = {"trigger_mode": "multiple"} | SILENT_EVENT | limit
    editing = parts.bar.edit(edit, [*state, when], everything, js=ASKED, **often)
    tell_when_answered(editing)
    told = SILENT_EVENT | {"show_progress": "minimal"}  # the place of those who wait
    finding = parts.matter.find(find, state, parts.matter, **told, **alone("importance"))
    finding.failure(None, js=ChannelsThatMatter.OVER, api_visibility="private")
    parts.matter.stop(None, cancels=[finding], api_visibility="private")
    why.measure.click(measure_skips, state[-1], why.figure, **told, **alone("skips"))


@user_errors
def edit(
    query: str,
    model: str,
    picture: Image.Image | None,
    asked: float | None,
    event: gr.EventData,
    request: gr.Request,
) -> Any:
    """Everything anew with the changes that the bar asks for; one that is impossible is refused in a sentence."""
    given(picture)
    text = what_if.changed_text(event._data, network(model).black)
    changed = walked(View(model=model, edits=text), picture)
    if changed.refused and isinstance(event._data, dict) and event._data.get("add"):
        raise UserError(" ".join(changed.refused))
    query = replace(View.parse(query), edits=text).query()
    return if_latest(events.REFRESHES, asked, request, lambda: events.refresh(query, model, picture))


@user_errors
@scheduled
def find(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> Iterator[dict[str, Any]]:
    """The channels that matter most for an answer, more and more of them."""
    changed = walked(View(model=model, edits=View.parse(query).edits), picture)
    data = event._data if isinstance(event._data, dict) else {}
    step = data.get("step")
    names, label = what_if.matter(changed, step, data.get("label"))
    for found in most_important(changed.model.net, changed.prepared, names, label, changed.edits):
        yield what_if.listed(changed, found, label, step)


@user_errors
@scheduled
def measure_skips(picture: Image.Image | None) -> Iterator[str]:
    """The gradients of deep networks with and without skip connections, as a figure that grows."""
    yield from gradient_flow.figures(picture)
