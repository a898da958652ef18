"""From probabilities to area: the fit, what a survey makes of it, and how far areas are off."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import model_zoo
from model_zoo.aerial.cover import CoverCurve, Ground, angle, area, curve_of, fit, isotonic, share
from model_zoo.aerial.survey import Survey, positions

CURVE = CoverCurve("yes", (0.2, 0.6, 1.0), (0.0, 0.1, 0.5), (-0.1, 0.1), 0.9, 5, 500, "drawn photos")


def made(probabilities: Any, width: int, height: int, window: int, stride: int) -> Survey:
    values = np.array(probabilities)
    both = np.stack([1 - values, values], axis=-1).astype(np.float32)
    places = positions(width, window, stride), positions(height, window, stride)
    return Survey(("no", "yes"), width, height, window, *places, both)


def site(name: str, windows: int, plenty: float, seed: int) -> Ground:
    """A photo whose covers follow the probabilities by a law that bends, and a little by chance."""
    rng = np.random.default_rng(seed)
    probabilities = rng.beta(plenty, 3, windows)
    return Ground(name, probabilities, np.clip(probabilities**3 + rng.normal(0, 0.05, windows), 0, 1))


def test_the_sequence_that_never_falls_is_that_of_scikit_learn() -> None:
    """`IsotonicRegression().fit_transform(range(14), values, sample_weight=weights)` of scikit-learn 1.9.1."""
    values = [0.0, 0.15, 0.09, 0.01, 0.19, 0.14, 0.48, 0.87, 0.49, 0.54, 0.89, 0.94, 0.95, 0.77]
    weights = [4, 5, 5, 5, 5, 8, 7, 7, 6, 5, 3, 8, 4, 2]
    right = [0.0, 0.08333333, 0.08333333, 0.08333333, 0.15923077, 0.15923077, 0.48]
    right += [0.65166667, 0.65166667, 0.65166667, 0.89, 0.91857143, 0.91857143, 0.91857143]
    assert isotonic(np.array(values), np.array(weights)).tolist() == pytest.approx(right, abs=1e-8)
    falling = isotonic(np.array([3.0, 2.0, 1.0]), np.array([1, 1, 2]))
    assert falling.tolist() == pytest.approx([1.75] * 3)


def test_a_curve_finds_the_law_and_never_falls() -> None:
    curve = fit("yes", [site(str(number), 400, 1.5, number) for number in range(12)], "drawn photos")
    assert (curve.photos, curve.windows, curve.level) == (12, 4800, 0.9)
    assert all(a < b for a, b in pairwise(curve.probabilities))
    assert all(a <= b for a, b in pairwise(curve.covers))
    asked = np.linspace(0.3, 0.8, 11)
    assert np.abs(curve(asked) - asked**3).max() < 0.03
    assert np.isnan(curve(np.array([np.nan])))[0]


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = []
    for trial in range(12):
        rng = np.random.default_rng(trial)
        photos = [site(str(number), 100, rng.uniform(0.5, 3), 1000 * trial + number) for number in range(20)]
        curve = fit("yes", photos[:15], "")
        for photo in photos[15:]:
            low, high = curve.interval(float(curve(photo.probabilities).mean()))
            held.append(low <= photo.area <= high)
    assert np.mean(held) >= 0.85


def test_too_little_ground_is_said() -> None:
    with pytest.raises(ValueError, match="at least two photos"):
        fit("yes", [site("a", 400, 1, 0)], "")
    flat = [Ground(name, np.full(30, 0.4), np.full(30, 0.1)) for name in "ab"]
    assert fit("yes", flat, "")(np.array([0.0, 0.4, 1.0])).tolist() == pytest.approx([0.1] * 3)


def test_every_place_of_a_photo_counts_once() -> None:
    """Also where windows overlap, and where the last one was moved back to the border."""
    side_by_side = area(made([[0.6, 1.0]], 20, 10, 10, 10), CURVE)
    assert side_by_side is not None and side_by_side.share == pytest.approx((0.1 + 0.5) / 2)
    moved = area(made([[0.6, 1.0]], 15, 10, 10, 10), CURVE)  # 5 columns of one, 5 of both, 5 of the other
    assert moved is not None and moved.share == pytest.approx((0.1 + (0.1 + 0.5) / 2 + 0.5) / 3)
    growing = area(made([[0.6, np.nan]], 20, 10, 10, 10), CURVE)
    assert growing is not None and growing.share == pytest.approx(0.1)
    assert area(made([[np.nan, np.nan]], 20, 10, 10, 10), CURVE) is None


def test_unfamiliar_windows_are_left_out() -> None:
    result = made([[0.6, 1.0]], 20, 10, 10, 10)
    strange = replace(result, unfamiliar=np.array([[False, True]]))
    found = area(strange, CURVE)
    assert found is not None and found.share == pytest.approx(0.1)
    assert strange.weights(strange.counted()).tolist() == [[100, 0]]


def test_the_interval_is_wider_in_the_middle_and_stays_within_0_and_1() -> None:
    for value in (0.0, 0.003, 0.06, 0.5, 1.0):
        low, high = CURVE.interval(value)
        assert 0 <= low <= value <= high <= 1
    assert CURVE.interval(0.25) == pytest.approx((share(np.pi / 6 - 0.1), share(np.pi / 6 + 0.1)))
    assert angle(0.25) == pytest.approx(np.pi / 6)


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        {"class": "frog"},
        {"probabilities": [0.5]},
        {"probabilities": [0.9, 0.2]},
        {"covers": [0.5, 0.1]},
        {"covers": [0.0, 1.5]},
        {"covers": ["0", "1"]},
        {"errors": [0.1]},
        {"level": "0.9"},
        {"photos": None},
    ],
)
def test_a_card_that_says_nonsense_has_no_curve(nonsense: Any) -> None:
    model = model_zoo.load("invasive-resnet")
    right = {"class": "invasive", "probabilities": [0.2, 0.9], "covers": [0.0, 0.5], "errors": [-0.1, 0.1]}
    right |= {"level": 0.9, "photos": 5, "windows": 500, "found_on": "drawn photos"}
    found = curve_of(replace(model, card=model.card | {"cover": right}))
    assert found is not None and found(np.array([0.55])) == pytest.approx(0.25)
    told = right | nonsense if isinstance(nonsense, dict) else nonsense
    assert curve_of(replace(model, card=model.card | {"cover": told})) is None
