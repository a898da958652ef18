"""What a training says about itself: card.json."""

import json
import math
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from model_zoo.entries.best_epoch import best_row
from train.data.cifar10 import SPLIT_SEED
from train.recipe_types import Recipe, net_arguments, values

CIFAR10 = "CIFAR-10"  # what the card calls these pictures


@dataclass(frozen=True)
class Subject:
    """What a network is trained on, as its card says it."""

    classes: tuple[str, ...]
    preprocessing: dict[str, Any]
    data: dict[str, Any]  # without the split
    further: tuple[str, ...] = ()  # figures of an epoch beside loss and accuracy
    teachers: tuple[dict[str, str], ...] = ()  # name and sha256 of each, where it learned what they answer
    positive: str = ""  # the class that the data are about, where they say whether it is there


def build(
    recipe: Recipe, subject: Subject, seed: int, history: list[dict[str, float]], facts: dict[str, Any]
) -> dict[str, Any]:
    """The card of a run after the last row of its history, without test metrics.

    Args:
        facts: the run's environment (command, date, torch, device) and `data_size`, which are copied in.
    """
    best, facts = best_row(history), dict(facts)
    data_size, data_sha256 = facts.pop("data_size"), facts.pop("data_sha256", None)
    return {
        "name": recipe.name,
        "title": recipe.title,
        "net": {"file": recipe.net, "arguments": net_arguments(recipe, subject.classes)},
        "classes": list(subject.classes),
        "preprocessing": subject.preprocessing,
        "data": subject.data
        | {"split": data_size, "split_seed": SPLIT_SEED}
        | ({"training_pictures_sha256": data_sha256} if data_sha256 else {}),
        **({"decision": {"class": subject.positive}} if subject.positive else {}),
        **({"teachers": list(subject.teachers)} if subject.teachers else {}),
        "recipe": values(recipe) | {"seed": seed},
        "environment": facts | {"seconds": round(sum(row["seconds"] for row in history), 1)},
        "metrics": {
            "epochs_finished": int(history[-1]["epoch"]),
            "best_epoch": int(best["epoch"]),
        }
        | {
            f"validation_{name}{when}": row[f"val_{name}"]
            for name in ("accuracy", *subject.further)
            for when, row in (("", best), ("_before_training", history[0]))
            if not math.isnan(row[f"val_{name}"])
        },
    }


def is_cifar10(card: dict[str, Any]) -> bool:
    """Whether a card is of a network for CIFAR-10; any other is of one for photos."""
    return card["data"].get("name") == CIFAR10


def as_stored(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as a reader of the JSON gets them (which makes lists of tuples)."""
    return json.loads(json.dumps(facts))


def command(words: Sequence[str]) -> str:
    """The command that gives the same weights from the start, out of the words behind `python -m train`.

    What only says how the training went on, or where decoded photos were kept, is left out.
    """
    kept, skip = [], False
    for word in words:
        if not skip and word != "--resume" and not word.startswith("--cache"):
            kept.append(word)
        skip = word == "--cache"
    return f"python -m train {shlex.join(kept)}"
