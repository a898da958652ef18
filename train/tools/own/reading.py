"""Pictures with their classes from a folder or a zip, and a test split of which nothing was learned."""

import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from model_zoo.common.picture_file import PictureError
from train.data.archive_files import files_below
from train.data.layouts import UNKNOWN, Listing, Photo, listing
from train.tools.own.pictures import Collection, of_file
from train.tools.own.scenes import kin


def read(source: Path, limit: int | None = None, seed: int = 0) -> tuple[Collection, Collection]:
    """The pictures to learn from, and those of a test split where the set has one; of the latter none may be there.

    A folder or zip in one of the forms of `train.data.layouts`: a folder per class, also within folders of splits, or
    a table. Pictures for training and validation are taken together, because every picture validates once. A file
    that cannot be read is left out. So is a test picture of the same scene as one of the others, as `scenes.kin` finds
    it: it would be recognised, not known. `left_out` of the test split names it.

    Args:
        limit: at most so many pictures of each class to learn from, drawn with the seed.

    Raises:
        DataError: there are no pictures of two classes; the message is a sentence.
    """
    source = source.expanduser()
    with tempfile.TemporaryDirectory() as workspace:  # for zips within a zip, which are read before it goes
        found = listing(files_below(source, Path(workspace)), str(source))
        name = source.stem if source.is_file() else source.resolve().name
        teach = _collection(found, [*found.train, *found.validation], name, limit, seed)
        teach.check()
        test = _collection(found, found.test, name, None, seed, is_all=False)
    return teach, _apart(test, teach)


def _apart(test: Collection, teach: Collection) -> Collection:
    """The test pictures that are of no scene of the others."""
    found = kin(test.pictures, teach.pictures)
    names = [(test.pictures[i].name, f"is of the same scene as {teach.pictures[at].name}") for i, at in found.items()]
    fresh = test.take(i for i in range(len(test)) if i not in found)
    return replace(fresh, left_out=(*test.left_out, *names))


def _collection(
    found: Listing, photos: list[Photo], name: str, limit: int | None, seed: int, is_all: bool = True
) -> Collection:
    """Pictures of a part; `is_all`: with the files of the whole set that are no pictures as left out."""
    photos = [photo for photo in photos if photo.label != UNKNOWN]
    left_out = list(found.skipped) if is_all else []
    pictures, labels = [], []
    # Of a single block of ground, the photos of which the tiles were cut are the parts that there are.
    by_block = len({photo.block for photo in photos}) > 1
    for photo in _drawn(photos, limit, seed):
        try:
            pictures.append(of_file(photo.file.place, photo.file.name, photo.block if by_block else ""))
            labels.append(photo.label)
        except PictureError as error:
            left_out.append((photo.file.name, str(error)))
    return Collection(found.classes, tuple(pictures), tuple(labels), name, tuple(left_out))


def _drawn(photos: list[Photo], limit: int | None, seed: int) -> list[Photo]:
    """At most so many of each class, in their order."""
    if limit is None:
        return photos
    chance, left = np.random.default_rng(seed), {photo.label: limit for photo in photos}
    kept = []
    for at in chance.permutation(len(photos)).tolist():
        if left[photos[at].label]:
            left[photos[at].label] -= 1
            kept.append(at)
    return [photos[at] for at in sorted(kept)]
