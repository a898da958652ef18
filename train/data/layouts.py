"""The three forms in which sets of labelled photos come, each read into one list of photos per split.

Kaggle's competition "Invasive Species Monitoring", a folder or its zip:

    train/1.jpg ...  train_labels.csv (name,invasive)  test/1.jpg ...  sample_submission.csv (name,invasive)

Kaggle's train.7z and test.7z have to be unpacked by hand first; zips within the zip are read as they are.

Tiles of larger photos, as `python -m train cut` makes them:

    labels.csv (file,invasive,cover,split,photo,block,side)  tiles/...

`file` is a path below the folder; `invasive` is 1 (covers at least 5 % of the tile), 0 (none) or -1 (in between);
`cover` is the covered share; `split` is train, validation or test; `block` names a stretch of ground: tiles of one
block overlap, so a block may not be in two splits. `side`, which may be missing, is that of the tile in pixels of the
whole photo, which tells how large the windows of a survey should be. `photo` is not read.

A folder per class:

    train/CLASS/...  validation/CLASS/...  test/CLASS/...     (val and valid mean validation too)
    CLASS/...                                                 (no splits yet)
"""

import hashlib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from model_zoo.aerial.threshold import PRESENT
from train.data.archive_files import File, is_picture, read_text_file
from train.data.cifar10 import DataError
from train.data.tables import Row, once, one_of, read_table, share

BINARY = ("not invasive", "invasive")
ROUNDED = 0.005  # by which a cover may be off where it was noted in whole percents
UNKNOWN = -1  # the label of a photo whose class is not known or in between
COMPETITION = (2_295, 1_531)  # photos with a label, and photos to answer for, of the competition itself
TRAIN_LABELS, SAMPLE, TILE_LABELS = "train_labels.csv", "sample_submission.csv", "labels.csv"
SPLIT_NAMES = {"train": "train", "validation": "validation", "val": "validation", "valid": "validation", "test": "test"}


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


def listing(files: dict[str, File], called: str) -> Listing:
    """The set that a folder or zip holds; its form is told by the table that it contains.

    Args:
        files: by name.
        called: how sentences name the folder or zip.

    Raises:
        DataError: none of the three forms, or a table that says what cannot be.
    """
    for table, read in ((TRAIN_LABELS, _kaggle), (TILE_LABELS, _tiles)):
        below = _beside(files, table)
        if below is not None:
            return read(below)
    return _classes(files, called)


# ------------------------------------------------------------------------------------------------------------- Kaggle


def _kaggle(files: dict[str, File]) -> Listing:
    table = files[TRAIN_LABELS]
    rows = once(read_table(read_text_file(table), table.name, ("name", "invasive")), "name", table.name)
    photos = _photos_by_number(files, "train/")
    if not photos:
        raise DataError(f"{table.name} has labels, but there are no photos in train/.{_seven_zip(files)}")
    found, missing = _match(
        rows,
        lambda row: photos.pop(_number(row[1]["name"]), None),
        lambda row, file: Photo(file, int(one_of(row, "invasive", ("0", "1"), table.name))),
        lambda row: f"train/{_number(row[1]['name'])}.jpg",
    )
    unlabelled = tuple(file.name for file in photos.values())
    test = sorted(_photos_by_number(files, "test/").items(), key=lambda one: (len(one[0]), one[0]))
    return Listing(
        "kaggle",
        BINARY,
        found,
        [],
        [Photo(file, UNKNOWN) for _, file in test],
        missing,
        unlabelled,
        positive=BINARY[1],
        is_competition=(len(rows), len(test)) == COMPETITION,
    )


def kaggle_test(files: dict[str, File]) -> list[tuple[str, File]]:
    """Each name in Kaggle's sample_submission.csv, in its order, with the test photo.

    Raises:
        DataError: the table or the photos are missing, or they do not name the same photos.
    """
    below = _beside(files, SAMPLE)
    if below is None:
        raise DataError(f"There is no {SAMPLE}, which says for which photos in which order to answer.")
    files, table = below, below[SAMPLE]
    rows = once(read_table(read_text_file(table), table.name, ("name", "invasive")), "name", table.name)
    photos = _photos_by_number(files, "test/")
    if not photos:
        raise DataError(f"{table.name} asks for answers, but there are no photos in test/.{_seven_zip(files)}")
    answers = [(row["name"], photos.pop(_number(row["name"]), None)) for _, row in rows]
    lacking = [name for name, file in answers if file is None]
    if lacking or photos:
        words = [f"has no photo for {few(lacking)}"] if lacking else []
        words += [f"holds {few(file.name for file in photos.values())} without a row"] if photos else []
        raise DataError(f"{table.name} and test/ do not fit: the folder {' and '.join(words)}.")
    return [(name, file) for name, file in answers if file is not None]


def _photos_by_number(files: dict[str, File], folder: str) -> dict[str, File]:
    """The photos right in a folder by name without ending, which is how Kaggle's tables name them."""
    found: dict[str, File] = {}
    for name, file in files.items():
        path = PurePosixPath(name)
        if name.startswith(folder) and name.count("/") == folder.count("/") and is_picture(name):
            if path.stem in found:
                raise DataError(f"{found[path.stem].name} and {name} have the same number; one of them must go.")
            found[path.stem] = file
    return found


def _number(name: str) -> str:
    return PurePosixPath(name).stem if is_picture(name) else name


def _seven_zip(files: dict[str, File]) -> str:
    packed = sorted(name for name in files if name.endswith(".7z"))
    return f" 7z archives are not read: unpack {few(packed)} there first (7z x FILE)." if packed else ""


# -------------------------------------------------------------------------------------------------------------- tiles


def _tiles(files: dict[str, File]) -> Listing:
    table = files[TILE_LABELS]
    needed, content = ("file", "invasive", "cover", "split", "block"), read_text_file(table)
    rows = once(read_table(content, table.name, needed), "file", table.name)
    left = {name: file for name, file in files.items() if is_picture(name)}

    def photo(row: Row, file: File) -> Photo:
        label = int(one_of(row, "invasive", ("0", "1", "-1"), table.name))
        return Photo(file, label, share(row, "cover", table.name), row[1]["block"])

    def name(row: Row) -> str:
        return PurePosixPath(row[1]["file"].replace("\\", "/")).as_posix()

    splits: dict[str, list[Row]] = {"train": [], "validation": [], "test": []}
    for row in rows:
        splits[SPLIT_NAMES[one_of(row, "split", tuple(SPLIT_NAMES), table.name)]].append(row)
    parts, missing = {}, ()
    for split, its in splits.items():
        parts[split], lost = _match(its, lambda row: left.pop(name(row), None), photo, name)
        missing += lost
    _check_blocks(splits, table.name)
    folders = {PurePosixPath(name(row)).parent for row in rows}
    unlabelled = tuple(one for one in left if PurePosixPath(one).parent in folders)
    tiles = [photo for part in parts.values() for photo in part]
    return Listing(
        "tiles",
        BINARY,
        **parts,
        missing=missing,
        unlabelled=unlabelled,
        doubtful=tuple(tile.file.name for tile in tiles if _is_doubtful(tile)),
        side=_side(rows, table.name),
        table_sha256=hashlib.sha256(content).hexdigest(),
        positive=BINARY[1],
    )


def _is_doubtful(tile: Photo) -> bool:
    if tile.label == 1:
        return tile.cover < PRESENT
    return tile.label == 0 and tile.cover >= PRESENT + ROUNDED


def _side(rows: list[Row], table: str) -> int | None:
    """The side that all rows give; None where there is no such column, or tiles differ."""
    if "side" not in rows[0][1]:
        return None
    for line, values in rows:
        text = values["side"]
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000):
            raise DataError(f"{table}, line {line}: side is {text!r}; it must be a whole number of pixels.")
    sides = {int(values["side"]) for _, values in rows}
    return sides.pop() if len(sides) == 1 else None


def _check_blocks(splits: dict[str, list[Row]], table: str) -> None:
    where: dict[str, str] = {}
    for split, rows in splits.items():
        for line, values in rows:
            block = values["block"]
            if not block:
                raise DataError(f"{table}, line {line}: no block is named.")
            if where.setdefault(block, split) != split:
                raise DataError(
                    f"{table}, line {line}: block {block} is in {where[block]} and in {split}. Tiles of one block "
                    "show the same ground, so a block must be in one split only."
                )


# ------------------------------------------------------------------------------------------------- a folder per class


def _classes(files: dict[str, File], called: str) -> Listing:
    names = sorted(filter(is_picture, files))
    paths = _below_the_top([PurePosixPath(name).parts for name in names])
    tops = {path[0].lower() for path in paths if len(path) > 1}
    if not tops:
        raise DataError(
            f"{called} holds no photos to train on: neither {TRAIN_LABELS} nor {TILE_LABELS}, nor a folder per class "
            f"with JPEG, PNG or WebP pictures.{_seven_zip(files)}"
        )
    # The class is the folder below the split's, or the topmost one where there are no splits yet.
    depth = 1 if tops <= set(SPLIT_NAMES) else 0
    splits = [SPLIT_NAMES.get(path[0].lower(), "") if depth else "train" for path in paths]
    # Those to train on name the classes, or all where there are none to train on.
    naming = "train" if "train" in splits else None
    pairs = zip(paths, splits, strict=True)
    found = {path[depth] for path, split in pairs if len(path) >= depth + 2 and naming in (None, split)}
    classes = sorted(found)
    parts: dict[str, list[Photo]] = {"train": [], "validation": [], "test": []}
    unlabelled = []
    for name, path, split in zip(names, paths, splits, strict=True):
        if len(path) < depth + 2:
            unlabelled.append("/".join(path))
        elif path[depth] not in classes:
            raise DataError(f"{called}: the class {path[depth]} is in {path[0]} but not in train.")
        else:
            parts[split].append(Photo(_renamed(files[name], "/".join(path)), classes.index(path[depth])))
    return Listing("classes", tuple(classes), **parts, unlabelled=tuple(unlabelled))


def _below_the_top(paths: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The paths without the folders that all of them share, such as the one that a zip was made of."""
    while paths and len({path[0] for path in paths}) == 1 and all(len(path) > 2 for path in paths):
        if paths[0][0].lower() in SPLIT_NAMES:
            break
        paths = [path[1:] for path in paths]
    return paths


# ------------------------------------------------------------------------------------------------------ common to all


def few(names: Iterable[str], most: int = 3) -> str:
    """The first names of a list and how many more there are, for a sentence."""
    names = list(names)
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more


def _beside(files: dict[str, File], table: str) -> dict[str, File] | None:
    """The files beside and below a table, named by their path from there; None where there is no such table.

    It may lie in a folder of the top folder: a zip often holds just the one folder that it was made of.
    """
    found = [name for name in files if PurePosixPath(name).name == table and name.count("/") < 2]
    if not found:
        return None
    top = min(found, key=lambda name: (name.count("/"), name))[: -len(table)]
    return {name[len(top) :]: _renamed(file, name[len(top) :]) for name, file in files.items() if name.startswith(top)}


def _renamed(file: File, name: str) -> File:
    return file if file.name == name else replace(file, name=name)


def _match(
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
