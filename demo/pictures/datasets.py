"""The sets of pictures on this server: what each holds, and its pictures, opened one at a time.

What a set holds is worked out by a process of `train`, exactly as a training would take it; see
train/commands/describe.py.
"""

import threading
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from PIL import Image

from demo.errors import UserError
from demo.pictures.decode import MAX_BYTES, PictureError, open_image, photo_size
from demo.pictures.examples import data_folder, has_test_pictures
from demo.server.paths import work_folder
from model_zoo import Model
from model_zoo.common.lru_cache import LRUCache
from model_zoo.common.safe_zip import is_hidden
from train.service.describe import describe
from train.service.orders import Refused

CIFAR10 = "cifar-10-batches-py"
SPLITS = ("train", "validation", "test")
TABLES = ("labels.csv", "train_labels.csv", "train_labels.csv.zip", "train.zip")
SECONDS = 900  # for listing a set; 100,000 photos take about a minute


@dataclass(frozen=True, eq=False)
class Part:
    """The pictures of one split; row i of every field belongs to the same one."""

    labels: np.ndarray  # int64 (N,): class numbers, -1 where there is none or the tile is in between
    names: tuple[str, ...]  # what a person may look for
    places: tuple[tuple[str, str], ...] = ()  # path, and the member where the path is that of a zip
    numbers: tuple[int, ...] = ()  # of CIFAR-10: the place in the official order
    batches: tuple[tuple[str, int], ...] = ()  # of CIFAR-10: path, and the byte at which its 10,000 pictures begin

    def rows(self, label: int | None = None) -> np.ndarray:
        """Rows of a class, of those without one (-1), or all (None): int64 (n,)."""
        return np.arange(len(self.labels)) if label is None else np.flatnonzero(self.labels == label)


@dataclass(frozen=True, eq=False)
class PictureSet:
    """A set of labelled pictures, none of them opened."""

    name: str  # of its folder or zip below the data folder
    title: str
    layout: str  # "cifar10", "kaggle", "tiles" or "classes"
    classes: tuple[str, ...]
    parts: dict[str, Part]  # by the names of `SPLITS`
    trouble: tuple[str, ...]  # sentences: what is left out, or not as it should be
    refusal: str  # why a training would not take it; "" where it would

    @property
    def count(self) -> int:
        """How many pictures it has."""
        return sum(len(part.labels) for part in self.parts.values())

    def label(self, number: int) -> str:
        """A class in words; -1 is that of pictures that count in none."""
        if number >= 0:
            return self.classes[number]
        return "in between (\N{MINUS SIGN}1)" if self.layout == "tiles" else "no label"


ROW_BYTES = 500  # that a picture takes in a set, of which none is opened
_SETS: LRUCache[PictureSet] = LRUCache(200_000_000, lambda found: ROW_BYTES * found.count)
_reading = threading.Lock()


def titles() -> dict[str, str]:
    """Name -> title of every set in the data folder, CIFAR-10 first."""
    found = {CIFAR10: "CIFAR-10"} if has_test_pictures() else {}
    try:
        entries = sorted(path for path in data_folder().iterdir() if not is_hidden(path.name))
    except OSError:
        return found
    return found | {path.name: _title(path.stem) for path in entries if path.name != CIFAR10 and _is_set(path)}


def _title(stem: str) -> str:
    words = stem.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _is_set(path: Path) -> bool:
    if path.suffix.lower() == ".zip":
        return path.is_file()
    if not path.is_dir():
        return False
    if any((path / table).is_file() for table in TABLES):
        return True
    return sum(each.is_dir() and not is_hidden(each.name) for each in path.iterdir()) >= 2  # splits or classes


def of_network(model: Model) -> str:
    """The name of the set on this server that the network was trained and tested on; "" where there is none."""
    name = model.card["data"].get("name")
    name = name.casefold() if isinstance(name, str) else ""
    known = titles()
    if name == "cifar-10":
        return CIFAR10 if CIFAR10 in known else ""
    return next((each for each in known if each != CIFAR10 and each.casefold() in name), "")


def is_known(name: str) -> bool:
    """Whether `read` will answer at once."""
    return _SETS.find(_key(name)) is not None


def read(name: object) -> PictureSet:
    """The set of that name. The first time a process lists it, which takes some seconds.

    Raises:
        UserError: there is none, or it cannot be listed; the message says why.
    """
    known = titles()
    if not isinstance(name, str) or name not in known:
        raise UserError(f"There is no such set of pictures. Known are {', '.join(known) or 'none'}.")
    key = _key(name)
    with _reading:  # one process at a time; the others then find the set read
        return _SETS.get(key, lambda: _read(name, known[name]))


def _key(name: str) -> tuple:
    """Another one when a file or folder right below the set's is."""
    path = data_folder() / str(name)
    try:
        inside = sorted(path.iterdir()) if path.is_dir() else []
        return str(path.absolute()), *((each.name, each.stat().st_mtime_ns) for each in (path, *inside))
    except (OSError, ValueError):
        return (str(path),)


def _read(name: str, title: str) -> PictureSet:
    source = data_folder() / name
    try:
        facts = describe(source, Path(work_folder()), SECONDS)
    except Refused as error:
        # Which folders the server has is nothing for visitors.
        said = str(error).replace(str(source.absolute()), name).replace(f"{source.absolute().parent}/", "")
        raise UserError(f"{title} cannot be used: {said}") from error
    return assembled(name, title, facts)


def assembled(name: str, title: str, facts: dict[str, Any]) -> PictureSet:
    """A set out of what train/commands/describe.py found, which states the form."""
    parts = {split: _part(facts["splits"][split]) for split in SPLITS}
    classes, trouble = tuple(facts["classes"]), tuple(facts["trouble"])
    return PictureSet(name, title, facts["layout"], classes, parts, trouble, facts["refusal"])


def _part(facts: dict[str, list]) -> Part:
    labels, numbers = np.array(facts["labels"], dtype=np.int64), tuple(facts.get("numbers", ()))
    names = tuple(facts.get("names") or (f"picture {number:,}" for number in numbers))
    places, batches = (tuple(map(tuple, facts.get(key, ()))) for key in ("places", "batches"))
    return Part(labels, names, places, numbers, batches)


# --------------------------------------------------------------------------------------------------------- pictures


def picture(found: PictureSet, split: str, row: int) -> Image.Image:
    """A picture of the set, RGB, upright; large photos are shrunk as those that visitors give.

    Raises:
        UserError: the file is damaged or gone.
    """
    part = found.parts[split]
    if part.batches:
        return _from_batch(part.batches, part.numbers[row])
    return open_image(_source(found, split, row))


def size(found: PictureSet, split: str, row: int) -> tuple[int, int]:
    """Width and height, upright, by the file's header alone; (0, 0) where it has none."""
    if found.layout == "cifar10":
        return 32, 32
    try:
        return photo_size(_source(found, split, row))
    except PictureError:
        return 0, 0


def sentence(found: PictureSet, split: str, row: int) -> str:
    """Which picture of a set it is, and its true class, as HTML."""
    part = found.parts[split]
    label = int(part.labels[row])
    truth = f"its true class is {found.label(label)}" if label >= 0 else f"it counts in no class: {found.label(label)}"
    kind = {"train": "training", "validation": "validation", "test": "test"}[split]
    return escape(f"{found.title}, {part.names[row]}, a {kind} picture; {truth}.")


def _source(found: PictureSet, split: str, row: int) -> str | bytes:
    """The path of a picture's file, or what stands in it where it lies in a zip. Raises PictureError."""
    path, member = found.parts[split].places[row]
    if not member:
        return path
    try:
        with ZipFile(path) as archive, archive.open(member) as packed:
            return packed.read(MAX_BYTES + 1)
    except Exception as error:  # damaged archives raise BadZipFile, zlib.error, EOFError, ...
        raise PictureError("This picture cannot be read from its archive.") from error


def _from_batch(batches: tuple[tuple[str, int], ...], number: int) -> Image.Image:
    path, start = batches[number // 10_000]
    try:
        with open(path, "rb") as file:
            file.seek(start + number % 10_000 * 3072)
            values = np.frombuffer(file.read(3072), np.uint8).reshape(3, 32, 32)
    except (OSError, ValueError) as error:  # ValueError: shorter than it was
        raise PictureError("The file of this picture is gone or damaged.") from error
    return Image.fromarray(values.transpose(1, 2, 0))
