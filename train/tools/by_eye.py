"""Checks by eye made out of masks: what the last layer fitted to their marks is worth on windows that nobody marked.

Of each photo some windows are drawn as the page does, their marks are the classes of cover that the mask tells, and a
last layer is fitted to them. That is done with many draws; the windows that were not drawn show what came of it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from model_zoo import Model
from model_zoo.aerial import site_check, site_head
from model_zoo.aerial.cover import LEVEL
from model_zoo.aerial.survey import Survey, cover, planned, surveying
from model_zoo.aerial.threshold import EVEN, PRESENT
from train.tools import cut

EDGES = (0.0005, 0.05, 0.25, 0.5, 0.75, 0.95)  # of the classes of cover; a trace cannot be told by eye


@dataclass(frozen=True)
class ByEye:
    """The means over all draws of one photo."""

    photo: str
    draws: int
    refused: int  # of these, too few marks of one kind
    helped: float  # share of the others after which the map follows the fitted layer
    loss: tuple[float, float]  # log loss of the windows that were not marked: of the network, of the fitted layer
    right: tuple[float, float]  # share of them on the right side of the threshold
    # Of the area by the fitted layer, and by the marks alone: the share of the intervals, of the level `cover.LEVEL`,
    # that hold the truth, and the mean absolute error, 0..1.
    held: tuple[float, float]
    off: tuple[float, float]


def by_eye(model: Model, folder: Path, label: str, threshold: float, marks: int, draws: int = 40) -> list[ByEye]:
    """Of every photo that has a mask; see `train.tools.agreement.agreement` for what it raises."""
    found = []
    for photo, mask in tqdm(cut.photo_pairs(folder, folder)[0], desc="marking", unit=" photos", disable=None):
        picture = cut.read_photo(photo)
        *_, (_, result) = surveying(model, picture, planned(model, *picture.size), features=True)
        truth = cover(result, cut.read_mask(mask)).ravel()
        found.append(_of_photo(photo.name, result, truth, label, threshold, marks, draws))
    return found


def _of_photo(
    photo: str, result: Survey, truth: np.ndarray, label: str, threshold: float, marks: int, draws: int
) -> ByEye:
    seen = np.array(list(site_check.COVERS.values()))[np.digitize(truth, EDGES)]
    before, there = result.grid(label).ravel(), truth >= PRESENT
    rows = []
    for seed in range(draws):
        chosen = site_check.plan(result, label, threshold, marks, seed)
        drawn = {window: float(seen[window]) for window in chosen.picked}
        try:
            found = site_head.fit(result, chosen, drawn)
        except ValueError:
            continue
        other = np.setdiff1d(np.arange(len(truth)), chosen.picked)
        after = found.survey.grid(label).ravel()
        sides = [(each >= at)[other] == there[other] for each, at in ((before, threshold), (after, EVEN))]
        losses = [site_head.log_loss(each[other], there[other]) for each in (before, after)]
        area, alone, true = found.area, site_check.check(result, chosen, drawn).area, truth.mean()
        held = [each.low <= true <= each.high for each in (area, alone)]
        off = [abs(area.share - true), abs(alone.value - true)]
        rows.append([found.helps, *losses, *(side.mean() for side in sides), *held, *off])
    helped, *rest = np.mean(rows, axis=0).tolist() if rows else [float("nan")] * 9
    pairs = ((rest[at], rest[at + 1]) for at in range(0, 8, 2))
    return ByEye(photo, draws, draws - len(rows), helped, *pairs)


def report(found: list[ByEye], marks: int) -> str:
    """A row per photo."""
    lines = [f"a last layer fitted to {marks} marks out of the mask, on windows that were not marked:"]
    for one in found:
        lines.append(
            f"{one.photo}: log loss {one.loss[0]:.3f} before, {one.loss[1]:.3f} fitted; right {one.right[0]:.1%}, "
            f"{one.right[1]:.1%}; applied after {one.helped:.0%} of {one.draws - one.refused} draws ({one.refused} "
            f"refused); area off by {100 * one.off[0]:.1f} points, its interval of {LEVEL:.0%} held in "
            f"{one.held[0]:.0%}; by the marks alone off by {100 * one.off[1]:.1f} points, held in {one.held[1]:.0%}"
        )
    return "\n".join(lines)
