"""Maps of values in colour, as the widgets draw them: for pictures that the server makes."""

import numpy as np
from PIL import Image

# The stops of maps.js, from 0 to 1 of |value| / limit: blue - white - red, colour-blind safe, zero is white.
NEGATIVE = ((255, 255, 255), (146, 197, 222), (67, 147, 195), (33, 102, 172), (5, 48, 97))
POSITIVE = ((255, 255, 255), (244, 165, 130), (214, 96, 77), (178, 24, 43), (103, 0, 31))
OPACITY = 0.7  # of a map over a picture


def colours(values: np.ndarray, limit: float) -> np.ndarray:
    """RGB as float64 (height, width, 3), 0..255, of values from -limit to limit."""
    share = np.abs(values) / limit if limit > 0 else np.zeros_like(values)
    at = np.linspace(0, 1, len(POSITIVE))
    scales = [
        np.stack([np.interp(share, at, [stop[c] for stop in stops]) for c in range(3)], -1)
        for stops in (NEGATIVE, POSITIVE)
    ]
    return np.where((values < 0)[..., None], *scales)


def over(picture: Image.Image, values: np.ndarray, limit: float, opacity: float = OPACITY) -> Image.Image:
    """A map over the greys of a picture, as why.js draws it: the larger a value, the less of the picture shows.

    Args:
        picture: RGB.
        values: (height, width) of the picture.
        limit: the value of the strongest colour.
        opacity: 0 shows the picture alone, 1 the map alone.
    """
    share = np.clip(np.abs(values) / limit, 0, 1) if limit > 0 else np.zeros_like(values)
    cover = (opacity ** (0.5 + 2.5 * (1 - share)))[..., None]
    grey = 255 - 0.75 * (255 - np.asarray(picture.convert("L"), float)[..., None])
    return Image.fromarray(np.rint(grey * (1 - cover) + colours(values, limit) * cover).astype(np.uint8))
