"""From a stranger's bytes to a small square picture that is kept in memory, and from a zip to many."""

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from PIL import Image

from demo.errors import UserError
from demo.pictures.decode import SHARED, open_image
from model_zoo.common import picture_file, safe_zip
from model_zoo.common.picture_file import Limits
from model_zoo.model import crop_box
from train.service import own

SIDE = 256  # pixels of a kept picture, at most: its middle square, which is what a network sees
SENT = Limits(pixels=640 * 640, bytes=400_000)
"""The largest picture that is decoded as the browser sends it; the page sends squares of `SIDE` at most."""

KEPT_BYTES = 60_000  # of a picture that is kept as it came
QUALITY = 92  # of the JPEG of the others
LEAST_SIDE = 8  # pixels of a picture that shows anything
LIMITS = safe_zip.Limits(files=5000, unpacked=2e9, ratio=50, harmless=100e6)
NO_PICTURE = "The page sent no picture. Please reload it."
TOO_SMALL = f"This picture is smaller than {LEAST_SIDE} x {LEAST_SIDE} pixels, too small to show anything."


@dataclass(frozen=True, eq=False)
class Kept:
    """A picture in memory."""

    data: bytes  # a JPEG or PNG file of at most SIDE x SIDE pixels
    picture: own.OwnPicture  # the same for the engine, which decodes it anew where it needs it


@dataclass(frozen=True, eq=False)
class Unpacked:
    """A file of a zip: a picture, or why it is none."""

    name: str  # its path in the zip
    folder: str  # the last folder on that path; "" for none
    kept: Kept | None
    reason: str = ""


def kept(data: bytes, name: str, taken: float = math.nan, limits: Limits = SENT, photo: str = "") -> Kept:
    """The picture in a file.

    Args:
        data: a file of any kind that the page accepts.
        name: its path as its owner knows it, which may say of which photo or burst it is a part.
        taken: when a camera took it, in seconds of the browser's clock; NaN where not known.
        limits: of the file.
        photo: the key of the photo on which it was marked; "": its name says of what it is a part, if it is.

    Raises:
        UserError: it is no picture, too large or too small; in words.
    """
    if not data:
        raise UserError(NO_PICTURE)
    picture = open_image(data, limits)
    if min(picture.size) < LEAST_SIDE:
        raise UserError(TOO_SMALL)
    small = _square(picture)
    is_kept = small is picture and len(data) <= KEPT_BYTES and picture_file.kind_of(data) in ("JPEG", "PNG")
    file = data if is_kept else _jpeg(small)
    made = own.of_image(small if is_kept else open_image(file), name, taken, photo or own.whole(name))
    # Decoded, it would take ten times the memory.
    return Kept(file, replace(made, load=partial(_decoded, file)))


def _square(picture: Image.Image) -> Image.Image:
    if picture.width == picture.height <= SIDE:
        return picture
    side = min(SIDE, *picture.size)
    return picture.resize((side, side), Image.Resampling.LANCZOS, box=crop_box(*picture.size))


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=QUALITY)
    return buffer.getvalue()


def _decoded(data: bytes, _short_side: int) -> Image.Image:
    return open_image(data)


def unpacked(path: Path, called: str) -> Iterator[Unpacked]:
    """The pictures in a zip, one after the other, and the files that are none.

    Args:
        called: how sentences name the zip.

    Raises:
        UserError: it is no zip, damaged, or not to be trusted; in words.
    """
    try:
        members = [each for each in safe_zip.members(path, called, LIMITS) if not safe_zip.is_hidden(each.name)]
    except safe_zip.ArchiveError as error:
        raise UserError(str(error)) from error
    if not members:
        raise UserError(f"{called} holds no files.")
    with safe_zip.Reader() as reader:
        for member in members:
            place = PurePosixPath(member.name)
            yield _unpacked(reader, path, member, place.parent.name)


def _unpacked(reader: safe_zip.Reader, path: Path, member: safe_zip.Member, folder: str) -> Unpacked:
    if member.size > SHARED.bytes:
        return Unpacked(member.name, folder, None, f"has more than {SHARED.bytes / 1e6:g} MB")
    try:
        return Unpacked(member.name, folder, kept(reader.read(path, member), member.name, limits=SHARED))
    except (UserError, safe_zip.ArchiveError) as error:
        return Unpacked(member.name, folder, None, str(error))
