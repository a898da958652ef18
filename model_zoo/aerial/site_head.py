"""A last layer fitted to one site: from the windows that a reader has marked to better answers for all the others.

The network stays as it is up to the features before its last layer. A logistic regression on these says of a window
whether the plant covers at least `PRESENT` of it. It begins at the answer of the map and changes it as little as the
marks allow: the penalty is that of a prior under which such changes have the standard deviation `PRIOR` in log-odds, so
that few marks change little. This is logistic regression with an L2 penalty towards the layer as it was; it is solved
in its dual form, whose size is the number of marks (Rasmussen and Williams 2006, Gaussian Processes for Machine
Learning, algorithm 3.1, with a linear kernel). `PRIOR` was set beforehand and not fitted to any data.

Whether it helps is measured on the marks themselves, each judged by what was fitted to all others (leave-one-out). Area
comes from the difference estimator (Saerndal, Swensson and Wretman 1992, section 6.3): the mean of what the fitted
layer expects of every window, plus the stratified mean of what the eye found beyond it in the windows that were marked.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from model_zoo.aerial.cover import LEVEL, Area, CoverCurve
from model_zoo.aerial.site_check import Estimate, Plan, mean
from model_zoo.aerial.survey import Survey
from model_zoo.aerial.threshold import EVEN, PRESENT
from model_zoo.common.csv_export import plain

PRIOR = 1.0  # standard deviation of the change of the log-odds, of the constant and of the features each
FEWEST_MARKS, FEWEST_OF_A_KIND = 20, 5
STEPS, EXACT = 50, 1e-8  # of Newton's method
SURE = 1e-6  # probabilities nearer to 0 or 1 count as this near


@dataclass(frozen=True)
class Fit:
    """How well windows are told apart, before and after."""

    loss: float  # mean -log of the probability of what is there, in nats
    right: int  # marked windows on the right side of the threshold
    threshold: float


@dataclass(frozen=True, eq=False)
class SiteHead:
    """A fitted last layer, what it answers, and how good it is."""

    survey: Survey  # with the fitted answers
    curve: CoverCurve  # from these to cover, for the map's tables; its errors are 0: `area` has the interval
    area: Area
    before: Fit  # the answers as they were, on the marked windows
    after: Fit  # the fitted ones there, each by what was fitted to the other marks
    marks: int
    present: int  # of these, those with the plant

    @property
    def helps(self) -> bool:
        """Whether its probabilities are better than those before, on windows that it was not fitted to."""
        return self.after.loss < self.before.loss


def fit(result: Survey, chosen: Plan, marks: Mapping[int, float]) -> SiteHead:
    """The last layer fitted to marks.

    Args:
        result: a survey with features.
        marks: window -> the share of it that the plant covers, 0..1, as told by eye.

    Raises:
        ValueError: there are too few marks, or of one kind, or no features; in words.
    """
    windows = np.array(sorted(marks))
    covers = np.array([marks[window] for window in windows.tolist()])
    there = covers >= PRESENT
    _check(result, there)
    answered = np.flatnonzero(~np.isnan(result.grid(chosen.label).ravel()))
    before = np.clip(result.grid(chosen.label).ravel(), SURE, 1 - SURE)
    offsets, kernel = np.log(before / (1 - before)), _kernel(result, answered, windows)
    inside = np.searchsorted(answered, windows)

    def fitted(used: np.ndarray) -> np.ndarray:
        """Probabilities of all answered windows by the marks with these numbers."""
        change = kernel[:, used] @ _dual(kernel[np.ix_(inside[used], used)], offsets[windows[used]], there[used])
        return 1 / (1 + np.exp(-(offsets[answered] + change)))

    every = np.arange(len(windows))
    left_out = np.array([fitted(every != at)[inside[at]] for at in every])
    probabilities = np.full(len(before), np.nan)
    probabilities[answered] = fitted(every >= 0)
    usual = covers[there].mean()  # cover of a window with the plant
    others = (covers[there].sum() - covers * there) / (there.sum() - there)  # the same of the other marks
    expected = usual * probabilities
    expected[windows] = left_out * others  # so that a mark does not speak for its own window
    off = dict(zip(windows.tolist(), (covers - expected[windows]).tolist(), strict=True))
    by_band = [np.array([off[window] for window in sorted(set(band) & set(off))]) for band in chosen.bands]
    rest = mean(by_band, [len(band) for band in chosen.bands])
    found = Estimate(float(np.clip(expected[answered].mean() + rest.value, 0, 1)), rest.error, rest.degrees)
    where = f"{len(windows)} windows of this photo, marked by eye"
    return SiteHead(
        _with(result, chosen.label, probabilities),
        CoverCurve(chosen.label, (0.0, 1.0), (0.0, float(usual)), (0.0, 0.0), LEVEL, 1, len(windows), where),
        Area(found.value, found.low, found.high, LEVEL, 1, where),
        _how_good(before[windows], there, chosen.threshold),
        _how_good(left_out, there, EVEN),
        len(windows),
        int(there.sum()),
    )


def _check(result: Survey, there: np.ndarray) -> None:
    kinds = f"the plant covers at least {100 * PRESENT:.0f} % in {there.sum()} of them, and less in {(~there).sum()}"
    if min(there.sum(), (~there).sum()) < FEWEST_OF_A_KIND:
        raise ValueError(
            f"Too few marks of one kind: {kinds}. A last layer can be fitted from {FEWEST_OF_A_KIND} of each kind on."
        )
    if len(there) < FEWEST_MARKS:
        raise ValueError(
            f"Too few marks: a last layer can be fitted from {FEWEST_MARKS} on, and there are {len(there)}."
        )
    if result.features is None:
        raise ValueError("This network has no layer of features before its last one, to which a layer could be fitted.")
    if not np.isfinite(result.features).all():
        raise ValueError("The features of some windows are too large to fit a last layer to them.")


def _kernel(result: Survey, answered: np.ndarray, marked: np.ndarray) -> np.ndarray:
    """Prior covariance of the changes of log-odds of all answered windows with those of the marked ones.

    The features are standardised over this photo's windows and count together as much as the constant.
    """
    assert result.features is not None
    flat = result.features.reshape(-1, result.features.shape[-1])
    mine = flat[answered].astype(np.float32)
    spread = mine.std(axis=0)
    kept = spread > 1e-6
    standard = (mine[:, kept] - mine[:, kept].mean(axis=0)) / spread[kept] / np.sqrt(max(1, kept.sum()))
    of_marked = standard[np.searchsorted(answered, marked)]
    return PRIOR**2 * (1 + (standard @ of_marked.T).astype(np.float64))


def _dual(kernel: np.ndarray, offsets: np.ndarray, there: np.ndarray) -> np.ndarray:
    """The weights of the marks, float64 (marks,), at the minimum of the penalised log loss.

    With weights a the log-odds are offsets + kernel a; the minimum is where a is what is there less its probability.
    """
    weights = np.zeros(len(there))
    for _ in range(STEPS):
        change = kernel @ weights
        shares = 1 / (1 + np.exp(-(offsets + change)))
        slopes = np.sqrt(np.maximum(shares * (1 - shares), 1e-12))
        wanted = slopes**2 * change + there - shares
        inner = np.eye(len(there)) + slopes[:, None] * kernel * slopes
        new = wanted - slopes * np.linalg.solve(inner, slopes * (kernel @ wanted))
        done, weights = np.abs(new - weights).max() < EXACT, new
        if done:
            break
    return weights


def _with(result: Survey, label: str, probabilities: np.ndarray) -> Survey:
    """The survey with other probabilities of one class; those of the others keep their proportions."""
    number = result.classes.index(label)
    flat = result.probabilities.reshape(-1, len(result.classes)).astype(np.float64)
    rest = np.delete(flat, number, axis=1)
    total = rest.sum(axis=1, keepdims=True)
    even = np.full_like(rest, 1 / max(1, rest.shape[1]))
    rest = np.where(total > 0, rest / np.where(total > 0, total, 1), even) * (1 - probabilities[:, None])
    rest[np.isnan(probabilities)] = np.nan
    flat = np.insert(rest, number, probabilities, axis=1)
    return replace(result, probabilities=flat.astype(np.float32).reshape(result.probabilities.shape))


def _how_good(probabilities: np.ndarray, there: np.ndarray, threshold: float) -> Fit:
    right = int(((probabilities >= threshold) == there).sum())
    return Fit(log_loss(probabilities, there), right, threshold)


def log_loss(probabilities: np.ndarray, there: np.ndarray) -> float:
    """The mean of -log of the probability of what is there, in nats; those below `SURE` count as that.

    Args:
        probabilities: of the plant: float64 (windows,).
        there: whether it is there: bool (windows,).
    """
    return float(-np.log(np.clip(np.where(there, probabilities, 1 - probabilities), SURE, 1)).mean())


def results_table(found: SiteHead, label: str) -> str:
    """CSV with a row for the answers before and one for the fitted ones: log loss (nats), right ones and threshold on
    the marked windows, how many these are and how many have the plant, and the area with its interval and its level."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    head = ("answers", "class", "log_loss", "right", "threshold", "marks", "present")
    rows.writerow((*head, "area", "area_low", "area_high", "area_level"))
    for name, one in (("before", found.before), ("fitted, each by the other marks", found.after)):
        area = ("", "", "", "")
        if one is found.after:
            shares = (found.area.share, found.area.low, found.area.high)
            area = (*(f"{each:.5f}" for each in shares), f"{found.area.level:g}")
        numbers = (f"{one.loss:.4f}", one.right, f"{one.threshold:.4f}", found.marks, found.present)
        rows.writerow((name, plain(label), *numbers, *area))
    return text.getvalue()
