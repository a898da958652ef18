"""What can be known of a run folder, and of the pictures, without PyTorch: names, progress, last words, downloads."""

import json
import math
import re
import shutil
import time
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

NAME = "live-%Y%m%d-%H%M%S"  # of a run folder that a server made, in local time
KEPT = 20  # run folders of this kind; the oldest go first
PROGRESS, CHECKPOINT, LOG = "progress.json", "checkpoint.safetensors", "log.txt"  # in the run folder
CURVES, FOLDERS = "curves.json", ("a", "b")  # of a small training: how far it is, and the entries of its networks
LOCK = "run.lock"  # there, held by a training while it runs
CARD, README = "card.json", "README.md"  # as in model_zoo/entries/entry.py, which needs PyTorch
ARCHIVE, ARCHIVE_BYTES = "cifar-10-python.tar.gz", 170_498_071  # what torchvision downloads
BATCHES = [f"data_batch_{number}" for number in range(1, 6)] + ["test_batch"]


@dataclass(frozen=True)
class Progress:
    """How far a training is: what its progress.json says."""

    epoch: int  # the running one, from 1
    epochs: int
    seen: int  # pictures of this epoch
    pictures: int  # in an epoch
    loss: float  # mean over the pictures seen in this epoch, in nats
    accuracy: float  # of them, 0..1
    images_per_second: float
    seconds_left: float

    @property
    def at(self) -> float:
        """Epochs trained, with the part of the running one: 2.5 in the middle of the third."""
        return self.epoch - 1 + self.seen / self.pictures

    @property
    def share(self) -> float:
        """How much of the whole training is done, 0..1."""
        return self.at / self.epochs


def new_folder(runs: Path) -> Path:
    """A new run folder named after the time; of older ones `KEPT` less one are left.

    Raises:
        OSError: it cannot be made.
    """
    runs.mkdir(parents=True, exist_ok=True)
    old = sorted(path for path in runs.iterdir() if started(path.name) and path.is_dir() and not path.is_symlink())
    for path in old[: max(0, len(old) - KEPT + 1)]:
        shutil.rmtree(path, ignore_errors=True)
    while True:
        folder = runs / time.strftime(NAME)
        try:
            folder.mkdir()
        except FileExistsError:  # of the same second
            time.sleep(0.2)
        else:
            return folder


def started(name: str) -> datetime | None:
    """When the training in a run folder of this name began, in local time; None if this module did not name it."""
    try:
        when = datetime.strptime(name, NAME)
    except ValueError:
        return None
    return when if when.strftime(NAME) == name else None


def read_progress(folder: Path) -> Progress | None:
    """What the training in this folder says of itself; None while it says nothing that can be understood."""
    try:
        values = json.loads((folder / PROGRESS).read_bytes())
        progress = Progress(
            *(int(values[name]) for name in ("epoch", "epochs", "seen", "pictures")),
            *(float(values[name]) for name in ("loss", "accuracy", "images_per_second", "seconds_left")),
        )
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
    finite = all(math.isfinite(getattr(progress, field.name)) for field in fields(Progress))
    sane = 1 <= progress.epoch <= progress.epochs and 0 <= progress.seen <= progress.pictures and progress.pictures
    return progress if finite and sane else None


def last_words(folder: Path, code: int) -> str:
    """The last line that a training wrote, which says why it failed."""
    if code < 0:
        return f"The training was ended from outside (signal {-code}); perhaps the memory was full."
    text = (folder / LOG).read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
    return lines[-1].removeprefix("python -m train: ") if lines else f"It ended with the status {code}."


def has_pictures(data: Path) -> bool:
    """Whether CIFAR-10 is in this torchvision root."""
    return all((data / "cifar-10-batches-py" / name).is_file() for name in BATCHES)


def downloaded(data: Path) -> int:
    """Bytes of CIFAR-10's archive that are in this torchvision root, of `ARCHIVE_BYTES`."""
    try:
        return (data / ARCHIVE).stat().st_size
    except OSError:
        return 0
