"""Which photos of a set are for testing, for validation and for training, and whether they are enough to train on."""

import math
import re
from collections.abc import Iterable

import numpy as np

from train.data import splits
from train.data.cifar10 import DataError
from train.data.listing import UNKNOWN, Listing, Photo, few

Part = list[Photo]


def check_missing(found: Listing, tolerance: float) -> None:
    """DataError when more than that share of the labelled photos is not there."""
    if len(found.missing) > int(tolerance * found.labelled):
        raise DataError(
            f"{len(found.missing):,} labelled photos are not there: {few(found.missing)}. At most {tolerance:.0%} may "
            "be missing."
        )


def check_classes(classes: tuple[str, ...], train: Iterable[int]) -> None:
    """DataError when the labels of the photos to train on are of fewer than two classes."""
    labels = set(train) - {UNKNOWN}
    if len(labels) < 2:
        only = f"only {classes[labels.pop()]!r}" if labels else "none"
        raise DataError(f"There must be photos of at least two classes to train on; there is {only}.")


def divided(found: Listing, seed: int, holds_out: bool = True) -> list[Part]:
    """Test, validation and train: a photo that is in several stays in the first. Tiles of no class come last."""
    train, validation, test = found.train, found.validation, found.test
    if found.layout == "classes" and not validation and not test:
        test, train = _held(train, seed, "test")
    if holds_out and not validation and len({photo.label for photo in train} - {UNKNOWN}) > 1:
        if found.layout == "tiles":
            held = splits.by_blocks(block_numbers(train), labels_of(train), splits.HELD, seed)
            validation, train = _divided(train, held)
        else:
            validation, train = _held(train, seed, "validation")
    known_first = [[photo for photo in part if photo.label != UNKNOWN] for part in (test, validation, train)]
    others = [[photo for photo in part if photo.label == UNKNOWN] for part in (test, validation, train)]
    return [known + rest for known, rest in zip(known_first, others, strict=True)]


def _held(photos: Part, seed: int, what: str) -> tuple[Part, Part]:
    names = [f"{what}:{photo.file.name}" for photo in photos]  # test and validation draw independently
    return _divided(photos, splits.stratified(names, labels_of(photos), splits.HELD, seed))


def _divided(photos: Part, held: np.ndarray) -> tuple[Part, Part]:
    pairs = list(zip(photos, held, strict=True))
    return [photo for photo, out in pairs if out], [photo for photo, out in pairs if not out]


def labels_of(photos: Part) -> np.ndarray:
    return np.array([photo.label for photo in photos], dtype=np.int64)


def block_numbers(photos: Part) -> np.ndarray:
    """Block numbers as in the table where all are whole numbers; else the places in the sorted list of names."""
    names = [photo.block for photo in photos]
    if all(re.fullmatch(r"-?[0-9]{1,18}", name) for name in names):
        return np.array([int(name) for name in names], dtype=np.int64)
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def thinned(photos: Part, limit: int, seed: int) -> Part:
    """At most `limit` of the photos whose class is known, and of the others in proportion."""
    known = [photo for photo in photos if photo.label != UNKNOWN]
    rest = photos[len(known) :]
    return _drawn(known, limit, seed) + _drawn(
        rest, math.ceil(limit * len(rest) / (len(known) or len(rest) or 1)), seed
    )


def _drawn(photos: Part, limit: int, seed: int) -> Part:
    keys = splits.spread([photo.file.name for photo in photos], labels_of(photos), seed)
    return [photos[index] for index in sorted(np.argsort(keys, kind="stable")[:limit].tolist())]
