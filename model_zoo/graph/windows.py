"""Which places of a map a convolution or pooling looks at for one place of its output.

The window of output place i covers, along each axis, the input places i s - p + n d for n = 0 ... k - 1: kernel k,
stride s, padding p, dilation d (V. Dumoulin, F. Visin, "A guide to convolution arithmetic for deep learning", 2016,
arXiv:1603.07285). Adaptive pooling from n to m places covers floor(i n / m) ... ceil((i + 1) n / m) - 1, as in
torch.nn.functional.adaptive_avg_pool2d.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from torch import Tensor

from model_zoo.graph.step import Step

Pair = tuple[int, int]  # (vertical, horizontal)


@dataclass(frozen=True)
class Geometry:
    """What all windows of a step have in common; pairs are (vertical, horizontal)."""

    kernel: Pair
    stride: Pair
    padding: Pair  # rows above the map, columns left of it
    dilation: Pair
    mode: str = "zeros"  # what stands in the padding, as in torch.nn.Conv2d's padding_mode


@dataclass(frozen=True)
class Window:
    """The places of a map that one value looks at: every combination of `rows` and `columns`."""

    rows: tuple[int, ...]  # below 0 or from the map's height on where the window reaches into the padding
    columns: tuple[int, ...]
    grid: Pair  # rows and columns of the map
    mode: str = "zeros"  # what the padding holds; "vector" where the "map" is one entry of a vector

    @cached_property
    def outside(self) -> np.ndarray:
        """Which places are padding, bool (rows, columns)."""
        rows, columns = (
            np.array([not 0 <= place < size for place in places])
            for places, size in zip((self.rows, self.columns), self.grid, strict=True)
        )
        return rows[:, None] | columns[None, :]

    @cached_property
    def sources(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """For each row and each column the one of the map that its values are taken from; -1: filled with 0."""
        rows, columns = self.grid
        return tuple(_source(r, rows, self.mode) for r in self.rows), tuple(
            _source(c, columns, self.mode) for c in self.columns
        )

    def cut(self, maps: Tensor, fill: float = 0.0) -> np.ndarray:
        """The window's values: float64 (channels, rows, columns) of maps (channels, height, width).

        `fill` stands where the padding takes no value of the map.
        """
        rows, columns = (np.array(places) for places in self.sources)
        empty = (rows < 0)[:, None] | (columns < 0)[None, :]
        values = maps[:, rows.clip(0)][:, :, columns.clip(0)].detach().double().cpu().numpy()
        return np.where(empty, fill, values)


def geometry(step: Step, grid: Pair) -> Geometry | None:
    """The windows of a convolution or pooling on maps of `grid` (rows, columns).

    None where they are not all of one size and side by side, as those of some adaptive pools, or not known.
    """
    if _is_adaptive(step):
        rest = pair(n % m for n, m in zip(grid, step.shape[2:], strict=True))
        kernel = pair(n // m for n, m in zip(grid, step.shape[2:], strict=True))
        return Geometry(kernel, kernel, (0, 0), (1, 1)) if rest == (0, 0) else None
    weight = step.option("weight")
    kernel = tuple(weight.shape[2:]) if isinstance(weight, Tensor) else step.option("kernel_size")
    if kernel is None:
        return None
    kernel, dilation = _two(kernel), _two(step.option("dilation", 1))
    stride = _two(step.option("stride", 1 if step.operation == "convolution" else kernel))
    padding = step.option("padding", 0)
    if padding == "same":  # an odd one of padding goes to the end, see torch.nn.Conv2d
        padding = pair((k - 1) * d // 2 for k, d in zip(kernel, dilation, strict=True))
    padding = _two(0 if padding == "valid" else padding)
    return Geometry(kernel, stride, padding, dilation, step.option("padding_mode", "zeros"))


def window_of(step: Step, grid: Pair, place: Pair) -> Window | None:
    """What the value of a convolution or pooling at `place` (row, column) looks at; None where that is not known.

    The window of a pool that `ceil_mode` lets reach beyond the padding ends with the padding.
    """
    if _is_adaptive(step):
        sizes = zip(place, grid, step.shape[2:], strict=True)
        rows, columns = (tuple(range(i * n // m, -(-(i + 1) * n // m))) for i, n, m in sizes)
        return Window(rows, columns, grid)
    found = geometry(step, grid)
    if found is None:
        return None
    spans: list[tuple[int, ...]] = []
    for axis in (0, 1):
        start = place[axis] * found.stride[axis] - found.padding[axis]
        span = range(start, start + found.kernel[axis] * found.dilation[axis], found.dilation[axis])
        end = grid[axis] + found.padding[axis]
        spans.append(tuple(i for i in span if i < end or step.operation == "convolution"))
    return Window(spans[0], spans[1], grid, found.mode)


def pair(values: Iterable[int]) -> Pair:
    vertical, horizontal = values
    return vertical, horizontal


def _is_adaptive(step: Step) -> bool:
    return step.option("output_size") is not None


def _two(value: int | Sequence[int]) -> Pair:
    if isinstance(value, int):
        return value, value
    return pair((*value, *value) if len(value) == 1 else value)


def _source(place: int, size: int, mode: str) -> int:
    if 0 <= place < size:
        return place
    match mode:
        case "reflect":
            return -place if place < 0 else 2 * (size - 1) - place
        case "replicate":
            return min(max(place, 0), size - 1)
        case "circular":
            return place % size
        case _:
            return -1
