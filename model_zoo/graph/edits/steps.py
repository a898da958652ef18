"""Edits of one step: of its channels, its weights and its paths.

Only `DropPath` is carried out elsewhere, by the walk, which alone has the operands of an add.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor, nn

from model_zoo.graph.residual import BRANCH, SKIP, residual_blocks
from model_zoo.graph.step import Edit, Step

LARGEST = 10_000.0  # of a factor or a weight, without its sign
MINUS = "\N{MINUS SIGN}"
_STEP, _COUNT, _NUMBER = r"([A-Za-z0-9_.]{1,120})", r"(\d{1,6})", r"(-?\d{1,5}(?:\.\d{1,20})?(?:e-\d{1,2})?)"


def _number(value: float) -> str:
    return repr(float(value)).removesuffix(".0")


def _too_large(word: str, value: float) -> str:
    """A sentence where a number is too large, or is none."""
    if abs(value) <= LARGEST:
        return ""
    return f"The {word} must be between {MINUS}{LARGEST:,.0f} and {LARGEST:,.0f}."


def _no_step(name: str) -> str:
    return f"This network has no step {name}."


def _named(steps: Sequence[Step], name: str) -> Step | None:
    return next((step for step in steps if step.name == name), None)


def _missing_channel(step: Step, channels: Sequence[int]) -> str:
    count = step.shape[1] if len(step.shape) > 1 else 0
    return "" if all(0 <= c < count for c in channels) else f"{step.name} has {count:,} channels, counted from 0."


def _check_channels(output: Tensor, step: str) -> None:
    if output.dim() < 2:
        raise ValueError(f"{step} has no channels.")


@dataclass(frozen=True)
class StepEdit(Edit):
    """An edit of one step."""

    step: str

    @property
    def target(self) -> str:
        return self.step


@dataclass(frozen=True)
class Scaled(StepEdit):
    """One channel of a step's output times a factor: 0 switches it off, -1 inverts it."""

    channel: int  # of a vector: which entry
    factor: float
    form: ClassVar[str] = rf"{_STEP}\.{_COUNT}:(?:(off)|(inv)|x{_NUMBER})"

    @classmethod
    def read(cls, parts: Sequence[str | None], black: tuple[float, ...]) -> Scaled | None:
        step, channel, off, inverted, factor = parts
        number = 0.0 if off else -1.0 if inverted else float(factor or 0)
        return cls(step or "", int(channel or 0), number) if abs(number) <= LARGEST else None

    @property
    def text(self) -> str:
        factor = {0.0: "off", -1.0: "inv"}.get(self.factor) or f"x{_number(self.factor)}"
        return f"{self.step}.{self.channel}:{factor}"

    @property
    def words(self) -> str:
        done = {0.0: "switched off", -1.0: "inverted"}.get(self.factor) or f"times {_number(self.factor)}"
        return f"{self.step}, channel {self.channel}: {done}".replace("-", MINUS)

    def refusal(self, steps: Sequence[Step], shape: Sequence[int]) -> str:
        step = _named(steps, self.step)
        if step is None:
            return _no_step(self.step)
        return _too_large("factor", self.factor) or _missing_channel(step, [self.channel])

    def joined_to(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        rest = [e for e in edits if not (isinstance(e, Scaled) and replace(e, factor=self.factor) == self)]
        return *rest, *([self] if self.factor != 1 else [])

    def change_output(self, output: Tensor) -> None:
        _check_channels(output, self.step)
        # Not times 0: that would leave a value that is not finite as it is.
        output[:, self.channel] = output[:, self.channel] * self.factor if self.factor else 0.0


@dataclass(frozen=True)
class Weight(StepEdit):
    """One weight of a convolution set to a value, for this step alone."""

    channel: int  # that the kernel belongs to
    source: int  # which of the channel's kernels, one for each channel that it reads
    row: int
    column: int
    value: float
    form: ClassVar[str] = rf"{_STEP}\.{_COUNT}\.{_COUNT}\.{_COUNT}\.{_COUNT}:w{_NUMBER}"
    changes_weight: ClassVar[bool] = True

    @classmethod
    def read(cls, parts: Sequence[str | None], black: tuple[float, ...]) -> Weight | None:
        step, channel, source, row, column, value = (part or "" for part in parts)
        number = float(value)
        return cls(step, int(channel), int(source), int(row), int(column), number) if abs(number) <= LARGEST else None

    @property
    def _place(self) -> tuple[int, int, int, int]:
        return self.channel, self.source, self.row, self.column

    @property
    def text(self) -> str:
        return f"{self.step}.{'.'.join(map(str, self._place))}:w{_number(self.value)}"

    @property
    def words(self) -> str:
        place = f"channel {self.channel}, kernel {self.source}, row {self.row}, column {self.column}"
        return f"{self.step}, {place}: weight {_number(self.value)}".replace("-", MINUS)

    def refusal(self, steps: Sequence[Step], shape: Sequence[int]) -> str:
        step = _named(steps, self.step)
        if step is None:
            return _no_step(self.step)
        if large := _too_large("value", self.value):
            return large
        if not isinstance(step.module, nn.Conv2d) or "weight" not in step.module._parameters:
            return f"{step.name} is no convolution with weights of its own."
        sizes = tuple(step.module.weight.shape)
        if all(0 <= index < size for index, size in zip(self._place, sizes, strict=True)):
            return ""
        return f"{step.name} has {sizes[0]} × {sizes[1]} kernels of {sizes[2]} × {sizes[3]} weights, counted from 0."

    def joined_to(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        return *(e for e in edits if not (isinstance(e, Weight) and replace(e, value=self.value) == self)), self

    def change_weight(self, weight: Tensor) -> None:
        weight[self._place] = self.value


@dataclass(frozen=True)
class DropPath(StepEdit):
    """One path into a residual add, the step, taken away: what remains is the other path alone."""

    path: str  # SKIP or BRANCH
    form: ClassVar[str] = rf"{_STEP}:no({SKIP}|{BRANCH})"

    @classmethod
    def read(cls, parts: Sequence[str | None], black: tuple[float, ...]) -> DropPath:
        step, path = (part or "" for part in parts)
        return cls(step, path)

    @property
    def text(self) -> str:
        return f"{self.step}:no{self.path}"

    @property
    def words(self) -> str:
        return f"{self.step}: without the {'skip connection' if self.path == SKIP else 'branch'}"

    def refusal(self, steps: Sequence[Step], shape: Sequence[int]) -> str:
        if _named(steps, self.step) is None:
            return _no_step(self.step)
        possible = self.path in (SKIP, BRANCH) and self.step in residual_blocks(steps)
        return "" if possible else f"{self.step} does not join a skip connection and a branch."

    def joined_to(self, edits: Sequence[Edit]) -> tuple[Edit, ...]:
        return *(e for e in edits if not (isinstance(e, DropPath) and e.step == self.step)), self


@dataclass(frozen=True)
class OffEach(StepEdit):
    """Of each picture in a batch another channel switched off; for comparing many of them in one walk."""

    channels: tuple[int, ...]  # one for each picture

    @property
    def words(self) -> str:
        return f"{self.step}: in each picture another channel switched off"

    def refusal(self, steps: Sequence[Step], shape: Sequence[int]) -> str:
        step = _named(steps, self.step)
        return _no_step(self.step) if step is None else _missing_channel(step, self.channels)

    def change_output(self, output: Tensor) -> None:
        _check_channels(output, self.step)
        output[torch.arange(len(self.channels)), list(self.channels)] = 0.0
