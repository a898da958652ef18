"""Operations with weights: convolutions, linear layers, normalisations."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from model_zoo.onnx_graph.file import Node
from model_zoo.onnx_graph.limits import OnnxError
from model_zoo.onnx_graph.reading import Made, Reading

SAME = ("SAME_UPPER", "SAME_LOWER")


def bare(make: Callable[..., nn.Module], *args: Any, **kwargs: Any) -> nn.Module:
    """A module without memory for its weights, which are then set."""
    with torch.device("meta"):
        return make(*args, **kwargs)


def set_weights(module: nn.Module, **weights: Tensor | None) -> None:
    """Give a module its weights, each of the shape that it has room for.

    Raises:
        OnnxError: one has another shape.
    """
    for name, weight in weights.items():
        room = getattr(module, name)
        if weight is None or room is None:
            continue
        if tuple(room.shape) != tuple(weight.shape):
            raise OnnxError(f"A weight has the shape {tuple(weight.shape)}; its operation takes {tuple(room.shape)}.")
        if isinstance(room, nn.Parameter):
            setattr(module, name, nn.Parameter(weight, requires_grad=False))
        else:
            module.register_buffer(name, weight)


def convolution(reading: Reading, node: Node) -> None:
    x, weight = reading.made(node), reading.weight(node, 1)
    bias = reading.weight(node, 2) if reading.optional(node, 2) is not None else None
    if len(x.shape) != 4 or weight.dim() != 4:
        raise OnnxError(f"{node.words} goes over {len(x.shape) - 2} dimensions; pictures have 2.")
    outputs, inputs, rows, columns = weight.shape
    groups, dilations = int(node.get("group", 1)), sizes(node, "dilations", 1)
    if groups < 1 or outputs % groups or inputs * groups != x.shape[1]:
        raise OnnxError(f"{node.words}: {x.shape[1]} channels do not fit {groups} groups of {inputs}.")
    if tuple(node.get("kernel_shape", (rows, columns))) != (rows, columns):
        raise OnnxError(f"{node.words}: kernel_shape is not that of the weights.")
    strides = sizes(node, "strides", 1)
    reach = tuple((k - 1) * d + 1 for k, d in zip((rows, columns), dilations, strict=True))
    x, padding = padded(reading, node, x, reach, strides, 0.0)
    module = bare(
        nn.Conv2d,
        *(inputs * groups, outputs, (rows, columns)),
        stride=strides,
        padding=padding,
        dilation=dilations,
        groups=groups,
        bias=bias is not None,
    )
    set_weights(module, weight=weight, bias=bias)
    reading.module(node, module, x, weight)


def sizes(node: Node, name: str, default: int) -> tuple[int, int]:
    """A pair of whole numbers from 1 to 4096."""
    found = tuple(node.get(name, (default, default)))
    if len(found) != 2 or not all(isinstance(n, int) and 1 <= n <= 4096 for n in found):
        raise OnnxError(f"{node.words}: {name} must be two numbers from 1 on, not {found[:8]}.")
    return found[0], found[1]


def padded(
    reading: Reading, node: Node, x: Made, reach: Sequence[int], strides: Sequence[int], fill: float
) -> tuple[Made, tuple[int, int]]:
    """The input and how it is padded on both sides; unequal sides are a step of their own.

    Args:
        reach: rows and columns of a window, with the gaps of its dilation.
        fill: what stands in the padding.
    """
    auto = node.get("auto_pad", "NOTSET") or "NOTSET"
    if auto in SAME:
        totals = [
            max((-(-size // stride) - 1) * stride + window - size, 0)
            for size, stride, window in zip(x.shape[2:], strides, reach, strict=True)
        ]
        less = [total // 2 for total in totals]
        more = [total - half for total, half in zip(totals, less, strict=True)]
        top_left, bottom_right = (less, more) if auto == "SAME_UPPER" else (more, less)
    elif auto in ("NOTSET", "VALID"):
        pads = [0] * 4 if auto == "VALID" else [int(n) for n in node.get("pads", (0, 0, 0, 0))]
        if len(pads) != 4 or not all(0 <= n <= 1024 for n in pads):
            raise OnnxError(f"{node.words}: pads must be four numbers from 0 to 1024, not {tuple(pads[:8])}.")
        top_left, bottom_right = pads[:2], pads[2:]
    else:
        raise OnnxError(f"{node.words}: auto_pad {auto[:40]!r} is not known.")
    if top_left == bottom_right:
        return x, (top_left[0], top_left[1])
    (top, left), (bottom, right) = top_left, bottom_right
    before = _beside(node)
    return reading.function(before, functional.pad, x, (left, right, top, bottom), value=fill), (0, 0)


def _beside(node: Node) -> Node:
    """A node that makes what another one takes, in the same part."""
    return Node(node.name, "Pad", (), (f"{node.outputs[0]}?padded",), {})


def transposed_convolution(reading: Reading, node: Node) -> None:
    x, weight = reading.made(node), reading.weight(node, 1)
    bias = reading.weight(node, 2) if reading.optional(node, 2) is not None else None
    auto = node.get("auto_pad", "NOTSET") or "NOTSET"
    pads = (0, 0, 0, 0) if auto == "VALID" else tuple(node.get("pads", (0, 0, 0, 0)))
    is_known = auto in ("NOTSET", "VALID") and len(pads) == 4 and pads[:2] == pads[2:]
    if weight.dim() != 4 or len(x.shape) != 4 or not is_known or node.get("output_shape") is not None:
        raise OnnxError(f"{node.words} is used in a way that is not read.")
    inputs, outputs, *kernel = weight.shape
    groups = int(node.get("group", 1))
    if groups < 1 or inputs % groups or inputs != x.shape[1]:
        raise OnnxError(f"{node.words}: {x.shape[1]} channels do not fit {inputs} in {groups} groups.")
    if tuple(node.get("kernel_shape", kernel)) != tuple(kernel):
        raise OnnxError(f"{node.words}: kernel_shape is not that of the weights.")
    strides, dilations = sizes(node, "strides", 1), sizes(node, "dilations", 1)
    further = tuple(node.get("output_padding", (0, 0)))
    if len(further) != 2 or not all(isinstance(n, int) and 0 <= n < s for n, s in zip(further, strides, strict=True)):
        raise OnnxError(f"{node.words}: output_padding must be two numbers below the strides, not {further[:8]}.")
    reach = [(k - 1) * d for k, d in zip(kernel, dilations, strict=True)]
    # What is made of the picture before the padding is cut off, which may be nearly all of it.
    whole = [(n - 1) * s + r + 1 for n, s, r in zip(x.shape[2:], strides, reach, strict=True)]
    if not all(isinstance(n, int) and 0 <= 2 * n < size for n, size in zip(pads[:2], whole, strict=True)):
        raise OnnxError(f"{node.words}: pads of {pads} leave nothing of {whole[0]} x {whole[1]} values.")
    left = [size - 2 * n for size, n in zip(whole, pads, strict=False)]
    reading.budget.add_values(node.words, outputs * groups * (whole[0] * whole[1] - left[0] * left[1]))
    module = bare(
        nn.ConvTranspose2d,
        *(inputs, outputs * groups, tuple(kernel)),
        stride=strides,
        padding=pads[:2],
        output_padding=further,
        groups=groups,
        dilation=dilations,
        bias=bias is not None,
    )
    set_weights(module, weight=weight, bias=bias)
    reading.module(node, module, x, weight)


def gemm(reading: Reading, node: Node) -> None:
    """alpha A' B' + beta C, with weights for B and C: a linear layer."""
    x, weight = reading.made(node), reading.weight(node, 1)
    if node.get("transA", 0) or len(x.shape) != 2 or weight.dim() != 2:
        raise OnnxError(f"{node.words} is used in a way that is not read: not as a linear layer.")
    bias = reading.weight(node, 2) if reading.optional(node, 2) is not None else None
    alpha, beta = float(node.get("alpha", 1.0)), float(node.get("beta", 1.0))
    _linear(reading, node, x, (weight if node.get("transB", 0) else weight.t()), bias, (alpha, beta))


def matmul(reading: Reading, node: Node) -> None:
    x, other = reading.optional(node, 0), reading.optional(node, 1)
    if isinstance(x, Made) and isinstance(other, Tensor) and other.dim() == 2:
        _linear(reading, node, x, reading.weight(node, 1).t(), None, (1.0, 1.0))
    else:
        reading.function(node, torch.matmul, x, other)


def _linear(
    reading: Reading, node: Node, x: Made, weight: Tensor, bias: Tensor | None, factors: tuple[float, float]
) -> None:
    outputs, inputs = weight.shape
    named = reading.optional(node, 1)
    if bias is not None:
        bias = bias.reshape(-1)
        bias = bias.expand(outputs) if bias.numel() == 1 else bias
        bias = bias if factors[1] == 1 else bias * factors[1]
    weight = weight if factors[0] == 1 else weight * factors[0]
    module = bare(nn.Linear, inputs, outputs, bias=bias is not None)
    set_weights(module, weight=weight, bias=bias)
    reading.module(node, module, x, named if isinstance(named, Tensor) else None)


def batch_norm(reading: Reading, node: Node) -> None:
    x = reading.made(node)
    if node.get("training_mode", 0):
        raise OnnxError(f"{node.words} is in training mode: export the network after net.eval().")
    scale, shift, mean, variance = (reading.weight(node, which) for which in range(1, 5))
    make = nn.BatchNorm2d if len(x.shape) == 4 else nn.BatchNorm1d
    module = bare(make, x.shape[1], eps=_epsilon(node))
    set_weights(module, weight=scale, bias=shift, running_mean=mean, running_var=variance)
    module.register_buffer("num_batches_tracked", torch.tensor(0))
    if not variance.is_meta and float(variance.min()) < 0:
        raise OnnxError(f"{node.words} has a variance below 0.")
    reading.module(node, module, x, scale)


def layer_norm(reading: Reading, node: Node) -> None:
    x, scale = reading.made(node), reading.weight(node, 1)
    bias = reading.weight(node, 2) if reading.optional(node, 2) is not None else None
    axis = int(node.get("axis", -1)) % len(x.shape)
    if tuple(scale.shape) != x.shape[axis:] or axis == 0:
        raise OnnxError(f"{node.words} goes over other dimensions than its weights have.")
    module = bare(nn.LayerNorm, tuple(scale.shape), eps=_epsilon(node), bias=bias is not None)
    set_weights(module, weight=scale, bias=bias)
    reading.module(node, module, x, scale)


def instance_norm(reading: Reading, node: Node) -> None:
    x, scale = reading.made(node), reading.weight(node, 1)
    if len(x.shape) not in (3, 4):
        raise OnnxError(f"{node.words} goes over something else than maps.")
    make = nn.InstanceNorm2d if len(x.shape) == 4 else nn.InstanceNorm1d
    module = bare(make, x.shape[1], eps=_epsilon(node), affine=True)
    set_weights(module, weight=scale, bias=reading.weight(node, 2))
    reading.module(node, module, x, scale)


def group_norm(reading: Reading, node: Node) -> None:
    x, scale, bias = reading.made(node), reading.weight(node, 1), reading.weight(node, 2)
    groups = int(node["num_groups"])
    if not 1 <= groups <= x.shape[1] or x.shape[1] % groups:
        raise OnnxError(f"{node.words}: {x.shape[1]} channels do not make {groups} groups.")
    if reading.opset < 21:  # one for each group
        scale, bias = (value.repeat_interleave(x.shape[1] // groups) for value in (scale, bias))
    module = bare(nn.GroupNorm, groups, x.shape[1], eps=_epsilon(node))
    set_weights(module, weight=scale, bias=bias)
    named = reading.optional(node, 1)
    reading.module(node, module, x, named if isinstance(named, Tensor) else None)


def _epsilon(node: Node) -> float:
    found = float(node.get("epsilon", 1e-5))
    if not 0 <= found <= 1:
        raise OnnxError(f"{node.words}: epsilon must be from 0 to 1, not {found:g}.")
    return found


OPERATIONS = {
    "Conv": convolution,
    "ConvTranspose": transposed_convolution,
    "Gemm": gemm,
    "MatMul": matmul,
    "BatchNormalization": batch_norm,
    "LayerNormalization": layer_norm,
    "InstanceNormalization": instance_norm,
    "GroupNormalization": group_norm,
}
