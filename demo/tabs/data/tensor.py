"""One picture as the numbers that a network gets: its tensor before and after preprocessing, as HTML."""

from html import escape

import numpy as np
from PIL import Image

from demo.core.networks import NO_PICTURE, network
from demo.render.html import term

FIRST = 6  # values of a row that are written out
CHANNELS = ("red", "green", "blue")


def numbers(name: str, picture: Image.Image | None) -> str:
    """Shape, range and first values of the page's picture, as bytes and as the network's input.

    Args:
        name: of a network.
        picture: RGB, any size.

    Raises:
        UserError: no such network.
    """
    model = network(name)
    if picture is None:
        return f'<section class="holdings"><h3>Your picture as numbers</h3><p class="quiet">{NO_PICTURE}</p></section>'
    pixels = np.asarray(model.crop(picture))  # (size, size, 3)
    values = model.prepare(picture)[0].numpy()  # (3, size, size)
    size = model.size
    before = _table(
        "Before: bytes",
        f"shape ({size}, {size}, 3): row, column, colour. uint8, whole numbers from 0 to 255",
        pixels.transpose(2, 0, 1).astype(float),
        "d",
    )
    after = _table(
        f"After: what {model.title} gets",
        f"shape (1, 3, {size}, {size}): picture, colour, row, column. float32",
        values,
        ".3f",
    )
    mean, sd = model.card["preprocessing"]["mean"][0], model.card["preprocessing"]["std"][0]
    step = f"({pixels[0, 0, 0]} / 255 − {mean:g}) / {sd:g} = {values[0, 0, 0]:.3f}".replace("-", "−")
    words = (
        "This network takes the pixels from 0 to 1 as they are."
        if (mean, sd) == (0, 1)
        else "This network subtracts the mean of its training pictures and divides by their "
        f"{term('standard-deviation')}."
    )
    return (
        '<section class="holdings tensor"><h3>Your picture as numbers</h3>'
        f"<p>A network sees no picture but {3 * size * size:,} numbers: {size} × {size} pixels, three colours each.</p>"
        f'<div class="two">{before}{after}</div><p>From one to the other, for the first red value: '
        f'<span class="number">{step}</span>. {words}</p></section>'
    )


def _table(heading: str, what: str, values: np.ndarray, form: str) -> str:
    """Values (3, height, width)."""

    def text(value: float) -> str:
        return format(int(value) if form == "d" else value, form).replace("-", "−")

    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{text(plane.min())}</td><td>{text(plane.max())}</td>'
        f"<td>{plane.mean():.3f}</td></tr>".replace("-", "−")
        for name, plane in zip(CHANNELS, values, strict=True)
    )
    first = "".join(
        f'<tr><th scope="row">{name}</th>' + "".join(f"<td>{text(value)}</td>" for value in plane[0, :FIRST]) + "</tr>"
        for name, plane in zip(CHANNELS, values, strict=True)
    )
    count = min(FIRST, values.shape[2])
    return (
        f'<div class="numbers"><h4>{escape(heading)}</h4><p class="quiet">{escape(what)}</p>'
        f"<table><thead><tr><td></td><th>lowest</th><th>highest</th><th>mean</th></tr></thead><tbody>{rows}</tbody>"
        f'</table><p class="quiet">The first {count} values of the top row:</p>'
        f'<table class="first"><tbody>{first}</tbody></table></div>'
    )
