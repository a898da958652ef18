"""The pictures of the page: each file of the folder of uploads is decoded once, however often the page sends it."""

from pathlib import Path

import gradio as gr
from PIL import Image

from demo.core.crop import Crop
from demo.errors import UserError
from demo.pictures.decode import open_image, part_of
from demo.server.gradio_compat import crop_text, upload_folder
from model_zoo.common.lru_cache import LRUCache

DECODED_BYTES = 40_000_000  # of pictures: about 60 of 512 x 384 pixels

_Key = tuple[str, int]  # path and time of the last change


def _bytes(picture: Image.Image) -> int:
    return picture.width * picture.height * len(picture.getbands())


_decoded: LRUCache[Image.Image] = LRUCache(DECODED_BYTES, _bytes)
# The whole ones are held beside the squares, so that no other picture gets their ids.
_squares: LRUCache[tuple[Image.Image, Image.Image]] = LRUCache(DECODED_BYTES, lambda pair: sum(map(_bytes, pair)))


def shown(path: str | None, kind: str | None) -> Image.Image | None:
    """The picture that a view is about, of a file as the page sends it: the chosen square of it, where one is chosen.

    This is the only way from the page's picture to a handler, so that every view follows the crop: `ImageInput` and
    `raw_handler` take it, and what they hand on is a picture like any other.

    Args:
        path: of the file, in the folder of uploads.
        kind: its type, which says what is chosen; see `gradio_compat.with_crop`.

    Raises:
        gr.Error: as `opened`.
    """
    return cropped(opened(path), Crop.parse(crop_text(kind)))


def cropped(picture: Image.Image, crop: Crop | None) -> Image.Image:
    """A square of a picture, the same object each time, so that what was worked out of it lately is found again."""
    if crop is None:
        return picture
    key = id(picture), crop
    return _squares.get(key, lambda: (picture, part_of(picture, crop.box(*picture.size))))[1]


def opened(path: str | None) -> Image.Image:
    """The picture in a file of the folder of uploads; whoever gets it must not change it.

    Raises:
        gr.Error: there is no file, or it is no picture; the message is for the user.
    """
    if path is None:
        raise gr.Error("Please upload the picture as a file.", print_exception=False)
    try:
        # Gradio looks after that only for files that call themselves so, which a stranger's request may leave out.
        if not Path(path).resolve().is_relative_to(Path(upload_folder()).resolve()):
            raise FileNotFoundError(path)
        return _decoded.get(_key(path), lambda: open_image(path))
    except FileNotFoundError:
        raise gr.Error("The picture is no longer on the server. Please give it again.", print_exception=False) from None
    except UserError as error:
        # Until somebody closes it: what to do about a file takes longer to read than a passing message stays.
        raise gr.Error(str(error), duration=None, print_exception=False) from error


def remember(path: str | None, picture: object) -> None:
    """Say which picture a file holds, pixel for pixel: one that the server sends to the page, which sends it back.

    Args:
        path: None where it is not known; then there is nothing to say.
        picture: the same goes for what is no picture.
    """
    if path is not None and isinstance(picture, Image.Image):
        _decoded.keep(_key(path), picture)


def _key(path: str) -> _Key:
    """A file that was written anew has another key."""
    return path, Path(path).stat().st_mtime_ns
