"""From a stranger's file to a picture for the page, or to a sentence that its owner understands.

`model_zoo.common.picture_file` opens it; here stand the limits that keep a stranger's file from harming the server, and
what is handed on: nothing but pixels (no camera position, no animation), and few of them unless a whole photo is asked
for. What may cost much is decoded by a process of its own (`demo.pictures.workers`), the rest where it is asked for.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from demo.errors import UserError
from demo.pictures import workers
from model_zoo.aerial.ground import Resolution, resolution
from model_zoo.common import picture_file
from model_zoo.common.picture import SHORT_SIDE
from model_zoo.common.picture_file import Limits, Source

MAX_PIXELS = 40_000_000
"""The largest picture that is decoded, width x height. Phones make 12 to 50 million; one of 40 needs up to 0.6 GB."""

MAX_BYTES = 10_000_000
"""The largest file of such a picture."""

PHOTO_PIXELS, PHOTO_BYTES = 50_000_000, 40_000_000
"""The same for photos from the field, of which only one at a time is decoded; drones make 12 to 50 million pixels."""

LONG_SIDE = 2048
"""The longer side of a result in pixels, at most: a strip of 1 x 40 million pixels would pass the limit of the shorter
one. Each visitor's picture stays in memory, so that its size counts once per visitor."""

SHARED, PHOTO = Limits(MAX_PIXELS, MAX_BYTES), Limits(PHOTO_PIXELS, PHOTO_BYTES)

_GIVEN = "convscope_given_size"  # an attribute: what is in a picture's `info` counts as metadata to obey

_log = logging.getLogger(__name__)


class PictureError(UserError):
    """Why a file cannot be used as a picture: one or two plain sentences for the person who chose it."""


def open_image(source: Source, limits: Limits = SHARED) -> Image.Image:
    """The picture in a file, as a person would see it in a viewer (`model_zoo.common.picture.to_rgb`).

    Of an animation the first frame counts. Larger pictures are shrunk (see `reduced`, `LONG_SIDE`); none is enlarged
    and no side becomes 0. Safe to call from many threads at once.

    Returns:
        A picture of mode RGB, values 0..255, without metadata, that no longer depends on the file. What size it had
        there, `given_size` says, and which file that was, `given_file`.

    Raises:
        PictureError: (a ValueError) in words for the user.
    """
    with _in_sentences():
        size = picture_file.picture_size(source, limits)
        picture = _decoded(source, limits, SHORT_SIDE, LONG_SIDE)
    setattr(picture, _GIVEN, (size, None if isinstance(source, bytes) else os.fspath(source)))
    return picture


def given_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height that a picture had in its file, as far as `open_image` opened it; else those that it has."""
    return getattr(picture, _GIVEN, (picture.size, None))[0]


def part_of(picture: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """A part of a picture, left, top, right and bottom in its pixels, that knows its file and its size there."""
    part, (width, height) = picture.crop(box), given_size(picture)
    size = round(part.width * width / picture.width), round(part.height * height / picture.height)
    setattr(part, _GIVEN, (size, given_file(picture)))
    return part


def given_file(picture: Image.Image) -> str | None:
    """The file that `open_image` opened a picture from, with every pixel of it; None where there was none."""
    return getattr(picture, _GIVEN, (picture.size, None))[1]


def open_photo(source: Source) -> Image.Image:
    """Like `open_image`, but with every pixel of the file, and within the limits `PHOTO`.

    It takes 4 bytes a pixel, and two or three times as much for a moment.
    """
    with _in_sentences():
        return _decoded(source, PHOTO, None, None)


def photo_size(source: Source, limits: Limits = PHOTO) -> tuple[int, int]:
    """Width and height of a picture that `open_photo` may decode, upright, from its header alone.

    Raises:
        PictureError: see `open_image`; what comes after the header may still be damaged.
    """
    with _in_sentences():
        return picture_file.picture_size(source, limits)


def photo_resolution(source: Source) -> Resolution:
    """How much ground a pixel of a photo shows, as its metadata tell; its place is not looked at. Raises as
    `photo_size`."""
    with _in_sentences():
        return resolution(source, PHOTO)


def _decoded(source: Source, limits: Limits, short_side: int | None, long_side: int | None) -> Image.Image:
    """The pixels alone."""
    if picture_file.is_light(source, limits):
        picture = picture_file.open_picture(source, limits, short_side, long_side)
    else:
        picture_file.picture_size(source, limits)  # refused without a process where its header says enough
        picture = workers.POOL.picture(source, limits, short_side, long_side)
    picture.info.clear()
    return picture


@contextmanager
def _in_sentences() -> Iterator[None]:
    """What `picture_file` raises, as whole sentences."""
    try:
        yield
    except picture_file.PictureError as error:
        if error.__cause__ is not None:  # a decoder's or the system's own error, in one line of the log
            _log.warning("A picture file could not be used: %r", error.__cause__)
        advice = error.advice or "please save or download it again, or choose another"
        raise PictureError(f"This {error.subject} {error.reason}. {advice[0].upper()}{advice[1:]}.") from error
    except MemoryError as error:
        _log.warning("A picture file could not be used: %r", error)
        raise PictureError("This picture is damaged or incomplete, or too large for this server.") from error
