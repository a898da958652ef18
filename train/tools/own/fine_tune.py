"""Body and head of a network for own classes trained further, by the engine that trains every other network here."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save as save_tensors
from torch.nn import functional as F

from model_zoo import Model
from model_zoo.entries import entry
from model_zoo.entries.architectures import LIBRARY
from train.data import cifar10, decode
from train.data.cifar10 import DataError, Images
from train.engine import device, fit
from train.engine.distributed import World
from train.engine.sources import ROOM
from train.engine.task import Photos, Source, class_weights
from train.entry import model_card
from train.recipe_types import OwnRecipe
from train.tools.own.pictures import Collection
from train.tools.own.teach import Taught
from train.tools.own.validation import folds, head_of

START = "start.safetensors"  # in the folder of the entry with the fitted head
WITH_HEAD = "the body with the head fitted to the pictures that are not held out"  # in the card, in place of its file


def recipe(
    model: Model, epochs: int, batch_size: int, learning_rate: float, turn: bool, start: Path | None = None
) -> OwnRecipe:
    """How an entry for own classes is trained further: small steps, and the body's smaller than the head's.

    Args:
        model: the entry that `own_entry.write` made.
        turn: whether pictures are turned by quarters, as those of ground from above may be.
        start: the file of the weights to begin with; `START` in the entry's folder if None.

    Raises:
        DataError: the architecture is another library's, which the engine cannot train.
    """
    if model.card["net"].get(LIBRARY):
        raise DataError(
            f"The body of {model.name} is an architecture of another library, which is not trained further."
        )
    values = model.card["preprocessing"]
    return OwnRecipe(
        name="own-fine-tuned",
        title=model.title,
        net=model.card["net"]["file"],
        arguments=model.card["net"]["arguments"],
        start_from=str(start or model.folder / START),
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        body_rate=0.3,
        warm_up=0.2,
        decay=True,
        weight_decay=0.05,
        label_smoothing=0.05,
        flip=True,
        turn=turn,
        brightness=0.2,
        contrast=0.2,
        saturation=0.2,
        tint=0.05,
        hue=0.02,
        averaging=0.98,  # of the last 50 steps: there are few
        threshold=0.5,
        size=model.size,
        mean=tuple(values["mean"]),
        std=tuple(values["std"]),
        validation_block="scenes of one part",
    )


def held_out(taught: Taught) -> np.ndarray:
    """Which pictures are held out to choose the epoch by, bool (N,): one part of the cross-validation, whole scenes.

    Of the parts that hold pictures of every class it is the one nearest to its share of all pictures: a scene of many
    makes a part large, and what is held out is never learned from.

    Raises:
        DataError: nothing can be held out of some class.
    """
    return part_held_out(taught.collection.labels, taught.scenes, len(taught.collection.classes), taught.seed)


def part_held_out(labels: Sequence[int], scenes: Sequence[int], classes: int, seed: int = 0) -> np.ndarray:
    """The same of pictures with such labels, of such scenes."""
    numbers, part = np.array(labels), np.array(folds(labels, scenes, seed))
    count = int(part.max()) + 1
    whole = [at for at in range(count) if len(np.unique(numbers[part == at])) == classes]
    if not whole:
        raise DataError("For this, every class needs pictures of several scenes: some must be held out.")
    return part == min(whole, key=lambda at: abs((part == at).mean() - 1 / count))


def start_weights(taught: Taught, held: np.ndarray) -> bytes:
    """The weights to begin with, as a safetensors file: the head has learned from the pictures not held out alone."""
    left = torch.from_numpy(~held)
    labels = torch.tensor(taught.collection.labels)[left].tolist()
    classes, strength = len(taught.collection.classes), taught.validation.strength
    head = head_of(taught.features[left], labels, classes, strength, taught.body.has_bias)
    state = taught.body.with_head(head, classes).state_dict()
    return save_tensors({name: tensor.contiguous() for name, tensor in state.items()})


def fine_tune(
    taught: Taught, how: OwnRecipe, model: Model, out: Path, command: str = "", resume: bool = False, seed: int = 0
) -> dict[str, Any]:
    """Train further, and leave the entry in `out`; the epoch that counts is the best on pictures held out.

    It begins with the body and a head that did not learn from the pictures held out either; if no epoch is better
    there, that is what counts.

    Args:
        how: as `recipe` gives it.
        model: the entry that was written of `taught`; the start weights are laid into its folder.
        resume: go on from the checkpoint in `out`.

    Returns:
        The card.

    Raises:
        DataError: nothing can be held out.
        TrainingError, KeyboardInterrupt: as `fit.fit`.
    """
    held = held_out(taught)
    parts, classes = divided(taught, held), len(model.classes)
    train, validation = (
        images(squares(part, side), part.labels, classes) for part, side in zip(parts, sides(how.size), strict=True)
    )
    if not resume:
        entry.write_files({Path(how.start_from): start_weights(taught, held)})
    return train_on(train, validation, how, model, out, command, resume, seed)


def divided(taught: Taught, held: np.ndarray) -> tuple[Collection, Collection]:
    """What is trained on, and what is held out."""
    inside, outside = (np.flatnonzero(which).tolist() for which in (~held, held))
    return taught.collection.take(inside), taught.collection.take(outside)


def sides(size: int) -> tuple[int, int]:
    """Pixels of the side of a picture that is trained on, of which parts are cut out, and of one that is held out."""
    return round(size * ROOM), size


def train_on(
    train: Images,
    validation: Images,
    how: OwnRecipe,
    model: Model,
    out: Path,
    command: str = "",
    resume: bool = False,
    seed: int = 0,
) -> dict[str, Any]:
    """As `fine_tune`, with the start weights written and the pictures decoded.

    Args:
        train: bytes (N, 3, side, side), the first of `sides`.
        validation: those held out, bytes (M, 3, side, side), the second of `sides`.
    """
    assert train.targets is not None
    about = {key: value for key, value in model.card["data"].items() if key not in ("split", "split_seed")}
    task = _OwnPhotos(how, model.classes, class_weights(train.targets, how.balance), about)
    size = f"{len(train):,} to train on, {len(validation):,} of other scenes to choose the epoch by"
    facts = {"data_size": size, "data_sha256": cifar10.checksum(train)}
    setting, output = fit.Setting(seed, device.choose("cpu"), World()), fit.Output(command, resume)
    fit.fit(how, Source(task, train, validation, None, facts), out, setting, output)
    return complete(out, model)


def complete(out: Path, model: Model) -> dict[str, Any]:
    """Write into the card in `out` what the entry that it began with knows of the pictures, and return it.

    Raises:
        BrokenEntry: no epoch has left an entry there.
        OSError: it cannot be written.
    """
    card = entry.read_card(out)
    crossed = model.card["metrics"].get("cross_validation")
    card |= {"own": model.card["own"], "metrics": card["metrics"] | ({"cross_validation": crossed} if crossed else {})}
    # Where the weights to begin with stood on this machine tells nobody anything.
    card["recipe"] = card["recipe"] | {"start_from": WITH_HEAD}
    if "start" in card:
        card["start"] = card["start"] | {"from": WITH_HEAD}
    entry.write_card(out, card, model_card.readme(card))
    return card


class _OwnPhotos(Photos):
    """Epochs are compared by what is told of them: how many of the pictures held out are right, then by the loss."""

    further = ()

    def figures(self, outputs: torch.Tensor, labels: torch.Tensor) -> dict[str, float]:
        return {}


def squares(collection: Collection, size: int) -> Iterator[np.ndarray]:
    """The middle square of each picture, bytes (size, size, 3)."""
    for picture in collection.pictures:
        yield np.asarray(decode.centre(picture.load(size), size))


def images(pixels: Iterable[np.ndarray], labels: Sequence[int], classes: int) -> Images:
    """Squares of one size with their classes, as the engine takes them."""
    pictures = torch.from_numpy(np.stack(list(pixels))).permute(0, 3, 1, 2)
    numbers = torch.tensor(labels)
    return Images(pictures, numbers, F.one_hot(numbers, classes).float())
