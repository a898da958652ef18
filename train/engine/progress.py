"""What a training tells while it runs: a bar in a terminal, plain lines elsewhere, and a small file for the page."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from torch import Tensor
from tqdm import tqdm

from train.entry import run_folder

EVERY = 1.0  # seconds between two writings of the file


@dataclass
class Progress:
    """The running epoch of a training; silent where `speaks` is false."""

    out: Path
    epochs: int
    pictures: int  # of an epoch
    speaks: bool = True
    epoch: int = 0
    seen: int = 0  # pictures of the running epoch
    _bar: tqdm | None = None
    _trained: int = 0  # pictures since the start
    _busy: float = 0.0  # seconds spent in epochs since the start
    _written: float = 0.0
    _since: float = field(default_factory=time.perf_counter)

    @contextmanager
    def running(self, epoch: int) -> Iterator["Progress"]:
        """Around the steps of an epoch."""
        self.epoch, self.seen, self._since = epoch, 0, time.perf_counter()
        # disable=None: no bar where the output is no terminal.
        disable = None if self.speaks else True
        label = f"epoch {epoch}/{self.epochs}"
        with tqdm(total=self.pictures, desc=label, unit=" images", mininterval=0.5, disable=disable) as self._bar:
            yield self
        self._busy += time.perf_counter() - self._since

    def step(self, pictures: int, loss_sum: Tensor, right: Tensor, step: int) -> None:
        """After a step; loss and accuracy are looked at only now and then, because that waits for an accelerator."""
        self.seen += pictures
        self._trained += pictures
        if self._bar is not None:
            self._bar.update(pictures)
        due = time.perf_counter() - self._written > EVERY
        if self.speaks and (step % 10 == 0 or due):
            loss, accuracy = loss_sum.item() / self.seen, int(right) / self.seen
            if self._bar is not None:
                self._bar.set_postfix(loss=f"{loss:.3f}", accuracy=f"{accuracy:.1%}")
            if due:
                self._write(loss, accuracy)

    def _write(self, loss: float, accuracy: float) -> None:
        rate = self._trained / (self._busy + time.perf_counter() - self._since)
        left = (self.epochs - self.epoch + 1) * self.pictures - self.seen
        facts = run_folder.Progress(
            epoch=self.epoch,
            epochs=self.epochs,
            seen=self.seen,
            pictures=self.pictures,
            loss=round(loss, 4),
            accuracy=round(accuracy, 4),
            images_per_second=round(rate, 1),
            seconds_left=round(left / rate, 1),
        )
        temporary = self.out / f"{run_folder.PROGRESS}.tmp"
        try:  # not flushed to the disk as the entry is: nothing is lost with it
            temporary.write_text(json.dumps(asdict(facts)))
            os.replace(temporary, self.out / run_folder.PROGRESS)
        except OSError:
            temporary.unlink(missing_ok=True)
        self._written = time.perf_counter()

    def say(self, text: str) -> None:
        """A line that does not break the bar."""
        if self.speaks:
            tqdm.write(text)

    def close(self) -> None:
        """The run has ended, in whatever way."""
        if self.speaks:
            (self.out / run_folder.PROGRESS).unlink(missing_ok=True)
