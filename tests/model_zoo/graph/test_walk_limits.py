"""walk(): which networks it takes, and what it says of those that it refuses."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations
from torchvision.ops import stochastic_depth

from model_zoo import walk
from model_zoo.explain.sums import adds_up, explain
from model_zoo.graph.step import answer
from tests.model_zoo.helpers import by_name, plain
from tests.model_zoo.small_nets import shake

JARGON = ("proxy", "symbolic", "fx", "Traceback")


class Forward(nn.Module):
    """A network whose whole `forward` is a function."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


def refusal(net: nn.Module, x: Tensor | None = None) -> str:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        walk(net.eval(), torch.randn(1, 3, 4, 4) if x is None else x)
    assert not any(word.lower() in str(caught.value).lower() for word in JARGON)
    return str(caught.value)


# What forward decides by sizes


class Decides(nn.Module):
    """An assert, a branch, a loop, a length and an unpacked shape."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(1, 2, 3, padding=1) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        assert x.shape[1] == 3
        assert x.dim() == 4, "maps"
        maps = [conv(x[:, i : i + 1]) for i, conv in zip(range(x.shape[1]), self.convs, strict=True)]
        x = torch.cat([*maps, *x.chunk(len(x.shape) - 1, dim=1)], dim=1)
        if x.shape[-1] > 8:
            x = F.max_pool2d(x, 2)
        batch, *_, width = x.shape
        return x.mean((2, 3)) * int(width / 2) + float(batch)


def test_a_forward_that_decides_by_sizes_is_walked_for_every_size() -> None:
    net = shake(Decides())
    sizes = ((1, 8), (1, 9), (2, 8), (1, 8), (3, 12), (1, 20), (2, 8))
    inputs = [torch.randn(count, 3, side, side) for count, side in sizes]
    for x in (*inputs, *reversed(inputs)):
        steps = walk(net, x)
        assert torch.equal(answer(steps).output, plain(net, x))
        assert ("max_pool2d" in by_name(steps)) == (x.shape[-1] > 8)


def test_more_sizes_than_are_kept_are_walked_too() -> None:
    net = shake(Decides())
    for side in (*range(4, 24), *range(4, 24)):
        x = torch.randn(1, 3, side, side)
        assert torch.equal(answer(walk(net, x)).output, plain(net, x))


def test_a_size_that_an_assert_forbids_fails_in_a_sentence() -> None:
    said = refusal(Decides(), torch.randn(1, 4, 8, 8))
    assert "Decides" in said and "test_walk_limits.py, line" in said
    assert refusal(Forward(lambda x: F.relu(x) if x.size(0) > 5 else int("many"))).count("test_walk_limits.py") == 1


# Modules that inherit from those of torch


class OwnNorm(nn.BatchNorm2d):
    """As BatchNorm2d."""


class ScaledNorm(nn.BatchNorm2d):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * 2


class OwnConv(nn.Conv2d):
    def __init__(self, channels: int) -> None:
        super().__init__(3, channels, 3, padding=1)


class Bounded(nn.ReLU):
    """Overwrites what it gets, with a `forward` of its own."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).clamp(max=0.5)


def test_a_subclass_is_the_step_that_its_base_class_is() -> None:
    net = shake(nn.Sequential(OwnConv(4), OwnNorm(4), nn.ReLU()))
    x = torch.randn(1, 3, 6, 6)
    steps = walk(net, x)
    assert [step.operation for step in steps] == ["convolution", "batch norm", "ReLU"]
    assert [step.module for step in steps] == list(net)
    assert adds_up(explain(steps, x, "1", 2, 3, 3)) and adds_up(explain(steps, x, "0", 2, 3, 3))


def test_a_subclass_with_a_forward_of_its_own_is_what_that_does() -> None:
    net = shake(nn.Sequential(nn.Conv2d(3, 4, 1), ScaledNorm(4), Bounded(inplace=True)))
    x = torch.randn(1, 3, 6, 6)
    steps = walk(net, x)
    assert [step.operation for step in steps] == ["convolution", "batch norm", "multiply", "ReLU", "clamp"]
    assert torch.equal(answer(steps).output, plain(net, x))
    assert all(adds_up(explain(steps, x, step.name, 1, 2, 3)) for step in steps[:-1])
    assert steps[2].output.min() < 0


@pytest.mark.parametrize("wrap", [parametrizations.weight_norm, parametrizations.spectral_norm])
def test_a_parametrised_layer_is_still_that_layer(wrap: Callable) -> None:
    net = nn.Sequential(wrap(nn.Conv2d(3, 4, 3)), nn.Flatten(), wrap(nn.Linear(16, 2))).eval()
    steps = walk(net, torch.randn(1, 3, 4, 4))
    assert [step.operation for step in steps] == ["convolution", "flatten", "linear"]


# Randomness


RANDOM = {
    "dropout": lambda x: F.dropout(x),
    "dropout in place": lambda x: F.dropout(x.relu(), 0.1, True, True),
    "dropout2d": lambda x: F.dropout2d(x, p=0.2),
    "dropout3d": lambda x: F.dropout3d(x[None])[0],
    "alpha dropout": lambda x: F.alpha_dropout(x, training=True),
    "feature alpha dropout": lambda x: F.feature_alpha_dropout(x, training=True),
    "torch.dropout": lambda x: torch.dropout(x, 0.5, True),
    "stochastic depth": lambda x: stochastic_depth(x, 0.5, "row"),
    "rrelu": lambda x: F.rrelu(x, training=True),
    "rand_like": lambda x: x + torch.rand_like(x),
    "rand": lambda x: x + torch.rand(1),
    "randn of a shape": lambda x: x + torch.randn(x.shape),
    "bernoulli": lambda x: x.sigmoid().bernoulli(),
    "attention": lambda x: F.scaled_dot_product_attention(x, x, x, dropout_p=0.5),
}


@pytest.mark.parametrize("name", RANDOM)
def test_a_network_that_is_random_in_eval_mode_is_refused_in_words(name: str) -> None:
    assert "is another one" in refusal(Forward(RANDOM[name]))


ALWAYS_THE_SAME = {
    "dropout that is off": lambda x: F.dropout(x, training=False),
    "dropout of nothing": lambda x: F.dropout(x, p=0.0),
    "dropout2d that is off": lambda x: F.dropout2d(x, 0.5, False),
    "alpha dropout": lambda x: F.alpha_dropout(x),
    "torch.dropout": lambda x: torch.dropout(x, 0.5, False),
    "stochastic depth": lambda x: stochastic_depth(x, 0.5, "row", training=False) + 0,
    "rrelu": lambda x: F.rrelu(x),
    "attention": lambda x: F.scaled_dot_product_attention(x, x, x),
}


@pytest.mark.parametrize("name", ALWAYS_THE_SAME)
def test_what_is_random_in_training_alone_is_walked(name: str) -> None:
    net, x = Forward(ALWAYS_THE_SAME[name]).eval(), torch.randn(1, 3, 4, 4)
    assert torch.equal(answer(walk(net, x)).output, plain(net, x))


# What cannot be walked


def test_a_network_in_training_mode_is_refused_by_a_sentence(talk_cnn: nn.Module) -> None:
    with pytest.raises(ValueError, match=r"training mode: call net\.eval\(\)"):
        walk(nn.Sequential(nn.Conv2d(3, 3, 1)), torch.randn(1, 3, 4, 4))
    half = nn.Sequential(nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3)).eval()
    half[1].train()
    with pytest.raises(ValueError, match=r"'1'.*training mode"):
        walk(half, torch.randn(1, 3, 4, 4))
    assert half[1].num_batches_tracked == 0


class Branches(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


class Assigns(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        x[:, 0] = 0
        return x


class TwoInputs(nn.Module):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


class ReadsOne(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * [1, 2][int(x.mean().item() > 0)]


class ToNumpy(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x + torch.from_numpy(np.sign(x))


class Stores(nn.Module):
    """Keeps its maps on itself, in a part of the network too."""

    def __init__(self) -> None:
        super().__init__()
        self.part = Kept()

    def forward(self, x: Tensor) -> Tensor:
        self.last = self.part(x)
        return self.last


class Kept(nn.Module):
    kept = None

    def forward(self, x: Tensor) -> Tensor:
        self.kept = x * 2
        return self.kept + 1


def test_nothing_of_a_trace_stays_on_any_part_of_the_network() -> None:
    net, x = Stores().eval(), torch.randn(1, 3, 4, 4)
    before = [set(vars(module)) for module in net.modules()]
    walk(net, x)
    assert [set(vars(module)) for module in net.modules()] == before
    assert net.part.kept is None


REFUSED = [
    (Branches(), "control flow depends on the values"),
    (ReadsOne(), "control flow depends on the values"),
    (Assigns(), "item assignment"),
    (ToNumpy(), "hands a tensor to numpy"),
    (TwoInputs(), "one input"),
]


@pytest.mark.parametrize(("net", "reason"), REFUSED, ids=lambda value: type(value).__name__)
def test_a_network_that_cannot_be_traced_is_refused_with_the_reason_and_the_place(net: nn.Module, reason: str) -> None:
    for _ in range(2):
        said = refusal(net)
        assert type(net).__name__ in said and reason in said
        assert ("(test_walk_limits.py, line " in said) == (type(net) is not TwoInputs)
    x = torch.randn(1, 3, 4, 4)
    assert torch.equal(walk(nn.ReLU().eval(), x)[-1].output, x.relu())  # nothing is left patched


def test_an_input_of_the_wrong_shape_fails_as_the_network_does(talk_cnn: nn.Module) -> None:
    with pytest.raises(RuntimeError):
        walk(talk_cnn, torch.randn(1, 4, 32, 32))
