"""What an explanation consists of: the terms of a calculation, what they make together, whether that is true."""

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

import numpy as np

from model_zoo.graph.position import Position
from model_zoo.graph.windows import Window

POINT = Window((0,), (0,), (1, 1), "vector")  # where a vector's entries stand
TOLERANCE = 1e-4
NO_SOURCE = ""
FACTOR = "factor"  # the name of the term by which an edit multiplies a value
WITHOUT = "without the change"  # the name of the term that holds what it multiplies
MEASURED = "values measured"  # the number of how many values of this pass gave mean and variance
PROBABILITY = "probability"  # the name of the softmax that no step stands for

# How the terms of an explanation make its total: their sum, mean, product, quotient, the largest of them, the share of
# one in all, the first times the second plus the third, a function of the first, the first.
SUM, MEAN, PRODUCT, QUOTIENT = "sum", "mean", "product", "quotient"
LARGEST, SHARE, SCALED, FUNCTION, SAME = "largest", "share", "scaled", "function", "same"
RUNNING = {SUM: operator.add, MEAN: operator.add, SHARE: operator.add, PRODUCT: operator.mul, LARGEST: max}


@dataclass(frozen=True, eq=False)
class Term:
    """One part of a calculation: a patch of one channel, a single value, or a number of the step's own."""

    name: str  # "channel 3", "row 0, column 1", "bias"
    value: float  # what it brings into the calculation, e.g. the sum of its products
    source: str = NO_SOURCE  # the step whose values it reads; "" for a number of the step's own
    channel: int = 0  # of the source; of a vector: which entry
    window: Window = POINT  # which places of that channel
    values: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))  # float64 (rows, columns)
    weights: np.ndarray | None = None  # what they are multiplied by, same shape; None: by nothing
    factors: tuple[Position, ...] = ()  # where `weights` come from, where they are values of this pass, too

    @property
    def products(self) -> np.ndarray:
        """Value times weight at each place, float64 (rows, columns); `value` is their sum."""
        with np.errstate(invalid="ignore"):
            return self.values if self.weights is None else self.values * self.weights

    @property
    def reads(self) -> list[Position]:
        """Where its values come from, row by row, then its factors; padding of zeros comes from nowhere."""
        if self.source == NO_SOURCE:
            return []
        rows, columns = self.window.sources
        own = [Position(self.source, self.channel, r, c) for r in rows for c in columns if r >= 0 and c >= 0]
        return [*own, *self.factors]


@dataclass(frozen=True, eq=False)
class Explanation:
    """How one value of one step came about."""

    position: Position
    shape: tuple[int, ...]  # of the step's output without the batch: (channels, rows, columns) or (entries,)
    operation: str
    kind: str  # how the terms make the total: one of the words above
    value: float  # what the tensor holds
    terms: tuple[Term, ...]  # in order
    rule: Callable[[Sequence], float]  # the total for the terms' values; takes floats and Decimals
    main: Position | None = None  # the one value that this one comes from, if there is one
    numbers: dict[str, float] = field(default_factory=dict)  # what else is calculated with, e.g. "mean", "epsilon"
    window: Window | None = None  # of a convolution or pool: the places of its input that it looks at
    without: "Explanation | None" = None  # of a value that an edit multiplies: the calculation of what it multiplies
    is_without: bool = False  # whether it is such a calculation; its result is then held by no tensor

    @cached_property
    def total(self) -> float:
        """The value as calculated here, in double precision, from the terms."""
        return float(self.rule([term.value for term in self.terms])) if self.terms else self.value

    @cached_property
    def partials(self) -> tuple[float, ...]:
        """The result so far after each term: sum, product, or largest; of a mean or share the sum to be divided."""
        values = [term.value for term in self.terms]
        if self.kind in RUNNING:
            return tuple(accumulate(values, RUNNING[self.kind]))
        return (values[0], values[0] * values[1], self.total) if self.kind == SCALED else (*values[:1], self.total)

    @property
    def weighted(self) -> bool:
        """Whether values times weights make it, channel by channel or entry by entry, and perhaps a bias at the end."""
        return self.kind == SUM and self.operation in ("convolution", "linear")

    @property
    def reads(self) -> list[Position]:
        """The values that it was calculated from, term by term; `explain` takes each of them."""
        return [position for term in self.terms for position in term.reads]


def adds_up(explanation: Explanation) -> bool:
    """Whether the recalculated total is the value that the network's tensor holds: |total - value| <= 1e-4 s.

    The scale s is 1 for numbers of ordinary size. It is the value itself, or a hundredth of what the summands amount
    to without their signs, where these are above 1: single precision gets such sums no better. It is smaller than 1
    where all numbers are. Values that are not finite never add up.
    """
    if not math.isfinite(explanation.value) or not math.isfinite(explanation.total):
        return False
    size = _size(explanation)
    scale = max(min(size, 1.0), abs(explanation.value), size / 100 if explanation.kind in (SUM, MEAN, SCALED) else 0.0)
    return abs(explanation.total - explanation.value) <= TOLERANCE * scale


def _size(explanation: Explanation) -> float:
    """What the numbers of a calculation amount to, signs left out."""
    if explanation.kind == SHARE or not explanation.terms:
        return 1.0
    if explanation.kind == SCALED:
        return abs(explanation.partials[1]) + abs(explanation.terms[2].value)
    with np.errstate(invalid="ignore"):  # once: a linear layer has thousands of terms
        products = [t.values if t.weights is None else t.values * t.weights for t in explanation.terms]
    numbers = np.concatenate([*map(np.ravel, products), [term.value for term in explanation.terms]])
    size = float(np.abs(numbers[np.isfinite(numbers)]).sum()) / 2  # every term is in it as products and as their sum
    return size / explanation.numbers["divisor"] if explanation.kind == MEAN else size
