"""Files that people give to the page, made on the spot: good ones, and all those that it must refuse."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image


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


def encoded(picture: Image.Image, kind: str) -> bytes:
    """The picture as a file of that kind."""
    buffer = BytesIO()
    picture.save(buffer, format=kind)
    return buffer.getvalue()


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
