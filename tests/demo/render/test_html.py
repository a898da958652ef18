"""Packed feature maps, pictures in the page, and numbers in sentences."""

import base64
import io
import json

import numpy as np
import pytest
from PIL import Image

from demo.render.html import HUGE, LARGE, data_url, number, pack, pack_shrunk, unpack
from tests.pictures import noise


def maps(*shape: int, scale: float = 1.0) -> np.ndarray:
    return (np.random.default_rng(0).normal(size=shape) * scale).astype(np.float32)


@pytest.mark.parametrize(
    ("shape", "bits"),
    [
        ((7, 5, 3), 16),
        ((1, 1, LARGE - 1), 16),
        ((1, 1, LARGE), 8),
        ((64, 50, 50), 8),
        ((1, 1, HUGE), 6),
        ((64, 64, 64), 6),
    ],
)
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_packed_values_come_back_within_half_a_step(shape: tuple[int, int, int], bits: int, scale: float) -> None:
    values = maps(*shape, scale=scale)
    packed = json.loads(json.dumps(pack(values)))  # as a browser or a program gets it
    back = unpack(packed)
    assert packed["bits"] == bits and back.shape == shape and back.dtype == np.float32
    # Beside the rounding to whole numbers, that of float32 itself.
    assert np.abs(back - values).max() <= packed["factor"] / 2 * 1.01
    assert packed["factor"] == pytest.approx(np.abs(values).max() / (2 ** (bits - 1) - 1))
    assert len(packed["data"]) < 300_000


@pytest.mark.parametrize(
    ("shape", "most", "shrunk"), [((3, 8, 8), 192, 1), ((3, 8, 8), 191, 2), ((2, 7, 5), 30, 2), ((5, 9, 9), 50, 3)]
)
def test_of_too_many_values_the_means_of_small_squares_are_sent(
    shape: tuple[int, int, int], most: int, shrunk: int
) -> None:
    values = maps(*shape, scale=3.0)
    packed = json.loads(json.dumps(pack_shrunk(values, most)))
    assert packed.get("shrunk", 1) == shrunk and (packed["height"], packed["width"]) == shape[1:]
    wanted = np.empty_like(values)
    for row, column in np.ndindex(shape[1:]):
        top, left = (place // shrunk * shrunk for place in (row, column))
        wanted[:, row, column] = values[:, top : top + shrunk, left : left + shrunk].mean((1, 2))
    assert np.abs(unpack(packed) - wanted).max() <= packed["factor"] / 2 * 1.01


def test_signs_zeros_and_the_largest_value_are_kept() -> None:
    values = np.array([[[-2.0, 0.0, 1.0], [2.0, -0.0, -1.0]]], np.float32)
    assert np.allclose(unpack(pack(values)), values, atol=0, rtol=1e-4)
    assert (unpack(pack(values))[values == 0] == 0).all()


def test_nothing_but_zeros() -> None:
    packed = pack(np.zeros((2, 3, 4), np.float32))
    assert packed["factor"] > 0
    assert (unpack(packed) == np.zeros((2, 3, 4))).all()


def test_the_browser_reads_little_endian_integers_channel_by_channel() -> None:
    packed = pack(np.array([[[1.0]], [[-0.5]]], np.float32))
    assert base64.b64decode(packed["data"]) == (32767).to_bytes(2, "little") + (-16384).to_bytes(
        2, "little", signed=True
    )


def test_a_picture_in_the_page_is_the_picture() -> None:
    picture = noise(9, 4)
    head, data = data_url(picture).split(",")
    assert head == "data:image/png;base64"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))), np.asarray(picture))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "−1.5"),
        (3.14159, "3.14"),
        (999.4, "999"),
        (999.6, "1,000"),
        (1234.6, "1,235"),
        (-65536.0, "−65,536"),
        (0.000123456, "0.000123"),
        (1e-7, "1e−07"),
        (2e12, "2e+12"),
        (-np.inf, "−inf"),
        (np.nan, "not measured"),
    ],
)
def test_numbers_are_written_for_reading(value: float, text: str) -> None:
    assert number(value) == text
