"""The process that trains a network for own classes further, and how far it is. Loads no PyTorch by itself.

with Tuning(place, entry, epochs=8, threads=1) as tuning:
    tuning.write_start(taught)
    for piece in tuning.pieces(taught):
        tuning.send(piece)
    while not tuning.ended(0.5):
        tuning.progress(), tuning.rows()
    model = own.tuned(tuning.out, entry)
"""

import csv
import math
from pathlib import Path
from typing import TYPE_CHECKING

from train.entry.run_folder import Progress, read_progress
from train.service.piped import PipedProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from train.tools.own.teach import Taught

HISTORY = "history.csv"  # as in model_zoo/entries/entry.py, which needs PyTorch


class Tuning(PipedProcess):
    """One training further, in a folder of its own that its caller removes; ended, at the latest, as its block is left.

    Its pictures reach the process by a pipe and stand in no file.
    """

    def __init__(self, place: Path, entry: Path, epochs: int, threads: int) -> None:
        """Start the process, which waits for what it is to do.

        Args:
            place: an empty folder.
            entry: the folder of the entry that was taught.

        Raises:
            OSError: the process cannot be started.
        """
        self.out = place / "run"
        self._order = {"entry": str(entry), "start": str(place / "start.safetensors"), "out": str(self.out)}
        self._counts = {"epochs": epochs, "threads": threads}
        super().__init__(place, ["-m", "train.service.tune_worker"])

    def write_start(self, taught: "Taught") -> None:
        """Write the weights that it begins with: the body, and a head fitted to what is not held out.

        Raises:
            DataError: nothing can be held out.
            OSError: they cannot be written.
        """
        from train.tools.own import fine_tune

        Path(self._order["start"]).write_bytes(fine_tune.start_weights(taught, fine_tune.held_out(taught)))

    def pieces(self, taught: "Taught") -> "Iterator[bytes]":
        """What is to be sent, a picture at a time; see `tune_stream.pieces`."""
        from train.tools.own import tune_stream

        return tune_stream.pieces(taught, self._order | self._counts)

    def progress(self) -> Progress | None:
        """How far the running epoch is; None before the first."""
        return read_progress(self.out)

    def rows(self) -> list[tuple[float, float]]:
        """Accuracy, 0..1, and loss on the pictures held out, before training and after each epoch so far."""
        try:
            with (self.out / HISTORY).open(newline="", encoding="utf-8") as file:
                found = [(float(row["val_accuracy"]), float(row["val_loss"])) for row in csv.DictReader(file)]
        except (OSError, ValueError, KeyError, TypeError):
            return []
        return [row for row in found if all(map(math.isfinite, row))]
