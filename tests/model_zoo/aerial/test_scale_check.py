"""Whether windows of another size look more like the training pictures."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageFilter

import model_zoo
from model_zoo.aerial.scale_check import STRANGE_PHOTO, check_scale, doubt, score_of
from tests.conftest import data_folder
from tests.photosets import photo as drawn_photo


def liking(side: int) -> object:
    """A score that is best for pictures of one side, in pixels."""

    def score(pictures: Sequence[Image.Image]) -> float:
        assert {picture.size for picture in pictures} == {pictures[0].size}
        return -abs(float(np.log(pictures[0].width / side))) - 0.1

    return score


@pytest.mark.parametrize(("side", "better"), [(40, None), (20, 20), (80, 80), (44, None)])
def test_the_side_that_is_clearly_better_is_named(side: int, better: int | None) -> None:
    found = check_scale(drawn_photo(1, True, 300, 200), 40, liking(side))  # pyright: ignore[reportArgumentType]
    assert found.windows == (40, 20, 80) and found.better == better


def test_sides_that_do_not_fit_are_left_out() -> None:
    found = check_scale(drawn_photo(1, True, 300, 60), 40, liking(80))  # pyright: ignore[reportArgumentType]
    assert found.windows == (40, 20) and found.better is None


@pytest.mark.parametrize("is_known", [True, False])
def test_a_plain_green_photo_is_unlike_the_training_pictures(is_known: bool) -> None:
    """The network calls such squares invasive, and is sure."""
    green = Image.new("RGB", (600, 500), (60, 140, 40))
    assert doubt(model_zoo.load("invasive-resnet"), green, 250, is_known=is_known) == STRANGE_PHOTO


def test_a_network_without_statistics_has_no_score() -> None:
    model = replace(model_zoo.load("cifar10-cnn"), trust=None)
    assert score_of(model) is None
    assert doubt(model, drawn_photo(1, True, 300, 200), 32) == ""


@pytest.mark.slow
@pytest.mark.parametrize("photo", ["0062", "0101", "0158"])
def test_real_photos_of_half_and_double_size_are_noticed(photo: str) -> None:
    model = model_zoo.load("invasive-resnet")
    whole = Image.open(data_folder("hogweed") / "photos" / f"{photo}.jpg").convert("RGB")
    assert doubt(model, whole, 250) == "" == doubt(model, whole, 250, is_known=True)
    blurred = whole.filter(ImageFilter.GaussianBlur(4))
    assert doubt(model, blurred, 250, is_known=True) == STRANGE_PHOTO
    half = whole.resize((2000, 1125), Image.Resampling.BICUBIC)
    assert "Windows of 125 pixels look clearly more like" in (said := doubt(model, half, 250)) and "higher up" in said
    double = whole.resize((8000, 4500), Image.Resampling.BICUBIC)
    assert "Windows of 500 pixels look clearly more like" in (said := doubt(model, double, 250)) and "lower" in said
