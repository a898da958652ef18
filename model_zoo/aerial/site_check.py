"""A survey checked by eye: which windows to look at, and what the marks say of area and errors at this very site.

Windows are drawn at random within bands of probability, so that rare plants are seen often enough. The estimates undo
that: each band counts by how many windows it has.

- Area, and the share of windows with the plant: the stratified mean (Cochran 1977, eq. 5.1 and 5.7), which for classes
  is the area estimate of Olofsson et al. 2014 (Remote Sensing of Environment 148, eq. 9 to 11).
- Precision and recall (user's and producer's accuracy there): ratios of two such means (Stehman 2014, International
  Journal of Remote Sensing 35, eq. 27 to 29), since a threshold need not be an edge of a band. Where it is one, the
  precision is Olofsson's.

Intervals have the level of the map's own (`cover.LEVEL`, 90 %), so that the two can be compared; those of the papers
have 95 %. They are of Student's t with the effective degrees of freedom of a stratified sample (Cochran 1977, eq.
5.16): forty marks tell the spread within bands only roughly. Where all marks of a band agree its error counts as 0.
"""

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from model_zoo.aerial.cover import LEVEL
from model_zoo.aerial.survey import Survey
from model_zoo.aerial.threshold import PRESENT
from model_zoo.common.csv_export import plain

# Cover classes of Daubenmire 1959 (Northwest Science 33), which can be told by eye, and "none".
COVERS = {
    "none": 0.0,
    "under 5 %": 0.025,
    "5 to 25 %": 0.15,
    "25 to 50 %": 0.375,
    "50 to 75 %": 0.625,
    "75 to 95 %": 0.85,
    "over 95 %": 0.975,
}
"""Name -> the middle of the class, 0..1."""
COUNT = 40  # windows to look at
FEWEST = 2  # marks of each band, without which its spread cannot be told


@dataclass(frozen=True)
class Estimate:
    """A share with its error."""

    value: float  # 0..1; NaN where it is 0 / 0
    error: float  # standard error
    degrees: float = math.inf  # of freedom, with which that error is known

    @property
    def low(self) -> float:
        return max(0.0, self.value - self.reach())

    @property
    def high(self) -> float:
        return min(1.0, self.value + self.reach())

    def reach(self, level: float = LEVEL) -> float:
        """Half the width of the interval that holds the truth with a probability of `level`, 0..1."""
        from scipy.special import stdtrit  # here, because importing it takes a while

        if math.isnan(self.error) or not self.error:
            return self.error
        return self.error * float(stdtrit(min(self.degrees, 1e9), (1 + level) / 2))


@dataclass(frozen=True)
class Plan:
    """Which windows to look at, by their numbers row by row."""

    label: str
    threshold: float
    bands: tuple[tuple[int, ...], ...]  # all windows with an answer, by bands of rising probability
    picked: tuple[int, ...]  # some of each band, in random order

    def band(self, window: int) -> int:
        """The number of the band that a window is in; -1 for one that is in none."""
        return next((number for number, band in enumerate(self.bands) if window in band), -1)


@dataclass(frozen=True)
class Quality:
    """How a threshold does at this site."""

    threshold: float
    precision: Estimate  # of windows that reach it, the share in which the plant covers at least `PRESENT`
    recall: Estimate  # of windows with that much plant, the share that reaches it


@dataclass(frozen=True)
class SiteCheck:
    """What marks say of a site."""

    marks: int
    windows: int  # in the survey
    area: Estimate  # share of the ground that the plant covers
    present: Estimate  # share of windows of which it covers at least `PRESENT`
    used: Quality  # at the threshold of the map
    best: Quality | None  # at the threshold with the highest F1 over the marks; None where no mark has the plant


# ------------------------------------------------------------------------------------------------------------- picking


def plan(result: Survey, label: str, threshold: float, count: int = COUNT, seed: int = 0) -> Plan:
    """Windows to look at: of four bands, with edges at the threshold and halfway from it to 0 and to 1, half of them
    evenly, half by the bands' sizes. Unfamiliar windows are drawn like others: the eye can tell what a network cannot.

    Raises:
        ValueError: too few windows have an answer, so that there is nothing to draw from.
    """
    values = result.grid(label).ravel()
    known = np.flatnonzero(~np.isnan(values))
    if len(known) < 2 * FEWEST:
        raise ValueError("There are too few answered windows to draw some for a check.")
    places = np.digitize(values[known], [threshold / 2, threshold, (1 + threshold) / 2])
    bands = _merged([known[places == band] for band in range(4)])
    rng, picked = np.random.default_rng(seed), []
    for band, size in zip(bands, _sizes([len(band) for band in bands], min(count, len(known))), strict=True):
        picked += rng.choice(band, size, replace=False).tolist()
    order = rng.permutation(len(picked))
    return Plan(label, threshold, tuple(tuple(band.tolist()) for band in bands), tuple(picked[at] for at in order))


def _merged(bands: list[np.ndarray]) -> list[np.ndarray]:
    """Bands of at least `FEWEST` windows: a smaller one goes to the one below it, or above."""
    found: list[np.ndarray] = []
    for band in bands:
        if found and (len(band) < FEWEST or len(found[-1]) < FEWEST):
            found[-1] = np.concatenate([found[-1], band])
        else:
            found.append(band)
    return found


def _sizes(windows: list[int], count: int) -> list[int]:
    """How many windows of each band to look at: half of them evenly, half by size, at least `FEWEST`, at most all."""
    wanted = [count / 2 / len(windows) + count / 2 * size / sum(windows) for size in windows]
    sizes = [min(size, max(FEWEST, int(want))) for size, want in zip(windows, wanted, strict=True)]
    while sum(sizes) < count:
        open_ = [band for band, size in enumerate(windows) if sizes[band] < size]
        sizes[max(open_, key=lambda band: wanted[band] - sizes[band])] += 1
    return sizes


# ---------------------------------------------------------------------------------------------------------- estimating


def check(result: Survey, chosen: Plan, marks: Mapping[int, float]) -> SiteCheck:
    """The estimates of a site.

    Args:
        marks: window -> the share of it that the plant covers, 0..1, as told by eye.

    Raises:
        ValueError: a band has fewer than `FEWEST` marks; in words.
    """
    values = result.grid(chosen.label).ravel()
    groups = [[window for window in marks if window in set(band)] for band in chosen.bands]
    sizes = [len(band) for band in chosen.bands]
    short = sum(len(group) < min(FEWEST, size) for group, size in zip(groups, sizes, strict=True))
    if short:
        raise ValueError(
            f"Too few marks yet: every one of the {len(sizes)} bands of probability needs at least {FEWEST}. Please "
            "mark some more windows."
        )
    covers = [np.array([marks[window] for window in group]) for group in groups]
    there = [(each >= PRESENT).astype(float) for each in covers]
    probabilities = [values[group] for group in groups]

    def quality(threshold: float) -> Quality:
        reach = [(each >= threshold).astype(float) for each in probabilities]
        right = [one * other for one, other in zip(there, reach, strict=True)]
        return Quality(threshold, ratio(right, reach, sizes), ratio(right, there, sizes))

    area, present = mean(covers, sizes), mean(there, sizes)
    best = _best_threshold(probabilities, there, sizes)
    used = quality(chosen.threshold)
    return SiteCheck(len(marks), sum(sizes), area, present, used, None if best is None else quality(best))


def mean(samples: Sequence[np.ndarray], sizes: Sequence[int]) -> Estimate:
    """The mean of a value over all units, from samples without replacement of every band.

    Args:
        samples: values of the sampled units, a float64 array per band.
        sizes: of the bands, in units.
    """
    total, parts = sum(sizes), list(zip(samples, sizes, strict=True))
    value = sum(size * sample.mean() for sample, size in parts) / total
    error, degrees = _error([(sample, size) for sample, size in parts])
    return Estimate(float(value), error / total, degrees)


def ratio(tops: Sequence[np.ndarray], bottoms: Sequence[np.ndarray], sizes: Sequence[int]) -> Estimate:
    """The ratio of the sums of two values over all units, from the same samples as for `mean`; NaN for 0 / 0."""
    parts = list(zip(tops, bottoms, sizes, strict=True))
    bottom = sum(size * below.mean() for _, below, size in parts)
    if not bottom:
        return Estimate(math.nan, math.nan)
    value = sum(size * above.mean() for above, _, size in parts) / bottom
    error, degrees = _error([(above - value * below, size) for above, below, size in parts])
    return Estimate(float(value), error / float(bottom), degrees)


def _error(parts: Sequence[tuple[np.ndarray, int]]) -> tuple[float, float]:
    """The standard error of the sum over all units, and its effective degrees of freedom; infinite for no error.

    Args:
        parts: the sample and the size of every band.
    """
    # A sample that is the whole band has no error.
    open_ = [(sample, size) for sample, size in parts if len(sample) < size]
    variances = [size * (size - len(sample)) / len(sample) * float(sample.var(ddof=1)) for sample, size in open_]
    total = sum(variances)
    squares = sum(v**2 / (len(sample) - 1) for v, (sample, _) in zip(variances, open_, strict=True))
    return math.sqrt(total), total**2 / squares if squares else math.inf


def _best_threshold(
    probabilities: Sequence[np.ndarray], there: Sequence[np.ndarray], sizes: Sequence[int]
) -> float | None:
    """The threshold with the highest F1, each mark counting for as many windows as it stands for; halfway between the
    probabilities of two marks. None where no mark has the plant."""
    values, truth = np.concatenate(probabilities), np.concatenate(there)
    weights = np.concatenate([np.full(len(part), size / len(part)) for part, size in zip(there, sizes, strict=True)])
    if not truth.any():
        return None
    marks = np.unique(values)
    middles = np.r_[marks[0], (marks[1:] + marks[:-1]) / 2]
    scores = [
        2 * (weights * truth * (values >= at)).sum() / ((weights * truth).sum() + (weights * (values >= at)).sum())
        for at in middles
    ]
    return float(middles[int(np.argmax(scores))])


# -------------------------------------------------------------------------------------------------------------- tables


def marks_table(result: Survey, chosen: Plan, marks: Mapping[int, float]) -> str:
    """CSV with a row per window that was looked at: place, probability, band (from 1), how many windows the band has
    and how many of these were marked, the cover told by eye (0..1, the middle of its class), and the class."""
    values, boxes = result.grid(chosen.label).ravel(), result.boxes().reshape(-1, 4).tolist()
    counts = [sum(window in marks for window in band) for band in chosen.bands]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("x", "y", "width", "height", "probability", "band", "band_windows", "band_marked", "cover", "class"))
    for window, cover in marks.items():
        (left, top, right, bottom), band = boxes[window], chosen.band(window)
        place = (left, top, right - left, bottom - top, f"{values[window]:.6f}")
        rows.writerow((*place, band + 1, len(chosen.bands[band]), counts[band], cover, plain(chosen.label)))
    return text.getvalue()


def results_table(found: SiteCheck, label: str) -> str:
    """CSV with a row per estimate: what, of which class, at which threshold, estimate, its standard error, interval
    (low, high) and the level of that, 0..1, and from how many marks of how many windows."""
    lines: list[tuple[str, float | None, Estimate]] = [
        ("share of ground covered", None, found.area),
        (f"share of windows covered by at least {PRESENT:.0%}", None, found.present),
        ("precision", found.used.threshold, found.used.precision),
        ("recall", found.used.threshold, found.used.recall),
    ]
    if found.best:
        lines.append(("precision at the threshold of this site", found.best.threshold, found.best.precision))
        lines.append(("recall at the threshold of this site", found.best.threshold, found.best.recall))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    of_estimate = ("estimate", "standard_error", "low", "high", "level")
    rows.writerow(("what", "class", "threshold", *of_estimate, "marks", "windows"))
    for what, threshold, one in lines:
        at = "" if threshold is None else f"{threshold:.4f}"
        numbers = ["" if math.isnan(each) else f"{each:.5f}" for each in (one.value, one.error, one.low, one.high)]
        rows.writerow((what, plain(label), at, *numbers, f"{LEVEL:g}", found.marks, found.windows))
    return text.getvalue()
