"""What comes after the training of photos: figures for the card, and what a start is worth."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from model_zoo.aerial.survey import compare, survey
from model_zoo.entries import entry
from tests import photosets
from tests.train import helpers
from tests.train.helpers import run_here as run
from train.engine import metrics, sources
from train.entry import publish
from train.tools import blocks, cut, warm_start_study

TINY = (*helpers.TINY, "--epochs", 1)


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return photosets.tiles(tmp_path_factory.mktemp("tiles") / "set", photosets.four_blocks())


@pytest.fixture(scope="module")
def common(tiles: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    return ("--data", tiles, "--cache", tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def seeds(common: tuple[object, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for seed, name in enumerate(("a", "b")):
        words = ("--validation-block", "1,2", "--no-test", "--seed", seed, "--out", folder / name)
        assert run("invasive-resnet", *common, *TINY, *words) == 0
    return folder


@pytest.fixture
def untested(seeds: Path, tmp_path: Path) -> list[Path]:
    """Two seeds that have not seen a test picture, to be changed at will."""
    return [Path(shutil.copytree(seeds / name, tmp_path / name)) for name in ("a", "b")]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two photos with masks, 2 x 3 tiles of 60 pixels each, of which two show the plant."""
    (tmp_path / "set" / "photos").mkdir(parents=True)
    for number, name in enumerate(("a", "b")):
        picture, plant = photosets.photo(number, False, 180, 120), np.zeros((120, 180), bool)
        plant[10:50, 10:50] = plant[70:110, 70:110] = True
        pixels = np.where(plant[..., None], (150, 160, 235), np.asarray(picture)).astype(np.uint8)
        Image.fromarray(pixels).save(tmp_path / "set" / "photos" / f"{name}.png")
        Image.fromarray(plant).save(tmp_path / "set" / "photos" / f"{name}_mask.png")
    return tmp_path / "set"


def test_test_pictures_are_measured_once_and_then_published(
    untested: list[Path], common: tuple[object, ...], tiles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("publish", *untested, "--out", tmp_path / "too-early") == 1
    assert "evaluate RUN --data DIR --save" in capsys.readouterr().err and not (tmp_path / "too-early").exists()
    weights = [(folder / entry.WEIGHTS).read_bytes() for folder in untested]
    for folder in untested:
        assert run("evaluate", folder, *common, "--save") == 0
    printed = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    tests = [model_zoo.load_folder(folder).card["metrics"]["test"] for folder in untested]
    assert printed == {"entry": "b"} | tests[1]
    assert weights == [(folder / entry.WEIGHTS).read_bytes() for folder in untested]
    assert f"test ROC AUC **{tests[0]['roc_auc']:.4f}**" in (untested[0] / entry.README).read_text()

    assert run("evaluate", untested[0], *common, "--save") == 1
    assert "measured once" in capsys.readouterr().err
    for words in (("--limit", 5), ("--split", "validation")):
        assert run("evaluate", untested[0], *common, "--save", "--views", 8, *words) == 1
        assert "all test pictures" in capsys.readouterr().err
    assert "test_with_views" not in model_zoo.load_folder(untested[0]).card["metrics"]
    assert run("evaluate", untested[0], *common, "--save", "--views", 8) == 0

    card = publish.publish(untested, tmp_path / "shipped")
    seeds, text = card["metrics"]["seeds"], (tmp_path / "shipped" / entry.README).read_text()
    for name in ("roc_auc", "average_precision", "calibration_error", "accuracy"):
        values = [test[name] for test in tests]
        assert seeds[f"test_{name}"] == values
        assert seeds[f"test_{name}_mean"] == pytest.approx(sum(values) / 2)
    assert f"average precision {seeds['test_average_precision_mean']:.4f}, standard deviation" in text
    assert "--cache" not in text and f"--data {tiles}" in text


def test_a_set_of_another_name_is_no_test_of_a_training(
    untested: list[Path], tiles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "elsewhere").symlink_to(tiles)
    words = ("--data", tmp_path / "elsewhere", "--cache", tmp_path / "cache")
    assert run("evaluate", untested[0], *words, "--save") == 1
    assert "was trained on 'set'" in capsys.readouterr().err
    assert run("evaluate", untested[0], *words) == 0  # which may be looked at, of course


def test_maps_and_surveys_are_measured_against_masks_and_written_down(
    untested: list[Path], photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = untested[0]
    assert run("pointing", folder, "--data", photos, "--tile", 60, "--save") == 0
    pointed = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert run("agreement", folder, "--data", photos, "--window", 60, "--save") == 0
    printed = capsys.readouterr().out
    agreed = json.loads(printed.strip().splitlines()[-1])
    model = model_zoo.load_folder(folder)
    assert model.card["metrics"]["pointing"] | {"entry": "a"} == pointed and pointed["windows"] == 4
    assert model.card["metrics"]["survey"] | {"entry": "a"} == agreed

    assert [one["photo"] for one in agreed["photos"]] == ["a.png", "b.png"]
    assert agreed["windows"] == 12 and agreed["window"] == 60
    for one in agreed["photos"]:
        path = photos / "photos" / one["photo"]
        result = survey(model, Image.open(path), window=60)
        alone = compare(result, "invasive", cut.read_mask(path.with_name(f"{path.stem}_mask.png")))
        assert (one["correlation"], one["roc_auc"]) == pytest.approx((alone.correlation, alone.auc), abs=1e-4)
        assert one["reached"] == pytest.approx(
            (result.grid("invasive") >= model.card["decision"]["threshold"]).mean(), abs=1e-4
        )
        assert one["covered"] == pytest.approx(2 / 6, abs=1e-4)
        assert one["plant"] == pytest.approx(2 * 1600 / 21600, abs=1e-4)
    text = (folder / entry.README).read_text()
    assert f"lies on the plant in {pointed['peak_on_plant']:.1%} of 4 windows" in text
    assert "surveys of 2 whole photos" in text and "python -m train agreement <this entry>" in text


def test_a_training_that_has_not_ended_gets_no_figures(
    untested: list[Path], photos: Path, common: tuple[object, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    (untested[0] / "checkpoint.safetensors").write_bytes(b"")
    assert run("evaluate", untested[0], *common, "--save") == 1
    assert "has not ended" in capsys.readouterr().err


def test_starts_are_compared_with_the_same_budget(
    untested: list[Path], common: tuple[object, ...], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = (untested[0], "--data", common[1], "--out", tmp_path / "starts", "--seeds", "0")
    options = ("--cache", common[3], *TINY, "--validation-block", "1,2")
    assert run("starts", *words, "--with", *options) == 0
    runs = {name: model_zoo.load_folder(tmp_path / "starts" / f"{name}-seed0") for name in ("scratch", "a")}
    assert runs["a"].card["start"]["share_of_values"] == 1 and "start" not in runs["scratch"].card
    assert all("test" not in model.card["metrics"] for model in runs.values())
    recipes = [{k: v for k, v in model.card["recipe"].items() if k != "start_from"} for model in runs.values()]
    assert recipes[0] == recipes[1]
    text = (tmp_path / "starts" / warm_start_study.TABLE).read_text()
    scratch, warm = (model.history for model in runs.values())
    for epoch in (0, 1):
        assert f"| {epoch} | {scratch[epoch]['val_auc']:.4f} | {warm[epoch]['val_auc']:.4f} |" in text
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "starts").glob("*/card.json")}
    capfd.readouterr()
    assert run("starts", *words, "--with", *options) == 0  # nothing is trained again
    assert capfd.readouterr().out == text
    assert before == {path: path.stat().st_mtime_ns for path in before}
    assert run("starts", *words[:-1], "0,x", "--with", *options) == 1
    assert "--seeds takes whole numbers" in capfd.readouterr().err


def test_every_block_is_held_out_in_turn(
    common: tuple[object, ...], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # Of block 3 only one class is known: no ROC AUC can be measured there.
    rows = [row for row in photosets.four_blocks() if row[5] != 3 or row[1] != 1]
    tiles = photosets.tiles(tmp_path / "set", rows)
    words = ("--data", tiles, "--cache", common[3], "--out", tmp_path / "blocks")
    assert run("blocks", *words, "--with", *TINY) == 0
    text = (tmp_path / "blocks" / blocks.TABLE).read_text()
    assert capfd.readouterr().out.endswith(text)
    folders = sorted((tmp_path / "blocks").glob("block-*"))
    assert [folder.name for folder in folders] == ["block-0", "block-1", "block-2"] and "Not held out: 3; " in text
    models = [model_zoo.load_folder(folder) for folder in folders]
    held = [set(model.card["recipe"]["validation_block"]) for model in models]
    assert len(set.union(*held)) == len(models) and all("test" not in model.card["metrics"] for model in models)
    last = [model.history[1]["val_auc"] for model in models]
    assert f"| 1 | {' | '.join(f'{value:.4f}' for value in last)} | {sum(last) / len(last):.4f} |" in text

    answers, labels = [], []
    for model in models:
        images, values = sources.labelled(model, tiles, "validation", cache=common[3]), model.card["preprocessing"]
        answers.append(metrics.logits(model.net, images, values["mean"], values["std"]))
        labels.append(images.labels)
    outputs, truth = torch.cat(answers), torch.cat(labels)
    threshold = metrics.best_threshold(outputs, truth)
    found = metrics.photo_metrics(outputs, truth, ("no", "yes"), threshold)
    assert f"ROC AUC {found['roc_auc']:.4f}; threshold {threshold} (highest F1)" in text
    assert f"finds {found['accuracy_per_class']['yes']:.1%} of the invasive ones" in text.replace("\n", " ")

    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "blocks").glob("*/card.json")}
    assert run("blocks", *words, "--with", *TINY) == 0  # nothing is trained again
    assert before == {path: path.stat().st_mtime_ns for path in before}

    teachers = ("--teacher", tmp_path / "blocks" / "block-{block}")
    assert run("blocks", *words[:-1], tmp_path / "taught", "--with", *TINY, *teachers) == 0
    for model in models:
        card = model_zoo.load_folder(tmp_path / "taught" / model.folder.name).card
        assert [one["sha256"] for one in card["teachers"]] == [model.card["sha256"]]

    whole = (*common, *TINY, "--no-test", "--validation-block", "none", "--threshold", 0.3, "--out", tmp_path / "whole")
    assert run("invasive-resnet", *whole) == 0
    card = model_zoo.load_folder(tmp_path / "whole").card
    assert card["decision"] == {"class": "invasive", "threshold": 0.3} and "validation" not in card["metrics"]


def test_without_blocks_there_is_nothing_to_hold_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photosets.kaggle(tmp_path / "set")
    assert run("blocks", "--data", tmp_path / "set", "--out", tmp_path / "out", "--cache", tmp_path / "cache") == 1
    assert "has no blocks of ground" in capsys.readouterr().err
    rows = [row for row in photosets.four_blocks() if row[1] == (row[5] > 0)]
    photosets.tiles(tmp_path / "one class each", rows)
    words = ("--data", tmp_path / "one class each", "--cache", tmp_path / "cache")
    assert run("blocks", *words, "--out", tmp_path / "out") == 1
    assert "each is of one class only" in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_several_seeds_share_a_cell() -> None:
    def history(*values: float) -> list[dict[str, float]]:
        return [{"val_auc": value} for value in values]

    text = warm_start_study.table(
        {"from scratch": [history(0.5, 0.7), history(0.5, 0.9)], "x": [history(0.6), history(0.8)]}
    )
    assert text.splitlines()[2:] == [
        "| 0 | 0.5000 (0.5000 to 0.5000) | 0.7000 (0.6000 to 0.8000) |",
        "| 1 | 0.8000 (0.7000 to 0.9000) | ended |",
        "| best of a run | 0.8000 (0.7000 to 0.9000) | 0.7000 (0.6000 to 0.8000) |",
    ]
