"""A question for one value, and what every answer needs: the tensors, single values as terms."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from torch import Tensor

from model_zoo.explain.sums.explanation import POINT, Explanation, Term
from model_zoo.graph.position import Position, is_map, position_at
from model_zoo.graph.step import Step
from model_zoo.graph.windows import Window, pair

Index = tuple[int, ...]


class UnknownOperation(ValueError):
    """An operation, or a way to use it, that has no explanation here; the message names it."""


@dataclass(frozen=True)
class Question:
    """One value that is to be explained, with the tensors at hand."""

    step: Step
    position: Position
    index: Index  # of the value in the step's output
    inputs: tuple[Tensor, ...]  # outputs of `step.inputs`, in their order
    before: Mapping[str, Step] = field(default_factory=dict)  # all steps of the walk by their names
    pictures: int = 1  # that were walked at once

    def unknown(self, reason: str) -> UnknownOperation:
        step = self.step
        return UnknownOperation(f"How {step.name} works ({step.operation}) cannot be explained: {reason}.")

    def only_input(self, *dimensions: int) -> Tensor:
        """The one input, which has as many dimensions as one of `dimensions` says, or any number."""
        if len(self.inputs) != 1 or (dimensions and self.inputs[0].dim() not in dimensions):
            shapes = " and ".join(str(tuple(tensor.shape)) for tensor in self.inputs) or "nothing"
            raise self.unknown(f"its input is {shapes}")
        return self.inputs[0]

    def value_of(self, which: int, index: Index, name: str, weight: float | None = None) -> Term:
        """One value of one input as a term."""
        tensor = self.inputs[which]
        if len(index) < 2 or index[0]:
            raise self.unknown(f"an input has the shape {tuple(tensor.shape)}")
        position = position_at(self.step.inputs[which], index, tuple(tensor.shape))
        x = float(tensor[index])
        window = POINT
        if is_map(tensor.shape):
            window = Window((position.row,), (position.column,), pair(tensor.shape[2:]))
        weights = None if weight is None else np.array([[weight]])
        value = x if weight is None else x * weight
        return Term(name, value, position.step, position.channel, window, np.array([[x]]), weights)

    def explained(
        self,
        kind: str,
        rule: Callable[[Sequence], float],
        terms: Sequence[Term],
        main: Position | None = None,
        window: Window | None = None,
        numbers: dict[str, float] | None = None,
    ) -> Explanation:
        """The answer; its value is what the step's output holds."""
        value = float(self.step.output[self.index])
        shape = self.step.shape[1:] if is_map(self.step.shape) else (math.prod(self.step.shape[1:]),)
        operation = self.step.operation
        return Explanation(
            self.position, shape, operation, kind, value, tuple(terms), rule, main, numbers or {}, window
        )


def own(name: str, value: float) -> Term:
    """A number of the step's own, such as its bias."""
    return Term(name, value, values=np.array([[value]]))
