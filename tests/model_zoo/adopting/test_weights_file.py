"""Weights from files: what programs save is understood, what is no weights is refused, nothing is run."""

import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import torchvision
from safetensors.torch import save_file
from torch import nn

from model_zoo import AdoptError
from model_zoo.adopting import weights_file
from model_zoo.adopting.entries import About, from_library

NET = torchvision.models.resnet18(num_classes=3).eval()
STATE = NET.state_dict()


def compiled(state: dict[str, Any]) -> dict[str, Any]:
    return {f"module._orig_mod.{name}": value for name, value in state.items()}


SAVED: dict[str, Any] = {
    "plain": STATE,
    "wrapped": compiled(STATE),
    "nested": {"epoch": 3, "optimizer": {"lr": 0.1}, "state_dict": STATE},
    "nested twice": {"model": {"state_dict": {f"model.{name}": value for name, value in STATE.items()}}},
    "half": {name: value.half() if value.is_floating_point() else value for name, value in STATE.items()},
    "without counters": {name: value for name, value in STATE.items() if "num_batches" not in name},
}


@pytest.mark.parametrize("name", SAVED)
def test_what_training_programs_save_is_understood(name: str, tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    torch.save(SAVED[name], path)
    found = from_library("torchvision", "resnet18", weights_file.read(path), About("mine", size=64))
    x = torch.rand(2, 3, 64, 64)
    tolerance = 0.05 if name == "half" else 1e-5
    torch.testing.assert_close(found.model.net(x), NET(x), atol=tolerance, rtol=tolerance)
    assert found.model.card["net"]["arguments"] == {"num_classes": 3}


def test_safetensors_are_read(tmp_path: Path) -> None:
    save_file({name: value.contiguous() for name, value in STATE.items()}, tmp_path / "w.safetensors")
    assert weights_file.read(tmp_path / "w.safetensors").keys() == STATE.keys()


class Evil:
    def __reduce__(self) -> tuple:
        return (Path.write_text, (Path("/tmp/convscope-was-run"), "x"))


def _bomb(path: Path) -> None:
    """A zip of 2 GB of zeros in 2 MB."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a/data.pkl", "w", force_zip64=True) as file,
    ):
        for _ in range(2_000):
            file.write(bytes(1_000_000))


BAD: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a program": (lambda path: torch.save({"a": Evil()}, path), ".pth", "more than weights"),
    "a pickle": (lambda path: path.write_bytes(pickle.dumps(Evil())), ".pth", "more than weights"),
    "a whole network": (lambda path: torch.save(nn.Linear(2, 2), path), ".pt", "more than weights"),
    "a number": (lambda path: torch.save(5, path), ".pth", "no weights by name"),
    "no weights": (lambda path: torch.save({"epoch": 3}, path), ".pth", "no weights by name"),
    "not finite": (lambda path: torch.save({"a": torch.tensor([float("nan")])}, path), ".pth", "not finite"),
    "nothing": (lambda path: path.write_bytes(b""), ".pth", "more than weights"),
    "a zip that unpacks to much": (_bomb, ".pth", "when unpacked"),
    "no safetensors": (lambda path: path.write_bytes(bytes(100)), ".safetensors", "no safetensors"),
    "a length beyond the end": (lambda path: path.write_bytes(b"\xff" * 8 + b"{}"), ".safetensors", "no safetensors"),
    "another kind": (lambda path: path.write_bytes(b"x"), ".npz", "is none"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_weights_is_refused_and_not_run(name: str, tmp_path: Path) -> None:
    write, ending, words = BAD[name]
    path = tmp_path / f"w{ending}"
    write(path)
    with pytest.raises(AdoptError, match=words):
        weights_file.read(path)
    assert not Path("/tmp/convscope-was-run").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: {}, "no weights|another architecture"),
        (lambda state: {f"other.{name}": value for name, value in state.items()}, "another architecture"),
        (lambda state: {name: value for name, value in state.items() if name != "layer1.0.conv1.weight"}, "lacks 1"),
        (lambda state: state | {"layer1.0.conv1.weight": torch.zeros(64, 64, 5, 5)}, "does not fit"),
        (lambda state: torchvision.models.squeezenet1_1().state_dict(), "another architecture"),
    ],
)
def test_weights_of_another_network_are_said_to_be(change: Callable, words: str) -> None:
    with pytest.raises(AdoptError, match=words):
        from_library("torchvision", "resnet18", change(dict(STATE)), About("mine", size=64))


def test_a_number_repeated_without_end_and_a_dict_within_itself_are_refused(tmp_path: Path) -> None:
    torch.save({"w": torch.zeros(1).expand(1_000_000, 1_000_000)}, tmp_path / "many.pth")
    with pytest.raises(AdoptError, match="more than 1000 MB"):
        weights_file.read(tmp_path / "many.pth")
    within: dict[str, Any] = {}
    within["state_dict"] = within | {"other": 1}
    within["state_dict"]["state_dict"] = within
    torch.save(within, tmp_path / "within.pth")
    with pytest.raises(AdoptError, match="holds no weights by name"):
        weights_file.read(tmp_path / "within.pth")
