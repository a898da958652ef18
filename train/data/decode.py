"""From the bytes of a photo to the square of pixels that a network is trained on. Imports no torch, so that the
processes that decode start fast and stay small.

A picture is opened by `model_zoo.common.picture_file`, as everywhere, so that a network sees in use what it saw while
training: upright, in sRGB, transparent parts on white, a JPEG decoded at a fraction of its size where that is enough,
and of the result the largest centred square, resized with antialiasing.
"""

import hashlib
import logging
import multiprocessing
import os
import signal
import stat
import threading
from collections.abc import Sequence
from functools import lru_cache
from zipfile import ZipFile

import numpy as np
from PIL import Image

from model_zoo.common import picture_file
from model_zoo.common.picture import SHORT_SIDE, averageable, upright
from model_zoo.common.picture_file import Limits, PictureError

VERSION = 2
"""Counts changes of what is decoded: pixels kept from an older version are not used."""

MAX_PIXELS = 80_000_000
"""The largest photo that is decoded, width x height; cameras of drones and phones make up to 50 million. Each process
needs up to 12 bytes a pixel."""

MAX_BYTES = 100_000_000
"""The largest file that is opened."""

LIMITS = Limits(MAX_PIXELS, MAX_BYTES)

# Unusual metadata are no reason to fill a terminal.
logging.getLogger("PIL").setLevel(logging.ERROR)


def squares(places: Sequence[tuple[str, str]], size: int) -> list[tuple[str, str, np.ndarray | None]]:
    """For each place its digest, what is wrong with it ("" when nothing is) and its pixels (size, size, 3) uint8."""
    return [_square(place, size) for place in places]


def _square(place: tuple[str, str], size: int) -> tuple[str, str, np.ndarray | None]:
    digest = ""
    try:
        data = read_bytes(place)
        digest = hashlib.blake2b(data, digest_size=16).hexdigest()
        return digest, "", np.asarray(centre(open_picture(data, size), size))
    except PictureError as error:
        return digest, str(error), None


def end_with_parent() -> None:
    """For a process that decodes: Ctrl-C is its parent's to answer, and when that is killed, it ends as well."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:  # it is None in the first process alone
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def read_bytes(place: tuple[str, str]) -> bytes:
    """The bytes of a file, or of a member of a zip that is not unpacked.

    Args:
        place: the path of the file and "", or the path of the zip and the member's name.

    Raises:
        PictureError: it cannot be read, is no plain file, is empty, or holds more than `MAX_BYTES`.
    """
    data = _read(place, MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PictureError(f"has more than {MAX_BYTES / 1e6:.0f} MB")
    return data


def _read(place: tuple[str, str], most: int) -> bytes:
    path, member = place
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # a pipe would never end
            raise PictureError("is no plain file")
        with _archive(path, status.st_size, status.st_mtime_ns).open(member) if member else open(path, "rb") as file:
            data = file.read(most)
    except (PictureError, MemoryError):
        raise
    except OSError as error:
        raise PictureError(f"cannot be read ({error.strerror or error})") from error
    except Exception as error:  # damaged archives raise BadZipFile, zlib.error, EOFError, NotImplementedError, ...
        raise PictureError(f"cannot be read from its archive ({error})") from error
    if not data:
        raise PictureError("is empty (0 bytes)")
    return data


@lru_cache(maxsize=2)
def _archive(path: str, size: int, changed: int) -> ZipFile:
    """The opened archive, shared by all reads until the file changes: listing a large one takes a second."""
    return ZipFile(path)


def read_head(place: tuple[str, str]) -> bytes:
    """The first bytes of a file, or of a member of a zip, that tell what it is. Raises PictureError as `read_bytes`."""
    return _read(place, picture_file.HEAD)


def open_picture(data: bytes, size: int) -> Image.Image:
    """A photo as `to_rgb` gives it, perhaps smaller than in the file but with a shorter side of at least `size` pixels
    where the file has as many.

    Raises:
        PictureError: no picture of a known kind, damaged, or of more than `MAX_PIXELS`.
    """
    return picture_file.open_picture(data, LIMITS, max(SHORT_SIDE, size))


def open_whole(data: bytes) -> Image.Image:
    """A photo as `to_rgb` gives it, with every pixel of its file. Raises as `open_picture`."""
    return picture_file.open_picture(data, LIMITS)


def open_values(data: bytes) -> Image.Image:
    """A picture whose values are no colours, such as a mask: upright, every pixel, as 8-bit greys (mode L) without
    regard to a colour profile or to what is transparent. Raises as `open_picture`."""
    with picture_file.opened(data, LIMITS) as image:
        return averageable(upright(image)).convert("L")


def centre(picture: Image.Image, size: int) -> Image.Image:
    """The largest centred square of a picture at `size` pixels; the same pixels as `model_zoo.Model.crop`."""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.resize((size, size), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))
