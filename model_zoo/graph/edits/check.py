"""Which edits are possible for a network, and which of them go together."""

from collections.abc import Iterable, Sequence

from model_zoo.graph.edits.codec import MOST
from model_zoo.graph.step import INPUT, Edit, Step


def settle(
    edits: Sequence[Edit], steps: Sequence[Step], shape: Sequence[int]
) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    """Those edits that are possible for a network and its input, and why not for each of the others.

    Args:
        edits: any, such as from an address.
        steps: any walk of that network.
        shape: of the input, (N, channels, rows, columns).
    """
    reasons = [edit.refusal(steps, shape) for edit in edits]
    kept = tuple(edit for edit, reason in zip(edits, reasons, strict=True) if not reason)
    more = (f"At most {MOST} changes at once.",) if len(kept) > MOST else ()
    return kept[:MOST], (*filter(None, reasons), *more)


def check(edits: Iterable[Edit], names: set[str]) -> None:
    """Raises ValueError where an edit is for a step that is none of `names`, or is not finite."""
    for edit in edits:
        if edit.target != INPUT and edit.target not in names:
            raise ValueError(f"There is no step {edit.target!r} to be changed.")
        if not edit.is_finite:
            raise ValueError(f"{edit!r} asks for a number that is not finite.")


def joined(edits: Sequence[Edit], edit: Edit) -> tuple[Edit, ...]:
    """The edits and one more; it takes the place of one for the same channel or weight, and moves add up."""
    return edit.joined_to(edits)
