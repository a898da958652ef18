"""The process that trains small networks, and how far it is. Loads no PyTorch by itself.

    data = small.of_digits()
    with SmallTraining(place) as training:
        for piece in training.pieces(data, plan, threads=1):
            training.send(piece)
        while not training.ended(0.5):
            training.curves()
    training.out / "a"                                      # an entry

What stands only as a name here is imported at its first use, as it needs PyTorch.
"""

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from train.entry.run_folder import CURVES, FOLDERS
from train.service.piped import PipedProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from train.tools.small.plan import About, Plan, check, work
    from train.tools.small.sets import (
        DIGITS,
        MOST_CIFAR,
        NO_CIFAR,
        OWN_SIDE,
        SmallSet,
        cifar10_about,
        of_cifar10,
        of_collection,
        of_digits,
    )

__all__ = [
    "DIGITS",
    "FOLDERS",
    "MOST_CIFAR",
    "NO_CIFAR",
    "OWN_SIDE",
    "About",
    "Plan",
    "SmallSet",
    "SmallTraining",
    "check",
    "cifar10_about",
    "of_cifar10",
    "of_collection",
    "of_digits",
    "work",
]

_HOMES = {
    "plan": ("About", "Plan", "check", "work"),
    "sets": (
        *("DIGITS", "MOST_CIFAR", "NO_CIFAR", "OWN_SIDE", "SmallSet"),
        *("cifar10_about", "of_cifar10", "of_collection", "of_digits"),
    ),
}


class SmallTraining(PipedProcess):
    """One training of one or two networks. Its pictures reach the process by a pipe and stand in no file."""

    def __init__(self, place: Path) -> None:
        """Start the process, which loads PyTorch and waits for what it is to do.

        Args:
            place: an empty folder.

        Raises:
            OSError: the process cannot be started.
        """
        self.out = place
        super().__init__(place, ["-m", "train.service.tune_worker", "small"])

    def pieces(self, data: "SmallSet", plan: "Plan", threads: int) -> "Iterator[bytes]":
        """What is to be sent."""
        from train.tools.small import small_stream

        return small_stream.pieces(data, plan, self.out, threads)

    def curves(self) -> dict[str, Any]:
        """How far it is, as `small_stream` writes it; {} before the first step."""
        try:
            return json.loads((self.out / CURVES).read_bytes())
        except (OSError, ValueError):
            return {}


def __getattr__(name: str) -> Any:
    """A name at its first use (PEP 562)."""
    home = next((home for home, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"train.tools.small.{home}"), name)
    globals()[name] = value
    return value
