"""The overview of a network: its blocks, its small pictures, and the geometry that a browser finds fields with."""

import json
from functools import cache

import numpy as np
import pytest
import torch
from torch import nn
from torchvision.models import resnet18

import model_zoo
from demo.render.html import unpack
from demo.tabs.explore.overview import overview
from model_zoo import Step
from model_zoo.explain.receptive_field import Box, field_box, receptive_fields
from tests.conftest import SHIPPED, SHIPPED_BY_TIME

RESNET = "torchvision's resnet18"
SIDE = 64  # of the ResNet's picture


@cache
def walked(name: str) -> tuple[list[Step], int]:
    torch.manual_seed(1)
    if name == RESNET:
        return model_zoo.walk(resnet18(num_classes=10).eval(), torch.randn(1, 3, SIDE, SIDE)), SIDE
    model = model_zoo.load(name)
    return model_zoo.walk(model.net, torch.randn(1, 3, model.size, model.size)), model.size


def box(geometry: dict, channel: int, row: int, column: int) -> Box:
    """What the docstring of `geometry` says, as the browser does it."""
    if geometry["grid"]:
        rows, columns = geometry["grid"]
        row, column = divmod(channel % (rows * columns), columns)
    top, left = (s + t * n for s, t, n in zip(geometry["start"], geometry["stride"], (row, column), strict=True))
    return Box(top, left, top + geometry["size"][0], left + geometry["size"][1])


@pytest.mark.parametrize("name", [*SHIPPED_BY_TIME, RESNET])
def test_the_geometry_gives_the_field_of_every_value(name: str) -> None:
    steps, size = walked(name)
    known = json.loads(json.dumps(overview.geometry(steps, receptive_fields(steps, size, size), size)))
    random = np.random.default_rng(2)
    assert set(known) == {step.name for step in steps}  # all that these networks do is understood
    for step in steps:
        sizes = (*step.shape[1:], 1, 1)[:3]
        places = [(0, 0, 0), tuple(n - 1 for n in sizes), *(tuple(map(int, random.integers(sizes))) for _ in range(4))]
        for place in places:
            assert box(known[step.name], *place) == field_box(steps, size, size, step.name, *place), (step.name, place)


@pytest.mark.parametrize("name", [*SHIPPED, RESNET])
def test_blocks_hold_every_step_once_and_in_order(name: str) -> None:
    steps, _ = walked(name)
    blocks = overview.blocks(steps)
    assert [step for block in blocks for step in block.steps] == [step.name for step in steps]
    assert len({block.name for block in blocks}) == len(blocks)
    assert 3 <= len(blocks) <= len(steps) / 3


def test_the_blocks_of_a_resnet_are_its_modules() -> None:
    blocks = {block.name: block.steps for block in overview.blocks(walked(RESNET)[0])}
    assert list(blocks)[1:-1] == [f"layer{i}.{j}" for i in range(1, 5) for j in (0, 1)]
    assert all(step.startswith(f"{name}.") for name, steps in blocks.items() if "." in name for step in steps)
    assert "layer2.0.downsample.0" in blocks["layer2.0"]


def test_blocks_without_modules_end_with_their_pool() -> None:
    names = [block.name for block in overview.blocks(walked(SHIPPED[0])[0])]
    assert names == ["conv1 – pool1", "conv3 – pool2", "conv5 – pool3", "flatten – fc3"]


def test_a_long_network_without_pools_is_cut_before_convolutions() -> None:
    layers = nn.Sequential(*(layer for _ in range(10) for layer in (nn.Conv2d(3, 3, 1), nn.ReLU())))
    steps = model_zoo.walk(nn.Sequential(layers).eval(), torch.zeros(1, 3, 4, 4))
    blocks = overview.blocks(steps)
    assert [step for block in blocks for step in block.steps] == [step.name for step in steps]
    assert len(blocks) > 1 and max(len(block.steps) for block in blocks) <= overview.MOST_STEPS
    operations = {step.name: step.operation for step in steps}
    assert {operations[block.steps[0]] for block in blocks} == {"convolution"}


@pytest.mark.parametrize("name", [*SHIPPED, RESNET])
def test_the_small_pictures_are_small_and_show_the_strongest_channel(name: str) -> None:
    steps, _ = walked(name)
    pictures = overview.thumbnails(steps)
    assert len(json.dumps(pictures)) < 500 * len(steps)
    for step, picture in zip(steps, pictures, strict=True):
        values, shown = step.output[0].numpy(), unpack(picture)[0]
        assert max(shown.shape) <= 16
        if values.ndim == 1:
            assert np.isclose(shown.mean(), values.mean(), atol=picture["factor"])
            continue
        strongest = values[picture["channel"]]
        assert strongest.max() == values.max()
        if all(side % small == 0 for side, small in zip(strongest.shape, shown.shape, strict=True)):
            assert np.isclose(shown.mean(), strongest.mean(), atol=picture["factor"])
        assert strongest.min() - picture["factor"] <= shown.min() <= shown.max() <= strongest.max() + picture["factor"]
        if max(strongest.shape) <= 16:
            assert np.abs(shown - strongest).max() <= picture["factor"] / 2 * 1.01


def test_the_largest_number_of_a_network() -> None:
    steps, _ = walked(SHIPPED[0])
    assert overview.largest(steps) == pytest.approx(max(float(step.output.abs().max()) for step in steps))
