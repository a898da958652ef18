"""Choosing and measuring, on features whose strangeness is known because they were drawn."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

import model_zoo
from model_zoo import Model
from model_zoo.trust.judgement import Bank
from model_zoo.trust.readings import Readings, Taps
from tests.train.helpers import untrained_entry
from train.tools.trust import evaluating, fitting
from train.tools.trust.evaluating import Part
from train.tools.trust.fitting import Fitted

CLASSES = ("fern", "oak", "reed")


def drawn(count: int, seed: int, moved: float = 0.0, wider: float = 1.0) -> tuple[Readings, Tensor]:
    """Features of pictures around the middle of their class; strange ones are moved, or have other statistics."""
    chance = torch.Generator().manual_seed(seed)
    labels = torch.arange(count) % 3
    features = torch.randn(count, 512, generator=chance) * 0.5 + moved
    features[torch.arange(count), labels] += 4 * (moved == 0)
    statistics = torch.cat(
        (torch.randn(count, 8, generator=chance), 1 + 0.1 * torch.rand(count, 8, generator=chance)), 1
    )
    statistics[:, 8:] *= wider
    return Readings(features[:, :3] * 1.5, features, {"relu2": statistics}), labels


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return model_zoo.load_folder(untrained_entry(tmp_path_factory.mktemp("zoo") / "plants", CLASSES))


@pytest.fixture(scope="module")
def fitted(model: Model) -> Fitted:
    train, labels = drawn(600, 1)
    places = Taps("relu8", "fc3", ("relu2",))
    found = fitting.every_detector(model, places, train, labels, drawn(100, 20)[0])
    bank = Bank(found["knn"].bank, torch.arange(600), labels)  # pyright: ignore[reportAttributeAccessIssue]
    strange = {"far": [drawn(200, 2, moved=0.3)[0]], "altered": [drawn(200, 3, wider=0.3)[0]]}
    return fitting.fit(model, places, found, *drawn(1500, 4), strange, drawn(100, 21)[0], bank, 0)


def test_the_auroc_is_that_of_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is in requirements-dev.txt")
    known, strange = torch.tensor([-3.0, 0.5, 0.5, 40.0]), torch.tensor([0.5, 41.0, 500.0])
    theirs = metrics.roc_auc_score([0, 0, 0, 0, 1, 1, 1], torch.cat((known, strange)).numpy())
    assert fitting.auroc(known, strange) == pytest.approx(theirs)


def test_scores_are_combined_where_one_alone_misses_a_kind(fitted: Fitted) -> None:
    assert "statistics of relu2" in fitted.chosen and len(fitted.chosen) > 1
    assert fitted.criterion > max(fitted.table.values())
    assert fitted.judge.taps.depths == ("relu2",)


def test_false_alarms_are_as_many_as_they_should_be(fitted: Fitted) -> None:
    fresh, _ = drawn(4000, 5)
    typical = evaluating.p_values(fitted.judge, fresh)
    for share in (0.05, 0.2, 0.5):
        spread = (share * (1 - share) * (1 / 1050 + 1 / 4000)) ** 0.5  # 70 % of 1,500 calibrate
        assert (typical <= share).double().mean().item() == pytest.approx(share, abs=4 * spread)


def test_what_is_strange_is_caught_and_said(fitted: Fitted) -> None:
    fresh, labels = drawn(1000, 6)
    part = Part(fitted.judge, torch.arange(1000), fresh, labels)
    for strange, _ in (drawn(300, 7, moved=0.4), drawn(300, 8, wider=0.2)):
        found = evaluating.of_strange([part], strange)
        assert found["auroc"] > 0.95 and found["caught"] > 0.7 and found["fpr95"] < 0.3
    same = evaluating.of_strange([part], drawn(1000, 9)[0])
    assert same["auroc"] == pytest.approx(0.5, abs=0.04) and same["caught"] == pytest.approx(0.05, abs=0.03)


def test_parts_are_put_together_in_the_order_of_the_pictures(fitted: Fitted) -> None:
    """Every picture counts once, whichever part it is in; indices of mistakes are those in the test split."""
    fresh, labels = drawn(300, 10)
    odd = torch.arange(300) % 2 == 1
    everything = torch.arange(300)
    split = [Part(fitted.judge, everything[each], fresh.take(each), labels[each]) for each in (odd, ~odd)]
    assert evaluating.of_known(split, CLASSES) == evaluating.of_known(
        [Part(fitted.judge, everything, fresh, labels)], CLASSES
    )


def test_known_pictures_are_measured_by_hand(fitted: Fitted) -> None:
    fresh, labels = drawn(900, 11)
    wrong = labels.clone()
    wrong[5] = (labels[5] + 1) % 3
    found = evaluating.of_known([Part(fitted.judge, torch.arange(900), fresh, wrong)], CLASSES)
    first = found["surest_mistakes"][0]
    assert first["index"] == 5 and first["answer"] == CLASSES[int(labels[5])] and first["probability"] > 0.9
    assert sum(one["pictures"] for one in found["classes"]) == 900
    assert all(one["low"] <= one["accuracy"] <= one["high"] for one in found["classes"])
    assert [each["wanted"] for each in found["sets"]] == [0.9, 0.95, 0.99]
    for each in found["sets"]:
        assert sum(each["sizes"].values()) == 900
        assert each["wanted"] - 0.05 < each["found"] <= 1 and 1 <= each["mean_size"] < 1.5
    for when in ("before", "after"):
        assert sum(each["pictures"] for each in found["calibration"][when]["bins"]) == 900


def test_wilsons_interval() -> None:
    assert evaluating.wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)  # Wilson 1927; as in R's binom
    assert evaluating.wilson(0, 10)[0] == pytest.approx(0, abs=1e-12)
    assert evaluating.wilson(10, 10)[1] == pytest.approx(1) and evaluating.wilson(0, 0) == (0, 1)


def test_what_is_shipped_is_what_was_measured(fitted: Fitted, tmp_path: Path, model: Model) -> None:
    """Rounding to eight bits happens before calibration."""
    from model_zoo.entries import judge_file

    again = judge_file._judge(judge_file.packed(fitted.judge))
    fresh, _ = drawn(50, 12)
    torch.testing.assert_close(again.strangeness(fresh), fitted.judge.strangeness(fresh))
    torch.testing.assert_close(again.held, fitted.judge.held)
