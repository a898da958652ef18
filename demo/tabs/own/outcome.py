"""What became of an order: the network as an entry of its visitor, and what is known of how good it is."""

import tempfile
from pathlib import Path
from typing import Any

from demo.core.networks import card, network, title
from demo.errors import UserError
from demo.private import networks as private
from demo.private.networks import NOT_YOURS
from model_zoo.entries.entry import BrokenEntry
from train.service import own

LONGEST_TITLE = 60
NAME = "own-classes"  # in the card; the page knows it by the secret name


def stored(found: own.Taught, called: str, session: str | None) -> str:
    """Keep what was taught for its visitor, with what judges its answers where there are enough pictures.

    Returns:
        The name that `model_zoo.load` takes.

    Raises:
        UserError: there is no room.
    """
    words = " ".join("".join(letter for letter in called if letter.isprintable() or letter == " ").split())

    def write(folder: Path) -> None:
        own.judge(found, own.write(found, folder, words[:LONGEST_TITLE], name=NAME))

    return private.keep(write, session)


def outcome(found: own.Taught, name: str, labels: list[int], numbers: list[int]) -> dict[str, Any]:
    """What the page shows of a network that was made: JSON.

    Args:
        name: of the entry.
        labels: numbers of the classes, as the page knows them.
        numbers: of the pictures.
    """
    held, collection = found.validation, found.collection
    classes = range(len(collection.classes))
    low, high = held.interval
    answers = dict(zip(held.index, held.answers.tolist(), strict=True))
    return {
        "name": name,
        "title": title(name),
        "body": found.body.model.title,
        "seconds": round(found.seconds, 1),
        "classes": [{"class": number, "name": each} for number, each in zip(labels, collection.classes, strict=True)],
        "pictures": len(collection),
        "scenes": len(set(found.scenes)),
        "accuracy": held.accuracy,
        "low": low,
        "high": high,
        "right": held.right,
        "held": len(held.index),
        "folds": held.folds,
        "cells": [[[numbers[i] for i in held.cell(row, column)] for column in classes] for row in classes],
        "hardest": [
            {"picture": numbers[i], "class": labels[collection.labels[i]], "answer": labels[answers[i]], "share": share}
            for i, share in held.hardest()
        ],
        "unheld": [collection.classes[label] for label in held.unheld],
        "remarks": found.remarks,
        "compared": [
            {"title": one.body.model.title, "accuracy": one.accuracy, "pictures": one.pictures}
            for one in found.compared
        ],
        "chosen_anew": found.chosen_anew,
    }


def listed(session: str | None) -> list[dict[str, str]]:
    """Name and title of a visitor's own networks, the latest first."""
    found = []
    for name in reversed(private.mine(session)):
        try:
            found.append({"name": name, "title": card(name)["title"]})
        except UserError:  # it went at this moment
            continue
    return found


def zipped(name: str, session: str | None) -> tuple[bytes, str]:
    """A visitor's network as a zip with a predict.py, and its title.

    Raises:
        UserError: it is not theirs, or cannot be written as code.
    """
    if name not in private.mine(session):
        raise UserError(NOT_YOURS)
    model = network(name)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.zip"
        try:
            own.take_home(model, path)
        except ValueError as error:
            raise UserError(str(error)) from error
        return path.read_bytes(), model.title


def brought(path: Path, called: str, session: str | None) -> str:
    """Keep the network in a zip that somebody took home, checked as any stranger's file.

    Returns:
        The name that `model_zoo.load` takes.

    Raises:
        UserError: it holds no network that can be used, or there is no room.
    """

    def write(folder: Path) -> None:
        own.bring_back(path, folder, called, libraries=False)

    try:
        return private.keep(write, session)
    except BrokenEntry as error:
        raise UserError(str(error)) from error
