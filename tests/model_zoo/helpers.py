"""What tests of walks share."""

import math
import random
from dataclasses import dataclass
from decimal import Decimal

import torch
from torch import Tensor, nn

from model_zoo import Step, walk
from model_zoo.explain.sums import Explanation, explain
from model_zoo.graph.position import Position, index_of, is_map


def plain(net: nn.Module, x: Tensor) -> Tensor:
    with torch.inference_mode():
        return net(x.clone())


def by_name(steps: list[Step]) -> dict[str, Step]:
    return {step.name: step for step in steps}


def inputs_of(step: Step, steps: dict[str, Step], x: Tensor) -> list[Tensor]:
    return [x if name == "input" else steps[name].output for name in step.inputs]


def check_arithmetic(steps: list[Step], x: Tensor) -> None:
    """Every module, ReLU and add step follows, exactly, from the outputs of the steps that it names as inputs."""
    named = by_name(steps)
    for step in steps:
        inputs = inputs_of(step, named, x)
        with torch.inference_mode():
            if step.module is not None:
                assert torch.equal(step.output, step.module(inputs[0].clone())), step.name
            elif step.operation == "ReLU":
                assert torch.equal(step.output, inputs[0].relu()), step.name
            elif step.operation == "add" and len(inputs) == 2:
                assert torch.equal(step.output, inputs[0] + inputs[1]), step.name


def drawn_place(step: Step, draw: random.Random) -> tuple:
    """A value of a step at random, as `explain` takes it."""
    sizes = step.shape[1:] if is_map(step.shape) else (math.prod(step.shape[1:]),)
    return step.name, *(draw.randrange(size) for size in sizes)


def first_place(step: Step) -> tuple:
    """The first value of a step."""
    return step.name, *([0] * (3 if is_map(step.shape) else 1))


def last_place(step: Step) -> tuple:
    """The last value of a step."""
    sizes = step.shape[1:] if is_map(step.shape) else (math.prod(step.shape[1:]),)
    return step.name, *(size - 1 for size in sizes)


def held(tensor: Tensor, position: Position) -> float:
    """What a tensor (N, ...) holds for its first picture at a position."""
    return float(tensor[index_of(position, tuple(tensor.shape))])


@dataclass(frozen=True, eq=False)
class Inference:
    steps: list[Step]
    x: Tensor

    def explain(self, step: str, *place: int) -> Explanation:
        return explain(self.steps, self.x, step, *place)


def walked(net: nn.Module, x: Tensor) -> Inference:
    return Inference(walk(net.eval(), x), x)


def explained(net: nn.Module, x: Tensor, step: str, *place: int) -> Explanation:
    """How one value of a network came about."""
    return walked(net, x).explain(step, *place)


def read(text: str) -> Decimal:
    """The number that a reader sees."""
    return Decimal(text.replace("−", "-"))
