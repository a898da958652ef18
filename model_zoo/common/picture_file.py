"""From the file of a picture, which anybody may have made, to an upright sRGB picture or the reason why there is none.

What a file is, is told by its first bytes, never by its name. Only the decoders of `kinds` are ever started, and the
size is read from the header, and refused, before a pixel is decoded.
"""

import codecs
import importlib.util
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, features
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from model_zoo.common import avif, picture_work
from model_zoo.common.jpeg_work import JpegWork, is_too_much, jpeg_work
from model_zoo.common.picture import orientation, reduced, to_rgb

HEAD = 4096  # bytes that tell what a file is; drawings and web pages may begin with long comments
KINDS = ("JPEG", "PNG", "WebP", "AVIF", "HEIC")
ENDINGS = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".heic", ".heif")
"""How the names of such files end, for what must be guessed from a name alone."""

_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_STARTS = (
    ((b"GIF87a", b"GIF89a"), "a GIF picture"),
    ((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), "a TIFF or raw camera picture"),
    ((b"IIU\0", b"IIRO", b"IIRS", b"MMOR", b"FUJIFILMCCD-RAW"), "a raw camera picture"),
    ((b"BM",), "a BMP picture"),
    ((b"\xff\x0a", b"\0\0\0\x0cJXL \r\n"), "a JPEG XL picture"),
    ((b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  "), "a JPEG 2000 picture"),
    ((b"8BPS",), "a Photoshop picture"),
    ((b"\0\0\1\0",), "an icon"),
)
_OTHERS = (
    ((b"%PDF",), "a PDF document"),
    ((b"PK\3\4", b"PK\5\6", b"7z\xbc\xaf'\x1c", b"Rar!", b"\x1f\x8b"), "an archive, not a picture"),
)
TOO_LONG, SAVE_ANEW = "is built so that opening it takes too long", "please save it anew with another program"
SAVE_AS_JPEG = "please save it as JPEG or PNG first"
INSTALL_HEIC = (
    "it can be read where the package pillow-heif is installed; or please save it as JPEG first (on an iPhone: "
    "Settings, Camera, Formats, Most Compatible)"
)

_log = logging.getLogger(__name__)

# Pillow warns of unusual metadata in pictures, which nobody who reads a log or a terminal can do anything about.
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")


class PictureError(ValueError):
    """Why a file is no usable picture. The message goes on after the file's name: "is a GIF picture; please ..."."""

    def __init__(self, reason: str, advice: str = "", subject: str = "file") -> None:
        """Of `reason` the subject is "This {subject}", or the file's name; `advice` is a clause, or nothing."""
        super().__init__(f"{reason}; {advice}" if advice else reason)
        self.reason, self.advice, self.subject = reason, advice, subject


@dataclass(frozen=True)
class Limits:
    """The largest picture that is decoded."""

    pixels: int  # width x height
    bytes: int  # of the file


Source = str | os.PathLike[str] | bytes
"""The path of a file, or what stands in one."""


@cache
def kinds() -> tuple[str, ...]:
    """Those of `KINDS` that can be read here: HEIC needs pillow-heif, AVIF a Pillow that was built with it."""
    there = {
        "AVIF": features.check("avif"),
        "HEIC": importlib.util.find_spec("pillow_heif") is not None,
    }
    return tuple(kind for kind in KINDS if there.get(kind, True))


def accepted() -> str:
    """`kinds` for a sentence: "JPEG, PNG or WebP"."""
    *most, last = kinds()
    return f"{', '.join(most)} or {last}"


def open_picture(
    source: Source, limits: Limits, short_side: int | None = None, long_side: int | None = None
) -> Image.Image:
    """The picture in a file as `to_rgb` gives it; of an animation the first frame, of several pictures the main one.

    Args:
        short_side: where given, a larger picture is shrunk as `reduced` does, a JPEG partly by decoding it at 1/2, 1/4
            or 1/8 of its size. `Model.prepare` makes of that what it makes of the whole picture; of a JPEG it differs
            by less than a level of 255 on average.
        long_side: where given, no side becomes longer: a strip of 1 x 40 million pixels would pass the other limit.

    Raises:
        PictureError: there is no such picture, or it is beyond the limits.
        MemoryError: there is not enough of it.
    """
    with opened(source, limits) as image:
        if short_side and isinstance(image, JpegImageFile):
            image.draft(None, (short_side, short_side))
        return to_rgb(image, lambda whole: _shrink(whole, short_side, long_side))


def picture_size(source: Source, limits: Limits) -> tuple[int, int]:
    """Width and height of a picture that `open_picture` may decode, upright, from its header alone.

    Raises:
        PictureError: see `open_picture`; what comes after the header may still be damaged.
    """
    with opened(source, limits) as image:
        width, height = image.size
        return (height, width) if orientation(image) >= 5 else (width, height)


def is_light(source: Source, limits: Limits) -> bool:
    """Whether the picture can be decoded at little cost, as `model_zoo.common.picture_work` has it; none is decoded.

    Raises:
        PictureError: it is no picture, or has too many bytes.
    """
    kind = _kind(source, limits.bytes)
    try:
        return picture_work.is_light(kind, _bytes(source))
    except OSError as error:
        raise PictureError("could not be opened", f"please choose a {accepted()} picture") from error


@contextmanager
def opened(source: Source, limits: Limits) -> Iterator[ImageFile]:
    """The picture with nothing decoded yet; whatever goes wrong until it is closed becomes a PictureError."""
    kind = _kind(source, limits.bytes)
    try:
        file = BytesIO(source) if isinstance(source, bytes) else source
        work = jpeg_work(_bytes(source)) if kind == "JPEG" else None
        if work:
            _check_work(work, 0)  # before the decoder looks at all segments
        if kind == "PNG" and picture_work.png_chunks(_bytes(source)) > picture_work.MOST_CHUNKS:
            raise _too_long(kind)
        with _decoder(kind)(file) as image:
            coded = avif.coded_pixels(_bytes(source)) if kind == "AVIF" else 0
            _check_size(kind, image.size, coded, limits.pixels)
            if work:
                _check_work(work, image.width * image.height)
            yield image
    except (PictureError, MemoryError):
        raise
    except Exception as error:  # a damaged file can bring nearly anything out of a decoder, down to struct.error
        _log.debug("A %s file could not be decoded: %r", kind, error)
        raise PictureError("is damaged or incomplete", subject=f"{kind} picture") from error


def kind_of(head: bytes) -> str:
    """One of `kinds`, by the first bytes of a file, of which `HEAD` are enough.

    Raises:
        PictureError: it is something else; the message says what.
    """
    if not head:
        raise PictureError("is empty (0 bytes)", f"please choose a {accepted()} picture")
    kind = _signature(head)
    if kind in kinds():
        return kind
    if kind == "HEIC":
        raise PictureError("is a HEIC picture, the format of many phones", INSTALL_HEIC)
    if kind == "AVIF":
        raise PictureError("is an AVIF picture, which this computer cannot read", SAVE_AS_JPEG)
    for starts, description in _STARTS:
        if head.startswith(starts):
            raise PictureError(f"is {description}", SAVE_AS_JPEG)
    raise PictureError(f"is {_no_picture(head)}", f"please choose a {accepted()} picture")


def _signature(head: bytes) -> str:
    """One of `KINDS`, or ""."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "WebP"
    brands = _brands(head)
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    # mif1 alone says only that it is a picture in such a container.
    return "HEIC" if brands & _HEIC or {b"mif1", b"msf1"} & brands else ""


def _brands(head: bytes) -> set[bytes]:
    """What an ISO media file says of itself: the main brand and those that it is compatible with."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(len(head), int.from_bytes(head[:4], "big"))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}


def _no_picture(head: bytes) -> str:
    """What a file that is no picture of pixels seems to be, with its article."""
    for starts, description in _OTHERS:
        if head.startswith(starts):
            return description
    if head[4:8] == b"ftyp":
        return "a raw camera picture" if head[8:12] == b"crx " else "a video or sound"
    try:
        # Step by step, so that a character which the end of the head cuts in two is no error.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(head[:HEAD]).lower()
    except UnicodeDecodeError:
        return "not a picture of a known kind"
    if "<html" in text or "<!doctype html" in text:
        return "a web page, not a picture"
    if "<svg" in text:
        return "an SVG drawing, which has no pixels"
    if all(character.isprintable() or character.isspace() for character in text):
        return "a text, not a picture"
    return "not a picture of a known kind"


def _kind(source: Source, most: int) -> str:
    try:
        if isinstance(source, bytes):
            head, length = source[:HEAD], len(source)
        else:
            with open(source, "rb") as file:
                head, length = file.read(HEAD), os.fstat(file.fileno()).st_size
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        _log.debug("A picture file could not be opened: %r", error)
        raise PictureError("could not be opened", f"please choose a {accepted()} picture") from error
    if length > most:
        raise PictureError(
            f"has {length / 1e6:.4g} MB; at most {most / 1e6:,.0f} MB can be opened",
            "please choose a smaller picture",
        )
    return kind_of(head)


def _decoder(kind: str) -> type[ImageFile]:
    """Pillow's classes are used directly because Image.open() judges the number of pixels itself, by a limit of the
    whole process, and does not tell the width and height of what it refused."""
    if kind == "HEIC":
        from pillow_heif import HeifImageFile  # here, because it may be missing

        return HeifImageFile
    if kind == "AVIF":
        from PIL.AvifImagePlugin import AvifImageFile

        return AvifImageFile
    return {"JPEG": JpegImageFile, "PNG": PngImageFile, "WebP": WebPImageFile}[kind]


def _bytes(source: Source) -> bytes:
    if isinstance(source, bytes):
        return source
    with open(source, "rb") as file:
        return file.read()


def _check_size(kind: str, size: tuple[int, int], coded: int, most: int) -> None:
    """PictureError when a picture of this (width, height), of `coded` pixels in the file, costs too much to decode."""
    width, height = size
    if max(width * height, coded) > most:
        says = f"{width:,} x {height:,} = " if width * height >= coded else ""
        raise PictureError(
            f"is too large: {says}{max(width * height, coded) / 1e6:,.0f} million pixels",
            f"at most {most / 1e6:,.0f} million can be opened, so please make it smaller first",
            f"{kind} picture",
        )


def _check_work(work: JpegWork, pixels: int) -> None:
    if is_too_much(work, pixels):
        raise _too_long("JPEG")


def _too_long(kind: str) -> PictureError:
    return PictureError(TOO_LONG, SAVE_ANEW, f"{kind} picture")


def _shrink(image: Image.Image, short_side: int | None, long_side: int | None) -> Image.Image:
    if short_side:
        image = reduced(image, short_side)
    if long_side is None or max(image.size) <= long_side:
        return image
    scale = long_side / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    return image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3)
