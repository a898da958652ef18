"""Sums of products of two tensors, over any dimension, of enlarged maps, and of what weights alone make."""

import random
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo import walk
from model_zoo.explain import proofs
from model_zoo.explain.receptive_field import field_box
from model_zoo.explain.sums import explain, latex, table, words
from tests.model_zoo.small_nets import shake


class Way(nn.Module):
    """A convolution, then whatever a function does with its maps (N, 6, 5, 5), and logits."""

    def __init__(self, function: Callable[..., Tensor]) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, padding=1, stride=2)
        self.function = function
        self.vector = nn.Parameter(torch.rand(6))
        self.token = nn.Parameter(torch.rand(1, 1, 6))
        self.kernel = nn.Parameter(torch.rand(6, 6, 3, 3))
        self.row = nn.Conv1d(1, 1, 3, padding=1, bias=False)
        self.fc = nn.LazyLinear(4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.function(self, self.conv(x)).flatten(1))


def tokens(x: Tensor) -> Tensor:
    return x.flatten(2).transpose(1, 2)


def heads(net: Way, x: Tensor, **more: Tensor) -> Tensor:
    """Attention as transformers for pictures have it: query, key and value first, then two heads."""
    found = tokens(x)
    stacked = (
        torch.cat([found, found * 2, found + net.token], 2).reshape(x.shape[0], -1, 3, 2, 3).permute(2, 0, 3, 1, 4)
    )
    query, key, value = stacked.unbind(0)
    return F.scaled_dot_product_attention(query, key, value, **more).transpose(1, 2).reshape(x.shape[0], -1, 6)


WAYS: dict[str, Callable[[Way, Tensor], Tensor]] = {
    "matrix product": lambda net, x: x @ x.transpose(2, 3),
    "of a weight": lambda net, x: tokens(x) @ net.kernel[:, :, 0, 0],
    "weight first": lambda net, x: torch.matmul(net.kernel[:, :, 0, 0], x.flatten(2)),
    "bmm": lambda net, x: torch.bmm(tokens(x), x.flatten(2)),
    "einsum": lambda net, x: torch.einsum("nchw,ncvw->nchv", x, x.relu()),
    "einsum of a weight": lambda net, x: torch.einsum("nchw,c->nhw", x, net.vector),
    "attention": heads,
    "attention with a mask": lambda net, x: heads(net, x, attn_mask=torch.linspace(-1, 1, 25).expand(25, 25)),
    "attention by hand": lambda net, x: (tokens(x) @ tokens(x).mT / 2).softmax(-1) @ tokens(x),
    "class token": lambda net, x: torch.cat([net.token.expand(x.shape[0], -1, -1), tokens(x)], 1),
    "one of three": lambda net, x: torch.cat([x, x.relu(), x], 1),
    "stacked": lambda net, x: torch.stack([x, x.relu()], 1).sum(1),
    "sum": lambda net, x: x.sum((2, 3)),
    "sum of channels": lambda net, x: x.sum(1, keepdim=True),
    "mean of channels": lambda net, x: x.mean(1),
    "largest of channels": lambda net, x: torch.amax(x, 1, keepdim=True),
    "mean of tokens": lambda net, x: tokens(x).mean(1),
    "softmax of places": lambda net, x: x.flatten(2).softmax(2),
    "softmax of rows": lambda net, x: torch.softmax(x, 2),
    "row of channels": lambda net, x: x * net.row(x.mean((2, 3))[:, None])[:, 0, :, None, None].sigmoid().expand_as(x),
    "nearest": lambda net, x: F.interpolate(x, scale_factor=2.0, mode="nearest"),
    "nearest of another size": lambda net, x: F.interpolate(x, size=(7, 13)),
    "bilinear": lambda net, x: F.interpolate(x, scale_factor=2.0, mode="bilinear"),
    "bilinear of another size": lambda net, x: F.interpolate(x, size=(7, 13), mode="bilinear"),
    "bilinear by a part": lambda net, x: F.interpolate(x, scale_factor=1.7, mode="bilinear"),
    "bilinear smaller": lambda net, x: F.interpolate(x, size=(3, 2), mode="bilinear"),
    "corners": lambda net, x: F.interpolate(x, size=(9, 9), mode="bilinear", align_corners=True),
    "rolled": lambda net, x: x.roll((1, 2), (2, 3)).flip(3),
    "clamp": lambda net, x: x.clamp(-0.3, 0.4),
    "lower limit": lambda net, x: torch.clamp(x, min=-0.2),
    "hardtanh": lambda net, x: F.hardtanh(x),
    "power": lambda net, x: (x.abs() + 1).pow(1.5),
    "square": lambda net, x: x**2,
    "root": lambda net, x: torch.sqrt(x.abs() + 0.1),
    "erf": lambda net, x: torch.erf(x) + torch.exp(-x) + torch.log(x.abs() + 1),
    "softplus and Mish": lambda net, x: F.softplus(x) + F.mish(x),
    "standardised kernel": lambda net, x: F.conv2d(x, (net.kernel - net.kernel.mean()) / net.kernel.norm(), padding=1),
    "scaled by a layer's weight": lambda net, x: x * net.vector.view(1, -1, 1, 1),
}


def way(name: str) -> tuple[nn.Module, Tensor]:
    net, x = Way(WAYS[name]), proofs.noise(9)
    net(x)
    return shake(net), x


@pytest.mark.parametrize("name", WAYS)
def test_every_value_adds_up_and_can_be_said(name: str) -> None:
    net, x = way(name)
    found = proofs.prove(net, x, 120)
    assert found.is_exact and found.right == 120 and not found.wrong and not found.unexplained
    draw = random.Random(0)
    for step in walk(net, x):
        for _ in range(3):
            place = proofs.place(step, draw)
            one = explain(walk(net, x), x, step.name, *place)
            assert words(one).endswith(".") and latex(one) and table(one)


@pytest.mark.parametrize("name", WAYS)
def test_no_pixel_outside_of_its_box_changes_a_value(name: str) -> None:
    net, x = way(name)
    net = net.double()
    steps, draw = walk(net, x.double()), random.Random(1)
    for step in steps[1:]:
        place = proofs.place(step, draw)
        box = field_box(steps, 9, 9, step.name, *place)
        if box is None:
            continue
        inside = box.within(9, 9)
        other = x.double() + 1
        other[:, :, inside.top : inside.bottom, inside.left : inside.right] -= 1
        values = [explain(walk(net, each), each, step.name, *place).value for each in (x.double(), other)]
        assert values[0] == pytest.approx(values[1], abs=1e-9), (step.name, place, box)


def test_fields_of_these_are_known() -> None:
    unknown = {name for name in WAYS for net, x in [way(name)] for s in [walk(net, x)] if len(s) != _known(s)}
    assert unknown <= {
        "nearest of another size",
        "bilinear of another size",
        "bilinear by a part",
        "bilinear smaller",
        "corners",
    }


def _known(steps: list) -> int:
    from model_zoo.explain.field_rules import views

    return len(views(steps, 9, 9))


def test_both_tensors_of_a_product_are_read() -> None:
    net, x = way("matrix product")
    one = explain(walk(net, x), x, "matmul", 2, 1, 3)
    assert len(one.terms) == 5 and {place.step for place in one.reads} == {"conv", "transpose"} and len(one.reads) == 10


def test_what_weights_alone_make_is_no_step_and_counts_as_their_user() -> None:
    net, x = way("standardised kernel")
    steps = walk(net, x)
    assert [step.operation for step in steps] == ["convolution", "convolution", "flatten", "linear"]
    assert steps[1].parameters == 6 * 6 * 9
