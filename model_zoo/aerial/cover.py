"""From probabilities to plant area: how much of a window a plant covers, calibrated on windows with known cover.

A probability says whether a plant is in a window, not how much of it; the share of windows above a threshold is several
times the plant's area where plants are smaller than windows. So an entry's card may hold a curve, fitted by
`python -m train cover` on photos that the network was not trained on:

    "cover": {"class": "invasive", "probabilities": [0.11, ...], "covers": [0.0, ...], "errors": [-0.07, 0.08],
              "level": 0.9, "photos": 21, "windows": 3024, "found_on": "..."}

`probabilities` rise and `covers` never fall; between two of them a straight line. `errors` are the lower and upper
quantile of what the area of a whole photo was off, on photos that had no part in the fit, on the scale of `angle`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from model_zoo.aerial.survey import Survey
from model_zoo.model import Model

LEVEL = 0.9  # of intervals
GROUP, MOST_GROUPS = 12, 50  # windows that are averaged before the fit, at least; and into how many groups at most
DRAWS, SEED = 400, 0  # of the bootstrap
FEWEST = 2  # units of ground without which no error can be told


@dataclass(frozen=True, eq=False)
class Ground:
    """A piece of ground with known cover: a photo, or a part of one."""

    photo: str
    probabilities: np.ndarray  # float64 (windows,), 0..1
    covers: np.ndarray  # float64 (windows,), 0..1

    @property
    def area(self) -> float:
        """The share of it that the plant covers, 0..1."""
        return float(self.covers.mean())


@dataclass(frozen=True)
class CoverCurve:
    """From a window's probability of a class to the share of the window that it covers, as the card holds it."""

    label: str
    probabilities: tuple[float, ...]
    covers: tuple[float, ...]
    errors: tuple[float, float]
    level: float
    photos: int  # that it was fitted on
    windows: int
    found_on: str  # what photos these were, in words

    def __call__(self, probabilities: np.ndarray) -> np.ndarray:
        """Cover of windows, 0..1: float64 of the same shape; NaN stays NaN."""
        return np.interp(probabilities, self.probabilities, self.covers)

    def interval(self, area: float) -> tuple[float, float]:
        """Lower and upper bound of a photo's true area, 0..1, around the estimate."""
        low, high = (float(share(angle(area) + error)) for error in self.errors)
        return min(low, area), max(high, area)


@dataclass(frozen=True)
class Area:
    """How much of a photo's ground a class covers."""

    share: float  # estimated, 0..1, of the windows that count
    low: float
    high: float
    level: float  # how often the truth lay within such bounds, 0..1
    photos: int  # that the curve was fitted on
    found_on: str
    counted: float = 1.0  # share of the windows with an answer that count, 0..1; the others are unfamiliar


def angle(shares: Any) -> Any:
    """arcsin(sqrt(share)), 0..pi/2: on this scale the error of a share hardly depends on the share (Anscombe 1948)."""
    return np.arcsin(np.sqrt(np.clip(shares, 0, 1)))


def share(angles: Any) -> Any:
    """The share of an `angle`, 0..1; angles beyond its range count as its ends."""
    return np.sin(np.clip(angles, 0, np.pi / 2)) ** 2


# --------------------------------------------------------------------------------------------------------- a survey's


def area(result: Survey, curve: CoverCurve) -> Area | None:
    """The ground that the curve's class covers, of the windows that have an answer and are not unfamiliar.

    Every place of the photo counts once, with the mean over the windows that cover it. None where no window counts.
    """
    counts = result.counted()
    if not counts.any():
        return None
    weights = result.weights(counts)
    covers = curve(np.where(counts, result.grid(curve.label), 0.0))
    found = float((weights * covers).sum() / weights.sum())
    counted = float(counts.sum() / (~np.isnan(result.probabilities[..., 0])).sum())
    return Area(found, *curve.interval(found), curve.level, curve.photos, curve.found_on, counted)


def curve_of(model: Model) -> CoverCurve | None:
    """The curve in a network's card; None where there is none, or one that makes no sense."""
    told = model.card.get("cover")
    if not isinstance(told, dict) or told.get("class") not in model.classes:
        return None
    xs, ys, errors = (_numbers(told.get(key)) for key in ("probabilities", "covers", "errors"))
    level, photos, windows = told.get("level"), told.get("photos"), told.get("windows")
    rises = len(xs) == len(ys) >= 2 and all(a < b for a, b in pairwise(xs)) and all(a <= b for a, b in pairwise(ys))
    if not rises or not all(0 <= each <= 1 for each in xs + ys) or len(errors) != 2:
        return None
    if not isinstance(level, float) or not isinstance(photos, int) or not isinstance(windows, int):
        return None
    bounds = (errors[0], errors[1])
    return CoverCurve(str(told["class"]), xs, ys, bounds, level, photos, windows, str(told.get("found_on", "")))


def _numbers(told: Any) -> tuple[float, ...]:
    right = isinstance(told, list) and all(type(each) in (int, float) and abs(each) <= 2 for each in told)
    return tuple(map(float, told)) if right else ()


# ------------------------------------------------------------------------------------------------------------ fitting


def fit(label: str, grounds: Sequence[Ground], found_on: str, level: float = LEVEL) -> CoverCurve:
    """The curve for some pieces of ground, and how far areas of such pieces are off.

    The curve is an isotonic regression of cover on probability, over groups of neighbouring probabilities. Its errors
    are those of a bootstrap over the pieces: a curve fitted to a draw with replacement estimates the pieces that were
    not drawn (Efron and Tibshirani 1997), and of all these errors the quantiles are taken, widened for few pieces as a
    conformal interval is (level * (1 + 1 / pieces)).

    Raises:
        ValueError: there are fewer than `FEWEST` pieces, or too few windows; in words.
    """
    if len(grounds) < FEWEST or sum(len(each.covers) for each in grounds) < 2 * GROUP:
        raise ValueError("A calibration needs at least two photos, or parts of photos, and 24 windows.")
    xs, ys = _line(grounds)
    rng, errors = np.random.default_rng(SEED), []
    for _ in range(DRAWS):
        drawn = rng.integers(len(grounds), size=len(grounds))
        left = [each for index, each in enumerate(grounds) if index not in drawn]
        line = _line([grounds[index] for index in drawn]) if left else (xs, ys)
        errors += [angle(each.area) - angle(np.interp(each.probabilities, *line).mean()) for each in left]
    tail = min(1.0, (1 + level) / 2 * (1 + 1 / len(grounds)))
    low, high = np.quantile(errors, [1 - tail, tail])
    photos, windows = len({each.photo for each in grounds}), sum(len(each.covers) for each in grounds)
    shown = tuple(tuple(round(float(value), 5) for value in line) for line in (xs, ys))
    bounds = (round(float(low), 4), round(float(high), 4))
    return CoverCurve(label, shown[0], shown[1], bounds, level, photos, windows, found_on)


def _line(grounds: Sequence[Ground]) -> tuple[np.ndarray, np.ndarray]:
    """The corners of the curve: probabilities, strictly rising, and covers."""
    probabilities = np.concatenate([each.probabilities for each in grounds])
    covers = np.concatenate([each.covers for each in grounds])
    groups = np.array_split(np.argsort(probabilities, kind="stable"), np.clip(len(covers) // GROUP, 2, MOST_GROUPS))
    xs, sizes = np.array([probabilities[each].mean() for each in groups]), np.array([len(each) for each in groups])
    ys = isotonic(np.array([covers[each].mean() for each in groups]), sizes)
    # Groups at one level are one corner at either end of it, and equal probabilities one corner.
    kept = np.r_[True, (np.diff(ys)[:-1] > 0) | (np.diff(ys)[1:] > 0), True] if len(ys) > 2 else np.ones(len(ys), bool)
    xs, ys = np.round(xs[kept], 5), ys[kept]
    first = np.r_[True, np.diff(xs) > 0]
    if first.sum() < 2:  # one probability for all: nothing to tell windows apart by
        return np.array([0.0, 1.0]), np.full(2, covers.mean())
    return xs[first], ys[first]


def isotonic(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The sequence that never falls with the smallest weighted sum of squared differences from `values`: float64.

    Pool adjacent violators (Ayer et al. 1955).
    """
    levels: list[tuple[float, float, int]] = []  # mean, weight, how many values
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        levels.append((value, float(weight), 1))
        while len(levels) > 1 and levels[-2][0] >= levels[-1][0]:
            (a, heavy, n), (b, light, m) = levels[-2:]
            levels[-2:] = [((a * heavy + b * light) / (heavy + light), heavy + light, n + m)]
    return np.repeat([level for level, _, _ in levels], [count for _, _, count in levels])
