"""Linear probes of every step: fitted, measured, written, on CIFAR-10 and on drawn tiles."""

import json
import shutil
from pathlib import Path

import pytest
import torch

import model_zoo
from model_zoo.entries.probes import PROBES, probes
from model_zoo.explain.lens import lens
from tests import photosets
from tests.conftest import SHIPPED, WEIGHTS
from tests.model_zoo.conftest import change_card
from tests.train.helpers import digest
from train.__main__ import main
from train.data.cifar10 import DataError
from train.engine import sources
from train.tools import probe


def fewer(found: sources.Splits, train: int, others: int) -> sources.Splits:
    return sources.Splits(
        found.train.take(slice(train)), found.validation.take(slice(others)), found.test.take(slice(others)), True
    )


@pytest.mark.slow
def test_probes_of_a_trained_network_are_better_the_later_their_step(cifar10_folder: Path, tmp_path: Path) -> None:
    model = model_zoo.load(SHIPPED[0])
    pictures = fewer(sources.splits(model, cifar10_folder), 400, 100)
    found = probe.fit(model, pictures, 300, 0)
    about = found.about
    assert about["pictures"] == {"training": 300, "validation": 100, "test": 100}
    accuracy = {step: one["test"] for step, one in about["steps"].items()}
    assert 0.15 < accuracy["conv1"] < accuracy["relu4"] < accuracy["relu8"]
    assert abs(accuracy["fc3"] - about["network"]) < 0.1
    # Written into a copy, and read by the lens, they answer as often rightly as the card says.
    folder = probe.save(model, found, {"command": "python -m train probe", "date": "2026-01-01"}, tmp_path / "copy")
    copy = model_zoo.load_folder(folder)
    assert digest(folder / "model.safetensors") == digest(model.folder / "model.safetensors")
    values = copy.card["preprocessing"]
    right = dict.fromkeys(accuracy, 0)
    for index in range(len(pictures.test)):
        one = pictures.test.take(slice(index, index + 1))
        x = probe.normalise(one.pictures, values["mean"], values["std"])
        for reading in lens(model_zoo.walk(copy.net, x), probes(copy)):
            right[reading.step] += reading.label == int(one.labels)
    assert {step: count / 100 for step, count in right.items()} == pytest.approx(accuracy, abs=0.011)
    assert f"- linear probes of {len(accuracy)} steps" in (folder / "README.md").read_text()
    with pytest.raises(DataError, match="exists already"):
        probe.save(model, found, {}, folder)


def test_the_same_seed_draws_the_same_pictures_and_a_missing_class_is_said(cifar10_folder: Path) -> None:
    model = model_zoo.load(SHIPPED[0])
    pictures = sources.splits(model, cifar10_folder)
    one, same, other = (probe.drawn(pictures.train, 50, seed).labels for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)
    with pytest.raises(DataError, match="do not show all 10 classes"):
        probe.fit(model, fewer(pictures, 3, 3), 100, 0)


@pytest.fixture
def plants(tmp_path: Path) -> Path:
    """A copy of the shipped network for plants, without probes."""
    folder = Path(shutil.copytree(WEIGHTS / "invasive-resnet", tmp_path / "plants"))
    (folder / PROBES).unlink()
    change_card(folder, lambda card: card.pop("probes"))
    return folder


def test_the_command_on_tiles(plants: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = plants
    data = photosets.tiles(tmp_path / "set", photosets.four_blocks())
    command = ["probe", str(folder), "--data", str(data), "--cache", str(tmp_path / "cache"), "--threads", "1"]
    weights = digest(folder / "model.safetensors")
    assert main(command) == 0
    printed = capsys.readouterr().out
    model = model_zoo.load_folder(folder)
    told = model.card["probes"]
    figures = json.loads(printed.splitlines()[-1])
    assert figures["conv1"] == told["steps"]["conv1"] and set(probes(model)) == set(told["steps"])
    assert told["environment"]["command"].startswith("python -m train probe ") and told["seed"] == 0
    assert digest(folder / "model.safetensors") == weights
    # Once: the test pictures choose nothing.
    assert main(command) == 1 and "has linear probes already" in capsys.readouterr().err
    probe.check(model, replaces=True)


def test_what_cannot_be_had_is_said(plants: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = plants
    assert main(["probe", str(folder), "--data", str(tmp_path / "nowhere")]) == 1
    assert main(["probe", str(folder), "--data", str(tmp_path), "--out", str(folder)]) == 1
    assert main(["probe", "no-such-entry", "--data", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "exists already" in said and "no network named" in said and "Traceback" not in said
    assert not (folder / PROBES).exists()
