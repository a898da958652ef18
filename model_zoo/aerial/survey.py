"""A large photo covered with windows, each of which gets an answer of its own: where in it is what?

    result = survey(model, photo)                              # a Survey: probabilities of every class, per window
    results.share(result, "invasive", 0.5)                     # of the windows that reach the threshold
    compare(result, "invasive", mask)                          # how well it agrees with where the plant really is

Windows are squares of the photo's own pixels, as large as the pieces of ground that the network learned from. Each is
cut out and prepared by `model.prepare`, as if it were a picture of its own. They stand `stride` pixels apart; the last
row and column are moved back to the border, so that every pixel of the photo is in a window.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image

from model_zoo.aerial.answers import answered
from model_zoo.aerial.threshold import PRESENT
from model_zoo.common.listing import listed
from model_zoo.model import Model
from model_zoo.trust.judgement import FALSE_ALARMS, check_shares

WHOLE = 3  # times the side of a window, from which on a picture is taken for a whole photo
SIXTEENTH = 16  # windows along a photo's longer side where the card does not say how large they should be
MOST_WINDOWS = 50_000
BATCH_PIXELS = 2**19  # of the windows that are answered together, at the network's size: 32 of 128 x 128
MOST_IN_BATCH = 64


class Stopped(Exception):
    """The survey was stopped by whoever asked for it."""


@dataclass(frozen=True, eq=False)
class Survey:
    """Answers for the windows of a photo; row 0 is at the top, column 0 at the left."""

    classes: tuple[str, ...]
    width: int  # of the photo, in pixels
    height: int
    window: int  # side of a window in pixels
    lefts: tuple[int, ...]  # left edge of each column of windows, in pixels
    tops: tuple[int, ...]  # upper edge of each row
    probabilities: np.ndarray  # float32 (rows, columns, classes), 0..1; NaN where no answer has come yet
    # bool (rows, columns): where the network judges that it knows no such windows (`Model.judge`); None: it cannot
    unfamiliar: np.ndarray | None = None
    # float16 (rows, columns, D): what the last layer takes, for `site_head`; None: not kept, or there is no such layer
    features: np.ndarray | None = None
    false_alarms: float = FALSE_ALARMS  # the share of known windows that are called unfamiliar as well

    def grid(self, label: str) -> np.ndarray:
        """Probability of one class: float64 (rows, columns). Raises KeyError for a class that there is not."""
        if label not in self.classes:
            raise KeyError(f"There is no class {label!r}; known are {listed(self.classes)}.")
        return self.probabilities[..., self.classes.index(label)].astype(np.float64)

    def boxes(self) -> np.ndarray:
        """Left, top, right and bottom of each window, in pixels of the photo: int (rows, columns, 4)."""
        tops, lefts = np.meshgrid(self.tops, self.lefts, indexing="ij")
        return np.stack([lefts, tops, lefts + self.window, tops + self.window], axis=-1)

    def counted(self) -> np.ndarray:
        """The windows that count for shares: that have an answer and are not unfamiliar; bool (rows, columns)."""
        answered = ~np.isnan(self.probabilities[..., 0])
        return answered if self.unfamiliar is None else answered & ~self.unfamiliar

    def weights(self, counted: np.ndarray) -> np.ndarray:
        """Pixels of the photo that stand for each window: float64 (rows, columns).

        A place that several windows cover is shared out evenly between those that count, so that every place counts
        once; the sum is the number of pixels in windows that count.
        """
        xs, over_x = edges(self.lefts, self.window)
        ys, over_y = edges(self.tops, self.window)
        pixels = np.outer(np.diff(ys), np.diff(xs)).astype(np.float64)
        count = over_y @ counted.astype(np.float64) @ over_x.T
        each = np.divide(pixels, count, out=np.zeros_like(pixels), where=count > 0)
        return counted * (over_y.T @ each @ over_x)


def edges(starts: tuple[int, ...], window: int) -> tuple[np.ndarray, np.ndarray]:
    """All edges of windows along a side, in order, and which windows cover each stretch between two of them: 0 or 1,
    float64 (stretches, windows)."""
    begin = np.array(starts)
    found = np.unique(np.concatenate([begin, begin + window]))
    low = found[:-1, None]
    return found, ((begin <= low) & (low < begin + window)).astype(np.float64)


# ------------------------------------------------------------------------------------------------------- the windows


def told_window(model: Model) -> int | None:
    """The card's `preprocessing.window`: the side of the squares, in pixels of the whole photos, that the network was
    trained on. None where it does not say."""
    told = model.card["preprocessing"].get("window")
    return told if type(told) is int and told >= 1 else None


def is_whole_photo(model: Model, width: int, height: int) -> bool:
    """Whether a picture shows far more than the squares of whole photos that the network learned from, so that one
    answer for all of it means nothing and a survey does. False for networks whose card tells of no such squares."""
    told = told_window(model)
    return told is not None and min(width, height) >= WHOLE * told


def default_window(model: Model, width: int, height: int, fitting: int | None = None) -> int:
    """Side of the windows for a photo, in its pixels.

    It is `fitting` where the ground resolution of photo and network is known (`model_zoo.aerial.ground`), or what
    `told_window` says, or else a sixteenth of the longer side, but no less than the network looks at. Never more than
    the shorter side.
    """
    side = fitting or told_window(model) or max(model.size, round(max(width, height) / SIXTEENTH))
    return min(side, width, height)


def positions(length: int, window: int, stride: int) -> tuple[int, ...]:
    """Where windows begin along a side: every `stride` pixels, the last one at the border."""
    places = list(range(0, length - window + 1, stride))
    if places[-1] + window < length:
        places.append(length - window)
    return tuple(places)


def planned(
    model: Model,
    width: int,
    height: int,
    window: int | None = None,
    stride: int | None = None,
    false_alarms: float = FALSE_ALARMS,
) -> Survey:
    """A survey without any answer yet.

    Args:
        window: side of the windows in pixels of the photo; `default_window` if None.
        stride: pixels from one window to the next, 1 to `window`; `window` if None.
        false_alarms: the share of known windows that may be called unfamiliar, between 0 and 1.

    Raises:
        ValueError: they do not fit the photo, or there are too many windows, or no such share; in words.
    """
    check_shares(false_alarms)
    window = default_window(model, width, height) if window is None else window
    stride = window if stride is None else stride
    if not 1 <= window <= min(width, height):
        raise ValueError(
            f"Windows must be from 1 to {min(width, height):,} pixels wide to fit into this photo of {width:,} x "
            f"{height:,}; {window:,} is not."
        )
    if not 1 <= stride <= window:
        raise ValueError(f"Windows must stand from 1 to {window:,} pixels apart, or they leave gaps; not {stride:,}.")
    count = (-(-(width - window) // stride) + 1) * (-(-(height - window) // stride) + 1)
    if count > MOST_WINDOWS:
        raise ValueError(
            f"That would be {count:,} windows; at most {MOST_WINDOWS:,} are answered. Choose larger ones, or a larger "
            "distance between them."
        )
    lefts, tops = positions(width, window, stride), positions(height, window, stride)
    nothing = np.full((len(tops), len(lefts), len(model.classes)), np.nan, dtype=np.float32)
    return Survey(model.classes, width, height, window, lefts, tops, nothing, false_alarms=false_alarms)


def surveying(
    model: Model, photo: Image.Image, plan: Survey, *, features: bool = False
) -> Iterator[tuple[int, Survey]]:
    """A survey as it grows: after each batch of windows how many have an answer, and the survey.

    Besides the photo it needs memory for one batch. All the surveys share one array of probabilities.

    Args:
        photo: of the size that the plan is for.
        features: keep those of every window, where the network has such.

    Raises:
        ValueError: the network's answers are no numbers.
    """
    judged = np.zeros(plan.probabilities.shape[:2], bool) if model.trust is not None else None
    filled = replace(plan, probabilities=plan.probabilities.copy(), unfamiliar=judged)
    boxes = filled.boxes().reshape(-1, 4)
    flat = filled.probabilities.reshape(len(boxes), -1)
    at_once = max(1, min(MOST_IN_BATCH, BATCH_PIXELS // model.size**2))
    for start in range(0, len(boxes), at_once):
        chosen = boxes[start : start + at_once]
        # Cut out first: resizing a box of the whole photo would mix in pixels from beside it.
        crops = [photo.crop((left, top, right, bottom)) for left, top, right, bottom in chosen.tolist()]
        inputs = torch.cat([model.prepare(crop) for crop in crops])
        values, unfamiliar, kept = answered(model, inputs, features, plan.false_alarms)
        if not np.isfinite(values).all():
            raise ValueError(f"{model.name} gives no number for some windows: its values overflow.")
        flat[start : start + len(chosen)] = values
        if judged is not None and unfamiliar is not None:
            judged.reshape(-1)[start : start + len(chosen)] = unfamiliar
        elif judged is not None:
            judged, filled = None, replace(filled, unfamiliar=None)
        if kept is not None:
            if filled.features is None:
                empty = np.zeros((*plan.probabilities.shape[:2], kept.shape[1]), np.float16)
                filled = replace(filled, features=empty)
            assert filled.features is not None
            filled.features.reshape(len(boxes), -1)[start : start + len(chosen)] = kept
        yield start + len(chosen), filled


def survey(
    model: Model,
    photo: Image.Image,
    *,
    window: int | None = None,
    stride: int | None = None,
    false_alarms: float = FALSE_ALARMS,
    progress: Callable[[int, int], None] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Survey:
    """The answers for all windows of a photo.

    Args:
        window, stride, false_alarms: see `planned`.
        progress: is told after each batch how many windows have an answer, and how many there are.
        stopped: is asked after each batch whether to stop.

    Raises:
        ValueError: see `planned` and `surveying`.
        Stopped: because `stopped` said so.
    """
    result = planned(model, *photo.size, window, stride, false_alarms)
    count = len(result.tops) * len(result.lefts)
    for done, result in surveying(model, photo, result):  # noqa: B020, B007
        if progress:
            progress(done, count)
        if stopped and stopped():
            raise Stopped
    return result


# -------------------------------------------------------------------------------------------- against the known truth


@dataclass(frozen=True)
class Comparison:
    """How well a survey agrees with a mask, over its windows."""

    windows: int
    covered: int  # windows of which the mask covers at least `PRESENT`
    free: int  # windows of which it covers nothing
    correlation: float | None  # Pearson's, of probability and cover; None where one of them is the same everywhere
    auc: float | None  # ROC AUC of covered against free windows; None where one of the kinds is missing


def cover(result: Survey, mask: np.ndarray) -> np.ndarray:
    """The share of each window that a mask covers, 0..1: float64 (rows, columns).

    Args:
        mask: bool (height, width), of the photo's size.

    Raises:
        ValueError: it has another size.
    """
    if mask.shape != (result.height, result.width):
        raise ValueError(
            f"The mask has {mask.shape[1]:,} x {mask.shape[0]:,} pixels, but the photo has {result.width:,} x "
            f"{result.height:,}. They must be the same, upright."
        )
    shares = [mask[top:bottom, left:right].mean() for left, top, right, bottom in result.boxes().reshape(-1, 4)]
    return np.array(shares).reshape(len(result.tops), len(result.lefts))


def compare(result: Survey, label: str, mask: np.ndarray) -> Comparison:
    """Predicted probability and true cover, window by window; those with a cover between 0 and `PRESENT` belong to
    neither kind, as in the labels of tiles. Raises ValueError as `cover` does."""
    return compared(cover(result, mask).ravel(), result.grid(label).ravel())


def compared(truth: np.ndarray, grid: np.ndarray) -> Comparison:
    """The same for windows of any photos.

    Args:
        truth: covered share of each window, 0..1: float64 (windows,).
        grid: probability of each window; NaN for those without an answer: float64 (windows,).
    """
    from sklearn.metrics import roc_auc_score  # here, because importing it takes a second

    known = ~np.isnan(grid)
    truth, grid = truth[known], grid[known]
    covered, free = truth >= PRESENT, truth == 0
    correlation = float(np.corrcoef(truth, grid)[0, 1]) if truth.size and np.ptp(truth) and np.ptp(grid) else None
    auc = None
    if covered.any() and free.any():
        either = covered | free
        auc = float(roc_auc_score(covered[either], grid[either]))
    return Comparison(len(grid), int(covered.sum()), int(free.sum()), correlation, auc)
