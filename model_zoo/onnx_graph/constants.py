"""Operations whose result is known without a picture: settings, and shapes that others are made of."""

import math

import numpy as np
import torch
from torch import Tensor

from model_zoo.onnx_graph.budget import check_fixed
from model_zoo.onnx_graph.file import Node
from model_zoo.onnx_graph.limits import MOST_CONSTANT, OnnxError
from model_zoo.onnx_graph.reading import Known, Reading


def constant(reading: Reading, node: Node) -> None:
    value = next((node[name] for name in ("value", *SINGLE) if name in node.attributes), None)
    if value is None or isinstance(value, str):
        raise OnnxError(f"{node.words} holds no numbers.")
    if isinstance(value, float) or (isinstance(value, tuple) and any(isinstance(n, float) for n in value)):
        value = torch.tensor(value)
    if isinstance(value, Tensor):
        reading.alias(node, value)
        return
    array = np.asarray(value)
    reading.alias(node, Known((array, array)))


SINGLE = ("value_float", "value_int", "value_floats", "value_ints")


def shape(reading: Reading, node: Node) -> None:
    value = reading.optional(node, 0)
    start, end = int(node.get("start", 0)), node.get("end")
    cut = slice(start, None if end is None else int(end))
    if isinstance(value, Tensor):
        array = np.array(value.shape, np.int64)[cut]
        reading.fix(node, array, array)
        return
    if isinstance(value, Known):
        reading.fix(node, *(np.array(v.shape, np.int64)[cut] for v in value.values))
        return
    x = reading.made(node)
    first, second = (np.array(tensor.shape, np.int64)[cut] for tensor in x.shapes)
    reading.fix(node, first, second)


def size(reading: Reading, node: Node) -> None:
    first, second = (np.array(tensor.numel(), np.int64) for tensor in reading.made(node).shapes)
    reading.fix(node, first, second)


def filled(reading: Reading, node: Node) -> None:
    target, value = reading.optional(node, 0), node.get("value")
    if not isinstance(target, Known):
        raise OnnxError(f"{node.words} takes a shape that is not fixed.")
    wanted = [[int(n) for n in values.reshape(-1)] for values in target.values]
    if any(n < 0 for to in wanted for n in to) or any(math.prod(to) > MOST_CONSTANT for to in wanted):
        raise OnnxError(f"{node.words} makes a fixed tensor of the shape {tuple(wanted[0][:8])}.")
    given = np.zeros(1, np.float32) if value is None else np.asarray(value).reshape(-1)
    reading.fix(node, *(np.full(to, given[0], given.dtype) for to in wanted))


def numbers(reading: Reading, node: Node) -> None:
    """From a number on, in steps, up to a limit."""
    given = [reading.optional(node, which) for which in (0, 1, 2)]
    values = [each.values[0].reshape(-1) for each in given if isinstance(each, Known) and each.is_fixed]
    if len(values) != 3 or any(each.size != 1 for each in values):
        raise OnnxError(f"{node.words} counts by numbers that are not fixed.")
    kinds = {each.dtype for each in values}
    if len(kinds) != 1 or (kind := kinds.pop()).kind not in "if":
        raise OnnxError(f"{node.words} counts in numbers of a kind that is not read.")
    start, limit, step = (each[0].item() for each in values)
    if not step or not 0 <= (limit - start) / step <= MOST_CONSTANT:
        raise OnnxError(f"{node.words} counts in impossible steps, or too far.")
    count = math.ceil((limit - start) / step)
    # In the kind of the numbers themselves: real ones are rounded as they are there.
    array = values[0][0] + np.arange(count).astype(kind) * values[2][0]
    reading.fix(node, array.astype(kind), array.astype(kind))


def where(reading: Reading, node: Node) -> None:
    parts = reading.take(node)
    known = [part.values for part in parts if isinstance(part, Known)]
    if len(known) != 3:
        raise OnnxError(f"{node.words} decides by the picture, value by value, which is not read.")
    check_fixed(node.words, *(np.broadcast_shapes(*(v[which].shape for v in known)) for which in (0, 1)))
    first, second = (np.where(*(values[which] for values in known)) for which in (0, 1))
    reading.fix(node, first, second)


OPERATIONS = {
    "Constant": constant,
    "Shape": shape,
    "Size": size,
    "ConstantOfShape": filled,
    "Range": numbers,
    "Where": where,
}
