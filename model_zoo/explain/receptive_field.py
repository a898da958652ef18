"""Receptive fields: the part of the picture that one value of a network can see, and how much it depends on it.

A field is a box, the same size for every value of a step and moved on by `stride` from one value to the next. For a
window operation with kernel k, stride s, padding p and dilation d on top of a step with field r, stride j, start t:

    r' = r + (k - 1) d j        j' = s j        t' = t - p j

Source: A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019,
https://distill.pub/2019/computing-receptive-fields (solved here from the picture upwards); the same quantities in
V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016, arXiv:1603.07285.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from model_zoo.graph.edits import Blanked, Edit, Shifted, edited_picture
from model_zoo.graph.op_names import INPUT
from model_zoo.graph.position import Position, index_of
from model_zoo.graph.step import Step
from model_zoo.graph.walk import walk_to
from model_zoo.graph.windows import Pair, geometry, pair
from model_zoo.model import crop_box

# Operations that give each value from the values at its own place.
ACTIVATIONS = ("ReLU", "ReLU6", "leaky ReLU", "PReLU", "ELU", "GELU", "SiLU", "hard swish", "hard sigmoid", "sigmoid")
ARITHMETIC = ("add", "subtract", "multiply", "divide", "concatenate")
UNCHANGED = ("dropout", "stochastic depth", "identity", "contiguous", "clone")
PLACE_BY_PLACE = frozenset((*ACTIVATIONS, "tanh", "batch norm", "local response norm", *ARITHMETIC, *UNCHANGED))
WINDOWS = frozenset(("convolution", "max pool", "average pool"))
RESHAPES = frozenset(("flatten", "view", "reshape", "squeeze"))


@dataclass(frozen=True)
class Field:
    """What the values of one step see, in pixels of the network's input; pairs are (vertical, horizontal).

    Sizes are not cut at the picture's edge, unless every value sees the whole picture.
    """

    size: Pair
    stride: Pair  # from one value's field to the next one's; 0 where all values have the same field
    start: Pair  # first row and column of the first value's field; below 0 where it begins in the padding
    whole: bool = False  # every value sees the whole picture; size is then the picture's


def receptive_fields(steps: Sequence[Step], height: int, width: int) -> dict[str, Field]:
    """The field of every step by its name, for a walk of a (N, C, height, width) input.

    A value of a flattened step sees what it saw before; one that mixes all places (linear, global pooling) sees all
    that they saw together. A step whose operation is not known here, or that depends on such a step, has no entry.
    """
    seen = {INPUT: _Seen(Field((1, 1), (1, 1), (0, 0)), (height, width))}
    for step in steps:
        inputs = [seen[name] for name in step.inputs if name in seen]
        result = _see(step, inputs, steps[0].shape[0]) if inputs and len(inputs) == len(step.inputs) else None
        if result is not None:
            seen[step.name] = replace(result, field=_whole_if_covered(result.field, (height, width)))
    return {step.name: seen[step.name].field for step in steps if step.name in seen}


@dataclass(frozen=True)
class Box:
    """A rectangle of whole pixels: rows `top` to `bottom` - 1, columns `left` to `right` - 1, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int

    def within(self, height: int, width: int) -> "Box":
        """The part of it that lies in a picture; without rows or columns (bottom = top) where none does."""
        top, left = min(max(self.top, 0), height), min(max(self.left, 0), width)
        return Box(top, left, max(min(self.bottom, height), top), max(min(self.right, width), left))

    def padding(self, height: int, width: int) -> tuple[int, int, int, int]:
        """How many of its rows and columns lie beyond a picture: above, left, below, right."""
        beyond = (-self.top, -self.left, self.bottom - height, self.right - width)
        sizes = (self.bottom - self.top, self.right - self.left) * 2
        return tuple(min(max(number, 0), size) for number, size in zip(beyond, sizes, strict=True))


def field_box(
    steps: Sequence[Step], height: int, width: int, step: str, channel: int = 0, row: int = 0, column: int = 0
) -> Box | None:
    """The receptive field of one value as a box of pixels of the network's input; None where it is not known.

    The box is not cut at the picture's edge: what reaches beyond is padding, see `Box.within` and `Box.padding`. It is
    where the value can see; no pixel outside of it changes the value.

    Args:
        steps: a walk of a (N, C, height, width) input.
        step, channel, row, column: the value's place from 0 on, as for `sums.explain`; "input" is the picture. All
            channels of a map have the same field; of a flattened map, `channel` says which place it was.

    Raises:
        ValueError: no such step, channel, row or column; the message is a sentence.
    """
    position, named = Position(step, channel, row, column), {s.name: s for s in steps}
    if step == INPUT:
        index_of(position._replace(channel=0), (1, 1, height, width))
        return Box(row, column, row + 1, column + 1)
    if step not in named:
        raise ValueError(f"There is no step {step!r}; the steps are {', '.join((INPUT, *named))}.")
    index_of(position, named[step].shape)
    field = receptive_fields(steps, height, width).get(step)
    if field is None:
        return None
    if len(named[step].shape) == 2 and field.stride != (0, 0):
        row, column = _flattened_place(named, step, channel, (height, width))
    top, left = (t + j * n for t, j, n in zip(field.start, field.stride, (row, column), strict=True))
    return Box(top, left, top + field.size[0], left + field.size[1])


def in_upload(box: Box, size: int, width: int, height: int) -> tuple[float, float, float, float]:
    """Where a box of the network's picture lies in the upload: top, left, bottom and right in its pixels, as fractions.

    The network's picture is the upload's largest centred square, resized to `size` pixels (`Model.crop`). What of the
    box is padding lies outside of that square. Resizing mixes neighbours: a pixel at the box's edge also holds a little
    of what lies up to 1.5 of the network's pixels outside (bicubic; bilinear: 0.5).

    Args:
        box: in pixels of the network's picture, which is `size` pixels high and wide.
        width, height: of the upload, in pixels.
    """
    left, top, right, _ = crop_box(width, height)
    scale = (right - left) / size
    return top + box.top * scale, left + box.left * scale, top + box.bottom * scale, left + box.right * scale


def effective_field(
    net: nn.Module,
    x: Tensor,
    step: str,
    channel: int,
    row: int = 0,
    column: int = 0,
    edits: Sequence[Edit] = (),
) -> np.ndarray:
    """How strongly one value depends on each pixel: the absolute gradient of the value with respect to the picture.

    Source of the idea: W. Luo, Y. Li, R. Urtasun, R. Zemel, "Understanding the Effective Receptive Field in Deep
    Convolutional Neural Networks", 2016, arXiv:1701.04128; here of one value for one picture, not averaged. It is 0 in
    all places for a value that a ReLU has set to 0. Nothing of the network is changed; threads do not disturb each
    other.

    Args:
        net, x, edits: as for `model_zoo.walk`; of several pictures the first one counts. Of an edited picture, the
            pixels are those after the edit.
        step, channel, row, column: the value's place from 0 on, as for `sums.explain`.

    Returns:
        float64 (H, W), at least 0, summed over the colours; 0 where nothing depends on the picture.

    Raises:
        ValueError: no such step, channel, row or column, or as `walk`; the message is a sentence.
    """
    with torch.inference_mode(False), torch.enable_grad():
        picture = edited_picture(x[:1].detach(), edits).requires_grad_()
        output = walk_to(net, picture, step, [edit for edit in edits if not isinstance(edit, Blanked | Shifted)])
        value = output[index_of(Position(step, channel, row, column), tuple(output.shape))]
        known = torch.autograd.grad(value, picture, allow_unused=True) if value.requires_grad else (None,)
    gradient = torch.zeros_like(picture) if known[0] is None else known[0]
    return gradient[0].detach().double().abs().sum(dim=0).cpu().numpy()


def fewest_pixels(field: np.ndarray, share: float) -> int:
    """How many pixels hold a share of an effective field's sum, counted from the strongest; 0 where the sum is 0.

    Args:
        field: as from `effective_field`.
        share: above 0, at most 1.
    """
    sums = np.sort(field, axis=None)[::-1].cumsum()
    return int(np.searchsorted(sums, share * sums[-1])) + 1 if sums[-1] > 0 else 0


@dataclass(frozen=True)
class _Seen:
    """A step's field and the grid of places that its values stand on."""

    field: Field
    grid: Pair  # rows, columns
    flat: bool = False  # all places in one row, (N, C * rows * columns)


def _see(step: Step, inputs: list[_Seen], batch: int) -> _Seen | None:
    first, flat = inputs[0], len(step.shape) == 2 and step.shape[0] == batch
    if not flat and len(step.shape) != 4:
        return None
    if step.operation in PLACE_BY_PLACE:
        return _united(step, inputs, flat)
    if step.operation in WINDOWS and not flat and not first.flat:
        return _through_windows(step, first)
    if step.operation in RESHAPES and flat:
        return replace(first, flat=True)
    if step.operation == "mean" and not first.flat:
        dims = step.arguments.get("dim")
        over_all_places = isinstance(dims, list | tuple) and sorted(dim % 4 for dim in dims) == [2, 3]
        return _all_places(first, flat) if over_all_places else None
    if step.operation == "linear" and flat:
        return _all_places(first, flat)
    return first if step.operation in ("softmax", "log softmax") and first.field.whole else None


def _united(step: Step, inputs: list[_Seen], flat: bool) -> _Seen | None:
    """The smallest box around the inputs' fields."""
    grid = inputs[0].grid if flat else step.shape[2:]
    fields = {seen.field for seen in inputs}
    aligned = all(seen.grid == grid and seen.flat == flat for seen in inputs)
    if step.operation == "concatenate" and (not aligned or (flat and len(fields) > 1)):
        return None  # values of different fields side by side
    for field in fields:
        if field.whole:
            return _Seen(field, grid, flat)
    if not aligned or len({field.stride for field in fields}) > 1:
        return None
    start = pair(min(field.start[axis] for field in fields) for axis in (0, 1))
    end = pair(max(field.start[axis] + field.size[axis] for field in fields) for axis in (0, 1))
    return _Seen(Field((end[0] - start[0], end[1] - start[1]), inputs[0].field.stride, start), grid, flat)


def _through_windows(step: Step, seen: _Seen) -> _Seen | None:
    window = geometry(step, seen.grid)
    if window is None or window.mode != "zeros":
        return None
    kernel, stride, padding, dilation = window.kernel, window.stride, window.padding, window.dilation
    field, grid = seen.field, step.shape[2:]
    reach = pair((k - 1) * d for k, d in zip(kernel, dilation, strict=True))
    if grid == (1, 1) and padding == (0, 0) and (reach[0] + 1, reach[1] + 1) == seen.grid:
        return _all_places(seen, flat=False)
    size = pair(r + n * j for r, n, j in zip(field.size, reach, field.stride, strict=True))
    start = pair(t - p * j for t, p, j in zip(field.start, padding, field.stride, strict=True))
    step_to_next = pair(s * j for s, j in zip(stride, field.stride, strict=True))
    return _Seen(replace(field, size=size, stride=step_to_next, start=start), grid)


def _all_places(seen: _Seen, flat: bool) -> _Seen:
    """One field around those of all places."""
    field = seen.field
    size = pair(r + (n - 1) * j for r, n, j in zip(field.size, seen.grid, field.stride, strict=True))
    return _Seen(replace(field, size=size, stride=(0, 0)), (1, 1), flat)


def _whole_if_covered(field: Field, picture: Pair) -> Field:
    end = pair(t + r for t, r in zip(field.start, field.size, strict=True))
    if field.stride == (0, 0) and max(field.start) <= 0 and end[0] >= picture[0] and end[1] >= picture[1]:
        return Field(picture, (0, 0), (0, 0), whole=True)
    return field


def _flattened_place(named: dict[str, Step], name: str, entry: int, picture: Pair) -> Pair:
    """Row and column that an entry of a flattened map had in the map."""
    while name != INPUT and len(named[name].shape) == 2:
        name = named[name].inputs[0]
    rows, columns = picture if name == INPUT else named[name].shape[2:]
    return pair(divmod(entry % (rows * columns), columns))
