"""Pictures that a network knows: those it was trained on, and those that trained nothing."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from model_zoo import Model
from model_zoo.common.listing import listed
from train.data import cifar10, photo_set
from train.data.cifar10 import DataError, Images
from train.engine import sources
from train.entry.card import is_cifar10

PARTS = 2  # into which test pictures are divided, where they have to calibrate as well


@dataclass(frozen=True)
class Known:
    """The pictures of an entry's data, as the entry prepares them."""

    train: Images
    index: Tensor  # int64, of each of them in the whole training split
    held: Images  # trained nothing: to fit to
    groups: Tensor | None  # int64, the part of each held picture, where `held` are the test pictures themselves
    test: Images  # to report

    @property
    def is_crossed(self) -> bool:
        """Whether test pictures calibrate: every part is then judged by what the other parts were fitted to."""
        return self.groups is not None

    @property
    def words(self) -> str:
        """Where the pictures that it is fitted to come from."""
        if self.groups is None:
            return f"{len(self.held):,} validation pictures"
        parts = len(self.groups.unique())
        return (
            f"the {len(self.held):,} test pictures, because all training pictures were trained on; in the figures here "
            f"each of {parts} parts of them is judged by what was fitted to the others"
        )


def known(model: Model, folder: str | Path, bank: int, limit: int | None, cache: Path | None, seed: int) -> Known:
    """The pictures for an entry.

    Args:
        folder: what `--data` names.
        bank: so many of the training pictures.
        limit: only so many of every kind.
        cache: of decoded photos.

    Raises:
        DataError: they cannot be had.
    """
    bank = min(bank, limit or bank)
    if is_cifar10(model.card):
        return _cifar10(model, folder, bank, limit, seed)
    return _photos(model, folder, bank, limit, cache, seed)


def _validated(model: Model) -> bool:
    """Whether its training kept pictures back."""
    return not torch.tensor([row["val_accuracy"] for row in model.history]).isnan().all()


def _cifar10(model: Model, folder: str | Path, bank: int, limit: int | None, seed: int) -> Known:
    everything = cifar10.cifar10(folder, "train")
    order, held = torch.arange(len(everything)), None
    if _validated(model):
        order, held = cifar10.training_order(len(everything))
        held = cifar10.of_classes(everything.take(held), model.classes).take(slice(0, limit))
    mine = torch.tensor([cifar10.CIFAR10_CLASSES.index(name) for name in model.classes])
    order = order[torch.isin(everything.labels[order], mine)]
    index = _drawn(len(order), bank, seed)
    index = order[index]
    train = cifar10.of_classes(everything.take(index), model.classes)
    test = cifar10.of_classes(cifar10.cifar10(folder, "test"), model.classes).take(slice(0, limit))
    if held is None:
        return Known(train, index, test, _halves(len(test), seed), test)
    return Known(train, index, held, None, test)


def _photos(model: Model, folder: str | Path, bank: int, limit: int | None, cache: Path | None, seed: int) -> Known:
    place = sources.photo_folder(folder)
    held = str(model.card["recipe"].get("validation_block", "auto")) if _validated(model) else "none"
    found = photo_set.read(place, model.size, cache=cache, limit=limit, blocks=sources.blocks(held))
    if set(found.classes) != set(model.classes):
        raise DataError(f"{model.name} tells {listed(model.classes)} apart; the photos are of {listed(found.classes)}.")
    if not len(found.test) or (found.test.labels < 0).any():
        raise DataError("The set has no test photos with labels, on which a judgement could be measured.")
    number = torch.tensor([model.classes.index(name) for name in found.classes])

    def images(part: photo_set.PhotoSplit) -> Images:
        pictures = part.images()
        return Images(pictures.pictures, number[pictures.labels])

    train, test = images(found.train), images(found.test)
    index = _drawn(len(train), bank, seed)
    if len(found.validation):
        return Known(train.take(index), index, images(found.validation), None, test)
    groups = torch.from_numpy(found.test.groups)
    blocks = any(found.test.blocks) and len(groups.unique()) > 1  # tiles of one block show the same ground
    return Known(train.take(index), index, test, groups if blocks else _halves(len(test), seed), test)


def _drawn(count: int, wanted: int, seed: int) -> Tensor:
    """Numbers of so many of `count` pictures, in order."""
    chance = torch.Generator().manual_seed(seed)
    return torch.randperm(count, generator=chance)[:wanted].sort().values


def _halves(count: int, seed: int) -> Tensor:
    """The part of each of `count` pictures."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed)) % PARTS
