"""names() and load(): which entries there are, and that files on disk are what counts."""

import logging
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

import model_zoo
from model_zoo import BrokenEntry
from model_zoo.entries import entry, folders
from tests.conftest import ROOT
from tests.model_zoo.conftest import card, change_card, history


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, original: Path) -> Path:
    """A folder of shipped entries with "b-shipped" and "a-shipped" in it."""
    for name in ("b-shipped", "a-shipped"):
        shutil.copytree(original, tmp_path / "weights" / name)
    monkeypatch.setattr(folders, "SHIPPED", tmp_path / "weights")
    return tmp_path / "weights"


def test_runs_come_after_shipped_entries_each_in_alphabetical_order(shipped: Path, runs: Path, original: Path) -> None:
    for name in ("z-run", "a-run", "a-shipped"):
        shutil.copytree(original, runs / name)
    assert model_zoo.names() == ["a-shipped", "b-shipped", "a-run", "runs/a-shipped", "z-run"]
    assert model_zoo.load("a-shipped").folder.samefile(shipped / "a-shipped")
    assert model_zoo.load("runs/a-shipped").folder.samefile(runs / "a-shipped")


def test_a_run_appears_and_disappears_with_its_folder(shipped: Path, runs: Path, original: Path) -> None:
    assert model_zoo.names() == ["a-shipped", "b-shipped"]
    shutil.copytree(original, runs / "fresh")
    assert model_zoo.names()[-1] == "fresh"
    assert model_zoo.load("fresh").name == "fresh"
    shutil.rmtree(runs / "fresh")
    assert "fresh" not in model_zoo.names()
    with pytest.raises(KeyError):
        model_zoo.load("fresh")


@pytest.mark.parametrize("value", ["nowhere", "a-file", ""])
def test_a_run_folder_that_is_none_is_no_error(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.chdir(tmp_path)  # the default, runs/, is not there
    (tmp_path / "a-file").write_text("")
    monkeypatch.setenv("CONVSCOPE_RUNS", value)
    assert model_zoo.names() == ["a-shipped", "b-shipped"]


def test_the_default_run_folder_is_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Path, original: Path
) -> None:
    monkeypatch.delenv("CONVSCOPE_RUNS", raising=False)
    monkeypatch.chdir(tmp_path)
    shutil.copytree(original, tmp_path / "runs" / "mine")
    assert "mine" in model_zoo.names()
    monkeypatch.chdir("/")
    assert "mine" not in model_zoo.names()


@pytest.mark.parametrize(
    "name", ["no-such-network", "", "../random", "random/../random", "RANDOM", None, 5, ["random"]]
)
def test_an_unknown_name_is_answered_with_the_known_ones(folder: Path, shipped: Path, name: object) -> None:
    with pytest.raises(KeyError) as caught:
        model_zoo.load(name)  # type: ignore[arg-type]
    message = caught.value.args[0]
    assert repr(name) in message
    assert all(known in message for known in ("a-shipped", "b-shipped", "random"))


def test_nothing_known_is_said_so(runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "SHIPPED", runs / "empty")
    assert model_zoo.names() == []
    with pytest.raises(KeyError, match="known are none"):
        model_zoo.load("random")


def test_an_entry_is_loaded_once_and_again_when_its_files_change(folder: Path, talk_cnn: torch.nn.Module) -> None:
    first = model_zoo.load("random")
    assert model_zoo.load("random") is first
    state = {name: torch.zeros_like(tensor) for name, tensor in talk_cnn.state_dict().items()}
    entry.write(folder, state, card() | {"title": "Rewritten"}, history(), "")
    second = model_zoo.load("random")
    assert second.title == "Rewritten" and first.title == card()["title"]
    assert all(not parameter.any() for parameter in second.net.parameters())
    assert any(parameter.any() for parameter in first.net.parameters())


def test_a_broken_entry_is_logged_once_and_found_again_when_mended(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = (folder / entry.HISTORY).read_bytes()
    (folder / entry.HISTORY).write_text("nothing")
    with caplog.at_level(logging.WARNING):
        assert "random" not in model_zoo.names() and "random" not in model_zoo.names()
    assert len(caplog.records) == 1
    assert caplog.records[0].levelno == logging.WARNING and entry.HISTORY in caplog.records[0].getMessage()
    with pytest.raises(BrokenEntry):
        model_zoo.load("random")
    (folder / entry.HISTORY).write_bytes(good)
    assert "random" in model_zoo.names()
    assert model_zoo.load("random").history == history()


def test_one_broken_entry_hides_no_other(folder: Path, original: Path) -> None:
    shutil.copytree(original, folder.parent / "sound")
    change_card(folder, lambda values: values.pop("net"))
    assert "sound" in model_zoo.names() and "random" not in model_zoo.names()


def test_load_folder_reads_an_entry_anywhere(original: Path, tmp_path: Path) -> None:
    model = model_zoo.load_folder(original)
    assert (model.name, model.title) == ("random", card()["title"])
    assert model_zoo.load_folder(str(original)) is model
    with pytest.raises(BrokenEntry, match=entry.CARD):
        model_zoo.load_folder(tmp_path / "nowhere")


def test_reading_all_shipped_networks_loads_no_compiler_and_nothing_for_trainings() -> None:
    code = (
        "import sys, model_zoo\nfor name in model_zoo.names(): model_zoo.load(name)\n"
        "print(sorted({'torch._dynamo', 'torchvision', 'sklearn', 'scipy', 'onnxscript'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"  # each of them takes a second of the page's start


def test_the_public_names_are_there_and_importing_the_package_loads_no_torch() -> None:
    code = "import sys, model_zoo; print('torch' in sys.modules, model_zoo.load('cifar10-cnn').name, *dir(model_zoo))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded, name, *public = result.stdout.split()
    assert (loaded, name) == ("False", "cifar10-cnn")
    assert {"names", "load", "load_folder", "entry_of", "Model", "Step", "walk", "nets", "BrokenEntry"} <= set(public)
    with pytest.raises(AttributeError, match="no attribute 'os_system'"):
        model_zoo.os_system  # noqa: B018
