"""Which photos are held out. Every choice follows from the names and a seed, on any machine and in any order."""

import hashlib
import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from train.data.cifar10 import DataError
from train.data.listing import Listing

HELD = 0.2
"""The share that is held out for validation."""

MAX_CHOICES = 2_000
"""So many choices of blocks are compared at most."""


def spread(names: Sequence[str], labels: np.ndarray, seed: int) -> np.ndarray:
    """A number in 0..1 for each photo: the photos below any share are about that share of every class.

    Within a class the order is that of a hash of seed and name, so that adding a photo leaves the others in place.

    Returns:
        float64 (N,).
    """
    ranks = [
        hashlib.blake2b(f"{seed}:{name}".encode(errors="surrogateescape"), digest_size=8).digest() for name in names
    ]
    order = np.array(sorted(range(len(names)), key=ranks.__getitem__), dtype=np.int64)
    keys = np.empty(len(names))
    for label in np.unique(labels):
        members = order[labels[order] == label]
        keys[members] = (np.arange(len(members)) + 0.5) / len(members)
    return keys


def stratified(names: Sequence[str], labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Which photos are held out: that share of every class, at least one of a class of two or more.

    Returns:
        bool (N,).
    """
    keys = spread(names, labels, seed)
    held = keys < share
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) > 1 and not held[members].any():
            held[members[keys[members].argmin()]] = True
    return held


def held_blocks(found: Listing, blocks: frozenset[str]) -> Listing:
    """The set with the tiles of these blocks of its training and validation tiles as validation, the others as train.

    Raises:
        DataError: it is no set of tiles and a block is named, or there is no such block.
    """
    everything, known = [*found.train, *found.validation], block_names(found)
    for name in sorted(blocks):
        if name not in known:
            there = f"the blocks to train on are {', '.join(known)}" if known else "photos that are no tiles have none"
            raise DataError(f"There is no block {name}: {there}.")
    train = [photo for photo in everything if photo.block not in blocks]
    return replace(found, train=train, validation=[photo for photo in everything if photo.block in blocks])


def block_names(found: Listing) -> list[str]:
    """The blocks of the tiles that are not for testing, in order; of photos that are no tiles, none."""
    return sorted({photo.block for photo in (*found.train, *found.validation)} - {""})


def by_blocks(blocks: np.ndarray, labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Which tiles are held out: whole blocks of ground, because tiles of one block overlap.

    Of n blocks, `share` x n rounded, but at least one, are held out. Among all such choices (or 2,000 drawn with the
    seed where there are more) that one is taken for which the share of tiles comes nearest to `share` and the share of
    positives to that of all tiles: the sum of the two differences is smallest. Both sides must have both classes.

    Args:
        blocks: int64 (N,).
        labels: int64 (N,), 0, 1, or -1 for a tile that counts in neither class.

    Returns:
        bool (N,).

    Raises:
        DataError: there is no such choice.
    """
    numbers = np.unique(blocks).tolist()
    if len(numbers) < 2:
        raise DataError(
            "The training tiles are of a single block of ground. Validation holds out whole blocks, so there must be "
            "at least two."
        )
    # Per block: tiles that are not invasive, and that are.
    counts = np.array([[((blocks == block) & (labels == label)).sum() for label in (0, 1)] for block in numbers])
    total = counts.sum(0)

    def cost(choice: tuple[int, ...]) -> float:
        held = counts[list(choice)].sum(0)
        if not held.all() or not (total - held).all():
            return math.inf
        return abs(held.sum() / total.sum() - share) + abs(held[1] / held.sum() - total[1] / total.sum())

    best = min(_choices(len(numbers), max(1, round(share * len(numbers))), seed), key=cost)
    if math.isinf(cost(best)):
        raise DataError("No choice of whole blocks leaves tiles of both classes to train on and to validate on.")
    return np.isin(blocks, [numbers[index] for index in best])


def _choices(count: int, taken: int, seed: int) -> list[tuple[int, ...]]:
    if math.comb(count, taken) <= MAX_CHOICES:
        return list(itertools.combinations(range(count), taken))
    draw = random.Random(seed)
    return [tuple(sorted(draw.sample(range(count), taken))) for _ in range(MAX_CHOICES)]
