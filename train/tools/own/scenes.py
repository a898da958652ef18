"""Which pictures show one scene: bursts, parts of one photo, near-identical and identical ones.

Pictures of one scene must not stand on both sides of a validation: the network would recognise the scene.
"""

import itertools
import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import PurePosixPath

import torch
from torch import Tensor
from torch.nn import functional as F

from train.data.layouts import SPLIT_NAMES
from train.tools.own.pictures import SIDE, OwnPicture

BURST = 3.0  # seconds between two pictures of a burst, at most
ALIKE = 0.95  # correlation of two small grey copies from which they show one scene
COLOUR = 30.0  # levels of 255 by which the mean colours of one scene differ, at most
REACH = 2  # pixels of the small copies by which one scene may have moved
ROWS = 512  # pictures that are compared with all others at once


def scenes(pictures: Sequence[OwnPicture]) -> list[int]:
    """The number of each picture's scene, from 0, in the order in which scenes first appear.

    Two pictures are of one scene if one of these holds; what holds along a chain of pictures holds for all of it:

    - they are exact copies;
    - their names or a table say that they are parts of one photo, video, burst or block of ground;
    - their cameras took them within `BURST` seconds of each other;
    - they look alike: their small grey copies, moved by up to `REACH` pixels, correlate by `ALIKE` or more, and their
      mean colours differ by `COLOUR` or less. Plain pictures look alike where their colours do.
    """
    parents = list(range(len(pictures)))

    def top(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    for first, second in _same(pictures):
        a, b = top(first), top(second)
        parents[max(a, b)] = min(a, b)
    numbers: dict[int, int] = {}
    return [numbers.setdefault(top(i), len(numbers)) for i in range(len(pictures))]


def _same(pictures: Sequence[OwnPicture]) -> Iterator[tuple[int, int]]:
    """Pairs of numbers of one scene; not every pair, but enough to join them all."""
    for name in ("key", "photo"):
        first: dict[str, int] = {}
        for i, picture in enumerate(pictures):
            value = getattr(picture, name)
            if value:
                yield first.setdefault(value, i), i
    timed = sorted((picture.taken, i) for i, picture in enumerate(pictures) if not math.isnan(picture.taken))
    for (before, first_i), (after, second_i) in pairwise(timed):
        if after - before <= BURST:
            yield first_i, second_i
    yield from alike(pictures)


def kin(pictures: Sequence[OwnPicture], known: Sequence[OwnPicture]) -> dict[int, int]:
    """Numbers of the pictures that are of one scene with a known one, and the number of the first such.

    Unlike `scenes` it follows no chains. What a name tells holds across folders of splits: `train/a/0062_r3_c12.jpg`
    and `test/a/0062_r0_c01.jpg` are parts of one photo.
    """
    found: dict[int, int] = {}

    def tell(i: int, at: int) -> None:
        found[i] = min(at, found.get(i, at))

    for value in (lambda picture: picture.key, _photo):
        first: dict[str, int] = {}
        for at, picture in enumerate(known):
            first.setdefault(value(picture), at)
        for i, picture in enumerate(pictures):
            if (key := value(picture)) and key in first:
                tell(i, first[key])
    timed = sorted((picture.taken, at) for at, picture in enumerate(known) if not math.isnan(picture.taken))
    for i, picture in enumerate(pictures):  # nothing is near to NaN
        start = bisect_left(timed, (picture.taken - BURST, -1))
        for moment, at in itertools.islice(timed, start, None):
            if not moment - picture.taken <= BURST:
                break
            tell(i, at)
    for i, at in _alike(pictures, known):
        tell(i, at)
    return dict(sorted(found.items()))


def _photo(picture: OwnPicture) -> str:
    """Of what it is a part, without the folders of splits; "" for nothing."""
    return "/".join(part for part in PurePosixPath(picture.photo).parts if part.lower() not in SPLIT_NAMES)


def alike(pictures: Sequence[OwnPicture]) -> Iterator[tuple[int, int]]:
    """Pairs of numbers, the smaller one first, of pictures that look alike."""
    return ((first, second) for first, second in _alike(pictures, pictures) if first < second)


def _alike(pictures: Sequence[OwnPicture], others: Sequence[OwnPicture]) -> Iterator[tuple[int, int]]:
    """Pairs of the number of a picture and that of one of the others that looks like it."""
    if not (pictures and others):
        return
    small, small_others = (torch.stack([picture.small for picture in some]) for some in (pictures, others))
    colours, colours_others = (torch.stack([picture.colour for picture in some]) for some in (pictures, others))
    plain, plain_others = (greys.flatten(1).norm(dim=1) == 0 for greys in (small, small_others))
    for at in range(0, len(pictures), ROWS):
        rows = slice(at, at + ROWS)
        near = torch.cdist(colours[rows], colours_others) / 3**0.5 <= COLOUR
        same = (_correlation(small[rows], small_others) >= ALIKE) | (plain[rows, None] & plain_others)
        for first, second in (near & same).nonzero().tolist():
            yield at + first, second


def _correlation(some: Tensor, others: Tensor) -> Tensor:
    """The highest correlation (n, N) of greys (n, S, S) with (N, S, S), over shifts of up to `REACH` pixels."""
    best = torch.full((len(some), len(others)), -1.0)
    inner = F.normalize(_centred(others[:, REACH:-REACH, REACH:-REACH]), dim=1)
    for down in range(2 * REACH + 1):
        for across in range(2 * REACH + 1):
            side = SIDE - 2 * REACH
            moved = _centred(some[:, down : down + side, across : across + side])
            best = torch.maximum(best, F.normalize(moved, dim=1) @ inner.T)
    return best


def _centred(greys: Tensor) -> Tensor:
    flat = greys.flatten(1)
    return flat - flat.mean(1, keepdim=True)
