"""An entry on disk: what is written is read back, and a broken one is told by a sentence that names the file."""

import json
import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

import model_zoo
from model_zoo.entries import entry, entry_check, quantize
from tests.conftest import SHIPPED
from tests.model_zoo.conftest import card, change_card, history
from tests.model_zoo.entries.helpers import change_weights, check_broken, replace_weights


def test_an_entry_that_is_loaded_for_answers_can_give_gradients_too() -> None:
    folder = model_zoo.load(SHIPPED[0]).folder
    with torch.inference_mode():
        net = entry.read_net(folder, entry.read_card(folder))
    x = torch.zeros(1, 3, 32, 32, requires_grad=True)
    net(x).sum().backward()
    assert x.grad.abs().sum() > 0


# What is written is read back


def test_what_is_written_is_read_back(folder: Path, talk_cnn: torch.nn.Module) -> None:
    read = entry.read_card(folder)
    assert read == {"format": entry_check.FORMAT} | card() | {"sha256": read["sha256"]}
    assert entry.read_history(folder) == history()
    net = entry.read_net(folder, read)
    assert not any(module.training for module in net.modules())
    assert not any(parameter.requires_grad for parameter in net.parameters())
    stored = quantize.unpack(quantize.pack(talk_cnn.state_dict()))
    assert all(torch.equal(tensor, stored[name]) for name, tensor in net.state_dict().items())
    assert (folder / entry.README).read_text() == "# Random weights\n"


def test_the_weights_take_less_than_ten_megabytes(folder: Path) -> None:
    assert (folder / entry.WEIGHTS).stat().st_size < 10_000_000


def test_writing_over_an_entry_leaves_only_the_new_one(folder: Path, talk_cnn: torch.nn.Module) -> None:
    files = sorted(path.name for path in folder.iterdir())
    entry.write(folder, talk_cnn.state_dict(), card() | {"title": "Second"}, history()[:1], "")
    assert sorted(path.name for path in folder.iterdir()) == files
    assert entry.read_card(folder)["title"] == "Second"
    assert len(entry.read_history(folder)) == 1


def test_weights_that_cannot_be_stored_leave_the_older_entry_whole(folder: Path, talk_cnn: torch.nn.Module) -> None:
    state = talk_cnn.state_dict() | {"fc3.bias": torch.full((10,), math.nan)}
    with pytest.raises(ValueError, match=r"fc3\.bias"):
        entry.write(folder, state, card() | {"title": "Second"}, history(), "")
    assert model_zoo.load(folder.name).title == card()["title"]


def test_a_figure_that_was_not_measured_is_nan(folder: Path) -> None:
    lines = (folder / entry.HISTORY).read_text().splitlines()
    columns = lines[0].split(",")
    (folder / entry.HISTORY).write_text(",".join(columns) + "\n0,,nan,1,1,1,1\n")
    row = entry.read_history(folder)[0]
    assert math.isnan(row["learning_rate"]) and math.isnan(row["train_loss"]) and row["val_loss"] == 1


def test_more_columns_and_more_keys_are_kept(folder: Path, talk_cnn: torch.nn.Module) -> None:
    rows = [row | {"val_auc": 0.75} for row in history()]
    entry.write(folder, talk_cnn.state_dict(), card() | {"note": "é"}, rows, "")
    assert model_zoo.load(folder.name).history == rows
    assert model_zoo.load(folder.name).card["note"] == "é"


# Broken weights


def test_truncated_weights(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = folder / entry.WEIGHTS
    path.write_bytes(path.read_bytes()[:-1000])
    check_broken(folder, entry.WEIGHTS, "sha256 differs", caplog)
    replace_weights(folder, path.read_bytes())
    check_broken(folder, entry.WEIGHTS, "cannot be used", caplog)


def test_weights_of_another_card(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    change_card(folder, lambda values: values.update(sha256="0" * 64))
    check_broken(folder, entry.WEIGHTS, "sha256 differs", caplog)


@pytest.mark.parametrize("file", [entry.WEIGHTS, entry.HISTORY])
def test_a_missing_file(folder: Path, file: str, caplog: pytest.LogCaptureFixture) -> None:
    (folder / file).unlink()
    check_broken(folder, file, "cannot be read: No such file", caplog)


@pytest.mark.parametrize("file", [entry.WEIGHTS, entry.HISTORY, entry.CARD])
def test_a_folder_in_place_of_a_file(folder: Path, file: str, caplog: pytest.LogCaptureFixture) -> None:
    (folder / file).unlink()
    (folder / file).mkdir()
    check_broken(folder, file, "cannot be read: Is a directory", caplog)


WEIGHT_DAMAGE: dict[str, tuple[Callable[[dict[str, torch.Tensor]], Any], str]] = {
    "missing tensor": (lambda tensors: tensors.pop("conv3.bias"), "conv3.bias is missing"),
    "extra tensor": (lambda tensors: tensors.update(extra=torch.zeros(2)), "extra is .*missing in the network"),
    "wrong shape": (
        lambda tensors: tensors.update({"fc3.bias": torch.zeros(11)}),
        r"fc3.bias is float32 \(11,\) in the file",
    ),
    "not a number": (lambda tensors: tensors["conv1.weight"].fill_(math.nan), "conv1.weight .*not finite"),
    "infinite": (lambda tensors: tensors["conv1.bias"].fill_(math.inf), "conv1.bias .*not finite"),
    "infinite scale": (lambda tensors: tensors["fc1.weight.scale"].fill_(math.inf), "fc1.weight .*not finite"),
    "missing scale": (lambda tensors: tensors.pop("fc1.weight.scale"), "fc1.weight have no fitting scales"),
    "whole numbers": (lambda tensors: tensors.update({"fc3.bias": torch.zeros(10, dtype=torch.int64)}), "fc3.bias"),
    "complex numbers": (
        lambda tensors: tensors.update({"fc3.bias": torch.zeros(10, dtype=torch.complex64)}),
        "fc3.bias",
    ),
}


@pytest.mark.parametrize("damage", WEIGHT_DAMAGE)
def test_weights_that_do_not_fit(folder: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    change, reason = WEIGHT_DAMAGE[damage]
    change_weights(folder, change)
    check_broken(folder, entry.WEIGHTS, reason, caplog)


def test_arguments_of_another_network_than_the_weights(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    change_card(folder, lambda values: values["net"].update(arguments={"classes": 9}))
    check_broken(folder, entry.WEIGHTS, "does not fit its network: fc3", caplog)


def test_a_number_format_that_torch_does_not_know(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    header = json.dumps({"w": {"dtype": "F4", "shape": [2], "data_offsets": [0, 1]}}).encode()
    replace_weights(folder, len(header).to_bytes(8, "little") + header + b"\0")
    check_broken(folder, entry.WEIGHTS, "cannot be used", caplog)


class Trap:
    """Creates a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("save", [pickle.dump, torch.save])
def test_a_pickle_in_the_place_of_weights_is_never_unpickled(
    folder: Path, tmp_path: Path, save: Callable, caplog: pytest.LogCaptureFixture
) -> None:
    sprung, file = tmp_path / "sprung", tmp_path / "weights.pt"
    with open(file, "wb") as stream:
        save({"conv1.weight": Trap(sprung)}, stream)
    replace_weights(folder, file.read_bytes())
    check_broken(folder, entry.WEIGHTS, "cannot be used", caplog)
    assert not sprung.exists()
    pickle.loads(pickle.dumps(Trap(sprung)))
    assert sprung.exists()  # the trap itself works


# Broken histories


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "no column epoch"),
        (b"\x89PNG\r\n\x1a\n\xff\x00\x80", "no column epoch"),
        (b"epoch,learning_rate,train_loss\n0,1,2\n", "no column val_loss"),
        (",".join(entry.HISTORY_COLUMNS).encode() + b"\n0,1,2,3,4,5,fast\n", "not a number"),
        (",".join(entry.HISTORY_COLUMNS).encode() + b"\n" + b"1" * 200_000 + b",1,1,1,1,1,1\n", "cannot be read"),
        (b"x" * 200_000, "cannot be read"),
    ],
    ids=["empty", "binary", "column", "word", "long value", "long column"],
)
def test_a_history_that_is_none(folder: Path, text: bytes, reason: str, caplog: pytest.LogCaptureFixture) -> None:
    (folder / entry.HISTORY).write_bytes(text)
    check_broken(folder, entry.HISTORY, reason, caplog)


def test_a_card_is_plain_json(folder: Path) -> None:
    json.loads((folder / entry.CARD).read_text(), parse_constant=lambda word: pytest.fail(word))
