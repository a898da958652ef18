"""Photo trainings that begin with the weights of another network, and those of several seeds or processes."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import model_zoo
from model_zoo import nets
from model_zoo.entries import entry
from tests.train.helpers import done, torchrun
from tests.train.helpers import run_here as run


def test_a_warm_start_takes_everything_from_the_same_network(
    finished: Path, common: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "warm"
    words = ("--start-from", finished, "--epochs", 2, "--freeze-epochs", 1, "--body-rate", 0.1, "--snapshots", "all")
    assert run("invasive-resnet", *common, *words, "--validation-block", "1,2", "--no-test", "--out", out) == 0
    assert f"Taken from {finished}: 102 tensors" in capsys.readouterr().out
    model, before = model_zoo.load_folder(out), model_zoo.load_folder(finished)
    assert model.card["start"]["share_of_values"] == 1 and model.card["start"]["sha256"] == before.card["sha256"]
    assert model.history[0]["val_auc"] == pytest.approx(max(row["val_auc"] for row in before.history), abs=0.03)
    start, frozen, free = (model_zoo.load_folder(out).net.state_dict() for _ in range(3))
    names = [path.name for path in sorted((out / "snapshots").iterdir())]
    start, frozen, free = (entry.read_net(out, model.card, epoch).state_dict() for epoch in range(len(names)))
    body = [name for name in start if not name.startswith("fc.")]
    assert all(torch.equal(start[name], frozen[name]) for name in body)  # statistics of batch norm, too
    assert not torch.equal(start["fc.weight"], frozen["fc.weight"])
    assert not all(torch.equal(frozen[name], free[name]) for name in body)


def test_layers_of_another_network_are_matched_in_their_order(
    common: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(5)
    other = nets.build("resnet9", {"width": 8})
    card = {"name": "other", "title": "Other", "net": {"file": "resnet9", "arguments": {"width": 8}}}
    card |= {"classes": [str(n) for n in range(10)], "data": {}, "recipe": {}, "environment": {}, "metrics": {}}
    card["preprocessing"] = {"size": 32, "mean": [0.0] * 3, "std": [1.0] * 3}
    row = dict.fromkeys(entry.HISTORY_COLUMNS, 0.0)
    entry.write(tmp_path / "other", other.state_dict(), card, [row], "")
    words = ("--start-from", tmp_path / "other", "--epochs", 1, "--averaging", 0, "--snapshots", "0", "--no-test")
    assert run("invasive-resnet", *common, *words, "--out", tmp_path / "run") == 0
    assert "matched in their order" in capsys.readouterr().out
    model = model_zoo.load_folder(tmp_path / "run")
    started = entry.read_net(tmp_path / "run", model.card, 0).state_dict()
    taken = other.state_dict()["unit2.conv.weight"]
    assert torch.allclose(started["layer2.0.conv1.weight"], taken, atol=taken.abs().max().item() / 100)
    assert {"conv1.weight", "fc.weight"} <= set(model.card["start"]["not_taken"])


def test_weights_from_a_file_are_taken_by_name_and_shape(
    common: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = nets.build("invasive_resnet", {"width": 8, "classes": 7}).state_dict()
    save_file(state, tmp_path / "weights.safetensors")
    words = ("--start-from", tmp_path / "weights.safetensors", "--epochs", 1, "--no-test")
    assert run("invasive-resnet", *common, *words, "--out", tmp_path / "run") == 0
    assert "Not taken, because nothing fits by name and shape: fc.weight, fc.bias." in capsys.readouterr().out


def test_what_cannot_be_started_from_gets_a_sentence(
    common: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pickled = tmp_path / "weights.pth"
    torch.save({"conv1.weight": torch.zeros(1)}, pickled)
    save_file({"something": torch.zeros(3)}, tmp_path / "else.safetensors")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # stands for a machine without network
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    # Its weights fit no other width, which is said before anything is downloaded.
    assert run("invasive-resnet", *common, "--start-from", "torchvision", "--out", tmp_path / "run") == 1
    assert "add --width 64" in capsys.readouterr().err
    for source, words in (
        (pickled, "is no safetensors file"),
        (tmp_path / "else.safetensors", "fits this network"),
        (tmp_path / "missing.pth", "There is no file"),
        ("nonsense", "There is no network named 'nonsense'"),
        ("torchvision", "could not be downloaded"),
    ):
        more = ("--start-from", source, "--width", 64, "--out", tmp_path / "run")
        assert run("invasive-resnet", *common, *more) == 1
        assert words in capsys.readouterr().err
    assert not (tmp_path / "run" / entry.CARD).exists()


def test_two_processes_share_a_training(finished: Path, common: tuple[object, ...], tmp_path: Path) -> None:
    # While the body is frozen, batch norm takes no statistics of each half, and both must give the same.
    words = ("--epochs", 2, "--start-from", finished, "--freeze-epochs", 2, "--validation-block", "1,2", "--no-test")
    words += ("--averaging", 0, "--snapshots", "all")  # to see the last step, whichever epoch was the best
    ended = done(torchrun(2, "-m", "train", "invasive-resnet", *common, *words, "--out", tmp_path / "two"))
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("Taken from") == ended.stdout.count("The entry is in") == 1  # one process speaks
    assert run("invasive-resnet", *common, *words, "--out", tmp_path / "one") == 0
    for one, two in zip(*(entry.read_history(tmp_path / name) for name in ("one", "two")), strict=True):
        assert two["val_auc"] == pytest.approx(one["val_auc"], abs=0.01)
        assert two["train_auc"] == pytest.approx(one["train_auc"], abs=0.02)
        assert two["train_loss"] == pytest.approx(one["train_loss"], abs=0.01)
    runs = [model_zoo.load_folder(tmp_path / name) for name in ("one", "two")]
    start, one = (entry.read_net(runs[0].folder, runs[0].card, epoch).fc.weight for epoch in (0, 2))
    two = entry.read_net(runs[1].folder, runs[1].card, 2).fc.weight
    assert (two - one).norm() < 0.05 * (one - start).norm()
    assert json.loads((tmp_path / "two" / "card.json").read_text())["environment"]["processes"] == 2
