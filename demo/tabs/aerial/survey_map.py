"""The survey of a whole photo: what the page shows of it, and the files that it can be saved as."""

import base64
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from PIL import Image

import model_zoo
from demo.core.networks import network
from demo.errors import UserError
from demo.pictures.decode import open_photo, photo_resolution, photo_size
from demo.render.html import jpeg_url
from demo.tabs.aerial.batch import Upload, shown
from model_zoo import Model
from model_zoo.aerial import ground
from model_zoo.aerial.cover import Area, CoverCurve, area, curve_of
from model_zoo.aerial.results import area_words, cells, geojson, left_out, meaning, table
from model_zoo.aerial.scale_check import doubts
from model_zoo.aerial.site_head import SiteHead
from model_zoo.aerial.survey import Survey, default_window, planned, surveying, told_window
from model_zoo.aerial.threshold import decision
from model_zoo.trust.judgement import FALSE_ALARMS

MOST_CLASSES = 24  # that the map can show; of more those that are most probable on the whole
MOST_WINDOWS = 5_000  # of one photo; others wait meanwhile
DRAWN = 1400  # pixels of the longer side of the photo as the browser gets it
APART = {"side by side": 1.0, "half overlapping": 0.5}
"""What can be chosen -> distance of the windows as a share of their side."""
NEWS = 0.7  # seconds between two pictures of a growing map
FITTED_AREA = (
    "What the last layer fitted to your marks expects of all windows, the hatched ones too, and what your marks show "
    "beyond that. It holds for this photo, as far as the eye can tell."
)
MIDDLE = 0.5  # where the threshold stands for networks without one of their own


@dataclass(frozen=True, eq=False)
class Saved:
    """What a session keeps of its last survey, to save files from."""

    photo: str  # the file's name
    survey: Survey
    curve: CoverCurve | None = None  # from probability to cover, where the windows are such as it was found on
    value: dict[str, Any] = field(default_factory=dict)  # of the widget
    area: Area | None = None  # where it is not the curve's


@dataclass(frozen=True, eq=False)
class Plan:
    """What will be done with a photo."""

    survey: Survey  # without answers
    resolution: ground.Resolution  # of the photo
    is_alike: bool | None  # whether the windows show as much ground as the network was trained on; None: nobody says

    @property
    def count(self) -> int:
        return len(self.survey.lefts) * len(self.survey.tops)


def plan(
    model: Model,
    upload: Upload,
    window: int | None,
    apart: str,
    metres: float | None = None,
    false_alarms: float = FALSE_ALARMS,
) -> Plan:
    """The windows for a photo, from its header alone.

    Args:
        window: side in pixels of the photo; if None, what shows as much ground as the network was trained on where
            that is known, or the network's own.
        apart: a key of `APART`.
        metres: of ground that the photo shows from left to right; what its metadata tell if None.
        false_alarms: the share of known windows that may be called unfamiliar, between 0 and 1.

    Raises:
        UserError: the file is no photo that can be used, the windows do not fit, or no such share; in words.
    """
    width, height = photo_size(upload.path)
    if apart not in APART:
        raise UserError(f"Windows can stand {' or '.join(APART)}.")
    try:
        found = photo_resolution(upload.path) if metres is None else ground.across(metres, width)
        side = window or default_window(model, width, height, ground.fitting_window(model, found))
        stride = max(1, round(APART[apart] * side))
        result = planned(model, width, height, side, stride, false_alarms)
    except UserError:
        raise
    except ValueError as error:
        raise UserError(str(error)) from error
    count = len(result.lefts) * len(result.tops)
    if count > MOST_WINDOWS:
        raise UserError(f"That would be {count:,} windows; at most {MOST_WINDOWS:,} are answered. Choose larger ones.")
    return Plan(result, found, ground.is_alike(model, result.window, found))


def warning(model: Model, window: int | None) -> str:
    """What to know of a network that was not made for parts of photos, and of windows of a guessed size; or ""."""
    told, label, words = told_window(model), decision(model)[0], ""
    if label is None:
        kinds = " and ".join(model.classes) if len(model.classes) == 2 else f"{len(model.classes)} kinds of things"
        words = (
            f" {model.title} tells {kinds} apart, and its card names none of them to look for: the map begins with the "
            "class that is most probable on the whole; choose another one in it."
        )
    if told is None and len(model.classes) > 2:
        made = (each for each in map(network, model_zoo.names()) if told_window(each) is not None)
        words += next((f" {each.title} was made for photos like this: choose it as the network." for each in made), "")
    elif told is None and window is None:
        words += (
            f" How much of a photo {model.title} was trained to look at, its card does not say: their size is a guess."
        )
    return words


def unnamed(model: Model, survey: Survey) -> str:
    """Which class the map begins with where the card names none; "" where it does.

    The page takes the class whose mean probability over the windows is highest, and so does this.
    """
    if decision(model)[0] is not None:
        return ""
    label = survey.classes[int(_means(survey).argmax())]
    return (
        f" The card of {model.title} names no class to look for. The map begins with {label}, the most probable one on "
        "the whole: choose in it which class you want to see."
    )


def description(survey: Survey) -> str:
    """What will be done, in a sentence."""
    rows, columns = len(survey.tops), len(survey.lefts)
    return (
        f"{survey.width:,} × {survey.height:,} pixels: {columns} × {rows} = {columns * rows:,} windows of "
        f"{survey.window:,} × {survey.window:,} pixels."
    )


def running(model: Model, title: str, upload: Upload, chosen: Plan) -> Iterator[tuple[int, dict[str, Any], Saved]]:
    """The survey as it grows: how many windows have an answer, the widget's value, and what to keep.

    Where the answers are in doubt, that is said from the beginning, and no area is told.

    Raises:
        UserError: the photo cannot be decoded, or the network's answers are no numbers.
    """
    photo, name = open_photo(upload.path), shown(upload.name)
    start = last = time.monotonic()
    doubtful = doubts(model, photo, chosen.survey.window, chosen.is_alike)
    curve = None if chosen.is_alike is False or doubtful else curve_of(model)
    still = _still(model, title, photo, name, chosen.survey) | {"doubt": doubtful}
    try:
        for done, survey in surveying(model, photo, chosen.survey, features=True):
            now = time.monotonic()
            if done == chosen.count or now - last >= NEWS:
                last = now
                value = still | _moving(survey, done, round(now - start, 1)) | _area(survey, curve)
                yield done, value, Saved(name, survey, curve, value)
    except UserError:
        raise
    except ValueError as error:
        raise UserError(str(error)) from error


def _still(model: Model, title: str, photo: Image.Image, name: str, survey: Survey) -> dict[str, Any]:
    """What of the widget's value stays the same while a survey grows."""
    scale = min(1.0, DRAWN / max(photo.size))
    width, height = (max(1, round(scale * side)) for side in photo.size)
    small = photo.resize((width, height), reducing_gap=2)
    label, threshold = decision(model)
    return {
        "run": secrets.token_hex(8),  # tells one survey from the next
        "photo": jpeg_url(small, 78),
        "name": name,
        "network": title,
        "label": label,
        "threshold": MIDDLE if threshold is None else threshold,
        "own": threshold is not None,
        "width": survey.width,
        "height": survey.height,
        "window": survey.window,
        "lefts": survey.lefts,
        "tops": survey.tops,
    }


def _area(survey: Survey, curve: CoverCurve | None) -> dict[str, Any]:
    """What the widget says of area, and of windows that do not count."""
    found = area(survey, curve) if curve else None
    strange = np.flatnonzero(survey.unfamiliar) if survey.unfamiliar is not None else np.empty(0, int)
    told = None
    if curve and found:
        told = {"label": curve.label, "words": area_words(found, curve.label), "meaning": meaning(found)}
    return {"area": told, "unfamiliar": strange.tolist(), "left_out": left_out(survey)}


def refitted(kept: Saved, head: SiteHead) -> Saved:
    """The map with the answers of a last layer that was fitted to marks."""
    label = head.curve.label
    about = {"label": label, "words": area_words(head.area, label), "meaning": FITTED_AREA}
    value = kept.value | _moving(head.survey, kept.value["done"], kept.value["seconds"])
    value |= {"run": secrets.token_hex(8), "label": label, "threshold": head.after.threshold, "own": False}
    return Saved(kept.photo, head.survey, head.curve, value | {"area": about, "fitted": head.marks}, head.area)


def _moving(survey: Survey, done: int, seconds: float) -> dict[str, Any]:
    survey = _narrowed(survey)
    drawn = cells(survey)
    return {
        "classes": list(survey.classes),
        "done": done,
        "seconds": seconds,
        "windows": packed(survey.probabilities),
        "cells": packed(drawn.values),
        "xs": drawn.xs.tolist(),
        "ys": drawn.ys.tolist(),
    }


def _narrowed(survey: Survey) -> Survey:
    """Only the classes that the map offers."""
    if len(survey.classes) <= MOST_CLASSES:
        return survey
    kept = np.sort(np.argsort(-_means(survey), kind="stable")[:MOST_CLASSES])
    return replace(
        survey, classes=tuple(survey.classes[i] for i in kept), probabilities=survey.probabilities[..., kept]
    )


def _means(survey: Survey) -> np.ndarray:
    """Of each class over the windows that are answered: float64 (classes,)."""
    known = survey.probabilities[~np.isnan(survey.probabilities).any(axis=-1)]
    return known.mean(axis=0, dtype=np.float64)


def packed(values: np.ndarray) -> str:
    """(rows, columns, classes) as little-endian float32 in base64, class by class; NaN stays NaN."""
    return base64.b64encode(np.moveaxis(values, -1, 0).astype("<f4").tobytes()).decode("ascii")


def file(kept: Saved, kind: str, label: str, threshold: float) -> dict[str, str]:
    """A file to save: `name`, `type` and `text`.

    Args:
        kind: "csv" or "geojson".
        threshold: 0..1.
    """
    stem = re.sub(r"[^\w.-]+", "-", f"{PurePosixPath(kept.photo).stem}-{label}-{threshold:.2f}").strip("-.")
    if kind == "csv":
        text = table(kept.survey, label, threshold, kept.curve)
        return {"name": f"{stem}.csv", "type": "text/csv", "text": text}
    text = geojson(kept.survey, label, threshold, kept.photo, kept.curve, kept.area)
    return {"name": f"{stem}.geojson", "type": "application/geo+json", "text": text}
