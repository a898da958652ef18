"""The whole network at a glance: its blocks, a small picture of every step, and what each value of a step can see."""

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.render.html import pack
from model_zoo import Step
from model_zoo.explain.receptive_field import Field
from model_zoo.graph.op_names import INPUT
from model_zoo.graph.windows import pair

THUMBNAIL = 16  # most rows and columns of a step's small picture
MOST_STEPS = 10  # of a block without blocks inside, which is then cut before convolutions
FEWEST_STEPS = 6  # between two such cuts
MIXERS = ("convolution", "linear")


@dataclass(frozen=True)
class Block:
    """Steps side by side that belong together."""

    name: str
    steps: tuple[str, ...]


def blocks(steps: Sequence[Step]) -> list[Block]:
    """The steps cut into blocks, in order, each step in one.

    A block is what a module with a number holds ("layer1.0"); steps outside of such modules are cut after each pool
    that follows a convolution, and a long rest before convolutions.
    """
    found = []
    for prefix, run in itertools.groupby(steps, lambda step: _prefix(step.name)):
        parts = _cut(list(run))
        found += [_block(prefix if len(parts) == 1 else "", part) for part in parts]
    return found


def _prefix(name: str) -> str:
    """The module that a step's name begins with, down to the first one that is but a number: "layer1.0".

    Where none is, down to the first one that ends with a number: "residual1" of "residual1.unit2.conv".
    """
    parents = name.split(".")[:-1]
    for is_block in (str.isdecimal, lambda part: part[-1:].isdecimal()):
        number = next((i for i, part in enumerate(parents) if is_block(part)), None)
        if number is not None:
            return ".".join(parents[: number + 1])
    return ".".join(parents)


def _cut(run: list[Step]) -> list[list[Step]]:
    parts: list[list[Step]] = [[]]
    for step in run:
        last = parts[-1]
        pooled = last and last[-1].operation.endswith("pool") and any(s.operation == "convolution" for s in last)
        if pooled:
            parts.append([])
        parts[-1].append(step)
    return [piece for part in parts for piece in _shortened(part)]


def _shortened(part: list[Step]) -> list[list[Step]]:
    if len(part) <= MOST_STEPS:
        return [part]
    pieces: list[list[Step]] = [[]]
    for step in part:
        if step.operation in MIXERS and len(pieces[-1]) >= FEWEST_STEPS:
            pieces.append([])
        pieces[-1].append(step)
    return pieces


def _block(prefix: str, part: list[Step]) -> Block:
    first, last = part[0].name, part[-1].name
    return Block(prefix or (first if len(part) == 1 else f"{first} – {last}"), tuple(step.name for step in part))


def geometry(steps: Sequence[Step], fields: Mapping[str, Field], size: int) -> dict[str, dict[str, Any]]:
    """How a browser finds the receptive field of any value, by the name of its step; steps without one are missing.

    The field of the value at (row, column) has its first pixel at `start` + (row, column) · `stride` and is `size`
    pixels high and wide, each pair (vertical, horizontal); what lies outside of the picture is padding. Where `grid`
    is not None the step is a flattened map, and its entry e stood at the place e mod (rows · columns) of that grid,
    counted row by row. `whole`: every value sees the whole picture.

    Args:
        steps: of a walk.
        fields: what `receptive_fields` says of them.
        size: of the picture's sides in pixels.
    """
    named = {step.name: step for step in steps}
    return {
        name: {
            "start": list(field.start),
            "stride": list(field.stride),
            "size": list(field.size),
            "whole": field.whole,
            "grid": _grid(named, name, size) if _is_flattened(named[name], field) else None,
        }
        for name, field in fields.items()
    }


def _is_flattened(step: Step, field: Field) -> bool:
    return len(step.shape) == 2 and field.stride != (0, 0)


def _grid(named: dict[str, Step], name: str, size: int) -> list[int]:
    while name != INPUT and len(named[name].shape) == 2:
        name = named[name].inputs[0]
    return [size, size] if name == INPUT else list(named[name].shape[2:])


def thumbnails(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """A small picture of each step, packed as `demo.render.html.pack` says, with `channel`: the one that it shows.

    It is the channel with the step's largest value, averaged down to at most 16 x 16 places; of a vector, all entries
    row by row.
    """
    return [_thumbnail(step.output[0], strongest(step)) for step in steps]


def strongest(step: Step) -> int:
    """The channel with a step's largest value; 0 of a vector, whose small picture is all of it."""
    values = step.output[0]
    return int(values.flatten(1).amax(1).argmax()) if values.dim() == 3 else 0


def largest_place(step: Step, channel: int) -> tuple[int, int]:
    """Row and column of a channel's largest value, the first of several; (0, 0) of a vector."""
    values = step.output[0]
    return divmod(int(values[channel].argmax()), values.shape[-1]) if values.dim() == 3 else (0, 0)


def _thumbnail(values: Tensor, channel: int) -> dict[str, Any]:
    if values.dim() == 3:
        small = values[channel]
    else:
        flat = values.reshape(-1)
        rows = next(n for n in range(math.isqrt(len(flat)), 0, -1) if len(flat) % n == 0)
        small = flat.reshape(rows, -1)
    with torch.inference_mode():
        places = pair(min(THUMBNAIL, n) for n in small.shape)
        if places != tuple(small.shape):
            small = F.adaptive_avg_pool2d(small[None].float(), places)[0]
    return pack(small[None].float().numpy(), bits=8) | {"channel": channel}


def largest(steps: Sequence[Step]) -> float:
    """The largest number anywhere in the network for this picture, its sign left out: the end of one scale for all."""
    arrays = (step.output.numpy() for step in steps)  # whose min and max are several times as fast as torch's
    return float(max(max(-array.min(), array.max()) for array in arrays))
