"""Whatever comes from the browser, checked in one place: what an event carries, and what is read out of it."""

from typing import Any, TypeGuard

import gradio as gr

from demo.errors import UserError
from demo.server.gradio_compat import event_data
from model_zoo.graph.position import Position

NO_CHOICE = "The page sent a choice that cannot be understood. Please reload it."
NO_PLACE = "The page sent a place that cannot be understood. Please reload it."


def payload(event: gr.EventData) -> dict[str, Any]:
    """What an event carries, by name; nothing where a browser sent anything else than names with values."""
    data = event_data(event)
    return data if isinstance(data, dict) else {}


def text(data: dict[str, Any], name: str) -> str:
    """A text out of what a browser sent; "" where it is none."""
    given = data.get(name)
    return given if isinstance(given, str) else ""


def picked(data: Any) -> tuple[str, int | None]:
    """Step and channel out of what a browser sent.

    Raises:
        UserError: not of the form {"step": text, "channel": whole number from 0}; the channel may be left out.
    """
    step, channel = (data.get("step"), data.get("channel")) if isinstance(data, dict) else (None, None)
    if not isinstance(step, str) or not (channel is None or is_whole(channel)):
        raise UserError(NO_CHOICE)
    return step, channel


def placed(data: Any) -> tuple[Position | None, bool]:
    """A value's position out of what a browser sent, and whether it was chosen on the map.

    Raises:
        UserError: not of the form {"step": text, "channel", "row", "column": whole numbers from 0, "chosen": bool}; row
            and column may both be None, for no position.
    """
    step, channel = picked(data)
    row, column = data.get("row"), data.get("column")
    if row is None and column is None:
        return None, True
    if channel is None or not is_whole(row) or not is_whole(column):
        raise UserError(NO_PLACE)
    return Position(step, channel, row, column), data.get("chosen") is not False


def ticket(data: dict[str, Any]) -> int:
    """The number that a browser sent to know the answer by; 0 for anything else."""
    given = data.get("ticket")
    return given if is_whole(given) and given < 2**53 else 0


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether it is a whole number from 0; True and False are none."""
    return type(value) is int and value >= 0
