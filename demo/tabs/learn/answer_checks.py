"""Checks of a network's answers, of changes to it, and of how it was trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import ClassVar

import torch
from torch import Tensor

from demo.core.inference import ranked
from demo.errors import UserError
from demo.pictures.datasets import of_network
from demo.pictures.drawings.files import DRAWINGS
from demo.tabs.learn.check import AGAIN, Check, Choice, Done, Here, Numbers, Percent, Verdict, percent, readable
from model_zoo import Model
from model_zoo.explain.gradient_flow import KINDS, gradients
from model_zoo.graph.edits import PictureEdit

LAYERS = 24  # of the networks whose gradients are measured


@dataclass(frozen=True)
class TopClass(Choice):
    """The network's answer, guessed before it is shown."""

    mark: ClassVar[str] = "the network's answer"  # which the picture may belie

    def options(self, model: Model) -> Sequence[str]:
        return model.classes[:20]

    def chosen(self, here: Here, choice: str) -> Verdict:
        ranking = ranked(here.model, here.made.original_logits)
        said = ", ".join(f"{label} {percent(share)}" for label, share in ranking[:3])
        return Verdict(choice == ranking[0][0], f"{here.model.title} answers {said}.")


@dataclass(frozen=True)
class Probability(Percent):
    """The probability of the likeliest class in percent, out of the logits."""

    within: float = 1

    def fields(self, model: Model) -> Sequence[str]:
        return ("Probability of the likeliest class, in percent",)

    def expected(self, here: Here) -> Sequence[float]:
        return (100 * ranked(here.model, here.made.original_logits)[0][1],)

    def words(self, here: Here, expected: Sequence[float]) -> str:
        logits = sorted(here.made.original_logits.double().tolist(), reverse=True)
        others = sum(exp(each - logits[0]) for each in logits[1:])
        share = percent(1 / (1 + others))
        # As many digits as make the result that is shown.
        written = [f"{others:.{digits}g}" for digits in range(3, 10)]
        shown = next((each for each in written if percent(1 / (1 + float(each))) == share), written[-1])
        return (
            f"The largest logit is {readable(logits[0])}. Each logit less the largest, put into exp, gives "
            f"1 for the first and {shown} for all others together: 1 / (1 + {shown}) = {share}."
        )


@dataclass(frozen=True)
class SureOfUnknown(Check):
    """A picture of something that the network has no word for, and that it is sure of all the same."""

    shows: ClassVar[str] = "picture"
    least: float = 0.9

    def judge(self, here: Here, done: Done) -> Verdict:
        label, share = ranked(here.model, here.made.original_logits)[0]
        known = {f"example:{title.lower().replace(' ', '-')}" for title in DRAWINGS} | {""}
        own_set = of_network(here.model)
        if done.view.picture in known or (own_set and done.view.picture.startswith(f"{own_set}:")):
            return Verdict(False, f"It answers {label} with {percent(share)}, and it was taught what this shows.")
        return Verdict(share >= self.least, f"It answers {label} with {percent(share)}.")


@dataclass(frozen=True)
class Changed(Check):
    """A change to the picture or the network: until the answer turns, or its lead has moved far enough.

    The lead is its logit less the next one: the probability of a very sure answer hardly moves.
    """

    shows: ClassVar[str] = "edits"
    where: str = "anywhere"  # or "picture" or "network": what may be changed
    lead: float = 0  # by which it must move; 0: the answer must become another class
    most: float = 1  # share of the picture that may be covered

    def judge(self, here: Here, done: Done) -> Verdict:
        made = here.made
        if not made.edits:
            raise UserError("Nothing is changed yet. Please make a change under “What if?”.")
        of_picture = [isinstance(edit, PictureEdit) for edit in made.edits]
        if (self.where == "picture" and not all(of_picture)) or (self.where == "network" and any(of_picture)):
            raise UserError(f"Only the {self.where} may be changed on this card. Please take the other changes back.")
        before, after = ranked(made.model, made.original_logits), dict(made.ranking)
        label, share = before[0]
        now = made.ranking[0][0]
        told = f"Before: {label} {percent(share)}. Now: {now} {percent(after[now])}"
        told += f", {label} {percent(after[label])}." if now != label else "."
        number = list(made.model.classes).index(label)
        leads = [_lead(logits, number) for logits in (made.original_logits, made.logits)]
        told += f" The lead of {label} was {readable(leads[0])} and is {readable(leads[1])}."
        covered = float((made.x != made.prepared).any(dim=1).float().mean())
        if covered > self.most:
            return Verdict(False, f"{told} You changed {percent(covered)} of the picture; {percent(self.most)} may be.")
        return Verdict(now != label if not self.lead else abs(leads[1] - leads[0]) >= self.lead, told)


def _lead(logits: Tensor, number: int) -> float:
    """How far a class's logit is above the largest of the others."""
    others = torch.cat((logits[:number], logits[number + 1 :]))
    return float(logits[number] - others.max())


@dataclass(frozen=True)
class OverfitEpoch(Numbers):
    """The epoch from which on the validation loss is no longer lower than before."""

    within: float = 1

    def fields(self, model: Model) -> Sequence[str]:
        return ("Epoch with the lowest validation loss",)

    def expected(self, here: Here) -> Sequence[float]:
        return (_lowest(here.model)["epoch"],)

    def words(self, here: Here, expected: Sequence[float]) -> str:
        best, last = _lowest(here.model), here.model.history[-1]
        return (
            f"Validation loss is lowest at epoch {best['epoch']:.0f}: {best['val_loss']:.3f}. At epoch "
            f"{last['epoch']:.0f} it is {last['val_loss']:.3f}, with a training loss of {last['train_loss']:.3f}."
        )


def _lowest(model: Model) -> dict[str, float]:
    if not model.history or "val_loss" not in model.history[0]:
        raise UserError(f"How {model.title} learned is not known here. Press “{AGAIN}” to come back.")
    return min(model.history, key=lambda row: row["val_loss"])


@dataclass(frozen=True)
class LossAt(Numbers):
    """A loss from the record of the training."""

    epoch: int = 0
    of: str = "val"  # or "train"
    within: float = 0.05

    def fields(self, model: Model) -> Sequence[str]:
        return (f"{'Validation' if self.of == 'val' else 'Training'} loss at epoch {self.epoch}",)

    def expected(self, here: Here) -> Sequence[float]:
        _lowest(here.model)
        found = [row[f"{self.of}_loss"] for row in here.model.history if row["epoch"] == self.epoch]
        if not found:
            raise UserError(f"{here.model.title} has no epoch {self.epoch}. Press “{AGAIN}” to come back.")
        return found

    def words(self, here: Here, expected: Sequence[float]) -> str:
        classes, loss = len(here.model.classes), round(expected[0], 3)
        return (
            f"The loss is {loss:.3f}, which is what exp(−{loss:.3f}) = {percent(exp(-loss))} "
            f"for the right class costs; a blind guess among {classes} gives {percent(1 / classes)}."
        )


@dataclass(frozen=True)
class AccuracyOf100(Percent):
    """How many of 100 test pictures the network gets right."""

    within: float = 2

    def fields(self, model: Model) -> Sequence[str]:
        return ("Right answers of 100",)

    def expected(self, here: Here) -> Sequence[float]:
        test = here.model.card["metrics"].get("test")
        if not test:
            raise UserError(f"{here.model.title} was not tested here. Press “{AGAIN}” to come back.")
        return (100 * test["accuracy"],)

    def words(self, here: Here, expected: Sequence[float]) -> str:
        test = here.model.card["metrics"]["test"]
        return f"{here.model.title} got {percent(test['accuracy'])} of {test['pictures']:,} test pictures right."


@dataclass(frozen=True)
class SmallestGradient(Choice):
    """Which of some deep networks, before training, moves its first layer least for this picture."""

    kinds: tuple[str, ...] = ("plain", "with skip connections", "with skip connections, batch norm")

    def options(self, model: Model) -> Sequence[str]:
        return self.kinds

    def chosen(self, here: Here, choice: str) -> Verdict:
        sizes = self._sizes(here)
        return Verdict(choice == min(sizes, key=lambda name: sizes[name]), self._listed(sizes))

    def wanted(self, here: Here) -> str:
        sizes = self._sizes(here)  # measured once for all options: it takes seconds
        return min(sizes, key=lambda name: sizes[name])

    def key(self, here: Here) -> str:
        sizes = self._sizes(here)
        return f"{min(sizes, key=lambda name: sizes[name])}. {self._listed(sizes)}"

    def _sizes(self, here: Here) -> dict[str, float]:
        x = here.made.prepared
        asked = [kind for kind in KINDS if kind.name in self.kinds]
        both = torch.cat((x, x.flip(3)))  # batch norm compares pictures
        return {each.kind.name: float(each.sizes[0, 0]) for each in gradients(both, asked, (0,), LAYERS)}

    def _listed(self, sizes: dict[str, float]) -> str:
        listed = "; ".join(f"{name}: {size:.1e}" for name, size in sorted(sizes.items(), key=lambda each: each[1]))
        return f"Mean gradient of layer 1: {listed}."


# By the names that cards use.
CHECKS: dict[str, type[Check]] = {
    "top-class": TopClass,
    "probability": Probability,
    "sure-of-unknown": SureOfUnknown,
    "changed": Changed,
    "overfit-epoch": OverfitEpoch,
    "loss": LossAt,
    "test-accuracy": AccuracyOf100,
    "smallest-gradient": SmallestGradient,
}
