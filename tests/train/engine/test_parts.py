"""The parts of a training: recipes, augmentation, schedule, metrics, publishing."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

import model_zoo
from model_zoo import nets
from model_zoo.entries import entry
from model_zoo.nets import whitened_cnn
from tests.conftest import WEIGHTS
from train.__main__ import main
from train.data.cifar10 import Images, augment, normalise, training_split
from train.engine import fit, guard, metrics, optim
from train.engine.task import Cifar10, Source
from train.entry import card as cards
from train.entry import model_card, publish
from train.recipe_types import Cifar10Recipe, TalkRecipe
from train.recipes import RECIPES

TALK = RECIPES["cifar10-cnn"]


def pictures(count: int = 16) -> torch.Tensor:
    return torch.randint(0, 256, (count, 3, 32, 32), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


def test_the_split_is_fixed_disjoint_and_whole() -> None:
    everything = Images(torch.zeros(50_000, 1), torch.arange(50_000))
    train, validation = training_split(everything)
    assert (len(train), len(validation)) == (45_000, 5_000)
    assert sorted(torch.cat([train.labels, validation.labels]).tolist()) == list(range(50_000))
    assert torch.equal(training_split(everything)[1].labels, validation.labels)


def test_augmentation_without_shift_and_flip_changes_nothing() -> None:
    assert torch.equal(augment(pictures(), 0, False), pictures())


def test_a_flip_mirrors_some_pictures_and_leaves_the_others() -> None:
    original = pictures(64)
    torch.manual_seed(1)
    flipped = augment(original, 0, True)
    same = (flipped == original).flatten(1).all(1)
    mirrored = (flipped == original.flip(3)).flatten(1).all(1)
    assert (same ^ mirrored).all() and 10 < mirrored.sum() < 54


def test_a_shift_is_a_crop_of_the_mirrored_picture() -> None:
    original = pictures(8)
    torch.manual_seed(2)
    moved = augment(original, 3, False)
    padded = F.pad(original.float(), (3, 3, 3, 3), mode="reflect").byte()
    for index in range(8):
        crops = [padded[index, :, y : y + 32, x : x + 32] for y in range(7) for x in range(7)]
        assert any(torch.equal(moved[index], crop) for crop in crops)
    assert not torch.equal(moved, original)


def test_normalised_pictures_have_the_stated_mean_and_deviation() -> None:
    values = normalise(pictures(), (0.5, 0.4, 0.3), (0.2, 0.25, 0.5))
    expected = (pictures()[3, 1, 5, 7].item() / 255 - 0.4) / 0.25
    assert values[3, 1, 5, 7].item() == pytest.approx(expected, rel=1e-6)


def test_pictures_are_prepared_for_prediction_exactly_as_for_training(tmp_path: Path) -> None:
    from PIL import Image

    recipe = RECIPES["cifar10-cnn-regularised"]
    model = made_entry(tmp_path / "one", recipe)
    picture = pictures(1)
    prepared = model.prepare(Image.fromarray(picture[0].permute(1, 2, 0).numpy()))
    assert torch.equal(prepared, normalise(picture, recipe.mean, recipe.std))


def test_the_step_size_warms_up_and_decays_to_zero() -> None:
    recipe = replace(TALK, warm_up=0.2, decay=True, learning_rate=0.01)
    rates = [optim.learning_rate(recipe, progress / 100) for progress in range(101)]
    assert max(rates) == pytest.approx(0.01) and rates.index(max(rates)) == 20
    assert rates[-1] == pytest.approx(0, abs=1e-9)
    assert rates[:21] == sorted(rates[:21]) and rates[20:] == sorted(rates[20:], reverse=True)
    assert optim.learning_rate(TALK, 0.0) == optim.learning_rate(TALK, 1.0) == 1e-3


def test_metrics_agree_with_counting() -> None:
    labels = torch.tensor([0, 0, 1, 2, 2, 2])
    outputs = F.one_hot(torch.tensor([0, 1, 1, 2, 2, 0]), 3).float()
    result = metrics.metrics(outputs, labels, ["a", "b", "c"])
    assert result["accuracy"] == pytest.approx(4 / 6)
    assert result["confusion_matrix"] == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]
    assert result["accuracy_per_class"] == {"a": 0.5, "b": 1.0, "c": pytest.approx(0.6667, abs=1e-4)}


def test_a_recipe_says_which_value_it_cannot_use() -> None:
    with pytest.raises(ValueError, match=r"--dropout must be from 0 to 0\.95"):
        TalkRecipe(name="x", title="x", dropout=1.0)


def test_a_loss_that_is_not_finite_stops_the_run_and_keeps_the_last_good_epoch(tmp_path: Path) -> None:
    recipe = replace(TALK, epochs=3, batch_size=8, std=(1e-39, 1e-39, 1e-39))  # inputs that overflow
    images = Images(pictures(32), torch.arange(32) % 10)
    with pytest.raises(guard.TrainingError, match="no longer finite"):
        fit.fit(recipe, Source(Cifar10(recipe), images, images, lambda: images, FACTS), tmp_path / "run", fit.Setting())
    assert [row["epoch"] for row in entry.read_history(tmp_path / "run")] == [0]


FACTS = {"command": "python -m train", "date": "2026-01-01", "torch": torch.__version__, "data_size": "few"}


def made_entry(folder: Path, recipe: Cifar10Recipe, seed: int = 0, accuracy: float = 0.5) -> model_zoo.Model:
    """An entry with untrained weights whose card claims some accuracy."""
    torch.manual_seed(seed)
    net = nets.build(recipe.net, recipe.net_arguments)
    row = dict(zip(entry.HISTORY_COLUMNS, (0, 0, 2.3, 2.3, 0.1, accuracy, 1), strict=True))
    card = cards.build(recipe, Cifar10(recipe).subject(), seed, [row], FACTS | {"device": "test"})
    card["metrics"]["test"] = {"accuracy": accuracy, "pictures": 100}
    card["metrics"]["test_accuracy_before_storage"] = accuracy
    entry.write(folder, net.state_dict(), card, [row], model_card.readme(card))
    return model_zoo.load_folder(folder)


def test_publishing_ships_the_best_on_validation_and_says_the_spread(tmp_path: Path) -> None:
    runs = [tmp_path / f"seed{seed}" for seed in range(3)]
    for seed, (run, accuracy) in enumerate(zip(runs, (0.70, 0.76, 0.73), strict=True)):
        made_entry(run, TALK, seed, accuracy)
    card = publish.publish(runs, tmp_path / "shipped")
    shipped = model_zoo.load_folder(tmp_path / "shipped")
    assert shipped.card == card and card["recipe"]["seed"] == 1
    assert card["metrics"]["seeds"]["test_accuracy_mean"] == pytest.approx(0.73)
    assert card["metrics"]["seeds"]["test_accuracy_sd"] == pytest.approx(0.03)
    assert "73.00%" in (tmp_path / "shipped" / "README.md").read_text()


def test_the_file_of_the_fast_network_claims_what_its_card_says() -> None:
    card = entry.read_card(WEIGHTS / "cifar10-fast")
    assert model_card.claim(card) in " ".join((whitened_cnn.__doc__ or "").split())


def test_a_claim_names_n_spread_time_and_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for seed, accuracy in enumerate((0.70, 0.76)):
        made_entry(tmp_path / str(seed), TALK, seed, accuracy)
    one, two = (
        publish.publish([tmp_path / str(seed) for seed in range(count)], tmp_path / f"of {count}") for count in (1, 2)
    )
    assert model_card.claim(one).startswith(
        "70.00% of CIFAR-10's 100 test pictures (n=1 seed), after 0 s of training on "
    )
    assert main(["publish", str(tmp_path / "0"), "--out", str(tmp_path / "printed")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == model_card.claim(one)
    assert "73.00%" in model_card.claim(two) and "n=2 seeds, sd 4.24 points" in model_card.claim(two)


def test_runs_of_different_recipes_or_of_one_seed_are_not_published_together(tmp_path: Path) -> None:
    made_entry(tmp_path / "a", TALK, 0)
    made_entry(tmp_path / "b", replace(TALK, epochs=3), 1)
    shutil.copytree(tmp_path / "a", tmp_path / "c")
    with pytest.raises(ValueError, match="same recipe"):
        publish.publish([tmp_path / "a", tmp_path / "b"], tmp_path / "out")
    with pytest.raises(ValueError, match="repeat a seed"):
        publish.publish([tmp_path / "a", tmp_path / "c"], tmp_path / "out")
