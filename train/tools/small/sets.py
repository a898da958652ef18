"""The pictures that a small network can learn from: digits, CIFAR-10, or somebody's own classes."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from train.data import cifar10, digits
from train.data.cifar10 import CIFAR10_CLASSES, DataError, Images
from train.entry.card import CIFAR10
from train.tools.own.fine_tune import images, part_held_out, squares
from train.tools.own.own_entry import LIMITS
from train.tools.own.pictures import Collection
from train.tools.own.scenes import scenes
from train.tools.small.plan import About

MOST_CIFAR, HELD_CIFAR = 10_000, 1_000
OWN_SIDE = 32
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)  # of CIFAR-10's pictures, per colour, from 0 to 1
GREY_MEAN, GREY_STD = 0.0, 16 / 17  # so that ink is from 0 to 1 again: 240 / 255 * 17 / 16
NO_CIFAR = "CIFAR-10 is not on this server. Take the digits, which need no download, or your own classes."


DIGITS = About("digits", 1, digits.SIDE, len(digits.CLASSES), digits.COUNT - digits.HELD, digits.HELD)


def cifar10_about(pictures: int) -> About:
    """CIFAR-10 with so many pictures to learn from."""
    return About("cifar10", 3, 32, len(CIFAR10_CLASSES), pictures, HELD_CIFAR)


@dataclass(frozen=True, eq=False)
class SmallSet:
    """Pictures to learn from and others, held out, to see what was learned."""

    about: About
    title: str
    classes: tuple[str, ...]
    mean: tuple[float, ...]  # per channel
    std: tuple[float, ...]
    train: Images  # bytes (N, channels, side, side)
    held: Images
    card: dict[str, Any]  # what an entry's card says of the data


def of_digits() -> SmallSet:
    """1,437 digits to learn from, 360 held out."""
    train, held = _digits()
    card = {
        "name": "Handwritten digits",
        "source": digits.SOURCE,
        "licence": "CC BY 4.0",
        "citation": digits.CITATION,
        "split": f"the first {len(train):,} to learn from, the last {len(held):,} held out",
        "split_seed": 0,
        "limits": "one digit, written large in white on black; any other picture gets the name of a digit all the same",
    }
    return SmallSet(DIGITS, "digits", digits.CLASSES, (GREY_MEAN,), (GREY_STD,), train, held, card)


@lru_cache(maxsize=1)
def _digits() -> tuple[Images, Images]:
    return digits.digits()


def of_cifar10(folder: Path, pictures: int) -> SmallSet:
    """So many training pictures of CIFAR-10, and 1,000 of those that its split keeps back.

    Raises:
        DataError: they are not there.
    """
    train, held = _cifar10(folder)
    train = train.take(slice(pictures))
    card = {
        "name": CIFAR10,
        "source": cifar10.SOURCE,
        "licence": "none stated; the pictures are not part of this entry",
        "citation": cifar10.CITATION,
        "split": f"{len(train):,} to learn from, {len(held):,} others of the training pictures held out",
        "split_seed": cifar10.SPLIT_SEED,
    }
    return SmallSet(cifar10_about(len(train)), CIFAR10, CIFAR10_CLASSES, MEAN, STD, train, held, card)


@lru_cache(maxsize=1)
def _cifar10(folder: Path) -> tuple[Images, Images]:
    """As many as anybody can have: 34 MB that stay in memory."""
    if not (folder / "cifar-10-batches-py").is_dir():
        raise DataError(NO_CIFAR)  # a page must not download 170 MB for a click
    everything = cifar10.cifar10(folder, "train")
    train, held = cifar10.training_order(len(everything))
    return everything.take(train[:MOST_CIFAR]), everything.take(held[:HELD_CIFAR])


def of_collection(collection: Collection) -> SmallSet:
    """Somebody's own classes at 32 x 32 pixels; about a fifth is held out, whole scenes of every class.

    Raises:
        DataError: there are too few classes, or scenes of one.
    """
    collection.check()
    which = part_held_out(collection.labels, scenes(collection.pictures), len(collection.classes))
    parts = [collection.take(np.flatnonzero(each).tolist()) for each in (~which, which)]
    train, held = (
        replace(images(squares(part, OWN_SIDE), part.labels, len(collection.classes)), targets=None) for part in parts
    )
    about = About("own", 3, OWN_SIDE, len(collection.classes), len(train), len(held))
    card = {
        "name": f"own pictures ({collection.name})",  # never the name of a known set of pictures
        "source": "pictures of whoever made it",
        "licence": "that of their owners; the pictures are not part of this entry",
        "citation": "none",
        "split": f"{len(train):,} to learn from, {len(held):,} of other scenes held out",
        "split_seed": 0,
        "limits": LIMITS,
    }
    return SmallSet(about, "own classes", collection.classes, MEAN, STD, train, held, card)
