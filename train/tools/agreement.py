"""How well surveys of whole photos agree with masks of where the plant really is.

Each photo is covered with windows side by side, as `python -m train survey` does. A window is covered from 5 % on, and
free at 0 %. The area of each photo is estimated by a calibration on the other ones (model_zoo/aerial/cover.py).
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

import model_zoo
from model_zoo.aerial.results import share
from model_zoo.aerial.survey import Comparison, compared, cover, survey
from model_zoo.aerial.threshold import PRESENT
from train.tools import cut
from train.tools.cover import One as Left
from train.tools.cover import Photo, leave_out, rows


@dataclass(frozen=True)
class One:
    """The survey of one photo."""

    photo: str  # its file's name
    reached: float  # share of the windows that reach the threshold
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
    areas: tuple[Left, ...]  # of each photo, by a calibration on the others; () where there are none


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
    model = replace(model, trust=None)  # all windows count, familiar or not
    found, windows, side = [], [], 0
    for photo, mask in tqdm(pairs, desc="surveying", unit=" photos", disable=None):
        plant = cut.read_mask(mask)
        result = survey(model, cut.read_photo(photo), window=window)
        truth, grid = cover(result, plant), result.grid(label)
        covered, reached = float((truth >= PRESENT).mean()), share(result, label, threshold)
        found.append(One(photo.name, reached, covered, float(plant.mean()), compared(truth.ravel(), grid.ravel())))
        windows.append(Photo(photo.name, "", grid, truth))
        side = side or result.window
    truths, grids = (
        np.concatenate([each.ravel() for each in values])
        for values in ([one.covers for one in windows], [one.probabilities for one in windows])
    )
    return Agreement(side, threshold, tuple(found), compared(truths, grids), _areas(windows, label, threshold))


def _areas(photos: list[Photo], label: str, threshold: float) -> tuple[Left, ...]:
    """The area of each photo by a calibration on the others; () where these are too few."""
    try:
        return leave_out(photos, label, threshold, by_block=False)
    except ValueError:
        return ()


def figures(found: Agreement) -> dict[str, Any]:
    """The result for a card, and for programs."""

    def rounded(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    def of(one: Comparison) -> dict[str, Any]:
        return {"windows": one.windows, "correlation": rounded(one.correlation), "roc_auc": rounded(one.auc)}

    photos = [
        {"photo": one.photo, "reached": rounded(one.reached), "covered": rounded(one.covered)}
        | {"plant": rounded(one.plant)}
        | of(one.compared)
        for one in found.photos
    ]
    for photo, area in zip(photos, found.areas, strict=False):
        photo |= {"area": rounded(area.estimated), "area_low": rounded(area.low), "area_high": rounded(area.high)}
    return {"window": found.window, "threshold": found.threshold} | of(found.together) | {"photos": photos}


def report(entry: str, found: Agreement) -> str:
    """A row per photo and one for all windows together, then a line of JSON."""

    def row(name: str, one: Comparison, shares: tuple[str, ...]) -> str:
        values = [" none" if value is None else f"{value:.3f}" for value in (one.correlation, one.auc)]
        return f"{name:<24} {one.windows:>7,}  {values[0]:>11}  {values[1]:>7}  " + "  ".join(shares)

    head = f"{'photo':<24} {'windows':>7}  {'correlation':>11}  {'ROC AUC':>7}  reached  covered  plant"
    of_photos = [
        row(one.photo, one.compared, (f"{one.reached:7.1%}", f"{one.covered:7.1%}", f"{one.plant:5.1%}"))
        for one in found.photos
    ]
    areas = ["", "Area, each photo by a calibration on the others:", *rows(found.areas), ""] if found.areas else []
    return "\n".join(
        [
            head,
            *of_photos,
            row("all windows together", found.together, ()),
            "correlation: of a window's probability and covered share. ROC AUC: of covered against free windows. "
            f"reached: windows from a probability of {found.threshold:.3f} on. covered: windows of which the plant "
            f"covers at least {PRESENT:.0%}. plant: pixels that it covers.",
            *areas,
            json.dumps({"entry": entry} | figures(found)),
        ]
    )
