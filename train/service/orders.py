"""What visitors may order to have trained, and what of it is refused."""

import re
from dataclasses import dataclass

from train.recipe_types import Recipe, with_overrides
from train.recipes import RECIPES

MOST_EPOCHS = 100
FEWEST_PICTURES, ALL_PICTURES = 100, 45_000
MOST_SEEN = 20 * ALL_PICTURES  # pictures times epochs, so that nobody waits for a day
CHOSEN = ("epochs", "learning_rate", "batch_size")  # fields of both an order and a recipe


class Refused(ValueError):
    """Why something cannot be done with a training, in a sentence for whoever asked."""


@dataclass(frozen=True)
class Order:
    """What somebody wants to have trained: a recipe's name and the values that may be set."""

    recipe: str
    epochs: int
    learning_rate: float
    batch_size: int
    pictures: int  # to learn from, and at most as many to choose the epoch by and to test on
    seed: int


def recipes() -> dict[str, Recipe]:
    """Name -> recipe (title, epochs, learning_rate, batch_size, ...) of those that visitors may train."""
    return {name: recipe for name, recipe in RECIPES.items() if recipe.in_page}


def check(order: Order) -> None:
    """Refuse what cannot be trained, or would take too long for a queue.

    Raises:
        Refused: naming the value and its range.
    """
    known = recipes()
    if order.recipe not in known:
        raise Refused(f"There is no recipe named {order.recipe!r}; known are {', '.join(known)}.")
    try:
        with_overrides(known[order.recipe], {name: getattr(order, name) for name in CHOSEN})
    except ValueError as error:
        raise Refused(_in_words(str(error))) from error
    for name, value, low, high in (
        ("number of epochs", order.epochs, 1, MOST_EPOCHS),
        ("number of pictures", order.pictures, FEWEST_PICTURES, ALL_PICTURES),
        ("seed", order.seed, 0, 2**31 - 1),
    ):
        if not low <= value <= high:
            raise Refused(f"The {name} must be from {low:,} to {high:,}, not {value:,}.")
    if order.epochs * order.pictures > MOST_SEEN:
        raise Refused(
            f"{order.epochs} epochs of {order.pictures:,} pictures would keep everybody else waiting for too long: "
            f"take at most {MOST_SEEN // order.pictures} epochs, or fewer pictures."
        )


def _in_words(text: str) -> str:
    """A sentence about an option of the command line, for somebody who sees a field with that label."""
    return re.sub(r"^--([a-z-]+)", lambda match: f"The {match[1].replace('-', ' ')}", text)
