"""Strange pictures on which judgements are reported; they choose nothing. uint8 (N, 3, S, S), the same each time.

Those of model_zoo/trust/drawn.py can be drawn anew anywhere, for a page that shows which ones were missed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageFilter
from torch import Tensor
from torch.nn import functional as F

from model_zoo import Model
from model_zoo.aerial.survey import told_window
from model_zoo.trust import drawn
from model_zoo.trust.drawn import as_bytes, none, stacked
from train.data import cifar10, photo_set
from train.data.cifar10 import Images
from train.engine import sources
from train.entry.card import is_cifar10
from train.tools.cut import read_photo

FAR, NEAR, ALTERED, KNOWN = "far", "near", "altered", "known"


@dataclass(frozen=True)
class Reported:
    """A set of strange pictures."""

    name: str
    group: str
    words: str  # what they are
    pictures: Callable[[], Tensor]


def sets(model: Model, folder: Path, test: Images, most: int, cache: Path | None, seed: int) -> list[Reported]:
    """All that can be had for an entry, each with at most `most` pictures.

    Args:
        folder: what `--data` names; sets of other kinds of pictures are looked for there, too.
        test: the entry's test pictures.
    """
    size = model.size
    some = test.take(torch.randperm(len(test), generator=torch.Generator().manual_seed(seed))[:most].sort().values)

    def anew(name: str, group: str, words: str) -> Reported:
        return Reported(name, group, words, lambda: drawn.KINDS[name](size, most, seed))

    found = [
        anew("digits", FAR, "handwritten digits of scikit-learn"),
        anew("letters", FAR, "letters and digits in two random colours"),
        anew("parts of photographs", FAR, "squares out of photographs of animals, plants, people and buildings"),
        _other_domain(model, folder, most, cache),
        anew("plain colours", ALTERED, "one random colour"),
        Reported("blurred", ALTERED, "known pictures, Gaussian blur of 1/32 of the side", lambda: blurred(some)),
        Reported("grey", ALTERED, "known pictures without colour", lambda: grey(some)),
    ]
    if not is_cifar10(model.card):
        found += _heights(model, folder, most, seed)
    return found + _left_out(model, folder, most)


def _other_domain(model: Model, folder: Path, most: int, cache: Path | None) -> Reported:
    """Tiles of ground for networks of CIFAR-10, and CIFAR-10 for all others."""
    if not is_cifar10(model.card):
        return Reported("CIFAR-10", FAR, "test pictures of CIFAR-10", lambda: _cifar10(folder, model.size, most))
    return Reported("ground", FAR, "tiles of the ground, from a drone", lambda: _tiles(folder, model.size, most, cache))


def _cifar10(folder: Path, size: int, most: int) -> Tensor:
    place = next((each for each in (folder, folder.parent) if (each / "cifar-10-batches-py").is_dir()), None)
    if place is None:
        return none(size)
    pictures = cifar10.cifar10(place, "test").pictures[:most].float()
    return as_bytes(F.interpolate(pictures, size=(size, size), mode="bicubic", align_corners=False))


def _tiles(folder: Path, size: int, most: int, cache: Path | None) -> Tensor:
    place = sources.photo_folder(folder)
    if place == folder or not place.is_dir():
        return none(size)
    part = photo_set.read(place, size, cache=cache, limit=most, to_train=False, blocks=frozenset()).test
    return part.images().pictures[:most].contiguous()


def _left_out(model: Model, folder: Path, most: int) -> list[Reported]:
    """The test pictures of classes that a network for CIFAR-10 was trained without."""
    if not is_cifar10(model.card):
        return []

    def of(name: str) -> Tensor:
        return cifar10.of_classes(cifar10.cifar10(folder, "test"), (name,)).pictures[:most]

    names = [name for name in cifar10.CIFAR10_CLASSES if name not in model.classes]
    return [Reported(name, NEAR, f"the class {name}, which it never met", lambda name=name: of(name)) for name in names]


def _heights(model: Model, folder: Path, most: int, seed: int) -> list[Reported]:
    """Windows of whole photos from above: as large as at training, and twice as large, as from twice the height."""
    window = told_window(model)
    photos = sorted((sources.photo_folder(folder) / "photos").glob("*.jpg")) if window else []
    if not photos or not window:
        return []

    def cut(side: int) -> Tensor:
        return windows([read_photo(photo) for photo in photos], side, model, most, seed)

    return [
        Reported("whole photos", KNOWN, "windows of whole photos, as large as at training", lambda: cut(window)),
        Reported("twice the height", ALTERED, "windows twice as wide of the same photos", lambda: cut(2 * window)),
    ]


def windows(photos: list[Image.Image], side: int, model: Model, most: int, seed: int) -> Tensor:
    """Squares of a side in pixels, anywhere in the photos, as the network sees them."""
    chance, found = np.random.default_rng(seed), []
    for number in range(most):
        photo = photos[number % len(photos)]
        left, top = (int(chance.integers(length - side + 1)) for length in photo.size)
        found.append(np.asarray(model.crop(photo.crop((left, top, left + side, top + side)))))
    return stacked(found, model.size)


def blurred(known: Images) -> Tensor:
    """By a Gaussian whose standard deviation is 1/32 of the side: 4 pixels of 128."""
    size = known.pictures.shape[-1]
    blur = ImageFilter.GaussianBlur(size / 32)
    pictures = (Image.fromarray(each.permute(1, 2, 0).contiguous().numpy()) for each in known.pictures)
    return stacked([np.asarray(each.filter(blur)) for each in pictures], size)


def grey(known: Images) -> Tensor:
    """The luminance alone (ITU-R BT.601)."""
    weights = torch.tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)
    return as_bytes((known.pictures.float() * weights).sum(1, keepdim=True)).expand(-1, 3, -1, -1).contiguous()
