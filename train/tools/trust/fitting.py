"""What judges an entry's answers, fitted: scores by validation, temperature, p-values, prediction sets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from model_zoo import INPUT, Model
from model_zoo.entries import judge_file
from model_zoo.trust import calibration, conformal, detectors
from model_zoo.trust.conformal import SetRule
from model_zoo.trust.detectors import Detector
from model_zoo.trust.judgement import COVERAGE, WAYS, Bank, Combination, Judge, combination
from model_zoo.trust.readings import Readings, Taps
from train.entry import trust_record

CHOOSE = 0.3  # share of the held-back pictures that choose; the others give the p-values and the limits of the sets
BANK_BYTES = 1_200_000  # of the features that are kept, a byte each
NEIGHBOURS = 10  # the k of KNN
DIRECTIONS = 64  # of the principal space of a depth's statistics
MOST_MEMBERS = 5  # scores in a combination
RAPS = tuple((penalty, free) for penalty in (0.001, 0.01, 0.1) for free in (1, 2))


@dataclass(frozen=True)
class Fitted:
    """A judge, and how it was chosen."""

    judge: Judge
    table: dict[str, float]  # score -> the mean over groups of kinds of its AUROC, on pictures made to choose by
    chosen: tuple[str, ...]  # of the scores
    criterion: float  # that of their combination

    def report(self, fitted_to: str, command: str, seed: int) -> dict[str, Any]:
        """What a report says of it before anything was measured; see `trust_record.beginning`."""
        choice = {"members": list(self.chosen), "criterion": self.criterion}
        choice["alone"] = {name: round(value, 4) for name, value in self.table.items()}
        return trust_record.beginning(self.judge, fitted_to, command, seed, choice)


def auroc(known: Tensor, strange: Tensor) -> float:
    """How often a strange picture has a higher score than a known one: 0.5 by chance, 1 at best."""
    from sklearn.metrics import roc_auc_score  # here, because importing it takes a second

    scores = torch.cat((known, strange)).double()
    # Ranks, because only the order counts, and scikit-learn refuses infinite scores.
    ranks = scores.unique(return_inverse=True)[1]
    return float(roc_auc_score(torch.arange(len(scores)) >= len(known), ranks))


def every_detector(
    model: Model, places: Taps, train: Readings, labels: Tensor, usual: Readings | None
) -> dict[str, Detector]:
    """All scores, fitted to training pictures, readings with their classes (N,), and to those of handled copies."""
    found: dict[str, Detector] = {"msp": detectors.Msp(), "energy": detectors.Energy()}
    rows = min(len(train), BANK_BYTES // train.features.shape[1])
    found["knn"] = detectors.fit_bank(train.features[spread(len(train), rows)], NEIGHBOURS)
    head = dict(model.net.named_modules()).get(places.head) if places.head else None
    if isinstance(head, nn.Linear):
        weight, bias = head.weight.detach().float(), head.bias
        found["fdbd"] = detectors.fit_fdbd(train.features, weight)
        found["vim"] = detectors.fit_vim(train.features, train.logits, weight, bias)
    plain = detectors.fit_mahalanobis(train.features, labels, len(model.classes))
    found["mahalanobis"] = plain
    found["relative mahalanobis"] = detectors.fit_relative(train.features, plain)
    for step, statistics in train.depths.items():
        means = 3 if step == INPUT else statistics.shape[1] // 2
        if usual is not None:  # else the way in which the training pictures were stored would count
            statistics = torch.cat((statistics, usual.depths[step]))
        found[f"statistics of {step}"] = detectors.fit_statistics(statistics, step, means, DIRECTIONS)
    # As they will be read again, so that they are calibrated and measured with the numbers that are shipped.
    return {name: judge_file.rounded(each) for name, each in found.items()}


def spread(count: int, wanted: int) -> Tensor:
    """So many numbers below `count`, evenly spread."""
    return (torch.arange(wanted) * count) // max(wanted, 1)


def fit(
    model: Model,
    places: Taps,
    found: Mapping[str, Detector],
    held: Readings,
    labels: Tensor,
    strange: Mapping[str, Sequence[Readings]],
    usual: Readings | None,
    bank: Bank,
    seed: int,
) -> Fitted:
    """A judge out of fitted detectors.

    Args:
        held: pictures that trained nothing, with their classes `labels` (N,).
        strange: group -> the readings of each of its kinds, made to choose by.
        usual: known pictures after what cameras and programs do to pictures; they should not look strange.
        bank: which pictures the rows of KNN's bank are.
        seed: of the division of `held` into those that choose and those that calibrate.
    """
    order = torch.randperm(len(held), generator=torch.Generator().manual_seed(seed))
    cut = max(2, int(CHOOSE * len(held)))
    choose, calibrate = order[:cut], order[cut:]
    some, rest = held.take(choose), held.take(calibrate)
    scored = Scored.of(found, some, strange, usual)
    table = {name: scored.criterion((name,), "mean") for name in found}
    members, way = scored.best(table)
    joint = scored.combination(members, way)
    t = calibration.temperature(some.logits, labels[choose])
    rule = _rule(calibration.probabilities(some.logits, t), labels[choose])
    held_sets = conformal.held_scores(rule, calibration.probabilities(rest.logits, t), labels[calibrate])
    chosen = tuple(found[name] for name in members)
    used = {each.step for each in chosen if isinstance(each, detectors.Statistics)}
    taps = replace(places, depths=tuple(step for step in places.depths if step in used))
    judge = Judge(model.classes, taps, t, chosen, joint, torch.zeros(1), rule, held_sets, bank)
    judge = replace(judge, held=judge.strangeness(rest).sort().values)
    return Fitted(judge, table, members, scored.criterion(members, way))


@dataclass(frozen=True)
class Scored:
    """The scores of known and strange pictures, by which a combination is chosen."""

    known: dict[str, Tensor]  # score -> (n,)
    strange: dict[str, list[dict[str, Tensor]]]  # group -> kinds -> score -> (N,)
    usual: dict[str, Tensor] | None  # score -> (N,), of handled pictures

    @staticmethod
    def of(
        found: Mapping[str, Detector],
        known: Readings,
        strange: Mapping[str, Sequence[Readings]],
        usual: Readings | None,
    ) -> "Scored":
        """Of all detectors."""

        def scores(readings: Readings) -> dict[str, Tensor]:
            return {name: each.score(readings) for name, each in found.items()}

        of_kinds = {group: [scores(kind) for kind in kinds] for group, kinds in strange.items()}
        return Scored(scores(known), of_kinds, None if usual is None else scores(usual))

    def combination(self, members: Sequence[str], way: str) -> Combination:
        """Standardised by the known pictures."""
        return combination(way, torch.stack([self.known[name] for name in members]))

    def criterion(self, members: Sequence[str], way: str) -> float:
        """The mean over groups of the mean over their kinds of the AUROC, less what handled pictures have above 0.5."""
        joint = self.combination(members, way)

        def together(scores: dict[str, Tensor]) -> Tensor:
            return joint.of(torch.stack([scores[name] for name in members]))

        known = together(self.known)
        groups = [[auroc(known, together(kind)) for kind in kinds] for kinds in self.strange.values() if kinds]
        mean = sum(sum(each) / len(each) for each in groups) / len(groups)
        return mean if self.usual is None else mean - max(0.0, auroc(known, together(self.usual)) - 0.5)

    def best(self, table: Mapping[str, float]) -> tuple[tuple[str, ...], str]:
        """Scores and the way to combine them: from each of the best three on, one more as long as that helps."""
        found: list[tuple[float, tuple[str, ...], str]] = []
        starts = sorted(table, key=lambda name: -table[name])[:3]
        for way, start in ((way, start) for way in WAYS for start in starts):
            members, value = (start,), table[start]
            while len(members) < MOST_MEMBERS:
                further = [(self.criterion((*members, name), way), name) for name in table if name not in members]
                gained, name = max(further, default=(0.0, ""))
                if gained < value + 0.001:
                    break
                members, value = (*members, name), gained
            found.append((value, members, way))
        value, members, way = max(found, key=lambda each: (round(each[0], 4), -len(each[1])))
        return members, way


def _rule(probabilities: Tensor, labels: Tensor) -> SetRule:
    """The kind of set that is smallest in the mean at the coverage wanted, by a calibration on half of the pictures."""
    half = len(labels) // 2

    def size(rule: SetRule) -> float:
        held = conformal.held_scores(rule, probabilities[:half], labels[:half])
        made = conformal.with_coverage(rule, held, COVERAGE)
        return float(made.sets(probabilities[half:]).sum(1).double().mean())

    return min(rules(), key=size)


def rules() -> Iterator[SetRule]:
    """The kinds of sets that are compared."""
    yield SetRule("lac")
    yield SetRule("aps")
    for penalty, free in RAPS:
        yield SetRule("raps", penalty=penalty, free=free)
