"""A last layer fitted to a site: it is the regression that it says, few marks change little, and its figures hold."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize

import model_zoo
from model_zoo.aerial.cover import LEVEL
from model_zoo.aerial.site_check import Plan, plan
from model_zoo.aerial.site_head import fit, results_table
from model_zoo.aerial.survey import Survey, planned, positions, survey, surveying
from model_zoo.graph.walk import walk
from tests.photosets import photo as drawn_photo

LABEL = "reed"


def made(log_odds: np.ndarray, features: np.ndarray) -> Survey:
    """20 x 20 windows of 10 pixels with the features (400, D); there are three classes."""
    share = 1 / (1 + np.exp(-log_odds))
    values = np.stack([0.75 * (1 - share), share, 0.25 * (1 - share)], -1).astype(np.float32).reshape(20, 20, 3)
    places = positions(200, 10, 10)
    kept = features.astype(np.float16).reshape(20, 20, -1)
    return Survey(("no", LABEL, "soil"), 200, 200, 10, places, places, values, None, kept)


@pytest.fixture(scope="module")
def site() -> tuple[Survey, np.ndarray]:
    """The network looks at the first feature; at this site the second one tells the plant from what looks like it."""
    rng = np.random.default_rng(3)
    features = rng.normal(size=(400, 8))
    there = features[:, 0] + 1.5 * features[:, 1] + 0.4 * rng.normal(size=400) > 1
    covers = np.where(there, rng.choice([0.15, 0.375, 0.625], 400), rng.choice([0, 0.025], 400, p=[0.9, 0.1]))
    return made(2 * features[:, 0] - 1, features), covers


def marked(chosen: Plan, covers: np.ndarray) -> dict[int, float]:
    return {window: float(covers[window]) for window in chosen.picked}


def test_it_is_the_penalised_regression_by_another_solver(site: tuple[Survey, np.ndarray]) -> None:
    """The same minimum in the space of the features, found by SciPy's BFGS."""
    result, covers = site
    chosen = plan(result, LABEL, 0.5, 40, seed=1)
    found = fit(result, chosen, marked(chosen, covers))
    assert result.features is not None
    flat = result.features.reshape(400, -1).astype(np.float64)
    standard = np.c_[np.ones(400), (flat - flat.mean(0)) / flat.std(0) / np.sqrt(8)]
    before = result.grid(LABEL).ravel()
    windows, there = list(chosen.picked), covers[list(chosen.picked)] >= 0.05

    def loss(change: np.ndarray) -> float:
        odds = np.log(before / (1 - before))[windows] + standard[windows] @ change
        return float(np.logaddexp(0, np.where(there, -odds, odds)).sum() + (change**2).sum() / 2)

    change = minimize(loss, np.zeros(9), method="BFGS", options={"gtol": 1e-8}).x
    odds = np.log(before / (1 - before)) + standard @ change
    fitted = found.survey.grid(LABEL).ravel()
    assert fitted == pytest.approx(1 / (1 + np.exp(-odds)), abs=2e-4)
    others = found.survey.probabilities[..., [0, 2]]
    assert found.survey.probabilities.sum(-1) == pytest.approx(1, abs=1e-5)
    assert others[..., 0] / others[..., 1] == pytest.approx(3, rel=1e-4)  # as before


def test_its_figures_on_the_marks_tell_how_it_does_on_other_windows(site: tuple[Survey, np.ndarray]) -> None:
    result, covers = site
    there, said, true = covers >= 0.05, [], []
    for seed in range(20):
        chosen = plan(result, LABEL, 0.5, 40, seed)
        found = fit(result, chosen, marked(chosen, covers))
        other = np.setdiff1d(np.arange(400), chosen.picked)
        fitted = found.survey.grid(LABEL).ravel()
        said.append((found.after.loss, found.after.right / 40))
        true.append(
            (-np.log(np.where(there, fitted, 1 - fitted))[other].mean(), ((fitted >= 0.5) == there)[other].mean())
        )
        assert found.helps and (found.marks, found.after.threshold) == (40, 0.5)
        assert found.before.loss > found.after.loss
        assert found.before.right == sum(
            (result.grid(LABEL).ravel()[list(chosen.picked)] >= 0.5) == there[list(chosen.picked)]
        )
    # The marks hold more windows of middle probabilities, which are harder, than the site does.
    assert np.mean(said, axis=0)[0] == pytest.approx(np.mean(true, axis=0)[0], abs=0.1)
    assert np.mean(said, axis=0)[1] == pytest.approx(np.mean(true, axis=0)[1], abs=0.06)


def test_the_interval_of_the_area_holds_the_truth_as_often_as_it_says(site: tuple[Survey, np.ndarray]) -> None:
    result, covers = site
    held, errors = [], []
    for seed in range(100):
        chosen = plan(result, LABEL, 0.5, 40, seed)
        area = fit(result, chosen, marked(chosen, covers)).area
        held.append(area.low <= covers.mean() <= area.high)
        errors.append(area.share - covers.mean())
    assert area.level == LEVEL == 0.9 and np.mean(held) == pytest.approx(LEVEL, abs=0.06)
    assert abs(np.mean(errors)) < 0.008  # not biased: the area is about 0.11
    everything = Plan(LABEL, 0.5, plan(result, LABEL, 0.5, 40).bands, tuple(range(400)))
    whole = fit(result, everything, marked(everything, covers)).area
    assert (whole.share, whole.low, whole.high) == pytest.approx((covers.mean(),) * 3)


def test_marks_that_have_nothing_to_do_with_the_windows_do_not_help_and_ruin_nothing() -> None:
    """A network that is right, and marks at random among them: the map would stay."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(400, 8))
    result = made(6 * features[:, 0], features)
    covers = np.where(rng.random(400) < 1 / (1 + np.exp(-6 * features[:, 0])), 0.375, 0.0)
    before = result.grid(LABEL).ravel()
    helped = 0
    for seed in range(20):
        chosen = plan(result, LABEL, 0.5, 40, seed)
        found = fit(result, chosen, marked(chosen, covers))
        helped += found.helps
        fitted = found.survey.grid(LABEL).ravel()
        there = covers >= 0.05
        losses = [-np.log(np.clip(np.where(there, each, 1 - each), 1e-6, 1)).mean() for each in (before, fitted)]
        assert losses[1] < losses[0] + 0.05
    assert helped < 10


def test_too_few_marks_of_a_kind_are_refused_in_words(site: tuple[Survey, np.ndarray]) -> None:
    result, covers = site
    chosen = plan(result, LABEL, 0.5, 40)
    there = [window for window in chosen.picked if covers[window] >= 0.05]
    without = [window for window in chosen.picked if covers[window] < 0.05]
    marks = marked(chosen, covers)
    with pytest.raises(ValueError, match="Too few marks of one kind: the plant covers at least 5 % in 3 of them"):
        fit(result, chosen, {window: marks[window] for window in without + there[:3]})
    with pytest.raises(ValueError, match="from 20 on, and there are 12"):
        fit(result, chosen, {window: marks[window] for window in without[:6] + there[:6]})
    with pytest.raises(ValueError, match="no layer of features"):
        fit(replace(result, features=None), chosen, marks)


def test_its_table_has_both_figures(site: tuple[Survey, np.ndarray]) -> None:
    result, covers = site
    chosen = plan(result, LABEL, 0.4, 40)
    found = fit(result, chosen, marked(chosen, covers))
    before, after = csv.DictReader(io.StringIO(results_table(found, LABEL)))
    assert (before["threshold"], after["threshold"], before["area"]) == ("0.4000", "0.5000", "")
    assert float(before["log_loss"]) == pytest.approx(found.before.loss, abs=1e-4)
    assert (int(after["right"]), int(after["marks"])) == (found.after.right, 40)
    assert float(after["area_low"]) < float(after["area"]) < float(after["area_high"])


def test_a_survey_keeps_what_the_last_layer_takes_where_that_is_wanted() -> None:
    for shipped in map(model_zoo.load, ("cifar10-cnn", "invasive-resnet")):
        drawn = drawn_photo(1, True, 300, 200)
        plan = planned(shipped, 300, 200, 100)
        for model in (shipped, replace(shipped, trust=None)):
            *_, (_, kept) = surveying(model, drawn, plan, features=True)
            assert kept.features is not None and kept.features.shape[:2] == (2, 3)
            (left, top, right, bottom) = kept.boxes()[1, 2].tolist()
            steps = walk(model.net, model.prepare(drawn.crop((left, top, right, bottom))))
            linear = [step for step in steps if isinstance(step.module, torch.nn.Linear)][-1]
            (taken,) = [step.output for step in steps if step.name == linear.inputs[0]]
            assert kept.features[1, 2] == pytest.approx(taken[0].numpy(), rel=2e-3, abs=2e-3)
        assert survey(shipped, drawn, window=100).features is None
