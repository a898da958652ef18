"""Where in a whole photo a network sees its class: a heat map, a table and shapes for programs that draw maps.

    python -m train survey ENTRY PHOTO --out DIR                 PHOTO-survey.png, .csv and .geojson in DIR
    python -m train survey ENTRY PHOTO --out DIR --mask MASK     and how well it agrees with a mask, white for the class

The photo is covered with windows as large as what the network was trained on (model_zoo/aerial/survey.py).
"""

import argparse
import io
from pathlib import Path
from typing import Any

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from PIL import Image
from tqdm import tqdm

import model_zoo
from model_zoo.aerial.results import cells, geojson, table, words
from model_zoo.aerial.survey import Comparison, Survey, compare, survey, told_window
from model_zoo.aerial.threshold import PRESENT, chosen
from model_zoo.entries import entry
from train.commands.cut import read_mask, read_photo
from train.data import decode
from train.data.cifar10 import DataError

SHADES = ("#ffffcc", "#fed976", "#fd8d3c", "#e31a1c", "#800026")
"""ColorBrewer's YlOrRd, from 0 to 1: safe for the colour-blind, and no colour of plants."""
OPACITY = 0.55
DRAWN = 2000  # pixels of the longer side of the photo in the heat map


def heat_map(photo: Image.Image, result: Survey, label: str, threshold: float) -> bytes:
    """A PNG: the photo, coloured where the mean probability of the windows over a place reaches the threshold."""
    drawn = cells(result)
    values = drawn.values[..., result.classes.index(label)]
    scale = min(1.0, DRAWN / max(photo.size))  # not Image.thumbnail, which takes a copy of the whole
    small = photo.resize(tuple(max(1, round(scale * side)) for side in photo.size), reducing_gap=2)
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
        alpha=OPACITY * (values >= threshold),
    )
    axes.set(xlabel="x, pixels", ylabel="y, pixels", title=words(result, label, threshold).split(". ")[0])
    bar = figure.colorbar(shown, ax=axes, label=f"probability of {label}; below {threshold:.3g} not drawn", shrink=0.8)
    bar.ax.axhline(threshold, color="black")
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=150)
    return out.getvalue()


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


def add_command(commands: Any) -> None:
    """`survey` among the commands of `python -m train`."""
    command = commands.add_parser(
        "survey",
        help="where in a whole photo a network sees its class",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=_run)
    command.add_argument("entry", metavar="ENTRY", help="a name of the zoo, or a folder")
    command.add_argument("photo", metavar="PHOTO", type=Path, help="JPEG, PNG or WebP")
    command.add_argument("--out", required=True, metavar="DIR", type=Path, help="folder for the results")
    command.add_argument("--mask", metavar="MASK", type=Path, help="of the photo's size; white is the class")
    command.add_argument("--window", type=int, metavar="N", help="side of a window in the photo's pixels")
    command.add_argument("--stride", type=int, metavar="N", help="pixels between windows; a window's side if not given")
    command.add_argument(
        "--class", dest="label", metavar="NAME", help="the class to map; the one that the entry names, if not given"
    )
    command.add_argument("--threshold", type=float, metavar="P", help="probability, 0 to 1; the entry's, or 0.5")


def _run(given: argparse.Namespace) -> int:
    model = model_zoo.entry_of(given.entry)
    label, threshold = chosen(model, given.label, given.threshold)
    files = {kind: given.out / f"{given.photo.stem}-survey.{kind}" for kind in ("png", "csv", "geojson")}
    there = [str(path) for path in files.values() if path.exists()]
    if there:
        raise DataError(f"{there[0]} exists already. Name another folder, or remove it.")
    photo = decode.as_rgb(read_photo(given.photo))
    mask = read_mask(given.mask) if given.mask else None
    with tqdm(desc="surveying", unit=" windows", disable=None) as bar:

        def progress(done: int, count: int) -> None:
            bar.total = count
            bar.update(done - bar.n)

        result = survey(model, photo, window=given.window, stride=given.stride, progress=progress)
    compared = compare(result, label, mask) if mask is not None else None
    given.out.mkdir(parents=True, exist_ok=True)
    entry.write_files(
        {
            files["png"]: heat_map(photo, result, label, threshold),
            files["csv"]: table(result, label, threshold).encode(),
            files["geojson"]: geojson(result, label, threshold, given.photo.name).encode(),
        }
    )
    print(f"{', '.join(map(str, files.values()))}")
    print(words(result, label, threshold))
    if compared:
        print(report(compared))
    if given.window is None and told_window(model) is None:
        print(
            f"{model.name} does not say how large a part of a photo it was trained on, so windows of {result.window:,} "
            "pixels are a guess; --window sets their side."
        )
    return 0
