"""What a set of pictures holds, by its tables, names and bytes, before a single picture is decoded.

train/commands/describe.py has the form of the description as JSON.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from train.data import cache, decode, photo_set
from train.data.archive_files import files_below
from train.data.cifar10 import CIFAR10_CLASSES, SPLIT_SEED, DataError, Images, cifar10, training_split
from train.data.layouts import UNKNOWN, Listing, listing
from train.data.picture_files import refusal

CIFAR10 = "cifar-10-batches-py"
SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Description:
    """A set's pictures by split, none of them opened; the fields are those of the file, see above."""

    layout: str
    classes: tuple[str, ...]
    splits: dict[str, dict[str, list]]
    trouble: tuple[str, ...] = ()
    refusal: str = ""

    def describe(self) -> str:
        """The same as `photos.PhotoSet.describe`, and the refusal."""
        lines = []
        for name, split in self.splits.items():
            counts = Counter(split["labels"])
            words = [f"{counts[label]:,} {text}" for label, text in enumerate(self.classes) if counts[label]]
            words += [f"{counts[UNKNOWN]:,} without a class"] if counts[UNKNOWN] else []
            lines.append(f"{name}: {len(split['labels']):,} pictures ({', '.join(words) or 'none'})")
        refusal = [f"A training would refuse this set: {self.refusal}"] if self.refusal else []
        return "\n".join([*lines, *self.trouble, *refusal])


def describe(source: str | Path, workspace: str | Path | None = None) -> Description:
    """What the set holds.

    Args:
        source: a folder or zip, or the folder `cifar-10-batches-py`.
        workspace: where zips within a zip are unpacked; that of `photo_set.read` if None.

    Raises:
        DataError: nothing there that can be listed; the message says why.
    """
    source = Path(source).expanduser()
    if source.name == CIFAR10:
        return _cifar10(source.parent)
    workspace = Path(workspace) if workspace else cache.default_folder() / "described"
    found = listing(files_below(source, workspace), str(source))
    parts, refusal = _divided(found)
    notes = _notes(parts)
    kept = sum(not note.trouble for note in notes)
    # Rows of pictures of no pixels: the set as a training would see it, but for the decoding.
    rows = cache.Rows(np.empty((kept, 0, 0, 3), np.uint8), notes)
    whole = photo_set.assembled(found, parts, rows, 0, uncertain=True)
    places = {photo.file.name: photo.file.place for part in parts for photo in part}
    splits = {name: _split(getattr(whole, name), places) for name in SPLITS}
    between = sum(labels.count(UNKNOWN) for labels in (split["labels"] for split in splits.values()))
    report = replace(whole.report, uncertain=between if found.layout == "tiles" else 0)
    return Description(found.layout, found.classes, splits, tuple(report.lines()), refusal)


def _cifar10(root: Path) -> Description:
    train, test = cifar10(root, "train"), cifar10(root, "test")
    # Numbers in place of pictures show which ones the split takes.
    numbers = Images(torch.arange(len(train)), train.labels)
    parts = (*training_split(numbers), Images(torch.arange(len(test)), test.labels))
    files = [root / CIFAR10 / f"data_batch_{number}" for number in range(1, 6)]
    batches = {"train": _batches(files, train), "test": _batches([root / CIFAR10 / "test_batch"], test)}
    splits = {
        name: {
            "labels": part.labels.tolist(),
            "numbers": part.pictures.tolist(),
            "batches": batches["test" if name == "test" else "train"],
        }
        for name, part in zip(SPLITS, parts, strict=True)
    }
    return Description("cifar10", CIFAR10_CLASSES, splits)


def _batches(files: list[Path], images: Images) -> list[tuple[str, int]]:
    """Where the pictures begin in each file: its bytes hold them one after the other, as they are."""
    places = []
    for file, pictures in zip(files, images.pictures.split(len(images) // len(files)), strict=True):
        data, wanted = file.read_bytes(), pictures.numpy().tobytes()
        start = data.find(wanted[:3072])
        if start < 0 or data[start : start + len(wanted)] != wanted:
            raise DataError(f"{file} does not hold its pictures one after the other.")
        places.append((str(file.absolute()), start))
    return places


def _divided(found: Listing) -> tuple[list[photo_set.Part], str]:
    """Test, validation and train, as a training gets them where it would take the set, and why it would not."""
    refusals = []

    def refused(check: Any, *arguments: Any) -> Any:
        try:
            return check(*arguments)
        except DataError as error:
            refusals.append(str(error))
            return None

    refused(photo_set.check_missing, found, photo_set.TOLERANCE)
    parts = refused(photo_set.divided, found, SPLIT_SEED) or [found.test, found.validation, found.train]
    refused(photo_set.check_classes, found.classes, [photo.label for photo in parts[-1]])
    return parts, " ".join(refusals)


def _notes(parts: list[photo_set.Part]) -> list[cache.Note]:
    """What the cache would note of each file, as far as its bytes tell. Only files of the same size can be copies."""
    sizes = Counter(photo.file.size for part in parts for photo in part)
    first: dict[str, tuple[int, str]] = {}
    notes = []
    for owner, part in enumerate(parts):
        for photo in part:
            file = photo.file
            note = cache.Note(file.name, file.size, file.stamp, f"name {file.name}")
            trouble = refusal(file)
            if not trouble and sizes[file.size] > 1:
                try:
                    data = decode.read_bytes(file.place)
                    note = note._replace(digest=hashlib.blake2b(data, digest_size=16).hexdigest())
                except decode.PictureError as error:
                    trouble = str(error)
            if trouble:
                notes.append(note._replace(trouble=cache.BROKEN, detail=trouble))
                continue
            known = first.setdefault(note.digest, (owner, file.name))
            notes.append(note if known[0] == owner else note._replace(trouble=cache.DUPLICATE, detail=known[1]))
    return notes


def _split(part: photo_set.PhotoSplit, places: dict[str, tuple[str, str]]) -> dict[str, list]:
    return {
        "labels": part.labels.tolist(),
        "names": list(part.names),
        "places": [places[name] for name in part.names],
    }
