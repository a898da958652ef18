"""Maps checked by eye: the estimates are those of the papers, and windows are drawn so that they hold."""

import csv
import io
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from model_zoo.aerial.cover import LEVEL
from model_zoo.aerial.site_check import check, marks_table, mean, plan, ratio, results_table
from model_zoo.aerial.survey import Survey, positions

# Olofsson et al. 2014, table 8: rows are map classes, columns reference classes (deforestation, forest gain, stable
# forest, stable non-forest), and the classes' mapped pixels of 30 m.
MATRIX = [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]]
PIXELS = [200_000, 150_000, 3_200_000, 6_450_000]


def made(probabilities: np.ndarray) -> Survey:
    """Windows of 10 pixels side by side: (rows, columns)."""
    rows, columns = probabilities.shape
    both = np.stack([1 - probabilities, probabilities], axis=-1).astype(np.float32)
    return Survey(
        ("no", "reed"), 10 * columns, 10 * rows, 10, positions(10 * columns, 10, 10), positions(10 * rows, 10, 10), both
    )


def test_the_areas_and_accuracies_of_olofsson_2014() -> None:
    """Page 54 of the paper: hectares with their intervals, user's and producer's accuracies."""
    references = [np.repeat(np.arange(4), row) for row in MATRIX]
    areas = [(21_158, 6_158), (11_686, 3_756), (285_770, 15_510), (581_386, 16_282)]
    users, producers = [(0.88, 0.07), (0.73, 0.10), (0.93, 0.04), (0.96, 0.02)], [0.75, 0.85, 0.93, 0.96]
    for label in range(4):
        there = [(each == label).astype(float) for each in references]
        mapped = [np.full(len(each), float(row == label)) for row, each in enumerate(references)]
        right = [one * other for one, other in zip(there, mapped, strict=True)]
        hectares = sum(PIXELS) * 0.09
        area, user, producer = mean(there, PIXELS), ratio(right, mapped, PIXELS), ratio(right, there, PIXELS)
        found = (area.value * hectares, 1.96 * area.error * hectares)  # their intervals are of 95 %
        assert found == pytest.approx(areas[label], abs=2)
        assert (round(user.value, 2), round(1.96 * user.error, 2)) == users[label]
        assert round(producer.value, 2) == producers[label]


def test_the_estimates_of_stehman_2014() -> None:
    """The numerical example of pages 4932 to 4936: strata that are no map classes, ten of each sampled."""
    strata = np.repeat(list("ABCD"), 10)
    mapped = np.array(list("A" * 7 + "B" * 3 + "A" + "B" * 11 + "C" * 6 + "BB" + "D" * 10))
    truth = np.array(list("AAAAACBABC" + "A" + "B" * 5 + "AABB" + "C" * 5 + "DDBBA" + "D" * 7 + "CCB"))
    sizes = [40_000, 30_000, 20_000, 10_000]

    def by_stratum(values: np.ndarray) -> list[np.ndarray]:
        return [values[strata == name].astype(float) for name in "ABCD"]

    both = by_stratum((truth == "B") & (mapped == "B"))
    found = {
        "area of A": mean(by_stratum(truth == "A"), sizes),
        "area of C": mean(by_stratum(truth == "C"), sizes),
        "overall accuracy": mean(by_stratum(truth == mapped), sizes),
        "user's accuracy of B": ratio(both, by_stratum(mapped == "B"), sizes),
        "producer's accuracy of B": ratio(both, by_stratum(truth == "B"), sizes),
    }
    assert [round(one.value, 3) for one in found.values()] == [0.35, 0.2, 0.63, 0.574, 0.794]
    assert [round(one.error, 3) for one in found.values()] == [0.082, 0.064, 0.085, 0.125, 0.117]


def test_intervals_are_of_90_percent_and_of_students_t() -> None:
    """Of five marks of a thousand windows: the quantile of t at 95 % with 4 degrees of freedom is 2.1318 (tables)."""
    sample = np.array([0.0, 0.1, 0.2, 0.3, 0.4])
    error = np.sqrt(0.995 * 0.025 / 5)
    one = mean([sample], [1000])
    assert (one.value, one.error, one.degrees) == (pytest.approx(0.2), pytest.approx(error), pytest.approx(4))
    assert (one.low, one.high) == pytest.approx((0.2 - 2.1318 * error, 0.2 + 2.1318 * error), abs=1e-5)
    assert one.reach(0.95) == pytest.approx(2.7764 * error, rel=1e-4)
    # Two bands alike: twice the degrees of freedom. A band whose marks agree has no error, and adds none.
    assert mean([sample, sample + 0.3], [1000, 1000]).degrees == pytest.approx(8)
    assert mean([sample, np.full(5, 0.5)], [1000, 1000]).degrees == pytest.approx(4)
    many = mean([np.tile(sample, 400)], [10**6])
    assert many.reach() == pytest.approx(1.6449 * many.error, rel=1e-3)  # the normal distribution's


def test_a_band_that_is_marked_whole_has_no_error() -> None:
    whole = mean([np.array([0.0, 1.0, 1.0]), np.array([0.5, 0.5])], [3, 2])
    assert (whole.value, whole.error, whole.low) == (pytest.approx(0.6), 0, whole.high)
    nothing = ratio([np.zeros(2)], [np.zeros(2)], [10])
    assert np.isnan(nothing.value)


@pytest.fixture(scope="module")
def rare() -> Survey:
    """400 windows, in few of which the network sees the plant."""
    return made(np.random.default_rng(5).beta(0.4, 2.2, (20, 20)))


def test_windows_are_drawn_from_every_band_at_random(rare: Survey) -> None:
    chosen = plan(rare, "reed", 0.4, 40, seed=1)
    assert len(chosen.picked) == len(set(chosen.picked)) == 40
    assert sorted(window for band in chosen.bands for window in band) == list(range(400))
    values = rare.grid("reed").ravel()
    limits = [(values[list(band)].min(), values[list(band)].max()) for band in chosen.bands]
    assert [low < 0.2 for low, _ in limits] == [True, False, False, False]
    assert all(high < low for (_, high), (low, _) in pairwise(limits))
    counts = [len(set(band) & set(chosen.picked)) for band in chosen.bands]
    assert min(counts) >= 5 and counts[0] == max(counts)
    assert plan(rare, "reed", 0.4, 40, seed=2).picked != chosen.picked
    assert plan(rare, "reed", 0.4, 40, seed=1) == chosen


def test_only_windows_with_an_answer_are_drawn_familiar_or_not(rare: Survey) -> None:
    growing = rare.probabilities.copy()
    growing[:, :10] = np.nan
    chosen = plan(replace(rare, probabilities=growing), "reed", 0.4, 40)
    assert all(window % 20 >= 10 for window in chosen.picked)
    assert plan(replace(rare, unfamiliar=np.ones((20, 20), bool)), "reed", 0.4, 40) == plan(rare, "reed", 0.4, 40)
    few = made(np.array([[0.1, 0.9, 0.5]]))
    with pytest.raises(ValueError, match="too few answered windows"):
        plan(few, "reed", 0.5)
    alike = plan(made(np.full((3, 4), 0.1)), "reed", 0.5, 40)  # one band, all of it
    assert sorted(alike.picked) == list(range(12)) and len(alike.bands) == 1


def test_the_estimates_hold_the_truth_as_often_as_they_say(rare: Survey) -> None:
    rng = np.random.default_rng(2)
    covers = np.clip(rare.grid("reed").ravel() ** 2 * rng.uniform(0.3, 1.4, 400), 0, 1)
    covers[covers < 0.02] = 0
    values, held, estimates = rare.grid("reed").ravel(), [], []
    for seed in range(150):
        chosen = plan(rare, "reed", 0.4, 40, seed)
        found = check(rare, chosen, {window: float(covers[window]) for window in chosen.picked})
        estimates.append((found.area.value, found.used.precision.value, found.used.recall.value))
        held.append(found.area.low <= covers.mean() <= found.area.high)
    there, reach = covers >= 0.05, values >= 0.4
    truth = (covers.mean(), there[reach].mean(), reach[there].mean())
    assert np.mean(estimates, axis=0) == pytest.approx(truth, rel=0.08)  # not biased
    assert np.mean(held) == pytest.approx(LEVEL, abs=0.06)


def test_the_threshold_of_the_site_parts_the_marks(rare: Survey) -> None:
    """A network that is right from 0.25 on, whatever its card says."""
    chosen = plan(rare, "reed", 0.4, 40)
    values = rare.grid("reed").ravel()
    found = check(rare, chosen, {window: 0.3 * (values[window] >= 0.25) for window in chosen.picked})
    assert found.best is not None
    marked = np.sort(values[list(chosen.picked)])
    assert marked[marked < 0.25].max() < found.best.threshold <= marked[marked >= 0.25].min()
    assert (found.best.precision.value, found.best.recall.value) == (1, 1)
    assert found.used.precision.value == 1 and found.used.recall.value < 1
    nothing = check(rare, chosen, dict.fromkeys(chosen.picked, 0.0))
    assert nothing.best is None and nothing.area.value == 0 and np.isnan(nothing.used.recall.value)


def test_too_few_marks_are_said(rare: Survey) -> None:
    chosen = plan(rare, "reed", 0.4, 40)
    with pytest.raises(ValueError, match="every one of the 4 bands"):
        check(rare, chosen, {chosen.picked[0]: 0.15})


def test_marks_and_estimates_are_saved_as_tables(rare: Survey) -> None:
    chosen = plan(rare, "reed", 0.4, 40)
    marks = dict.fromkeys(chosen.picked[:30], 0.15)
    rows = list(csv.DictReader(io.StringIO(marks_table(rare, chosen, marks))))
    assert len(rows) == 30 and sum({row["band"]: int(row["band_windows"]) for row in rows}.values()) == 400
    assert {row["cover"] for row in rows} == {"0.15"} and {row["class"] for row in rows} == {"reed"}
    first = rare.boxes().reshape(-1, 4)[chosen.picked[0]]
    assert (int(rows[0]["x"]), int(rows[0]["y"]), rows[0]["width"]) == (first[0], first[1], "10")
    found = check(rare, chosen, marks)
    lines = list(csv.DictReader(io.StringIO(results_table(found, "=reed"))))
    assert [line["what"] for line in lines[:3]] == [
        "share of ground covered",
        "share of windows covered by at least 5%",
        "precision",
    ]
    assert float(lines[0]["estimate"]) == pytest.approx(0.15) and lines[0]["marks"] == "30"
    assert {line["class"] for line in lines} == {"'=reed"} and {line["level"] for line in lines} == {"0.9"}
