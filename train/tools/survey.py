"""Where in a whole photo a network sees its class: a heat map, a table and shapes for programs that draw maps.

The photo is covered with windows as large as what the network was trained on (model_zoo/aerial/survey.py).
"""

import io
from pathlib import Path
from typing import Any

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image
from tqdm import tqdm

import model_zoo
from model_zoo.aerial import ground
from model_zoo.aerial.cover import curve_of
from model_zoo.aerial.results import cells, geojson, table, windows_words, words
from model_zoo.aerial.scale_check import doubts
from model_zoo.aerial.survey import Comparison, Survey, compare, default_window, survey, told_window
from model_zoo.aerial.threshold import PRESENT
from model_zoo.entries import entry
from model_zoo.trust.judgement import FALSE_ALARMS, check_shares, too_few
from train.data import decode
from train.data.cifar10 import DataError
from train.tools.cut import read_mask, read_photo

SHADES = ("#ffffcc", "#fed976", "#fd8d3c", "#e31a1c", "#800026")
"""ColorBrewer's YlOrRd, from 0 to 1: safe for the colour-blind, and no colour of plants."""
OPACITY = 0.55
DRAWN = 2000  # pixels of the longer side of the photo in the heat map


def heat_map(photo: Image.Image, result: Survey, label: str, threshold: float) -> bytes:
    """A PNG: the photo, coloured where the mean probability of the windows over a place reaches the threshold."""
    drawn = cells(result)
    values = drawn.values[..., result.classes.index(label)]
    scale = min(1.0, DRAWN / max(photo.size))  # not Image.thumbnail, which takes a copy of the whole
    width, height = (max(1, round(scale * side)) for side in photo.size)
    small = photo.resize((width, height), reducing_gap=2)
    figure = Figure(figsize=(12, 0.9 + 10.5 * photo.height / photo.width), layout="constrained")
    axes = figure.subplots()
    axes.imshow(small, extent=(0, photo.width, photo.height, 0))
    shown = axes.pcolormesh(
        drawn.xs,
        drawn.ys,
        values,
        cmap=LinearSegmentedColormap.from_list("heat", SHADES),
        vmin=0,
        vmax=1,
        alpha=OPACITY * (values >= threshold),  # pyright: ignore[reportArgumentType] (the stub knows no arrays)
    )
    axes.set(xlabel="x, pixels", ylabel="y, pixels", title=windows_words(result, label, threshold).split(". ")[0])
    bar = figure.colorbar(shown, ax=axes, label=f"probability of {label}; below {threshold:.3g} not drawn", shrink=0.8)
    bar.ax.axhline(threshold, color="black")
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=150)
    return out.getvalue()


def write_survey(model: model_zoo.Model, photo_file: Path, out: Path, label: str, threshold: float, **more: Any) -> str:
    """As `surveyed`, without the survey: its lines for a terminal."""
    return surveyed(model, photo_file, out, label, threshold, **more)[1]


def files_of(photo_file: Path, out: Path) -> dict[str, Path]:
    """What a survey of a photo writes: kind -> file."""
    return {kind: out / f"{photo_file.stem}-survey.{kind}" for kind in ("png", "csv", "geojson")}


def surveyed(
    model: model_zoo.Model,
    photo_file: Path,
    out: Path,
    label: str,
    threshold: float,
    *,
    mask_file: Path | None = None,
    window: int | None = None,
    stride: int | None = None,
    metres: float | None = None,
    false_alarms: float = FALSE_ALARMS,
    is_watched: bool = True,
) -> tuple[Survey, str]:
    """Survey a photo and write a heat map, a table and shapes.

    Args:
        out: the folder for them, made if missing; files that exist are not overwritten.
        label, threshold: the class to look for, and the probability from which on it counts as there.
        mask_file: a picture of the photo's size; white is the class.
        window, stride: side of a window and pixels between two; the network's own if None.
        metres: of ground that the photo shows from left to right; what its metadata tell if None.
        false_alarms: the share of known windows that may be called unfamiliar, between 0 and 1.
        is_watched: show how far it is.

    Returns:
        The survey, and what was written and found, as lines for a terminal.

    Raises:
        DataError: the photo or mask cannot be used, or a file exists already.
        ValueError: the windows do not fit the photo, or no such share.
    """
    files = files_of(photo_file, out)
    check_shares(false_alarms)
    there = [str(path) for path in files.values() if path.exists()]
    if there:
        raise DataError(f"{there[0]} exists already. Name another folder, or remove it.")
    photo = read_photo(photo_file)
    mask = read_mask(mask_file) if mask_file else None
    found = ground.across(metres, photo.width) if metres is not None else _resolution(photo_file)
    side = window or default_window(model, *photo.size, ground.fitting_window(model, found))
    alike = ground.is_alike(model, side, found)
    with tqdm(desc="surveying", unit=" windows", disable=None if is_watched else True) as bar:

        def progress(done: int, count: int) -> None:
            bar.total = count
            bar.update(done - bar.n)

        result = survey(model, photo, window=side, stride=stride, false_alarms=false_alarms, progress=progress)
    doubtful = doubts(model, photo, side, alike)
    curve = None if alike is False or doubtful else curve_of(model)
    compared = [report(compare(result, label, mask))] if mask is not None else []
    out.mkdir(parents=True, exist_ok=True)
    entry.write_files(
        {
            files["png"]: heat_map(photo, result, label, threshold),
            files["csv"]: table(result, label, threshold, curve).encode(),
            files["geojson"]: geojson(result, label, threshold, photo_file.name, curve).encode(),
        }
    )
    lines = [", ".join(map(str, files.values())), words(result, label, threshold, curve), *compared]
    more = (ground.in_words(model, side, found), doubtful, too_few(model.trust, false_alarms))
    lines += [line for line in more if line]
    if window is None and told_window(model) is None:
        lines.append(
            f"{model.name} does not say how large a part of a photo it was trained on, so windows of {result.window:,} "
            "pixels are a guess; --window sets their side."
        )
    return result, "\n".join(lines)


def _resolution(path: Path) -> ground.Resolution:
    try:
        return ground.resolution(path, decode.LIMITS)
    except decode.PictureError as error:
        raise DataError(f"{path.name} {error}.") from error


def report(compared: Comparison) -> str:
    """The comparison as lines for a terminal."""

    def number(value: float | None, otherwise: str) -> str:
        return otherwise if value is None else f"{value:.3f}"

    return (
        f"windows: {compared.windows:,}, of which the mask covers {compared.covered:,} by at least {PRESENT:.0%} and "
        f"{compared.free:,} not at all\n"
        f"correlation of probability and cover: {number(compared.correlation, 'none, one of them never changes')}\n"
        f"ROC AUC of covered against free windows: {number(compared.auc, 'none, there are no windows of one kind')}"
    )
