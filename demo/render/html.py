"""Arrays -> what the browser draws: packed numbers and PNG data URLs."""

import base64
import io
from functools import lru_cache
from html import escape
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageOps
from torch.nn import functional

# Values from which one byte each is sent instead of two, and from which six bits: to stay under 300 kB a step.
LARGE, HUGE = 100_000, 210_000
SQUARES = 64  # pixels of a network's input, up to which each is seen as a square when it is shown large
SMALL = 128 * 128  # pixels of a picture whose PNG is kept
ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"  # base64's: one for each six-bit integer


def pack(values: np.ndarray, bits: int | None = None) -> dict[str, Any]:
    """Feature maps as integers in base64, with the factor that turns them back into values.

    Args:
        values: float (channels, height, width), finite.
        bits: of each integer, 16, 8 or 6; None: 16, but 8 from `LARGE` values on and 6 from `HUGE` on.

    Returns:
        `data`: little-endian int16 or int8 in base64, in C order, or for 6 bits one character of `ALPHABET` each, the
        32nd for 0; `bits`; `factor`: value = integer * factor, off by at most factor / 2; `channels`, `height`,
        `width`.
    """
    channels, height, width = values.shape
    bits = bits or (6 if values.size >= HUGE else 8 if values.size >= LARGE else 16)
    top = 2 ** (bits - 1) - 1
    factor = float(np.abs(values).max(initial=0.0)) / top or 1.0
    integers = np.rint(values / factor).astype("<i2" if bits == 16 else "i1")
    if bits == 6:
        data = np.frombuffer(ALPHABET, np.uint8)[integers.ravel() + 32].tobytes()
    else:
        data = base64.b64encode(integers.tobytes())
    return {
        "data": data.decode("ascii"),
        "bits": bits,
        "factor": factor,
        "channels": channels,
        "height": height,
        "width": width,
    }


def pack_shrunk(values: np.ndarray, most: int, bits: int | None = None) -> dict[str, Any]:
    """As `pack`, but of more than `most` values the means of squares of k x k, k as small as that allows.

    Returns:
        As `pack`, with `shrunk`: k, where that is not 1. `height` and `width` are those of the values; there are as
        many means as squares that begin within them, the last ones of a row and of a column cut off at the edge.
    """
    channels, height, width = values.shape
    shrunk = 1
    while channels * -(-height // shrunk) * -(-width // shrunk) > most and shrunk < max(height, width):
        shrunk += 1
    if shrunk == 1:
        return pack(values, bits)
    whole = torch.from_numpy(np.ascontiguousarray(values, np.float32))
    means = functional.avg_pool2d(whole, shrunk, ceil_mode=True, count_include_pad=False)
    return pack(means.numpy(), bits) | {"height": height, "width": width, "shrunk": shrunk}


THUMBNAIL = 96  # pixels of a thumbnail's side: twice what the page shows, for screens with fine pixels


def thumbnail(picture: Image.Image) -> str:
    """The largest centred square of a picture, small, as a data: URL."""
    side = min(picture.size)
    # A picture of a few pixels stays sharp.
    way = Image.Resampling.NEAREST if side < THUMBNAIL else Image.Resampling.LANCZOS
    return jpeg_url(ImageOps.fit(picture, (THUMBNAIL, THUMBNAIL), way), quality=85)


def unpack(packed: dict[str, Any]) -> np.ndarray:
    """The float32 array (channels, height, width) of what `pack` made; also for callers of the page's API.

    Of what `pack_shrunk` made, every value is the mean of its square.
    """
    if packed["bits"] == 6:
        order = np.zeros(128, np.int16)
        order[np.frombuffer(ALPHABET, np.uint8)] = np.arange(64)
        integers = order[np.frombuffer(packed["data"].encode("ascii"), np.uint8)] - 32
    else:
        integers = np.frombuffer(base64.b64decode(packed["data"]), dtype=f"<i{packed['bits'] // 8}")
    height, width, shrunk = packed["height"], packed["width"], packed.get("shrunk", 1)
    values = integers.reshape(packed["channels"], -(-height // shrunk), -(-width // shrunk)).astype(np.float32)
    return values.repeat(shrunk, 1).repeat(shrunk, 2)[:, :height, :width] * packed["factor"]


def floats(values: np.ndarray) -> str:
    """Numbers as little-endian float32 in base64, in C order: exactly what a float32 tensor holds, infinities too."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def data_url(picture: Image.Image) -> str:
    """The picture as a PNG in a data: URL."""
    if picture.mode == "RGB" and picture.width * picture.height <= SMALL:
        return _small_url(picture.size, picture.tobytes())
    return _url(picture, "png", compress_level=1)


@lru_cache(maxsize=64)
def _small_url(size: tuple[int, int], pixels: bytes) -> str:
    """Kept for a while: an answer shows what the network gets in several places, and a class asks about one picture."""
    return _url(Image.frombytes("RGB", size, pixels), "png", compress_level=1)


def jpeg_url(picture: Image.Image, quality: int) -> str:
    """The picture as a JPEG in a data: URL, for photographs, which are several times as large as PNG."""
    return _url(picture, "jpeg", quality=quality)


def input_url(picture: Image.Image) -> str:
    """A network's input in a data: URL: exact where its pixels are shown as squares, as a JPEG where they are small."""
    return data_url(picture) if max(picture.size) <= SQUARES else jpeg_url(picture, quality=92)


def jpeg_bytes(picture: Image.Image, quality: int) -> bytes:
    """The picture as a JPEG file."""
    return _file(picture, "jpeg", quality=quality)


def _url(picture: Image.Image, kind: str, **options: int) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(_file(picture, kind, **options)).decode('ascii')}"


def _file(picture: Image.Image, kind: str, **options: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format=kind, **options)
    return buffer.getvalue()


def number(value: float) -> str:
    """A number for reading: three significant digits, no exponent for everyday sizes, a true minus sign."""
    if value != value:
        return "not measured"
    text = "0" if value == 0 else f"{value:,.0f}" if 999.5 <= abs(value) < 1e9 else f"{value:.3g}"
    return text.replace("-", "\N{MINUS SIGN}")


def term(name: str, words: str = "") -> str:
    """A word that the page explains, as HTML; its meaning is in demo/glossary.

    Args:
        name: of the term: "receptive-field".
        words: as they stand in the sentence, where they are not the name with spaces.
    """
    return f'<dfn data-term="{escape(name)}">{escape(words or name.replace("-", " "))}</dfn>'


HEAD = "label|share (0 to 1)"  # of the table as a file: what it shows without a head


def bars(caption: str, shares: dict[str, float]) -> str:
    """A table of labels, bars from 0 to 1 and percentages, as HTML."""
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td class="bar"><span style="width:{100 * share:.2f}%"></span></td>'
        f'<td class="number" data-value="{share!r}">{share:.1%}</td></tr>'
        for label, share in shares.items()
    )
    return f'<table class="bars" data-head="{HEAD}"><caption>{escape(caption)}</caption>{rows}</table>'
