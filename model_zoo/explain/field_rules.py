"""How the receptive field of each step follows from those of the steps that it takes.

A step's values see boxes of one size; which box is said by the place in a grid that each value stands at. In ordinary
maps the place is the value's row and column. Where an operation puts values elsewhere (flatten, permute, slices), the
places are carried along as numbers, by carrying out the same operation on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from model_zoo.explain.field_view import Field, View
from model_zoo.explain.sums.activations import ACTIVATIONS
from model_zoo.explain.sums.resampling import spans
from model_zoo.graph.norms import uses_batch_statistics
from model_zoo.graph.rearrange import UNCHANGED, rearranged, rearranges
from model_zoo.graph.step import INPUT, Step
from model_zoo.graph.windows import Pair, geometry, pair

# Operations that give each value from the values at its own place.
ARITHMETIC = ("add", "subtract", "multiply", "divide", "concatenate")
PLACE_BY_PLACE = frozenset((*ACTIVATIONS, "batch norm", "local response norm", *ARITHMETIC, *UNCHANGED))
WINDOWS = frozenset(("convolution", "max pool", "average pool"))
OVER_MAPS = frozenset(("instance norm", "group norm"))  # mean and variance of whole maps
MIXING = frozenset(("matrix product", "attention", "einsum", "stack", "convolution"))  # of any values of all inputs


def views(steps: Sequence[Step], height: int, width: int) -> dict[str, View]:
    """By name the steps of a walk whose fields are known, for an input (N, C, height, width)."""
    if not steps:
        return {}
    batch = steps[0].shape[0]
    seen = {INPUT: View(Field((1, 1), (1, 1), (0, 0)), (height, width), (batch, 1, height, width))}
    for step in steps:
        inputs = [seen[name] for name in step.inputs if name in seen]
        other_batch = not step.shape or (step.shape[0] != batch and batch > 1)
        if not inputs or len(inputs) != len(step.inputs) or other_batch:
            continue
        result = _view(step, inputs)
        if result is not None:
            seen[step.name] = replace(result, field=_whole_if_covered(result.field, (height, width)))
    return {name: view for name, view in seen.items() if name != INPUT}


def _view(step: Step, inputs: list[View]) -> View | None:
    first = inputs[0]
    if uses_batch_statistics(step) or step.operation in OVER_MAPS:
        return _all_places(step, first)
    if step.operation in PLACE_BY_PLACE:
        return _united(step, inputs)
    if rearranges(step):
        return _rearranged(step, first)
    if step.operation in MIXING and (len(inputs) > 1 or len(step.shape) != 4 or step.operation != "convolution"):
        return _around(step, inputs)
    if len(inputs) > 1:
        return None
    if step.operation == "upsample":
        return _resampled(step, first)
    if step.operation in WINDOWS and len(step.shape) == 4 and (first.is_map or first.is_uniform):
        return _through_windows(step, first)
    if step.operation == "linear":
        return _mixed(step, first, (len(step.shape) - 1,))
    if step.operation == "layer norm":
        shape = step.option("normalized_shape")
        over = len(shape) if isinstance(shape, Sequence) else 1
        return _mixed(step, first, range(len(step.shape) - over, len(step.shape)))
    if step.operation in ("softmax", "log softmax"):
        dim = step.option("dim")
        return _mixed(step, first, (1 if dim is None else dim % len(step.shape),))
    if step.operation in ("mean", "amax", "sum"):
        return _reduced(step, first)
    return None


def _united(step: Step, inputs: list[View]) -> View | None:
    """The smallest box around the inputs' fields, where a value is made of those at its own place."""
    shape, fields = step.shape, {view.field for view in inputs}
    aligned = all(view.is_map and view.grid == shape[2:] for view in inputs)
    joins = step.operation == "concatenate"
    if joins and not aligned and not (len(fields) == 1 and inputs[0].is_uniform):
        return _side_by_side(step, inputs) or _around(step, inputs)
    grid = _grid(step)
    around = [_all_places(step, view).field for view in inputs]
    for view in inputs:  # one that all values share and that holds the others
        if view.is_uniform and (view.field.whole or all(_holds(view.field, other) for other in around)):
            return View(view.field, grid, shape)
    if len({field.stride for field in fields}) > 1:
        return None
    places = None
    if not aligned and not inputs[0].is_uniform:
        places, grid = _common_places(inputs, shape), inputs[0].grid
        if places is None:
            return None
    start = pair(min(field.start[axis] for field in fields) for axis in (0, 1))
    end = pair(max(field.start[axis] + field.size[axis] for field in fields) for axis in (0, 1))
    return View(Field((end[0] - start[0], end[1] - start[1]), inputs[0].field.stride, start), grid, shape, places)


def _around(step: Step, inputs: list[View]) -> View:
    """One box around all that the inputs see together, where each value may be made of any of theirs."""
    fields = [_all_places(step, view).field for view in inputs]
    start = pair(min(field.start[axis] for field in fields) for axis in (0, 1))
    end = pair(max(field.start[axis] + field.size[axis] for field in fields) for axis in (0, 1))
    return View(Field((end[0] - start[0], end[1] - start[1]), (0, 0), start), _grid(step), step.shape)


def _resampled(step: Step, view: View) -> View | None:
    """Of an enlarged map, where its places still have whole distances in pixels: boxes that hold what each sees."""
    if view.is_uniform:
        return View(view.field, _grid(step), step.shape)
    if not view.is_map or len(step.shape) != 4:
        return None
    sizes, starts, strides = [], [], []
    for axis in (0, 1):
        span = spans(step, axis + 2, view.grid[axis])
        stride, rest = divmod(view.field.stride[axis] * view.grid[axis], step.shape[axis + 2])
        if span is None or rest:
            return None
        beyond = [
            (low * view.field.stride[axis] - i * stride, high * view.field.stride[axis] - i * stride)
            for i, (low, high) in enumerate(span)
        ]
        least, most = min(low for low, _ in beyond), max(high for _, high in beyond)
        sizes.append(view.field.size[axis] + most - least)
        starts.append(view.field.start[axis] + least)
        strides.append(stride)
    return View(Field(pair(sizes), pair(strides), pair(starts)), _grid(step), step.shape)


def _holds(field: Field, other: Field) -> bool:
    axes = (0, 1)
    return all(field.start[axis] <= other.start[axis] for axis in axes) and all(
        field.start[axis] + field.size[axis] >= other.start[axis] + other.size[axis] for axis in axes
    )


def _common_places(inputs: list[View], shape: tuple[int, ...]) -> Tensor | None:
    """The places that all inputs have at each value of an output of that shape; None where they differ."""
    try:
        first, *others = (view.all_places().broadcast_to((2, *shape)) for view in inputs)
    except RuntimeError:  # of other dimensions
        return None
    return first if all(torch.allclose(first, other, 0.0, 0.0, equal_nan=True) for other in others) else None


def _side_by_side(step: Step, inputs: list[View]) -> View | None:
    """Values of one kind of field from several inputs, one after another along a dimension."""
    first = inputs[0]
    if any((view.field, view.grid, len(view.shape)) != (first.field, first.grid, len(first.shape)) for view in inputs):
        return None
    dim = step.option("dim", 0) % len(step.shape) + 1
    places = torch.cat([view.all_places() for view in inputs], dim)
    repeats, rest = divmod(step.shape[dim - 1], places.shape[dim])  # torch.cat([x, x]) has one input
    if rest:
        return None
    return _settled(first.field, first.grid, torch.cat([places] * repeats, dim), step.shape)


def _rearranged(step: Step, view: View) -> View:
    if view.is_uniform:
        return View(view.field, _grid(step), step.shape)
    assert step.replay is not None
    view = view if view.places is not None else replace(view, shape=step.replay.shape)
    made = [rearranged(step, numbers.contiguous()) for numbers in view.all_places()]
    places = torch.stack([torch.where(is_source, numbers, torch.nan) for numbers, is_source in made])
    return _settled(view.field, view.grid, places, step.shape)


def _settled(field: Field, grid: Pair, places: Tensor, shape: tuple[int, ...]) -> View:
    """A map of its own rows and columns again, where the places are those of evenly spaced ones."""
    spacings = [_spacing(places[0], 2), _spacing(places[1], 3)] if len(shape) == 4 else [None]
    if any(spacing is None for spacing in spacings):
        return View(field, grid, shape, places)
    (first_row, rows), (first_column, columns) = (spacing for spacing in spacings if spacing is not None)
    start = (field.start[0] + first_row * field.stride[0], field.start[1] + first_column * field.stride[1])
    field = replace(field, start=start, stride=(field.stride[0] * rows, field.stride[1] * columns))
    return View(field, pair(shape[2:]), shape)


def _spacing(places: Tensor, dim: int) -> Pair | None:
    """Place of index 0 along a dimension, and how far it is to the next one; None where they depend on more."""
    others = tuple(d for d in range(places.dim()) if d != dim)
    low, high = places.nan_to_num(torch.inf).amin(others), places.nan_to_num(-torch.inf).amax(others)
    index = torch.arange(len(low), dtype=torch.float64)[low <= high]  # without padding
    low, high = low[low <= high], high[low <= high]
    if not torch.equal(low, high):
        return None
    if len(low) < 2:
        return (int(low[0] - index[0]) if len(low) else 0), 1
    step = float(low[-1] - low[0]) / float(index[-1] - index[0])
    first = float(low[0]) - step * float(index[0])
    if step < 1 or step % 1 or not torch.equal(low, first + step * index):
        return None
    return int(first), int(step)


def _mixed(step: Step, view: View, dims: Iterable[int]) -> View:
    """Each value is made of all along some dimensions: of one place, where these stand at the same."""
    if view.is_uniform:
        return View(view.field, _grid(step), step.shape)
    places, over = view.all_places(), tuple(dim + 1 for dim in dims)
    low = places.amin(over, keepdim=True)
    if not torch.equal(low, places.amax(over, keepdim=True)):  # nor are they where padding is among them
        return _all_places(step, view)
    return _settled(view.field, view.grid, low.broadcast_to((2, *step.shape)), step.shape)


def _reduced(step: Step, view: View) -> View | None:
    """As `_mixed`, and the dimensions are gone or have one value left."""
    given, rank = step.option("dim"), len(view.shape)
    dims = {dim % rank for dim in ([given] if isinstance(given, int) else given or ())}
    if not dims or 0 in dims:
        return None
    if view.is_uniform:
        return View(view.field, _grid(step), step.shape)
    places, over = view.all_places(), tuple(dim + 1 for dim in dims)
    low, keep = places.amin(over, keepdim=True), len(step.shape) == rank
    if torch.equal(low, places.amax(over, keepdim=True)):
        low = (low if keep else places.amin(over)).broadcast_to((2, *step.shape))
        return _settled(view.field, view.grid, low, step.shape)
    rest = tuple(dim + 1 for dim in range(1, rank) if dim not in dims)
    depends = bool(rest) and not torch.equal(places.amin(rest, keepdim=True), places.amax(rest, keepdim=True))
    return None if depends else _all_places(step, view)


def _through_windows(step: Step, view: View) -> View | None:
    window = geometry(step, view.grid)
    if window is None or window.mode != "zeros":
        return None
    kernel, stride, padding, dilation = window.kernel, window.stride, window.padding, window.dilation
    field, grid = view.field, pair(step.shape[2:])
    reach = pair((k - 1) * d for k, d in zip(kernel, dilation, strict=True))
    if grid == (1, 1) and padding == (0, 0) and (reach[0] + 1, reach[1] + 1) == view.grid:
        return _all_places(step, view)
    size = pair(r + n * j for r, n, j in zip(field.size, reach, field.stride, strict=True))
    start = pair(t - p * j for t, p, j in zip(field.start, padding, field.stride, strict=True))
    step_to_next = pair(s * j for s, j in zip(stride, field.stride, strict=True))
    return View(replace(field, size=size, stride=step_to_next, start=start), grid, step.shape)


def _all_places(step: Step, view: View) -> View:
    """One field around those of all places."""
    field, last = view.field, pair(n - 1 for n in view.grid)
    first = (0, 0)
    if view.places is not None and not view.is_uniform:
        first = pair(int(part[~part.isnan()].min()) for part in view.places)
        last = pair(int(part[~part.isnan()].max()) for part in view.places)
    start = pair(t + n * j for t, n, j in zip(field.start, first, field.stride, strict=True))
    size = pair(r + (m - n) * j for r, m, n, j in zip(field.size, last, first, field.stride, strict=True))
    return View(replace(field, size=size, stride=(0, 0), start=start), _grid(step), step.shape)


def _grid(step: Step) -> Pair:
    return pair(step.shape[2:]) if len(step.shape) == 4 else (1, 1)


def _whole_if_covered(field: Field, picture: Pair) -> Field:
    end = pair(t + r for t, r in zip(field.start, field.size, strict=True))
    if field.stride == (0, 0) and max(field.start) <= 0 and end[0] >= picture[0] and end[1] >= picture[1]:
        return Field(picture, (0, 0), (0, 0), whole=True)
    return field
