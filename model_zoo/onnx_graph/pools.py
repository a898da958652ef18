"""Pools, and operations that make one value of all along some dimensions."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import nn

from model_zoo.onnx_graph.file import Node
from model_zoo.onnx_graph.layers import padded, sizes
from model_zoo.onnx_graph.limits import OnnxError
from model_zoo.onnx_graph.reading import Known, Reading


def max_pool(reading: Reading, node: Node) -> None:
    x, kernel, strides = reading.made(node), sizes(node, "kernel_shape", 1), sizes(node, "strides", 1)
    dilations = sizes(node, "dilations", 1)
    if len(x.shape) != 4 or len([name for name in node.outputs if name]) > 1:
        raise OnnxError(f"{node.words} is used in a way that is not read.")
    reach = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilations, strict=True))
    x, padding = padded(reading, node, x, reach, strides, -math.inf)
    ceil = bool(node.get("ceil_mode", 0))
    reading.module(node, nn.MaxPool2d(kernel, strides, padding, dilations, ceil_mode=ceil), x)


def average_pool(reading: Reading, node: Node) -> None:
    x, kernel, strides = reading.made(node), sizes(node, "kernel_shape", 1), sizes(node, "strides", 1)
    if len(x.shape) != 4 or sizes(node, "dilations", 1) != (1, 1):
        raise OnnxError(f"{node.words} is used in a way that is not read.")
    counts, before = bool(node.get("count_include_pad", 0)), x
    x, padding = padded(reading, node, x, kernel, strides, 0.0)
    if x is not before and not counts:
        raise OnnxError(f"{node.words} pads its sides unequally and leaves the padding out of its mean: not read.")
    ceil = bool(node.get("ceil_mode", 0))
    reading.module(node, nn.AvgPool2d(kernel, strides, padding, ceil_mode=ceil, count_include_pad=counts), x)


def whole(make: Callable[[int], nn.Module]) -> Callable[[Reading, Node], None]:
    def pool(reading: Reading, node: Node) -> None:
        x = reading.made(node)
        if len(x.shape) != 4:
            raise OnnxError(f"{node.words} goes over something else than maps.")
        reading.module(node, make(1), x)

    return pool


def reduction(function: Callable[..., Any], known: Callable[..., Any]) -> Callable[[Reading, Node], None]:
    """One value of all along some axes, which are a setting or, in newer files, an input."""

    def reduce(reading: Reading, node: Node) -> None:
        value = reading.optional(node, 0)
        axes = reading.numbers(node, 1) if len(node.inputs) > 1 else node.get("axes")
        keep = bool(node.get("keepdims", 1))
        if isinstance(value, Known):
            over = None if axes is None else tuple(axes)
            first, second = (np.asarray(known(v, axis=over, keepdims=keep)) for v in value.values)
            reading.fix(node, first, second)
            return
        x = reading.made(node)
        if not axes:
            if node.get("noop_with_empty_axes", 0):
                reading.alias(node, x)
                return
            axes = range(len(x.shape))
        over = tuple(int(axis) % len(x.shape) for axis in axes)
        if 0 in over:
            raise OnnxError(f"{node.words} mixes several pictures.")
        reading.function(node, function, x, over, keepdim=keep)

    return reduce


OPERATIONS = {
    "MaxPool": max_pool,
    "AveragePool": average_pool,
    "GlobalAveragePool": whole(nn.AdaptiveAvgPool2d),
    "GlobalMaxPool": whole(nn.AdaptiveMaxPool2d),
    "ReduceMean": reduction(torch.mean, np.mean),
    "ReduceMax": reduction(torch.amax, np.max),
    "ReduceMin": reduction(torch.amin, np.min),
    "ReduceSum": reduction(torch.sum, np.sum),
}
