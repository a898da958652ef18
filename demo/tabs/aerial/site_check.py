"""A survey checked by eye: the windows that the page shows, and what the reader's marks come to."""

import math
import secrets
from dataclasses import dataclass
from typing import Any

from PIL import Image

from demo.errors import UserError
from demo.pictures.decode import open_photo
from demo.render.html import jpeg_url
from demo.tabs.aerial.batch import Upload, shown
from demo.tabs.aerial.survey_map import Saved
from model_zoo.aerial import site_check, site_head
from model_zoo.aerial.cover import LEVEL
from model_zoo.aerial.results import bounds, percent
from model_zoo.aerial.site_check import COVERS, Estimate, Plan, Quality, SiteCheck
from model_zoo.aerial.site_head import SiteHead
from model_zoo.aerial.threshold import PRESENT

CROP = 288  # pixels of a window as it is shown
AROUND = 0.25  # of a window's side is shown around it, to tell what it is a part of
ANOTHER_PHOTO = (
    "The map below is of another photo than the one that is chosen now. Survey this one first, then check it."
)
BEFORE_THE_FIT = (
    " Precision and recall are those of the map as it was: the fitted one was made from these very marks, so that they "
    "cannot say how good it is; what stands above about the fit can."
)
NO_MARKS = "The page sent marks that cannot be understood. Please reload it."


@dataclass(frozen=True, eq=False)
class Check:
    """What a session keeps of a check: its survey and the windows that were drawn."""

    saved: Saved
    plan: Plan


def begin(kept: Saved, files: list[Upload], label: str, threshold: float) -> tuple[dict[str, Any], Check]:
    """The widget's value with the windows to look at, and what to keep.

    Raises:
        UserError: the photo is gone or another one, or there are too few windows.
    """
    if not files or shown(files[0].name) != kept.photo:
        raise UserError(ANOTHER_PHOTO)
    try:
        plan = site_check.plan(kept.survey, label, threshold, seed=secrets.randbits(32))
    except ValueError as error:
        raise UserError(str(error)) from error
    photo = open_photo(files[0].path)
    if photo.size != (kept.survey.width, kept.survey.height):
        raise UserError(ANOTHER_PHOTO)
    boxes = kept.survey.boxes().reshape(-1, 4)
    windows = [{"index": index, "url": _crop(photo, boxes[index].tolist())} for index in plan.picked]
    value = {
        "run": secrets.token_hex(8),
        "label": label,
        "covers": list(COVERS),
        "around": AROUND / (1 + 2 * AROUND),  # share of the crop's side that is around the window
        "windows": windows,
        "needed": [list(set(plan.picked) & set(band)) for band in plan.bands],
    }
    return value, Check(kept, plan)


def _crop(photo: Image.Image, box: list[int]) -> str:
    """The window with what is around it; beyond the photo's border it is grey."""
    margin = round(AROUND * (box[2] - box[0]))
    side = box[2] - box[0] + 2 * margin
    whole = Image.new("RGB", (side, side), (128, 128, 128))
    left, top = max(0, box[0] - margin), max(0, box[1] - margin)
    seen = photo.crop((left, top, min(photo.width, box[2] + margin), min(photo.height, box[3] + margin)))
    whole.paste(seen, (left - (box[0] - margin), top - (box[1] - margin)))
    return jpeg_url(whole.resize((CROP, CROP), Image.Resampling.BICUBIC), 80)


def marks_of(sent: Any, plan: Plan) -> dict[int, float]:
    """Window -> cover, out of what a browser sent: the name of a class of covers for each window that is marked.

    Raises:
        UserError: they are no marks of these windows.
    """
    if not isinstance(sent, dict) or len(sent) > len(plan.picked):
        raise UserError(NO_MARKS)
    known = {str(index): index for index in plan.picked}
    if not all(name in known and isinstance(cover, str) and cover in COVERS for name, cover in sent.items()):
        raise UserError(NO_MARKS)
    return {known[name]: COVERS[cover] for name, cover in sent.items()}


def estimate(check: Check, marks: dict[int, float]) -> SiteCheck:
    """What the marks come to.

    Raises:
        UserError: there are too few, in words.
    """
    try:
        return site_check.check(check.saved.survey, check.plan, marks)
    except ValueError as error:
        raise UserError(str(error)) from error


def told(found: SiteCheck, label: str, is_fitted: bool = False) -> dict[str, Any]:
    """The estimates for the widget: a sentence, rows of a table, and what to know of them.

    Args:
        is_fitted: the map follows a layer fitted to the marks now; precision and recall are those of the map before.
    """
    of = "the threshold before the fit" if is_fitted else "the map’s threshold"
    rows = [
        (f"Windows covered by at least {100 * PRESENT:.0f} %", *_row(found.present)),
        *_quality(of, found.used),
    ]
    if found.best:
        rows += _quality("this site’s threshold", found.best)
    return {
        "head": f"By your {found.marks} marks, “{label}” covers {percent(found.area.value)} of the ground; "
        f"{percent(LEVEL)} interval: {bounds(found.area.low, found.area.high)}.",
        "interval": f"{percent(LEVEL)} interval",
        "rows": rows,
        "best": found.best.threshold if found.best else None,
        "note": "Stratified estimates (Olofsson et al. 2014; Stehman 2014) from windows drawn at random: they hold for "
        "this photo, whatever the network was trained on, as far as the eye can tell. Marks that all agree count as "
        "certain, so that few of them make intervals too narrow. The threshold of this site is the one with the "
        "highest F1 (the harmonic mean of precision and recall) over these very marks, which flatters it a little."
        + (BEFORE_THE_FIT if is_fitted else ""),
    }


def _quality(where: str, found: Quality) -> list[tuple[str, str, str]]:
    at = f"{where}, {found.threshold:.1%}"
    return [
        (f"Precision at {at}: windows above it that have the plant", *_row(found.precision)),
        (f"Recall at {at}: windows with the plant that are above it", *_row(found.recall)),
    ]


def _row(one: Estimate) -> tuple[str, str]:
    if math.isnan(one.value):
        return "not known", ""
    return percent(one.value), bounds(one.low, one.high)


def fit(check: Check, marks: dict[int, float]) -> SiteHead:
    """A last layer fitted to the marks.

    Raises:
        UserError: there are too few, of one kind perhaps, or nothing that it could be fitted to, in words.
    """
    try:
        return site_head.fit(check.saved.survey, check.plan, marks)
    except ValueError as error:
        raise UserError(str(error)) from error


def unfitted_words(why: str) -> dict[str, Any]:
    """Why nothing could be fitted, for the widget."""
    return {"head": f"{why} The map stays as it was.", "applied": False, "note": ""}


def fitted_words(found: SiteHead, label: str) -> dict[str, Any]:
    """What became of a fit, for the widget."""
    before, after = found.before, found.after
    follows = (
        "The map, its area and its table now follow the fitted layer."
        if found.helps
        else "Its percentages are no better, so the map stays as it was."
    )
    return {
        "head": f"Of your {found.marks} marked windows ({found.present} with “{label}”) the map so far has "
        f"{before.right} right, at its threshold of {before.threshold:.1%}, with a log loss of {before.loss:.3f}. A "
        f"last layer fitted to your marks has {after.right} right, at {after.threshold:.0%}, with {after.loss:.3f}. "
        f"{follows}",
        "applied": found.helps,
        "note": "Each marked window was judged by a layer fitted to all the other marks (leave-one-out). Log loss is "
        "lower where percentages are better; 0.693 is that of guessing 50 %. A penalty keeps the fitted layer near the "
        "network’s own, so that few marks change little. Of other photos these figures say nothing.",
    }


def file(check: Check, marks: dict[int, float], kind: str) -> dict[str, str]:
    """A file to save: `name`, `type` and `text`; `kind` is "marks", "results" or "fit".

    Raises:
        UserError: see `estimate` and `fit`.
    """
    stem = check.saved.photo.rpartition(".")[0] or check.saved.photo
    if kind == "marks":
        text = site_check.marks_table(check.saved.survey, check.plan, marks)
    elif kind == "fit":
        text = site_head.results_table(fit(check, marks), check.plan.label)
    else:
        text = site_check.results_table(estimate(check, marks), check.plan.label)
    return {"name": f"{stem}-{kind}.csv", "type": "text/csv", "text": text}
