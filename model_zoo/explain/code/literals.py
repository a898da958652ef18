"""Values as Python code."""

import enum
import math
from collections.abc import Callable
from typing import Any

import torch


class NoCodeError(ValueError):
    """Something that cannot be written as code with torch alone; the message is a sentence."""


def literal(value: Any, name_of: Callable[[Any], str | None] = lambda _: None) -> str:
    """A value as code.

    Args:
        value: numbers, text, None, slices, torch's types, and tuples, lists and dicts of them.
        name_of: the code of what is none of these, such as a variable's name; None where it has none either.

    Raises:
        NoCodeError: another kind of value.
    """
    named = name_of(value)
    if named is not None:
        return named
    if value is Ellipsis:
        return "..."
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    if isinstance(value, str):
        return '"' + repr(value)[1:-1].replace('"', '\\"') + '"' if "'" not in value else repr(value)
    if value is None or (isinstance(value, bool | int | float) and not isinstance(value, enum.Enum)):
        return repr(value)
    if isinstance(value, torch.dtype | torch.memory_format | torch.layout):
        return str(value)
    if isinstance(value, torch.device):
        return f'torch.device("{value}")'
    if isinstance(value, slice):
        parts = ["" if part is None else literal(part, name_of) for part in (value.start, value.stop, value.step)]
        return ":".join(parts if value.step is not None else parts[:2])
    if isinstance(value, tuple):
        inside = ", ".join(literal(part, name_of) for part in value)
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, list):
        return "[" + ", ".join(literal(part, name_of) for part in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{literal(k, name_of)}: {literal(v, name_of)}" for k, v in value.items()) + "}"
    raise NoCodeError(
        f"The network uses a value of the kind {type(value).__name__}, which this page cannot write as code."
    )


def index(value: Any, name_of: Callable[[Any], str | None]) -> str:
    """What stands in the brackets of `x[...]`."""
    if isinstance(value, tuple) and value:
        return ", ".join(literal(part, name_of) for part in value) + ("," if len(value) == 1 else "")
    return literal(value, name_of)
