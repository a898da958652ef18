"""Checks of what somebody did on the bench: the browser tells what stands there, and all is computed anew from it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional as F

from demo.core.payloads import is_whole
from demo.errors import UserError
from demo.tabs.learn.check import AGAIN, NOT_WHOLE, Check, Done, Here, Verdict, readable
from model_zoo import Model

NOTHING = f"The bench is not open on the right part. Press “{AGAIN}”."
MOST = 64  # rows and columns of a picture on the bench
SIDE = 9  # of the pictures that a kernel is tried on


def grid(value: Any, most: int) -> Tensor:
    """A picture or a kernel out of what a browser sent: (1, 1, rows, columns).

    Raises:
        UserError: it is none.
    """
    given = value if isinstance(value, dict) else {}
    values, height = given.get("values"), given.get("height", given.get("size"))
    width = given.get("width", height)
    if not is_whole(height) or not is_whole(width) or not (0 < height <= most and 0 < width <= most):
        raise UserError(NOTHING)
    if not isinstance(values, list) or len(values) != height * width:
        raise UserError(NOTHING)
    if not all(isinstance(each, int | float) and abs(each) < 1e6 for each in values):
        raise UserError(NOTHING)
    return torch.tensor(values, dtype=torch.float64).reshape(1, 1, height, width)


@dataclass(frozen=True)
class BenchSum(Check):
    """The value that the window makes where a card puts it, worked out by hand."""

    form: ClassVar[str] = "numbers"
    row: int = 0
    column: int = 0
    paper: str = ""  # the sum with what the card puts on the bench, for a sheet on paper

    def fields(self, model: Model) -> Sequence[str]:
        return (f"The sum at row {self.row}, column {self.column}",)

    def judge(self, here: Here, done: Done) -> Verdict:
        picture, kernel = grid(done.bench.get("picture"), MOST), grid(done.bench.get("kernel"), 7)
        size = kernel.shape[-1]
        patch = picture[0, 0, self.row : self.row + size, self.column : self.column + size]
        if len(done.numbers) != 1:
            raise UserError(NOT_WHOLE)
        if patch.shape != (size, size):
            raise UserError(NOTHING)
        pairs = [(a, b) for a, b in zip(patch.flatten().tolist(), kernel.flatten().tolist(), strict=True) if a and b]
        total = sum(a * b for a, b in pairs)
        said = " + ".join(f"{readable(a)} × {readable(b)}" for a, b in pairs) or "only zeros"
        return Verdict(abs(done.numbers[0] - total) <= 0.01, f"{said} = {readable(total)}; all other products are 0.")

    def guess(self, done: Done, is_right: bool) -> str:
        return ", ".join(map(readable, done.numbers))

    def key(self, here: Here) -> str:
        return self.paper or "What the bench shows at that place: the products of window and kernel, added."


@dataclass(frozen=True)
class BenchKernel(Check):
    """A kernel that answers strongly to one kind of line or edge, and hardly to the other."""

    shows: ClassVar[str] = "bench"
    wanted: str = "horizontal"  # or "vertical"
    times: float = 3

    def judge(self, here: Here, done: Done) -> Verdict:
        kernel = grid(done.bench.get("kernel"), 7)
        one = _response(kernel, _line(self.wanted))
        other = _response(kernel, _line("vertical" if self.wanted == "horizontal" else "horizontal"))
        most, hardly = readable(one), readable(other)
        # Both as whole texts, so that other languages can put them as they need.
        said = {
            "horizontal": f"On a horizontal line your kernel makes at most {most}, on a vertical one {hardly}",
            "vertical": f"On a vertical line your kernel makes at most {most}, on a horizontal one {hardly}",
        }
        return Verdict(
            one > 0.1 and one >= self.times * other,
            f"{said[self.wanted]}; asked for is at least {readable(self.times)} times as much.",
        )


def _line(direction: str) -> Tensor:
    """A white line on black: (1, 1, SIDE, SIDE)."""
    picture = torch.zeros(1, 1, SIDE, SIDE, dtype=torch.float64)
    picture[0, 0, SIDE // 2] = 1
    return picture if direction == "horizontal" else picture.transpose(2, 3).contiguous()


def _response(kernel: Tensor, picture: Tensor) -> float:
    """The largest value of the map, and 0 for none above it."""
    inside = F.conv2d(picture, kernel)
    return float(inside.clamp(min=0).max())


@dataclass(frozen=True)
class BenchShape(Check):
    """Rows and columns of a map, before the bench shows it."""

    form: ClassVar[str] = "numbers"
    side: int = 8
    kernel: int = 3
    stride: int = 1
    padding: int = 0

    def fields(self, model: Model) -> Sequence[str]:
        return "Rows", "Columns"

    def judge(self, here: Here, done: Done) -> Verdict:
        made = F.conv2d(
            torch.zeros(1, 1, self.side, self.side),
            torch.zeros(1, 1, self.kernel, self.kernel),
            stride=self.stride,
            padding=self.padding,
        ).shape[-1]
        if len(done.numbers) != 2:
            raise UserError(NOT_WHOLE)
        return Verdict(
            done.numbers == (made, made),
            f"({self.side} + 2 × {self.padding} − {self.kernel}) / {self.stride}, rounded down, + 1 = {made}.",
        )

    def guess(self, done: Done, is_right: bool) -> str:
        return " × ".join(map(readable, done.numbers))

    def key(self, here: Here) -> str:
        return self.judge(here, Done(numbers=(0, 0))).words


@dataclass(frozen=True)
class BenchTraining(Check):
    """A training of the two layers that does, or does not, get anywhere."""

    shows: ClassVar[str] = "bench"
    wanted: str = "diverges"  # or "falls": to a hundredth of its first loss

    def judge(self, here: Here, done: Done) -> Verdict:
        losses = done.bench.get("losses")
        if not isinstance(losses, list) or len(losses) < 2:
            raise UserError("Please train the two layers first.")
        first, last = (each if isinstance(each, int | float) else math.inf for each in (losses[0], losses[-1]))
        grows = not math.isfinite(last) or last > first
        told = f"It began with a loss of {first:,.1f} and ended with {_loss(last)}."
        return Verdict(grows if self.wanted == "diverges" else last < first / 100, told)


def _loss(value: float) -> str:
    if not math.isfinite(value):
        return "a number too large to write"
    return f"{value:,.4g}" if value == 0 or value >= 1e-4 else "less than 0.0001"


CHECKS: dict[str, type[Check]] = {
    "bench-sum": BenchSum,
    "bench-kernel": BenchKernel,
    "bench-shape": BenchShape,
    "bench-training": BenchTraining,
}
