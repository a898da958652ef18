"""A small set of drawn tiles, and a training on it that nothing disturbed: not to be changed."""

from pathlib import Path

import pytest

from tests import photosets
from tests.train.helpers import TINY
from tests.train.helpers import run_here as run


@pytest.fixture(scope="session")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four blocks of tiles to train on and one to test on; see `photosets.four_blocks`."""
    return photosets.tiles(tmp_path_factory.mktemp("tiles") / "set", photosets.four_blocks())


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def common(tiles: Path, cache: Path) -> tuple[object, ...]:
    return ("--data", tiles, "--cache", cache, *TINY)


@pytest.fixture(scope="session")
def finished(common: tuple[object, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nothing disturbed, with two blocks held out."""
    out = tmp_path_factory.mktemp("runs") / "undisturbed"
    arguments = ("--epochs", 8, "--validation-block", "1,2", "--views", 8, "--averaging", 0.9)
    assert run("invasive-resnet", *common, *arguments, "--out", out) == 0
    return out
