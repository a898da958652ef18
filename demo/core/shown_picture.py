"""What the page gets when it is to show another picture."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

import gradio as gr

from demo.core.crop import Crop
from demo.core.handlers import user_errors
from demo.core.payloads import is_whole, payload, text
from demo.errors import UserError
from demo.pictures import datasets, picture_id
from demo.pictures.datasets import SPLITS


class CroppedPicture(NamedTuple):  # one value for one component, where a dataclass would stand for several
    """A picture of which the views are to show a square."""

    picture: Any  # PIL picture, or the path of a file
    crop: Crop


@dataclass(frozen=True)
class ShownPicture:
    """A picture that the page is to show."""

    picture: Any  # PIL picture, the path of an example, or a `CroppedPicture`; None: the box becomes empty
    origin: (
        Any  # what it is and its name in the address, as `demo.pictures.picture_id.tag` writes it; "": somebody's own
    )


@user_errors
def taken(event: gr.EventData) -> ShownPicture:
    """A picture of a set becomes the picture of the page; with a sentence of what it is."""
    wish = payload(event)
    return _of_set(wish.get("set"), wish.get("split"), wish.get("row"))


@user_errors
def taken_by_button(event: gr.EventData) -> ShownPicture:
    """The same of a button that `demo.core.samples` writes, all of whose data are texts."""
    wish = payload(event)
    row = text(wish, "row")
    return _of_set(wish.get("set"), wish.get("split"), int(row) if re.fullmatch("[0-9]{1,8}", row) else None)


def _of_set(name: Any, split: Any, row: Any) -> ShownPicture:
    found = datasets.read(name)
    if split not in SPLITS or not is_whole(row) or row >= len(found.parts[split].labels):
        raise UserError("There is no such picture. Please reload the page.")
    words = picture_id.tag(picture_id.sample_name(found.name, split, row), datasets.sentence(found, split, row))
    return ShownPicture(datasets.picture(found, split, row), words)
