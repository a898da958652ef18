"""Tiles of larger photos with a table of labels and blocks of ground, as `python -m train cut` makes them."""

import hashlib
import unicodedata
from pathlib import PurePosixPath

from model_zoo.aerial.threshold import PRESENT
from train.data.archive_files import File, read_text_file
from train.data.cifar10 import DataError
from train.data.listing import BINARY, SPLIT_NAMES, TILE_LABELS, Listing, Photo, match
from train.data.picture_files import is_picture, skipped
from train.data.tables import Row, once, one_of, read_table, share

ROUNDED = 0.005  # by which a cover may be off where it was noted in whole percents


def read(files: dict[str, File]) -> Listing:
    """The set beside the table `TILE_LABELS`. Raises DataError."""
    table = files[TILE_LABELS]
    needed, content = ("file", "invasive", "cover", "split", "block"), read_text_file(table)
    rows = once(read_table(content, table.name, needed), "file", table.name)
    folders = {PurePosixPath(_file(row)).parent for row in rows}
    near = {name: file for name, file in files.items() if PurePosixPath(name).parent in folders and name != table.name}
    left = {name: file for name, file in near.items() if is_picture(file)}

    def photo(row: Row, file: File) -> Photo:
        label = int(one_of(row, "invasive", ("0", "1", "-1"), table.name))
        return Photo(file, label, share(row, "cover", table.name), row[1]["block"])

    splits: dict[str, list[Row]] = {"train": [], "validation": [], "test": []}
    for row in rows:
        line, values = row
        row = line, values | {"split": values["split"].lower()}
        splits[SPLIT_NAMES[one_of(row, "split", tuple(SPLIT_NAMES), table.name)]].append(row)
    parts, missing = {}, ()
    for split, its in splits.items():
        parts[split], lost = match(its, lambda row: left.pop(_file(row), None), photo, _file)
        missing += lost
    _check_blocks(splits, table.name)
    tiles = [photo for part in parts.values() for photo in part]
    return Listing(
        "tiles",
        BINARY,
        **parts,
        missing=missing,
        unlabelled=tuple(left),
        skipped=skipped(near.values()),
        doubtful=tuple(tile.file.name for tile in tiles if _is_doubtful(tile)),
        side=_side(rows, table.name),
        table_sha256=hashlib.sha256(content).hexdigest(),
        positive=BINARY[1],
    )


def _file(row: Row) -> str:
    """The path of a row's tile below the set's folder."""
    return PurePosixPath(unicodedata.normalize("NFC", row[1]["file"].replace("\\", "/"))).as_posix()


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
