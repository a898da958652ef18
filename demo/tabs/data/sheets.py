"""Pictures of a set, a page at a time: what a `SampleGrid` shows."""

from typing import Any

import numpy as np
from PIL import Image, ImageOps

from demo.errors import UserError
from demo.pictures import datasets
from demo.pictures.datasets import PictureSet
from demo.render.html import data_url, jpeg_url
from demo.tabs.data.confusion import Answers
from model_zoo import Model

PAGE = 40  # pictures; at 96 pixels about 200 kB
THUMBNAIL = 96  # pixels of a side


def labels(found: PictureSet, split: str) -> dict[str, int | None]:
    """What the browser calls each class that there is in a split -> its number; "" is all of them, "-1" is none."""
    there = np.unique(found.parts[split].labels).tolist()
    return {"": None} | {found.classes[label] if label >= 0 else "-1": label for label in there}


def page(found: PictureSet, split: str, label: str = "", number: int = 1) -> dict[str, Any]:
    """A page of pictures for a `SampleGrid`.

    Args:
        split: one of `SPLITS`.
        label: the name of a class, "-1" for pictures without one, "" for all.
        number: of the page, from 1; the nearest one that there is, is shown.
    """
    known = labels(found, split)
    rows = found.parts[split].rows(known[label])
    number, pages, first = _paged(len(rows), number)
    shown = rows[first : first + PAGE].tolist()
    samples = [sample(found, split, row) for row in shown]
    return {
        "set": found.name,
        "split": split,
        "label": label,
        "page": number,
        "pages": pages,
        "counted": f"{first + 1:,} to {first + len(shown):,} of {len(rows):,}" if shown else "none",
        "splits": [
            {"value": name, "text": f"{name} ({len(part.labels):,})"}
            for name, part in found.parts.items()
            if len(part.labels)
        ],
        "labels": [
            {"value": text, "text": "all" if each is None else found.label(each)} for text, each in known.items()
        ],
        "samples": samples,
        "tiny": found.layout == "cifar10",
        "context": {},
    }


def cell(model: Model, found: PictureSet, answers: Answers, at: tuple[int, int], number: Any = 1) -> dict[str, Any]:
    """A page of the pictures behind a cell, for a `SampleGrid`; `at` is (true, predicted)."""
    places = answers.cell(*at)
    true, predicted = (model.classes[each] for each in at)
    number, pages, first = _paged(len(places), number)
    shown = places[first : first + PAGE].tolist()
    samples = [
        sample(found, "test", int(answers.rows[place]), f"{predicted} {answers.probabilities[place, at[1]]:.1%}")
        for place in shown
    ]
    counted = f"{first + 1:,} to {first + len(shown):,} of {len(places):,}" if shown else "None"
    return {
        "set": found.name,
        "split": "test",
        "label": "",
        "page": number,
        "pages": pages,
        "counted": f"{counted} among {len(answers.rows):,} test pictures: true class {true}, answer {predicted}",
        "splits": [],
        "labels": [],
        "samples": samples,
        "tiny": found.layout == "cifar10",
        "context": {"true": str(at[0]), "predicted": str(at[1])},
    }


def sample(found: PictureSet, split: str, row: int, text: str = "") -> dict[str, Any]:
    """A picture as a thumbnail, with its class and name; or why it cannot be opened."""
    part = found.parts[split]
    facts = {"row": row, "text": text or found.label(int(part.labels[row])), "name": part.names[row].split("/")[-1]}
    try:
        return facts | {"src": _thumbnail(datasets.picture(found, split, row))}
    except UserError as error:
        return facts | {"src": "", "trouble": str(error)}


def _thumbnail(picture: Image.Image) -> str:
    """The largest centred square: a small picture as it is, which the browser enlarges, a larger one as a JPEG."""
    if max(picture.size) <= THUMBNAIL // 2:
        return data_url(picture)
    return jpeg_url(ImageOps.fit(picture, (THUMBNAIL, THUMBNAIL)), quality=82)


def _paged(count: int, number: Any) -> tuple[int, int, int]:
    """The page that there is nearest to the asked one, how many there are, and the first place on it."""
    pages = max(1, -(-count // PAGE))
    number = max(1, min(pages, number)) if type(number) is int else 1
    return number, pages, (number - 1) * PAGE
