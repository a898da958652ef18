"""How a value that an edit of the walk has changed came about."""

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

import numpy as np

from model_zoo.explain.sums.explanation import FACTOR, POINT, PRODUCT, SAME, WITHOUT, Explanation, Term
from model_zoo.explain.sums.question import own
from model_zoo.graph.edits import DropPath, OffEach, Scaled
from model_zoo.graph.residual import residual_blocks
from model_zoo.graph.step import Step
from model_zoo.graph.windows import Window, pair


def edited(found: Explanation, steps: Sequence[Step], asked: Step, channel: int) -> Explanation:
    """The explanation of a value with the edits that the walk made at its step.

    Of a channel that an edit multiplies, the terms are the value without the edit, whose own calculation is `without`,
    and the factor: so whoever reads it sees what the network does, and what the edit makes of that. Changed weights are
    in the step's module already.

    Args:
        channel: of the value, in the sense of an edit: its number along the second dimension.
    """
    cut = next((edit for edit in reversed(asked.edits) if isinstance(edit, DropPath)), None)
    if cut:
        gone = residual_blocks(steps)[asked.name].end(cut.path)
        rest = tuple(term for term in found.terms if term.source != gone)
        found = replace(found, kind=SAME, terms=rest, rule=_first, main=rest[0].reads[0])
    factors = [f for f in (_factor(edit, channel) for edit in asked.edits) if f is not None]
    if not factors:
        return found
    factor, place = math.prod(factors), found.position
    # No tensor holds the value without the edit.
    without = replace(found, value=found.total, is_without=True)
    window = POINT if len(found.shape) == 1 else Window((place.row,), (place.column,), pair(found.shape[1:]))
    value = Term(WITHOUT, found.total, place.step, place.channel, window, np.array([[found.total]]))
    terms, numbers = (value, own(FACTOR, factor)), found.numbers | {"factor": factor}
    rule = partial(_times, factor)
    changed = replace(found, kind=PRODUCT, terms=terms, rule=rule, main=place, numbers=numbers, window=None)
    return replace(changed, without=without)


def _factor(edit: object, channel: int) -> float | None:
    if isinstance(edit, Scaled) and edit.channel == channel:
        return edit.factor
    return 0.0 if isinstance(edit, OffEach) and edit.channels[0] == channel else None


def _times(factor: float, values: Sequence) -> float:
    """The first value times the factor as it was chosen, not as it is rounded; times 0 all is 0, as in the walk."""
    number = values[0]
    if not factor:
        return type(number)(0)
    return number * (Decimal(repr(factor)) if isinstance(number, Decimal) else factor)


def _first(values: Sequence) -> float:
    return values[0]
