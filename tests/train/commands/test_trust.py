"""python -m train trust, on real small entries: files, card, last line, and what it refuses."""

import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from model_zoo.entries import entry, judge_file
from tests import photosets
from tests.conftest import SHIPPED, WEIGHTS
from tests.train.helpers import TINY, digest, refused, run_here, untrained_entry
from train.entry import trust_card
from train.entry.run_folder import CHECKPOINT
from train.tools.trust import evaluating, passes
from train.tools.trust.evaluating import Part
from train.tools.trust.known import known

SMALL = ("--strange", 20, "--corrupted", 10, "--bank", 60, "--threads", 1)


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def test_an_entry_for_photos_is_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = photosets.classes(tmp_path / "set", {"fern": 100, "oak": 120})
    place = tmp_path / "plants"
    assert run_here("invasive-resnet", "--data", folder, "--out", place, *TINY, "--epochs", 1, "--no-test") == 0
    capsys.readouterr()
    weights = digest(place / entry.WEIGHTS)
    assert run_here("trust", place, "--data", folder, *SMALL) == 0
    said = capsys.readouterr().out
    last = json.loads(said.splitlines()[-1])
    assert last["entry"] == "plants" and 0 <= last["false_alarms"] <= 1 and last["temperature"] > 0
    for words in ("strange pictures", "plain colours", "saturation", "95 % interval"):
        assert words in said
    assert digest(place / entry.WEIGHTS) == weights
    model = model_zoo.load_folder(place)
    trust = model.card["trust"]
    assert trust["weights"] == model.card["sha256"] and trust["temperature"] == last["temperature"]
    assert (
        "## Trust" in (place / entry.README).read_text() and "| plain colours |" in (place / entry.README).read_text()
    )
    report = judge_file.read_report(place, model.card)
    assert report is not None and len(report["corruptions"]["ways"]) == 10
    assert report["command"].startswith("python -m train trust ") and "--strange 20" in report["command"]
    assert f"on {date.today()} by `{report['command']}`" in (place / entry.README).read_text()
    assert (place / judge_file.JUDGE).stat().st_size < judge_file.MOST_BYTES
    found = model.judge(photosets.photo(3, True), neighbours=2)
    assert found.is_unfamiliar is not None and found.prediction_set and len(found.nearest) == 2
    first = digest(place / judge_file.JUDGE)
    assert run_here("trust", place, "--data", folder, *SMALL) == 0  # out of what was kept
    assert digest(place / judge_file.JUDGE) == first
    again = judge_file.read_report(place, model_zoo.load_folder(place).card)
    assert again is not None and [*again] == [*report] and again["score"] == report["score"]
    for old, new in zip(report["strange"], again["strange"], strict=True):
        assert new["name"] == old["name"] and new["auroc"] == pytest.approx(old["auroc"], abs=0.01)  # last bits differ


def test_a_training_that_has_not_ended_is_refused(tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "set", {"fern": 60, "oak": 60})
    place = untrained_entry(tmp_path / "plants", ("fern", "oak"))
    (place / CHECKPOINT).write_bytes(b"")
    assert "has not ended" in refused("trust", place, "--data", folder, *SMALL)
    assert not (place / judge_file.JUDGE).exists()


def test_a_set_without_labels_to_test_with_is_refused(kaggle: Path, tmp_path: Path) -> None:
    place = untrained_entry(tmp_path / "plants", ("not invasive", "invasive"), "invasive")
    assert "no test photos with labels" in refused("trust", place, "--data", kaggle, *SMALL)


def test_a_shipped_network_knows_pictures_of_its_set_and_no_plain_colours(cifar10_folder: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(WEIGHTS / "cifar10-cnn", tmp_path / "cnn"))
    assert run_here("trust", place, "--data", cifar10_folder, "--limit", 200, "--strange", 40, "--corrupted", 0) == 0
    model = model_zoo.load_folder(place)
    trust = model.card["trust"]
    assert trust["false_alarms"]["found"] < 0.15 and trust["sets"][0]["found"] > 0.8
    assert trust["temperature"] > 1.2  # it is far too sure
    report = judge_file.read_report(place, model.card)
    assert report is not None
    after, before = report["known"]["calibration"]["after"], report["known"]["calibration"]["before"]
    assert after["loss"] < before["loss"]
    plain = next(one for one in trust["strange"] if one["name"] == "plain colours")
    assert plain["auroc"] > 0.95
    assert model.judge(Image.new("RGB", (32, 32), (10, 200, 90))).is_unfamiliar
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    assert model.judge(Image.fromarray(noise)).is_unfamiliar


@pytest.mark.parametrize("name", ["cifar10-cnn", "cifar10-resnet"])
def test_card_and_judge_agree_on_a_sample_of_the_test_pictures(name: str, cifar10_folder: Path, tmp_path: Path) -> None:
    """Within what 600 of the 10,000 pictures can be off by chance: 4 standard errors."""
    model = model_zoo.load(name)
    assert model.trust is not None
    count, trust = 600, model.card["trust"]
    some = known(model, cifar10_folder, 50, count, None, 0).test
    readings = passes.reader(model, tmp_path).of(some, "a sample")
    found = evaluating.of_known([Part(model.trust, torch.arange(count), readings, some.labels)], model.classes)
    pairs = [(found["false_alarms"]["found"], trust["false_alarms"]["found"])]
    pairs += [(one["found"], told["found"]) for one, told in zip(found["sets"], trust["sets"], strict=True)]
    for share, told in pairs:
        assert share == pytest.approx(told, abs=4 * (told * (1 - told) / count) ** 0.5)
    report = judge_file.read_report(model.folder, model.card)
    assert report is not None
    losses, told = (
        [each["calibration"][when]["loss"] for when in ("before", "after")] for each in (found, report["known"])
    )
    assert losses[1] < losses[0] and losses == pytest.approx(told, abs=0.3)


@pytest.mark.slow
@pytest.mark.full
def test_classes_that_were_left_out_are_the_near_ones(cifar10_folder: Path, tmp_path: Path) -> None:
    run = tmp_path / "without"
    words = ("--data", cifar10_folder, "--leave-out", "cat, ship", "--limit", 300, "--epochs", 1, "--threads", 1)
    assert run_here("cifar10-cnn", *words, "--out", run, "--no-test", "--snapshots", "none") == 0
    classes = model_zoo.load_folder(run).classes
    assert len(classes) == 8 and not {"cat", "ship"} & set(classes)
    assert run_here("trust", run, "--data", cifar10_folder, "--limit", 100, *SMALL) == 0
    near = [one["name"] for one in model_zoo.load_folder(run).card["trust"]["strange"] if one["group"] == "near"]
    assert near == ["cat", "ship"]
    place = Path(shutil.copytree(WEIGHTS / "cifar10-cnn", tmp_path / "cnn"))
    assert run_here("trust", place, "--data", cifar10_folder, "--limit", 100, *SMALL, "--without", run) == 0
    told = model_zoo.load_folder(place).card["trust"]["left_out"]
    assert [one["classes"] for one in told] == [["cat", "ship"]] and 0 <= told[0]["auroc"] <= 1
    assert "without cat and ship" in (place / entry.README).read_text()


def test_several_seeds_without_the_same_classes_have_a_mean_and_a_spread() -> None:
    about = model_zoo.load("cifar10-fast").card["trust"]
    one = {"classes": ["cat", "ship"], "epochs": 2, "seed": 1, "auroc": 0.78, "fpr95": 0.6, "caught": 0.3}
    one |= {"pictures": 2000, "false_alarms": 0.05, "score": ["knn"]}
    text = "\n".join(trust_card.lines(about | {"left_out": [one, one | {"seed": 2, "auroc": 0.8}]}))
    assert "AUROC of 0.780 (FPR at 95 %: 60.0%)" in text
    assert "Without cat and ship, 2 epochs: mean AUROC 0.790, sd 0.014 (n=2 seeds)." in text
    assert "sd" not in "\n".join(trust_card.lines(about | {"left_out": [one, one | {"epochs": 8}]}))


def test_every_shipped_report_tells_its_command_and_its_day() -> None:
    judged = [name for name in SHIPPED if model_zoo.load(name).trust is not None]
    assert len(judged) >= 5
    for name in judged:
        model = model_zoo.load(name)
        report = judge_file.read_report(model.folder, model.card)
        assert report is not None
        assert report["command"].startswith(f"python -m train trust {name} --data ")
        assert f"--corrupted {report['corruptions']['pictures']}" in report["command"]
        assert date.fromisoformat(report["date"]) and report["command"] == model.card["trust"]["command"]


def test_left_out_classes_must_be_classes(cifar10_folder: Path, tmp_path: Path) -> None:
    words = ("--data", cifar10_folder, "--out", tmp_path / "run", "--limit", 50)
    assert "no class 'lion'" in refused("cifar10-cnn", *words, "--leave-out", "lion")
    nine = "airplane,automobile,bird,cat,deer,dog,frog,horse,ship"
    assert "at least two classes" in refused("cifar10-cnn", *words, "--leave-out", nine)
