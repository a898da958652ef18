"""`python -m train invasive-resnet` on a small drawn set: real trainings, in this process where nothing is killed."""

import json
import math
import shutil
from pathlib import Path

import pytest

import model_zoo
from model_zoo.entries import entry
from model_zoo.entries.best_epoch import best_row
from tests import photosets
from tests.conftest import data_folder
from tests.train.helpers import TINY, digest, stop_after
from tests.train.helpers import run_here as run
from train.entry import publish


def test_it_learns_what_is_easy_and_chooses_the_epoch_by_auc(finished: Path) -> None:
    model = model_zoo.load_folder(finished)
    assert model.classes == ("not invasive", "invasive") and model.size == 32
    rows, metrics = model.history, model.card["metrics"]
    assert list(rows[0])[-2:] == ["train_auc", "val_auc"]
    best = best_row(rows)
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
    aucs = [each["metrics"]["validation_auc"] for each in runs]  # of equal ones the lower loss decides
    assert card["sha256"] in [each["sha256"] for each, auc in zip(runs, aucs, strict=True) if auc == max(aucs)]
    assert "over 2 seeds" in (tmp_path / "shipped" / "README.md").read_text()


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
