"""A set of photos as it lies on the disk: a folder, or a zip that nobody has to unpack first."""

import os
import shutil
import stat
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from zipfile import ZipFile

from model_zoo.common import safe_zip
from train.data import decode
from train.data.cifar10 import DataError

MAX_FILES = 1_000_000
MAX_UNPACKED = 500e9
"""Files and bytes, of everything in an archive together, at most."""

MAX_RATIO = 200
"""An archive that unpacks to more than so many times its size, and to more than `HARMLESS` bytes, is a bomb."""
HARMLESS = 100e6

INNER = {"train.zip": "train", "test.zip": "test", "train_labels.csv.zip": "", "sample_submission.csv.zip": ""}
"""Zips that Kaggle lays beside each other, and into which folder each belongs."""


@dataclass(frozen=True)
class File:
    """One file of a set."""

    name: str  # its path below the set's top, with "/", in NFC
    size: int  # bytes, unpacked
    stamp: int  # another number once the contents are others: time of change in ns, or the checksum in a zip
    place: tuple[str, str]  # path and "", or path of a zip and the member's name


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `out` when all is written; nothing is left of one that was not finished.

    Raises:
        DataError: `out` is there and holds something.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DataError(f"{out} exists already. Name another folder, or remove it.")
    out = out.resolve()
    # Within a folder that is there already: it may be the current one or a mounted one, which nothing can replace.
    temporary = (out if out.exists() else out.parent) / f".{out.name}.{os.getpid()}.part"
    try:
        temporary.mkdir(parents=True)
        yield temporary
        if temporary.parent == out:
            for path in list(temporary.iterdir()):
                os.replace(path, out / path.name)
        else:
            os.replace(temporary, out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def files_below(source: Path, workspace: Path) -> dict[str, File]:
    """All files of a folder or zip by name, without hidden ones and those that systems add (`safe_zip.is_hidden`).

    Names are in NFC, so that those of a Mac and of other systems compare equal.

    A zip in a folder, or in the zip, with one of the names in `INNER` stands for what it holds, unless the unpacked
    files lie beside it. 7z archives are not read.

    Args:
        source: the folder or zip.
        workspace: where zips within a zip are unpacked, once; they stay there.

    Raises:
        DataError: there is nothing of that name, it is empty, or the archive is damaged, encrypted, a bomb, or names
            files outside of itself.
    """
    if source.is_dir():
        files = _by_name(_in_folder(source))
    elif source.is_file():
        files = _by_name(_in_archive(source, source.name))
    else:
        raise DataError(f"There is no folder or zip {source}.")
    if not files:
        raise DataError(f"{source} is empty: it holds no file.")
    inner = [file for file in files.values() if PurePosixPath(file.name).name in INNER]
    for file in inner:
        path = Path(file.place[0]) if not file.place[1] else _unpacked(file, workspace)
        for name, found in _by_name(_inner_files(file, path)).items():
            files.setdefault(name, found)
        del files[file.name]
    return files


def read_text_file(file: File) -> bytes:
    """The bytes of a table. Raises DataError when it cannot be read."""
    try:
        return decode.read_bytes(file.place)
    except decode.PictureError as error:
        raise DataError(f"{file.name} {error}.") from error


def _by_name(files: Iterable[File]) -> dict[str, File]:
    """By name in NFC; of two that are the same then, the second is called as its own system does, in NFD."""
    found: dict[str, File] = {}
    for file in files:
        name = unicodedata.normalize("NFC", file.name)
        name = unicodedata.normalize("NFD", name) if name in found else name
        found[name] = file if name == file.name else replace(file, name=name)
    return found


def _in_folder(top: Path) -> Iterator[File]:
    seen = set()
    count = 0
    for folder, folders, names in os.walk(top, followlinks=True):
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in seen:  # a link to a folder above
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not safe_zip.is_hidden(name))
        below = Path(folder).relative_to(top).as_posix()
        for name in sorted(names):
            path = os.path.join(folder, name)
            whole = name if below == "." else f"{below}/{name}"
            if safe_zip.is_hidden(name):
                continue
            try:
                status = os.stat(path)
            except OSError:  # a link to nothing
                continue
            if not stat.S_ISREG(status.st_mode):
                continue
            count += 1
            if count > MAX_FILES:
                raise DataError(f"{top} holds more than {MAX_FILES:,} files. Name the folder of the photos itself.")
            yield File(whole, status.st_size, status.st_mtime_ns, (path, ""))


def _in_archive(path: Path, called: str) -> Iterator[File]:
    """The files of a zip, each of which may be read without harm. `called` is how sentences name the zip."""
    try:
        found = safe_zip.members(path, called, safe_zip.Limits(MAX_FILES, MAX_UNPACKED, MAX_RATIO, HARMLESS))
    except safe_zip.ArchiveError as error:
        raise DataError(str(error)) from error
    for member in found:
        if not safe_zip.is_hidden(member.name):
            yield File(member.name, member.size, member.checksum, (str(path), member.key))


def _unpacked(file: File, workspace: Path) -> Path:
    """A zip that lies within a zip, as a file of its own: to jump about in it, one must not unpack it each time."""
    path = workspace / f"{file.stamp:08x}-{file.size}-{PurePosixPath(file.name).name}"
    if path.is_file() and path.stat().st_size == file.size:
        return path
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        workspace.mkdir(parents=True, exist_ok=True)
        with ZipFile(file.place[0]) as archive, archive.open(file.place[1]) as packed, open(temporary, "wb") as out:
            shutil.copyfileobj(packed, out, 1 << 20)
        os.replace(temporary, path)
    except OSError as error:
        raise DataError(f"{file.name} cannot be unpacked into {workspace}: {error.strerror or error}.") from error
    except Exception as error:  # damaged archives raise BadZipFile, zlib.error, EOFError, NotImplementedError, ...
        raise DataError(f"{file.name} is damaged: {error}.") from error
    finally:
        temporary.unlink(missing_ok=True)
    return path


def _inner_files(file: File, path: Path) -> Iterator[File]:
    """The files of an inner zip, where they would lie had it been unpacked beside itself."""
    name = PurePosixPath(file.name)
    found = list(_in_archive(path, file.name))
    into = INNER[name.name]
    top = name.parent / into
    if all(one.name.startswith(f"{into}/") for one in found):
        top = name.parent
    for one in found:
        yield replace(one, name=(top / one.name).as_posix())
