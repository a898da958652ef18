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

    train/CLASS/...  validation/CLASS/...  test/CLASS/...     (or training; val, valid; testing; in any case)
    CLASS/...                                                 (no splits yet)

What is a photo is told by its contents where its name does not end as usual. Files beside the photos that are none are
listed with the reason. Names are compared in NFC.
"""

from train.data.archive_files import File
from train.data.listing import SAMPLE, SPLIT_NAMES, TILE_LABELS, TRAIN_LABELS, UNKNOWN, Listing, Photo, beside, few
from train.data.readers import class_folders, kaggle, tiles
from train.data.readers.kaggle import kaggle_test

__all__ = [
    "SAMPLE",
    "SPLIT_NAMES",
    "TILE_LABELS",
    "TRAIN_LABELS",
    "UNKNOWN",
    "Listing",
    "Photo",
    "few",
    "kaggle_test",
    "listing",
]


def listing(files: dict[str, File], called: str) -> Listing:
    """The set that a folder or zip holds; its form is told by the table that it contains.

    Args:
        files: by name.
        called: how sentences name the folder or zip.

    Raises:
        DataError: none of the three forms, or a table that says what cannot be.
    """
    for table, read in ((TRAIN_LABELS, kaggle.read), (TILE_LABELS, tiles.read)):
        below = beside(files, table)
        if below is not None:
            return read(below)
    return class_folders.read(files, called)
