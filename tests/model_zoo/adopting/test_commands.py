"""`python -m model_zoo`: from a file to an entry that loads, is checked, listed and removed."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from safetensors.torch import save_file

import model_zoo
from model_zoo import BrokenEntry
from model_zoo.adopting.entries import About, from_onnx, write
from model_zoo.commands import main
from model_zoo.entries import entry_zip, onnx_export
from tests.conftest import ROOT
from tests.model_zoo.conftest import random_picture
from tests.model_zoo.onnx_graph.files import plain


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty run folder."""
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def test_an_onnx_file_becomes_an_entry_with_the_numbers_of_the_network(
    runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, path = model_zoo.load("cifar10-resnet"), tmp_path / "exported.onnx"
    onnx_export.export(model, path)
    assert main(["add", str(path), "--name", "mine", "--licence", "MIT"]) == 0
    assert {file.name for file in (runs / "mine").iterdir()} == {
        "card.json",
        "model.safetensors",
        "history.csv",
        "README.md",
        "graph.onnx",
    }
    mine, picture = model_zoo.load("mine"), random_picture(70, 40)
    assert mine.classes == model.classes and mine.card["preprocessing"]["mean"] == model.card["preprocessing"]["mean"]
    wanted, found = dict(model.predict(picture)), dict(mine.predict(picture))
    assert all(abs(found[label] - wanted[label]) < 1e-4 for label in wanted)
    assert mine.card["origin"]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert mine.card["origin"]["licence"] == "MIT" and "test" not in mine.card["metrics"]
    assert main(["check", "mine", "--proofs", "40"]) == 0
    said = capsys.readouterr().out
    assert "40 of 40 values add up" in said and "probabilities differ by" in said and "not explained" not in said
    assert main(["list"]) == 0 and "mine: CIFAR-10 ResNet-9" in capsys.readouterr().out
    assert main(["remove", "mine"]) == 0 and not (runs / "mine").exists() and "mine" not in model_zoo.names()


def test_weights_of_ones_own_become_an_entry(runs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    net = torchvision.models.mobilenet_v3_small(num_classes=2).eval()
    save_file({name: value.contiguous() for name, value in net.state_dict().items()}, tmp_path / "w.safetensors")
    (tmp_path / "classes.txt").write_text("Bärenklau\nother\n\n", encoding="utf-8-sig")
    command = ["add", "mobilenet_v3_small", "--name", "plants", "--weights", str(tmp_path / "w.safetensors")]
    assert (
        main([*command, "--classes", str(tmp_path / "classes.txt"), "--size", "64", "--mean", "0.5", "--std", "0.5"])
        == 0
    )
    model = model_zoo.load("plants")
    x = model.prepare(random_picture(64, 64))
    torch.testing.assert_close(model.net(x), net(x), atol=1e-5, rtol=1e-5)
    assert model.classes == ("Bärenklau", "other") and model.size == 64
    assert model.card["preprocessing"]["std"] == [0.5] * 3
    assert main(command) == 1 and "already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "arguments"), [("timm:vit_tiny_patch16_224", {"img_size": 64}), ("timm:mobilenetv3_small_050", {})]
)
def test_architectures_of_timm_are_built_again_from_the_card(runs: Path, source: str, arguments: dict) -> None:
    pytest.importorskip("timm")
    import timm

    net = timm.create_model(source.removeprefix("timm:"), num_classes=3, **arguments).eval()
    path = runs.parent / "w.pth"
    torch.save({"state_dict": net.state_dict()}, path)
    assert main(["add", source, "--name", "t", "--weights", str(path), "--size", "64"]) == 0
    model = model_zoo.load("t")
    x = model.prepare(random_picture(64, 64))
    torch.testing.assert_close(model.net(x), net(x), atol=1e-5, rtol=1e-5)
    assert model.card["net"]["arguments"] == {"num_classes": 3} | arguments


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["resnet18", "--name", "x"], "--weights FILE"),
        (["resnet99", "--name", "x", "--untrained"], "Like it are"),
        (["timm:resnet99", "--name", "x", "--untrained"], "Like it are|pip install"),
        (["hf-hub:timm/resnet18.a1_in1k", "--name", "x"], "--download"),
        (["nowhere.onnx", "--name", "x"], "cannot be read"),
        (["resnet18", "--name", "../x", "--untrained"], "A name is made of"),
        (["resnet18", "--name", "cifar10-cnn", "--untrained"], "already"),
        (["resnet18", "--name", "x", "--weights", "nowhere.pth"], "cannot be read"),
        (["resnet18", "--name", "x", "--untrained", "--classes", "nowhere.txt"], "cannot be read"),
    ],
)
def test_what_cannot_be_added_is_said_in_a_sentence(
    runs: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    import re

    assert main(["add", *arguments]) == 1
    said = capsys.readouterr()
    assert re.search(words, said.err) and said.err.count("\n") == 1 and not said.out
    assert not runs.exists() or not list(runs.iterdir())


def test_what_was_not_added_is_not_removed(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trained = runs / "trained"
    trained.mkdir(parents=True)
    source = ROOT / "model_zoo/weights/cifar10-cnn/card.json"
    (trained / "card.json").write_bytes(source.read_bytes())
    for name in ("trained", "cifar10-cnn", "..", "nothing"):
        assert main(["remove", name]) == 1
    assert (trained / "card.json").is_file() and source.is_file()
    assert "delete the folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    "net",
    [
        {"library": "torchvision", "file": "resnet18", "arguments": {"weights": "DEFAULT"}},
        {"library": "torchvision", "file": "os.system", "arguments": {}},
        {"library": "torchvision", "file": "resnet18", "arguments": {"num_classes": 10**12}},
        {"library": "os", "file": "system", "arguments": {}},
        {"library": "timm", "file": "hf-hub:timm/resnet18.a1_in1k", "arguments": {}},
        {"library": "timm", "file": "resnet18", "arguments": {"pretrained": 1}},
        {"library": "timm", "file": "vit_7b_patch16_dinov3", "arguments": {}},
        {"library": "timm", "file": "vit_tiny_patch16_224", "arguments": {"num_classes": 1000, "img_size": 2048}},
        {"library": "torchvision", "file": "vit_b_16", "arguments": {"num_classes": 1000, "image_size": 2048}},
        {"library": "onnx", "file": "../../secret.onnx", "sha256": ""},
        {"library": "onnx", "file": "graph.onnx", "sha256": "0"},
        {"library": ["onnx"], "file": {}, "arguments": []},
    ],
)
def test_a_strangers_card_builds_nothing_else(runs: Path, net: dict) -> None:
    assert main(["add", "mnasnet0_5", "--name", "m", "--untrained", "--size", "32"]) == 0
    card = json.loads((runs / "m/card.json").read_text())
    (runs / "m/card.json").write_text(json.dumps(card | {"net": net}))
    with pytest.raises(model_zoo.BrokenEntry):
        model_zoo.load("m")


def test_help_comes_without_torch() -> None:
    code = (
        "import sys; from model_zoo.commands import main\ntry: main(['add', '--help'])\nexcept SystemExit: pass\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("False\n") and "hf-hub:timm" in done.stdout


@pytest.mark.parametrize("name", ["judge.safetensors", "trust.json", "probes.safetensors"])
def test_what_was_measured_of_an_added_network_goes_with_it(runs: Path, name: str) -> None:
    add = ["add", "mnasnet0_5", "--name", "m", "--untrained", "--size", "32"]
    assert main(add) == 0
    (runs / "m" / name).write_bytes(b"")
    assert main(["remove", "m"]) == 0 and not (runs / "m").exists()
    assert main(add) == 0


def test_a_zip_of_a_network_of_an_onnx_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    write(from_onnx(plain(), About("mine")), tmp_path / "mine")
    entry_zip.write(model_zoo.load_folder(tmp_path / "mine"), "", tmp_path / "mine.zip")
    with pytest.raises(BrokenEntry, match="ONNX file, which no zip brings back"):
        entry_zip.read(tmp_path / "mine.zip", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_a_zip_is_read_into_an_empty_folder_and_into_no_other(tmp_path: Path) -> None:
    entry_zip.write(model_zoo.load("cifar10-fast"), "", tmp_path / "fast.zip")
    (tmp_path / "back").mkdir()
    assert entry_zip.read(tmp_path / "fast.zip", tmp_path / "back").classes == model_zoo.load("cifar10-fast").classes
    with pytest.raises(FileExistsError):
        entry_zip.read(tmp_path / "fast.zip", tmp_path / "back")
    assert (tmp_path / "back" / "card.json").is_file()


def test_numbers_in_a_files_metadata_that_are_too_large_do_not_count() -> None:
    def said(model: Any) -> None:
        entry = model.metadata_props.add()
        entry.key, entry.value = "preprocessing", json.dumps({"mean": [10**400], "std": [1e300]})

    assert from_onnx(plain(change=said), About("mine")).model.card["preprocessing"]["mean"] == [0, 0, 0]
