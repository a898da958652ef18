"""A data folder with one set of drawn tiles."""

from collections.abc import Iterator

import pytest

from demo.pictures import datasets as picture_sets
from demo.pictures.datasets import PictureSet
from tests import photosets


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PictureSet]:
    """The only set in the data folder."""
    folder = tmp_path_factory.mktemp("data")
    photosets.tiles(folder / "tiles", photosets.four_blocks())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONVSCOPE_DATA", str(folder))
        assert not picture_sets.is_known("tiles")
        yield picture_sets.read("tiles")
