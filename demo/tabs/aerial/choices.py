"""What is chosen for a run, out of what a browser sent; what cannot be is refused in a sentence."""

from typing import Any

from demo.errors import UserError
from model_zoo.trust.judgement import FALSE_ALARMS, check_shares


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
