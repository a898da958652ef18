"""Whatever comes from the browser, checked in one place: what an event carries, and what is read out of it."""

from typing import Any, TypeGuard

import gradio as gr

from demo.errors import UserError
from demo.server.gradio_compat import event_data
from model_zoo.graph.position import Position
from model_zoo.trust.judgement import FALSE_ALARMS, check_shares

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


def false_alarms(value: Any) -> float:
    """The share of false alarms out of what a browser sent; the usual one for nothing."""
    if value is None or value == "":
        return FALSE_ALARMS
    try:
        check_shares(value)
    except ValueError as error:
        raise UserError(str(error)) from error
    return float(value)


def metres(value: Any) -> float | None:
    """The metres of ground out of what a browser sent; None for 0 or nothing: what the photo says."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100_000:
        raise UserError("Please give the ground that the photo shows from left to right in metres, or 0.")
    return float(value) or None


def window(value: Any) -> int | None:
    """The side of the windows out of what a browser sent; None for 0 or nothing, the network's own."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value % 1 or not 0 <= value <= 100_000:
        raise UserError("Please give the side of the windows as a whole number of pixels, or 0.")
    return int(value) or None
