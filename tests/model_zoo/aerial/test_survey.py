"""Surveys: every window gets the answer that it would get as a picture of its own, and every pixel is in a window."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from model_zoo import Model, nets
from model_zoo.aerial.cover import CoverCurve
from model_zoo.aerial.results import cells, geojson, share, table, words
from model_zoo.aerial.survey import (
    Stopped,
    Survey,
    compare,
    cover,
    default_window,
    planned,
    positions,
    survey,
    surveying,
)
from model_zoo.entries import entry
from tests.conftest import data_folder
from tests.model_zoo.conftest import card, history, random_picture
from tests.photosets import photo as drawn_photo


@pytest.fixture(scope="module")
def plants(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Two classes, random weights, answers that differ from window to window."""
    torch.manual_seed(3)
    values = card() | {
        "name": "plants",
        "net": {"file": "talk_cnn", "arguments": {"classes": 2}},
        "classes": ["other", "invasive"],
        "preprocessing": card()["preprocessing"] | {"std": [0.02] * 3, "window": 40},
    }
    folder = tmp_path_factory.mktemp("runs") / "plants"
    state = nets.build("talk_cnn", {"classes": 2}).state_dict()  # scaled up, for untrained ones hardly tell anything
    entry.write(folder, {name: 2 * tensor for name, tensor in state.items()}, values, history(), "")
    return model_zoo.load_folder(folder)


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    """Neither side is a multiple of the window."""
    return drawn_photo(1, True, 210, 130)


def made(probabilities: np.ndarray, width: int, height: int, window: int, stride: int) -> Survey:
    """A survey of two classes in which the second has the probabilities given: (rows, columns)."""
    both = np.stack([1 - probabilities, probabilities], axis=-1).astype(np.float32)
    return Survey(
        ("no", "yes"), width, height, window, positions(width, window, stride), positions(height, window, stride), both
    )


# ------------------------------------------------------------------------------------------------------- the windows


@pytest.mark.parametrize(("window", "stride"), [(None, None), (40, 20), (64, 64), (130, 7), (33, 32)])
def test_every_window_is_answered_as_a_picture_of_its_own(
    plants: Model, photo: Image.Image, window: int | None, stride: int | None
) -> None:
    result = survey(plants, photo, window=window, stride=stride)
    assert result.window == (window or 40)
    for row, column in np.ndindex(result.probabilities.shape[:2]):
        alone = dict(plants.predict(photo.crop(tuple(result.boxes()[row, column]))))
        expected = [alone[label] for label in plants.classes]
        assert result.probabilities[row, column].tolist() == pytest.approx(expected, abs=1e-5)
    assert np.ptp(result.grid("invasive")) > 0.01


@pytest.mark.parametrize(
    ("width", "height", "window", "stride"),
    [
        (210, 130, 40, 40),
        (210, 130, 40, 20),
        (40, 40, 40, 40),
        (41, 40, 40, 1),
        (99, 57, 10, 3),
        (4000, 2250, 250, 250),
    ],
)
def test_every_pixel_is_in_a_window_and_no_window_leaves_the_photo(
    plants: Model, width: int, height: int, window: int, stride: int
) -> None:
    plan = planned(plants, width, height, window, stride)
    seen = np.zeros((height, width), bool)
    for left, top, right, bottom in plan.boxes().reshape(-1, 4):
        assert left >= 0 and top >= 0 and right - left == bottom - top == window
        assert right <= width and bottom <= height
        seen[top:bottom, left:right] = True
    assert seen.all()
    assert len({tuple(box) for box in plan.boxes().reshape(-1, 4)}) == plan.boxes().reshape(-1, 4).shape[0]
    assert (np.diff(plan.lefts) <= stride).all() and (np.diff(plan.tops) <= stride).all()


def test_windows_are_as_large_as_what_the_network_was_trained_on(plants: Model) -> None:
    assert default_window(plants, 4000, 2250) == 40  # what the card says
    assert default_window(plants, 4000, 30) == 30  # what there is
    untold = model_zoo.load("cifar10-cnn")
    assert default_window(untold, 4000, 2250) == 250
    assert default_window(untold, 300, 200) == untold.size


@pytest.mark.parametrize("told", [0, -5, 2.5, True, "250", None, [250]])
def test_a_card_that_says_nonsense_about_windows(plants: Model, told: object) -> None:
    values = plants.card | {"preprocessing": plants.card["preprocessing"] | {"window": told}}
    assert default_window(Model(**vars(plants) | {"card": values}), 1600, 900) == 100


@pytest.mark.parametrize(
    ("window", "stride", "text"),
    [
        (131, None, "1 to 130 pixels wide"),
        (0, None, "1 to 130 pixels wide"),
        (40, 0, "from 1 to 40 pixels apart"),
        (40, 41, "leave gaps"),
    ],
)
def test_windows_that_do_not_fit_are_refused_in_words(
    plants: Model, photo: Image.Image, window: int, stride: int | None, text: str
) -> None:
    with pytest.raises(ValueError, match=text):
        survey(plants, photo, window=window, stride=stride)


def test_too_many_windows_are_refused_before_memory_is_taken(plants: Model) -> None:
    with pytest.raises(ValueError, match="74,982,501 windows; at most 50,000"):
        planned(plants, 10_000, 7_500, 2, 1)


def test_progress_is_told_and_a_survey_can_be_stopped(plants: Model, photo: Image.Image) -> None:
    told: list[tuple[int, int]] = []
    result = survey(plants, photo, window=20, stride=15, progress=lambda *at: told.append(at))
    count = len(result.lefts) * len(result.tops)
    assert told[-1] == (count, count) and len(told) > 1 and told == sorted(told)
    seen: list[int] = []
    with pytest.raises(Stopped):
        survey(plants, photo, window=20, stride=10, progress=lambda at, _: seen.append(at), stopped=lambda: True)
    assert len(seen) == 1


def test_a_growing_survey_says_what_it_does_not_know_yet(plants: Model, photo: Image.Image) -> None:
    plan = planned(plants, *photo.size, 20, 10)
    done, first = next(surveying(plants, photo, plan))
    assert np.isnan(plan.probabilities).all()
    assert np.isfinite(first.grid("invasive")).sum() == done
    assert len(table(first, "invasive", 0.5).splitlines()) == 1 + done
    drawn = cells(first).values[..., 1]
    assert np.isnan(drawn).any() and np.isfinite(drawn).any()


def test_a_network_that_overflows_is_said(plants: Model, photo: Image.Image) -> None:
    class Endless(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.full((len(x), 2), float("nan"))

    with pytest.raises(ValueError, match="gives no number"):
        survey(Model(**vars(plants) | {"net": Endless()}), photo)


def test_grey_and_transparent_photos_are_prepared_like_pictures(plants: Model) -> None:
    for mode in ("L", "RGBA"):
        picture = random_picture(90, 60, mode)
        result = survey(plants, picture)
        alone = dict(plants.predict(picture.crop(tuple(result.boxes()[0, 0]))))
        assert result.grid("invasive")[0, 0] == pytest.approx(alone["invasive"], abs=1e-5)


# ------------------------------------------------------------------------------------------------------- the results


def test_cells_are_the_mean_of_the_windows_over_them() -> None:
    rng = np.random.default_rng(0)
    for width, height, window, stride in ((50, 30, 20, 20), (50, 30, 20, 7), (23, 20, 20, 3)):
        plan = made(np.zeros((1, 1)), width, height, window, stride)
        result = made(rng.random((len(plan.tops), len(plan.lefts))), width, height, window, stride)
        total, count = np.zeros((height, width)), np.zeros((height, width))
        for (left, top, right, bottom), value in zip(
            result.boxes().reshape(-1, 4), result.grid("yes").ravel(), strict=True
        ):
            total[top:bottom, left:right] += value
            count[top:bottom, left:right] += 1
        drawn = cells(result)
        assert (drawn.xs[0], drawn.xs[-1], drawn.ys[0], drawn.ys[-1]) == (0, width, 0, height)
        pixels = drawn.values[..., 1].repeat(np.diff(drawn.ys), axis=0).repeat(np.diff(drawn.xs), axis=1)
        assert np.allclose(pixels, total / count, atol=1e-6)


def test_the_share_is_of_windows_that_reach_the_threshold() -> None:
    result = made(np.array([[0.1, 0.5, 0.9], [0.2, 0.4, np.nan]]), 30, 20, 10, 10)
    assert share(result, "yes", 0.5) == pytest.approx(2 / 5)
    assert share(result, "yes", 0.95) == 0 and share(result, "yes", 0.0) == 1
    assert share(result, "no", 0.85) == pytest.approx(1 / 5)
    text = words(result, "yes", 0.5)
    assert "2 of 5 windows of 10 x 10 pixels (40.0%)" in text and "a share of windows" in text
    assert "How much ground “yes” covers is not told" in text
    curve = CoverCurve("yes", (0.0, 1.0), (0.0, 0.5), (-0.05, 0.1), 0.9, 21, 3024, "21 photos of one flight")
    text = words(result, "yes", 0.5, curve)
    assert text.startswith("“yes” covers about 21 % of the ground in this photo; 90 % interval: 17 to 30 %.")
    assert "on 21 photos of one flight" in text and "does not hold what other sites" in text
    assert "is not told" in words(result, "no", 0.5, curve)  # the curve is of another class
    with pytest.raises(KeyError, match="known are no, yes"):
        share(result, "maybe", 0.5)


def test_the_table_has_a_row_for_each_window() -> None:
    result = made(np.array([[0.25, 0.75]]), 15, 10, 10, 10)
    rows = list(csv.DictReader(io.StringIO(table(result, "yes", 0.5))))
    assert [list(row.values()) for row in rows] == [
        ["0", "0", "10", "10", "0.250000", "0", "yes", "", "", ""],
        ["5", "0", "10", "10", "0.750000", "1", "yes", "", "", ""],
    ]
    columns = ["x", "y", "width", "height", "probability", "decision", "class", "cover", "unfamiliar", "false_alarms"]
    assert list(rows[0]) == columns
    strange = replace(result, unfamiliar=np.array([[True, False]]), false_alarms=0.02)
    curve = CoverCurve("yes", (0.0, 1.0), (0.0, 0.5), (-0.05, 0.1), 0.9, 21, 3024, "")
    rows = list(csv.DictReader(io.StringIO(table(strange, "yes", 0.5, curve))))
    judged = [(row["cover"], row["unfamiliar"], row["false_alarms"]) for row in rows]
    assert judged == [("0.12500", "1", "0.02"), ("0.37500", "0", "0.02")]
    assert (share(strange, "yes", 0.5), share(result, "yes", 0.5)) == (1, 0.5)
    said = words(strange, "yes", 0.5)
    assert (
        "1 window (50.0% of all) does not look like" in said and "so that 2 % of the windows that it knows are" in said
    )


def test_the_geojson_says_that_its_coordinates_are_pixels() -> None:
    result = made(np.array([[0.25, 0.75]]), 15, 10, 10, 10)
    collection = json.loads(geojson(result, "yes", 0.5, "a.jpg"))
    assert collection["type"] == "FeatureCollection" and collection["properties"]["photo"] == "a.jpg"
    assert collection["properties"]["share_of_windows"] == 0.5
    first, second = collection["features"]
    assert second["geometry"] == {"type": "Polygon", "coordinates": [[[5, 0], [15, 0], [15, 10], [5, 10], [5, 0]]]}
    assert (first["properties"]["decision"], second["properties"]["decision"]) == (False, True)
    assert second["properties"]["probability"] == 0.75 and second["properties"]["class"] == "yes"
    assert all("pixels" in feature["properties"]["coordinates"] for feature in collection["features"])


# -------------------------------------------------------------------------------------------- against the known truth


def test_a_perfect_survey_agrees_with_its_mask() -> None:
    mask = np.zeros((20, 40), bool)
    mask[:10, :20] = True  # two whole windows
    mask[10, 20:24] = True  # 4 % of a window: of neither kind
    truth = cover(made(np.zeros((2, 4)), 40, 20, 10, 10), mask)
    assert truth.tolist() == [[1, 1, 0, 0], [0, 0, 0.04, 0]]
    right = compare(made(truth, 40, 20, 10, 10), "yes", mask)
    assert (right.windows, right.covered, right.free) == (8, 2, 5)
    assert right.auc == 1 and right.correlation == pytest.approx(1)
    wrong = compare(made(1 - truth, 40, 20, 10, 10), "yes", mask)
    assert wrong.auc == 0 and wrong.correlation == pytest.approx(-1)


def test_what_cannot_be_compared_is_none() -> None:
    flat = made(np.full((2, 4), 0.5), 40, 20, 10, 10)
    mask = np.zeros((20, 40), bool)
    nothing = compare(flat, "yes", mask)
    assert nothing.auc is None and nothing.correlation is None and nothing.free == 8
    mask[:10, :10] = True
    undecided = compare(flat, "yes", mask)
    assert undecided.auc == 0.5 and undecided.correlation is None  # ties count half
    with pytest.raises(ValueError, match="must be the same"):
        compare(flat, "yes", mask.T)


def test_the_area_under_the_curve_is_the_share_of_pairs_in_order() -> None:
    rng = np.random.default_rng(1)
    mask = np.zeros((60, 100), bool)
    mask[:30, 40:] = rng.random((30, 60)) < 0.3
    plan = made(np.zeros((6, 10)), 100, 60, 10, 10)
    result = made(np.round(rng.random((6, 10)) * 0.5 + 0.5 * cover(plan, mask), 1), 100, 60, 10, 10)
    truth, values = cover(result, mask).ravel(), result.grid("yes").ravel()
    pairs = [(one > other) + (one == other) / 2 for one in values[truth >= 0.05] for other in values[truth == 0]]
    assert compare(result, "yes", mask).auc == pytest.approx(np.mean(pairs), abs=1e-5)


def test_windows_of_a_real_photo_have_the_covers_of_its_tiles() -> None:
    folder = data_folder("hogweed")
    with (folder / "labels.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["photo"] == "0062.jpg"]
    mask = np.asarray(Image.open(folder / "photos" / "0062_mask.png").convert("L")) > 127
    plan = made(np.zeros((1, 1)), 4000, 2250, 250, 250)
    covers = cover(plan, mask)
    assert len(rows) == covers.size == 144
    by_name = {Path(row["file"]).stem: float(row["cover"]) for row in rows}
    for row, column in np.ndindex(covers.shape):
        assert by_name[f"0062_r{row}_c{column:02}"] == pytest.approx(covers[row, column], abs=2e-3)


def test_a_judge_that_cannot_tell_calls_no_window_familiar() -> None:
    model = model_zoo.load("cifar10-cnn")
    assert model.trust is not None
    photo = drawn_photo(1, True, 200, 100)
    assert survey(model, photo, window=50).unfamiliar is not None
    few = replace(model, trust=replace(model.trust, held=model.trust.held[:5]))  # 5 % of six are none
    assert survey(few, photo, window=50).unfamiliar is None
    assert survey(replace(model, trust=None), photo, window=50).unfamiliar is None
