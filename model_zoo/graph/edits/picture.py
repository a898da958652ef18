"""Edits of the picture as the network gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from model_zoo.graph.step import INPUT, Edit, Step

_COUNT = r"(\d{1,6})"


@dataclass(frozen=True)
class PictureEdit(Edit):
    """An edit of the network's input."""

    @property
    def target(self) -> str:
        return INPUT


@dataclass(frozen=True)
class Blanked(PictureEdit):
    """A rectangle of the network's input in one colour."""

    row: int
    column: int
    height: int
    width: int
    fill: tuple[float, ...] = ()  # per colour, as the network gets it; () for the mean of the picture
    form: ClassVar[str] = rf"{INPUT}:(blank|black)\.{_COUNT}\.{_COUNT}\.{_COUNT}\.{_COUNT}"

    @classmethod
    def read(cls, parts: Sequence[str | None], black: tuple[float, ...]) -> Blanked:
        colour, *box = (part or "" for part in parts)
        row, column, height, width = map(int, box)
        return cls(row, column, height, width, black if colour == "black" else ())

    @property
    def text(self) -> str:
        return f"{INPUT}:{'black' if self.fill else 'blank'}.{self.row}.{self.column}.{self.height}.{self.width}"

    @property
    def words(self) -> str:
        colour = "black" if self.fill else "in its mean colour"
        return f"picture: {self.height} × {self.width} pixels {colour} from row {self.row}, column {self.column}"

    def refusal(self, steps: Sequence[Step], shape: Sequence[int]) -> str:
        rows, columns = shape[-2:]
        bottom, right = self.row + self.height, self.column + self.width
        inside = min(self.row, self.column) >= 0 and bottom <= rows and right <= columns
        if inside and min(self.height, self.width) > 0:
            return ""
        return f"That is no part of the {rows} × {columns} pixels."

    def change_picture(self, x: Tensor, mean: Tensor) -> Tensor:
        fill = x.new_tensor(self.fill).view(-1, 1, 1) if self.fill else mean
        x = x.clone()
        x[..., self.row : self.row + self.height, self.column : self.column + self.width] = fill
        return x


@dataclass(frozen=True)
class Shifted(PictureEdit):
    """The network's input moved by whole pixels; what is uncovered gets the picture's mean colour."""

    right: int
    down: int
    form: ClassVar[str] = rf"{INPUT}:shift\.(-?\d{{1,5}})\.(-?\d{{1,5}})"

    @classmethod
    def read(cls, parts: Sequence[str | None], black: tuple[float, ...]) -> Shifted:
        right, down = (int(part or 0) for part in parts)
        return cls(right, down)

    @property
    def text(self) -> str:
        return f"{INPUT}:shift.{self.right}.{self.down}"

    @property
    def words(self) -> str:
        moves = ((self.right, "left", "right"), (self.down, "up", "down"))
        return "picture: moved " + ", ".join(f"{abs(n)} px {b if n > 0 else a}" for n, a, b in moves if n)

    def refusal(self, steps: Sequence[Step], shape: Sequence[int]) -> str:
        rows, columns = shape[-2:]
        if abs(self.down) < rows and abs(self.right) < columns and (self.down or self.right):
            return ""
        return f"The picture has {rows} rows and {columns} columns; it can be moved by fewer."

    def joined_to(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        if not edits or not isinstance(edits[-1], Shifted):
            return *edits, self
        moved = Shifted(edits[-1].right + self.right, edits[-1].down + self.down)
        return *edits[:-1], *([moved] if moved != Shifted(0, 0) else [])

    def change_picture(self, x: Tensor, mean: Tensor) -> Tensor:
        moved = mean.expand_as(x).clone()
        to_row, from_row = _overlap(self.down, x.shape[-2])
        to_column, from_column = _overlap(self.right, x.shape[-1])
        moved[..., to_row, to_column] = x[..., from_row, from_column]
        return moved


def _overlap(by: int, size: int) -> tuple[slice, slice]:
    """Where the part lands that stays in sight when `size` places move by some, and where it was."""
    stays = max(size - abs(by), 0)
    return slice(max(by, 0), max(by, 0) + stays), slice(max(-by, 0), max(-by, 0) + stays)
