"""The survey of a whole photo: what the page shows of it, and the files that it can be saved as."""

import base64
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import numpy as np
from PIL import Image

import model_zoo
from demo.core.networks import network
from demo.errors import UserError
from demo.pictures.decode import open_photo, photo_size
from demo.render.html import jpeg_url
from demo.tabs.aerial.batch import Upload, shown
from model_zoo import Model
from model_zoo.aerial.results import cells, geojson, table
from model_zoo.aerial.survey import Survey, planned, surveying, told_window
from model_zoo.aerial.threshold import decision

MOST_WINDOWS = 5_000  # of one photo; others wait meanwhile
DRAWN = 1400  # pixels of the longer side of the photo as the browser gets it
APART = {"side by side": 1.0, "half overlapping": 0.5}
"""What can be chosen -> distance of the windows as a share of their side."""
NEWS = 0.7  # seconds between two pictures of a growing map
MIDDLE = 0.5  # where the threshold stands for networks without one of their own


@dataclass(frozen=True, eq=False)
class Saved:
    """What a session keeps of its last survey, to save files from."""

    photo: str  # the file's name
    survey: Survey


def plan(model: Model, upload: Upload, window: int | None, apart: str) -> Survey:
    """The windows for a photo, from its header alone.

    Args:
        window: side in pixels of the photo; the network's own if None.
        apart: a key of `APART`.

    Raises:
        UserError: the file is no photo that can be used, or the windows do not fit; in words.
    """
    width, height = photo_size(upload.path)
    if apart not in APART:
        raise UserError(f"Windows can stand {' or '.join(APART)}.")
    try:
        side = planned(model, width, height, window, None).window
        result = planned(model, width, height, side, max(1, round(APART[apart] * side)))
    except UserError:
        raise
    except ValueError as error:
        raise UserError(str(error)) from error
    count = len(result.lefts) * len(result.tops)
    if count > MOST_WINDOWS:
        raise UserError(f"That would be {count:,} windows; at most {MOST_WINDOWS:,} are answered. Choose larger ones.")
    return result


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
    known = survey.probabilities[~np.isnan(survey.probabilities).any(axis=-1)]
    label = survey.classes[int(known.mean(axis=0, dtype=np.float64).argmax())]
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


def running(model: Model, title: str, upload: Upload, empty: Survey) -> Iterator[tuple[int, dict[str, Any], Saved]]:
    """The survey as it grows: how many windows have an answer, the widget's value, and what to keep.

    Raises:
        UserError: the photo cannot be decoded, or the network's answers are no numbers.
    """
    photo, name = open_photo(upload.path), shown(upload.name)
    start = last = time.monotonic()
    still = _still(model, title, photo, name, empty)
    count = len(empty.lefts) * len(empty.tops)
    try:
        for done, survey in surveying(model, photo, empty):
            now = time.monotonic()
            if done == count or now - last >= NEWS:
                last = now
                seconds = round(now - start, 1)
                yield done, still | _moving(survey, done, seconds), Saved(name, survey)
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
        "classes": list(survey.classes),
        "label": label,
        "threshold": MIDDLE if threshold is None else threshold,
        "own": threshold is not None,
        "width": survey.width,
        "height": survey.height,
        "window": survey.window,
        "lefts": survey.lefts,
        "tops": survey.tops,
    }


def _moving(survey: Survey, done: int, seconds: float) -> dict[str, Any]:
    drawn = cells(survey)
    return {
        "done": done,
        "seconds": seconds,
        "windows": packed(survey.probabilities),
        "cells": packed(drawn.values),
        "xs": drawn.xs.tolist(),
        "ys": drawn.ys.tolist(),
    }


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
        return {"name": f"{stem}.csv", "type": "text/csv", "text": table(kept.survey, label, threshold)}
    text = geojson(kept.survey, label, threshold, kept.photo)
    return {"name": f"{stem}.geojson", "type": "application/geo+json", "text": text}
