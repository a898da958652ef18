"""How much ground a probability stands for: a calibration, and how far the areas are off that it gives.

What is measured is told in train/commands/cover.py; what a calibration is, in model_zoo/aerial/cover.py.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

import model_zoo
from model_zoo.aerial import survey as surveys
from model_zoo.aerial.cover import CoverCurve, Ground, fit
from train.data import decode
from train.data.cifar10 import DataError
from train.data.listing import SPLIT_NAMES, TILE_LABELS
from train.data.tables import read_table, share
from train.tools import cut
from train.tools.submit import BATCH, probabilities

ENOUGH = 8  # photos from which on whole photos are drawn for errors, and not parts of them
PARTS = 3  # of a photo along each side


@dataclass(frozen=True, eq=False)
class Photo:
    """The windows of a photo side by side."""

    name: str
    block: str  # of ground; "" where nobody says
    probabilities: np.ndarray  # float64 (windows,) or (rows, columns)
    covers: np.ndarray  # the same shape

    @property
    def plant(self) -> float:
        """The share of the photo that is covered, 0..1."""
        return float(self.covers.mean())


@dataclass(frozen=True)
class One:
    """The area of one photo, estimated by a calibration that it had no part in."""

    photo: str
    block: str
    plant: float  # true share of the ground
    estimated: float
    low: float
    high: float
    windows: float  # share of windows that reach the threshold: what was called the share of ground before

    @property
    def is_held(self) -> bool:
        return self.low <= self.plant <= self.high


@dataclass(frozen=True)
class Calibration:
    """The curve of all photos, and how well curves of others do for each."""

    curve: CoverCurve
    threshold: float
    by_photo: tuple[One, ...]  # with the curve of all other photos
    by_block: tuple[One, ...]  # with the curve of all photos of other blocks; () where there is one block only


def calibrated(
    model: model_zoo.Model, folder: Path, label: str, threshold: float, *, whole: bool = False
) -> Calibration:
    """Fit the curve, and measure it by leaving out.

    Args:
        folder: tiles with a table, or photos and masks.
        whole: photos and masks, even where there are tiles.

    Raises:
        DataError: there is neither, or something cannot be read.
        ValueError: too few photos or windows.
    """
    tiles = next((path for path in (folder, folder / "hogweed") if (path / TILE_LABELS).is_file()), None)
    photos = _of_photos(model, folder, label) if whole or tiles is None else _of_tiles(model, tiles, label)
    words = f"{len(photos)} photos that the network was not trained on"
    blocks = {one.block for one in photos if one.block}
    words += f", of {len(blocks)} blocks of one set's ground" if len(blocks) > 1 else ""
    return Calibration(
        fit(label, grounds(photos), words),
        threshold,
        leave_out(photos, label, threshold, by_block=False),
        leave_out(photos, label, threshold, by_block=True) if len(blocks) > 1 else (),
    )


def leave_out(photos: Sequence[Photo], label: str, threshold: float, *, by_block: bool) -> tuple[One, ...]:
    """The area of each photo by the curve of the others, or of those in other blocks.

    Raises:
        ValueError: the others are too few.
    """
    found, curves = [], {}
    for photo in photos:
        key = photo.block if by_block else photo.name
        if key not in curves:
            curves[key] = fit(
                label, grounds([one for one in photos if (one.block if by_block else one.name) != key]), ""
            )
        estimated = float(curves[key](photo.probabilities).mean())
        above = float((photo.probabilities >= threshold).mean())
        found.append(
            One(photo.name, photo.block, photo.plant, estimated, *curves[key].interval(estimated), windows=above)
        )
    return tuple(found)


def grounds(photos: Sequence[Photo]) -> list[Ground]:
    """What a curve is fitted on: whole photos, or parts of them where they are few."""
    if len(photos) >= ENOUGH:
        return [Ground(one.name, one.probabilities.ravel(), one.covers.ravel()) for one in photos]
    return [
        Ground(one.name, probabilities, covers)
        for one in photos
        for probabilities, covers in zip(_parts(one.probabilities), _parts(one.covers), strict=True)
    ]


def _parts(values: np.ndarray) -> list[np.ndarray]:
    """Neighbouring windows of a photo."""
    bands = np.array_split(np.atleast_2d(values), PARTS if values.ndim == 2 else 1)
    pieces = [piece.ravel() for band in bands for piece in np.array_split(band, PARTS, axis=1)]
    return [piece for piece in pieces if piece.size]


def _of_photos(model: model_zoo.Model, folder: Path, label: str) -> list[Photo]:
    where, found = cut.photos_below(folder), []
    model = replace(model, trust=None)  # all windows count, familiar or not
    for photo, mask in tqdm(cut.photo_pairs(where, where)[0], desc="surveying", unit=" photos", disable=None):
        result = surveys.survey(model, cut.read_photo(photo))
        found.append(Photo(photo.name, "", result.grid(label), surveys.cover(result, cut.read_mask(mask))))
    return found


def _of_tiles(model: model_zoo.Model, folder: Path, label: str) -> list[Photo]:
    """The test tiles of a set, photo by photo."""
    table = folder / TILE_LABELS
    rows = read_table(table.read_bytes(), table.name, ("file", "cover", "split", "photo", "block"))
    rows = [row for row in rows if SPLIT_NAMES.get(row[1]["split"].lower()) == "test"]
    if not rows:
        raise DataError(
            f"{table} has no rows of the split test, and a network must not be calibrated on what it knows."
        )
    values: list[float] = []
    with tqdm(total=len(rows), desc="answering", unit=" tiles", disable=None) as bar, ThreadPoolExecutor(4) as pool:
        for at in range(0, len(rows), BATCH):
            batch = [folder / row[1]["file"] for row in rows[at : at + BATCH]]
            inputs = torch.cat(list(pool.map(lambda path: _prepared(model, path), batch)))
            values += probabilities(model, inputs)[:, model.classes.index(label)].tolist()
            bar.update(len(batch))
    found: dict[str, Photo] = {}
    for row, value in zip(rows, values, strict=True):
        name, cover = row[1]["photo"], share(row, "cover", table.name)
        old = found.get(name) or Photo(name, row[1]["block"], np.empty(0), np.empty(0))
        found[name] = replace(
            old, probabilities=np.append(old.probabilities, value), covers=np.append(old.covers, cover)
        )
    return list(found.values())


def _prepared(model: model_zoo.Model, path: Path) -> torch.Tensor:
    try:
        return model.prepare(decode.open_picture(decode.read_bytes((str(path), "")), model.size))
    except decode.PictureError as error:
        raise DataError(f"{path.name} {error}.") from error


# ------------------------------------------------------------------------------------------------------------- results


def for_card(curve: CoverCurve) -> dict[str, Any]:
    """The curve as a card holds it, see `model_zoo.aerial.cover`."""
    return {
        "class": curve.label,
        "probabilities": list(curve.probabilities),
        "covers": list(curve.covers),
        "errors": list(curve.errors),
        "level": curve.level,
        "photos": curve.photos,
        "windows": curve.windows,
        "found_on": curve.found_on,
    }


def figures(found: Calibration) -> dict[str, Any]:
    """The result for a card, and for programs: that of the photos left out block by block, where there are blocks."""
    strict = found.by_block or found.by_photo
    return {
        "left_out": "block" if found.by_block else "photo",
        "level": found.curve.level,
        **_summary(strict),
        "by_photo": _summary(found.by_photo),
        "photos": [
            {"photo": one.photo, "block": one.block}
            | {"plant": round(one.plant, 4), "estimated": round(one.estimated, 4)}
            | {"low": round(one.low, 4), "high": round(one.high, 4), "windows": round(one.windows, 4)}
            for one in strict
        ],
    }


def _summary(ones: Sequence[One]) -> dict[str, float]:
    """Mean error of the area and of the share of windows, both against the true area, and how many intervals hold."""
    return {
        "mean_error": round(float(np.mean([abs(one.estimated - one.plant) for one in ones])), 4),
        "mean_error_of_windows": round(float(np.mean([abs(one.windows - one.plant) for one in ones])), 4),
        "held": round(float(np.mean([one.is_held for one in ones])), 4),
    }


def report(entry: str, found: Calibration) -> str:
    """A row per photo for each way of leaving out, and a line of JSON."""
    lines = []
    for words, ones in (("the other photos", found.by_photo), ("photos of other blocks", found.by_block)):
        if ones:
            lines += [f"Calibrated on {words}:", *rows(ones), ""]
    lines += [
        "true: pixels that the plant covers. estimated: by the calibration, with its interval of "
        f"{found.curve.level:.0%}. windows: share of windows from a probability of {found.threshold:.3f} on.",
        json.dumps({"entry": entry} | figures(found)),
    ]
    return "\n".join(lines)


def rows(ones: Sequence[One]) -> list[str]:
    """A table of photos, and its means."""
    lines = [f"{'photo':<24} {'block':<6} {'true':>6}  {'estimated':>9}  {'interval':>15}  {'holds':<5}  windows"]
    for one in ones:
        interval, holds = f"{one.low:.1%} to {one.high:.1%}", "yes" if one.is_held else "no"
        lines.append(
            f"{one.photo:<24} {one.block:<6} {one.plant:6.1%}  {one.estimated:9.1%}  {interval:>15}  {holds:<5}  "
            f"{one.windows:7.1%}"
        )
    means = _summary(ones)
    return [
        *lines,
        f"mean error of the area: {100 * means['mean_error']:.1f} points (of the share of windows: "
        f"{100 * means['mean_error_of_windows']:.1f}); {means['held']:.0%} of the intervals hold the truth",
    ]
