"""Pictures to try: drawings, gradio's photographs, patterns, and test pictures of CIFAR-10 where it is at hand."""

import os
import random
import shutil
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from demo.errors import UserError
from demo.pictures.drawings.files import DRAWINGS
from demo.pictures.patterns import PATTERNS, gradio_photographs
from demo.server.paths import work_folder

NO_DATA = (
    "No CIFAR-10 here. Put cifar-10-batches-py in a folder and start ConvScope with CONVSCOPE_DATA naming that folder."
)


@lru_cache(maxsize=1)
def examples() -> dict[str, str]:
    """Title -> path of every example picture, in a temporary folder, from which Gradio lets a handler return files."""
    folder = work_folder()
    files = {title: drawing.path for title, drawing in DRAWINGS.items()} | gradio_photographs()
    paths = {title: folder / path.name for title, path in files.items()}
    for title, path in files.items():
        shutil.copyfile(path, paths[title])
    for title, draw in PATTERNS.items():
        paths[title] = folder / f"{title.lower().replace(' ', '-')}.png"
        draw().save(paths[title])
    return {title: str(path) for title, path in paths.items()}


def groups() -> dict[str, list[str]]:
    """Heading -> titles of the examples that stand under it, in the order of `examples`."""
    return {
        "Examples: drawings of CIFAR-10\u2019s ten classes": list(DRAWINGS),
        "Pictures that they have no word for": [title for title in examples() if title not in DRAWINGS],
    }


def data_folder() -> Path:
    """Where CIFAR-10 is, or is downloaded to: the folder that CONVSCOPE_DATA names, else data/."""
    return Path(os.environ.get("CONVSCOPE_DATA") or "data")


def has_test_pictures() -> bool:
    """Whether CIFAR-10 is there."""
    return (data_folder() / "cifar-10-batches-py" / "test_batch").is_file()


def random_test_picture(number: int | None = None) -> tuple[Image.Image, str]:
    """A test picture of CIFAR-10 (32 x 32, RGB) and a sentence with its number and true class.

    Args:
        number: 0..9,999; a random one if None.

    Raises:
        UserError: the data are not at hand, or damaged.
    """
    pictures, labels, names = test_set()
    number = random.randrange(len(pictures)) if number is None else number
    return Image.fromarray(
        pictures[number]
    ), f"Test picture {number} of CIFAR-10; its true class is {names[labels[number]]}."


def test_set() -> tuple[np.ndarray, list[int], list[str]]:
    """The test pictures of CIFAR-10, uint8 (10,000, 32, 32, 3), the number of each one's class, and the classes.

    Raises:
        UserError: the data are not at hand, or damaged.
    """
    return _test_set(str(data_folder()))


@lru_cache(maxsize=1)
def _test_set(root: str) -> tuple[np.ndarray, list[int], list[str]]:
    from torchvision.datasets import CIFAR10  # here, because importing torchvision takes a second

    try:
        data = CIFAR10(root, train=False, download=False)  # opens only files with the official MD5
    except (RuntimeError, OSError) as error:
        raise UserError(NO_DATA) from error
    return data.data, data.targets, data.classes
