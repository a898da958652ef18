"""Disturbances: the same each time, none at strength nought, more with more strength."""

import numpy as np
import pytest
from PIL import Image

from demo.render.corruptions import CORRUPTIONS, GREY, disturbed

HARMLESS = {"noise": 0, "blur": 0, "brightness": 0, "square": 0}  # strengths that change nothing
WORSE = {
    "noise": [5, 20, 80],
    "blur": [0.5, 1.5, 5],
    "brightness": [-10, -50, -100],
    "jpeg": [95, 40, 3],
    "square": [10, 40, 100],
}


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    """A smooth picture with some texture, of the network's size."""
    y, x = np.mgrid[:32, :32]
    waves = np.stack([100 + 60 * np.sin(x / 3), 120 + 40 * np.cos(y / 2), 90 + 3 * x], axis=2)
    return Image.fromarray(waves.clip(0, 255).astype(np.uint8))


def error(one: Image.Image, other: Image.Image) -> float:
    return float(np.sqrt(np.mean((np.asarray(one, float) - np.asarray(other, float)) ** 2)))


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_equal_arguments_make_equal_pictures_and_leave_the_first_alone(kind: str, photo: Image.Image) -> None:
    before, strength = photo.tobytes(), CORRUPTIONS[kind].usual
    first, second = disturbed(photo, kind, strength, 3), disturbed(photo, kind, strength, 3)
    assert first.tobytes() == second.tobytes() != before
    assert first.size == photo.size and first.mode == "RGB" and photo.tobytes() == before


@pytest.mark.parametrize(("kind", "strength"), HARMLESS.items())
def test_at_strength_nought_nothing_changes(kind: str, strength: float, photo: Image.Image) -> None:
    assert disturbed(photo, kind, strength).tobytes() == photo.tobytes()


@pytest.mark.parametrize("kind", CORRUPTIONS)
def test_more_strength_more_difference(kind: str, photo: Image.Image) -> None:
    errors = [error(disturbed(photo, kind, strength), photo) for strength in WORSE[kind]]
    assert errors == sorted(errors) and errors[0] < errors[-1]


def test_noise_has_the_standard_deviation_that_was_asked_for() -> None:
    grey = Image.new("RGB", (128, 128), (GREY, GREY, GREY))
    noise = np.asarray(disturbed(grey, "noise", 20, 1), float) - GREY
    assert abs(noise.mean()) < 0.5 and noise.std() == pytest.approx(20, rel=0.02)
    assert disturbed(grey, "noise", 20, 2).tobytes() != disturbed(grey, "noise", 20, 1).tobytes()


def test_a_point_is_blurred_to_the_width_that_was_asked_for() -> None:
    black = Image.new("RGB", (63, 63))
    black.paste((255, 255, 255), (28, 28, 35, 35))  # 7 x 7, whose own variance is (49 - 1) / 12 a side
    rows = np.asarray(disturbed(black, "blur", 3), float)[..., 0].sum(1)
    places = np.arange(63)
    mean = (rows * places).sum() / rows.sum()
    variance = (rows * (places - mean) ** 2).sum() / rows.sum() - 4
    assert mean == pytest.approx(31, abs=0.1) and np.sqrt(variance) == pytest.approx(3, rel=0.1)


def test_brightness_is_a_factor() -> None:
    grey = Image.new("RGB", (4, 4), (60, 100, 200))
    assert disturbed(grey, "brightness", 50).getpixel((0, 0)) == (90, 150, 255)
    assert disturbed(grey, "brightness", -100).getpixel((0, 0)) == (0, 0, 0)


@pytest.mark.parametrize("seed", range(6))
def test_the_square_lies_whole_within_the_picture(seed: int) -> None:
    white = Image.new("RGB", (50, 40), "white")
    covered = (np.asarray(disturbed(white, "square", 25, seed)) == GREY).all(2)
    rows, columns = np.flatnonzero(covered.any(1)), np.flatnonzero(covered.any(0))
    assert covered.sum() == 100 and len(rows) == len(columns) == 10  # 25 % of the shorter side
    assert (np.asarray(disturbed(white, "square", 100, seed)) == GREY).all(2).sum() == 1600


def test_the_seed_moves_the_square() -> None:
    white = Image.new("RGB", (32, 32), "white")
    assert len({disturbed(white, "square", 30, seed).tobytes() for seed in range(6)}) > 3


@pytest.mark.parametrize(("kind", "strength"), [("noise", -1), ("noise", 101), ("jpeg", 0), ("blur", float("nan"))])
def test_a_strength_out_of_range_is_refused(kind: str, strength: float, photo: Image.Image) -> None:
    with pytest.raises(ValueError, match="goes from"):
        disturbed(photo, kind, strength)
    with pytest.raises(ValueError, match="no disturbance 'fog'"):
        disturbed(photo, "fog", strength)
