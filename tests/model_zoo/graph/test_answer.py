"""The answer is what the network returns, whatever operation comes last and whatever else it returns."""

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn

from model_zoo import walk
from model_zoo.explain.ablation import most_important
from model_zoo.explain.attribution import grad_cam, integrated_gradients, occlusion, steps_with_maps
from model_zoo.explain.sanity_checks import deletion
from model_zoo.explain.sums import adds_up, probability
from model_zoo.graph.edits import Scaled
from model_zoo.graph.step import answer, answer_of
from model_zoo.graph.walk import differentiable_walk
from tests.model_zoo.small_nets import shake

X = torch.randn(1, 3, 12, 12, generator=torch.Generator().manual_seed(2))
Pair = namedtuple("Pair", "logits aux")


@dataclass
class Outputs:
    features: Tensor
    logits: Tensor


class Returns(nn.Module):
    """A small network; `give` makes of logits (N, 3), maps, and a vector of five what it returns."""

    def __init__(self, give: Callable[[nn.Module, Tensor, Tensor, Tensor], object]) -> None:
        super().__init__()
        self.conv, self.relu, self.fc, self.aux = nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Linear(4, 3), nn.Linear(4, 5)
        self.give = give

    def forward(self, x: Tensor) -> object:
        maps = self.relu(self.conv(x))
        h = maps.mean((2, 3))
        return self.give(self, self.fc(h), maps, self.aux(h))


def keeps(net: nn.Module, logits: Tensor, maps: Tensor, aux: Tensor) -> Tensor:
    net.kept = aux * 2
    return logits


def overwrites(net: nn.Module, logits: Tensor, maps: Tensor, aux: Tensor) -> Tensor:
    logits.mul_(1.0)
    return logits


RETURNS: dict[str, Callable] = {
    "another operation comes last": keeps,
    "in place": overwrites,
    "a pair": lambda net, logits, maps, aux: (logits, aux),
    "maps first": lambda net, logits, maps, aux: [maps, logits, aux * 2],
    "a dict": lambda net, logits, maps, aux: {"maps": maps, "out": logits, "aux": aux},
    "nested": lambda net, logits, maps, aux: (maps, {"out": (logits, aux)}),
    "a named tuple": lambda net, logits, maps, aux: Pair(logits, aux),
    "a dataclass": lambda net, logits, maps, aux: Outputs(maps, logits),
}


@pytest.fixture(params=RETURNS)
def net(request: pytest.FixtureRequest) -> nn.Module:
    return shake(Returns(RETURNS[request.param]))


@pytest.fixture
def plain() -> nn.Module:
    """The same weights, and nothing but the logits."""
    return shake(Returns(lambda net, logits, maps, aux: logits))


def test_the_answer_is_the_logits(net: nn.Module, plain: nn.Module) -> None:
    with torch.inference_mode():
        logits = plain(X)
        assert torch.equal(answer_of(net(X), 1), logits)
    assert torch.equal(answer(walk(net, X)).output, logits)
    assert sum(step.is_answer for step in walk(net, X)) == 1
    assert torch.equal(answer(differentiable_walk(net, X.clone().requires_grad_())).output, logits)


def test_probabilities_are_of_the_answer(net: nn.Module, plain: nn.Module) -> None:
    expected = plain(X).double().softmax(1)[0].tolist()
    for label in range(3):
        found = probability(walk(net, X), label)
        assert found.total == pytest.approx(expected[label], abs=1e-6) and adds_up(found)


def test_what_speaks_for_a_class_is_about_the_answer(net: nn.Module, plain: nn.Module) -> None:
    for label in range(3):
        found, expected = grad_cam(net, X, label, "relu"), grad_cam(plain, X, label, "relu")
        assert found.score == pytest.approx(float(plain(X)[0, label].detach()), abs=1e-6)
        assert torch.allclose(found.values, expected.values, atol=1e-7)
    for method in (occlusion, integrated_gradients):
        assert torch.allclose(method(net, X, 1).values, method(plain, X, 1).values, atol=1e-6)
    assert steps_with_maps(net, X) == steps_with_maps(plain, X) == ["conv", "relu"]
    values = torch.rand(8, 8, generator=torch.Generator().manual_seed(0))
    assert deletion(net, X, 1, values).probability == pytest.approx(deletion(plain, X, 1, values).probability, abs=1e-6)


def test_channels_that_matter_are_those_of_the_answer(net: nn.Module, plain: nn.Module) -> None:
    *_, found = most_important(net, X, ["conv"], 2)
    for effect in found.effects:
        with torch.inference_mode():
            without = answer(walk(plain, X, [Scaled("conv", effect.channel, 0.0)])).output[0].double().softmax(0)
        assert effect.probability == pytest.approx(float(without[2]), abs=1e-6)


def test_maps_can_be_an_answer_though_not_one_of_classes() -> None:
    net = nn.Sequential(nn.Conv2d(3, 2, 3), nn.ReLU()).eval()
    assert answer(walk(net, X)).name == "1"
    with pytest.raises(ValueError, match=r"whose answer is no vector .*\.$"):
        probability(walk(net, X), 0)


class ThroughView(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        logits = self.fc(x)
        logits[:, :2].relu_()
        return logits


NO_ANSWER = {
    "the input": (nn.Sequential(), X),
    "no scores": (Returns(lambda net, logits, maps, aux: (maps, maps * 2)), X),
    "a number": (Returns(lambda net, logits, maps, aux: 3), X),
    "overwritten through a view": (ThroughView(), torch.randn(1, 4)),
}


@pytest.mark.parametrize("case", NO_ANSWER)
def test_a_network_without_an_answer_gets_a_sentence(case: str) -> None:
    net, x = NO_ANSWER[case]
    steps = walk(net.eval(), x)
    with pytest.raises(ValueError, match=r"^No step gives the network's answer: .*\.$"):
        answer(steps)
    if case in ("no scores", "a number"):
        with pytest.raises(ValueError, match=r"^The network returns .*\.$"):
            answer_of(net(x), 1)
