"""Disturbances of a picture, from none to severe, that come out the same each time."""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

GREY = 128  # of the occluding square


@dataclass(frozen=True)
class Disturbance:
    """One way to disturb a picture."""

    title: str
    unit: str  # what the strength counts, and in which direction it goes
    low: float
    high: float
    step: float
    usual: float  # the strength to begin with
    phrase: str  # "with noise of {:g} grey levels", as a part of a sentence
    apply: Callable[[Image.Image, float, np.random.Generator], Image.Image]


def disturbed(picture: Image.Image, kind: str, strength: float, seed: int = 0) -> Image.Image:
    """A disturbed copy of a picture.

    Args:
        picture: RGB, values 0..255; sizes below count its pixels.
        kind: a key of `CORRUPTIONS`.
        strength: in the unit that stands there, within its range.
        seed: from 0; of the noise, whose pattern is the same for every strength, and of the square's place.

    Returns:
        RGB of the same size; equal arguments make equal pictures.

    Raises:
        ValueError: no such kind, or a strength out of range.
    """
    if kind not in CORRUPTIONS:
        raise ValueError(f"There is no disturbance {kind!r}; known are {', '.join(CORRUPTIONS)}.")
    way = CORRUPTIONS[kind]
    if not way.low <= strength <= way.high:
        raise ValueError(f"The strength of {way.title} goes from {way.low:g} to {way.high:g}, not to {strength!r}.")
    return way.apply(picture, float(strength), np.random.default_rng(seed))


def _noise(picture: Image.Image, strength: float, random: np.random.Generator) -> Image.Image:
    values = np.asarray(picture, dtype=np.float64)
    return _picture(values + strength * random.standard_normal(values.shape))


def _blur(picture: Image.Image, strength: float, _: np.random.Generator) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(strength))


def _brightness(picture: Image.Image, strength: float, _: np.random.Generator) -> Image.Image:
    return _picture(np.asarray(picture, dtype=np.float64) * (1 + strength / 100))


def _jpeg(picture: Image.Image, strength: float, _: np.random.Generator) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, format="JPEG", quality=round(strength))
    with Image.open(file, formats=["JPEG"]) as stored:
        return stored.convert("RGB")


def _square(picture: Image.Image, strength: float, random: np.random.Generator) -> Image.Image:
    side = round(strength / 100 * min(picture.size))
    place = random.random(2)  # drawn before the side counts, so that a larger square grows about the same place
    left, top = (int(share * (length - side + 1)) for share, length in zip(place, picture.size, strict=True))
    copy = picture.copy()
    copy.paste((GREY, GREY, GREY), (left, top, left + side, top + side))
    return copy


def _picture(values: np.ndarray) -> Image.Image:
    return Image.fromarray(np.rint(values).clip(0, 255).astype(np.uint8))


CORRUPTIONS = {
    "noise": Disturbance(
        "Gaussian noise",
        "standard deviation in grey levels, of 255",
        0,
        100,
        1,
        20,
        "with Gaussian noise, standard deviation {:g} grey levels",
        _noise,
    ),
    "blur": Disturbance(
        "Blur",
        "standard deviation of the Gaussian, in pixels of the network",
        0,
        5,
        0.1,
        1,
        "blurred, standard deviation {:g} pixels",
        _blur,
    ),
    "brightness": Disturbance(
        "Brightness",
        "change in %; −100 is black, 100 is twice as bright",
        -100,
        100,
        5,
        -50,
        "with brightness changed by {:g} %",
        _brightness,
    ),
    "jpeg": Disturbance(
        "JPEG",
        "quality; 95 is nearly perfect, 1 the worst",
        1,
        95,
        1,
        10,
        "stored as JPEG of quality {:g}",
        _jpeg,
    ),
    "square": Disturbance(
        "Grey square",
        "side in % of the picture's; the seed says where it lies",
        0,
        100,
        5,
        40,
        "with {:g} % of its width covered by a grey square",
        _square,
    ),
}
