"""The file of an entry's linear probes: written and read again, and what becomes of bad ones."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save as save_tensors
from torch import Tensor

import model_zoo
from model_zoo import BrokenEntry
from model_zoo.entries import entry
from model_zoo.entries.probes import PROBES, probes, read, write
from tests.model_zoo.conftest import CLASSES, change_card

STEPS = {"conv1": {"test": 0.3}, "fc3": {"test": 0.75}}


def tensors() -> dict[str, tuple[Tensor, Tensor]]:
    random = torch.Generator().manual_seed(0)
    return {
        step: (torch.randn(len(CLASSES), size, generator=random), torch.randn(len(CLASSES), generator=random))
        for step, size in (("conv1", 32), ("fc3", 10))
    }


@pytest.fixture
def probed(folder: Path) -> Path:
    card = write(folder, entry.read_card(folder), tensors(), {"steps": STEPS})
    entry.write_card(folder, card, "")
    return folder


def test_what_is_written_is_read_again(probed: Path) -> None:
    found = probes(model_zoo.load_folder(probed))
    assert list(found) == list(STEPS)
    for step, (weight, bias) in tensors().items():
        assert torch.equal(found[step].weight, weight) and torch.equal(found[step].bias, bias)
        assert found[step].accuracy == STEPS[step]["test"]


def test_an_entry_without_them_is_whole_and_so_are_earlier_epochs(probed: Path) -> None:
    model = model_zoo.load_folder(probed)
    assert probes(replace(model, epoch=0)) == {}
    (probed / PROBES).unlink()
    assert read(probed, model.card) == {}
    assert read(probed, {key: value for key, value in model.card.items() if key != "probes"}) == {}


def put(folder: Path, data: bytes) -> None:
    """Other contents, for which the card vouches."""
    (folder / PROBES).write_bytes(data)
    change_card(folder, lambda card: card["probes"].update(sha256=hashlib.sha256(data).hexdigest()))


def stored(change: Callable[[dict[str, Tensor]], object]) -> bytes:
    found = {f"{step}.weight": weight for step, (weight, _) in tensors().items()}
    found |= {f"{step}.bias": bias for step, (_, bias) in tensors().items()}
    change(found)
    return save_tensors(found)


BAD = {
    "sha256 differs": lambda folder: (folder / PROBES).write_bytes(b"something else"),
    "no safetensors file": lambda folder: put(folder, b"\x80\x04\x95pickle"),
    "no probe of the step fc3": lambda folder: put(folder, stored(lambda found: found.pop("fc3.bias"))),
    "conv1 does not fit 10 classes": lambda folder: put(
        folder, stored(lambda found: found.update({"conv1.weight": torch.zeros(9, 32)}))
    ),
    "conv1 is not in float32": lambda folder: put(
        folder, stored(lambda found: found.update({"conv1.weight": torch.zeros(10, 32, dtype=torch.float16)}))
    ),
    "conv1 holds values that are not finite": lambda folder: put(
        folder, stored(lambda found: found.update({"conv1.bias": torch.full((10,), torch.nan)}))
    ),
    "probes must name the steps": lambda folder: change_card(folder, lambda card: card.update(probes=[1])),
    "probes need the test accuracy of conv1": lambda folder: change_card(
        folder, lambda card: card["probes"]["steps"].update(conv1={"test": 2})
    ),
    "cannot be read": lambda folder: ((folder / PROBES).unlink(), (folder / PROBES).mkdir()),
}


@pytest.mark.parametrize("reason", BAD)
def test_a_bad_file_is_a_sentence_in_the_log_and_the_entry_stays(
    probed: Path, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    BAD[reason](probed)
    with pytest.raises(BrokenEntry, match=reason) as caught:
        read(probed, json.loads((probed / entry.CARD).read_text()))
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
    model = model_zoo.load_folder(probed)
    assert probes(model) == {} == probes(model)
    assert len(caplog.records) == 1 and reason in caplog.text
