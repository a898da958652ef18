"""Which epoch counts: for the training itself, among runs of several seeds, and in what the page says."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import model_zoo
from demo.tabs.curves.curves import sentence
from model_zoo import nets
from model_zoo.entries import entry
from model_zoo.entries.best_epoch import best_row
from tests.conftest import SHIPPED
from train.engine.fit import Run
from train.engine.task import Cifar10
from train.entry import card as cards
from train.entry import publish
from train.recipes import RECIPES

FACTS = {"command": "python -m train", "date": "2026-01-01", "torch": torch.__version__, "data_size": "few"}


def history(*rows: tuple[float, float], column: str = "val_auc") -> list[dict[str, float]]:
    """Rows with these scores and validation losses, from epoch 0 on."""
    usual = {"learning_rate": 0.1, "train_loss": 1.0, "train_accuracy": 0.5, "val_accuracy": 0.5, "seconds": 1.0}
    return [
        usual | {"epoch": float(epoch), column: score, "val_loss": loss} for epoch, (score, loss) in enumerate(rows)
    ]


@pytest.mark.parametrize("column", ["val_auc", "val_accuracy"])
def test_of_equal_scores_the_lower_loss_counts(column: str) -> None:
    # Ten validation tiles: everything is ordered rightly early, and still becomes surer.
    rows = history((0.4, 0.7), (0.9, 0.65), (1.0, 0.61), (1.0, 0.08), (1.0, 0.3), column=column)
    assert best_row(rows)["epoch"] == 3
    assert best_row(history((0.5, 0.7), (0.6, 0.9), (0.5, 0.1), column=column))["epoch"] == 1  # the score comes first
    assert best_row(history((0.5, 0.7), (0.6, 0.5), (0.6, 0.5), column=column))["epoch"] == 1  # of equals the first


def test_what_was_not_measured_or_overflowed_is_never_the_best() -> None:
    assert best_row(history((math.nan, math.nan), (math.nan, math.nan)))["epoch"] == 1  # no validation: the last
    assert best_row(history((0.5, 0.7), (0.6, math.inf), (0.6, 0.9)))["epoch"] == 2
    assert best_row(history((math.nan, 0.1), (0.6, 0.5), (0.5, 0.4)))["epoch"] == 1


def test_patience_counts_from_the_epoch_that_counts() -> None:
    recipe = replace(RECIPES["invasive-resnet"], epochs=50, patience=3)
    falling = history((1.0, 0.6), (1.0, 0.5), (1.0, 0.4), (1.0, 0.3), (1.0, 0.2))
    assert not Run(falling, {}).has_ended(recipe) and Run(falling, {}).best_epoch == 4
    rising = history((1.0, 0.2), (1.0, 0.3), (1.0, 0.4), (1.0, 0.5))
    assert Run(rising, {}).has_ended(recipe) and not Run(rising[:3], {}).has_ended(recipe)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_networks_are_those_of_the_epoch_that_counts(name: str) -> None:
    model = model_zoo.load(name)
    if not model.history:
        pytest.skip("it was trained elsewhere")
    assert best_row(model.history)["epoch"] == model.card["metrics"]["best_epoch"]


def test_the_page_names_the_epoch_that_the_training_kept() -> None:
    rows = history((0.5, 2.3), (0.8, 0.6), (0.8, 0.08), column="val_accuracy")
    assert "best at epoch 2 with 80.0%" in sentence("x", rows)


def test_among_runs_of_equal_scores_the_lower_loss_is_published(tmp_path: Path) -> None:
    recipe = RECIPES["cifar10-cnn"]
    for seed, loss in enumerate((0.6, 0.2, 0.4)):
        torch.manual_seed(seed)
        rows = history((0.1, 2.3), (0.8, loss), column="val_accuracy")
        card = cards.build(recipe, Cifar10(recipe).subject(), seed, rows, FACTS | {"device": "test"})
        card["metrics"]["test"] = {"accuracy": 0.9 - seed / 10, "pictures": 100}
        columns = [{name: row[name] for name in entry.HISTORY_COLUMNS} for row in rows]
        entry.write(tmp_path / str(seed), nets.build(recipe.net, recipe.net_arguments).state_dict(), card, columns, "")
    published = publish.publish([tmp_path / str(seed) for seed in range(3)], tmp_path / "shipped")
    assert published["recipe"]["seed"] == 1
