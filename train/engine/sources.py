"""The pictures of a training, wherever they come from, and what its card has to say of them."""

import hashlib
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from model_zoo import Model
from model_zoo.common.listing import listed
from train.data import cifar10
from train.data import photo_set as photos
from train.data.cifar10 import DataError, Images
from train.data.layouts import SAMPLE, TILE_LABELS, TRAIN_LABELS
from train.engine import distill
from train.engine.task import Cifar10, Photos, Source, class_weights, soft_share
from train.entry.card import is_cifar10
from train.recipe_types import Cifar10Recipe, PhotoRecipe, Recipe

# Photos are kept larger than the network sees them: cutting out a part costs no detail down to 8/9 of the side. Smaller
# parts, which a recipe's `scale` allows, are enlarged: keeping as much as they could use would take twice the room.
ROOM = 9 / 8
KNOWN_FOLDERS = ("hogweed", "invasive-species-monitoring")  # of sets, in a folder for several
HOGWEED_SHA256 = "5409207c5d21280c9a07f88fa5f439176380fb4856e36a41dbf819aedcaf4edf"  # of its labels.csv
HOGWEED = {
    "name": "Sosnowsky's hogweed from a drone, 79 photos as tiles",
    "source": "https://github.com/DLopatkin/Heracleum-Dataset",
    "licence": "none stated: the pictures may not be passed on, and are not part of this entry",
    "citation": "Menshchikov et al.: Real-Time Detection of Hogweed: UAV Platform Empowered by Deep Learning, IEEE "
    "Transactions on Computers 2021, doi 10.1109/TC.2021.3059819",
    "limits": "one site, one day, one camera, straight down from one height: other places, seasons, heights and "
    "cameras were not tested; not for decisions in the field",
    "window": 250,  # pixels of a photo that a tile shows, saved with 144
    "window_metres": 0.85,  # of ground that a tile shows
}
KAGGLE = {
    "name": "Invasive Species Monitoring",
    "source": "https://www.kaggle.com/competitions/invasive-species-monitoring",
    "licence": "Kaggle's competition rules: the pictures may not be passed on, and are not part of this entry",
    "citation": "Kaggle: Invasive Species Monitoring, 2017",
    "limits": "hydrangea in one Brazilian forest; other plants and places were not tested",
}


def of(recipe: Recipe, folder: str | Path, limit: int | None = None, cache: Path | None = None) -> Source:
    """The pictures for a recipe.

    Args:
        folder: what `--data` names.
        limit: only so many pictures of each split.
        cache: where decoded photos are kept; the user's cache folder if None.

    Raises:
        DataError: they cannot be had; the message says what to put where.
        TrainingError: the recipe's teachers cannot teach these classes.
    """
    if isinstance(recipe, PhotoRecipe):
        return _photos(recipe, folder, limit, cache)
    if isinstance(recipe, Cifar10Recipe):
        return _cifar10(recipe, folder, limit)
    raise TypeError(f"There are no pictures for {type(recipe).__name__}.")


def _cifar10(recipe: Cifar10Recipe, folder: str | Path, limit: int | None) -> Source:
    classes = cifar10.known_classes(recipe.leave_out)

    def kept(images: Images) -> Images:
        return cifar10.of_classes(images, classes).take(slice(0, limit))

    everything = cifar10.cifar10(folder, "train")
    numbers, validation = torch.arange(len(everything)), None
    if recipe.keeps_back:
        numbers, held = cifar10.training_order(len(everything))
        validation = kept(everything.take(held))
    known = torch.tensor([cifar10.CIFAR10_CLASSES.index(name) for name in classes])
    numbers = numbers[torch.isin(everything.labels[numbers], known)][:limit]
    train = cifar10.of_classes(everything.take(numbers), classes)
    facts = {"data_size": _sizes(train, validation), "data_sha256": cifar10.checksum(train)}
    task, test = Cifar10(recipe, classes), lambda: kept(cifar10.cifar10(folder, "test"))
    return Source(task, train, validation, test, facts, numbers=numbers)


def _photos(recipe: PhotoRecipe, folder: str | Path, limit: int | None, cache: Path | None) -> Source:
    place = photo_folder(folder)
    more = {"cache": cache, "limit": limit, "blocks": blocks(recipe.validation_block)}
    large = photos.read(place, round(recipe.size * ROOM), uncertain=recipe.soft_cover > 0, **more)
    exact = photos.read(place, recipe.size, **more)  # as the page prepares a photo for the network
    train, targets = _images(large.train, recipe.soft_cover)
    validation = _images(exact.validation, recipe.soft_cover)[0] if len(exact.validation) else None
    labelled = len(exact.test) and (exact.test.labels >= 0).all()
    _check(exact.validation.labels.tolist(), exact.classes, "validation")
    _check(exact.test.labels.tolist() if labelled else [], exact.classes, "test")
    taught_by = distill.teachers(recipe, exact.classes)
    weights = class_weights(targets, recipe.balance)
    task = Photos(recipe, exact.classes, weights, _about(place, exact), taught_by, exact.positive)
    facts = {"data_size": _sizes(train, validation, exact), "data_sha256": checksum(large.train, targets)}
    test = (lambda: exact.test.images()) if labelled else None
    return Source(task, train, validation, test, facts, tuple(large.report.lines()))


def labelled(
    model: Model,
    folder: str | Path,
    split: str = "test",
    limit: int | None = None,
    cache: Path | None = None,
    own: bool = False,
) -> Images:
    """The pictures that an entry is measured with, as it prepares them; the set need not have any to train on.

    Args:
        model: it says which pictures were held out for validation, too.
        folder: what `--data` names.
        split: "test" or "validation".
        limit, cache: as for `of`.
        own: only of the set that its card says it was trained on.

    Raises:
        DataError: they cannot be had, have no labels, or are of other classes; or nothing was held out.
    """
    if is_cifar10(model.card):
        return cifar10.of_classes(_labelled_cifar10(model, folder, split), model.classes).take(slice(0, limit))
    return _labelled_photos(model, folder, split, limit, cache, own)


def _labelled_cifar10(model: Model, folder: str | Path, split: str) -> Images:
    if split == "test":
        return cifar10.cifar10(folder, "test")
    if all(math.isnan(row["val_accuracy"]) for row in model.history):
        raise DataError(
            f"{model.name} was trained on all 50,000 training pictures; none were kept back for validation."
        )
    return cifar10.training_split(cifar10.cifar10(folder, "train"))[1]


def _labelled_photos(
    model: Model, folder: str | Path, split: str, limit: int | None, cache: Path | None, own: bool
) -> Images:
    # Which tiles are for testing does not depend on the choice of blocks, which takes tiles to train on.
    held = str(model.card["recipe"].get("validation_block", "auto")) if split == "validation" else "none"
    found = photos.read(photo_folder(folder), model.size, cache=cache, limit=limit, blocks=blocks(held), to_train=False)
    part = getattr(found, split)
    name, learned = _about(photo_folder(folder), found)["name"], model.card["data"].get("name")
    if own and name != learned:
        raise DataError(f"{model.name} was trained on {learned!r}, and these photos are {name!r}.")
    _check_classes(model, found)
    if not len(part) or (part.labels < 0).any():
        answers = " Kaggle keeps their labels: python -m train submit writes the answers." if len(part) else ""
        raise DataError(f"The set has no {split} photos with labels.{answers}")
    _check(part.labels.tolist(), found.classes, split)
    images, number = part.images(), torch.tensor([model.classes.index(name) for name in found.classes])
    return Images(images.pictures, number[images.labels])


@dataclass(frozen=True)
class Splits:
    """Labelled pictures as an entry prepares them, to fit something on its features."""

    train: Images
    validation: Images
    test: Images
    is_unseen: bool  # whether the network's training kept the validation pictures back


def splits(model: Model, folder: str | Path, cache: Path | None = None) -> Splits:
    """The pictures that an entry was trained on, those to choose by, and those to measure with.

    Where its training kept none back, the validation pictures are some that it has learned.

    Args:
        model, folder, cache: as for `labelled`.

    Raises:
        DataError: they cannot be had, or are of other classes.
    """
    if is_cifar10(model.card):
        parts = (*cifar10.training_split(cifar10.cifar10(folder, "train")), cifar10.cifar10(folder, "test"))
        is_unseen = not all(math.isnan(row["val_accuracy"]) for row in model.history)
        train, validation, test = (cifar10.of_classes(part, model.classes) for part in parts)
        return Splits(train, validation, test, is_unseen)
    held = blocks(str(model.card["recipe"].get("validation_block", "auto")))
    is_unseen = held is None or bool(held)
    found = photos.read(photo_folder(folder), model.size, cache=cache, blocks=held or None)
    _check_classes(model, found)
    number = torch.tensor([model.classes.index(name) for name in found.classes])

    def images(split: str) -> Images:
        part = getattr(found, split)
        if not len(part) or (part.labels < 0).any():
            raise DataError(f"The set has no {split} photos with labels.")
        taken = part.images()
        return Images(taken.pictures, number[taken.labels])

    return Splits(images("train"), images("validation"), images("test"), is_unseen)


def _check_classes(model: Model, found: photos.PhotoSet) -> None:
    if set(found.classes) != set(model.classes):
        raise DataError(f"{model.name} tells {listed(model.classes)} apart; the photos are of {listed(found.classes)}.")


def photo_folder(folder: str | Path) -> Path:
    """The set of photos itself, where a folder for several sets is named."""
    folder = Path(folder).expanduser()
    if folder.is_dir() and not any((folder / name).is_file() for name in (TILE_LABELS, TRAIN_LABELS, SAMPLE)):
        for name in KNOWN_FOLDERS:
            if (folder / name).is_dir():
                return folder / name
    return folder


def blocks(text: str) -> frozenset[str] | None:
    """The blocks that a recipe's `validation_block` names; None where the rule chooses them."""
    if text == "auto":
        return None
    return frozenset() if text == "none" else frozenset(word.strip() for word in text.split(","))


def _images(split: photos.PhotoSplit, soft_cover: float) -> tuple[Images, Tensor]:
    """The photos with their targets, and these: those of their labels, or by `soft_share` for tiles of known cover."""
    images, targets = split.images(), torch.from_numpy(split.targets)
    if soft_cover == 0:
        targets = F.one_hot(images.labels, targets.shape[1]).float()
    elif targets.shape[1] == 2:
        share = soft_share(targets[:, 1], soft_cover)
        targets = torch.stack((1 - share, share), 1)
    return Images(images.pictures, images.labels, targets), targets


def _check(labels: list[int], classes: tuple[str, ...], split: str) -> None:
    if labels and len(set(labels)) < len(classes):
        raise DataError(
            f"The {split} photos are of {' and '.join(classes[label] for label in sorted(set(labels)))} only; the ROC "
            "AUC needs all classes there."
        )


def _sizes(train: Images, validation: Images | None, photos: photos.PhotoSet | None = None) -> str:
    held = f"{len(validation):,} to choose the epoch by" if validation else "all of them for a fixed number of epochs"
    if photos and photos.layout == "tiles" and validation:
        # By number where all blocks have one.
        names = dict(sorted(zip(photos.validation.groups.tolist(), photos.validation.blocks, strict=True))).values()
        held += f" (block {', '.join(names)})"
    return f"{len(train):,} to train on, {held}"


def _about(place: Path, found: photos.PhotoSet) -> dict[str, Any]:
    if found.is_competition:
        return KAGGLE
    if found.table_sha256 == HOGWEED_SHA256:
        return HOGWEED
    window = {"window": found.side} if found.side else {}
    # Folders may have a point in their name, as in "plants.2024".
    name = place.stem if place.is_file() else Path(os.path.abspath(place)).name
    return {"name": name, "source": "not stated", "licence": "not stated", "citation": "none"} | window


def checksum(split: photos.PhotoSplit, targets: Tensor) -> str:
    """SHA-256 of the pictures, as they are decoded, and of what is to be learned, in their order."""
    digest = hashlib.sha256()
    for at in range(0, len(split), 1000):
        digest.update(split.pictures[at : at + 1000].tobytes())
    digest.update(targets.numpy().tobytes())
    return digest.hexdigest()
