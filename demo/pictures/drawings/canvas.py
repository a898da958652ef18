"""A canvas for illustrations: soft-edged shapes, light from the upper left, and grounds such as sky, sea and grass.

Places are shares of the picture's side: x from 0 at the left to 1, y from 0 at the top to 1. Colours are RGB of 0..1.
A mask is float (SIZE, SIZE), 0..1: how much of each pixel a shape covers.
"""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

SIZE = 320  # side of a drawing, in pixels
OVER = 4  # a shape is drawn at so many times the size and averaged, which makes its edges smooth
LIGHT = np.array([-0.45, -0.7, 0.55]) / np.linalg.norm([-0.45, -0.7, 0.55])  # towards the light: x, y, to the viewer

Colour = Sequence[float]
Points = Sequence[tuple[float, float]]
Y, X = (np.mgrid[:SIZE, :SIZE] + 0.5) / SIZE


def polygon(*points: tuple[float, float]) -> np.ndarray:
    """The mask of a polygon with straight sides."""
    large = Image.new("L", (SIZE * OVER, SIZE * OVER))
    ImageDraw.Draw(large).polygon([(x * SIZE * OVER, y * SIZE * OVER) for x, y in points], fill=255)
    return np.asarray(large.reduce(OVER), float) / 255


def blob(*points: tuple[float, float]) -> np.ndarray:
    """The mask of a closed smooth curve (Catmull-Rom) through the points."""
    return polygon(*_curve(points, closed=True))


def ellipse(x: float, y: float, wide: float, high: float, turn: float = 0.0) -> np.ndarray:
    """The mask of an ellipse: its middle, its half axes, and by how many degrees it is turned clockwise."""
    angle = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    turned = np.radians(turn)
    along, across = wide * np.cos(angle), high * np.sin(angle)
    points = zip(
        x + along * np.cos(turned) - across * np.sin(turned),
        y + along * np.sin(turned) + across * np.cos(turned),
        strict=True,
    )
    return polygon(*points)


def stroke(width: float, *points: tuple[float, float], end: float | None = None) -> np.ndarray:
    """The mask of a smooth line through the points, of a width that changes evenly to `end`, with round ends."""
    curve = np.array(_curve(points, closed=False))
    widths = np.linspace(width, width if end is None else end, len(curve))
    large = Image.new("L", (SIZE * OVER, SIZE * OVER))
    pen, scale = ImageDraw.Draw(large), SIZE * OVER
    for start, stop, wide in zip(curve * scale, curve[1:] * scale, widths * scale / 2, strict=False):
        for x, y in np.linspace(start, stop, 2 + int(np.hypot(*(stop - start)) / max(1, wide / 2))):
            pen.ellipse((x - wide, y - wide, x + wide, y + wide), fill=255)
    return np.asarray(large.reduce(OVER), float) / 255


def union(*masks: np.ndarray) -> np.ndarray:
    """The mask of all that any of these covers."""
    return np.max(masks, axis=0)


def blur(values: np.ndarray, radius: float) -> np.ndarray:
    """A Gaussian blur of that standard deviation, a share of the side; beyond the border lies its mirror image."""
    mirrored = np.pad(values, ((0, SIZE), (0, SIZE)), mode="symmetric")
    return _smooth(mirrored, radius, radius)[:SIZE, :SIZE]


def _smooth(values: np.ndarray, wide: float, high: float) -> np.ndarray:
    """A Gaussian blur of an array that repeats itself beyond its borders; deviations as shares of `SIZE`."""
    down, across = (np.fft.fftfreq(len(values)) * SIZE)[:, None], (np.fft.rfftfreq(values.shape[1]) * SIZE)[None, :]
    kept = np.exp(-2 * np.pi**2 * ((wide * across) ** 2 + (high * down) ** 2))
    return np.fft.irfft2(np.fft.rfft2(values) * kept, values.shape)


def _curve(points: Points, closed: bool) -> list[tuple[float, float]]:
    """Twelve points for each piece of the Catmull-Rom curve."""
    given = np.array(points, float)
    around = np.vstack([given[-1:], given, given[:2]] if closed else [given[:1], given, given[-1:]])
    t = np.linspace(0, 1, 12, endpoint=False)[:, None]
    pieces = []
    for before, start, end, after in zip(around, around[1:], around[2:], around[3:], strict=False):
        bend = 2 * before - 5 * start + 4 * end - after, 3 * start - before - 3 * end + after
        pieces.append(start + 0.5 * t * (end - before + t * (bend[0] + t * bend[1])))
    return [tuple(point) for point in np.vstack(pieces if closed else [*pieces, given[-1:]])]


class Canvas:
    """A picture that is being painted.

    Args:
        seed: of its textures.
    """

    def __init__(self, seed: int) -> None:
        self.pixels = np.ones((SIZE, SIZE, 3))
        self._random = np.random.default_rng(seed)

    def ground(self, *stops: tuple[float, Colour]) -> None:
        """Fill the canvas with colours that change from one height, in y, to the next."""
        heights, colours = zip(*stops, strict=True)
        for channel in range(3):
            self.pixels[..., channel] = np.interp(Y, heights, [colour[channel] for colour in colours])

    def noise(self, size: float, wide: float = 1.0) -> np.ndarray:
        """Soft random spots, float (SIZE, SIZE) of mean 0 and deviation 1: their size, and how much wider than high."""
        spots = _smooth(self._random.standard_normal((SIZE, SIZE)), size * wide, size)
        return (spots - spots.mean()) / spots.std()

    def paint(self, mask: np.ndarray, colour: Colour | np.ndarray, cover: float = 1.0) -> None:
        """Lay a colour, or a picture (SIZE, SIZE, 3), over what a mask covers."""
        self.pixels += (cover * mask)[..., None] * (np.asarray(colour) - self.pixels)

    def solid(
        self, mask: np.ndarray, colour: Colour, depth: float = 0.03, grain: float = 0.0, wide: float = 1.0
    ) -> None:
        """Lay a rounded body over what a mask covers, lit from the upper left.

        Args:
            mask: of the body.
            colour: of it in full light.
            depth: how far its roundness reaches inwards from its edge.
            grain: how strong its texture is, such as fur.
            wide: how much wider than high the texture's spots are.
        """
        height = np.sqrt(np.clip(blur(mask, depth), 0, 1)) * depth * 2.2
        slope_y, slope_x = np.gradient(height, 1 / SIZE)
        normal = np.stack([-slope_x, -slope_y, np.ones_like(height)])
        lit = np.tensordot(LIGHT, normal / np.linalg.norm(normal, axis=0), 1)
        shade = 0.42 + 0.75 * np.clip(lit, 0, 1) + grain * self.noise(0.006, wide)
        self.paint(mask, np.clip(np.asarray(colour) * shade[..., None], 0, 1))

    def texture(self, mask: np.ndarray, strength: float, size: float, wide: float = 1.0) -> None:
        """Make what a mask covers lighter and darker in soft spots."""
        self.pixels *= 1 + (strength * mask * self.noise(size, wide))[..., None]

    def shadow(self, mask: np.ndarray, radius: float, strength: float) -> None:
        """Darken what a mask covers, softly."""
        self.pixels *= 1 - strength * blur(mask, radius)[..., None]

    def soften(self, radius: float) -> None:
        """Blur all that is painted so far, as what lies behind looks in a photograph."""
        for channel in range(3):
            self.pixels[..., channel] = blur(self.pixels[..., channel], radius)

    def picture(self) -> Image.Image:
        """The painting: RGB, SIZE x SIZE."""
        grain = 0.008 * self._random.standard_normal((SIZE, SIZE, 1))  # as of a camera
        return Image.fromarray(np.rint(255 * np.clip(self.pixels + grain, 0, 1)).astype(np.uint8))
