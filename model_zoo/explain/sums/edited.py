"""How a value that an edit of the walk has changed came about."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from model_zoo.explain.sums.explanation import FACTOR, PRODUCT, SAME, SUM, Explanation, Term
from model_zoo.explain.sums.question import own
from model_zoo.graph.edits import DropPath, OffEach, Scaled
from model_zoo.graph.residual import residual_blocks
from model_zoo.graph.step import Step


def edited(found: Explanation, steps: Sequence[Step], asked: Step, channel: int) -> Explanation:
    """The explanation of a value with the edits that the walk made at its step.

    Where the terms are summed up, an edit's factor stands in every term; else the value without the edit and the
    factor are the terms. Changed weights are in the step's module already.

    Args:
        channel: of the value, in the sense of an edit: its number along the second dimension.
    """
    cut = next((edit for edit in reversed(asked.edits) if isinstance(edit, DropPath)), None)
    if cut:
        gone = residual_blocks(steps)[asked.name].end(cut.path)
        rest = tuple(term for term in found.terms if term.source != gone)
        found = replace(found, kind=SAME, terms=rest, rule=_first, main=rest[0].reads[0])
    factors = [_factor(edit, channel) for edit in asked.edits]
    factor = math.prod(f for f in factors if f is not None)
    if all(f is None for f in factors):
        return found
    numbers = found.numbers | {"factor": factor}
    if found.kind == SUM:
        return replace(found, terms=tuple(_scaled(term, factor) for term in found.terms), numbers=numbers)
    terms = (own("without the change", found.total), own(FACTOR, factor))
    return replace(found, kind=PRODUCT, terms=terms, rule=math.prod, numbers=numbers)


def _factor(edit: object, channel: int) -> float | None:
    if isinstance(edit, Scaled) and edit.channel == channel:
        return edit.factor
    return 0.0 if isinstance(edit, OffEach) and edit.channels[0] == channel else None


def _scaled(term: Term, factor: float) -> Term:
    if not term.source:  # the bias: a number of the step's own
        return own(term.name, term.value * factor)
    weights = np.ones_like(term.values) if term.weights is None else term.weights
    return replace(term, value=term.value * factor, weights=weights * factor)


def _first(values: Sequence) -> float:
    return values[0]
