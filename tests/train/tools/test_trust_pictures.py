"""Strange pictures and spoiled ones: what they are, and that the same seed gives the same ones."""

from itertools import pairwise
from pathlib import Path

import pytest
import torch
from torch import Tensor

import model_zoo
from model_zoo.trust import drawn
from tests import photosets
from tests.train.helpers import untrained_entry
from train.data.cifar10 import Images
from train.tools.trust import generated, known, reported
from train.tools.trust.corruptions import CORRUPTIONS, Corruption, spoiled
from train.tools.trust.generated import CHOOSING, Kind
from train.tools.trust.handling import handled


def some(count: int = 12, size: int = 32) -> Images:
    """Smooth pictures of three classes, each with a colour of its own."""
    chance = torch.Generator().manual_seed(0)
    coarse = torch.rand(count, 3, 6, 6, generator=chance) * 120 + 60
    labels = torch.arange(count) % 3
    coarse[torch.arange(count), labels] += 60
    pictures = torch.nn.functional.interpolate(coarse, size=(size, size), mode="bilinear")
    return Images(pictures.round().clamp(0, 255).to(torch.uint8), labels)


@pytest.mark.parametrize("kind", CHOOSING, ids=lambda kind: kind.name)
@pytest.mark.parametrize("size", [32, 50])
def test_made_pictures_are_strange_and_the_same_each_time(kind: Kind, size: int) -> None:
    given = some(size=size)
    before = given.pictures.clone()
    found = generated.made(kind, given, 3)
    assert found.shape == given.pictures.shape and found.dtype == torch.uint8
    assert torch.equal(found, generated.made(kind, given, 3)) and torch.equal(given.pictures, before)
    assert ((found.float() - given.pictures.float()).abs().mean((1, 2, 3)) > 1).all()


def test_mixtures_and_collages_are_of_two_classes() -> None:
    given = some()
    flat = Images((given.labels[:, None, None, None] * 100).expand(-1, 3, 32, 32).to(torch.uint8), given.labels)
    mixed = generated.mixture(flat, torch.Generator().manual_seed(0))
    assert not torch.isin(mixed[:, 0, 0, 0], torch.tensor([0, 200])).any()
    joined = generated.collage(flat, torch.Generator().manual_seed(0))
    assert (joined[..., 0, 0] != joined[..., 0, 31]).all() and torch.equal(joined[..., :16], flat.pictures[..., :16])


def test_a_jigsaw_has_the_pieces_of_its_picture() -> None:
    pieces = torch.arange(9).reshape(3, 3).repeat_interleave(4, 0).repeat_interleave(4, 1) * 20
    given = Images(pieces.expand(5, 3, 12, 12).to(torch.uint8), torch.zeros(5).long())
    found = generated.jigsaw(given, torch.Generator().manual_seed(0))
    assert all(sorted(each[0, ::4, ::4].flatten().tolist()) == [20 * n for n in range(9)] for each in found)


@pytest.mark.parametrize("way", CORRUPTIONS, ids=lambda way: way.name)
def test_a_stronger_corruption_changes_more(way: Corruption) -> None:
    given = some(size=64).pictures
    changes = [(spoiled(given, way, s).float() - given.float()).abs().mean().item() for s in way.strengths]
    # A smooth picture may lose a little less by the half than by three quarters, which move its pixels.
    assert all(more > 0.95 * less for less, more in pairwise(changes)) and changes[-1] > 1.2 * changes[0] > 0
    assert torch.equal(spoiled(given, way, way.strengths[2]), spoiled(given, way, way.strengths[2]))


def test_handling_changes_little_and_every_picture_in_its_own_way() -> None:
    given = some(size=64).pictures
    found = handled(given, 1)
    changes = (found.float() - given.float()).abs().mean((1, 2, 3))
    assert torch.equal(found, handled(given, 1)) and not torch.equal(found, handled(given, 2))
    assert (changes > 0.5).all() and (changes < 35).all() and len(changes.unique()) == len(given)


def saturation(pictures: Tensor) -> Tensor:
    return (pictures.float().amax(1) - pictures.float().amin(1)).amax((1, 2))


def test_reported_pictures_are_what_they_are_called() -> None:
    assert (saturation(reported.grey(some())) == 0).all() and (saturation(some().pictures) > 20).all()
    plain = drawn.plain(16, 5, 0)
    assert plain.shape == (5, 3, 16, 16) and (plain == plain[..., :1, :1]).all() and len(plain.unique(dim=0)) == 5
    white = (drawn.digits(32, 40, 0) > 128).float().mean((1, 2, 3))
    assert ((white > 0.03) & (white < 0.6)).all()
    lettered = drawn.letters(32, 6, 0)
    assert lettered.shape == (6, 3, 32, 32) and (lettered.float().std((2, 3)).amax(1) > 5).all()
    parts = drawn.photo_parts(32, 8, 0)
    assert len(parts) == 8 and torch.equal(parts, drawn.photo_parts(32, 8, 0))


def test_half_of_a_plain_picture_is_blurred_across_its_edge_only() -> None:
    picture = torch.zeros(1, 3, 32, 32, dtype=torch.uint8)
    picture[..., 16:] = 255
    found = reported.blurred(Images(picture, torch.zeros(1).long()))
    assert (found[..., :10] == 0).all() and (found[..., 22:] == 255).all() and 0 < found[0, 0, 0, 15] < 128


def test_what_calibrates_is_never_what_trained_nor_what_is_tested(tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "set", {"fern": 60, "oak": 90})
    model = model_zoo.load_folder(untrained_entry(tmp_path / "entry", ("fern", "oak")))
    mine = known.known(model, folder, 40, None, tmp_path / "cache", 0)
    assert len(mine.train) == 40 and not mine.is_crossed and "validation" in mine.words
    parts = [{each.numpy().tobytes() for each in part.pictures} for part in (mine.train, mine.held, mine.test)]
    assert all(parts) and not (parts[0] & parts[1] or parts[0] & parts[2] or parts[1] & parts[2])


def test_ground_that_calibrates_is_not_the_ground_that_is_tested(tmp_path: Path) -> None:
    """A network that was trained on all blocks but those to test on: every one of these is judged by the others."""
    rows = [(*row[:3], "test" if row[5] in (3, 4) else "train", *row[4:]) for row in photosets.four_blocks()]
    folder = photosets.tiles(tmp_path / "set", rows)
    place = untrained_entry(tmp_path / "entry", ("not invasive", "invasive"), "invasive")
    history = place / "history.csv"
    history.write_text(history.read_text().splitlines()[0] + "\n0,0,nan,nan,nan,nan,0\n")
    mine = known.known(model_zoo.load_folder(place), folder, 40, None, tmp_path / "cache", 0)
    assert mine.groups is not None and sorted(mine.groups.unique().tolist()) == [3, 4]
    assert torch.equal(mine.held.pictures, mine.test.pictures) and "2 parts" in mine.words
    assert len(mine.groups) == len(mine.test) == 30  # without the two tiles of no class


@pytest.mark.parametrize("name", drawn.KINDS)
def test_some_of_a_kind_are_drawn_again_by_their_numbers(name: str) -> None:
    whole = drawn.KINDS[name](24, 30, 5)
    if not len(whole):
        pytest.skip("the package that these pictures come with is not installed")
    assert torch.equal(drawn.again(name, 24, 30, 5, (17, 3)), whole[[17, 3]])
    assert not len(drawn.again(name, 24, 30, 5, (30,)))
