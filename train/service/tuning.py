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
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from train.entry.run_folder import LOG, Progress, last_words, read_progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from train.tools.own.teach import Taught

ROOT = Path(__file__).resolve().parents[2]
HISTORY = "history.csv"  # as in model_zoo/entries/entry.py, which needs PyTorch
PATIENCE = 20.0  # seconds for a training to end once it was asked to


class Tuning:
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
        self._place, self.out = place, place / "run"
        self._order = {"entry": str(entry), "start": str(place / "start.safetensors"), "out": str(self.out)}
        self._counts = {"epochs": epochs, "threads": threads}
        with (place / LOG).open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "train.service.tune_worker"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C in the server's terminal is for the server
            )

    def __enter__(self) -> "Tuning":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

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

    def send(self, piece: bytes) -> None:
        """Hand it a piece; waits until the process has taken it, or has ended."""
        assert self._process.stdin is not None  # a pipe, see above
        with suppress(BrokenPipeError):  # `failure` says why
            self._process.stdin.write(piece)
            self._process.stdin.flush()

    def ended(self, seconds: float) -> bool:
        """Whether the process has ended, or does within so many seconds."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
            return True
        return False

    def end(self) -> None:
        """Have it end after its running step, or at once if it does not."""
        if self._process.poll() is None:
            self._process.terminate()
            if not self.ended(PATIENCE):
                self._process.kill()
                self._process.wait()
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()

    def failure(self) -> str:
        """Why it failed, in a sentence; "" where it did not, or was ended by `end`."""
        code = self._process.poll()
        return last_words(self._place, code) if code not in (None, 0, 130, -15) else ""

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
