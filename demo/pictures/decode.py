"""From an untrusted file to an upright RGB picture, or to a sentence that its owner understands.

Three rules keep a stranger's file from harming the server. Only three decoders are ever started, chosen by the first
bytes of the file and never by its name. The size is read from the header, and refused, before a pixel is decoded. What
is handed on carries nothing but pixels (no camera position, no colour profile, no animation) and is small, unless a
whole photo is asked for.
"""

import codecs
import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import ExifTags, Image, ImageOps
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from demo.errors import UserError

MAX_PIXELS = 40_000_000
"""The largest picture that is decoded, width x height. Phones make 12 to 50 million; one of 40 needs up to 0.6 GB."""

MAX_BYTES = 10_000_000
"""The largest file of such a picture."""

PHOTO_PIXELS, PHOTO_BYTES = 50_000_000, 40_000_000
"""The same for photos from the field, of which only one at a time is decoded; drones make 12 to 50 million pixels."""

LARGE = 16_000_000
"""Pixels from which pictures are decoded one at a time, so that several visitors cannot fill the memory together."""

SHORT_SIDE = 256
"""The shorter side of a result in pixels is less than twice this, and as long as the file's if that is less: enough for
any network here. Each visitor's picture stays in memory, so that its size counts once per visitor."""

LONG_SIDE = 2048
"""The longer side of a result in pixels, at most: a strip of 1 x 40 million pixels would pass the other limit."""

ACCEPTED = "Please choose a JPEG, PNG or WebP picture."

# The decoders are used directly because Image.open() judges the number of pixels itself, by a limit that belongs to
# the whole process, and does not tell the width and height of what it refused.
_DECODERS = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WebP": WebPImageFile}

_one_large = threading.Lock()

_HEAD = 4096  # bytes read to tell what a file is; drawings and web pages may begin with long comments

_log = logging.getLogger(__name__)

# Pillow warns of unusual metadata in pictures. What strangers send is nothing that this server's log should repeat.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


class PictureError(UserError):
    """Why a file cannot be used as a picture: one or two plain sentences for the person who chose it."""


@dataclass(frozen=True)
class Limits:
    """The largest picture that is decoded."""

    pixels: int = MAX_PIXELS  # width x height
    bytes: int = MAX_BYTES  # of the file


PHOTO = Limits(PHOTO_PIXELS, PHOTO_BYTES)
Source = str | os.PathLike[str] | bytes  # the path of a file, or what stands in one


def open_image(source: Source, limits: Limits = Limits()) -> Image.Image:
    """The picture in a JPEG, PNG or WebP file, as a person would see it in a viewer.

    Orientation marks are obeyed, transparent parts lie on white, 16-bit greys are scaled to 8 bits, CMYK and palettes
    become RGB, and of an animation the first frame counts. Larger pictures are shrunk (see `SHORT_SIDE`, `LONG_SIDE`);
    none is enlarged and no side becomes 0. Safe to call from many threads at once.

    Returns:
        A picture of mode RGB, values 0..255, without metadata, that no longer depends on the file.

    Raises:
        PictureError: (a ValueError) in words for the user.
    """
    with _opened(source, limits) as image:
        # JPEG only: decodes at 1/2, 1/4 or 1/8 of the size when that leaves both sides at SHORT_SIDE or more.
        image.draft(None, (SHORT_SIDE, SHORT_SIDE))
        image.load()
        _turn_upright(image)
        picture = _on_white(_shrink(_without_palette(image)))
    picture.info.clear()
    return picture


def open_photo(source: Source) -> Image.Image:
    """Like `open_image`, but with every pixel of the file, and within the limits `PHOTO`.

    It takes 4 bytes a pixel, and two or three times as much for a moment.
    """
    with _opened(source, PHOTO) as image:
        image.load()
        _turn_upright(image)
        photo = _on_white(_without_palette(image))
    photo.info.clear()
    return photo


def photo_size(source: Source) -> tuple[int, int]:
    """Width and height of a picture that `open_photo` may decode, upright, from its header alone.

    Raises:
        PictureError: see `open_image`; what comes after the header may still be damaged.
    """
    with _opened(source, PHOTO, decodes=False) as image:
        turned = _orientation(image) >= 5
        return image.size[::-1] if turned else image.size


@contextmanager
def _opened(source: Source, limits: Limits, decodes: bool = True) -> Iterator[Image.Image]:
    """The picture with nothing decoded yet; whatever goes wrong until it is closed becomes a PictureError."""
    kind = _kind(source, limits.bytes)
    try:
        with _DECODERS[kind](BytesIO(source) if isinstance(source, bytes) else source) as image:
            _check_size(image.size, limits.pixels)
            with _one_large if decodes and image.width * image.height > LARGE else nullcontext():
                yield image
    except PictureError:
        raise
    except Exception as error:  # a damaged file can bring nearly anything out of a decoder, down to struct.error
        _log.warning("A %s file could not be decoded: %r", kind, error)
        raise PictureError(
            f"This {kind} picture is damaged or incomplete. Please save or download it again, or choose another."
        ) from error


# ---------------------------------------------------------------------------------------- before anything is decoded


def _kind(source: Source, most: int) -> str:
    """'JPEG', 'PNG' or 'WebP' by the file's first bytes; PictureError names what else it seems to be."""
    try:
        if isinstance(source, bytes):
            head, length = source[:_HEAD], len(source)
        else:
            with open(source, "rb") as file:
                head, length = file.read(_HEAD), os.fstat(file.fileno()).st_size
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        _log.warning("A picture file could not be opened: %r", error)
        raise PictureError(f"This file could not be opened. {ACCEPTED}") from error
    if not head:
        raise PictureError(f"This file is empty (0 bytes). {ACCEPTED}")
    if length > most:
        raise PictureError(
            f"This file has {length / 1e6:.4g} MB; at most {most / 1e6:,.0f} MB can be opened. "
            "Please choose a smaller picture."
        )
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP"
    raise PictureError(f"This file is {_description(head)}. {ACCEPTED}")


def _description(head: bytes) -> str:
    """What a file that is no accepted picture seems to be, from its first bytes, with its article."""
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "a GIF picture"
    if head[4:8] == b"ftyp":
        if head[8:12] in (b"avif", b"avis"):
            return "an AVIF picture"
        if head[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"):
            return "a HEIC picture (the format of many phones)"
        return "a video or sound"
    if head.startswith((b"II*\0", b"MM\0*")):
        return "a TIFF or raw camera picture"
    if head.startswith(b"BM"):
        return "a BMP picture"
    if head.startswith(b"%PDF"):
        return "a PDF document"
    try:
        # Step by step, so that a character which the end of the head cuts in two is no error.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(head).lower()
    except UnicodeDecodeError:
        return "not a picture of a known kind"
    if "<html" in text or "<!doctype html" in text:
        return "a web page, not a picture"
    if "<svg" in text:
        return "an SVG drawing, which has no pixels"
    if all(character.isprintable() or character.isspace() for character in text):
        return "a text, not a picture"
    return "not a picture of a known kind"


def _check_size(size: tuple[int, int], most: int) -> None:
    """PictureError when a picture of this (width, height) would cost too much to decode."""
    width, height = size
    if width * height > most:
        raise PictureError(
            f"This picture is too large: {width:,} x {height:,} = {width * height / 1e6:,.0f} million pixels. "
            f"At most {most / 1e6:,.0f} million can be opened. Please make it smaller first."
        )


# ------------------------------------------------------------------------------------------ from pixels to a picture


def _turn_upright(image: Image.Image) -> None:
    """Obey the orientation mark, in place. A mark that cannot be read is no reason to refuse the picture."""
    try:
        ImageOps.exif_transpose(image, in_place=True)
    except Exception as error:
        _log.warning("An orientation mark could not be read: %r", error)


def _orientation(image: Image.Image) -> int:
    """The mark of how the camera was held: 1 to 4 upright or upside down, 5 to 8 lying on its side."""
    try:
        mark = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception as error:
        _log.warning("An orientation mark could not be read: %r", error)
        return 1
    return mark if isinstance(mark, int) and 1 <= mark <= 8 else 1


def _without_palette(image: Image.Image) -> Image.Image:
    """The picture as L, RGB or RGBA, which can be averaged when shrinking, unlike palette numbers."""
    if image.mode.startswith("I;16"):
        # Pillow's own conversion turns every value above 255 white. The high byte is the exact reverse of how 8-bit
        # greys are widened to 16 bits (v * 257), and is what Pillow takes for 16-bit colours.
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    mode = "RGBA" if image.has_transparency_data else "L" if image.mode in ("1", "L") else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _shrink(image: Image.Image) -> Image.Image:
    """The picture near SHORT_SIDE and within LONG_SIDE, every result pixel an average of all that it replaces."""
    times = min(image.size) // SHORT_SIDE
    if times >= 2:
        image = image.reduce(times)  # by a whole number, which is ten times as fast as a resampling filter
    if max(image.size) <= LONG_SIDE:
        return image
    scale = LONG_SIDE / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3)


def _on_white(image: Image.Image) -> Image.Image:
    """RGB, with what is transparent lying on white, as on paper."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image)
    return white
