"""What tests of walks share."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from model_zoo import Step, walk
from model_zoo.explain.sums import Explanation, explain


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


@dataclass(frozen=True, eq=False)
class Inference:
    steps: list[Step]
    x: Tensor

    def explain(self, step: str, *place: int) -> Explanation:
        return explain(self.steps, self.x, step, *place)


def walked(net: nn.Module, x: Tensor) -> Inference:
    return Inference(walk(net.eval(), x), x)
