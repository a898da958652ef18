"""What a training fits at its end to tell which pictures it knows: real trainings, small ones."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from demo.core.trust_report import fitted_to, trust_report
from demo.tabs.trust.report import page
from model_zoo.entries import entry, judge_file
from tests import photosets
from tests.conftest import WEIGHTS
from tests.train.helpers import TINY, digest, done, run_here, torchrun
from train.data import cifar10
from train.engine import sources
from train.recipes import RECIPES
from train.tools.trust import quick


@pytest.fixture(scope="module")
def plants(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn photos, of which 20 % and then 20 % are held out: 208 validation photos."""
    return photosets.classes(tmp_path_factory.mktemp("plants") / "set", {"fern": 650, "oak": 650})


@pytest.fixture(scope="module")
def trained(plants: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("runs") / "plants"
    assert run_here("invasive-resnet", "--data", plants, "--out", place, *TINY, "--epochs", 1, "--no-test") == 0
    return place


def test_a_training_leaves_a_judge_of_which_nothing_was_measured(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_zoo.load_folder(trained)
    trust = model.card["trust"]
    assert trust["fitted_to"] == "208 validation pictures" and "calibration_error" not in trust
    assert set(trust["score"]["members"]) <= set(quick.QUICK)
    assert "test" not in model.card["metrics"]
    text = (trained / entry.README).read_text()
    assert "Fitted to 208 validation pictures" in text and "not measured on a test split" in text
    found = model.judge(photosets.photo(3, True), neighbours=2)
    assert found.is_calibrated and found.is_unfamiliar is not None and found.prediction_set
    assert len(found.nearest) == 2 and (trained / judge_file.JUDGE).stat().st_size < judge_file.MOST_BYTES
    monkeypatch.setenv("CONVSCOPE_RUNS", str(trained.parent))
    told = page(model, None)
    assert trust_report(model) is None and fitted_to(model) in told and "None of it was measured" in told
    assert "python -m train trust plants" in told


def test_a_measurement_takes_its_place(
    trained: Path, plants: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    place = Path(shutil.copytree(trained, tmp_path / "plants"))
    small = ("--strange", 20, "--corrupted", 0, "--bank", 60, "--threads", 1)
    assert run_here("trust", place, "--data", plants, *small) == 0
    model = model_zoo.load_folder(place)
    report = trust_report(model)
    assert report is not None and "calibration_error" in model.card["trust"]
    plain = next(kind for kind in report.strange if kind.name == "plain colours")
    assert plain.missed is not None
    first = digest(place / judge_file.REPORT), digest(place / judge_file.JUDGE)
    assert run_here("trust", place, "--only-missed", "--threads", 1) == 0
    assert digest(place / judge_file.JUDGE) == first[1]
    again = json.loads((place / judge_file.REPORT).read_bytes())
    for old, new in zip(report.strange, again["strange"], strict=True):
        assert (old.missed is None) == (new.get("missed") is None)
        if old.missed:
            worst = new["missed"][0]
            assert worst["typicality"] == pytest.approx(old.missed[0].typicality, abs=0.02)


def test_without_enough_pictures_that_trained_nothing_there_is_no_judge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = photosets.classes(tmp_path / "set", {"fern": 60, "oak": 60})
    common = ("invasive-resnet", "--data", folder, *TINY, "--epochs", 1, "--no-test")
    for name, more, words in (
        ("few", (), "are too few to fit what judges answers (at least 200 are needed)"),
        ("none", ("--validation-block", "none"), "No pictures were kept back for validation"),
    ):
        assert run_here(*common, *more, "--out", tmp_path / name) == 0
        assert words in capsys.readouterr().out
        model = model_zoo.load_folder(tmp_path / name)
        assert model.trust is None and "trust" not in model.card
        assert model.judge(photosets.photo(3, True)).typicality is None


@pytest.mark.full
def test_two_processes_make_one_judge_and_a_switch_none(plants: Path, tmp_path: Path) -> None:
    words = ("invasive-resnet", "--data", plants, *TINY, "--epochs", 1, "--no-test")
    ended = done(torchrun(2, "-m", "train", *words, "--out", tmp_path / "two"))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("fitted to 208 validation pictures in ") == 1
    assert model_zoo.load_folder(tmp_path / "two").trust is not None
    assert run_here(*words, "--no-judge", "--out", tmp_path / "off") == 0
    assert model_zoo.load_folder(tmp_path / "off").trust is None


def test_a_quick_judge_knows_its_own_pictures_and_no_noise(cifar10_folder: Path, tmp_path: Path) -> None:
    place = Path(shutil.copytree(WEIGHTS / "cifar10-cnn", tmp_path / "cnn"))
    source = sources.of(RECIPES["cifar10-cnn"], cifar10_folder)
    assert source.validation is not None and source.numbers is not None
    everything = cifar10.cifar10(cifar10_folder, "train")
    assert torch.equal(everything.pictures[source.numbers[:50]], source.train.pictures[:50])
    said = quick.judge(place, replace(source, validation=source.validation.take(slice(0, 400))), 0)
    assert "fitted to 400 validation pictures" in said
    model = model_zoo.load_folder(place)
    assert model.trust is not None and model.trust.temperature > 1.2 and model.trust.bank is not None  # it is too sure
    index = model.trust.bank.index
    assert torch.equal(everything.labels[index], model.trust.bank.labels)
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    assert model.judge(Image.fromarray(noise)).is_unfamiliar
    others = source.validation.take(slice(400, 480)).pictures.permute(0, 2, 3, 1).contiguous().numpy()
    alarms = [model.judge(Image.fromarray(each)).is_unfamiliar for each in others]
    assert sum(map(bool, alarms)) <= 16  # 4 are wanted
