"""The theoretical receptive field of every step: the part of the picture that one of its values can see.

A field is a box, the same size for every value of a step and moved on by `stride` from one value to the next. For a
window operation with kernel k, stride s, padding p and dilation d on top of a step with field r, stride j, start t:

    r' = r + (k - 1) d j        j' = s j        t' = t - p j

Source: A. Araujo, W. Norris, J. Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019,
https://distill.pub/2019/computing-receptive-fields (solved here from the picture upwards); the same quantities in
V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016, arXiv:1603.07285.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from model_zoo.naming import INPUT
from model_zoo.walk import Step

Pair = tuple[int, int]  # (vertical, horizontal)

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
    start = _pair(min(field.start[axis] for field in fields) for axis in (0, 1))
    end = _pair(max(field.start[axis] + field.size[axis] for field in fields) for axis in (0, 1))
    return _Seen(Field((end[0] - start[0], end[1] - start[1]), inputs[0].field.stride, start), grid, flat)


def _through_windows(step: Step, seen: _Seen) -> _Seen | None:
    window = _window(step, seen.grid)
    if window is None:
        return None
    kernel, stride, padding, dilation = window
    field, grid = seen.field, step.shape[2:]
    reach = _pair((k - 1) * d for k, d in zip(kernel, dilation, strict=True))
    if grid == (1, 1) and padding == (0, 0) and (reach[0] + 1, reach[1] + 1) == seen.grid:
        return _all_places(seen, flat=False)
    size = _pair(r + n * j for r, n, j in zip(field.size, reach, field.stride, strict=True))
    start = _pair(t - p * j for t, p, j in zip(field.start, padding, field.stride, strict=True))
    step_to_next = _pair(s * j for s, j in zip(stride, field.stride, strict=True))
    return _Seen(replace(field, size=size, stride=step_to_next, start=start), grid)


def _all_places(seen: _Seen, flat: bool) -> _Seen:
    """One field around those of all places."""
    field = seen.field
    size = _pair(r + (n - 1) * j for r, n, j in zip(field.size, seen.grid, field.stride, strict=True))
    return _Seen(replace(field, size=size, stride=(0, 0)), (1, 1), flat)


def _whole_if_covered(field: Field, picture: Pair) -> Field:
    end = _pair(t + r for t, r in zip(field.start, field.size, strict=True))
    if field.stride == (0, 0) and max(field.start) <= 0 and end[0] >= picture[0] and end[1] >= picture[1]:
        return Field(picture, (0, 0), (0, 0), whole=True)
    return field


def _window(step: Step, grid: Pair) -> tuple[Pair, Pair, Pair, Pair] | None:
    """Kernel, stride, padding and dilation of a convolution or pooling; None where they are not plain."""

    def get(name: str, default: Any) -> Any:
        value = step.arguments.get(name) if step.module is None else getattr(step.module, name, None)
        return default if value is None or value == [] else value

    adaptive = get("output_size", None) is not None
    if adaptive:
        # Windows of one size, side by side, only where the places divide evenly.
        rest = _pair(n % m for n, m in zip(grid, step.shape[2:], strict=True))
        kernel = _pair(n // m for n, m in zip(grid, step.shape[2:], strict=True))
        return (kernel, kernel, (0, 0), (1, 1)) if rest == (0, 0) else None
    weight = get("weight", None)
    kernel = tuple(weight.shape[2:]) if isinstance(weight, Tensor) else get("kernel_size", None)
    if kernel is None or get("padding_mode", "zeros") != "zeros":
        return None
    kernel, dilation = _two(kernel), _two(get("dilation", 1))
    stride = _two(get("stride", 1 if step.operation == "convolution" else kernel))
    padding = get("padding", 0)
    if padding == "same":  # an odd one of padding goes to the end, see torch.nn.Conv2d
        padding = _pair((k - 1) * d // 2 for k, d in zip(kernel, dilation, strict=True))
    return kernel, stride, _two(0 if padding == "valid" else padding), dilation


def _two(value: int | Sequence[int]) -> Pair:
    return (value, value) if isinstance(value, int) else _pair(value * 2 if len(value) == 1 else value)


def _pair(values: Iterable[int]) -> Pair:
    vertical, horizontal = values
    return vertical, horizontal
