"""A folder per class, within a folder per split or without."""

import unicodedata

from model_zoo.common.picture_file import accepted
from train.data.archive_files import File
from train.data.cifar10 import DataError
from train.data.listing import SPLIT_NAMES, TILE_LABELS, TRAIN_LABELS, Listing, Photo, few, renamed, seven_zip
from train.data.picture_files import is_picture, skipped

Path = tuple[str, ...]  # the names of folders and, last, of the file


def read(files: dict[str, File], called: str) -> Listing:
    """The set of the photos in a folder. Classes and splits are told by the names of folders, compared in NFC.

    Raises:
        DataError: there are no photos in folders, or a class has none to train on.
    """
    names = sorted(name for name, file in files.items() if is_picture(file))
    paths, above = _below_the_top([_parts(name) for name in names])
    tops = {path[0].lower() for path in paths if len(path) > 1}
    if not tops:
        raise DataError(
            f"{called} holds no photos to train on: neither {TRAIN_LABELS} nor {TILE_LABELS}, nor a folder per class "
            f"with {accepted()} pictures.{_unread(files)}{seven_zip(files)}"
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
            file = renamed(files[name], "/".join(name.split("/")[above:]))  # as it is: two may differ in nothing else
            parts[split].append(Photo(file, classes.index(path[depth])))
    others = skipped(
        renamed(file, "/".join(_parts(name)[above:]))
        for name, file in files.items()
        if len(_parts(name)) >= above + depth + 2
    )
    train, validation, test = (parts[split] for split in ("train", "validation", "test"))
    return Listing("classes", tuple(classes), train, validation, test, unlabelled=tuple(unlabelled), skipped=others)


def _parts(name: str) -> Path:
    """Macs write an umlaut as two characters (NFD), other systems as one."""
    return tuple(unicodedata.normalize("NFC", name).split("/"))


def _below_the_top(paths: list[Path]) -> tuple[list[Path], int]:
    """The paths without the folders that all of them share, such as the one that a zip was made of; and how many."""
    above = 0
    while paths and len({path[0] for path in paths}) == 1 and all(len(path) > 2 for path in paths):
        if paths[0][0].lower() in SPLIT_NAMES:
            break
        paths = [path[1:] for path in paths]
        above += 1
    return paths, above


def _unread(files: dict[str, File]) -> str:
    """What is there instead, with a space before it."""
    others = skipped(file for name, file in files.items() if "/" in name)
    return f" {few(f'{name} {reason}' for name, reason in others)}." if others else ""
