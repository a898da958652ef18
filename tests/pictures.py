"""Files that people give to the page, made on the spot: good ones, and all those that it must refuse."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms

RED, GREEN, BLUE, GREY = (200, 30, 40), (30, 160, 60), (40, 60, 190), (120, 120, 120)
CORNERS = [RED, GREEN, BLUE, GREY]
EXACT = {"JPEG": {"quality": 95, "subsampling": 0}, "PNG": {}, "WEBP": {"lossless": True}}
"""Kind of file -> how Pillow is asked for one that is as good as without loss."""


# How a camera stores an upright picture under each mark, from the table in the EXIF standard (not from Pillow's).
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: a.swapaxes(0, 1)[::-1, ::-1],
    8: lambda a: np.rot90(a, -1),
}


def quarters(height: int = 32, width: int = 48) -> np.ndarray:
    """uint8 (height, width, 3) with a colour of its own in each corner, so that no turn goes unseen."""
    pixels = np.empty((height, width, 3), np.uint8)
    top, left = slice(0, height // 2), slice(0, width // 2)
    bottom, right = slice(height // 2, None), slice(width // 2, None)
    pixels[top, left], pixels[top, right] = RED, GREEN
    pixels[bottom, left], pixels[bottom, right] = BLUE, GREY
    return pixels


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middles of the four quarters, from the top left in reading order."""
    w, h = picture.size
    return [picture.getpixel((x, y)) for y in (h // 4, 3 * h // 4) for x in (w // 4, 3 * w // 4)]


def assert_near(found, expected, tolerance: float = 0) -> None:
    assert np.abs(np.asarray(found, int) - np.asarray(expected, int)).max() <= tolerance, (found, expected)


def saved(path: Path, image: Image.Image, **options) -> Path:
    image.save(path, **options)
    return path


def marked(mark: int) -> Image.Exif:
    """Metadata with that orientation mark."""
    exif = Image.Exif()
    exif[0x0112] = mark
    return exif


def display_p3() -> bytes:
    """The colour profile of Apple's screens and cameras: that of sRGB with the three colours of Display P3 (D50)."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    colours = {
        b"rXYZ": (0.51512, 0.24120, -0.00105),
        b"gXYZ": (0.29198, 0.69225, 0.04189),
        b"bXYZ": (0.15710, 0.06657, 0.78407),
    }
    for entry in range(132, 132 + 12 * int.from_bytes(data[128:132], "big"), 12):
        place = int.from_bytes(data[entry + 4 : entry + 8], "big")
        if bytes(data[entry : entry + 4]) in colours:
            values = (round(value * 65536) for value in colours[bytes(data[entry : entry + 4])])
            data[place + 8 : place + 20] = struct.pack(">3i", *values)
    return bytes(data)


IN_P3, IN_SRGB = (185, 71, 66), (200, 60, 60)
"""The same colour in Display P3 and in sRGB."""


def png(path: Path, width: int, height: int, depth: int, colour: int, rows: bytes, extra: bytes = b"") -> Path:
    """A PNG written by hand, for what Pillow does not write or would need too much memory for."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    return path


def black_png(path: Path, width: int, height: int) -> Path:
    """A one-bit picture, about 1/1000 of a byte per pixel on disk."""
    return png(path, width, height, 1, 0, bytes(height * (1 + (width + 7) // 8)))


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    """RGB noise."""
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    """The picture as a file of that kind."""
    buffer = BytesIO()
    picture.save(buffer, format=kind, **options)
    return buffer.getvalue()


def with_scans(data: bytes, more: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    scan = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + more * scan + data[-2:]


def _bytes(data: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(data)
        return path

    return write


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a-text.jpg": (_bytes(b"I am a text\n" * 99), "This file is a text, not a picture."),
    "cut-off.jpg": (_bytes(encoded(noise(300, 200), "JPEG")[:9000]), "This JPEG picture is damaged or incomplete."),
    "empty.png": (_bytes(b""), "This file is empty (0 bytes)."),
    "drawing.svg": (_bytes(b'<svg xmlns="http://www.w3.org/2000/svg"/>'), "This file is an SVG drawing"),
    "animation.gif": (_bytes(encoded(noise(30, 20), "GIF")), "This file is a GIF picture."),
    "bomb.png": (lambda path: black_png(path, 13_000, 13_000), "13,000 x 13,000 = 169 million pixels"),
}
"""File name -> a function that writes it to a path, and words of the sentence that refuses it."""
