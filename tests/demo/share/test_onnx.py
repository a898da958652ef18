"""Networks to take home, made by a process of their own."""

import json
import logging
import os
from pathlib import Path

import gradio as gr
import numpy as np
import onnxruntime
import pytest
from PIL import Image

import model_zoo
from demo.errors import UserError
from demo.share import onnx
from tests.conftest import SHIPPED


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty work folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.setattr(onnx, "work_folder", lambda: folder)
    return folder


def test_the_file_is_the_network_and_is_made_once(place: Path, picture: Image.Image) -> None:
    path = Path(onnx.onnx_file(SHIPPED[0]))
    assert path.name == f"{SHIPPED[0]}.onnx" and path.is_relative_to(place)
    model = model_zoo.load(SHIPPED[0])
    session = onnxruntime.InferenceSession(path)
    facts = session.get_modelmeta().custom_metadata_map
    assert json.loads(facts["name"]) == model.name and json.loads(facts["sha256"]) == model.card["sha256"]
    (probabilities,) = session.run(["probabilities"], {"pictures": model.prepare(picture).numpy()})
    expected = dict(model.predict(picture))
    assert np.abs(probabilities[0] - [expected[label] for label in model.classes]).max() < 1e-4
    made = path.stat()
    assert onnx.network_file(SHIPPED[0]) == str(path)
    assert path.stat().st_mtime_ns == made.st_mtime_ns and path.stat().st_ino == made.st_ino


def test_what_has_changed_has_another_file_in_place_of_the_older_one(place: Path, hostile_entry: str) -> None:
    first = Path(onnx.onnx_file(hostile_entry))
    assert first.name == "b-x.onnx"  # of "<b>x": a name that every system can write
    card = model_zoo.load(hostile_entry).folder / "card.json"
    card.write_text(json.dumps(json.loads(card.read_text()) | {"title": "Trained further"}))
    second = Path(onnx.onnx_file(hostile_entry))
    titles = onnxruntime.InferenceSession(second).get_modelmeta().custom_metadata_map["title"]
    assert json.loads(titles) == "Trained further"
    assert [path for path in place.rglob("*") if path.is_file()] == [second]


@pytest.mark.parametrize("name", ["nonsense", "", None, 5, ["cifar10-cnn"], {}, "../weights/cifar10-cnn"])
def test_an_unknown_network(name: object, place: Path) -> None:
    with pytest.raises(gr.Error) as refusal:
        onnx.network_file(name)
    assert "There is no network named" in refusal.value.message
    assert not list(place.iterdir())


def failure(caplog: pytest.LogCaptureFixture) -> str:
    """The sentence for the user; the log has one line on it."""
    with caplog.at_level(logging.WARNING), pytest.raises(UserError) as refusal:
        onnx.onnx_file(SHIPPED[0])
    assert len(caplog.records) == 1 and "\n" not in caplog.records[0].getMessage()
    text = str(refusal.value)
    assert text.endswith((".", "pip install onnxscript")) and "\n" not in text and "/" not in text
    return text


def test_no_place_for_the_file(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    (place / "onnx").write_text("in the way")
    assert "cannot be written" in failure(caplog)


@pytest.mark.parametrize(
    ("package", "words"), [("raise ImportError", "needs the package onnxscript"), ("1 / 0", onnx.FAILED)]
)
def test_packages_that_are_missing_or_broken(
    package: str, words: str, place: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "onnxscript.py").write_text(package)
    monkeypatch.setenv("PYTHONPATH", f"{place}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    assert words in failure(caplog)
    assert not list(place.rglob("*.onnx"))


def test_one_that_takes_too_long_is_stopped(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx, "PATIENCE", 0.01)
    with pytest.raises(UserError, match="five minutes"):
        onnx.onnx_file(SHIPPED[0])
    assert not list(place.rglob("*.onnx"))
