"""The receptive field by perturbation, for networks with random weights: what lies outside of it changes no bit.

All in float64, where every kernel makes each value from its own window. In float32 some calculate several values at
once from what all of them see (Winograd), and a pixel outside may then move a value by a rounding error.
"""

import copy
import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import model_zoo
from model_zoo import nets, walk
from model_zoo.explain.receptive_field import Box, Field, effective_field, field_box, receptive_fields
from model_zoo.graph.position import Position, index_of
from tests.conftest import SHIPPED, SHIPPED_BY_TIME
from tests.model_zoo.helpers import by_name, drawn_place
from tests.model_zoo.rearranging_nets import REARRANGING
from tests.model_zoo.small_nets import HEIGHT as HEIGHT_OF_NETS
from tests.model_zoo.small_nets import WIDTH as WIDTH_OF_NETS
from tests.model_zoo.small_nets import picture, random_net, shake, small_net

HEIGHT, WIDTH = 34, 30
SEEDS = range(6)


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).double()


# ------------------------------------------------------------------- small networks: every pixel against every value


@pytest.mark.parametrize("seed", SEEDS)
def test_no_pixel_outside_of_its_box_changes_a_value_and_every_border_counts(seed: int) -> None:
    net, x = random_net(seed, HEIGHT, WIDTH).double(), noise(1, 3, HEIGHT, WIDTH)
    steps = walk(net, x)
    fields = receptive_fields(steps, HEIGHT, WIDTH)
    changed = changed_by_each_pixel(net, x)
    seen = [step for step in steps if len(step.shape) == 4 and step.name in fields]
    assert len(seen) >= len(steps) - 5  # all but adaptive pools with windows of several sizes, and what follows
    with_borders = [step for step in seen if check_field(step.name, fields[step.name], changed[step.name])]
    assert len(with_borders) >= 4


def changed_by_each_pixel(net: nn.Module, x: Tensor) -> dict[str, np.ndarray]:
    """By step, whether a pixel changes any channel at a place, to the last bit: bool (H, W, rows, columns).

    Both walks take as many pictures, so that a value stands at the same place of a batch in both.
    """
    height, width = x.shape[2:]
    as_it_is = x.expand(height * width, -1, -1, -1)
    moved = as_it_is.clone()
    for index, (row, column) in enumerate(np.ndindex(height, width)):
        moved[index, :, row, column] += noise(3, seed=index)
    before = walk(net, as_it_is)
    after = by_name(walk(net, moved))
    return {
        step.name: (step.output != after[step.name].output).any(1).reshape(height, width, *step.shape[2:]).numpy()
        for step in before
        if len(step.shape) == 4
    }


def check_field(name: str, field: Field, changed: np.ndarray) -> bool:
    """Whether any value's box lies in the picture, so that its borders could be checked too."""
    height, width, rows, columns = changed.shape
    met, counted = set(), set()  # borders of boxes that lie in the picture; those of them that changed a value
    for row, column in np.ndindex(rows, columns):
        top, left = (t + j * n for t, j, n in zip(field.start, field.stride, (row, column), strict=True))
        box = Box(top, left, top + field.size[0], left + field.size[1])
        inside = box.within(height, width)
        mask = changed[:, :, row, column].copy()
        edges = {}
        if (box.top, box.bottom) == (inside.top, inside.bottom):  # else what is cut off may have been the way to it
            edges |= {"top": mask[box.top], "bottom": mask[box.bottom - 1]}
        if (box.left, box.right) == (inside.left, inside.right):
            edges |= {"left": mask[:, box.left], "right": mask[:, box.right - 1]}
        met |= set(edges)
        counted |= {side for side, edge in edges.items() if edge.any()}
        mask[inside.top : inside.bottom, inside.left : inside.right] = False
        assert not mask.any(), (name, row, column)
    assert counted == met, (name, field)
    return bool(met)


# ------------------------------------------- networks that put values elsewhere, or normalise by what they see


@pytest.mark.parametrize("name", REARRANGING)
def test_fields_follow_values_wherever_they_are_put(name: str) -> None:
    net, x, draw = small_net(name).double(), picture(), random.Random(0)
    steps = walk(net, x)
    places = {step.name: [drawn_place(step, draw)[1:] for _ in range(24)] for step in steps}
    boxes = {
        step: [field_box(steps, HEIGHT_OF_NETS, WIDTH_OF_NETS, step, *place) for place in asked]
        for step, asked in places.items()
    }
    assert not [step for step, found in boxes.items() if None in found]
    changed = changed_values(net, x, places)
    for step in boxes:
        tight = []
        for box, mask in zip(boxes[step], changed[step], strict=True):
            inside = box.within(HEIGHT_OF_NETS, WIDTH_OF_NETS)
            assert not without(mask, inside).any(), (step, box)
            if inside == box and mask.any():
                rows, columns = mask.any(1).nonzero()[0], mask.any(0).nonzero()[0]
                tight.append(Box(rows[0], columns[0], rows[-1] + 1, columns[-1] + 1) == box)
        assert any(tight) or not tight, step


def changed_values(net: nn.Module, x: Tensor, places: dict[str, list[tuple]]) -> dict[str, list[np.ndarray]]:
    """By step, for each of some values, which pixels change it: bool (H, W). One picture at a time."""
    before = by_name(walk(net, x))
    found = {step: [np.zeros(x.shape[2:], dtype=bool) for _ in asked] for step, asked in places.items()}
    for row, column in np.ndindex(*x.shape[2:]):
        other = x.clone()
        other[0, :, row, column] += noise(3, seed=row * 100 + column)
        after = by_name(walk(net, other))
        for step, asked in places.items():
            for mask, place in zip(found[step], asked, strict=True):
                index = index_of(Position(step, *place), before[step].shape)
                mask[row, column] = bool(before[step].output[index] != after[step].output[index])
    return found


def without(mask: np.ndarray, box: Box) -> np.ndarray:
    rest = mask.copy()
    rest[box.top : box.bottom, box.left : box.right] = False
    return rest


@pytest.mark.parametrize("step", ["of_batch", "batch_norm", "of_picture", "of_group", "of_all", "instance_norm"])
def test_what_is_normalised_by_the_picture_itself_sees_all_that_its_map_sees(step: str) -> None:
    net, x = small_net("norms").double(), picture()
    steps = walk(net, x)
    assert field_box(steps, HEIGHT_OF_NETS, WIDTH_OF_NETS, step, 1, 2, 3) == Box(0, 0, HEIGHT_OF_NETS, WIDTH_OF_NETS)
    assert receptive_fields(steps, HEIGHT_OF_NETS, WIDTH_OF_NETS)[step].whole
    assert effective_field(net, x, step, 1, 2, 3).all()


# --------------------------------------------------------- the networks of the zoo: all pixels outside, each border


def shipped(name: str) -> Callable[[], tuple[nn.Module, int]]:
    return lambda: (copy.deepcopy(model_zoo.load(name).net), model_zoo.load(name).size)


ZOO = {name: shipped(name) for name in SHIPPED} | {
    "invasive_resnet": lambda: (nets.build("invasive_resnet", {"width": 8}), 64),
}


@pytest.mark.parametrize("name", [*SHIPPED_BY_TIME, "invasive_resnet"])
def test_the_boxes_of_large_networks_hold_all_that_counts_and_no_less(name: str) -> None:
    net, size = ZOO[name]()
    net, x = shake(net).double(), noise(1, 3, size, size)
    steps = walk(net, x)
    fields = receptive_fields(steps, size, size)
    assert list(fields) == [step.name for step in steps]
    maps = [step for step in steps if len(step.shape) == 4 or fields[step.name].whole]
    last_of_each = {fields[step.name]: step for step in maps}
    for step in last_of_each.values():
        place = [n // 2 for n in step.shape[2:]]
        box = field_box(steps, size, size, step.name, 0, *place)
        inside = box.within(size, size)
        pictures = torch.cat([x, outside_changed(x, inside), *(changed for changed in border_changed(x, box))])
        at_place = [
            by_name(walk(net, picture[None]))[step.name].output[(0, slice(None), *place)] for picture in pictures
        ]
        assert torch.equal(at_place[1], at_place[0]), step.name
        for values in at_place[2:]:
            assert not torch.equal(values, at_place[0]), (step.name, box)


def outside_changed(x: Tensor, inside: Box) -> Tensor:
    other = noise(*x.shape, seed=1)
    part = (..., slice(inside.top, inside.bottom), slice(inside.left, inside.right))
    other[part] = x[part]
    return other


def border_changed(x: Tensor, box: Box) -> list[Tensor]:
    """The picture with its rows and columns at each border of the box changed, for those that lie in it."""
    height, width = x.shape[2:]
    inside = box.within(height, width)
    rows, columns = slice(inside.top, inside.bottom), slice(inside.left, inside.right)
    found = []
    for index, (row, column) in enumerate(
        [(box.top, None), (box.bottom - 1, None), (None, box.left), (None, box.right - 1)]
    ):
        if not 0 <= (row if row is not None else column) < (height if row is not None else width):
            continue
        part = (..., row, columns) if row is not None else (..., rows, column)
        other = x.clone()
        other[part] += noise(*other[part].shape, seed=2 + index)
        found.append(other)
    return found
