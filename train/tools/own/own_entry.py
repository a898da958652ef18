"""What was taught, as an ordinary entry of the zoo."""

import math
import platform
from datetime import date
from pathlib import Path
from typing import Any

import torch

import model_zoo
from model_zoo import Model
from model_zoo.entries import entry
from model_zoo.entries.architectures import LIBRARY
from model_zoo.model import logits
from train.data.cifar10 import DataError
from train.engine import device, metrics
from train.entry import model_card
from train.tools.own.pictures import Collection
from train.tools.own.teach import Taught
from train.tools.own.validation import Validation

LIMITS = (
    "pictures like those that it learned from; a picture of something else gets the name of one of its classes all the "
    "same"
)


def write(taught: Taught, out: Path, title: str = "", command: str = "", name: str = "") -> Model:
    """Write the entry, and read it back.

    Args:
        out: a folder that is missing or empty.
        title: instead of one made of the classes' names.
        command: that makes it again, for the card; "" where nobody typed one.
        name: instead of the folder's.

    Raises:
        DataError: the folder holds something.
        OSError: it cannot be written.
    """
    check_out(out)
    card = _card(taught, name or out.name, title, command)
    net = taught.body.with_head(taught.head, len(taught.collection.classes))
    # Weights of networks from elsewhere need not fit into half precision, nor need a head on their features.
    exact = bool(card["net"].get(LIBRARY))
    entry.write(out, net.state_dict(), card, _history(taught), model_card.readme(card), exact=exact)
    return model_zoo.load_folder(out)


def check_out(out: Path) -> None:
    """DataError where the folder cannot be written to without loss."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out} exists already. Name another folder, or remove it.")


def record_test(model: Model, test: Collection) -> dict[str, Any]:
    """Answer the pictures of a test split, which taught and chose nothing, and write that into the card.

    Raises:
        OSError: the card cannot be written.
    """
    with torch.inference_mode():  # one after the other: a test split may be larger than the memory
        outputs = torch.cat([logits(model.net, model.prepare(each.load(model.size))) for each in test.pictures])
    labels = torch.tensor(test.labels)
    found = metrics.metrics(outputs, labels, model.classes) | {"roc_auc": metrics.roc_auc(outputs, labels)}
    if math.isnan(found["roc_auc"]):  # the split lacks a class
        del found["roc_auc"]
    if test.left_out:
        found["left_out"] = len(test.left_out)
    card = entry.read_card(model.folder)
    card["metrics"] = card["metrics"] | {"test": found}
    entry.write_card(model.folder, card, model_card.readme(card))
    return found


def _card(taught: Taught, name: str, title: str, command: str) -> dict[str, Any]:
    collection, body = taught.collection, taught.body
    base, classes = body.model.card, collection.classes
    values = base["preprocessing"]  # without what a tile of the body's own data shows, for surveys
    preprocessing = {key: values[key] for key in ("size", "crop", "mean", "std") if key in values}
    return {
        "name": name,
        "title": title or _title(classes),
        "net": body.named(len(classes)),
        "classes": list(classes),
        "preprocessing": preprocessing | {"interpolation": values.get("interpolation", "bicubic")},
        "data": {
            "name": f"own pictures ({collection.name})",  # never the name of a known set of pictures
            "source": "pictures of whoever taught it",
            "licence": "that of their owners; the pictures are not part of this entry",
            "citation": "none",
            "split": f"{len(collection):,} to learn from, each of which validated once in cross-validation",
            "split_seed": taught.seed,
            "limits": LIMITS,
        },
        "own": {
            "body": {
                "name": body.name,
                "title": body.model.title,
                "sha256": base["sha256"],
                "size": body.size,
                "features": body.width,
                **({"origin": base["origin"]} if "origin" in base else {}),
            },
            "compared": [
                {"body": one.body.name, "size": one.body.size, "accuracy": one.accuracy, "loss": one.loss}
                for one in taught.compared
            ],
            **({"chosen_anew": list(taught.chosen_anew)} if taught.chosen_anew else {}),  # right, of how many
            "pictures": dict(zip(classes, collection.counts, strict=True)),
            "scenes": {
                name: len({scene for scene, its in zip(taught.scenes, collection.labels, strict=True) if its == label})
                for label, name in enumerate(classes)
            },
            "remarks": taught.remarks,
        },
        "recipe": {
            "name": "own",
            "head": "logistic regression",
            "strength": taught.validation.strength,
            "seed": taught.seed,
        },
        "environment": {
            "command": command,
            "date": date.today().isoformat(),
            "torch": torch.__version__,
            "python": platform.python_version(),
            "device": device.describe(torch.device("cpu"), False),
            "seconds": round(taught.seconds, 1),
        },
        "metrics": _metrics(taught),
    }


def _title(classes: tuple[str, ...]) -> str:
    return ", ".join(classes[:3]) + (f" and {len(classes) - 3} more" if len(classes) > 3 else "")


def _metrics(taught: Taught) -> dict[str, Any]:
    found: dict[str, Any] = {"epochs_finished": 1, "best_epoch": 1}
    if taught.validation.accuracy is None:
        return found
    crossed = crossed_figures(taught.validation, taught.collection.classes)
    return found | {"validation_accuracy": crossed["accuracy"], "cross_validation": crossed}


def crossed_figures(validation: Validation, classes: tuple[str, ...]) -> dict[str, Any]:
    """What the card says of a cross-validation in which something was held out."""
    low, high = validation.interval
    confusion = validation.confusion()
    return {
        "accuracy": validation.accuracy,
        "low": low,
        "high": high,
        "loss": validation.loss,
        "folds": validation.folds,
        "pictures": len(validation.index),
        "scenes": len(set(validation.scenes)),
        "accuracy_per_class": {
            name: round(row[label] / sum(row), 4)
            for label, (name, row) in enumerate(zip(classes, confusion, strict=True))
            if sum(row)
        },
        "confusion_matrix": confusion,
    }


def _history(taught: Taught) -> list[dict[str, float]]:
    """Before, when every class was as likely as the others, and after; validation is the cross-validation."""
    classes, labels = len(taught.collection.classes), torch.tensor(taught.collection.labels)
    loss, accuracy = metrics.loss_and_accuracy(taught.head(taught.features), labels)
    held = taught.validation
    return [
        _row(0, math.log(classes), 1 / classes, *((math.log(classes), 1 / classes) if held.index else _NOT), 0.0),
        _row(1, loss, accuracy, *((held.loss, held.accuracy) if held.index else _NOT), taught.seconds),
    ]


_NOT = (math.nan, math.nan)  # measured


def _row(
    epoch: int, loss: float, accuracy: float, val_loss: float | None, val_accuracy: float | None, seconds: float
) -> dict[str, float]:
    values = (epoch, 0.0, loss, val_loss, accuracy, val_accuracy, seconds)
    named = zip(entry.HISTORY_COLUMNS, values, strict=True)
    return {name: math.nan if value is None else value for name, value in named}
