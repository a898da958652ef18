"""What a set of photos consists of, by its tables and names alone, and what its readers share."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from train.data.archive_files import File
from train.data.tables import Row

BINARY = ("not invasive", "invasive")
UNKNOWN = -1  # the label of a photo whose class is not known or in between
TRAIN_LABELS, SAMPLE, TILE_LABELS = "train_labels.csv", "sample_submission.csv", "labels.csv"
SPLIT_NAMES = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("validation", "valid", "val"), "validation"),
    **dict.fromkeys(("test", "testing"), "test"),
}
"""How splits are called, in lower case."""


@dataclass(frozen=True)
class Photo:
    """One photo of a set, not yet opened."""

    file: File
    label: int  # class number, or UNKNOWN
    cover: float = math.nan  # the share of the photo that the plant covers, where known
    block: str = ""  # the stretch of ground, where known


@dataclass(frozen=True)
class Listing:
    """What a set consists of, by its tables and names alone."""

    layout: str  # "kaggle", "tiles" or "classes"
    classes: tuple[str, ...]
    train: list[Photo]
    validation: list[Photo] = field(default_factory=list)
    test: list[Photo] = field(default_factory=list)
    missing: tuple[str, ...] = ()  # labelled, but not there
    unlabelled: tuple[str, ...] = ()  # there, but of no known class
    skipped: tuple[tuple[str, str], ...] = ()  # among the photos, but no picture that can be read; and why
    doubtful: tuple[str, ...] = ()  # tiles whose label and cover contradict each other
    side: int | None = None  # of every tile, in pixels of the whole photos, where known
    table_sha256: str = ""  # of labels.csv as it is
    positive: str = ""  # the class that the set is about, where its table says whether it is there
    is_competition: bool = False  # whether it is the set of Kaggle's competition itself, by the numbers of its photos

    @property
    def labelled(self) -> int:
        """Photos for which the set says something, those that are missing among them."""
        parts = self.train, self.validation, [] if self.layout == "kaggle" else self.test
        return sum(map(len, parts)) + len(self.missing)


def few(names: Iterable[str], most: int = 3) -> str:
    """The first names of a list and how many more there are, for a sentence."""
    names = list(names)
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more


def beside(files: dict[str, File], table: str) -> dict[str, File] | None:
    """The files beside and below a table, named by their path from there; None where there is no such table.

    It may lie in a folder of the top folder: a zip often holds just the one folder that it was made of.
    """
    found = [name for name in files if PurePosixPath(name).name == table and name.count("/") < 2]
    if not found:
        return None
    top = min(found, key=lambda name: (name.count("/"), name))[: -len(table)]
    return {name[len(top) :]: renamed(file, name[len(top) :]) for name, file in files.items() if name.startswith(top)}


def renamed(file: File, name: str) -> File:
    return file if file.name == name else replace(file, name=name)


def match(
    rows: list[Row],
    find: Callable[[Row], File | None],
    photo: Callable[[Row, File], Photo],
    name: Callable[[Row], str],
) -> tuple[list[Photo], tuple[str, ...]]:
    """The photos of the rows whose file is there, and the names of the others."""
    found, missing = [], []
    for row in rows:
        file = find(row)
        if file is None:
            missing.append(name(row))
        else:
            found.append(photo(row, file))
    return found, tuple(missing)


def seven_zip(files: dict[str, File]) -> str:
    """A sentence about the 7z archives among the files, with a space before it; "" where there are none."""
    packed = sorted(name for name in files if name.lower().endswith(".7z"))
    return f" 7z archives are not read: unpack {few(packed)} there first (7z x FILE)." if packed else ""
