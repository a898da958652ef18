"""Photos decoded once, as rows of one file that is mapped into memory and never read whole.

    <folder>/<key>.rows     the pixels, (size, size, 3) bytes per photo, one after the other
    <folder>/<key>.notes    a line of JSON per file of the set: name, size, stamp, digest, and why it has no row

The key follows from the names, sizes and times of all files in their order and from the size in pixels, so that a
changed set is another key. The notes get their name last: where they are, the rows are whole. What an interrupted run
leaves behind (`.part`) is continued by the next one, and a photo that did not change since is copied from what an
earlier key holds instead of being decoded again.
"""

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from filelock import FileLock, Timeout
from tqdm import tqdm

from train.data import decode, pool
from train.data.archive_files import File
from train.data.cifar10 import DataError

KEPT = 3  # keys per folder; older ones are removed
SECONDS = 1.0  # after which what was decoded is made safe against a crash

BROKEN, DUPLICATE = "broken", "duplicate"


class Note(NamedTuple):
    """What became of one file."""

    name: str
    size: int
    stamp: int
    digest: str = ""  # of the file's bytes
    trouble: str = ""  # "", BROKEN or DUPLICATE: then it has no row
    detail: str = ""  # what is broken, or the name of the file with the same bytes


@dataclass(frozen=True, eq=False)
class Rows:
    """The decoded photos of a set."""

    pixels: np.ndarray  # uint8 (N, size, size, 3)
    notes: list[Note]  # one per file; the N without trouble have the rows, in this order


def default_folder() -> Path:
    """`convscope/photos` in the user's cache folder (XDG_CACHE_HOME, or ~/.cache)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "convscope" / "photos"


def decoded(
    parts: Sequence[Sequence[File]],
    size: int,
    folder: Path,
    *,
    most_broken: int,
    processes: int | None = None,
    progress: bool = True,
) -> Rows:
    """The photos of the files, from the cache, which is filled first where it does not hold them.

    A file whose bytes a file of an earlier part had gets no row (DUPLICATE), nor does one that cannot be decoded
    (BROKEN).

    Args:
        parts: the files of each split, the one that keeps a photo which is in several splits first.
        size: side of the squares in pixels.
        folder: of this set and size; made if missing.
        most_broken: so many files may be broken.
        processes: that decode; as many as there are cores, up to 8, if None, or one for a few photos.
        progress: show a bar while decoding, on a terminal.

    Raises:
        DataError: the folder cannot be written or is too small, or more files are broken.
    """
    key = _key(parts, size)
    found = _whole(folder, key, parts, size)
    if found is None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _alone(folder):
                found = _whole(folder, key, parts, size)  # another process may have filled it meanwhile
                if found is None:
                    _fill(folder, key, parts, size, most_broken, processes, progress)
                    _prune(folder, key)
        except OSError as error:
            raise DataError(
                f"The decoded photos cannot be kept in {folder}: {error.strerror or error}. Name another folder for "
                "them, or make room there."
            ) from error
        found = found or _whole(folder, key, parts, size)
    if found is None:
        raise DataError(f"The decoded photos in {folder} were removed while they were read.")
    _check_broken(found.notes, most_broken)
    with suppress(OSError):  # a cache that may only be read
        os.utime(folder / f"{key}.notes")
    return found


def _key(parts: Sequence[Sequence[File]], size: int) -> str:
    files = [[(file.name, file.size, file.stamp) for file in part] for part in parts]
    return hashlib.sha256(json.dumps([decode.VERSION, size, files]).encode()).hexdigest()[:20]


def _whole(folder: Path, key: str, parts: Sequence[Sequence[File]], size: int) -> Rows | None:
    """The finished rows of a key; None where there are none, or the disk holds something else."""
    notes = _read_notes(folder / f"{key}.notes")[0]
    if len(notes) != sum(map(len, parts)):
        return None
    return _map(folder / f"{key}.rows", notes, size)


def _map(path: Path, notes: list[Note], size: int) -> Rows | None:
    count = sum(not note.trouble for note in notes)
    if count == 0:
        return Rows(np.empty((0, size, size, 3), np.uint8), notes)
    try:
        return Rows(np.memmap(path, np.uint8, "r", shape=(count, size, size, 3)), notes)
    except (OSError, ValueError):  # not there, or shorter
        return None


def _read_notes(path: Path) -> tuple[list[Note], int]:
    """The notes of a file up to the first line that is not whole, and the bytes that they take."""
    notes, length = [], 0
    try:
        data = path.read_bytes()
    except OSError:
        return [], 0
    for line in data.splitlines(keepends=True):
        try:
            note = Note(*json.loads(line))
        except (ValueError, TypeError):
            break
        if not line.endswith(b"\n"):
            break
        notes.append(note)
        length += len(line)
    return notes, length


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time fills a folder; the system frees the lock when a process dies."""
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        print(f"Another process is decoding these photos into {folder}; waiting for it.", file=sys.stderr)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


# ------------------------------------------------------------------------------------------------- filling the cache


def _fill(
    folder: Path,
    key: str,
    parts: Sequence[Sequence[File]],
    size: int,
    most_broken: int,
    processes: int | None,
    progress: bool,
) -> None:
    files = [file for part in parts for file in part]
    owner = [part for part, its in enumerate(parts) for _ in its]
    rows_path, notes_path = folder / f"{key}.rows.part", folder / f"{key}.notes.part"
    notes = _resume(rows_path, notes_path, size)
    _check_room(folder, (len(files) - len(notes)) * size * size * 3)
    seen: dict[str, tuple[int, str]] = {}
    for part, note in zip(owner, notes, strict=False):
        if not note.trouble:
            seen.setdefault(note.digest, (part, note.name))
    known = _known(folder, key, size)
    with (
        open(rows_path, "ab") as rows,
        open(notes_path, "ab") as out,
        closing(pool.squares(files[len(notes) :], size, known, processes)) as found,
        tqdm(
            total=len(files), initial=len(notes), desc="decoding", unit=" photos", disable=None if progress else True
        ) as bar,
    ):
        written, last = len(notes), time.monotonic()
        for file, (digest, trouble, pixels) in found:
            note = Note(file.name, file.size, file.stamp, digest, BROKEN if trouble else "", trouble)
            first = seen.setdefault(digest, (owner[len(notes)], file.name)) if pixels is not None else None
            if first is not None and first[0] != owner[len(notes)]:
                note = note._replace(trouble=DUPLICATE, detail=first[1])
            elif pixels is not None:
                rows.write(pixels.tobytes())
            notes.append(note)
            bar.update()
            if trouble:
                _check_broken(notes, most_broken)
            if time.monotonic() - last > SECONDS:
                _save(rows, out, notes[written:])
                written, last = len(notes), time.monotonic()
        _save(rows, out, notes[written:])
    os.replace(rows_path, folder / f"{key}.rows")
    os.replace(notes_path, folder / f"{key}.notes")


def _save(rows, out, notes: list[Note]) -> None:
    """Rows first, so that no note speaks of a row that a crash has lost."""
    for file in (rows, out):
        if file is out:
            out.write("".join(json.dumps(note) + "\n" for note in notes).encode())
        file.flush()
        os.fsync(file.fileno())


def _resume(rows: Path, notes: Path, size: int) -> list[Note]:
    """What an interrupted run has finished; both files are cut back to where they agree."""
    done, length = _read_notes(notes)
    needed = sum(not note.trouble for note in done) * size * size * 3
    if not rows.is_file() or rows.stat().st_size < needed:
        done, length, needed = [], 0, 0
    for path, whole in ((rows, needed), (notes, length)):
        with open(path, "ab") as file:
            file.truncate(whole)
    return done


def _known(folder: Path, key: str, size: int) -> pool.Known:
    """Photos that other keys of the folder hold, whole or begun: name, size and stamp -> digest and pixels."""
    known = {}
    for path in (*folder.glob("*.notes"), *folder.glob("*.notes.part")):
        if path.name.startswith(key):
            continue
        found = _map(path.with_name(path.name.replace(".notes", ".rows")), _read_notes(path)[0], size)
        if found is not None:
            good = (note for note in found.notes if not note.trouble)
            known |= {
                (note.name, note.size, note.stamp): (note.digest, row)
                for note, row in zip(good, found.pixels, strict=True)
            }
    return known


def _check_room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DataError(
            f"The decoded photos take {needed / 1e9:,.1f} GB, but {folder} has {free / 1e9:,.1f} GB left. Name another "
            "folder for them, or make room there."
        )


def _check_broken(notes: list[Note], most: int) -> None:
    broken = [note for note in notes if note.trouble == BROKEN]
    if len(broken) > most:
        first = "; ".join(f"{note.name} {note.detail}" for note in broken[:3])
        raise DataError(
            f"At least {len(broken)} photos cannot be used, and at most {most} may be left out. The first: {first}."
        )


def _prune(folder: Path, key: str) -> None:
    """Remove what the new key has made useless: begun ones, and all but the `KEPT` that were used last."""
    kept = sorted(folder.glob("*.notes"), key=lambda path: path.stat().st_mtime, reverse=True)[:KEPT]
    names = {path.stem for path in kept} | {key}
    for path in (*folder.glob("*.notes*"), *folder.glob("*.rows*")):  # notes first: no notes, no rows
        if path.name.split(".")[0] not in names or path.suffix == ".part":
            with suppress(OSError):  # in use, on Windows
                path.unlink()
