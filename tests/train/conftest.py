"""Drawn photo sets for the tests of photos."""

import shutil
from pathlib import Path

import pytest

from tests import photosets


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set in Kaggle's layout, not to be changed."""
    return photosets.kaggle(tmp_path_factory.mktemp("kaggle") / "set")


@pytest.fixture
def kaggle(drawn: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(drawn, tmp_path / "set"))
