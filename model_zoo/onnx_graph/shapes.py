"""Operations that put values at other places: reshaping, turning, cutting, joining, padding, resizing."""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from model_zoo.onnx_graph.budget import check_fixed
from model_zoo.onnx_graph.file import Node
from model_zoo.onnx_graph.limits import MOST_CONSTANT, OnnxError
from model_zoo.onnx_graph.reading import Known, Made, Reading

FARTHEST = 1 << 40  # an end of a slice beyond which everything is meant


def flatten(reading: Reading, node: Node) -> None:
    x = reading.made(node)
    axis = int(node.get("axis", 1)) % (len(x.shape) + 1)
    if axis != 1:
        raise OnnxError(f"{node.words} joins several pictures, or their maps, to one row: axis {axis}.")
    reading.function(node, torch.flatten, x, 1)


def reshape(reading: Reading, node: Node) -> None:
    value, target = reading.optional(node, 0), reading.optional(node, 1)
    if not isinstance(target, Known):
        raise OnnxError(f"{node.words} takes a shape that is not fixed.")
    wanted = [[int(n) for n in values.reshape(-1)] for values in target.values]
    if len(wanted[0]) > 8:
        raise OnnxError(f"{node.words} makes a tensor of {len(wanted[0])} dimensions.")
    if isinstance(value, Known):
        reading.fix(node, *(v.reshape(to) for v, to in zip(value.values, wanted, strict=True)))
    elif isinstance(value, Tensor):
        to = wanted[0]
        reading.alias(node, reading.derived(node, lambda weight: weight.reshape(to), value))
    else:
        _reshape(reading, node, reading.made(node), wanted)


def _reshape(reading: Reading, node: Node, x: Made, wanted: list[list[int]]) -> None:
    results = []
    for tensor, target in zip(x.shapes, wanted, strict=True):
        if not node.get("allowzero", 0):
            target = [tensor.shape[i] if n == 0 and i < tensor.dim() else n for i, n in enumerate(target)]
        if reading.static_batch and target and target[0] == reading.static_batch and x.has_batch(0):
            target = [tensor.shape[0], *target[1:]]  # the file says "1" and means "all pictures"
        results.append(tuple(tensor.reshape(target).shape))
    moving = [i for i, sizes in enumerate(zip(*results, strict=True)) if len(set(sizes)) > 1]
    if len(moving) > 1:
        raise OnnxError(f"{node.words} makes a shape in which several sizes depend on the number of pictures.")
    shape = tuple(-1 if i in moving else n for i, n in enumerate(results[0]))
    if shape == (-1, math.prod(x.shape[1:])) and x.has_batch(0):
        reading.function(node, torch.flatten, x, 1)
    else:
        reading.function(node, torch.reshape, x, shape)


def transpose(reading: Reading, node: Node) -> None:
    value = reading.optional(node, 0)
    rank = value.values[0].ndim if isinstance(value, Known) else len(value.shape) if value is not None else 0
    order = tuple(int(n) for n in node.get("perm", range(rank)[::-1]))
    if sorted(order) != list(range(rank)):
        raise OnnxError(f"{node.words}: {order[:8]} is no order of {rank} dimensions.")
    if isinstance(value, Tensor):
        reading.alias(node, reading.derived(node, lambda weight: weight.permute(order), value))
    elif isinstance(value, Known):
        reading.fix(node, *(v.transpose(order) for v in value.values))
    else:
        reading.function(node, torch.permute, reading.made(node), order)


def axes_of(reading: Reading, node: Node) -> list[int] | None:
    """Axes, which are an input since operator set 13."""
    found = reading.numbers(node, 1) if len(node.inputs) > 1 else node.get("axes")
    return None if found is None else [int(axis) for axis in found]


def squeeze(reading: Reading, node: Node) -> None:
    value, axes = reading.optional(node, 0), axes_of(reading, node)
    if isinstance(value, Known):
        reading.fix(node, *(np.squeeze(v, None if axes is None else tuple(axes)) for v in value.values))
        return
    x = reading.made(node)
    axes = [i for i, n in enumerate(x.shape) if n == 1] if axes is None else axes
    axes = [axis % len(x.shape) for axis in axes]
    if 0 in axes or any(x.shape[axis] != 1 for axis in axes):
        raise OnnxError(f"{node.words} takes away a dimension that is larger than 1.")
    reading.function(node, torch.squeeze, x, tuple(axes))


def unsqueeze(reading: Reading, node: Node) -> None:
    value, axes = reading.optional(node, 0), axes_of(reading, node) or []
    if isinstance(value, Known):
        reading.fix(node, *(np.expand_dims(v, tuple(axes)) for v in value.values))
        return
    if isinstance(value, Tensor):
        rank = value.dim() + len(axes)
        for axis in sorted(axis % rank for axis in axes):
            value = reading.derived(node, lambda weight, axis=axis: weight.unsqueeze(axis), value)
        reading.alias(node, value)
        return
    x = reading.made(node)
    rank = len(x.shape) + len(axes)
    order = sorted(axis % rank for axis in axes)
    for count, axis in enumerate(order):
        last = count == len(order) - 1
        here = node if last else type(node)(node.name, node.kind, (), (f"{node.outputs[0]}?{count}",), {})
        x = reading.function(here, torch.unsqueeze, x, axis)


def concat(reading: Reading, node: Node) -> None:
    values, axis = reading.take(node), int(node["axis"])
    if all(isinstance(value, Known) for value in values):
        known = [value.values for value in values if isinstance(value, Known)]
        check_fixed(node.words, *((sum(pair[which].size for pair in known),) for which in (0, 1)))
        first, second = (np.concatenate([pair[which] for pair in known], axis) for which in (0, 1))
        reading.fix(node, first, second)
        return
    moving = [value for value in values if isinstance(value, Made)]
    if not moving or any(value is None or isinstance(value, Known) for value in values):
        raise OnnxError(f"{node.words} joins tensors that cannot be followed.")
    axis %= len(moving[0].shape)
    if axis == 0:
        raise OnnxError(f"{node.words} joins several pictures.")
    joined = [_for_each_picture(reading, node, value, moving[0], which) for which, value in enumerate(values)]
    reading.function(node, torch.cat, joined, axis)


def _for_each_picture(reading: Reading, node: Node, value: Any, like: Made, which: int) -> Any:
    """A weight that stands once in the file, such as a transformer's class token, as often as there are pictures."""
    if not isinstance(value, Tensor):
        return value
    here = type(node)(node.name, "Expand", (), (f"{node.outputs[0]}?{which}",), {})
    return reading.function(here, per_picture, value, like)


def per_picture(weight: Tensor, x: Tensor) -> Tensor:
    """The weight (1, ...) for each of the pictures in x."""
    return weight.expand(x.shape[0], *weight.shape[1:])


def slicing(reading: Reading, node: Node) -> None:
    value = reading.optional(node, 0)
    starts, ends = (reading.numbers(node, which) or [] for which in (1, 2))
    axes, steps = (reading.numbers(node, which) for which in (3, 4))
    axes = list(range(len(starts))) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    if not len(starts) == len(ends) == len(axes) == len(steps):
        raise OnnxError(f"{node.words} has not as many starts, ends, axes and steps.")
    rank = value.values[0].ndim if isinstance(value, Known) else len(reading.made(node).shape)
    cuts = [slice(None)] * rank
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        if step < 1 and not isinstance(value, Known):
            raise OnnxError(f"{node.words} takes values in reverse order, which is not read.")
        cuts[axis % rank] = slice(start, None if end > FARTHEST or (step < 0 and end < -FARTHEST) else end, step)
    if isinstance(value, Known):
        reading.fix(node, *(v[tuple(cuts)] for v in value.values))
        return
    if cuts[0] != slice(None) and cuts[0] != slice(0, None, 1):
        raise OnnxError(f"{node.words} takes some of the pictures.")
    cuts[0] = slice(None)
    reading.function(node, cut, reading.made(node), tuple(cuts))


def cut(x: Tensor, cuts: tuple[slice | int, ...]) -> Tensor:
    """Part of a tensor."""
    return x[cuts]


def split(reading: Reading, node: Node) -> None:
    x, count = reading.made(node), len(node.outputs)
    axis = int(node.get("axis", 0)) % len(x.shape)
    if axis == 0:
        raise OnnxError(f"{node.words} takes pictures apart.")
    sizes = reading.numbers(node, 1) if len(node.inputs) > 1 else None
    if sizes is None:
        each = -(-x.shape[axis] // count)
        sizes = [each] * (count - 1) + [x.shape[axis] - each * (count - 1)]
    if len(sizes) != count or sum(sizes) != x.shape[axis] or min(sizes) < 0:
        raise OnnxError(f"{node.words}: {tuple(sizes[:8])} are no parts of {x.shape[axis]}.")
    if count == 1:
        reading.alias(node, x)
    else:
        reading.function(node, torch.split, x, sizes, axis)


def gather(reading: Reading, node: Node) -> None:
    """One entry along an axis, or several."""
    value, index, axis = reading.optional(node, 0), reading.optional(node, 1), int(node.get("axis", 0))
    if isinstance(value, Known) and isinstance(index, Known):
        pairs = list(zip(value.values, index.values, strict=True))
        check_fixed(node.words, *((*v.shape[:axis], *v.shape[axis:][1:], *i.shape) for v, i in pairs))
        reading.fix(node, *(np.take(v, i.astype(np.int64), axis) for v, i in pairs))
        return
    numbers = reading.numbers(node, 1)
    if not isinstance(index, Known) or numbers is None:
        raise OnnxError(f"{node.words} takes entries that are not fixed.")
    if isinstance(value, Tensor):
        picked = torch.as_tensor(index.values[0].astype(np.int64))
        if picked.numel() * max(value.numel() // max(value.shape[axis], 1), 1) > MOST_CONSTANT:
            raise OnnxError(f"{node.words} makes a fixed tensor that is too large.")
        axis %= value.dim()
        reading.alias(node, reading.derived(node, lambda weight: _taken(weight, axis, picked), value))
        return
    x = reading.made(node)
    axis %= len(x.shape)
    if axis == 0:
        raise OnnxError(f"{node.words} takes some of the pictures.")
    before: list[slice | int] = [slice(None)] * axis
    if index.values[0].ndim == 0:
        reading.function(node, cut, x, (*before, numbers[0]))
    elif numbers == list(range(numbers[0], numbers[-1] + 1)) and index.values[0].ndim == 1 and numbers[0] >= 0:
        reading.function(node, cut, x, (*before, slice(numbers[0], numbers[-1] + 1)))
    else:
        raise OnnxError(f"{node.words} picks entries in an order of its own, which is not read.")


def _taken(weight: Tensor, axis: int, index: Tensor) -> Tensor:
    flat = weight.index_select(axis, index.reshape(-1).to(weight.device) % weight.shape[axis])
    return flat.reshape(*weight.shape[:axis], *index.shape, *weight.shape[axis + 1 :])


def einsum(reading: Reading, node: Node) -> None:
    equation = str(node["equation"])
    if len(equation) > 60:
        raise OnnxError(f"{node.words} has an equation of {len(equation)} characters.")
    values = [value for value in reading.take(node) if isinstance(value, Made | Tensor)]
    letters = equation.replace(" ", "").split("->")[0].split(",")
    if len(values) != len(node.inputs) or len(letters) != len(values):
        raise OnnxError(f"{node.words} has an equation for other tensors than it takes.")
    if len(values) > 2:  # torch joins two after the other: what it makes between them has no bound
        raise OnnxError(f"{node.words} joins {len(values)} tensors; only two at once are read.")
    sizes: dict[str, int] = {}
    for part, value in zip(letters, values, strict=True):
        for letter, n in zip(part, value.shape, strict=True):
            sizes[letter] = max(n, sizes.get(letter, 1))
    reading.budget.add_products(math.prod(sizes.values()))
    reading.function(node, torch.einsum, equation, *values)


OPERATIONS = {
    "Flatten": flatten,
    "Reshape": reshape,
    "Transpose": transpose,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Concat": concat,
    "Slice": slicing,
    "Split": split,
    "Gather": gather,
    "Einsum": einsum,
}
