"""From the bytes of a photo to the square of pixels that a network is trained on. Imports no torch, so that the
processes that decode start fast and stay small.

The steps are those by which the page opens a picture and prepares it, so that a network sees in use what it saw while
training: upright, transparent parts on white, a JPEG decoded at a fraction of its size where that is enough, and of the
result the largest centred square, resized with antialiasing.
"""

import hashlib
import logging
import multiprocessing
import os
import signal
import stat
import threading
import warnings
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from zipfile import ZipFile

import numpy as np
from PIL import Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

VERSION = 1
"""Counts changes of what is decoded: pixels kept from an older version are not used."""

MAX_PIXELS = 80_000_000
"""The largest photo that is decoded, width x height; cameras of drones and phones make up to 50 million. Each process
needs up to 12 bytes a pixel."""

MAX_BYTES = 100_000_000
"""The largest file that is opened."""

SHORT_SIDE = 256
"""A large photo is first shrunk to a shorter side of this to below twice this, or from `size` on where that is more:
as the page does, and faster than one large step."""

_DECODERS = {b"\xff\xd8\xff": JpegImageFile, b"\x89PNG\r\n\x1a\n": PngImageFile, b"RIFF": WebPImageFile}

# Unusual metadata are no reason to fill a terminal.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
logging.getLogger("PIL").setLevel(logging.ERROR)


class PictureError(ValueError):
    """Why a file is no usable picture, as the end of a sentence: "is empty"."""


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
    path, member = place
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # a pipe would never end
            raise PictureError("is no plain file")
        with _archive(path, status.st_size, status.st_mtime_ns).open(member) if member else open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (PictureError, MemoryError):
        raise
    except OSError as error:
        raise PictureError(f"cannot be read ({error.strerror or error})") from error
    except Exception as error:  # damaged archives raise BadZipFile, zlib.error, EOFError, NotImplementedError, ...
        raise PictureError(f"cannot be read from its archive ({error})") from error
    if not data:
        raise PictureError("is empty (0 bytes)")
    if len(data) > MAX_BYTES:
        raise PictureError(f"has more than {MAX_BYTES / 1e6:.0f} MB")
    return data


@lru_cache(maxsize=2)
def _archive(path: str, size: int, changed: int) -> ZipFile:
    """The opened archive, shared by all reads until the file changes: listing a large one takes a second."""
    return ZipFile(path)


def open_picture(data: bytes, size: int) -> Image.Image:
    """A photo as a person would see it, RGB, perhaps smaller than in the file but with a shorter side of at least
    `size` pixels where the file has as many.

    Raises:
        PictureError: no JPEG, PNG or WebP picture, damaged, or of more than `MAX_PIXELS`.
    """
    least = max(SHORT_SIDE, size)
    try:
        with _opened(data) as image:
            # JPEG only: decodes at 1/2, 1/4 or 1/8 of the size when that leaves both sides long enough.
            image.draft(None, (least, least))
            image.load()
            upright(image)
            image = _without_palette(image)
            times = min(image.size) // least
            return _on_white(image.reduce(times) if times >= 2 else image)
    except (PictureError, MemoryError):
        raise
    except Exception as error:  # a damaged file can bring nearly anything out of a decoder, down to struct.error
        raise PictureError("is damaged or incomplete") from error


def open_whole(data: bytes) -> Image.Image:
    """A picture with every pixel of its file, upright, in the file's own mode. Raises as `open_picture`."""
    try:
        with _opened(data) as image:
            image.load()
            upright(image)
            return image.copy()
    except (PictureError, MemoryError):
        raise
    except Exception as error:
        raise PictureError("is damaged or incomplete") from error


def as_rgb(image: Image.Image) -> Image.Image:
    """RGB, with what is transparent lying on white, as on paper; the picture itself where it is RGB already."""
    if image.mode == "RGB" and not image.has_transparency_data:
        return image
    return _on_white(_without_palette(image))


def centre(picture: Image.Image, size: int) -> Image.Image:
    """The largest centred square of a picture at `size` pixels; the same pixels as `model_zoo.Model.crop`."""
    side = min(picture.size)
    left, top = (picture.width - side) // 2, (picture.height - side) // 2
    return picture.resize((size, size), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side))


def upright(image: Image.Image) -> None:
    """Obey the camera's mark of how it was held, in place. A mark that cannot be read is as good as none."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except Exception as error:
        logging.getLogger(__name__).debug("An orientation mark could not be read: %r", error)


def _opened(data: bytes) -> Image.Image:
    """The picture with its header read and nothing decoded; the kind is told by the first bytes, never by the name."""
    decoder = next((kind for start, kind in _DECODERS.items() if data.startswith(start)), None)
    if decoder is None or (decoder is WebPImageFile and data[8:12] != b"WEBP"):
        raise PictureError("is no JPEG, PNG or WebP picture")
    image = decoder(BytesIO(data))
    if image.width * image.height > MAX_PIXELS:
        raise PictureError(
            f"has {image.width * image.height / 1e6:,.0f} million pixels; at most {MAX_PIXELS / 1e6:.0f} million "
            "are decoded"
        )
    return image


def _without_palette(image: Image.Image) -> Image.Image:
    """The picture as L, RGB or RGBA, which can be averaged when shrinking, unlike palette numbers."""
    if image.mode.startswith("I;16"):  # Pillow's own conversion turns every value above 255 white
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    mode = "RGBA" if image.has_transparency_data else "L" if image.mode in ("1", "L") else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image.convert("RGB")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white
