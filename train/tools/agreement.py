"""How well surveys of whole photos agree with masks of where the plant really is.

Each photo is covered with windows side by side, as `python -m train survey` does. A window is covered from 5 % on, and
free at 0 %.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import model_zoo
from model_zoo.aerial.results import share
from model_zoo.aerial.survey import Comparison, compared, cover, survey
from model_zoo.aerial.threshold import PRESENT
from train.tools import cut


@dataclass(frozen=True)
class One:
    """The survey of one photo."""

    photo: str  # its file's name
    estimated: float  # share of the windows that reach the threshold
    covered: float  # share of the windows of which the mask covers at least `PRESENT`
    plant: float  # share of the pixels that the mask covers
    compared: Comparison


@dataclass(frozen=True)
class Agreement:
    """The surveys of several photos, and all their windows together."""

    window: int  # side of a window in pixels, of the first photo
    threshold: float
    photos: tuple[One, ...]
    together: Comparison


def agreement(
    model: model_zoo.Model, folder: Path, label: str, threshold: float, window: int | None = None
) -> Agreement:
    """Survey every photo that has a mask.

    Args:
        folder: photos and masks, named as for `cut`.
        label: the class that is the plant.
        threshold: the probability from which a window counts as covered.
        window: side of the windows in pixels of the photos; the network's own if None.

    Raises:
        DataError: there are no photos with masks, one is damaged, or a photo and its mask differ in size.
        ValueError: the windows do not fit a photo.
    """
    pairs, _ = cut.photo_pairs(folder, folder)
    found, truths, grids, side = [], [], [], 0
    for photo, mask in tqdm(pairs, desc="surveying", unit=" photos", disable=None):
        plant = cut.read_mask(mask)
        result = survey(model, cut.read_photo(photo), window=window)
        truth, grid = cover(result, plant).ravel(), result.grid(label).ravel()
        covered, estimated = float((truth >= PRESENT).mean()), share(result, label, threshold)
        found.append(One(photo.name, estimated, covered, float(plant.mean()), compared(truth, grid)))
        truths.append(truth)
        grids.append(grid)
        side = side or result.window
    return Agreement(side, threshold, tuple(found), compared(np.concatenate(truths), np.concatenate(grids)))


def figures(found: Agreement) -> dict[str, Any]:
    """The result for a card, and for programs."""

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    def of(one: Comparison) -> dict[str, Any]:
        return {"windows": one.windows, "correlation": rounded(one.correlation), "roc_auc": rounded(one.auc)}

    photos = [
        {"photo": one.photo, "estimated": rounded(one.estimated), "covered": rounded(one.covered)}
        | {"plant": rounded(one.plant)}
        | of(one.compared)
        for one in found.photos
    ]
    return {"window": found.window, "threshold": found.threshold} | of(found.together) | {"photos": photos}


def report(entry: str, found: Agreement) -> str:
    """A row per photo and one for all windows together, then a line of JSON."""

    def row(name: str, one: Comparison, shares: tuple[str, ...]) -> str:
        values = [" none" if value is None else f"{value:.3f}" for value in (one.correlation, one.auc)]
        return f"{name:<24} {one.windows:>7,}  {values[0]:>11}  {values[1]:>7}  " + "  ".join(shares)

    head = f"{'photo':<24} {'windows':>7}  {'correlation':>11}  {'ROC AUC':>7}  estimated  covered  plant"
    rows = [
        row(one.photo, one.compared, (f"{one.estimated:9.1%}", f"{one.covered:7.1%}", f"{one.plant:5.1%}"))
        for one in found.photos
    ]
    return "\n".join(
        [
            head,
            *rows,
            row("all windows together", found.together, ()),
            "correlation: of a window's probability and covered share. ROC AUC: of covered against free windows. "
            f"estimated: windows from a probability of {found.threshold:.3f} on. covered: windows of which the plant "
            f"covers at least {PRESENT:.0%}. plant: pixels that it covers.",
            json.dumps({"entry": entry} | figures(found)),
        ]
    )
