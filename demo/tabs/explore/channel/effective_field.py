"""The effective field of the chosen value in the Explore tab: which of the pixels that it sees it really depends on."""

from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from demo.core.handlers import SILENT_EVENT, tell_when_answered, user_errors
from demo.core.inference import Inference, infer
from demo.core.payloads import payload, placed, ticket
from demo.core.view import View
from demo.errors import UserError
from demo.render.html import input_url, pack
from demo.tabs.explore.inspector.components import EffectiveField
from model_zoo.explain.receptive_field import effective_field, fewest_pixels, field_box
from model_zoo.graph.edits import Blanked, Shifted
from model_zoo.graph.position import Position

MEANS = (
    "The box holds all that the value can depend on; the redder a pixel, the more a small change of it changes the "
    "value for this picture. Scale: the absolute gradient, that is change of the value per unit of the network’s "
    "input, the colours added."
)
NONE = (
    "No pixel has any influence on {value} here: after a small change of any of them it is the same. A ReLU that gives "
    "0 does that."
)


def wire(channel: gr.HTML, state: list[Any], **limit: Any) -> None:
    """What the view of a channel needs to show effective fields.

    Args:
        channel: its component.
        state: address, network and picture.
        limit: concurrency of handlers that run a network.
    """
    field = EffectiveField(elem_id="effective-field")
    tell_when_answered(channel.effective(effective, state, field, trigger_mode="multiple", **SILENT_EVENT, **limit))


@user_errors
def effective(query: str, model: str, picture: Image.Image | None, event: gr.EventData) -> dict[str, Any]:
    """The effective field of the value that a browser names."""
    data = payload(event)
    position, _ = placed(data)
    if position is None:
        raise UserError("Choose a value first: its effective field is what is asked for.")
    return influence(infer(View.of_page(query, model), picture), position) | {"ticket": ticket(data)}


def influence(made: Inference, position: Position) -> dict[str, Any]:
    """How strongly a value depends on each pixel, with the changes to network and picture.

    Returns:
        `position` [step, channel, row, column]; `map`: the absolute gradient, packed as `demo.render.html.pack` says;
        `limit`: its largest value; `words`, `means`: sentences; `picture`: what the network gets, in a data:
        URL, where a change of the picture makes it another than the page shows, else None.

    Raises:
        UserError: no such step or value.
    """
    try:
        field = effective_field(made.model.net, made.prepared, *position, edits=made.edits)
    except ValueError as error:
        raise UserError(str(error)) from error
    is_redrawn = any(isinstance(edit, Blanked | Shifted) for edit in made.edits)
    return {
        "position": list(position),
        "map": pack(field[None]),
        "limit": float(field.max()),
        "words": words(made, field, position),
        "means": MEANS if field.any() else "",
        "picture": input_url(made.model.picture(made.x)) if is_redrawn else None,
    }


def words(made: Inference, field: np.ndarray, position: Position) -> str:
    """How few pixels hold half and 90 % of an effective field, of all that the value can see."""
    step, channel, row, column = position
    is_map = next(len(s.shape) for s in made.steps if s.name == step) == 4
    value = f"the value at row {row}, column {column} of {step}" if is_map else f"entry {channel} of {step}"
    if not field.any():
        return NONE.format(value=value)
    side = made.model.size
    box = field_box(made.steps, side, side, *position)
    inside = box.within(side, side) if box else None
    seen = (inside.bottom - inside.top) * (inside.right - inside.left) if inside else field.size
    half, most = (fewest_pixels(field, share) for share in (0.5, 0.9))
    return (
        f"Half of the influence on {value} comes from {_counted(half, seen)} of the {seen:,} pixels that it can see; "
        f"90 % comes from {_counted(most, seen)}."
    )


def _counted(count: int, of: int) -> str:
    return f"{count:,} ({count / of:.1%})".replace("%", " %")
