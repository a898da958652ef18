"""`python -m train invasive-resnet` on a small drawn set: real trainings, in this process where nothing is killed."""

import json
import math
import os
import shutil
import signal
import threading
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

import model_zoo
from model_zoo import nets
from model_zoo.entries import entry
from tests import photosets
from tests.conftest import data_folder
from tests.train.commands.test_command_line import digest
from tests.train.engine.test_processes import done as ended
from tests.train.engine.test_processes import torchrun
from train import __main__ as command
from train.entry import publish

TINY = ("--size", 32, "--width", 8, "--batch-size", 16, "--threads", 1, "--snapshots", "none")


def run(recipe: str, *arguments: object) -> int:
    return command.main([recipe, *map(str, arguments)])


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four blocks of tiles to train on and one to test on; see `photosets.four_blocks`."""
    return photosets.tiles(tmp_path_factory.mktemp("tiles") / "set", photosets.four_blocks())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def common(tiles: Path, cache: Path) -> tuple[object, ...]:
    return ("--data", tiles, "--cache", cache, *TINY)


@pytest.fixture(scope="module")
def finished(common: tuple[object, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing disturbed, with two blocks held out."""
    out = tmp_path_factory.mktemp("runs") / "undisturbed"
    arguments = ("--epochs", 8, "--validation-block", "1,2", "--views", 8, "--averaging", 0.9)
    assert run("invasive-resnet", *common, *arguments, "--out", out) == 0
    return out


def test_it_learns_what_is_easy_and_chooses_the_epoch_by_auc(finished: Path) -> None:
    model = model_zoo.load_folder(finished)
    assert model.classes == ("not invasive", "invasive") and model.size == 32
    rows, metrics = model.history, model.card["metrics"]
    assert list(rows[0])[-2:] == ["train_auc", "val_auc"]
    best = max(rows, key=lambda row: row["val_auc"])
    assert metrics["best_epoch"] == best["epoch"] and metrics["validation_auc"] == pytest.approx(best["val_auc"])
    assert rows[-1]["val_auc"] > 0.9 and rows[-1]["train_auc"] > 0.9  # chance: 0.5
    assert rows[-1]["val_loss"] < 0.8 * rows[0]["val_loss"]
    assert metrics["test"]["roc_auc"] > 0.8 and metrics["test"]["pictures"] == 15  # without the tile in between
    assert metrics["test_with_views"]["views"] == 8
    for split in ("test", "validation"):
        assert {"average_precision", "calibration_error", "accuracy"} <= set(metrics[split])
        assert model.card["decision"] == {"class": "invasive", "threshold": metrics[split]["threshold"]}


def test_the_card_says_what_it_was_trained_on_and_what_not(finished: Path) -> None:
    card = json.loads((finished / "card.json").read_text())
    assert "block 1, 2" in card["data"]["split"] and len(card["data"]["training_pictures_sha256"]) == 64
    assert card["recipe"]["validation_block"] == "1,2" and card["recipe"]["soft_cover"] == 0.1
    text = (finished / "README.md").read_text()
    assert f"ROC AUC **{card['metrics']['test']['roc_auc']:.4f}**" in text
    assert (
        f'deciding for "invasive" from a probability of {card["decision"]["threshold"]:.3f}' in text
        and "cifar" not in text.lower()
    )


def test_evaluate_prints_the_figures_of_the_card(
    finished: Path, tiles: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    card = json.loads((finished / "card.json").read_text())
    for words, split in (((), "test"), (("--views", 8), "test_with_views"), (("--split", "validation"), "validation")):
        assert run("evaluate", finished, "--data", tiles, "--cache", cache, *words) == 0
        result = json.loads(capsys.readouterr().out.splitlines()[-1])
        for name in ("roc_auc", "average_precision", "accuracy", "calibration_error"):
            assert result[name] == pytest.approx(card["metrics"][split][name], abs=1e-6)


def test_frames_of_other_ground_need_no_training_part(
    finished: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    of_test = [row for row in photosets.four_blocks() if row[3] == "test"]
    # A training part in one block, of one class, is no obstacle either.
    of_one = [row for row in photosets.four_blocks() if row[5] == 0 and row[1] == 0]
    for name, rows in (("alone", of_test), ("beside", [*of_one, *of_test])):
        folder = photosets.tiles(tmp_path / name, rows)
        assert run("evaluate", finished, "--data", folder, "--cache", cache) == 0
        assert json.loads(capsys.readouterr().out.splitlines()[-1])["pictures"] == 15
        assert run("invasive-resnet", "--data", folder, "--cache", cache, *TINY, "--out", tmp_path / "run") == 1
        assert "at least two classes to train on" in capsys.readouterr().err
    one_class = photosets.tiles(tmp_path / "one class", [row for row in of_test if row[1] == 0])
    assert run("evaluate", finished, "--data", one_class, "--cache", cache) == 1
    assert "The test photos are of not invasive only; the ROC AUC needs all classes" in capsys.readouterr().err
    folders = photosets.classes(tmp_path / "folders", {"test/not invasive": 6, "test/invasive": 6})
    assert run("evaluate", finished, "--data", folders, "--cache", cache) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["pictures"] == 12


def test_classes_may_stand_in_another_order_than_in_the_set(
    finished: Path, tiles: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    turned = Path(shutil.copytree(finished, tmp_path / "turned"))
    card = json.loads((turned / "card.json").read_text())
    (turned / "card.json").write_text(json.dumps(card | {"classes": card["classes"][::-1]}))
    assert run("evaluate", turned, "--data", tiles, "--cache", cache) == 0
    found = json.loads(capsys.readouterr().out.splitlines()[-1])["roc_auc"]
    assert found == pytest.approx(
        1 - card["metrics"]["test"]["roc_auc"], abs=1e-6
    )  # its outputs are the wrong way round


def test_a_threshold_that_is_no_number_is_not_used(
    finished: Path, tiles: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled = Path(shutil.copytree(finished, tmp_path / "spoiled"))
    card = json.loads((spoiled / "card.json").read_text())
    del card["decision"]  # of an older card, which had only this
    (spoiled / "card.json").write_text(json.dumps(card | {"threshold": "high"}))
    assert run("evaluate", spoiled, "--data", tiles, "--cache", cache) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["threshold"] == 0.5


def stop_after(out: Path, epoch: int) -> threading.Thread:
    """Ctrl-C as soon as that epoch is on the disk."""

    def watch() -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if (out / entry.HISTORY).exists() and len((out / entry.HISTORY).read_text().splitlines()) >= epoch + 2:
                os.kill(os.getpid(), signal.SIGINT)
                return
            time.sleep(0.005)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def test_an_interrupted_run_resumes_to_the_same_weights_average_and_history(
    finished: Path, common: tuple[object, ...], tmp_path: Path
) -> None:
    out = tmp_path / "interrupted"
    arguments = ("--epochs", 8, "--validation-block", "1,2", "--views", 8, "--averaging", 0.9, "--out", out)
    watcher = stop_after(out, 2)
    assert run("invasive-resnet", *common, *arguments) == 130
    watcher.join()
    assert 3 <= len(model_zoo.load_folder(out).history) < 9
    assert run("invasive-resnet", *common, *arguments, "--resume") == 0
    assert digest(out / entry.WEIGHTS) == digest(finished / entry.WEIGHTS)
    rows = [[{**row, "seconds": 0} for row in entry.read_history(each)] for each in (out, finished)]
    assert rows[0] == rows[1]


def test_test_pictures_are_left_alone_when_asked(common: tuple[object, ...], tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run("invasive-resnet", *common, "--epochs", 1, "--no-test", "--out", out) == 0
    metrics = model_zoo.load_folder(out).card["metrics"]
    assert "test" not in metrics and metrics["validation"]["pictures"] > 0


def test_all_blocks_can_be_trained_on(common: tuple[object, ...], tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert run("invasive-resnet", *common, "--epochs", 2, "--validation-block", "none", "--out", out) == 0
    model = model_zoo.load_folder(out)
    assert math.isnan(model.history[-1]["val_auc"]) and model.card["metrics"]["best_epoch"] == 2
    assert "64 to train on, all of them" in model.card["data"]["split"] and model.card["decision"] == {
        "class": "invasive"
    }


def test_it_stops_when_validation_no_longer_rises(
    common: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    # Steps of almost nothing: the start stays the best.
    words = ("--learning-rate", 1e-9, "--muon", 0, "--averaging", 0, "--patience", 3, "--epochs", 50)
    assert run("invasive-resnet", *common, *words, "--snapshots", "0,last", "--out", out) == 0
    model = model_zoo.load_folder(out)
    best, last = model.card["metrics"]["best_epoch"], len(model.history) - 1
    assert last == best + 3 < 50 and model.card["metrics"]["epochs_finished"] == last
    assert {0, last} <= set(model.epochs)  # the last one, though it is not the fiftieth


def test_the_average_of_the_weights_is_what_counts(common: tuple[object, ...], tmp_path: Path) -> None:
    rows = []
    for averaging in (0, 0.9):
        out = tmp_path / str(averaging)
        assert run("invasive-resnet", *common, "--epochs", 1, "--averaging", averaging, "--out", out, "--no-test") == 0
        rows.append(entry.read_history(out)[1])
    assert rows[0]["train_loss"] == rows[1]["train_loss"]  # the steps themselves are the same
    assert rows[0]["val_loss"] != rows[1]["val_loss"]


def test_a_range_test_writes_a_plot_and_a_table_and_no_training(
    common: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert run("invasive-resnet", *common, "--find-learning-rate", "--out", out) == 0
    printed = capsys.readouterr().out
    lines = (out / "learning-rate.csv").read_text().splitlines()
    rates = [float(line.split(",")[0]) for line in lines[1:]]
    assert lines[0] == "learning_rate,loss,smoothed_loss" and rates == sorted(rates) and len(rates) > 20
    assert rates[0] == pytest.approx(0.002 / 1000)
    suggested = float(printed.split("try --learning-rate ")[1].split()[0])
    assert rates[0] <= suggested * 10 <= rates[-1] * 1.1
    assert sorted(path.name for path in out.iterdir()) == ["learning-rate.csv", "learning-rate.png"]
    assert run("invasive-resnet", *common, "--epochs", 1, "--no-test", "--out", out) == 0  # the folder is free for one


# --------------------------------------------------------------------------------------------------------- warm starts


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


# ------------------------------------------------------------------------------------------------ sets, seeds, networks


def test_several_seeds_are_published_by_auc(
    finished: Path, common: tuple[object, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("--epochs", 8, "--validation-block", "1,2", "--views", 8, "--averaging", 0.9, "--seed", 1)
    assert run("invasive-resnet", *common, *arguments, "--out", tmp_path / "second") == 0
    card = publish.publish([finished, tmp_path / "second"], tmp_path / "shipped")
    runs = [json.loads((folder / "card.json").read_text()) for folder in (finished, tmp_path / "second")]
    seeds, tests = card["metrics"]["seeds"], [each["metrics"]["test"]["roc_auc"] for each in runs]
    assert seeds["test_roc_auc"] == tests and seeds["test_roc_auc_mean"] == pytest.approx(sum(tests) / 2)
    best = max(runs, key=lambda each: each["metrics"]["validation_auc"])
    assert card["sha256"] == best["sha256"] and "over 2 seeds" in (tmp_path / "shipped" / "README.md").read_text()


def test_two_processes_share_a_training(finished: Path, common: tuple[object, ...], tmp_path: Path) -> None:
    # While the body is frozen, batch norm takes no statistics of each half, and both must give the same.
    words = ("--epochs", 2, "--start-from", finished, "--freeze-epochs", 2, "--validation-block", "1,2", "--no-test")
    words += ("--averaging", 0, "--snapshots", "all")  # to see the last step, whichever epoch was the best
    done = ended(torchrun(2, "-m", "train", "invasive-resnet", *common, *words, "--out", tmp_path / "two"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Taken from") == done.stdout.count("The entry is in") == 1  # one process speaks
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


def test_densenet_is_a_choice_and_can_be_looked_into(common: tuple[object, ...], tmp_path: Path) -> None:
    words = ("--net", "densenet121", "--epochs", 1, "--limit", 8, "--no-test", "--out", tmp_path / "run")
    assert run("invasive-resnet", *common, *words) == 0
    model = model_zoo.load_folder(tmp_path / "run")
    assert model.card["net"] == {"file": "densenet121", "arguments": {}}
    assert sum(weights.numel() for weights in model.net.parameters()) == 6_955_906


def test_folders_of_three_classes_and_kaggles_layout_are_trained_on(
    drawn: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = photosets.classes(tmp_path / "set", {"bramble": 12, "fern": 12, "knotweed": 12})
    common = ("--cache", cache, *TINY, "--epochs", 1)
    assert run("invasive-resnet", "--data", sets, *common, "--out", tmp_path / "three") == 0
    model = model_zoo.load_folder(tmp_path / "three")
    assert model.classes == ("bramble", "fern", "knotweed") and 0 <= model.card["metrics"]["test"]["roc_auc"] <= 1
    assert "decision" not in model.card and model.card["data"]["name"] == "set"  # folders name no class of interest
    assert run("invasive-resnet", "--data", drawn, *common, "--out", tmp_path / "kaggle") == 0
    card = model_zoo.load_folder(tmp_path / "kaggle").card
    assert "test" not in card["metrics"]  # Kaggle keeps those labels
    assert card["decision"]["class"] == "invasive"  # as its table has 0/1 labels
    # Its form does not make a set the competition's, whose description would be wrong.
    assert card["data"]["name"] == drawn.name and "hydrangea" not in json.dumps(card)
    capsys.readouterr()
    assert run("evaluate", tmp_path / "kaggle", "--data", drawn, "--cache", cache) == 1
    assert "python -m train submit" in capsys.readouterr().err
    assert run("evaluate", tmp_path / "kaggle", "--data", sets, "--cache", cache) == 1
    assert "the photos are of bramble, fern, knotweed" in capsys.readouterr().err


def test_sets_that_cannot_be_trained_on_get_a_sentence(
    tiles: Path, cache: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled = Path(shutil.copytree(tiles, tmp_path / "spoiled"))
    rows = (tiles / "labels.csv").read_text()
    (spoiled / "labels.csv").write_text(rows.replace("0_00.jpg,1,", "0_00.jpg,2,"))
    alone = photosets.tiles(tmp_path / "alone", [row for row in photosets.four_blocks() if row[1] == 0])
    one = photosets.four_blocks()
    lonely = photosets.tiles(tmp_path / "lonely", [row for row in one if row[5] != 3 or row[1] == 0])
    for folder, words, expected in (
        (spoiled, (), "labels.csv, line 2"),
        (alone, (), "at least two classes"),
        (lonely, ("--validation-block", 3), "The validation photos are of not invasive only"),
        (tiles, ("--validation-block", 9), "There is no block 9: the blocks to train on are 0, 1, 2, 3."),
        (tmp_path / "nowhere", (), "nowhere"),
        (tiles, ("--scale", 3), "--scale must be from 0.1 to 1"),
        (tiles, ("--net", "vgg"), "--net must be invasive_resnet or densenet121 or efficientnet_lite0, not vgg."),
        (tiles, ("--freeze-epochs", 1), "--freeze-epochs needs --start-from"),
    ):
        assert run("invasive-resnet", "--data", folder, "--cache", cache, *TINY, *words, "--out", tmp_path / "run") == 1
        error = capsys.readouterr().err
        assert expected in error and "Traceback" not in error
    assert not (tmp_path / "run" / entry.CARD).exists()


def test_real_tiles_are_found_in_the_folder_for_several_sets(cache: Path, tmp_path: Path) -> None:
    folder = data_folder("hogweed").parent
    words = ("--limit", 40, "--epochs", 1, "--validation-block", 0, "--no-test", "--out", tmp_path / "run")
    assert run("invasive-resnet", "--data", folder, "--cache", cache, *TINY, *words) == 0
    card = model_zoo.load_folder(tmp_path / "run").card
    assert "Menshchikov" in card["data"]["citation"] and "one site, one day" in card["data"]["limits"]
