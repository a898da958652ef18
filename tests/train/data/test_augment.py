"""What is changed in photos before a network learns from them, and how they are put into batches."""

from dataclasses import replace

import pytest
import torch

from train.data import augment
from train.data.augment import Jitter
from train.data.cifar10 import Images
from train.engine import distributed, task
from train.engine.distributed import World
from train.recipes import RECIPES

RECIPE = RECIPES["invasive-resnet"]


def pictures(count: int = 4, side: int = 24) -> torch.Tensor:
    return torch.randint(0, 256, (count, 3, side, side), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))


# --------------------------------------------------------------------------------------------------------- augmentation


def test_without_jitter_a_photo_stays_as_it_is() -> None:
    original = pictures()
    same = augment.resample(original, augment.places(4, Jitter()), 24)
    assert torch.allclose(same, original.float(), atol=1e-2)
    assert torch.allclose(augment.recolour(same, *augment.colours(4, Jitter())), same, atol=0.1)


def test_flips_and_quarter_turns_are_the_eight_ways_to_lay_down_a_photo() -> None:
    original = pictures(1).expand(64, -1, -1, -1)
    torch.manual_seed(0)
    changed = augment.resample(original, augment.places(64, Jitter(flip=True, turn=True)), 24)
    turned = [original[0].float().rot90(quarters, (1, 2)) for quarters in range(4)]
    ways = [view for each in turned for view in (each, each.flip(2))]
    seen = {next(n for n, way in enumerate(ways) if torch.allclose(one, way, atol=0.05)) for one in changed}
    assert seen == set(range(8))


def test_cut_outs_lie_within_the_photo_and_have_the_stated_sizes() -> None:
    torch.manual_seed(0)
    affine = augment.places(500, Jitter(scale=0.6))
    sides, centres = affine[:, 0, 0], affine[:, :, 2]
    assert sides.min() >= 0.6 and sides.max() <= 1 and sides.std() > 0.08
    assert (centres.abs() + sides[:, None]).max() <= 1 + 1e-6  # -1..1 is the photo
    slope = torch.arange(24.0)[None, None, :, None].expand(1, 3, 24, 24)
    one = augment.resample(slope, torch.tensor([[[0.5, 0.0, 0.0], [0.0, 0.5, 0.5]]]), 24)  # the lower half
    assert one[0, 0, 0, 0].item() == pytest.approx(11.75, abs=1e-4) and one.max() <= 23


def test_colours_change_as_they_are_said_to() -> None:
    values = pictures(200, 8).float()[:1].expand(200, -1, -1, -1)
    luma = torch.tensor(augment.LUMA)

    def changed(**strength: float) -> torch.Tensor:
        torch.manual_seed(0)
        return augment.recolour(values, *augment.colours(200, Jitter(**strength)))

    def brightness(x: torch.Tensor) -> torch.Tensor:
        return torch.einsum("nchw,c->nhw", x, luma)

    ratio = changed(brightness=0.3) / values.clamp(min=1)
    assert ratio[values > 0].min() > 0.69 and ratio.max() < 1.31 and ratio[:, 0, 0, 0].std() > 0.1
    for strength in ("saturation", "hue"):  # change colours, not how bright a pixel is
        result = changed(**{strength: 0.3})
        assert torch.allclose(brightness(result), brightness(values), atol=0.5)
        assert (result - values).abs().amax((1, 2, 3)).mean() > 5
    result = changed(contrast=0.5)
    assert torch.allclose(brightness(result).mean((1, 2)), brightness(values).mean((1, 2)), atol=0.1)
    assert result.std((1, 2, 3)).max() > 1.4 * values.std((1, 2, 3)).max()
    means = changed(tint=0.2).mean((2, 3)) / values.mean((2, 3))
    assert means.std(1).mean() > 0.05 and (means - 1).abs().max() < 0.21


def test_a_batch_is_what_the_network_takes_and_two_processes_share_it() -> None:
    images = Images(pictures(12, 36), torch.arange(12) % 2, torch.rand(12, 2))
    kind = task.Photos(replace(RECIPE, size=32), ("no", "yes"), (1.0, 1.0))

    def batch(world: World) -> tuple[torch.Tensor, torch.Tensor]:
        torch.manual_seed(3)
        return kind.batches(images, 0, 1, world, torch.device("cpu"))(torch.arange(10))

    inputs, targets = batch(World())
    assert inputs.shape == (10, 3, 32, 32) and inputs.dtype == torch.float32
    for rank in (0, 1):
        own, its = batch(World(rank, 2))
        assert torch.allclose(own, inputs[rank::2], atol=1e-4) and torch.equal(its, targets[rank::2])


# ------------------------------------------------------------------------------------------------------------- batches


@pytest.mark.parametrize(
    ("count", "size", "least", "expected"),
    [(10, 4, 2, [4, 4, 2]), (9, 4, 2, [4, 5]), (9, 4, 0, [4, 4, 1]), (8, 4, 4, [4, 4]), (1, 4, 2, [1]), (5, 4, 4, [5])],
)
def test_a_too_small_last_batch_joins_the_one_before(count: int, size: int, least: int, expected: list[int]) -> None:
    order = torch.randperm(count, generator=torch.Generator().manual_seed(0))
    parts = distributed.batches(order, size, least)
    assert [len(part) for part in parts] == expected and torch.equal(torch.cat(parts), order)


def test_no_process_of_a_photo_training_gets_a_batch_that_batch_norm_refuses() -> None:
    kind = task.Photos(RECIPE, ("no", "yes"), (1.0, 1.0))
    world = World(size=3)
    for count in range(12, 60):
        parts = distributed.batches(torch.arange(count), 6, kind.least * world.size)
        shares = [World(rank, world.size).share(part) for part in parts for rank in range(world.size)]
        assert min(map(len, shares)) >= 2


def test_epoch_0_sees_whole_photos_in_the_size_of_the_input() -> None:
    recipe = replace(RECIPE, size=32)
    ramp = torch.linspace(0, 252, 36).byte().expand(5, 3, 36, 36)  # dark at the left edge, light at the right
    images = Images(ramp, torch.arange(5) % 2, torch.eye(2)[torch.arange(5) % 2])
    seen = task.Photos(recipe, ("no", "yes"), (1.0, 1.0)).sample(images, 5)
    assert seen.pictures.shape == (5, 3, 32, 32) and seen.pictures.dtype == torch.uint8
    assert torch.equal(seen.labels, images.labels) and torch.equal(seen.targets, images.targets)
    expected = 252 * ((torch.arange(32) + 0.5) / 32 * 36 - 0.5) / 35
    assert (seen.pictures.float() - expected).abs().max() <= 1.5  # bytes were rounded twice
