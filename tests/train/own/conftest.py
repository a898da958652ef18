"""Small sets of real pictures, handwritten digits of scikit-learn, in the forms in which people give own classes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from train.tools.own.pictures import Collection, of_image

NAMES = {0: "naught", 1: "one", 7: "seven"}


def digit(at: int) -> Image.Image:
    """One of scikit-learn's 1,797 digits, 32 x 32 pixels, dark on white."""
    values = 255 - load_digits().images[at] * (255 / 16)
    return Image.fromarray(values.astype(np.uint8)).resize((32, 32), Image.Resampling.BICUBIC).convert("RGB")


def numbers(value: int, count: int, skip: int = 0) -> list[int]:
    """Which of the digits have this value."""
    return np.flatnonzero(load_digits().target == value)[skip : skip + count].tolist()


def folder(top: Path, count: int, test: int = 0) -> Path:
    """`count` pictures of each of three digits to learn from, and `test` others in a split of their own."""
    for value, name in NAMES.items():
        for split, some in (("train", numbers(value, count)), ("test", numbers(value, test, skip=count))):
            (top / split / name).mkdir(parents=True, exist_ok=True)
            for at in some:
                digit(at).save(top / split / name / f"{at}.png")
    return top


@pytest.fixture(scope="session")
def digits() -> Collection:
    """Twenty of each of three digits, in memory."""
    collection = Collection(tuple(NAMES.values()), (), (), "digits")
    for label, value in enumerate(NAMES):
        pictures = [of_image(digit(at), f"{at}.png") for at in numbers(value, 20)]
        collection = collection.with_pictures(pictures, label)
    return collection
