"""How often a head will be right, by cross-validation in which no scene stands on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from train.tools.own import head as heads
from train.tools.own.head import STRENGTHS, Head, Pause, no_pause
from train.tools.trust.evaluating import wilson

MOST_FOLDS = 5
HARDEST = 12


@dataclass(frozen=True, eq=False)
class Validation:
    """Every picture that can be held out, answered by a head that saw no picture of its scene."""

    strength: float  # of the penalty, that of the least loss
    losses: tuple[float, ...]  # mean cross-entropy in nats at each of `STRENGTHS`, the one chosen among them
    folds: int  # 0 where nothing could be held out
    index: tuple[int, ...]  # numbers of the pictures that were held out, in order
    logits: Tensor  # float32 (len(index), classes), at the strength that was chosen
    labels: Tensor  # int64 (len(index),)
    scenes: tuple[int, ...]  # of these pictures
    unheld: tuple[int, ...]  # classes of a single scene: their pictures always taught, none was held out

    @property
    def probabilities(self) -> Tensor:
        """float64 (len(index), classes)."""
        return self.logits.double().softmax(1)

    @property
    def answers(self) -> Tensor:
        """int64 (len(index),), the likeliest class."""
        return self.logits.argmax(1)

    @property
    def right(self) -> int:
        return int((self.answers == self.labels).sum())

    @property
    def accuracy(self) -> float | None:
        """Share of the held-out pictures answered rightly, 0..1; None where there are none."""
        return self.right / len(self.index) if self.index else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's interval of 95 % of the accuracy, 0..1.

        It is as wide as for one picture a scene: pictures of one scene are right or wrong together.
        """
        scenes = len(set(self.scenes))
        return wilson((self.accuracy or 0.0) * scenes, scenes)

    @property
    def loss(self) -> float | None:
        """Mean cross-entropy in nats."""
        return F.cross_entropy(self.logits, self.labels).item() if self.index else None

    def cell(self, label: int, answer: int) -> list[int]:
        """Numbers of the pictures of a class that got an answer, those of the highest probability for it first."""
        inside = ((self.labels == label) & (self.answers == answer)).nonzero()[:, 0]
        order = self.probabilities[inside, answer].argsort(descending=True, stable=True)
        return [self.index[i] for i in inside[order].tolist()]

    def confusion(self) -> list[list[int]]:
        """Numbers of pictures: row = class, column = answer."""
        classes = self.logits.shape[1]
        counts = torch.bincount(self.labels * classes + self.answers, minlength=classes**2)
        return counts.reshape(classes, classes).tolist()

    def hardest(self, most: int = HARDEST) -> list[tuple[int, float]]:
        """Pictures whose right class got the lowest probability: number and that probability, the lowest first."""
        if not self.index:
            return []
        of_right = self.probabilities.gather(1, self.labels[:, None])[:, 0]
        order = of_right.argsort(stable=True)[:most]
        return [(self.index[i], float(of_right[i])) for i in order.tolist()]


def folds(labels: Sequence[int], scenes: Sequence[int], seed: int = 0) -> list[int]:
    """The fold of each picture, from 0; -1 for those that are never held out.

    Whole scenes are dealt out, the largest first, each to the fold that has the smallest share of its classes. There
    are as many folds as the rarest class has scenes, 2 to `MOST_FOLDS`. No class may vanish from what is learned: one
    of a single scene is never held out, and neither is a scene that would bring all of a class into one fold.
    """
    of_class: dict[int, set[int]] = {}
    for label, scene in zip(labels, scenes, strict=True):
        of_class.setdefault(label, set()).add(scene)
    several = {label: found for label, found in of_class.items() if len(found) > 1}
    if not several:
        return [-1] * len(labels)
    count = min(MOST_FOLDS, *(len(found) for found in several.values()))
    members: dict[int, list[int]] = {}
    for i, scene in enumerate(scenes):
        members.setdefault(scene, []).append(i)
    chance = np.random.default_rng(seed)
    order = [list(members)[i] for i in chance.permutation(len(members)).tolist()]
    pictures = {label: labels.count(label) for label in of_class}
    loads = [dict.fromkeys(of_class, 0) for _ in range(count)]
    totals, found = [0] * count, [-1] * len(labels)
    places: dict[int, list[int]] = {label: [] for label in of_class}  # the fold of each scene that is dealt out
    for scene in sorted(order, key=lambda scene: -len(members[scene])):
        mine = {labels[i] for i in members[scene]}
        open_ = [fold for fold in range(count) if not any(_gathered(of_class[k], places[k], fold) for k in mine)]
        if not mine <= several.keys() or not open_:
            for label in mine:
                places[label].append(-1)
            continue
        chosen = min(
            open_, key=lambda fold: (sum(loads[fold][label] / pictures[label] for label in mine), totals[fold])
        )
        for label in mine:
            places[label].append(chosen)
        for i in members[scene]:
            found[i] = chosen
            loads[chosen][labels[i]] += 1
            totals[chosen] += 1
    return found


def _gathered(scenes: set[int], places: Sequence[int], fold: int) -> bool:
    """Whether a class would have all its scenes in a fold, if its last one came there as well."""
    return len(places) == len(scenes) - 1 and set(places) == {fold}


def validate(
    features: Tensor,
    labels: Sequence[int],
    scenes: Sequence[int],
    classes: int,
    has_bias: bool = True,
    strengths: Sequence[float] = STRENGTHS,
    seed: int = 0,
    pause: Pause = no_pause,
) -> Validation:
    """Cross-validate heads of every strength and choose the one of the least loss.

    That the same pictures choose the strength and tell the accuracy makes it look better than it is, by less than its
    interval is wide: few strengths are compared, and by the loss.

    Args:
        features: float32 (N, D).
        labels: the class of each picture.
        scenes: as `train.tools.own.scenes.scenes` numbers them.
        has_bias: as for `head.fit`.
        strengths: from the strongest on.
        seed: of the folds.
        pause: as for `head.fit`.
    """
    fold, target = torch.tensor(folds(labels, scenes, seed)), torch.tensor(labels)
    held = fold >= 0
    answers = torch.zeros(len(strengths), len(labels), classes)
    for number in range(int(fold.max()) + 1):
        out = fold == number
        for at, each in enumerate(heads.fit(features[~out], target[~out], classes, strengths, has_bias, pause)):
            answers[at, out] = each(features[out])
    losses = [F.cross_entropy(each[held], target[held]).item() if held.any() else 0.0 for each in answers]
    # Where nothing can be held out, one from the middle, which is about what is chosen where something can.
    best = min(range(len(strengths)), key=losses.__getitem__) if held.any() else len(strengths) // 2
    index = tuple(held.nonzero()[:, 0].tolist())
    inside = {labels[i] for i in index}
    return Validation(
        strength=strengths[best],
        losses=tuple(losses),
        folds=int(fold.max()) + 1,
        index=index,
        logits=answers[best, held],
        labels=target[held],
        scenes=tuple(scenes[i] for i in index),
        unheld=tuple(label for label in range(classes) if label not in inside),
    )


def head_of(features: Tensor, labels: Sequence[int], classes: int, strength: float, has_bias: bool = True) -> Head:
    """The head of that strength, learned from all pictures."""
    return heads.fit(features, torch.tensor(labels), classes, (strength,), has_bias)[0]
