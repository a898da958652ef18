"""The receptive field of a step, and where in a grid of fields each of its values stands."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from model_zoo.graph.windows import Pair, pair


@dataclass(frozen=True)
class Field:
    """What the values of one step see, in pixels of the network's input; pairs are (vertical, horizontal).

    Sizes are not cut at the picture's edge, unless every value sees the whole picture.
    """

    size: Pair
    stride: Pair  # from one value's field to the next one's; 0 where all values have the same field
    start: Pair  # first row and column of the first value's field; below 0 where it begins in the padding
    whole: bool = False  # every value sees the whole picture; size is then the picture's


@dataclass(frozen=True, eq=False)
class View:
    """A step's field and where each of its values stands in the grid of fields."""

    field: Field
    grid: Pair  # rows, columns
    shape: tuple[int, ...]  # of the step's output
    places: Tensor | None = None  # float64 (2, *shape): row and column in the grid; NaN in padding. None: its own ones

    @property
    def is_uniform(self) -> bool:
        """Whether all values have the same field."""
        return self.field.stride == (0, 0)

    @property
    def is_map(self) -> bool:
        """Whether row and column of a value are its place."""
        return self.places is None and len(self.shape) == 4

    @property
    def is_regular(self) -> bool:
        """Whether the field is all that one needs to know: for maps, and for maps flattened row by row."""
        if self.is_uniform or self.is_map:
            return True
        flat = self.places is not None and len(self.shape) == 2 and self.shape[1] % (self.grid[0] * self.grid[1]) == 0
        return bool(flat and torch.equal(self.all_places(), _flattened(self.grid, self.shape)))

    def all_places(self) -> Tensor:
        """Row and column in the grid of every value, float64 (2, *shape)."""
        if self.places is not None:
            return self.places
        rows, columns = (torch.arange(n, dtype=torch.float64) for n in self.shape[-2:])
        return torch.stack([rows[:, None].expand(self.shape), columns.expand(self.shape)])

    def start_of(self, index: tuple[int, ...]) -> Pair:
        """First row and column of the field of the value at an index; that of the first value for padding."""
        if self.is_uniform:
            return self.field.start
        place = self.all_places()[(slice(None), *index)].nan_to_num(0.0).tolist()
        return pair(t + round(n) * j for t, n, j in zip(self.field.start, place, self.field.stride, strict=True))


def _flattened(grid: Pair, shape: tuple[int, ...]) -> Tensor:
    """The places of maps of that grid whose values stand in one row: (2, *shape)."""
    entry = torch.arange(shape[1], dtype=torch.float64) % (grid[0] * grid[1])
    return torch.stack([entry // grid[1], entry % grid[1]])[:, None].expand(2, *shape)
