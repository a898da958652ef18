"""Statistics of the pictures of a set: their sizes, the mean picture, and how bright each colour is."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from demo.errors import UserError
from demo.pictures import datasets
from demo.pictures.datasets import PictureSet
from demo.server.scheduler import scheduled
from model_zoo.model import crop_box

MOST = 5_000  # pictures that are looked at
SECONDS = 60.0  # after which it is content with what it has seen
SIDE = 64  # of the mean picture, or that of the pictures where they are smaller
DENSE = 64  # at least so many pixels along a side are counted where a picture has as many; every one of a small one
STEP = 100  # pictures between two reports


@dataclass(frozen=True, eq=False)
class Pixels:
    """What was found in `looked` of `of` pictures."""

    looked: int
    of: int
    sizes: Counter[tuple[int, int]]  # width and height as in the files
    counts: np.ndarray  # int64 (3, 256): how often each colour has each value
    means: dict[int, np.ndarray]  # class -> its mean picture, float (side, side, 3), 0..255; -1 where there is none
    seen: Counter[int]  # pictures by class
    broken: tuple[tuple[str, str], ...] = field(default=())  # name, and why it could not be opened

    @property
    def size(self) -> int:
        """About how many bytes it takes: a mean picture of each class, mostly."""
        return 100_000 + sum(mean.nbytes for mean in self.means.values())

    @property
    def mean(self) -> np.ndarray:
        """The mean picture of all, float (side, side, 3), 0..255."""
        totals = [self.means[label] * count for label, count in self.seen.items()]
        return np.sum(totals, axis=0) / max(1, self.seen.total())

    @property
    def channel_mean(self) -> np.ndarray:
        """Mean of each colour, float (3,), 0..255."""
        return (self.counts * np.arange(256)).sum(1) / self.counts.sum(1)

    @property
    def channel_sd(self) -> np.ndarray:
        """Standard deviation of each colour over all pixels of all pictures, float (3,), 0..255."""
        return np.sqrt((self.counts * np.arange(256) ** 2).sum(1) / self.counts.sum(1) - self.channel_mean**2)


@scheduled
def measure(found: PictureSet, split: str, most: int = MOST, seconds: float = SECONDS) -> Iterator[int | Pixels]:
    """Look at pictures of a split in a fixed random order.

    Yields:
        Now and then how many it has looked at, and in the end the `Pixels`.

    Raises:
        UserError: no picture could be opened.
    """
    part = found.parts[split]
    order = np.random.default_rng(0).permutation(len(part.labels))[:most]  # any beginning of it is a fair sample
    sizes, seen, counts = Counter(), Counter(), np.zeros((3, 256), np.int64)
    sums: dict[int, np.ndarray] = {}
    broken, side, looked, start = [], 0, 0, time.monotonic()
    for row in order.tolist():
        looked += 1
        try:
            picture = datasets.picture(found, split, row)
        except UserError as error:
            broken.append((part.names[row], str(error)))
            continue
        side = side or min(SIDE, *picture.size)
        label = int(part.labels[row])
        sizes[datasets.size(found, split, row)] += 1
        seen[label] += 1
        counts += histogram(picture)
        square = np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC, box=crop_box(*picture.size)))
        sums[label] = sums.get(label, 0.0) + square.astype(np.float64)
        if looked % STEP == 0:
            yield looked
        if time.monotonic() - start > seconds:
            break
    if not seen:
        raise UserError("None of these pictures could be opened." if looked else "This split has no pictures.")
    means = {label: total / seen[label] for label, total in sums.items()}
    yield Pixels(looked, len(part.labels), sizes, counts, means, seen, tuple(broken))


def histogram(picture: Image.Image) -> np.ndarray:
    """How often each colour has each value, int64 (3, 256), in every pixel or, of a large picture, every k-th."""
    step = max(1, min(picture.size) // DENSE)
    pixels = np.asarray(picture)[::step, ::step].reshape(-1, 3)
    return np.stack([np.bincount(pixels[:, colour], minlength=256) for colour in range(3)])
