"""The process that reads a stranger's network: what it may cost."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from safetensors.torch import save, save_file

from model_zoo.adopting import bounded, worker
from model_zoo.adopting.errors import AdoptError
from model_zoo.adopting.worker import Order, OutOfTime, at_most, work
from model_zoo.onnx_graph import limits
from tests.conftest import ROOT
from tests.model_zoo.onnx_graph.files import plain, weight


def order(folder: Path, data: bytes | None = None, **more: Any) -> Order:
    (folder / "net.onnx").write_bytes(plain() if data is None else data)
    (folder / "entry").mkdir(exist_ok=True)
    told = {"architecture": "", "name": "net", "title": "", "classes": None, "size": None, "mean": None, "std": None}
    return Order(str(folder / "net.onnx"), str(folder / "entry"), **told | more)


def header(told: dict[str, Any]) -> bytes:
    """A safetensors file of four bytes of weights, with that header."""
    text = json.dumps(told).encode()
    return len(text).to_bytes(8, "little") + text + bytes(4)


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "entry").iterdir())


def test_a_network_that_is_sound_is_written(tmp_path: Path) -> None:
    assert work(order(tmp_path)) is None
    assert {"card.json", "graph.onnx", "model.safetensors"} <= set(written(tmp_path))


def test_what_cannot_be_shown_is_a_sentence_and_nothing_is_written(tmp_path: Path) -> None:
    nan = [weight("conv1.weight", 4, 3, 3, 3), weight("fc.weight", 5, 4), weight("fc.bias", 5, fill=float("nan"))]
    assert "not finite" in (work(order(tmp_path, plain(weights=nan))) or "")
    assert "2 classes are named" in (work(order(tmp_path, classes=["a", "b"])) or "")
    assert "no ONNX model" in (work(order(tmp_path, b"PK\x03\x04" + bytes(999))) or "")
    assert not written(tmp_path)


@pytest.mark.parametrize(
    ("limit", "words"), [("READ_SECONDS", worker.SLOW_READING), ("TRACE_SECONDS", worker.SLOW_TRACE)]
)
def test_what_takes_too_long_is_given_up(
    limit: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, limit, 1e-3)
    assert work(order(tmp_path, plain(shape=("n", 3, 1000, 1000)))) == words
    assert not written(tmp_path)


def test_values_of_one_picture_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = torchvision.models.squeezenet1_1(num_classes=3)
    save_file(net.state_dict(), tmp_path / "net.safetensors")
    given = order(tmp_path, architecture="squeezenet1_1", size=64)
    given = replace(given, file=str(tmp_path / "net.safetensors"))
    monkeypatch.setattr(limits, "MOST_IN_ALL", 100_000)
    assert "million values" in (work(given) or "")
    monkeypatch.undo()
    assert work(given) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"cos\nsystem\n(S'touch x'\ntR.", "no safetensors file"),
        (header({"a": {"dtype": "F32", "shape": [10**9, 10**9], "data_offsets": [0, 4]}}), "no safetensors file"),
        (header({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}), "another architecture"),
        (save({"a": torch.full((3,), float("inf"))}), "not finite"),
    ],
)
def test_hostile_weights_are_a_sentence(data: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    file.write_bytes(data)
    found = work(replace(order(tmp_path, architecture="squeezenet1_1"), file=str(file))) or ""
    assert words in found and found.endswith(".") and str(tmp_path) not in found
    assert not written(tmp_path)


def test_work_without_end_is_ended() -> None:
    def endless() -> None:
        with at_most(0.05):
            while True:
                pass

    with pytest.raises(OutOfTime):
        endless()


def test_more_memory_than_allowed_cannot_be_had() -> None:
    code = (
        "from model_zoo.adopting import worker; worker.MOST_MEMORY = 300_000_000; worker.limit_memory()\n"
        "try: bytearray(400_000_000)\n"
        "except MemoryError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "refused\n", done.stderr


def test_a_process_that_ends_badly_is_a_sentence(tmp_path: Path) -> None:
    gone = order(tmp_path)
    (tmp_path / "entry").rmdir()
    (tmp_path / "entry").write_text("no folder")
    with pytest.raises(AdoptError) as error:
        bounded.write_bounded(gone)
    assert str(error.value) == bounded.FAILED
