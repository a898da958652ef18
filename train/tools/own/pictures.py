"""Pictures with their classes, as somebody gives them, in memory or on the disk: nothing is split or left out yet."""

import hashlib
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from model_zoo.common import picture_file
from model_zoo.common.lru_cache import LRUCache
from model_zoo.common.picture import SHORT_SIDE, reduced, to_rgb
from model_zoo.common.picture_file import PictureError
from model_zoo.model import crop_box
from train.data import decode
from train.data.cifar10 import DataError
from train.data.layouts import few
from train.data.picture_files import without_ending

SIDE = 16  # of the small grey copy by which pictures are compared, in pixels
KEPT_BYTES = 300_000_000  # of decoded pictures that are kept between two uses
SHORT = 2 * SHORT_SIDE  # the shorter side that a kept picture has at least, where its file has as many pixels
CLASSES = range(2, 101)
EXIF_TIMES = (
    (36867, 37521),
    (306, 0),
)  # tags of EXIF: date of the photo and its fraction of a second; date of the file

# What a program that cuts photos, or takes pictures out of a video or in a burst, adds to the name of the whole. The
# number of a camera's photo, as in IMG_0012, is none of these.
_PARTS = (
    re.compile(r"(?P<whole>.+)[_-]r\d+[_-]?c\d+$", re.I),  # row and column
    re.compile(r"(?P<whole>.+)[_-]x\d+[_-]?y\d+$", re.I),
    re.compile(r"(?P<whole>.+?)[_-]?(?:tile|crop|patch|part|frame|burst)[_-]?\d+(?:[_-]\d+)*(?:[_-]cover)?$", re.I),
)
_decoded: LRUCache[Image.Image] = LRUCache(KEPT_BYTES, lambda picture: 3 * picture.width * picture.height)

Load = Callable[[int], Image.Image]


@dataclass(frozen=True, eq=False)
class OwnPicture:
    """One picture, with what it is compared by."""

    key: str  # of its contents: exact copies have the same one
    name: str  # its path below the set's folder, or what a page calls it
    load: Load  # from a shorter side, in pixels, to the picture in RGB with at least that, where it has as many
    small: Tensor  # float32 (SIDE, SIDE): greys of its centred square, mean 0 and length 1; all 0 where it is plain
    colour: Tensor  # float32 (3,): the mean colour of that square, 0..255
    taken: float = math.nan  # when, in seconds, where its camera says so; NaN where not known
    photo: str = ""  # the photo, burst or stretch of ground that it is a part of, where its name or its table says so


@dataclass(frozen=True)
class Collection:
    """Pictures of two or more classes, in an order that stays."""

    classes: tuple[str, ...]
    pictures: tuple[OwnPicture, ...]
    labels: tuple[int, ...]  # the class of each, a number below that of the classes
    name: str = "own pictures"  # for the card
    left_out: tuple[tuple[str, str], ...] = ()  # files that are no pictures, or cannot be read, and why

    def __len__(self) -> int:
        return len(self.pictures)

    @property
    def counts(self) -> tuple[int, ...]:
        """Pictures of each class."""
        return tuple(self.labels.count(label) for label in range(len(self.classes)))

    @property
    def key(self) -> str:
        """Equal for collections of which the same is learned: classes, pictures in their order, and their scenes."""
        pictures = [(one.key, one.name, one.taken, one.photo) for one in self.pictures]
        return hashlib.blake2b(repr((self.classes, self.labels, pictures)).encode(), digest_size=16).hexdigest()

    def take(self, index: Iterable[int]) -> "Collection":
        """Some of its pictures, by number; the classes stay."""
        chosen = list(index)
        pictures, labels = (tuple(all_[i] for i in chosen) for all_ in (self.pictures, self.labels))
        return replace(self, pictures=pictures, labels=labels)

    def with_pictures(self, pictures: Iterable[OwnPicture], label: int) -> "Collection":
        """With further pictures of a class, behind the others."""
        further = tuple(pictures)
        return replace(self, pictures=self.pictures + further, labels=self.labels + (label,) * len(further))

    def moved(self, at: int, label: int) -> "Collection":
        """With one picture, by number, in another class."""
        return replace(self, labels=(*self.labels[:at], label, *self.labels[at + 1 :]))

    def without(self, at: int) -> "Collection":
        """Without one picture, by number."""
        return self.take(i for i in range(len(self)) if i != at)

    def check(self) -> None:
        """DataError where nothing can be learned of it, in a sentence."""
        if len(self.classes) not in CLASSES:
            raise DataError(f"Own classes can be {CLASSES[0]} to {CLASSES[-1]}, not {len(self.classes)}.")
        empty = [name for name, count in zip(self.classes, self.counts, strict=True) if not count]
        if empty:
            raise DataError(f"There is no picture of {few(empty)}. Every class needs one or more.")


def of_image(picture: Image.Image, name: str, taken: float = math.nan, photo: str = "") -> OwnPicture:
    """A picture that is in memory, as from a camera or a page.

    Args:
        picture: any Pillow picture; one that is much larger than a network sees is kept smaller.
        name: how it is called in words about it.
        taken: seconds, by any clock that all pictures of a collection share; pictures of a burst are seconds apart.
        photo: of what it is a part, such as the name of a photo in which tiles were marked.
    """
    plain = to_rgb(picture, lambda whole: reduced(whole, SHORT))
    key = hashlib.blake2b(f"{plain.size}".encode() + plain.tobytes(), digest_size=16).hexdigest()
    return OwnPicture(key, name, lambda _: plain, *_compared(plain), taken, photo)


def of_file(place: tuple[str, str], name: str, photo: str = "") -> OwnPicture:
    """A picture in a file or in a zip, which is opened again where it is needed.

    Args:
        place: as for `train.data.decode.read_bytes`.
        name: its path, which may say of what it is a part.
        photo: of what it is a part, where a table says so.

    Raises:
        PictureError: it cannot be opened.
    """
    data = decode.read_bytes(place)
    key = hashlib.blake2b(data, digest_size=16).hexdigest()
    plain = _decoded.get((key, SHORT), partial(decode.open_picture, data, SHORT))
    return OwnPicture(key, name, partial(_loaded, place, key), *_compared(plain), _taken(data), photo or whole(name))


def whole(name: str) -> str:
    """The photo or burst of which a file is a part by its name, with the folder; "" where the name says nothing.

    `0062_r3_c12.jpg` is a tile of `0062`, `walk_frame_0012.png` a picture of the video `walk`.
    """
    path = PurePosixPath(name)
    stem = without_ending(path.name)
    found = next((match for pattern in _PARTS if (match := pattern.fullmatch(stem))), None)
    return str(path.with_name(found["whole"])) if found else ""


def _loaded(place: tuple[str, str], key: str, short_side: int) -> Image.Image:
    side = max(SHORT, short_side)
    return _decoded.get((key, side), lambda: decode.open_picture(decode.read_bytes(place), side))


def _compared(picture: Image.Image) -> tuple[Tensor, Tensor]:
    square = picture.resize((SIDE, SIDE), Image.Resampling.BOX, box=crop_box(*picture.size))
    values = torch.from_numpy(np.array(square)).float()
    grey = values.mean(2)
    grey = grey - grey.mean()
    length = grey.norm()
    plain = length < SIDE  # a spread of less than one level of 255
    return torch.zeros_like(grey) if plain else grey / length, values.mean((0, 1))


def _taken(data: bytes) -> float:
    """When a photo was taken by its EXIF data, in seconds; NaN where they do not say.

    The time of a file is no evidence: copying or unpacking a folder gives all its files the same one.
    """
    try:
        with picture_file.opened(data, decode.LIMITS) as image:
            exif = image.getexif()
            values = dict(exif) | dict(exif.get_ifd(0x8769))
        for tag, fraction in EXIF_TIMES:
            if tag in values:
                moment = datetime.strptime(str(values[tag]).strip("\0 "), "%Y:%m:%d %H:%M:%S")
                part = str(values.get(fraction, "")).strip("\0 ")
                return (moment - datetime(1970, 1, 1)).total_seconds() + (float(f"0.{part}") if part.isdigit() else 0)
    except (PictureError, ValueError, OverflowError):
        pass
    return math.nan
