"""Example pictures that need no download: patterns made by a formula, and photographs that come with Gradio.

A pattern shows one thing that a filter can respond to. Their edges are anti-aliased, as in a photograph: a filter that
answers to jagged steps would otherwise seem to see something in a smooth line.
"""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

SIZE = 256  # side of a pattern, in pixels

DARK = np.array([38, 70, 83])  # a deep blue-green
LIGHT = np.array([233, 226, 205])  # the colour of paper
WARM = np.array([226, 125, 96])  # coral
SKY = np.array([132, 169, 192])  # a greyish blue

# Coordinates of the pixel centres relative to the middle of the picture, in pixels: x grows to the right, y downwards.
_Y, _X = np.mgrid[:SIZE, :SIZE] - (SIZE - 1) / 2


def vertical_edge() -> Image.Image:
    """Dark on the left, light on the right, with the step exactly in the middle."""
    return _blend(_X, DARK, LIGHT)


def diagonal_stripes() -> Image.Image:
    """Stripes of 16 pixels that rise to the right."""
    return _blend(_wave((_X + _Y) / np.sqrt(2), 16), SKY, LIGHT)


def circle() -> Image.Image:
    """A disc of 160 pixels across: an edge of every direction."""
    return _blend(80 - np.hypot(_X, _Y), LIGHT, WARM)


def checkerboard() -> Image.Image:
    """8 x 8 fields of 32 pixels: edges in two directions, and corners."""
    across, down = _wave(_X, 32), _wave(_Y, 32)
    # Where both have the same sign the product is positive; its size is the distance to the nearer edge.
    return _blend(np.sign(across * down) * np.minimum(abs(across), abs(down)), DARK, LIGHT)


def gradient() -> Image.Image:
    """From sky to coral without any edge, along a diagonal."""
    along = (_X + _Y) / (2 * SIZE) + 0.5
    return _paint(along, SKY, WARM)


PATTERNS: dict[str, Callable[[], Image.Image]] = {
    "Vertical edge": vertical_edge,
    "Diagonal stripes": diagonal_stripes,
    "Circle": circle,
    "Checkerboard": checkerboard,
    "Gradient": gradient,
}
"""Title -> a function that draws the pattern: RGB, 256 x 256, the same at every call."""


def _wave(along: np.ndarray, width: float) -> np.ndarray:
    """Signed distance in pixels to the nearest edge of stripes of this width; at 0 a positive stripe begins."""
    within = along % width
    sign = 1 - 2 * (along // width % 2)
    return sign * np.minimum(within, width - within)


def _blend(distance: np.ndarray, outside: np.ndarray, inside: np.ndarray) -> Image.Image:
    """`inside` where the signed distance to the edge, in pixels, is positive; the pixels on the edge are mixed."""
    return _paint(np.clip(distance + 0.5, 0, 1), outside, inside)


def _paint(share: np.ndarray, first: np.ndarray, second: np.ndarray) -> Image.Image:
    """The colour `first` where the share (SIZE, SIZE) is 0, `second` where it is 1, mixed in between."""
    return Image.fromarray(np.rint(first + share[..., None] * (second - first)).astype(np.uint8))


PHOTOGRAPHS = {
    "Lion": "media_assets/images/lion.jpg",
    "Cheetah": "media_assets/images/cheetah1.jpg",
    "Running cheetah": "media_assets/images/cheetah.jpg",
    "Tower at dusk": "media_assets/images/tower.jpg",
}
"""Title -> place inside the installed gradio package: JPEGs of 18 to 112 kB. None shows a class of CIFAR-10."""


def gradio_photographs() -> dict[str, Path]:
    """Title -> file of each photograph that the installed gradio package ships; fewer, or none, if it ships fewer.

    Gradio is found but not imported, which would take seconds.
    """
    spec = importlib.util.find_spec("gradio")
    folders = [Path(place) for place in (spec.submodule_search_locations or [])] if spec else []
    files = {title: folder / place for folder in folders for title, place in PHOTOGRAPHS.items()}
    return {title: file for title, file in files.items() if file.is_file()}
