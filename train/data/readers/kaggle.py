"""Kaggle's competition "Invasive Species Monitoring": tables of names and labels beside the folders train and test."""

from pathlib import PurePosixPath

from train.data.archive_files import File, read_text_file
from train.data.cifar10 import DataError
from train.data.listing import (
    BINARY,
    SAMPLE,
    TRAIN_LABELS,
    UNKNOWN,
    Listing,
    Photo,
    beside,
    few,
    match,
    seven_zip,
)
from train.data.picture_files import is_picture, skipped, without_ending
from train.data.tables import once, one_of, read_table

COMPETITION = (2_295, 1_531)  # photos with a label, and photos to answer for, of the competition itself


def read(files: dict[str, File]) -> Listing:
    """The set beside the table `TRAIN_LABELS`. Raises DataError."""
    table = files[TRAIN_LABELS]
    rows = once(read_table(read_text_file(table), table.name, ("name", "invasive")), "name", table.name)
    photos = _photos_by_name(files, "train/")
    if not photos:
        raise DataError(f"{table.name} has labels, but there are no photos in train/.{seven_zip(files)}")
    found, missing = match(
        rows,
        lambda row: photos.pop(without_ending(row[1]["name"]), None),
        lambda row, file: Photo(file, int(one_of(row, "invasive", ("0", "1"), table.name))),
        lambda row: f"train/{without_ending(row[1]['name'])}.jpg",
    )
    unlabelled = tuple(file.name for file in photos.values())
    test = sorted(_photos_by_name(files, "test/").items(), key=lambda one: (len(one[0]), one[0]))
    others = skipped(file for name, file in files.items() if name.startswith(("train/", "test/")))
    parts = found, [], [Photo(file, UNKNOWN) for _, file in test]
    known = {"positive": BINARY[1], "is_competition": (len(rows), len(test)) == COMPETITION}
    return Listing("kaggle", BINARY, *parts, missing, unlabelled, others, **known)


def kaggle_test(files: dict[str, File]) -> list[tuple[str, File]]:
    """Each name in Kaggle's sample_submission.csv, in its order, with the test photo.

    Raises:
        DataError: the table or the photos are missing, or they do not name the same photos.
    """
    below = beside(files, SAMPLE)
    if below is None:
        raise DataError(f"There is no {SAMPLE}, which says for which photos in which order to answer.")
    files, table = below, below[SAMPLE]
    rows = once(read_table(read_text_file(table), table.name, ("name", "invasive")), "name", table.name)
    photos = _photos_by_name(files, "test/")
    if not photos:
        raise DataError(f"{table.name} asks for answers, but there are no photos in test/.{seven_zip(files)}")
    answers = [(row["name"], photos.pop(without_ending(row["name"]), None)) for _, row in rows]
    lacking = [name for name, file in answers if file is None]
    if lacking or photos:
        words = [f"has no photo for {few(lacking)}"] if lacking else []
        words += [f"holds {few(file.name for file in photos.values())} without a row"] if photos else []
        raise DataError(f"{table.name} and test/ do not fit: the folder {' and '.join(words)}.")
    return [(name, file) for name, file in answers if file is not None]


def _photos_by_name(files: dict[str, File], folder: str) -> dict[str, File]:
    """The photos right in a folder by name without ending, which is how Kaggle's tables name them."""
    found: dict[str, File] = {}
    for name, file in files.items():
        if name.startswith(folder) and name.count("/") == folder.count("/") and is_picture(file):
            stem = without_ending(PurePosixPath(name).name)
            if stem in found:
                raise DataError(f"{found[stem].name} and {name} have the same number; one of them must go.")
            found[stem] = file
    return found
