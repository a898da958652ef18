"""Whole photos and their masks cut into labelled tiles, the form of set that `photo_set.read` takes.

The rules stand in train/commands/cut.py.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from model_zoo.aerial.threshold import PRESENT
from model_zoo.common import safe_zip
from train.data import decode
from train.data.archive_files import File, whole_folder
from train.data.cifar10 import DataError
from train.data.layouts import SPLIT_NAMES, TILE_LABELS, few
from train.data.picture_files import is_picture
from train.data.tables import once, one_of, read_table

COLUMNS = ("file", "invasive", "cover", "split", "photo", "block", "side")
QUALITY = 90  # of the tiles' JPEG
WHITE = 127  # mask values above are the plant


@dataclass(frozen=True)
class Place:
    """Where a photo stands on the ground."""

    block: str
    split: str  # "train", "validation" or "test"


def cut(
    photos: Path,
    masks: Path,
    out: Path,
    *,
    tile: int = 250,
    overlap: float = 0.0,
    size: int = 144,
    blocks: Path | None = None,
    strip: int = 8,
    test: float = 0.3,
    gap: int = 1,
) -> str:
    """Write `out`/labels.csv and `out`/tiles; the folder appears when all is done, or not at all.

    Args:
        photos: a folder of photos.
        masks: a folder of their masks, which may be the same one.
        out: must not exist, or be empty.
        tile: side of a tile in the photo, in pixels.
        overlap: of neighbouring tiles, as a share of their side, 0 to 0.9.
        size: side of a saved tile in pixels; larger than `tile` is saved as `tile`.
        blocks: a CSV with the columns photo, block and split, such as another set's labels.csv.
        strip: successive photos in a block, where there is no table.
        test: the share of blocks that is for testing, 0 to 0.9, where there is no table.
        gap: photos left out between training and testing, where there is no table.

    Returns:
        What was written and left out, as lines for a terminal.

    Raises:
        DataError: a photo, mask or table cannot be used; nothing is written.
    """
    with whole_folder(out) as folder:
        pairs, alone = photo_pairs(photos, masks)
        names = [photo.name for photo, _ in pairs]
        places = _table_places(blocks, names) if blocks else _flight_places(names, strip, test, gap)
        rows: list[tuple[Any, ...]] = []
        (folder / "tiles").mkdir()
        for photo, mask in tqdm(pairs, desc="cutting", unit=" photos", disable=None):
            if photo.name in places:
                for name, cover, picture in _tiles(photo, mask, tile, overlap, size):
                    picture.save(folder / "tiles" / name, quality=QUALITY)
                    place = places[photo.name]
                    known = (f"tiles/{name}", label(cover), round(cover, 5), place.split, photo.name, place.block)
                    rows.append((*known, tile))
        (folder / TILE_LABELS).write_text(_table(rows), encoding="utf-8")
    return _summary(out, rows, alone, [name for name in names if name not in places])


def label(cover: float) -> int:
    """1: invasive, 0: not, -1: in between, for a tile whose covered share is `cover`, 0..1."""
    return 1 if cover >= PRESENT else 0 if cover == 0 else -1


def photo_pairs(photos: Path, masks: Path) -> tuple[list[tuple[Path, Path]], list[str]]:
    """Each photo with its mask, by name; and the names of those that have none."""
    for folder in (photos, masks):
        if not folder.is_dir():
            raise DataError(f"There is no folder {folder}.")
    of_photo = {path.stem.removesuffix("_mask"): path for path in _pictures(masks) if path.stem.endswith("_mask")}
    if photos.resolve() != masks.resolve():
        of_photo = {path.stem: path for path in _pictures(masks)} | of_photo
    pictures = [path for path in _pictures(photos) if path not in of_photo.values()]
    double = [stem for stem, count in Counter(path.stem for path in pictures).items() if count > 1]
    if double:
        raise DataError(f"{photos} holds two photos of the name {few(double)}; their tiles would have the same names.")
    pairs = [(path, of_photo.pop(path.stem)) for path in pictures if path.stem in of_photo]
    if not pairs:
        raise DataError(f"No photo in {photos} has a mask of its name in {masks}.")
    paired = {path for path, _ in pairs}
    return pairs, [path.name for path in [*pictures, *of_photo.values()] if path not in paired]


def photos_below(folder: Path) -> Path:
    """Where the whole photos of a set are: in its `photos`, or right in it, or in those of its hogweed."""
    for place in (folder / "photos", folder / "hogweed" / "photos"):
        if place.is_dir():
            return place
    return folder


def _pictures(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.iterdir() if path.is_file() and not safe_zip.is_hidden(path.name))
    return [path for path in files if is_picture(File(path.name, 0, 0, (str(path), "")))]


# ---------------------------------------------------------------------------------------------------- blocks and splits


def _table_places(table: Path, names: list[str]) -> dict[str, Place]:
    try:
        rows = read_table(table.read_bytes(), table.name, ("photo", "block", "split"))
    except OSError as error:
        raise DataError(f"{table} cannot be read: {error.strerror or error}.") from error
    # Such a table may have a row per tile.
    rows = [(line, {column: values[column] for column in ("photo", "block", "split")}) for line, values in rows]
    places, where = {}, {}
    for row in once(rows, "photo", table.name):
        block, split = row[1]["block"], SPLIT_NAMES[one_of(row, "split", tuple(SPLIT_NAMES), table.name)]
        if where.setdefault(block, split) != split:
            raise DataError(f"{table.name}, line {row[0]}: block {block} is in {where[block]} and in {split}.")
        places[row[1]["photo"]] = Place(block, split)
    lacking = [name for name in names if name not in places]
    if lacking:
        raise DataError(f"{table.name} has no row for {few(lacking)}.")
    return places


def _flight_places(names: list[str], strip: int, test: float, gap: int) -> dict[str, Place]:
    block_of = {name: index // strip for index, name in enumerate(sorted(names))}
    count = max(block_of.values()) + 1
    tested = min(count - 1, max(1, round(test * count))) if test else 0
    first = (count - tested) * strip  # photo that is for testing
    between = set(sorted(names)[max(0, first - gap) : first]) if tested else set()
    return {
        name: Place(str(block), "test" if block >= count - tested else "train")
        for name, block in block_of.items()
        if name not in between
    }


# --------------------------------------------------------------------------------------------------------------- tiles


def _tiles(photo: Path, mask: Path, tile: int, overlap: float, size: int) -> Iterator[tuple[str, float, Image.Image]]:
    """Name, cover and picture of each tile of a photo."""
    picture, plant = read_photo(photo), read_mask(mask)
    if plant.shape != (picture.height, picture.width):
        raise DataError(
            f"{mask.name} has {plant.shape[1]} x {plant.shape[0]} pixels, but {photo.name} has {picture.width} x "
            f"{picture.height}. They must be the same, upright."
        )
    step = max(1, round(tile * (1 - overlap)))
    tops, lefts = (range(0, length - tile + 1, step) for length in (picture.height, picture.width))
    if not tops or not lefts:
        raise DataError(f"{photo.name} has {picture.width} x {picture.height} pixels: no tile of {tile} fits.")
    digits = [len(str(len(places) - 1)) for places in (tops, lefts)]
    side = min(size, tile)
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            cover = float(plant[top : top + tile, left : left + tile].mean())
            box = (left, top, left + tile, top + tile)
            small = picture.resize((side, side), Image.Resampling.BICUBIC, box=box)
            yield f"{photo.stem}_r{row:0{digits[0]}}_c{column:0{digits[1]}}.jpg", cover, small


def read_photo(path: Path) -> Image.Image:
    """A whole photo, upright, RGB. Raises DataError where it cannot be read."""
    return _read(path, decode.open_whole)


def read_mask(path: Path) -> np.ndarray:
    """Where the plant is: bool (height, width)."""
    values = np.asarray(_read(path, decode.open_values))
    plant = values > WHITE
    if values.any() and not plant.any():
        raise DataError(f"{path.name} has no white: its values are 0 to {values.max()}. White (255) is the plant.")
    return plant


def _read(path: Path, read: Callable[[bytes], Image.Image]) -> Image.Image:
    try:
        return read(decode.read_bytes((str(path), "")))
    except decode.PictureError as error:
        raise DataError(f"{path.name} {error}.") from error


# ---------------------------------------------------------------------------------------------------------- the results


def _table(rows: list[tuple[Any, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    return text.getvalue()


def _summary(out: Path, rows: list[tuple[Any, ...]], alone: list[str], between: list[str]) -> str:
    lines = [f"{out}: {len(rows):,} tiles of {len({row[4] for row in rows}):,} photos"]
    counts = Counter((row[3], row[1]) for row in rows)
    for split in dict.fromkeys(SPLIT_NAMES.values()):
        if any(name == split for name, _ in counts):
            its = f"{counts[split, 1]:,} invasive, {counts[split, 0]:,} not, {counts[split, -1]:,} in between"
            lines.append(f"{split}: {its}, {len({row[5] for row in rows if row[3] == split})} blocks")
    if not any(row[3] == "test" for row in rows):
        lines.append("No tiles are for testing: that takes at least two blocks.")
    if alone:
        lines.append(f"Left out, photo without mask or mask without photo: {few(alone)}.")
    if between:
        lines.append(f"Left out, because they may share ground with the test photos: {few(between)}.")
    return "\n".join(lines)
