"""Draws of a few pictures of each class out of large sets, and the test pictures of these, to measure with."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from train.data import cifar10
from train.data.archive_files import files_below
from train.data.cifar10 import CIFAR10_CLASSES, DataError, Images
from train.data.layouts import UNKNOWN, Photo, listing
from train.tools.own.pictures import Collection, OwnPicture, of_file, of_image


@dataclass(frozen=True)
class Draws:
    """Several draws from one set; the first n of each class in a draw are the draw of n a class."""

    draws: tuple[Collection, ...]
    test: Collection  # the pictures, and none but these, on which a network is measured


def of_cifar10(folder: Path, per_class: int, count: int) -> Draws:
    """From CIFAR-10's training pictures, and all its test pictures.

    Args:
        folder: a torchvision root.
        per_class: pictures of each class in a draw.
        count: of draws; the seeds are 0, 1, ...
    """
    train, test = cifar10.cifar10(folder, "train"), cifar10.cifar10(folder, "test")
    draws = []
    for seed in range(count):
        chosen = _drawn(train.labels.tolist(), per_class, seed)
        pictures = tuple(_picture(train, i, "train") for i in chosen)
        draws.append(Collection(CIFAR10_CLASSES, pictures, tuple(train.labels[chosen].tolist()), "CIFAR-10"))
    everything = tuple(_picture(test, i, "test") for i in range(len(test)))
    return Draws(tuple(draws), Collection(CIFAR10_CLASSES, everything, tuple(test.labels.tolist()), "CIFAR-10"))


def of_tiles(folder: Path, block: str, per_class: int, count: int) -> Draws:
    """From the training tiles of one block of ground, and all test tiles that have a class.

    Args:
        folder: a set of tiles with labels.csv.

    Raises:
        DataError: it is no such set, or the block has fewer tiles of a class.
    """
    found = listing(files_below(folder, folder), str(folder))
    here = [photo for photo in found.train if photo.block == block and photo.label != UNKNOWN]
    labels = [photo.label for photo in here]
    if min(labels.count(label) for label in range(len(found.classes))) < per_class:
        raise DataError(f"Block {block} of {folder} has fewer than {per_class} tiles of a class.")
    draws = []
    for seed in range(count):
        chosen = [here[i] for i in _drawn(labels, per_class, seed)]
        draws.append(_tiles(found.classes, chosen, folder.name))
    return Draws(tuple(draws), _tiles(found.classes, [p for p in found.test if p.label != UNKNOWN], folder.name))


def smaller(collection: Collection, per_class: int) -> Collection:
    """The first pictures of each class of a draw."""
    left = [per_class] * len(collection.classes)
    kept = []
    for i, label in enumerate(collection.labels):
        if left[label]:
            left[label] -= 1
            kept.append(i)
    return collection.take(kept)


def export(collection: Collection, folder: Path) -> None:
    """Write the pictures of a draw as a folder per class in `folder/train`, to train on them in other ways, too.

    Raises:
        OSError: they cannot be written.
    """
    for picture, label in zip(collection.pictures, collection.labels, strict=True):
        path = folder / "train" / collection.classes[label] / f"{Path(picture.name).stem}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.load(0).save(path)


def _drawn(labels: Sequence[int], per_class: int, seed: int) -> list[int]:
    """Numbers of so many pictures of each class, in the order in which chance gave them."""
    left = dict.fromkeys(labels, per_class)
    chosen = []
    for i in np.random.default_rng(seed).permutation(len(labels)).tolist():
        if left[labels[i]]:
            left[labels[i]] -= 1
            chosen.append(i)
    return chosen


def _picture(images: Images, i: int, split: str) -> OwnPicture:
    pixels = images.pictures[i].permute(1, 2, 0).contiguous().numpy()
    return of_image(Image.fromarray(pixels), f"{split}/{i}")


def _tiles(classes: tuple[str, ...], photos: Sequence[Photo], name: str) -> Collection:
    pictures = tuple(of_file(photo.file.place, photo.file.name) for photo in photos)
    return Collection(classes, pictures, tuple(photo.label for photo in photos), name)
