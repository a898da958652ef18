"""Which files of a set are pictures: told by what stands in them, not by how they are called."""

from collections.abc import Iterable

from model_zoo.common import picture_file
from model_zoo.common.picture_file import PictureError
from train.data import decode
from train.data.archive_files import File

USUAL = (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp")
"""A file of such a name is one of the photos without being opened; when it is decoded, its contents count."""


def is_picture(file: File) -> bool:
    """Whether it is one of the photos of a set: by its usual ending, or else by its first bytes."""
    return file.name.lower().endswith(USUAL) or not refusal(file)


def refusal(file: File) -> str:
    """Why a file is no picture that can be read, by its first bytes, as the end of a sentence; "" where it is one."""
    try:
        picture_file.kind_of(decode.read_head(file.place))
    except PictureError as error:
        return str(error)
    return ""


def skipped(files: Iterable[File]) -> tuple[tuple[str, str], ...]:
    """Name and refusal of those of the files that are no pictures."""
    return tuple((file.name, refusal(file)) for file in files if not is_picture(file))


def without_ending(name: str) -> str:
    """A photo's name without the ending of a kind of pictures; tables often leave it out."""
    ending = next((ending for ending in picture_file.ENDINGS if name.lower().endswith(ending)), "")
    return name[: len(name) - len(ending)] if len(ending) < len(name) else name
