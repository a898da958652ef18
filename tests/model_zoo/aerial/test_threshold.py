"""The class that a network looks for: named by its card or chosen by the user, never guessed from names or order."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import model_zoo
from model_zoo import BrokenEntry, Model
from model_zoo.aerial.threshold import chosen, decision, threshold, threshold_of
from tests.model_zoo.conftest import change_card

NO_SHARE = (1.5, -0.1, True, "0.3", [0.3], None)


@pytest.fixture(scope="module")
def model(original: Path) -> Model:
    return model_zoo.load_folder(original)


def of(model: Model, *classes: str, **card: Any) -> Model:
    """The model as if its card said so."""
    return replace(model, card=model.card | {"classes": list(classes)} | card)


def test_the_shipped_network_looks_for_the_plant_at_its_own_threshold() -> None:
    assert decision(model_zoo.load("invasive-resnet")) == ("invasive", 0.387)
    assert decision(model_zoo.load("cifar10-cnn")) == (None, None)


@pytest.mark.parametrize(
    "classes", [("dry_reed", "other"), ("not invasive", "invasive"), ("native", "invasive"), ("a", "b", "invasive")]
)
def test_a_card_that_names_no_class_looks_for_none(model: Model, classes: tuple[str, ...]) -> None:
    silent = of(model, *classes)
    assert decision(silent) == (None, None)
    with pytest.raises(ValueError, match=r"names no class to look for.*Choose one with --class NAME"):
        chosen(silent)
    assert chosen(silent, classes[0]) == (classes[0], 0.5)


@pytest.mark.parametrize("label", ["dry_reed", "other"])
def test_the_class_that_the_card_names_counts_wherever_it_stands(model: Model, label: str) -> None:
    named = of(model, "dry_reed", "other", decision={"class": label, "threshold": 0.3})
    assert decision(named) == (label, 0.3) == chosen(named)
    assert chosen(named, None, 0.8) == (label, 0.8)
    other = next(name for name in named.classes if name != label)
    assert chosen(named, other) == (other, 0.5)  # the threshold is that of the class that it was chosen for
    assert decision(of(model, "dry_reed", "other", decision={"class": label})) == (label, None)


def test_the_threshold_of_an_older_card_is_that_of_the_second_class_where_it_is_chosen(model: Model) -> None:
    older = of(model, "not invasive", "invasive", threshold=0.31)
    assert decision(older) == (None, None)
    assert threshold(older) == 0.31  # the figures on its card were counted with it
    assert chosen(older, "invasive") == ("invasive", 0.31)
    assert chosen(older, "not invasive") == ("not invasive", 0.5)
    assert [threshold_of(of(model, "a", "b", threshold=told), "b") for told in NO_SHARE] == [None] * len(NO_SHARE)
    assert [threshold_of(of(model, "a", "b", threshold=told), "b") for told in (0, 1)] == [0.0, 1.0]


def test_choices_that_cannot_be_are_refused_in_words(model: Model) -> None:
    named = of(model, "a", "b", decision={"class": "b"})
    with pytest.raises(ValueError, match="has no class 'frog'; it has a, b"):
        chosen(named, "frog")
    for probability in (1.5, -0.1, float("nan")):
        with pytest.raises(ValueError, match="must be from 0 to 1"):
            chosen(named, None, probability)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("cat", "decision.class must be one of the classes"),
        ({"class": "unicorn"}, "decision.class must be one of the classes"),
        ({"class": ["cat"]}, "decision.class must be one of the classes"),
        ({"threshold": 0.3}, "decision.class must be one of the classes"),
        *(({"class": "cat", "threshold": told}, "decision.threshold must be") for told in NO_SHARE if told is not None),
    ],
)
def test_a_card_that_decides_what_cannot_be_is_broken(folder: Path, told: Any, words: str) -> None:
    change_card(folder, lambda values: values.update(decision=told))
    with pytest.raises(BrokenEntry, match=words):
        model_zoo.load(folder.name)
