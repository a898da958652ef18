"""Checks of a picture's numbers and of what a network's steps make of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from demo.core.inference import maps, run
from demo.core.view import View
from demo.errors import UserError
from demo.pictures.decode import open_image
from demo.pictures.examples import examples
from demo.tabs.learn.check import NOT_WHOLE, Check, Choice, Done, Here, Numbers, Verdict, percent, readable
from model_zoo import Model
from model_zoo.explain.sums import explain, words

COLOURS = ("red", "green", "blue")
ALMOST = 0.95  # of the brightest square's numbers: as bright to the eye
NEARLY = 0.98  # of a map's largest value: as good as it, for who looks at colours


@dataclass(frozen=True)
class Pixel(Numbers):
    """One number of the picture that the network gets, from 0 to 255."""

    row: int = 0
    column: int = 0
    colour: str = COLOURS[0]
    within: float = 0

    def fields(self, model: Model) -> Sequence[str]:
        return (f"{self.colour.capitalize()} at row {self.row}, column {self.column}",)

    def expected(self, here: Here) -> Sequence[float]:
        return (float(_pixels(here)[self.row, self.column, COLOURS.index(self.colour)]),)

    def words(self, here: Here, expected: Sequence[float]) -> str:
        red, green, blue = _pixels(here)[self.row, self.column]
        return f"Row {self.row}, column {self.column} holds red {red}, green {green}, blue {blue}."


@dataclass(frozen=True)
class InputValue(Pixel):
    """The same number as the network gets it, after it is scaled."""

    within: float = 0.02

    def fields(self, model: Model) -> Sequence[str]:
        return (f"The network's input for {self.colour} at row {self.row}, column {self.column}",)

    def expected(self, here: Here) -> Sequence[float]:
        return (float(here.made.prepared[0, COLOURS.index(self.colour), self.row, self.column]),)

    def words(self, here: Here, expected: Sequence[float]) -> str:
        number = COLOURS.index(self.colour)
        level = _pixels(here)[self.row, self.column, number]
        mean, std = (here.model.card["preprocessing"][key][number] for key in ("mean", "std"))
        # Mean and spread as the Data tab writes them: with fewer digits they make another result.
        return f"({level} / 255 − {mean:g}) / {std:g} = {readable(expected[0])}."


@dataclass(frozen=True)
class BrightestPixel(Check):
    """The square whose three numbers have the largest sum; several may be as bright."""

    form: ClassVar[str] = "numbers"

    def fields(self, model: Model) -> Sequence[str]:
        return "Row", "Column"

    def judge(self, here: Here, done: Done) -> Verdict:
        light = _pixels(here).astype(int).sum(axis=2)
        row, column = _place(done.numbers, light.shape)
        best = tuple(map(int, np.unravel_index(light.argmax(), light.shape)))
        mine, most = int(light[row, column]), int(light[best])
        around = light[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
        return Verdict(
            int(around.max()) >= ALMOST * most,
            f"Your square adds up to {mine} of 765; the brightest, such as row {best[0]}, column {best[1]}, to {most}. "
            "One square beside it counts as well: it is easy to miscount.",
        )

    def guess(self, done: Done, is_right: bool) -> str:
        return "row {:g}, column {:g}".format(*done.numbers)

    def key(self, here: Here) -> str:
        light = _pixels(here).astype(int).sum(axis=2)
        best = [tuple(map(int, place)) for place in np.argwhere(light == light.max())[:4]]
        places = "; ".join(f"row {row}, column {column}" for row, column in best)
        return (
            f"{places}: the three numbers add up to {int(light.max())} of 765. Others that are nearly as bright count."
        )


def _place(numbers: Sequence[float], shape: Sequence[int]) -> tuple[int, int]:
    """Row and column that were typed in."""
    if len(numbers) != 2:
        raise UserError(NOT_WHOLE)
    if any(not (0 <= n < size and n == int(n)) for n, size in zip(numbers, shape, strict=True)):
        raise UserError(f"Rows go from 0 to {shape[0] - 1}, columns from 0 to {shape[1] - 1}.")
    return int(numbers[0]), int(numbers[1])


def _pixels(here: Here) -> np.ndarray:
    """The picture that the network gets, uint8 (rows, columns, 3)."""
    return np.asarray(here.model.picture(here.made.prepared))


@dataclass(frozen=True)
class ValueAt(Numbers):
    """One value of a step, worked out or read."""

    step: str = ""
    channel: int = 0
    row: int = 0
    column: int = 0
    within: float = 0.01

    def fields(self, model: Model) -> Sequence[str]:
        return (f"{self.step}, channel {self.channel}, row {self.row}, column {self.column}",)

    def expected(self, here: Here) -> Sequence[float]:
        return (float(maps(here.step(self.step))[self.channel, self.row, self.column]),)

    def words(self, here: Here, expected: Sequence[float]) -> str:
        place = (self.step, self.channel, self.row, self.column)
        return words(explain(here.steps, here.made.prepared, *place))


@dataclass(frozen=True)
class Corner(Numbers):
    """The first 2 x 2 values of a map."""

    step: str = ""
    channel: int = 0
    within: float = 0.01

    def fields(self, model: Model) -> Sequence[str]:
        return tuple(f"Row {row}, column {column}" for row in (0, 1) for column in (0, 1))

    def expected(self, here: Here) -> Sequence[float]:
        return maps(here.step(self.step))[self.channel, :2, :2].flatten().tolist()

    def words(self, here: Here, expected: Sequence[float]) -> str:
        first = words(explain(here.steps, here.made.prepared, self.step, self.channel, 0, 0))
        return f"The four are {', '.join(map(readable, expected))}. {first}"


@dataclass(frozen=True)
class StrongestPlace(Check):
    """The place of a map's largest value, chosen on the page."""

    shows: ClassVar[str] = "place"
    step: str = ""
    channel: int = 0

    def judge(self, here: Here, done: Done) -> Verdict:
        values = maps(here.step(self.step))[self.channel]
        view = done.view
        if (view.step, view.channel) != (self.step, self.channel) or view.row is None or view.column is None:
            raise UserError(f"Please choose a value on the large map of {self.step}, channel {self.channel}.")
        row, column = _place((view.row, view.column), values.shape)
        best = tuple(map(int, np.unravel_index(values.argmax(), values.shape)))
        mine, most = float(values[row, column]), float(values[best])
        return Verdict(
            mine >= most - (1 - NEARLY) * abs(most),
            f"At row {row}, column {column} the value is {readable(mine)}. The largest is {readable(most)}, "
            f"at row {best[0]}, column {best[1]}.",
        )

    def key(self, here: Here) -> str:
        values = maps(here.step(self.step))[self.channel]
        row, column = np.unravel_index(values.argmax(), values.shape)
        return f"Row {row}, column {column}: {readable(float(values.max()))}."


@dataclass(frozen=True)
class PickChannel(Check):
    """A channel of a step, chosen on the page: the one with the largest value, or the one that is 0 in most places."""

    shows: ClassVar[str] = "channel"
    step: str = ""
    wanted: str = "strongest"  # or "blankest"

    def judge(self, here: Here, done: Done) -> Verdict:
        values = maps(here.step(self.step))
        if done.view.step != self.step or done.view.channel >= len(values):
            raise UserError(f"Please choose a channel of {self.step}.")
        blank = self.wanted == "blankest"
        scores = (values == 0).mean(axis=(1, 2)) if blank else values.max(axis=(1, 2))
        mine, most = float(scores[done.view.channel]), float(scores.max())
        say = (lambda score: f"is 0 in {percent(score)} of its places") if blank else _reaches
        return Verdict(
            mine >= most - (0 if blank else (1 - NEARLY) * abs(most)),
            f"Channel {done.view.channel} {say(mine)}; channel {int(scores.argmax())} {say(most)}.",
        )

    def key(self, here: Here) -> str:
        return self.judge(here, Done(view=View(step=self.step))).words.partition("; ")[2].capitalize()


def _reaches(value: float) -> str:
    return f"reaches {readable(value)}"


@dataclass(frozen=True)
class Excites(Choice):
    """Which of some example pictures excites a channel most."""

    step: str = ""
    channel: int = 0
    pictures: tuple[str, ...] = ()  # titles of examples

    def options(self, model: Model) -> Sequence[str]:
        return [title for title in self.pictures if title in examples()]

    def chosen(self, here: Here, choice: str) -> Verdict:
        here.step(self.step)
        found = {title: self._reached(here.model, title) for title in self.options(here.model)}
        best = max(found, key=lambda title: found[title])
        listed = "; ".join(f"{title}: {readable(value)}" for title, value in found.items())
        return Verdict(choice == best, f"The largest value of {self.step}, channel {self.channel}: {listed}.")

    def _reached(self, model: Model, title: str) -> float:
        steps = run(model, _example(title)).steps
        return float(maps(next(step for step in steps if step.name == self.step))[self.channel].max())


@lru_cache(maxsize=16)
def _example(title: str) -> Any:
    return open_image(examples()[title])


@dataclass(frozen=True)
class Shape(Numbers):
    """The shape of what a step makes."""

    step: str = ""
    within: float = 0

    def fields(self, model: Model) -> Sequence[str]:
        return "Channels", "Rows", "Columns"

    def expected(self, here: Here) -> Sequence[float]:
        return maps(here.step(self.step)).shape

    def words(self, here: Here, expected: Sequence[float]) -> str:
        step = here.step(self.step)
        before = next((each for each in here.steps if each.name == step.inputs[0]), None)
        read = before.shape if before else tuple(here.made.prepared.shape)
        one, other = (" × ".join(map(str, shape[1:])) for shape in (read, step.shape))
        return f"{self.step} ({step.operation}) reads {one} numbers and makes {other}."


@dataclass(frozen=True)
class Weights(Numbers):
    """How many numbers a step has learned."""

    step: str = ""
    within: float = 0

    def fields(self, model: Model) -> Sequence[str]:
        return (f"Weights of {self.step}, with its biases",)

    def expected(self, here: Here) -> Sequence[float]:
        return (float(here.step(self.step).parameters),)

    def words(self, here: Here, expected: Sequence[float]) -> str:
        module = here.step(self.step).module
        parts = [] if module is None else [tuple(each.shape) for each in module.parameters()]
        return f"{' + '.join(' × '.join(map(str, shape)) for shape in parts)} = {int(expected[0]):,}."


# By the names that cards use.
CHECKS: dict[str, type[Check]] = {
    "pixel": Pixel,
    "input-value": InputValue,
    "brightest-pixel": BrightestPixel,
    "value": ValueAt,
    "corner": Corner,
    "strongest-place": StrongestPlace,
    "channel": PickChannel,
    "excites": Excites,
    "shape": Shape,
    "weights": Weights,
}
