"""Edits as text for an address: letters, digits and '. : ~ _ -' only."""

import re
from collections.abc import Iterable

from model_zoo.graph.edits.types import KINDS
from model_zoo.graph.step import Edit

MOST = 20  # edits at once
BETWEEN = "~"
_PATTERNS = {kind: re.compile(kind.form, re.ASCII) for kind in KINDS if kind.form}


def pieces(text: object) -> list[str]:
    """The parts of a text that have the form of an edit, in their order, at most `MOST`; the rest is dropped."""
    parts = text[:10_000].split(BETWEEN) if isinstance(text, str) else []
    return [part for part in parts if any(pattern.fullmatch(part) for pattern in _PATTERNS.values())][:MOST]


def parse(text: object, black: tuple[float, ...] = ()) -> tuple[Edit, ...]:
    """The edits that a text such as "conv1.3:off~conv2.5:x2" asks for; what has no such form is dropped.

    Whether a network has such a step or channel is for `settle` to say.

    Args:
        text: anything at all, such as a part of an address.
        black: per colour, black as the network gets it.
    """
    found = (_read(piece, black) for piece in pieces(text))
    return tuple(edit for edit in found if edit is not None)


def _read(piece: str, black: tuple[float, ...]) -> Edit | None:
    kind, match = next((kind, m) for kind, pattern in _PATTERNS.items() if (m := pattern.fullmatch(piece)))
    return kind.read(match.groups(), black)


def written(edits: Iterable[Edit]) -> str:
    """The text that `parse` makes these edits of; those for a batch have none (ValueError)."""
    return BETWEEN.join(edit.text for edit in edits)


def words(edit: Edit) -> str:
    """What the edit does, for a reader, e.g. "conv1, channel 3: switched off"."""
    return edit.words
