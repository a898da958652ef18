"""Operations value by value: activations, and + - × ÷ of two tensors."""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from model_zoo.onnx_graph.budget import check_fixed
from model_zoo.onnx_graph.file import Node
from model_zoo.onnx_graph.limits import OnnxError
from model_zoo.onnx_graph.reading import Known, Made, Reading, Value
from model_zoo.onnx_graph.tensors import FLOATS, INTEGERS, WORD


def activation(make: Callable[[Node], nn.Module]) -> Callable[[Reading, Node], None]:
    def read(reading: Reading, node: Node) -> None:
        reading.module(node, make(node), reading.made(node))

    return read


def function(called: Callable[[Tensor], Tensor], known: Callable[..., Any] | None = None):
    def read(reading: Reading, node: Node) -> None:
        value = reading.optional(node, 0)
        if isinstance(value, Known) and known is not None:
            with np.errstate(all="ignore"):  # `fix` refuses what is not finite
                first, second = (np.asarray(known(v)) for v in value.values)
            reading.fix(node, first, second)
        elif isinstance(value, Tensor):
            reading.alias(node, reading.derived(node, called, value))
        else:
            reading.function(node, called, reading.made(node))

    return read


def binary(called: Callable[..., Any], known: Callable[..., Any]) -> Callable[[Reading, Node], None]:
    def read(reading: Reading, node: Node) -> None:
        left, right = (reading.optional(node, which) for which in (0, 1))
        if left is None or right is None or len(node.inputs) > 2:
            raise OnnxError(f"{node.words} takes other than two tensors, which is not read.")
        if isinstance(left, Known) and isinstance(right, Known):
            pairs = list(zip(left.values, right.values, strict=True))
            check_fixed(node.words, *(np.broadcast_shapes(a.shape, b.shape) for a, b in pairs))
            if any(a.dtype != b.dtype or a.dtype == np.bool_ for a, b in pairs) and known is not operator.eq:
                raise OnnxError(f"{node.words} calculates with numbers of two kinds, or with truth values.")
            with np.errstate(all="ignore"):  # `fix` refuses what is not finite
                first, second = (np.asarray(known(a, b)) for a, b in pairs)
            reading.fix(node, first, second)
        elif isinstance(left, Made) or isinstance(right, Made):
            reading.function(node, called, _operand(reading, node, left), _operand(reading, node, right))
        else:
            weights = [value if isinstance(value, Tensor) else number(node, value) for value in (left, right)]
            reading.alias(node, reading.derived(node, called, *weights))

    return read


def _operand(reading: Reading, node: Node, value: Value) -> Any:
    return number(node, value) if isinstance(value, Known) else value


def number(node: Node, value: Any) -> float:
    """A single fixed number."""
    if not value.is_fixed or value.values[0].size != 1:
        raise OnnxError(f"{node.words} calculates with whole numbers that depend on the shape of the picture.")
    return float(value.values[0].reshape(-1)[0])


def clip(reading: Reading, node: Node) -> None:
    low, high = (reading.reals(node, which) for which in (1, 2))
    least, most = (values[0] if values else None for values in (low, high))
    value = reading.optional(node, 0)
    if isinstance(value, Known):
        reading.fix(node, *(_limited(v, least, most) for v in value.values))
    elif (least, most) == (0.0, 6.0):
        reading.module(node, nn.ReLU6(), reading.made(node))
    elif (least, most) == (0.0, None):
        reading.module(node, nn.ReLU(), reading.made(node))
    elif least is None and most is None:
        reading.alias(node, reading.made(node))
    else:
        reading.function(node, torch.clamp, reading.made(node), min=least, max=most)


def _limited(values: np.ndarray, least: float | None, most: float | None) -> np.ndarray:
    """The numbers within bounds, of the kind that they are."""
    low = values if least is None else np.maximum(values, least)
    return (low if most is None else np.minimum(low, most)).astype(values.dtype)


def prelu(reading: Reading, node: Node) -> None:
    x, slope = reading.made(node), reading.weight(node, 1)
    module = nn.PReLU(slope.numel())
    if slope.numel() not in (1, x.shape[1]):
        raise OnnxError(f"{node.words} has other slopes than one, or one for each channel.")
    module.weight = nn.Parameter(slope.reshape(-1), requires_grad=False)
    reading.module(node, module, x, slope)


def hard_sigmoid(reading: Reading, node: Node) -> None:
    alpha, beta = float(node.get("alpha", 0.2)), float(node.get("beta", 0.5))
    if abs(alpha - 1 / 6) < 1e-6 and beta == 0.5:
        reading.module(node, nn.Hardsigmoid(), reading.made(node))
        return
    x = reading.function(beside(node, "scaled"), torch.mul, reading.made(node), alpha)
    x = reading.function(beside(node, "moved"), torch.add, x, beta)
    reading.function(node, torch.clamp, x, min=0.0, max=1.0)


def beside(node: Node, what: str) -> Node:
    """A node that makes what another one takes, in the same part."""
    return type(node)(node.name, node.kind, (), (f"{node.outputs[0]}?{what}",), {})


def softmax(make: Callable[..., nn.Module]) -> Callable[[Reading, Node], None]:
    def read(reading: Reading, node: Node) -> None:
        x = reading.made(node)
        axis = int(node.get("axis", -1)) % len(x.shape)
        if axis == 0:
            raise OnnxError(f"{node.words} mixes several pictures.")
        reading.module(node, make(dim=axis), x)

    return read


def power(reading: Reading, node: Node) -> None:
    exponent = reading.reals(node, 1)
    if not isinstance(reading.optional(node, 0), Made) or exponent is None or len(exponent) != 1:
        raise OnnxError(f"{node.words} is used in a way that is not read: only one fixed exponent is.")
    reading.function(node, torch.pow, reading.made(node), exponent[0])


def unchanged(reading: Reading, node: Node) -> None:
    """Identity, and dropout in a network that is not trained."""
    value = reading.optional(node, 0)
    if value is None:
        raise OnnxError(f"{node.words} takes nothing.")
    reading.alias(node, value)


def cast(reading: Reading, node: Node) -> None:
    kind = int(node["to"])
    if kind not in INTEGERS and kind not in FLOATS:
        raise OnnxError(f"{node.words} makes numbers of a kind ({WORD.get(kind, kind)}) that is not read.")
    _cast(reading, node, np.dtype(INTEGERS[kind]) if kind in INTEGERS else REALS.get(kind))


def cast_like(reading: Reading, node: Node) -> None:
    """The first tensor in the kind of numbers of the second."""
    like = reading.optional(node, 1)
    if like is None:
        raise OnnxError(f"{node.words} needs two tensors.")
    # Whatever depends on the picture, and all real weights, are calculated with as float32.
    _cast(reading, node, like.values[0].dtype if isinstance(like, Known) else np.dtype(np.float32))


REALS = {1: np.dtype(np.float32), 10: np.dtype(np.float16), 11: np.dtype(np.float64)}


def _cast(reading: Reading, node: Node, to: np.dtype | None) -> None:
    value = reading.optional(node, 0)
    if isinstance(value, Known):
        if to is None:
            raise OnnxError(f"{node.words} makes numbers of a kind (bfloat16) that is not read.")
        with np.errstate(all="ignore"):
            reading.fix(node, *(v.astype(to) for v in value.values))
    elif value is not None and (to is None or to.kind == "f"):
        reading.alias(node, value)
    else:
        raise OnnxError(f"{node.words} makes whole numbers of real ones, which cannot be followed.")


def _divided(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Of whole numbers the quotient without its fraction, as in C."""
    if a.dtype.kind not in "iu":
        return a / b
    if not np.all(b):
        raise ValueError("it divides by 0")
    floor = a // b
    return (floor + ((a % b != 0) & ((a < 0) != (b < 0)))).astype(a.dtype)


def modulo(reading: Reading, node: Node) -> None:
    """The rest of a division: with `fmod` of the sign of what is divided, else of that of the divisor."""
    is_c = bool(node.get("fmod", 0))
    if not is_c and any(isinstance(value, Made | Tensor) for value in reading.take(node)):
        raise OnnxError(f"{node.words} takes real numbers, for which fmod must be 1.")

    def rest(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        if not np.all(b):
            raise ValueError("it divides by 0")
        return np.fmod(a, b) if is_c else np.mod(a, b)

    binary(torch.fmod, rest)(reading, node)


def _gelu(node: Node) -> nn.Module:
    return nn.GELU("tanh" if node.get("approximate", "none") == "tanh" else "none")


OPERATIONS = {
    "Relu": activation(lambda node: nn.ReLU()),
    "LeakyRelu": activation(lambda node: nn.LeakyReLU(float(node.get("alpha", 0.01)))),
    "Elu": activation(lambda node: nn.ELU(float(node.get("alpha", 1.0)))),
    "Gelu": activation(_gelu),
    "Sigmoid": activation(lambda node: nn.Sigmoid()),
    "Tanh": activation(lambda node: nn.Tanh()),
    "HardSwish": activation(lambda node: nn.Hardswish()),
    "Mish": activation(lambda node: nn.Mish()),
    "Softplus": activation(lambda node: nn.Softplus()),
    "HardSigmoid": hard_sigmoid,
    "PRelu": prelu,
    "Clip": clip,
    "Softmax": softmax(nn.Softmax),
    "LogSoftmax": softmax(nn.LogSoftmax),
    "Erf": function(torch.erf),
    "Sqrt": function(torch.sqrt, np.sqrt),
    "Exp": function(torch.exp),
    "Log": function(torch.log),
    "Abs": function(torch.abs, np.abs),
    "Neg": function(torch.neg, np.negative),
    "Reciprocal": function(torch.reciprocal),
    "Floor": function(torch.floor, np.floor),
    "Ceil": function(torch.ceil, np.ceil),
    "Not": function(torch.logical_not, np.logical_not),
    "Pow": power,
    "Add": binary(torch.add, operator.add),
    "Sub": binary(torch.sub, operator.sub),
    "Mul": binary(torch.mul, operator.mul),
    "Div": binary(torch.div, _divided),
    "Equal": binary(torch.eq, operator.eq),
    "Greater": binary(torch.gt, operator.gt),
    "Less": binary(torch.lt, operator.lt),
    "Max": binary(torch.maximum, np.maximum),
    "Min": binary(torch.minimum, np.minimum),
    "Mod": modulo,
    "Identity": unchanged,
    "Dropout": unchanged,
    "Cast": cast,
    "CastLike": cast_like,
}
