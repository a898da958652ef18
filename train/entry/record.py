"""What is measured after a training, with its network's files as they are, goes into the card of its entry."""

from pathlib import Path
from typing import Any

from model_zoo import Model
from model_zoo.entries import entry
from train.data.cifar10 import DataError
from train.entry import model_card
from train.entry.run_folder import CHECKPOINT

TEST = ("test", "test_with_views")


def check(model: Model, name: str) -> None:
    """Whether a measurement may be written down, to be asked before it is made.

    Args:
        name: of the measurement among the card's metrics.

    Raises:
        DataError: the entry is a training that has not ended, or its test figures stand already: test pictures are
            looked at once, so that they choose nothing.
    """
    if (model.folder / CHECKPOINT).exists():
        raise DataError(f"The training in {model.folder} has not ended; its weights may still change.")
    if name in TEST and name in model.card["metrics"]:
        raise DataError(
            f"The card of {model.name} holds these test figures already. They are measured once; without --save they "
            "are only printed."
        )


def record(model: Model, name: str, found: dict[str, Any], **more: dict[str, Any]) -> Path:
    """Write a measurement into card.json, and the card in words anew; the weights stay byte for byte.

    Args:
        more: what else of the card is new, by its names there.

    Returns:
        The file that was written.

    Raises:
        DataError: see `check`.
        OSError: the folder cannot be written; the older files stay whole.
    """
    check(model, name)
    card = entry.read_card(model.folder)  # as it is now: measurements may have been written since it was loaded
    card |= {"metrics": card["metrics"] | {name: found}} | more
    entry.write_card(model.folder, card, model_card.readme(card))
    return model.folder / entry.CARD
