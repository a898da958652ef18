"""What the card of a zoo entry has to hold for its readers; it may come from a stranger."""

from pathlib import Path
from typing import Any

from model_zoo.model import RESAMPLING

FORMAT = 1
# Each key that a reader relies on, with its type; a card may hold more.
CARD_KEYS = {
    "name": str,
    "title": str,
    "net": dict,
    "classes": list,
    "preprocessing": dict,
    "data": dict,
    "recipe": dict,
    "environment": dict,
    "metrics": dict,
    "sha256": str,
}


class BrokenEntry(ValueError):
    """An entry that cannot be used; the message names the file and says why."""


def check_card(path: Path, card: Any) -> None:
    """Check what was parsed of a card.json.

    Args:
        path: of the file, for the messages.
        card: its contents, whatever they are.

    Raises:
        BrokenEntry: of another format, or without a key that readers rely on.
    """
    if not isinstance(card, dict):
        raise BrokenEntry(f"{path} is not a JSON object.")
    if card.get("format") != FORMAT:
        raise BrokenEntry(f"{path} has format {card.get('format')!r}; this version reads format {FORMAT}.")
    for key, kind in CARD_KEYS.items():
        if not isinstance(card.get(key), kind):
            raise BrokenEntry(f"{path} has no {kind.__name__} named {key!r}.")
    classes = card["classes"]
    if not all(isinstance(label, str) for label in classes) or len(set(classes)) < max(2, len(classes)):
        raise BrokenEntry(f"{path} must list at least two classes as text, each once.")
    _check_groups(path, card.get("groups"), len(classes))
    _check_test(path, card["metrics"].get("test"))
    _check_preprocessing(path, card["preprocessing"])
    _check_decision(path, card.get("decision"), classes)


def _check_groups(path: Path, groups: Any, classes: int) -> None:
    if groups is None:  # the classes are few, or all of one kind
        return
    if not isinstance(groups, list) or len(groups) != classes or not all(isinstance(name, str) for name in groups):
        raise BrokenEntry(f"{path}: groups must name the group of each class as text, in the classes' order.")


def _check_test(path: Path, test: Any) -> None:
    if test is None:  # not measured yet
        return
    if (
        not isinstance(test, dict)
        or type(test.get("accuracy")) not in (int, float)
        or type(test.get("pictures")) is not int
    ):
        raise BrokenEntry(f"{path}: metrics.test needs an accuracy and a number of pictures.")
    if not 0 <= test["accuracy"] <= 1 or not 0 < test["pictures"] < 10**12:
        raise BrokenEntry(f"{path}: metrics.test.accuracy must be from 0 to 1, pictures above 0.")


def _check_preprocessing(path: Path, values: dict[str, Any]) -> None:
    def numbers(key: str, low: float, high: float) -> bool:
        value = values.get(key)
        return (
            isinstance(value, list)
            and len(value) == 3
            and all(type(v) in (int, float) and low <= v <= high for v in value)
        )

    size = values.get("size")
    if type(size) is not int or not 1 <= size <= 1024:
        raise BrokenEntry(f"{path}: preprocessing.size must be a whole number of pixels from 1 to 1024.")
    if not numbers("mean", -1000, 1000) or not numbers("std", 1e-6, 1000):
        raise BrokenEntry(
            f"{path}: preprocessing needs mean and std, three numbers each, up to 1000, std at least 1e-6."
        )
    if values.get("interpolation") not in [None, *RESAMPLING]:
        raise BrokenEntry(f"{path}: preprocessing.interpolation must be one of {', '.join(RESAMPLING)}.")


def _check_decision(path: Path, decision: Any, classes: list[str]) -> None:
    """What it means stands in model_zoo/aerial/threshold.py."""
    if decision is None:  # no class is looked for
        return
    if not isinstance(decision, dict) or decision.get("class") not in classes:
        raise BrokenEntry(f"{path}: decision.class must be one of the classes.")
    threshold = decision.get("threshold")
    if threshold is not None and not (type(threshold) in (int, float) and 0 <= threshold <= 1):
        raise BrokenEntry(f"{path}: decision.threshold must be from 0 to 1.")
