"""Pictures of own classes on their way to a process that trains on them, through its standard input: no file holds any.

A line of JSON says what the process is to do; the pixels of one picture after the other follow. See
`train/service/tune_worker.py`, which is that process.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

import model_zoo
from model_zoo import Model
from train.data.cifar10 import Images
from train.engine import device
from train.tools.own import fine_tune
from train.tools.own.teach import Taught

BATCH, RATE = 16, 2e-4  # as `python -m train own --fine-tune` has them


def pieces(taught: Taught, order: dict[str, Any]) -> Iterator[bytes]:
    """What the process reads; each piece is made when it is asked for, and is at most one picture.

    Args:
        order: as `obey` takes it, but for what is said of the pictures.

    Raises:
        DataError: nothing can be held out.
        PictureError: a picture can no longer be read.
    """
    parts = fine_tune.divided(taught, fine_tune.held_out(taught))
    both = list(zip(parts, fine_tune.sides(taught.body.size), strict=True))
    count = sum(len(part) * 3 * side**2 for part, side in both)
    about = {"labels": [part.labels for part in parts], "sides": [side for _, side in both], "bytes": count}
    yield json.dumps(order | about).encode() + b"\n"
    for part, side in both:
        for square in fine_tune.squares(part, side):
            yield square.tobytes()


def obey(order: dict[str, Any], pixels: bytes) -> None:
    """Train as `fine_tune.fine_tune` does.

    Args:
        order: `entry`, the folder of the entry that was taught; `start`, the file of the weights to begin with; `out`,
            `epochs`, `threads`; `labels` and `sides` of what is trained on and of what is held out.
        pixels: of all pictures, (side, side, 3) each.

    Raises:
        DataError, TrainingError, BrokenEntry: in words.
        KeyboardInterrupt: SIGTERM came; `out` holds the last finished epoch.
    """
    device.prepare(device.choose("cpu"), order["threads"])
    model = model_zoo.load_folder(order["entry"])
    how = fine_tune.recipe(model, order["epochs"], BATCH, RATE, False, Path(order["start"]))
    train, validation = _received(order, pixels, len(model.classes))
    fine_tune.train_on(train, validation, how, model, Path(order["out"]))


def tuned(out: Path, model: Model) -> Model | None:
    """The network of the best epoch, as an entry in `out`; None where that is the one it began with.

    Args:
        model: the entry that was taught.

    Raises:
        BrokenEntry, OSError: nothing was left there.
    """
    card = fine_tune.complete(out, model)
    return model_zoo.load_folder(out) if card["metrics"]["best_epoch"] else None


def _received(order: dict[str, Any], pixels: bytes, classes: int) -> list[Images]:
    found, at, values = [], 0, np.frombuffer(pixels, np.uint8)
    for labels, side in zip(order["labels"], order["sides"], strict=True):
        end = at + len(labels) * 3 * side**2
        found.append(fine_tune.images(values[at:end].reshape(-1, side, side, 3), labels, classes))
        at = end
    return found
