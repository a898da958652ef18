"""Activation functions of one value, as torch.nn documents them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from model_zoo.graph.step import Step

OPENING = "multiplies a value by a gate between 0 and 1, which opens as the value grows"


@dataclass(frozen=True)
class Activation:
    """A function of one value x and of `constant` (a number, or two), or, where `gated`, x times that function."""

    function: Callable[[float, Any], float]
    latex: str  # with @ for x, and # for x in parentheses where it is negative
    words: str  # what it does, after its name
    gated: bool = False
    constant: Callable[[Step, int], float | tuple[float, float] | None] = lambda step, channel: (
        None
    )  # of this step and channel


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


def _limits(step: Step, channel: int) -> tuple[float, float]:
    low, high = step.option("min", step.option("min_val")), step.option("max", step.option("max_val"))
    return (-math.inf if low is None else float(low)), (math.inf if high is None else float(high))


def _finite(function: Callable[[], Any]) -> float:
    """The result, or what stands for it where Python has none but an error, or a complex number."""
    try:
        found = function()
    except (OverflowError, ZeroDivisionError):
        return math.inf
    return found if isinstance(found, float) else math.nan


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
    "erf": Activation(lambda x, _: math.erf(x), r"\mathrm{erf}(@)", "brings every value between −1 and 1"),
    "softplus": Activation(
        lambda x, _: max(x, 0.0) + math.log1p(math.exp(-abs(x))),
        r"\log(1 + e^{@})",
        "is a ReLU without its corner",
    ),
    "Mish": Activation(
        lambda x, _: math.tanh(max(x, 0.0) + math.log1p(math.exp(-abs(x)))),
        r"#\,\tanh(\log(1 + e^{@}))",
        OPENING,
        gated=True,
    ),
    "clamp": Activation(
        lambda x, limits: min(max(x, limits[0]), limits[1]),
        r"\min(\max(a , @), b )",
        "cuts off what is below one limit and above another",
        constant=_limits,
    ),
    "power": Activation(
        lambda x, a: _finite(lambda: x**a),
        r"#^{a }",
        "is the value to the power of a fixed number",
        constant=lambda step, _: float(step.option("exponent", step.option("b", 2.0))),
    ),
    "square root": Activation(lambda x, _: math.sqrt(x) if x >= 0 else math.nan, r"\sqrt{@}", "is its square root"),
    "exponential": Activation(lambda x, _: _finite(lambda: math.exp(x)), r"e^{@}", "is e to the power of it"),
    "logarithm": Activation(lambda x, _: math.log(x) if x > 0 else math.nan, r"\log(@)", "is its natural logarithm"),
    "absolute value": Activation(lambda x, _: abs(x), r"\left|@\right|", "leaves its sign out"),
    "negative": Activation(lambda x, _: -x, r"-#", "changes its sign"),
    "reciprocal": Activation(lambda x, _: _finite(lambda: 1 / x), r"1 / #", "is 1 divided by it"),
}
