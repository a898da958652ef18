"""Labelled photos as arrays to train on, whatever form the set has and however large it is.

    photos = read("invasive-species-monitoring", size=224)     # a folder or a zip; train/data/layouts.py has the forms
    print(photos.describe())
    photos.train.pictures                                       # uint8 (N, 224, 224, 3), mapped from the disk
    photos.train.images()                                       # the same as Images, nothing copied

Every photo is decoded once, in several processes, into a cache (train/data/cache.py); of each, the largest centred
square is kept at `size` pixels, exactly as the page prepares a picture for a network of that size.

What is not as it should be is said in `PhotoSet.report` (train/data/report.py). The rules:

- **left out**, and refused when together they are more than `tolerance` of the labelled photos: labels without a file,
  and files that cannot be decoded (empty, cut off, no JPEG, PNG or WebP, over 100 MB or 80 million pixels);
- **left out**: files without a label; tiles labelled -1 unless asked for; and a photo of which an exact copy (the same
  bytes) is in another split: it stays in test rather than validation, and in validation rather than train;
- **kept**, and named: exact copies within one split, also where their labels contradict each other; tiles whose label
  and covered share contradict each other;
- **refused** (DataError): tables with missing columns, other labels than 0, 1 and -1 (Kaggle: 0 and 1), shares
  outside 0..1, or two different rows for one photo; blocks in two splits; fewer than two classes to train on; archives
  that are damaged, encrypted, bombs, or name files outside of themselves.

Where the set has no validation split, it is taken from train with a fixed seed: whole blocks for tiles
(`splits.by_blocks`), else 20 % of each class (`splits.stratified`). A folder per class without splits gives 20 % of
each class to test first.
"""

import hashlib
import math
import re
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from train.data import cache as caches
from train.data import splits
from train.data.archive_files import files_below
from train.data.cifar10 import SPLIT_SEED, DataError, Images
from train.data.layouts import UNKNOWN, Listing, Photo, few, listing
from train.data.report import Report

TOLERANCE = 0.05
SIZES = range(8, 1025)  # what the zoo's entries allow, and enough to see something

Part = list[Photo]


@dataclass(frozen=True, eq=False)
class PhotoSplit:
    """The photos of one split; row i of every field belongs to the same photo.

    Kaggle's test photos have no labels: -1, and targets that are NaN.
    """

    pictures: np.ndarray  # uint8 (N, size, size, 3), 0..255, read-only, mapped from the disk
    labels: np.ndarray  # int64 (N,): class numbers; -1 where the class is not known or in between
    targets: np.ndarray  # float32 (N, classes), rows sum to 1: (1 - cover, cover) where cover is known, else one-hot
    groups: np.ndarray  # int64 (N,): the block of ground; photos of which none is known have a group each
    names: tuple[str, ...]  # paths below the set's folder
    blocks: tuple[str, ...]  # names of the blocks, as the set's table has them; "" where none is known

    def __len__(self) -> int:
        return len(self.labels)

    def images(self) -> Images:
        """The same as `Images`, uint8 (N, 3, size, size) channels-last; nothing is copied, and none may be changed."""
        with warnings.catch_warnings():  # torch does not know read-only memory
            warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
            pictures = torch.from_numpy(self.pictures)
        return Images(pictures.permute(0, 3, 1, 2), torch.from_numpy(self.labels))


@dataclass(frozen=True, eq=False)
class PhotoSet:
    """A set of photos, ready to train on. A split that the set does not have is empty."""

    train: PhotoSplit
    validation: PhotoSplit
    test: PhotoSplit
    classes: tuple[str, ...]
    size: int  # side of a picture in pixels
    layout: str  # "kaggle", "tiles" or "classes"
    side: int | None = None  # of every tile, in pixels of the whole photos, where known
    table_sha256: str = ""  # of a set of tiles: of its labels.csv
    positive: str = ""  # the class that the set is about, where its table says whether it is there
    is_competition: bool = False  # whether it is the set of Kaggle's competition itself
    report: Report = field(default_factory=Report)

    def describe(self) -> str:
        """How many photos of which class each split has, and the report, as lines for a terminal."""
        lines = []
        for name in ("train", "validation", "test"):
            part = getattr(self, name)
            counts = Counter(part.labels.tolist())
            words = [f"{counts[label]:,} {self.classes[label]}" for label in range(len(self.classes)) if counts[label]]
            words += [f"{counts[UNKNOWN]:,} without a class"] if counts[UNKNOWN] else []
            lines.append(f"{name}: {len(part):,} photos ({', '.join(words) or 'none'})")
        return "\n".join(lines + self.report.lines())


def read(
    source: str | Path,
    size: int,
    *,
    cache: str | Path | None = None,
    uncertain: bool = False,
    blocks: frozenset[str] | None = None,
    seed: int = SPLIT_SEED,
    limit: int | None = None,
    to_train: bool = True,
    tolerance: float = TOLERANCE,
    processes: int | None = None,
    progress: bool = True,
) -> PhotoSet:
    """The photos of a folder or zip, decoded, split and checked; the rules stand at the top of this module.

    Args:
        source: a folder or zip of one of the three forms of train/data/layouts.py.
        size: side of the squares in pixels, 8..1024.
        cache: where decoded photos are kept, size x size x 3 bytes each; `cache.default_folder()` if None.
        uncertain: keep tiles labelled -1, at the end of each split, for losses that use their cover.
        blocks: the names of those that are held out for validation, in place of what the set or the rule says; empty
            to train on all. Photos that are no tiles have no blocks: then only the empty set is taken.
        seed: of the splits that the set does not make itself, and of `limit`.
        limit: only so many photos per split, the classes in their proportion, to try things.
        to_train: false for a set to measure with, which may have no photos to train on, or of one class only.
        tolerance: the share of the labelled photos that may be missing or broken, 0..1.
        processes: that decode; as many as there are cores, up to 8, if None, or one for a few photos.
        progress: show a bar while decoding, on a terminal.

    Raises:
        DataError: the set or the cache cannot be used; the message says why.
    """
    if size not in SIZES:
        raise DataError(f"Photos can be {SIZES[0]} to {SIZES[-1]} pixels wide, not {size}.")
    source = Path(source).expanduser()
    folder = Path(cache).expanduser() if cache is not None else caches.default_folder()
    folder /= _folder_name(source, size)
    found = listing(files_below(source, folder / "unpacked"), str(source))
    check_missing(found, tolerance)
    parts = divided(found if blocks is None else splits.held_blocks(found, blocks), seed, blocks is None)
    if limit is not None:
        parts = [_thinned(part, limit, seed) for part in parts]
    if to_train:
        check_classes(found.classes, [photo.label for photo in parts[-1]])
    rows = caches.decoded(
        [[photo.file for photo in part] for part in parts],
        size,
        folder,
        most_broken=int(tolerance * found.labelled) - len(found.missing),
        processes=processes,
        progress=progress,
    )
    result = assembled(found, parts, rows, size, uncertain)
    if to_train:  # what was left out may have been the last of a class
        check_classes(result.classes, result.train.labels.tolist())
    return result


def training_blocks(source: str | Path, cache: str | Path | None = None) -> dict[str, set[int]]:
    """The blocks of ground of the tiles that are not for testing, in order, each with the classes of its tiles.

    A set of photos that are no tiles has none.

    Raises:
        DataError: the set cannot be used.
    """
    source = Path(source).expanduser()
    folder = Path(cache).expanduser() if cache is not None else caches.default_folder()
    found = listing(files_below(source, folder / _folder_name(source, 0) / "unpacked"), str(source))
    classes: dict[str, set[int]] = {name: set() for name in splits.block_names(found)}
    for tile in (*found.train, *found.validation):
        if tile.block and tile.label != UNKNOWN:
            classes[tile.block].add(tile.label)
    return classes


def _folder_name(source: Path, size: int) -> str:
    words = re.sub(r"[^A-Za-z0-9]+", "-", source.stem).strip("-")[:40] or "photos"
    path = str(source.resolve()).encode(errors="surrogateescape")
    return f"{words}-{size}px-{hashlib.sha256(path).hexdigest()[:8]}"


def check_missing(found: Listing, tolerance: float) -> None:
    """DataError when more than that share of the labelled photos is not there."""
    if len(found.missing) > int(tolerance * found.labelled):
        raise DataError(
            f"{len(found.missing):,} labelled photos are not there: {few(found.missing)}. At most {tolerance:.0%} may "
            "be missing."
        )


def check_classes(classes: tuple[str, ...], train: Iterable[int]) -> None:
    """DataError when the labels of the photos to train on are of fewer than two classes."""
    labels = set(train) - {UNKNOWN}
    if len(labels) < 2:
        only = f"only {classes[labels.pop()]!r}" if labels else "none"
        raise DataError(f"There must be photos of at least two classes to train on; there is {only}.")


def divided(found: Listing, seed: int, holds_out: bool = True) -> list[Part]:
    """Test, validation and train: a photo that is in several stays in the first. Tiles of no class come last."""
    train, validation, test = found.train, found.validation, found.test
    if found.layout == "classes" and not validation and not test:
        test, train = _held(train, seed, "test")
    if holds_out and not validation and len({photo.label for photo in train} - {UNKNOWN}) > 1:
        if found.layout == "tiles":
            held = splits.by_blocks(_blocks(train), _labels(train), splits.HELD, seed)
            validation, train = _divided(train, held)
        else:
            validation, train = _held(train, seed, "validation")
    known_first = [[photo for photo in part if photo.label != UNKNOWN] for part in (test, validation, train)]
    others = [[photo for photo in part if photo.label == UNKNOWN] for part in (test, validation, train)]
    return [known + rest for known, rest in zip(known_first, others, strict=True)]


def _held(photos: Part, seed: int, what: str) -> tuple[Part, Part]:
    names = [f"{what}:{photo.file.name}" for photo in photos]  # test and validation draw independently
    return _divided(photos, splits.stratified(names, _labels(photos), splits.HELD, seed))


def _divided(photos: Part, held: np.ndarray) -> tuple[Part, Part]:
    pairs = list(zip(photos, held, strict=True))
    return [photo for photo, out in pairs if out], [photo for photo, out in pairs if not out]


def _labels(photos: Part) -> np.ndarray:
    return np.array([photo.label for photo in photos], dtype=np.int64)


def _blocks(photos: Part) -> np.ndarray:
    """Block numbers as in the table where all are whole numbers; else the places in the sorted list of names."""
    names = [photo.block for photo in photos]
    if all(re.fullmatch(r"-?[0-9]{1,18}", name) for name in names):
        return np.array([int(name) for name in names], dtype=np.int64)
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def _thinned(photos: Part, limit: int, seed: int) -> Part:
    """At most `limit` of the photos whose class is known, and of the others in proportion."""
    known = [photo for photo in photos if photo.label != UNKNOWN]
    rest = photos[len(known) :]
    return _drawn(known, limit, seed) + _drawn(
        rest, math.ceil(limit * len(rest) / (len(known) or len(rest) or 1)), seed
    )


def _drawn(photos: Part, limit: int, seed: int) -> Part:
    keys = splits.spread([photo.file.name for photo in photos], _labels(photos), seed)
    return [photos[index] for index in sorted(np.argsort(keys, kind="stable")[:limit].tolist())]


def assembled(found: Listing, parts: list[Part], rows: caches.Rows, size: int, uncertain: bool) -> PhotoSet:
    """The set out of the parts that `divided` gave, and the rows and notes of their files in the same order."""
    blocks = _blocks([photo for part in parts for photo in part]) if found.layout == "tiles" else None
    notes, at, row, left_out = rows.notes, 0, 0, 0
    made, repeats, contradictions = [], [], []
    for part in parts:
        whole = [(index, photo) for index, photo in enumerate(part, at) if not notes[index].trouble]
        kept = whole if uncertain or found.layout != "tiles" else [one for one in whole if one[1].label != UNKNOWN]
        left_out += len(whole) - len(kept)
        groups = np.array([index if blocks is None else blocks[index] for index, _ in kept], dtype=np.int64)
        made.append(_split([photo for _, photo in kept], rows.pixels[row : row + len(kept)], groups, found.classes))
        first: dict[str, Photo] = {}
        for index, photo in kept:
            other = first.setdefault(notes[index].digest, photo)
            if other is not photo:
                repeats.append((photo.file.name, other.file.name))
                if other.label != photo.label:
                    contradictions.append(repeats[-1])
        at += len(part)
        row += len(whole)
    report = Report(
        missing=found.missing,
        unlabelled=found.unlabelled,
        broken=tuple((note.name, note.detail) for note in notes if note.trouble == caches.BROKEN),
        duplicates=tuple((note.name, note.detail) for note in notes if note.trouble == caches.DUPLICATE),
        repeats=tuple(repeats),
        contradictions=tuple(contradictions),
        doubtful=found.doubtful,
        uncertain=left_out,
    )
    test, validation, train = made
    more = {"side": found.side, "table_sha256": found.table_sha256, "report": report}
    more |= {"positive": found.positive, "is_competition": found.is_competition}
    return PhotoSet(train, validation, test, found.classes, size, found.layout, **more)


def _split(photos: Part, pictures: np.ndarray, groups: np.ndarray, classes: tuple[str, ...]) -> PhotoSplit:
    labels = _labels(photos)
    targets = np.full((len(photos), len(classes)), np.nan, dtype=np.float32)
    known = labels != UNKNOWN
    targets[known] = np.eye(len(classes), dtype=np.float32)[labels[known]]
    cover = np.array([photo.cover for photo in photos], dtype=np.float32)
    measured = ~np.isnan(cover)
    if measured.any():  # tiles only, which have two classes
        targets[measured] = np.stack([1 - cover[measured], cover[measured]], axis=1)
    names, blocks = tuple(photo.file.name for photo in photos), tuple(photo.block for photo in photos)
    return PhotoSplit(pictures, labels, targets, groups, names, blocks)
