"""What a card's check is: how it asks, and how it judges what somebody did, from the tensors of their own picture."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar

from PIL import Image

from demo.core.inference import Inference, run
from demo.core.networks import given, network
from demo.core.view import View
from demo.errors import UserError
from model_zoo import Model, Step

NOT_WHOLE = "Please fill in every field with a number."
NO_CHOICE = "Please choose one of the answers first."
AGAIN = "Set it up again"  # what the button says that shows on the page what a card is about


@dataclass(frozen=True)
class Here:
    """What the page is about when somebody answers: the network, the picture, and the changes made to both."""

    model: Model
    image: Image.Image | None
    edits: str = ""

    @classmethod
    def of(cls, name: str, image: Image.Image | None, edits: str = "") -> "Here":
        """For the network of that name.

        Raises:
            UserError: there is no such network.
        """
        return cls(network(name), image, edits)

    @cached_property
    def made(self) -> Inference:
        """The pass of the network, with the changes.

        Raises:
            UserError: there is no picture.
        """
        return run(self.model, given(self.image), self.edits)

    @property
    def steps(self) -> list[Step]:
        """Those of the pass without changes."""
        return self.made.original

    def step(self, name: str) -> Step:
        """One of them.

        Raises:
            UserError: the network has none of that name.
        """
        found = next((step for step in self.steps if step.name == name), None)
        if found is None:
            raise UserError(
                f"This card is about {name}, which {self.model.title} does not have. Press “{AGAIN}” to come back."
            )
        return found


@dataclass(frozen=True)
class Done:
    """What somebody did on a card, as the browser tells it; nothing in it is to be trusted."""

    choice: str = ""
    numbers: tuple[float, ...] = ()
    view: View = field(default_factory=View)  # what the page shows
    bench: dict[str, Any] = field(default_factory=dict)  # what the bench has worked out


@dataclass(frozen=True)
class Verdict:
    """Whether it was right, and in any case what is the case."""

    right: bool
    words: str


@dataclass(frozen=True)
class Check:
    """A kind of check; each is a subclass, whose fields are its arguments on a card."""

    form: ClassVar[str] = "page"  # "choice", "numbers", or "page": what counts is what the page shows
    shows: ClassVar[str] = ""  # of "page", what of it counts: "place", "channel", "edits", "picture", "bench"
    mark: ClassVar[str] = "right answer"  # what a tally calls the answer that counts as right

    def fields(self, model: Model) -> Sequence[str]:
        """The labels of the numbers to fill in."""
        return ()

    def options(self, model: Model) -> Sequence[str]:
        """What there is to choose from."""
        return ()

    def judge(self, here: Here, done: Done) -> Verdict:
        """Whether it is right.

        Raises:
            UserError: it cannot be judged; the message says why.
        """
        raise NotImplementedError

    def guess(self, done: Done, is_right: bool) -> str:
        """What somebody answered, in a few words, so that the same answers of a class can be counted."""
        view = done.view
        if self.shows == "place" and view.row is not None:
            return f"row {view.row}, column {view.column}"
        if self.shows == "channel":
            return f"channel {view.channel}"
        return "done" if is_right else "not yet"

    def wanted(self, here: Here) -> str:
        """The right one of the options; "" where there are none to choose from, or none of them is right."""
        return ""

    def key(self, here: Here) -> str:
        """The right answer in words, for a sheet on paper.

        Raises:
            UserError: this network or picture has none.
        """
        return "Several answers are right; the page checks what was done there."

    def asked(self, model: Model) -> dict[str, Any]:
        """How the page asks, as JSON."""
        return {
            "form": self.form,
            "shows": self.shows,
            "fields": list(self.fields(model)),
            "options": list(self.options(model)),
        }


@dataclass(frozen=True)
class Numbers(Check):
    """Numbers are filled in; each may be off by `within`, and by half of the last digit that the page shows."""

    form: ClassVar[str] = "numbers"
    within: float = 0.005

    def expected(self, here: Here) -> Sequence[float]:
        """The right ones, in the order of `fields`."""
        raise NotImplementedError

    def words(self, here: Here, expected: Sequence[float]) -> str:
        """What is the case, with the calculation."""
        raise NotImplementedError

    def judge(self, here: Here, done: Done) -> Verdict:
        expected = self.expected(here)
        if len(done.numbers) != len(expected):
            raise UserError(NOT_WHOLE)
        pairs = zip(done.numbers, expected, strict=True)
        right = all(
            abs(mine - theirs) <= (self.within and self.within + _shown(theirs)) + 1e-9 for mine, theirs in pairs
        )
        return Verdict(right, self.words(here, expected))

    def guess(self, done: Done, is_right: bool) -> str:
        return ", ".join(map(readable, done.numbers))

    def key(self, here: Here) -> str:
        expected = self.expected(here)
        return f"{', '.join(map(readable, expected))}. {self.words(here, expected)}"


@dataclass(frozen=True)
class Percent(Numbers):
    """One number that is asked for in percent; as a share from 0 to 1 it is right as well."""

    def judge(self, here: Here, done: Done) -> Verdict:
        verdict = super().judge(here, done)
        share = done.numbers[0]
        if verdict.right or not 0 < share <= 1:
            return verdict
        return super().judge(here, replace(done, numbers=(100 * share,)))


def _shown(value: float) -> float:
    """Half of the last digit where a number is shown with three significant ones, as the page does; 0 below 1."""
    return 0.5 * 10.0 ** (math.floor(math.log10(abs(value))) - 2) if abs(value) >= 1 else 0


@dataclass(frozen=True)
class Choice(Check):
    """One answer is chosen."""

    form: ClassVar[str] = "choice"

    def judge(self, here: Here, done: Done) -> Verdict:
        if done.choice not in self.options(here.model):
            raise UserError(NO_CHOICE)
        return self.chosen(here, done.choice)

    def chosen(self, here: Here, choice: str) -> Verdict:
        """The verdict on a choice that there is."""
        raise NotImplementedError

    def guess(self, done: Done, is_right: bool) -> str:
        return done.choice

    def wanted(self, here: Here) -> str:
        return next((option for option in self.options(here.model) if self.chosen(here, option).right), "")

    def key(self, here: Here) -> str:
        found = [(option, self.chosen(here, option)) for option in self.options(here.model)]
        right = [option for option, verdict in found if verdict.right] or ["none of these"]
        return f"{', '.join(right)}. {found[0][1].words}"


def readable(value: float) -> str:
    """A number with three decimals at most, with a real minus sign."""
    return f"{value:.3f}".rstrip("0").rstrip(".").replace("-", "−") or "0"


def percent(share: float) -> str:
    """A share from 0 to 1."""
    return f"{share:.1%}".replace("%", " %")
