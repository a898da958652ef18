"""Arrays -> what the browser draws: packed numbers and PNG data URLs."""

import base64
import io
from html import escape
from typing import Any

import numpy as np
from PIL import Image

LARGE = 100_000  # values from which one byte each is sent instead of two, to stay under 300 kB a step


def pack(values: np.ndarray, bits: int | None = None) -> dict[str, Any]:
    """Feature maps as integers in base64, with the factor that turns them back into values.

    Args:
        values: float (channels, height, width), finite.
        bits: of each integer, 16 or 8; None: 16, but 8 from `LARGE` values on.

    Returns:
        `data`: little-endian int16 or int8 in base64, in C order; `bits`: 16 or 8; `factor`:
        value = integer * factor, off by at most factor / 2; `channels`, `height`, `width`.
    """
    channels, height, width = values.shape
    bits = bits or (8 if values.size >= LARGE else 16)
    top = 2 ** (bits - 1) - 1
    factor = float(np.abs(values).max(initial=0.0)) / top or 1.0
    integers = np.rint(values / factor).astype(f"<i{bits // 8}")
    return {
        "data": base64.b64encode(integers.tobytes()).decode("ascii"),
        "bits": bits,
        "factor": factor,
        "channels": channels,
        "height": height,
        "width": width,
    }


def unpack(packed: dict[str, Any]) -> np.ndarray:
    """The float32 array (channels, height, width) of what `pack` made; also for callers of the page's API."""
    integers = np.frombuffer(base64.b64decode(packed["data"]), dtype=f"<i{packed['bits'] // 8}")
    shape = (packed["channels"], packed["height"], packed["width"])
    return integers.reshape(shape).astype(np.float32) * packed["factor"]


def floats(values: np.ndarray) -> str:
    """Numbers as little-endian float32 in base64, in C order: exactly what a float32 tensor holds, infinities too."""
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode("ascii")


def data_url(picture: Image.Image) -> str:
    """The picture as a PNG in a data: URL."""
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def number(value: float) -> str:
    """A number for reading: three significant digits, no exponent for everyday sizes, a true minus sign."""
    if value != value:
        return "not measured"
    text = "0" if value == 0 else f"{value:,.0f}" if 999.5 <= abs(value) < 1e9 else f"{value:.3g}"
    return text.replace("-", "\N{MINUS SIGN}")


def bars(caption: str, shares: dict[str, float]) -> str:
    """A table of labels, bars from 0 to 1 and percentages, as HTML."""
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td class="bar"><span style="width:{100 * share:.2f}%"></span></td>'
        f'<td class="number">{share:.1%}</td></tr>'
        for label, share in shares.items()
    )
    return f'<table class="bars"><caption>{escape(caption)}</caption>{rows}</table>'
