"""`python -m train export`, as a user runs it."""

import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

import model_zoo
from tests.conftest import ROOT, SHIPPED, WEIGHTS
from train.__main__ import main


def test_an_entry_by_its_folder_and_the_three_lines_that_run_it(tmp_path: Path) -> None:
    path = tmp_path / "a folder" / "it's.onnx"
    command = [sys.executable, "-m", "train", "export", WEIGHTS / SHIPPED[0], "--onnx", path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    first, *lines = done.stdout.splitlines()
    assert first.startswith(f"{path}: {path.stat().st_size / 1e6:.1f} MB") and len(lines) == 3
    model = model_zoo.load(SHIPPED[0])
    values = {"onnxruntime": onnxruntime, "pictures": np.zeros((3, 3, model.size, model.size), np.float32)}
    exec("\n".join(lines), values)
    assert values["probabilities"].shape == values["logits"].shape == (3, len(model.classes))
    assert model.classes[0] in values["about"]["classes"]


def refused(capsys: pytest.CaptureFixture[str], entry: str, path: Path) -> str:
    assert main(["export", entry, "--onnx", str(path)]) == 1
    out, text = capsys.readouterr()
    assert not out and text.startswith("python -m train: ") and text.count("\n") == 1
    return text


def test_an_unknown_entry_lists_the_known_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = refused(capsys, "nonsense", tmp_path / "x.onnx")
    assert "There is no network named 'nonsense'" in text and SHIPPED[0] in text


def test_a_folder_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    assert str(tmp_path / "file") in refused(capsys, SHIPPED[0], tmp_path / "file" / "x.onnx")


@pytest.fixture
def no_room() -> Iterator[None]:
    """A limit on the size of files stands for a full disk: both fail in the middle of writing."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_no_room_for_the_file(no_room: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(b"older")
    assert f"{path}: " in refused(capsys, SHIPPED[0], path)
    assert path.read_bytes() == b"older" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("package", ["onnx", "onnxscript"])
def test_without_the_package_it_says_what_to_install(
    package: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)  # so that importing it fails
    assert "pip install onnxscript" in refused(capsys, SHIPPED[0], tmp_path / "x.onnx")
    assert not (tmp_path / "x.onnx").exists()
