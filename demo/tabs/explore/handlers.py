"""What happens when somebody does something in the Explore tab: named, typed values in and out."""

from dataclasses import dataclass
from typing import Any

import gradio as gr
from PIL import Image

from demo.core.handlers import user_errors
from demo.core.inference import infer
from demo.core.outputs import skipped
from demo.core.payloads import payload, picked, placed, ticket
from demo.core.view import View
from demo.tabs.explore.inspector import inspector
from demo.tabs.explore.step_view import Explored, ShownChannel, show, show_channel, show_step


@dataclass(frozen=True)
class Inspected:
    """The calculation of a value, and the address that holds which one."""

    address: Any
    inspector: dict[str, Any]


@user_errors
def pick(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> Explored:
    """Another step was picked, perhaps with one of its channels."""
    view = View.of_page(query, model)
    made = infer(view, picture)
    step, channel = picked(payload(event))
    # The channel stays when the step changes: one follows it through ReLU and pooling.
    return show_step(view.at(step, view.channel if channel is None else channel), made)


@user_errors
def detail(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> ShownChannel:
    """What the browser does not know of another channel of the step that it shows."""
    view = View.of_page(query, model)
    made = infer(view, picture)
    step, channel = picked(payload(event))
    return show_channel(view.at(step, channel or 0), made)


@user_errors
def catch_up(query: str, model: str, picture: Image.Image | None) -> Explored:
    """The Explore tab is opened after another step or channel was picked in another tab."""
    if picture is None:
        return skipped(Explored)
    view = View.of_page(query, model)
    return show(view, infer(view, picture))


@user_errors
def inspect(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> Inspected:
    """The calculation of a value: of one that was chosen, which the address then holds, or of one that it was made of.

    What the browser sends may also name no value: then none is chosen any longer.
    """
    data = payload(event)
    view = View.of_page(query, model)
    position, is_chosen = placed(data)
    if position is None:
        return Inspected(view.on(None, None).query(), {})
    answer = inspector.inspect(infer(view, picture), position) | {"ticket": ticket(data)}
    chosen = view.at(position.step, position.channel).on(position.row, position.column)
    return Inspected(chosen.query() if is_chosen else gr.skip(), answer)


@user_errors
def film(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """The maps and weights with which the browser lets a window slide over them."""
    data = payload(event)
    step, channel = picked(data)
    made = infer(View.of_page(query, model), picture)
    return inspector.film(made, step, channel or 0) | {"ticket": ticket(data)}
