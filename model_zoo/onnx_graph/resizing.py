"""Operations that make maps larger or smaller: padding, interpolation, repetition."""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from model_zoo.onnx_graph.budget import check_fixed
from model_zoo.onnx_graph.file import Node
from model_zoo.onnx_graph.limits import OnnxError
from model_zoo.onnx_graph.reading import Known, Made, Operation, Reading
from model_zoo.onnx_graph.shapes import per_picture


def pad(reading: Reading, node: Node) -> None:
    x, mode = reading.made(node), node.get("mode", "constant") or "constant"
    pads, axes = reading.numbers(node, 1), reading.numbers(node, 3)
    fill = reading.reals(node, 2) or [0.0]
    rank = len(x.shape)
    axes = list(range(rank)) if axes is None else [axis % rank for axis in axes]
    if pads is None or len(pads) != 2 * len(axes) or any(not 0 <= n <= 1024 for n in pads):
        raise OnnxError(f"{node.words}: the padding must be two numbers from 0 to 1024 for each axis.")
    both = {axis: (pads[i], pads[i + len(axes)]) for i, axis in enumerate(axes)}
    if both.get(0, (0, 0)) != (0, 0):
        raise OnnxError(f"{node.words} adds pictures.")
    if mode not in MODES:
        raise OnnxError(f"{node.words}: the mode {mode[:40]!r} is not known.")
    last = min((axis for axis, sides in both.items() if any(sides)), default=rank)
    if last == rank:
        reading.alias(node, x)
        return
    sides = [n for axis in range(rank - 1, last - 1, -1) for n in both.get(axis, (0, 0))]
    more: dict[str, Any] = {"value": fill[0]} if mode == "constant" else {"mode": MODES[mode]}
    reading.function(node, functional.pad, x, tuple(sides), **more)


MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def resize(reading: Reading, node: Node) -> None:
    x = reading.made(node)
    scales = reading.reals(node, 2) if len(node.inputs) > 2 else None
    sizes = reading.optional(node, 3) if len(node.inputs) > 3 else None
    mode, how = node.get("mode", "nearest"), node.get("coordinate_transformation_mode", "half_pixel")
    if len(x.shape) != 4 or mode not in ("nearest", "linear") or node.get("antialias", 0):
        raise OnnxError(f"{node.words} resizes in a way that is not read.")
    to = _new_size(reading, node, x, scales, sizes)
    if mode == "nearest":
        whole = all(n % m == 0 for n, m in zip(to, x.shape[2:], strict=True))
        floor = how == "asymmetric" and node.get("nearest_mode", "round_prefer_floor") == "floor"
        if not floor and not (whole and how != "align_corners"):
            raise OnnxError(f"{node.words} takes the nearest value in a way that is not read ({how[:40]}).")
        reading.function(node, functional.interpolate, x, size=to, mode="nearest")
        return
    if how not in ("half_pixel", "pytorch_half_pixel", "align_corners"):
        raise OnnxError(f"{node.words} interpolates in a way that is not read ({how[:40]}).")
    corners = how == "align_corners"
    reading.function(node, functional.interpolate, x, size=to, mode="bilinear", align_corners=corners)


def _new_size(reading: Reading, node: Node, x: Made, scales: list[float] | None, sizes: Any) -> tuple[int, int]:
    if scales:
        if len(scales) != 4 or scales[:2] != [1.0, 1.0]:
            raise OnnxError(f"{node.words} resizes other dimensions than rows and columns.")
        to = [math.floor(n * scale) for n, scale in zip(x.shape[2:], scales[2:], strict=True)]
    else:
        pair = [[int(n) for n in values.reshape(-1)] for values in sizes.values] if sizes is not None else [[], []]
        if len(pair[0]) != 4 or pair[0][2:] != pair[1][2:] or pair[0][1] != x.shape[1]:
            raise OnnxError(f"{node.words} resizes other dimensions than rows and columns.")
        to = pair[0][2:]
    if not all(1 <= n <= 8192 for n in to):
        raise OnnxError(f"{node.words} makes maps of {to[0]} x {to[1]} values.")
    return to[0], to[1]


def expand(reading: Reading, node: Node) -> None:
    value, target = reading.optional(node, 0), reading.optional(node, 1)
    if not isinstance(target, Known):
        raise OnnxError(f"{node.words} takes a shape that is not fixed.")
    wanted = [[int(n) for n in values.reshape(-1)] for values in target.values]
    if isinstance(value, Known):
        check_fixed(
            node.words, *(np.broadcast_shapes(v.shape, tuple(to)) for v, to in zip(value.values, wanted, strict=True))
        )
        reading.fix(node, *(v * np.ones(to, v.dtype) for v, to in zip(value.values, wanted, strict=True)))
        return
    moving = reading.made(node) if not isinstance(value, Tensor) else None
    shapes = (
        [tuple(value.shape)] * 2 if isinstance(value, Tensor) else [tuple(t.shape) for t in reading.made(node).shapes]
    )
    first, second = (torch.broadcast_shapes(has, to) for has, to in zip(shapes, wanted, strict=True))
    if first[1:] != second[1:] or len(first) != len(shapes[0]):
        raise OnnxError(f"{node.words} repeats values in a way that is not read.")
    if moving is not None:
        reading.function(node, repeated, moving, (-1, *first[1:]))
    elif first[1:] == shapes[0][1:] and shapes[0][0] == 1:
        reading.function(node, per_picture, value, reading.picture)
    else:
        raise OnnxError(f"{node.words} repeats weights in a way that is not read.")


def repeated(x: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """A tensor of other sizes, in which what stood once stands several times."""
    return x.expand(sizes)


def depth_to_space(reading: Reading, node: Node) -> None:
    x, block = reading.made(node), int(node["blocksize"])
    if node.get("mode", "DCR") != "CRD" or not 1 <= block <= 64:
        raise OnnxError(f"{node.words} is used in a way that is not read: only the order CRD is.")
    reading.function(node, functional.pixel_shuffle, x, block)


OPERATIONS: dict[str, Operation] = {
    "Pad": pad,
    "Resize": resize,
    "Expand": expand,
    "DepthToSpace": depth_to_space,
}
