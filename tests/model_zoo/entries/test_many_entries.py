"""A run folder with many entries: only cards are read until somebody asks for a network, and old ones make room."""

import gc
import shutil
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import model_zoo
from model_zoo.common import memory
from model_zoo.entries import loading
from tests.conftest import SHIPPED

COUNT = 60


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of copies of a shipped entry in the run folder."""
    runs = tmp_path / "runs"
    original = model_zoo.load("cifar10-fast").folder
    for number in range(COUNT):
        shutil.copytree(original, runs / f"copy-{number:02}", ignore=shutil.ignore_patterns("snapshots"))
    monkeypatch.setenv("CONVSCOPE_RUNS", str(runs))
    return [f"copy-{number:02}" for number in range(COUNT)]


def test_their_names_are_told_without_any_weights_being_read(many: list[str]) -> None:
    before = memory.KEPT.total
    assert model_zoo.names()[-COUNT:] == many
    assert all(model_zoo.card_of(name)["title"] == model_zoo.load("cifar10-fast").title for name in many)
    assert memory.KEPT.total - before < 25_000_000  # of the one network that was loaded


def test_networks_that_nobody_asked_for_lately_make_room(many: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.VARIABLE, "60")
    nets = {name: weakref.ref(model_zoo.load(name).net) for name in many[:20]}
    gc.collect()
    alive = [name for name, net in nets.items() if net() is not None]
    assert many[19] in alive and many[0] not in alive
    assert loading._models.total <= 60_000_000
    assert model_zoo.load(many[0]).net is not None  # read again


def test_a_class_that_asks_for_a_network_at_once_has_it_read_once(many: list[str]) -> None:
    with ThreadPoolExecutor(8) as pool:
        models = list(pool.map(model_zoo.load, [many[0]] * 8))
    assert all(model is models[0] for model in models)


@pytest.mark.parametrize("name", [*SHIPPED, "imagenet-efficientnet-lite0"])
def test_a_card_and_the_head_of_the_weights_tell_what_the_network_does(name: str) -> None:
    model = model_zoo.load(name)
    assert model_zoo.card_of(name) == model.card
    assert model_zoo.count_weights(name) == sum(parameter.numel() for parameter in model.net.parameters())
