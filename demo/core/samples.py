"""Pictures of a set on this server in a row, each a button that makes it the page's picture; for a `Panel`, as HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PIL import ImageOps

from demo.errors import UserError
from demo.pictures import datasets
from demo.pictures.datasets import CIFAR10, PictureSet
from demo.render.html import data_url, jpeg_url

SIDE = 72  # pixels of a photo's thumbnail


@dataclass(frozen=True)
class Sample:
    """A picture of a split, by its place among the pictures that a training or a test took."""

    index: int
    label: str  # its class
    words: str  # what stands below it, beside its class


def samples(found: PictureSet | None, split: str, chosen: Sequence[Sample], caption: str) -> str:
    """A table of one row, which wraps: the pictures that are at hand, and of all others only the words.

    `caption` is HTML.
    """
    cells = "".join(f"<td>{_cell(found, split, each)}</td>" for each in chosen)
    return f'<table class="samples"><caption>{caption}</caption><tbody><tr>{cells}</tr></tbody></table>'


def _cell(found: PictureSet | None, split: str, sample: Sample) -> str:
    words = f"<b>{escape(sample.label)}</b><br>{escape(sample.words)}"
    place = None if found is None else _place(found, split, sample)
    if found is None or place is None:
        return f"<p>{words}</p>"
    try:
        picture = datasets.picture(found, *place)
    except UserError:
        return f"<p>{words}</p>"
    small = max(picture.size) <= SIDE
    source = data_url(picture) if small else jpeg_url(ImageOps.fit(picture, (SIDE, SIDE)), quality=82)
    said = f"Look at this picture: {sample.label}, {sample.words}"
    return (
        f'<button type="button" data-set="{escape(found.name)}" data-split="{place[0]}" data-row="{place[1]}" '
        f'title="{escape(said)}"><img class="{"pixels" if small else ""}" src="{source}" alt="{escape(said)}">'
        f"</button><p>{words}</p>"
    )


def _place(found: PictureSet, split: str, sample: Sample) -> tuple[str, int] | None:
    """Split and row of a picture in the set as it is listed here; None where that cannot be told for certain."""
    if (
        found.name == CIFAR10
    ):  # numbered in the official order, of which a training takes most and validates with others
        for part in ("train", "validation") if split == "train" else (split,):
            if sample.index in (numbers := found.parts[part].numbers):
                return _checked(found, part, numbers.index(sample.index), sample)
        return None
    # Which photos a training took depends on what it held back; those of the test are always the same.
    return _checked(found, split, sample.index, sample) if split == "test" else None


def _checked(found: PictureSet, split: str, row: int, sample: Sample) -> tuple[str, int] | None:
    labels = found.parts[split].labels
    return (split, row) if row < len(labels) and found.label(int(labels[row])) == sample.label else None
