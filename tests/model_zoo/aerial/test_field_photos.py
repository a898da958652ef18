"""What people bring from the field, good and bad, and what the shipped network for it has to say of each."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageFilter

import model_zoo
from model_zoo import Model
from model_zoo.aerial.cover import area, curve_of
from model_zoo.aerial.results import share, words
from model_zoo.aerial.survey import Survey, is_whole_photo, survey
from model_zoo.aerial.threshold import chosen
from tests.conftest import data_folder

SIDE = 1500  # pixels of a real photo that are looked at: 36 windows
WINDOW = 250


@pytest.fixture(scope="module")
def model() -> Model:
    return model_zoo.load("invasive-resnet")


def reached(model: Model, result: Survey) -> float:
    """The share of all windows, familiar or not, that reach the threshold."""
    label, threshold = chosen(model)
    return float((result.grid(label) >= threshold).mean())


def test_a_plain_green_photo_tells_nothing_of_plants(model: Model) -> None:
    """The network alone is sure of each such square that it is invasive."""
    green = Image.new("RGB", (600, 500), (60, 140, 40))
    (best, probability), *_ = model.predict(green)
    assert (best, probability > 0.9) == ("invasive", True)
    assert model.judge(green).is_unfamiliar
    result = survey(model, green, window=WINDOW)
    assert reached(model, result) == 1 and result.unfamiliar is not None and result.unfamiliar.all()
    label, threshold = chosen(model)
    curve = curve_of(model)
    assert curve is not None and area(result, curve) is None and share(result, label, threshold) == 0
    said = words(result, label, threshold, curve)
    assert "is not told: no window looks like what the network learned from" in said
    assert "6 windows (100.0% of all) do not look like" in said


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    with Image.open(data_folder("hogweed") / "photos" / "0158.jpg") as whole:
        return whole.convert("RGB").crop((0, 0, SIDE, SIDE))


@pytest.fixture(scope="module")
def honest(model: Model, photo: Image.Image) -> Survey:
    return survey(model, photo, window=WINDOW)


def test_an_honest_photo_gets_an_area_near_the_truth(model: Model, photo: Image.Image, honest: Survey) -> None:
    """The truth is a mask drawn by hand; the share of windows is more than twice as large."""
    assert is_whole_photo(model, *photo.size)
    assert honest.unfamiliar is not None and honest.unfamiliar.mean() <= 0.1
    with Image.open(data_folder("hogweed") / "photos" / "0158_mask.png") as mask:
        truth = (np.asarray(mask.convert("L").crop((0, 0, SIDE, SIDE))) > 0).mean()
    curve = curve_of(model)
    found = area(honest, curve) if curve else None
    assert found is not None and found.low <= truth <= found.high
    assert found.counted == pytest.approx(1 - honest.unfamiliar.mean())
    label, threshold = chosen(model)
    known = f"the {100 * found.counted:.0f} % of this photo’s windows that the network knows"
    where = "this photo" if found.counted == 1 else known
    assert f"of the ground in {where}; 90 % interval" in words(honest, label, threshold, curve)
    assert found.share == pytest.approx(truth, abs=0.08)


BAD: dict[str, tuple[Callable[[Image.Image], Image.Image], int]] = {
    "grey": (lambda photo: photo.convert("L").convert("RGB"), WINDOW),
    "blurred": (lambda photo: photo.filter(ImageFilter.GaussianBlur(4)), WINDOW),
    "from twice the height": (lambda photo: photo.resize((SIDE // 2, SIDE // 2), Image.Resampling.BICUBIC), WINDOW),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_photo_is_not_taken_for_a_clean_site(model: Model, photo: Image.Image, what: str) -> None:
    """Grey ones reach the threshold nowhere, blurred ones in most windows; neither is told as a share."""
    spoil, window = BAD[what]
    result = survey(model, spoil(photo), window=window)
    assert result.unfamiliar is not None and result.unfamiliar.mean() >= 0.95
    label, threshold = chosen(model)
    assert "do not look like what the network learned from" in words(result, label, threshold, curve_of(model))


def test_the_right_window_restores_what_another_height_had_changed(
    model: Model, photo: Image.Image, honest: Survey
) -> None:
    higher = photo.resize((SIDE // 2, SIDE // 2), Image.Resampling.BICUBIC)
    restored = survey(model, higher, window=WINDOW // 2)
    label, threshold = chosen(model)
    curve = curve_of(model)
    assert restored.unfamiliar is not None and restored.unfamiliar.mean() <= 0.15
    assert share(restored, label, threshold) == pytest.approx(share(honest, label, threshold), abs=0.06)
    found, before = (area(each, curve) if curve else None for each in (restored, honest))
    assert found is not None and before is not None and found.share == pytest.approx(before.share, abs=0.02)
