"""`python -m train summary`: mean and spread over the seeds of run folders."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from model_zoo import nets
from model_zoo.entries import entry
from train.__main__ import main
from train.engine.task import Cifar10
from train.entry import card as cards
from train.recipe_types import Cifar10Recipe
from train.recipes import FAST, RECIPES
from train.tools.summary import read, table

TALK = RECIPES["cifar10-cnn"]
SPLIT = {"data_size": "few", "command": "python -m train", "date": "2026-01-01", "torch": "2.13.0"}
NAN = float("nan")


def run_folder(
    folder: Path,
    recipe: Cifar10Recipe,
    seed: int,
    validation: Sequence[float],
    test: float | None,
    views: float | None = None,
) -> Path:
    """A run whose epochs took 10 s each, the look at the untrained network 7 s."""
    torch.manual_seed(seed)
    rows = [
        dict(zip(entry.HISTORY_COLUMNS, (epoch, 0.001, 1, 1, 0.5, accuracy, 10 if epoch else 7), strict=True))
        for epoch, accuracy in enumerate((0.1 if validation[0] == validation[0] else NAN, *validation))
    ]
    card = cards.build(recipe, Cifar10(recipe).subject(), seed, rows, SPLIT | {"device": "slate"})
    if test is not None:
        card["metrics"]["test"] = {"accuracy": test, "pictures": 100}
    if views is not None:
        card["metrics"]["test_with_views"] = {"views": 6, "accuracy": views, "seconds": 2.5}
    net = nets.build(recipe.net, recipe.net_arguments)
    entry.write(folder, net.state_dict(), card, rows, "")
    return folder


def cells(text: str, recipe: str) -> dict[str, str]:
    """The row of a recipe by the headings of the columns."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]
    (row,) = (line for line in lines if line[0] == recipe)
    return dict(zip(lines[0], row, strict=True))


def test_mean_and_spread_of_accuracy_and_seconds_and_the_time_to_a_level(tmp_path: Path) -> None:
    folders = [
        run_folder(tmp_path / "b", TALK, 1, (0.5, 0.70, 0.80), 0.74),
        run_folder(tmp_path / "a", TALK, 0, (0.5, 0.76, 0.77), 0.78),
        run_folder(tmp_path / "long", replace(TALK, epochs=3, batch_size=64), 0, (0.5, 0.6), 0.6),
        run_folder(tmp_path / "fast", FAST, 0, (NAN, NAN), 0.93, 0.939),
        run_folder(tmp_path / "fast1", FAST, 1, (NAN, NAN), 0.93, 0.941),
    ]
    runs, left_out = read(folders)
    text = table(runs, levels=(0.76, 0.78, 0.94))
    assert not left_out
    row = cells(text, "cifar10-cnn")
    assert row["seeds"] == "0, 1"
    assert row["test accuracy, %"] == "76.00, sd 2.83"
    assert row["seconds of training"] == "30.0, sd 0.0" and row["seconds per epoch"] == "10.0, sd 0.0"
    assert row["seconds to 76 %"] == "25.0, sd 7.1"  # 20 and 30
    assert row["seconds to 78 %"] == "30.0 (1 of 2 seeds)" and row["seconds to 94 %"] == "not reached"
    assert row["machine"] == "slate, torch 2.13.0"
    # Other values are another row, which says what they are; one seed has no spread.
    assert cells(text, "cifar10-cnn --epochs 3 --batch-size 64")["test accuracy, %"] == "60.00"
    # Without validation the end counts, for all seeds together, with the time that the views took.
    row = cells(text, "cifar10-fast")
    assert row["the same, mean of views, %"] == "94.00, sd 0.14"
    assert row["seconds to 94 %"] == "22.5, sd 0.0"


def test_runs_that_have_not_finished_are_left_out_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = run_folder(tmp_path / "done", TALK, 0, (0.5,), 0.5)
    going = run_folder(tmp_path / "going", TALK, 1, (0.5, 0.6), None)
    assert main(["summary", str(done), str(going), str(tmp_path / "none"), "--levels", "50"]) == 0
    text = capsys.readouterr().out
    assert "| cifar10-cnn | 0 | 10.0 |" in text and "seconds to 50 %" in text
    assert f"{going} is not a finished training: 2 epochs are done." in text and "none" in text
    assert main(["summary", str(going)]) == 1
    assert "no finished training" in capsys.readouterr().err


def test_one_training_does_not_count_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(run_folder(tmp_path / "a", TALK, 0, (0.5,), 0.5))
    assert main(["summary", folder, folder]) == 1
    assert "repeat a seed: [0, 0]" in capsys.readouterr().err


@pytest.mark.parametrize("level", ["0", "101", "nan", "many"])
def test_levels_that_are_no_percentages_are_refused(level: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["summary", "somewhere", "--levels", level])
    assert f"{level} is not a percentage" in capsys.readouterr().err
