"""What is said of one answer, and the fitted value that says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import torch
from torch import Tensor

from model_zoo.trust import conformal, scores
from model_zoo.trust.calibration import probabilities
from model_zoo.trust.conformal import SetRule
from model_zoo.trust.detectors import Detector
from model_zoo.trust.readings import Readings, Taps

FALSE_ALARMS = 0.05  # the share of known pictures that are called unfamiliar, where nobody asks for another
COVERAGE = 0.9  # the share of known pictures whose right class is in the prediction set
BORDER = 2  # times the share of false alarms, and that share of it: between them a picture is neither known nor strange
WAYS = ("mean", "fisher", "largest")


@dataclass(frozen=True)
class Neighbour:
    """A training picture like the one that was judged."""

    index: int  # of the picture in the training split
    label: str
    distance: float  # between features of length 1, 0..2


@dataclass(frozen=True)
class Judgement:
    """How far an answer can be trusted."""

    probabilities: tuple[float, ...]  # in the order of the classes; calibrated where `is_calibrated`
    is_calibrated: bool
    typicality: float | None  # share of known pictures that look at least as strange, in (0, 1]; None: not measured
    is_unfamiliar: bool | None  # None: unknown, or too few pictures were held back to say it at this share
    false_alarms: float  # the share of known pictures that are called unfamiliar as well
    prediction_set: tuple[str, ...]  # classes that cannot be excluded, most probable first; empty: not measured
    coverage: float  # the share of known pictures whose right class is in their set
    nearest: tuple[Neighbour, ...] = ()

    @property
    def is_borderline(self) -> bool:
        """Whether it is close to the line beyond which a picture is called unfamiliar, on either side."""
        if self.typicality is None or self.is_unfamiliar is None:
            return False
        return self.false_alarms / BORDER < self.typicality <= self.false_alarms * BORDER

    @property
    def words(self) -> str:
        """Whether the picture looks like what the network knows, in a sentence."""
        if self.typicality is None:
            return "It is unknown whether the network knows pictures like this one."
        digits = 0 if self.typicality >= 0.1 else 1
        share = f"{self.typicality:.{digits}%}" if self.typicality >= 0.001 else "fewer than 0.1%"
        if self.is_unfamiliar is None:
            return "Too few pictures were held back to say whether the network knows pictures like this one."
        strange = f"{share} of the pictures that it knows look at least as strange to it"
        if self.is_borderline:
            side = "outside" if self.is_unfamiliar else "within"
            line = f"the line to strange ones is at {100 * self.false_alarms:.3g}%"
            return f"This picture is just {side} what the network knows: {strange}; {line}."
        if self.is_unfamiliar:
            return f"The network does not know pictures like this one: {strange}."
        return f"It looks like pictures that the network knows: {strange}."


@dataclass(frozen=True, eq=False)
class Combination:
    """Several scores as one."""

    way: str  # "mean" or "largest" of standardised scores, or "fisher"
    middle: Tensor  # (members, 1): the median of each score, of known pictures
    spread: Tensor  # (members, 1): its standard deviation
    held: Tensor  # (members, n), for "fisher": these scores, each row sorted; else (members, 0)

    def of(self, members: Tensor) -> Tensor:
        """float32 (N,) of scores (members, N).

        "fisher" is minus twice the sum of logarithms of p-values, as if the scores were independent; that they are not
        only means that it needs a calibration of its own (R. A. Fisher 1925).
        """
        if self.way == "fisher":
            pairs = zip(members, self.held, strict=True)
            return -2 * torch.stack([conformal.p_values(a, b).log() for a, b in pairs]).sum(0).float()
        standard = (members - self.middle) / self.spread
        return standard.mean(0) if self.way == "mean" else standard.amax(0)


def combination(way: str, known: Tensor) -> Combination:
    """A combination that refers to the scores (members, n) of known pictures."""
    middle, spread = known.median(1, keepdim=True).values, known.std(1, keepdim=True).clamp(min=1e-12)
    return Combination(way, middle, spread, known.sort(1).values if way == "fisher" else known[:, :0])


@dataclass(frozen=True, eq=False)
class Bank:
    """Which training pictures the rows of a bank are."""

    rows: Tensor  # (M, D), of length 1
    index: Tensor  # int64 (M,), in the training split
    labels: Tensor  # int64 (M,)


@dataclass(frozen=True, eq=False)
class Judge:
    """All that is needed to judge answers of one network; fitted on pictures that trained nothing."""

    classes: tuple[str, ...]
    taps: Taps
    temperature: float
    detectors: tuple[Detector, ...]
    combination: Combination
    held: Tensor  # (n,), sorted: strangeness of known pictures held back for the p-values
    rule: SetRule  # of the sets; its limit is that of the coverage which is asked for
    held_sets: Tensor  # float64 (n,), sorted: how badly the right classes of these pictures fit, by the rule
    bank: Bank | None = None

    @torch.inference_mode()
    def strangeness(self, readings: Readings) -> Tensor:
        """float32 (N,), larger is stranger."""
        return self.combination.of(torch.stack([each.score(readings) for each in self.detectors]))

    @torch.inference_mode()
    def of(
        self,
        readings: Readings,
        false_alarms: float = FALSE_ALARMS,
        coverage: float = COVERAGE,
        neighbours: int = 0,
    ) -> list[Judgement]:
        """A judgement of every picture.

        Args:
            false_alarms: the share of known pictures that may be called unfamiliar, between 0 and 1.
            coverage: the share of known pictures whose right class should be in the set, between 0 and 1.
            neighbours: so many of the nearest training pictures.

        Raises:
            ValueError: no such share.
        """
        check_shares(false_alarms, coverage)
        shares = probabilities(readings.logits, self.temperature)
        typical = conformal.p_values(self.strangeness(readings), self.held).tolist()
        enough = self.can_tell(false_alarms)
        sets, order = self.sets(shares, coverage), shares.argsort(1, descending=True)
        near = self._nearest(readings, neighbours)
        return [
            Judgement(
                tuple(row),
                True,
                p,
                p <= false_alarms if enough else None,
                false_alarms,
                tuple(self.classes[c] for c in ranked if inside[c]),
                coverage,
                around,
            )
            for row, p, inside, ranked, around in zip(
                shares.tolist(), typical, sets.tolist(), order.tolist(), near, strict=True
            )
        ]

    def can_tell(self, false_alarms: float) -> bool:
        """Whether enough pictures were held back: else no p-value is as low as that, and nothing ever unfamiliar."""
        return (len(self.held) + 1) * false_alarms >= 1

    def sets(self, shares: Tensor, coverage: float = COVERAGE) -> Tensor:
        """bool (N, classes), which classes cannot be excluded, of calibrated probabilities (N, classes)."""
        return conformal.with_coverage(self.rule, self.held_sets, coverage).sets(shares)

    def _nearest(self, readings: Readings, count: int) -> Sequence[tuple[Neighbour, ...]]:
        if not count or self.bank is None:
            return [()] * len(readings)
        distances, rows = scores.nearest(readings.features, self.bank.rows, count)
        index, labels = self.bank.index[rows].tolist(), self.bank.labels[rows].tolist()
        return [
            tuple(Neighbour(i, self.classes[c], d) for i, c, d in zip(*each, strict=True))
            for each in zip(index, labels, distances.tolist(), strict=True)
        ]


def unjudged(logits: Tensor, false_alarms: float = FALSE_ALARMS, coverage: float = COVERAGE) -> list[Judgement]:
    """Of logits (N, classes) of a network for which nothing was fitted: probabilities as they are, and no more."""
    check_shares(false_alarms, coverage)
    shares = logits.double().softmax(1).tolist()
    return [Judgement(tuple(row), False, None, None, false_alarms, (), coverage) for row in shares]


def check_shares(false_alarms: object = FALSE_ALARMS, coverage: object = COVERAGE) -> None:
    """ValueError, in a sentence, for what is no share of false alarms, or no coverage."""
    for name, share, usual in (("share of false alarms", false_alarms, FALSE_ALARMS), ("coverage", coverage, COVERAGE)):
        number = float(share) if isinstance(share, Real) and not isinstance(share, bool) else None
        if number is None or not 0 < number < 1:
            given = "" if number is None else f", not {number:g}"
            raise ValueError(f"The {name} must be between 0 and 1, such as {usual:g}{given}.")


def too_few(judge: Judge | None, false_alarms: float) -> str:
    """Why none of the pictures is called unfamiliar at a share of false alarms; "" where some may be, or none could."""
    if judge is None or judge.can_tell(false_alarms):
        return ""
    count = len(judge.held)
    return (
        f"Which pictures the network knows is not told: {count:,} known pictures were held back, which is enough for "
        f"a share of false alarms from {1 / (count + 1):.2g} on, not for {false_alarms:g}."
    )
