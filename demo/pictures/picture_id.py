"""Which picture the page shows, as an address can name it: an example, or one of a set of pictures on the server.

A name is "example:tower-at-dusk", or "cifar-10-batches-py:test:12": the set, its split and the place in it, from 0;
"digits:validation:12" is there on every server. A
picture that somebody gave has no name: nothing of it, nor anything derived from it, is ever in an address. What stands
there instead is `OWN`.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

from PIL import Image

from demo.errors import UserError
from demo.pictures import datasets, examples
from demo.pictures.datasets import CIFAR10, SPLITS
from demo.pictures.decode import open_image
from train.service import small

OWN = "own"
EXAMPLE = "example"
DIGITS = ("digits", "validation")  # those held out from small networks; they come with scikit-learn, not in a folder
QUICK = (CIFAR10, "test")  # is there without a list of the set; the place is the number in the official order
NOT_THERE = "There is no such picture here."
OWN_IS_NOT_HERE = (
    "The picture of this link is not in it, because it was somebody's own: please choose one of yours. Until then you "
    "see the first example."
)


@dataclass(frozen=True)
class Restored:
    """What an address's picture becomes; None: what is there stays."""

    picture: Image.Image | None = None
    truth: str | None = None  # for `PictureOrigin`
    refusal: str = ""  # a sentence: why it is not the picture that was asked for


def example_name(index: int) -> str:
    """The name of an example, from 0; the first one, which a page shows when it is opened, needs none: ""."""
    return f"{EXAMPLE}:{_slug(list(examples.examples())[index])}" if index else ""


def sample_name(name: str, split: str, row: int) -> str:
    """The name of a picture of the set of that name."""
    return f"{name}:{split}:{row}"


def tag(name: str, words: str = "", wanted: str = "") -> str:
    """The value of a `PictureOrigin`.

    Args:
        name: of the picture that is shown.
        words: HTML of a sentence about it.
        wanted: the name of the picture that is to be fetched instead, where that takes a while.
    """
    waits = f' data-wanted="{escape(wanted)}"' if wanted else ""
    return f'<p class="quiet" data-picture="{escape(name)}"{waits}{"" if words else " hidden"}>{words}</p>'


def restored(name: str, shown: object = "") -> Restored:
    """The picture of an address, as far as it exists.

    Args:
        name: anything at all that stood in an address.
        shown: the name of the picture that the page shows already, as a browser sent it.
    """
    shown = shown if isinstance(shown, str) else ""
    if name == shown:
        return Restored()
    if name == OWN:
        return Restored(refusal=OWN_IS_NOT_HERE)
    if _takes_long(name):
        reading = "Reading which pictures the set of this link holds. The first time, this takes some seconds."
        return Restored(truth=tag(shown, reading, name))
    try:
        picture, words = find(name)
    except UserError as error:
        return Restored(refusal=str(error))
    return Restored(picture, tag(name, words))


def find(name: Any) -> tuple[Image.Image, str]:
    """The picture of that name, RGB, and a sentence about it as HTML, or "".

    Raises:
        UserError: there is none, or its file is damaged.
    """
    parts = name.rsplit(":", 2) if isinstance(name, str) else []
    match parts:
        case [""]:
            return open_image(next(iter(examples.examples().values()))), ""
        case [kind, slug] if kind == EXAMPLE:
            path = next((path for title, path in examples.examples().items() if _slug(title) == slug), None)
            if path is not None:
                return open_image(path), ""
        case [of, split, place] if place.isascii() and place.isdigit() and len(place) < 9:
            found = _in_set(of, split, int(place))
            if found is not None:
                return found
    raise UserError(NOT_THERE)


def _in_set(of: str, split: str, place: int) -> tuple[Image.Image, str] | None:
    if (of, split) == DIGITS:
        return _digit(place)
    if of not in datasets.titles() or split not in SPLITS:
        return None
    if (of, split) == QUICK:
        if place >= len(examples.test_set()[0]):
            return None
        picture, words = examples.random_test_picture(place)
        return picture, escape(words)
    found = datasets.read(of)
    if place >= len(found.parts[split].labels):
        return None
    return datasets.picture(found, split, place), datasets.sentence(found, split, place)


def _digit(place: int) -> tuple[Image.Image, str] | None:
    held = small.of_digits().held
    if place >= len(held):
        return None
    words = f"Handwritten digits, held-out picture {place:,}; its true class is {held.labels[place]}."
    return Image.fromarray(held.pictures[place, 0].numpy()).convert("RGB"), words


def in_words(name: str) -> str:
    """What a picture is called, without its true class: "Drawing of a ship"; "" for one of somebody's own."""
    match name.rsplit(":", 2):
        case [""]:
            return next(iter(examples.examples()))
        case [kind, slug] if kind == EXAMPLE:
            return next((title for title in examples.examples() if _slug(title) == slug), "")
        case [of, split, place] if split in SPLITS and place.isascii() and place.isdigit() and len(place) < 9:
            title = "Handwritten digits" if (of, split) == DIGITS else datasets.titles().get(of, "")
            return f"{title}, {split} picture {int(place)}" if title else ""
    return ""


def _takes_long(name: str) -> bool:
    """Whether a set must be listed before its picture is found."""
    of, split = [*name.rsplit(":", 2), "", ""][:2]
    is_listed = (of, split) == QUICK or datasets.is_known(of)
    return split in SPLITS and not is_listed and of in datasets.titles()


def _slug(title: str) -> str:
    return title.lower().replace(" ", "-")
