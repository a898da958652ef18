"""Edits of a walk: what they change, what they leave alone, and which are possible."""

import copy
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet18

from model_zoo import nets, walk
from model_zoo.explain.sums import adds_up, explain
from model_zoo.graph.edits import (
    LARGEST,
    MOST,
    Blanked,
    DropPath,
    Edit,
    OffEach,
    Scaled,
    Shifted,
    Weight,
    edited_picture,
    settle,
)
from model_zoo.graph.residual import BRANCH, SKIP
from tests.model_zoo.small_nets import shake

SIDE = 32


def make(name: str) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        if name == "resnet18":  # adds and ReLU in place
            return shake(resnet18(weights=None, num_classes=10))
        return shake(nets.build(name, {"width": 4} if name == "resnet9" else {}))


NETS = {name: make(name) for name in ("talk_cnn", "resnet9", "resnet18")}
CONV = {"talk_cnn": "conv2", "resnet9": "residual1.unit2.conv", "resnet18": "layer2.0.conv1"}


@pytest.fixture(params=NETS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def x(seed: int = 0, count: int = 1) -> Tensor:
    return torch.randn(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))


def by_hand(net: nn.Module, change: Callable[[nn.Module], object]) -> Tensor:
    """The answer of a copy of the network whose weights somebody has changed."""
    twin = copy.deepcopy(net)
    with torch.no_grad():
        change(twin)
        return twin(x())


def answer(net: nn.Module, *edits: Edit) -> Tensor:
    return walk(net, x(), edits)[-1].output


# ----------------------------------------------------------------------------------------------- what they change


def test_without_edits_a_walk_is_what_it_was(name: str) -> None:
    with torch.no_grad():
        assert torch.equal(walk(NETS[name], x(), ())[-1].output, NETS[name](x()))


@pytest.mark.parametrize("factor", [0.0, -1.0, 0.5, 3.7])
def test_a_scaled_channel_is_one_whose_kernels_are_scaled(name: str, factor: float) -> None:
    def change(net: nn.Module) -> None:
        conv = net.get_submodule(CONV[name])
        conv.weight[1] *= factor
        if conv.bias is not None:
            conv.bias[1] *= factor

    expected = by_hand(NETS[name], change)
    found = answer(NETS[name], Scaled(CONV[name], 1, factor))
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
    assert (found - answer(NETS[name])).abs().max() > 1e-3


def test_a_weight_is_changed_as_in_a_copy_of_the_network(name: str) -> None:
    def change(net: nn.Module) -> None:
        net.get_submodule(CONV[name]).weight[2, 3, 0, 1] = 5.0

    edit = Weight(CONV[name], 2, 3, 0, 1, 5.0)
    assert torch.equal(answer(NETS[name], edit), by_hand(NETS[name], change))
    step = next(step for step in walk(NETS[name], x(), [edit]) if step.name == CONV[name])
    assert step.module.weight[2, 3, 0, 1] == 5.0 and step.edits == (edit,)


@pytest.mark.parametrize(("path", "zeroed"), [(SKIP, "layer2.0.downsample.1"), (BRANCH, "layer2.0.bn2")])
def test_a_path_taken_away_is_one_that_adds_nothing(path: str, zeroed: str) -> None:
    def change(net: nn.Module) -> None:
        net.get_submodule(zeroed).weight.zero_()
        net.get_submodule(zeroed).bias.zero_()

    assert torch.equal(answer(NETS["resnet18"], DropPath("layer2.0.add", path)), by_hand(NETS["resnet18"], change))


@pytest.mark.parametrize("path", [SKIP, BRANCH])
def test_an_add_without_a_path_is_the_other_path(path: str) -> None:
    net = NETS["resnet9"]
    steps = {step.name: step.output for step in walk(net, x(), [DropPath("residual1.add", path)])}
    other = {SKIP: "residual1.unit2.relu", BRANCH: "unit2.pool"}[path]
    assert torch.equal(steps["residual1.add"], steps[other])


EDITS = {
    "talk_cnn": [Scaled("relu2", 3, 0.0), Scaled("fc1", 5, -2.0), Weight("conv3", 0, 1, 2, 2, 4.0)],
    "resnet9": [Scaled("unit2.pool", 2, -1.0), DropPath("residual1.add", SKIP), Scaled("flatten", 3, 9.0)],
    "resnet18": [
        Scaled("layer2.1.relu_2", 3, 0.0),  # overwrites the sum before it
        DropPath("layer3.0.add", BRANCH),
        Scaled("layer1.0.relu", 7, -1.0),
        Scaled("flatten", 0, 5.0),
    ],
}


@pytest.mark.parametrize(("name", "edit"), [(name, edit) for name, edits in EDITS.items() for edit in edits])
def test_only_what_depends_on_the_step_changes(name: str, edit: Edit) -> None:
    before = {step.name: step for step in walk(NETS[name], x())}
    after = {step.name: step for step in walk(NETS[name], x(), [edit])}
    depend = {edit.step}
    for step in before.values():
        if depend & set(step.inputs):
            depend.add(step.name)
    assert list(before) == list(after)
    same = {key for key in before if torch.equal(before[key].output, after[key].output)}
    assert set(before) - depend <= same and edit.step not in same and list(before)[-1] not in same
    if isinstance(edit, Scaled):
        channels = torch.arange(before[edit.step].shape[1]) != edit.channel
        assert torch.equal(before[edit.step].output[:, channels], after[edit.step].output[:, channels])
        expected = before[edit.step].output[:, edit.channel] * edit.factor
        assert torch.equal(after[edit.step].output[:, edit.channel], expected)


class Shared(nn.Module):
    """Steps whose outputs share memory: a dropout that does nothing, a view, and an add over its first operand."""

    def __init__(self) -> None:
        super().__init__()
        self.drop = nn.Dropout()

    def forward(self, x: Tensor) -> Tensor:
        a = x * 2
        b = self.drop(a)
        c = a.view(1, 3, -1)
        d = a + 0
        d += b
        return a.sum() + b.sum() * 10 + c.sum() * 100 + d.sum() * 1000


def test_memory_that_steps_share_carries_no_edit_aside() -> None:
    net, ones = Shared().eval(), torch.ones(1, 3, 2, 2)

    def sums(*edits: Edit) -> list[float]:
        return [float(step.output.sum()) for step in walk(net, ones, edits) if step.name in ("mul", "drop", "view")]

    assert sums() == [24, 24, 24]
    assert sums(Scaled("drop", 0, 0.0)) == [24, 16, 24]
    assert sums(Scaled("view", 1, 0.0)) == [24, 24, 16]
    assert sums(Scaled("mul", 1, 0.0)) == [16, 16, 16]
    in_place = {step.name: step.output for step in walk(net, ones, [Scaled("add_2", 0, 0.0)])}
    assert in_place["add"].sum() == 24 and in_place["add_2"].sum() == 32  # kept as it was before it was written over


def test_a_channel_that_is_not_finite_can_be_switched_off() -> None:
    net = nn.Sequential(nn.Conv2d(3, 2, 1), nn.ReLU()).eval()
    with torch.no_grad():
        net[0].weight[0] = math.inf
    steps = walk(net, torch.ones(1, 3, 4, 4), [Scaled("0", 0, 0.0)])
    assert not steps[-1].output[:, 0].any()


def test_of_each_picture_another_channel_is_off(name: str) -> None:
    net, step = NETS[name], CONV[name]
    batch = walk(net, x().expand(3, -1, -1, -1), [OffEach(step, (2, 0, 1))])[-1].output
    for row, channel in zip(batch, (2, 0, 1), strict=True):
        torch.testing.assert_close(row, answer(net, Scaled(step, channel, 0.0))[0], rtol=1e-4, atol=1e-5)


def test_the_network_and_the_input_stay_as_they_are_among_threads(name: str) -> None:
    net, given = NETS[name], x()
    before, weights = given.clone(), copy.deepcopy(net.state_dict())
    tasks = [(), *([edit] for edit in EDITS[name]), [Weight(CONV[name], 0, 0, 0, 0, 3.0)], [Blanked(2, 3, 9, 9)]] * 3
    expected = [walk(net, given, edits)[-1].output for edits in tasks]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda edits: walk(net, given, edits)[-1].output, tasks))
    assert all(map(torch.equal, found, expected))
    assert torch.equal(given, before)
    assert all(torch.equal(value, weights[key]) for key, value in net.state_dict().items())


def test_the_picture_blanked_and_moved() -> None:
    picture = torch.arange(12.0).view(1, 1, 3, 4)
    mean = 5.5
    blanked = edited_picture(picture, [Blanked(0, 1, 2, 2), Blanked(2, 3, 1, 1, (-7.0,))])[0, 0]
    assert blanked.tolist() == [[0, mean, mean, 3], [4, mean, mean, 7], [8, 9, 10, -7]]
    moved = edited_picture(picture, [Shifted(1, -1)])[0, 0]
    assert moved.tolist() == [[mean, 4, 5, 6], [mean, 8, 9, 10], [mean] * 4]
    assert edited_picture(picture, [Shifted(99, 0)]).unique().tolist() == [mean]
    assert torch.equal(picture, torch.arange(12.0).view(1, 1, 3, 4))


def test_what_the_network_gets_is_the_changed_picture(name: str) -> None:
    edits = [Blanked(3, 4, 9, 8, (1.0, 0.0, -1.0)), Shifted(-3, 2)]
    with torch.no_grad():
        assert torch.equal(answer(NETS[name], *edits), NETS[name](edited_picture(x(), edits)))


@pytest.mark.parametrize(("name", "edit"), [(name, edit) for name, edits in EDITS.items() for edit in edits])
def test_values_of_changed_steps_are_explained_with_the_change(name: str, edit: Edit) -> None:
    steps = walk(NETS[name], x(), [edit])
    step = next(step for step in steps if step.name == edit.step)
    for channel in {0, getattr(edit, "channel", 1), 2}:
        found = explain(steps, x(), edit.step, channel)
        assert adds_up(found) and (found.without is None or not found.without.without)
        assert found.value == float(step.output[(0, channel, 0, 0)[: step.output.dim()]])
        products = [float(term.products.sum()) for term in found.terms]
        assert products == pytest.approx([term.value for term in found.terms], rel=1e-4, abs=1e-5)


# ------------------------------------------------------------------------------------------------ what is impossible


IMPOSSIBLE = {
    Scaled("conv99", 0, 0.0): "no step conv99",
    Scaled("conv1", 32, 0.0): "has 32 channels",
    Scaled("conv1", -1, 0.0): "has 32 channels",
    Scaled("conv1", 0, math.inf): "must be between",
    Scaled("conv1", 0, math.nan): "must be between",
    Weight("relu1", 0, 0, 0, 0, 1.0): "no convolution",
    Weight("fc1", 0, 0, 0, 0, 1.0): "no convolution",
    Weight("conv1", 0, 3, 0, 0, 1.0): "32 × 3 kernels of 3 × 3",
    Weight("conv1", 0, 0, 0, -1, 1.0): "32 × 3 kernels of 3 × 3",
    Weight("conv1", 0, 0, 0, 0, 2 * LARGEST): "must be between",
    DropPath("conv1", SKIP): "does not join",
    Blanked(0, 0, 33, 1): "no part of the 32 × 32 pixels",
    Blanked(0, 0, 0, 1): "no part of the 32 × 32 pixels",
    Blanked(-1, 0, 1, 1): "no part of the 32 × 32 pixels",
    Shifted(32, 0): "32 rows and 32 columns",
    Shifted(0, 0): "32 rows and 32 columns",
}


def test_what_is_impossible_is_sorted_out_with_a_sentence() -> None:
    steps, fine = walk(NETS["talk_cnn"], x()), Scaled("conv1", 31, 0.0)
    for edit, reason in IMPOSSIBLE.items():
        kept, refused = settle([edit, fine], steps, x().shape)
        assert kept == (fine,) and len(refused) == 1
        assert reason in refused[0] and refused[0].endswith(".")
    kept, refused = settle([fine] * (MOST + 1), steps, x().shape)
    assert len(kept) == MOST and "At most" in refused[0]


def test_a_path_is_only_where_a_block_is() -> None:
    steps = walk(NETS["resnet9"], x())
    fine = DropPath("residual1.add", SKIP)
    kept, refused = settle(
        [fine, DropPath("residual1.add", "nonsense"), DropPath("unit1.conv", SKIP)], steps, x().shape
    )
    assert kept == (fine,) and len(refused) == 2


@pytest.mark.parametrize(
    "edit", [Scaled("nonsense", 0, 0.0), Scaled("conv1", 0, math.nan), DropPath("unit1.relu", SKIP)]
)
def test_a_walk_refuses_what_it_cannot_do(edit: Edit) -> None:
    with pytest.raises(ValueError, match=r"nonsense|not finite|no skip"):
        walk(NETS["resnet9" if isinstance(edit, DropPath) else "talk_cnn"], x(), [edit])
