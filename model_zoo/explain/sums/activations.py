"""Activation functions of one value, as torch.nn documents them."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from model_zoo.graph.step import Step

OPENING = "multiplies a value by a gate between 0 and 1, which opens as the value grows"


@dataclass(frozen=True)
class Activation:
    """A function of one value x and of `constant`, or, where `gated`, x times that function."""

    function: Callable[[float, float], float]
    latex: str  # with @ for x, and # for x in parentheses where it is negative
    words: str  # what it does, after its name
    gated: bool = False
    constant: Callable[[Step, int], float | None] = lambda step, channel: None  # of this step and channel


def sigmoid(x: float) -> float:
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))  # the same; no power is too large to be calculated


def hard_sigmoid(x: float) -> float:
    return min(max(x + 3, 0.0), 6.0) / 6


def gelu_gate(x: float, approximate: float | None) -> float:
    """The share of a standard normal distribution below x, or what GELU takes for it with approximate="tanh"."""
    if approximate:
        return (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x))) / 2
    return math.erfc(-x / math.sqrt(2)) / 2


def _slope(step: Step, channel: int) -> float:
    weight = step.option("weight")  # of a PReLU: one for all channels, or one each
    if isinstance(weight, Tensor):
        return weight[channel if len(weight) > 1 else 0].item()
    return float(step.option("negative_slope", 0.01))


ACTIVATIONS = {
    "ReLU": Activation(lambda x, _: max(x, 0.0), r"\max(0, @)", "keeps positive values and sets negative ones to 0"),
    "ReLU6": Activation(
        lambda x, _: min(max(x, 0.0), 6.0), r"\min(\max(0, @), 6)", "cuts off what is below 0 and above 6"
    ),
    "leaky ReLU": Activation(
        lambda x, a: x if x >= 0 else x * a,
        r"\max(0, @) + a \min(0, @)",
        "keeps positive values and makes negative ones small",
        constant=_slope,
    ),
    "PReLU": Activation(
        lambda x, a: x if x >= 0 else x * a,
        r"\max(0, @) + a \min(0, @)",
        "keeps positive values and multiplies negative ones by a learned number",
        constant=_slope,
    ),
    "ELU": Activation(
        lambda x, a: x if x > 0 else a * math.expm1(x),
        r"\max(0, @) + \min(0, a (e^{@} - 1))",
        "keeps positive values and bends negative ones towards a limit",
        constant=lambda step, _: float(step.option("alpha", 1.0)),
    ),
    "GELU": Activation(
        gelu_gate,
        r"#\,\Phi(@)",
        OPENING,
        gated=True,
        constant=lambda step, _: float(step.option("approximate") == "tanh"),
    ),
    "SiLU": Activation(lambda x, _: sigmoid(x), r"#\,\sigma(@)", OPENING, gated=True),
    "hard swish": Activation(lambda x, _: hard_sigmoid(x), r"#\,\min(\max(0, @ + 3), 6) / 6", OPENING, gated=True),
    "hard sigmoid": Activation(
        lambda x, _: hard_sigmoid(x), r"\min(\max(0, @ + 3), 6) / 6", "brings every value between 0 and 1"
    ),
    "sigmoid": Activation(lambda x, _: sigmoid(x), r"\frac{1}{1 + e^{-#}}", "brings every value between 0 and 1"),
    "tanh": Activation(lambda x, _: math.tanh(x), r"\tanh(@)", "brings every value between −1 and 1"),
}
