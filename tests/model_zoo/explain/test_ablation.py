"""Which channels matter most, against switching them off by hand one after another."""

import copy
import math

import pytest
import torch
from torch import Tensor, nn

from model_zoo import nets
from model_zoo.explain.ablation import margin, most_important
from model_zoo.graph.edits import Scaled
from tests.model_zoo.small_nets import shake


@pytest.fixture(scope="module")
def net() -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return shake(nets.build("resnet9", {"width": 4}))


X = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(3))


def without(net: nn.Module, name: str, *channels: int) -> Tensor:
    twin = copy.deepcopy(net)
    with torch.no_grad():
        for channel in channels:
            twin.get_submodule(name).weight[channel] = 0.0
        return twin(X)[0].double()


@pytest.mark.parametrize("label", [0, 7])
def test_the_effects_are_those_of_weights_set_to_zero(net: nn.Module, label: int) -> None:
    names = ["unit1.conv", "unit4.conv"]  # 4 and 32 channels
    *_, last = most_important(net, X, names, label)
    assert last.done == last.total == len(last.effects) == 36
    assert {(e.step, e.channel) for e in last.effects} == {
        (n, c) for n, k in zip(names, (4, 32), strict=True) for c in range(k)
    }
    before = net(X)[0].detach().double().softmax(0)[label]
    assert last.probability == pytest.approx(float(before), abs=1e-6)
    for effect in last.effects:
        logits = without(net, effect.step, effect.channel)
        share = float(logits.softmax(0)[label])
        assert effect.probability == pytest.approx(share, abs=1e-4)
        assert effect.logit == pytest.approx(float(logits[label]), rel=1e-3, abs=1e-3)
        odds = math.log(share / (1 - share)) - math.log(float(before / (1 - before)))
        assert effect.odds == pytest.approx(odds, abs=1e-2)
    sizes = [abs(effect.odds) for effect in last.effects]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0.1


def test_it_tells_how_far_it_is_and_what_it_has_found(net: nn.Module) -> None:
    found = list(most_important(net, X, ["unit4.conv", "residual2.unit1.conv"], 1))
    assert [f.done for f in found] == sorted({f.done for f in found}) and len(found) >= 2
    assert all(f.total == 64 and len(f.effects) == f.done for f in found)


def test_the_changes_that_are_made_already_count(net: nn.Module) -> None:
    edit = Scaled("unit1.conv", 2, 0.0)
    *_, last = most_important(net, X, ["unit1.conv"], 4, [edit])
    assert last.probability == pytest.approx(float(without(net, "unit1.conv", 2).softmax(0)[4]), abs=1e-4)
    effects = {effect.channel: effect for effect in last.effects}
    assert effects[2].odds == pytest.approx(0, abs=1e-3)  # it is off already
    assert effects[1].probability == pytest.approx(float(without(net, "unit1.conv", 1, 2).softmax(0)[4]), abs=1e-4)


@pytest.mark.parametrize(("names", "label"), [(["nonsense"], 0), (["unit1.conv"], 10), (["unit1.conv"], -1)])
def test_unknown_steps_and_classes(net: nn.Module, names: list[str], label: int) -> None:
    with pytest.raises(ValueError, match=r"no channels of 'nonsense'|no class"):
        next(most_important(net, X, names, label))


def test_the_margin_is_the_lead_over_the_best_of_the_others() -> None:
    logits = torch.tensor([1.5, -2.0, 4.25])
    assert [margin(logits, label) for label in range(3)] == [-2.75, -6.25, 2.75]
    assert margin(torch.tensor([3.0]), 0) is None
    # Of two classes it is ln of the odds.
    two = torch.tensor([12.0, 2.0])
    share = float(two.double().softmax(0)[0])
    assert margin(two, 0) == pytest.approx(math.log(share / (1 - share)))
