"""Batch norm with mean and variance of the very pass, in eval mode: one picture says nothing of another."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo import walk
from model_zoo.explain.ablation import most_important
from model_zoo.explain.attribution import grad_cam, integrated_gradients, occlusion
from model_zoo.explain.receptive_field import field_box, receptive_fields
from model_zoo.explain.sanity_checks import deletion
from model_zoo.explain.sums import adds_up, explain, words
from model_zoo.graph.edits import Scaled
from model_zoo.graph.step import answer
from tests.model_zoo.small_nets import COUNTED, shake

X = torch.randn(1, 3, 12, 10, generator=torch.Generator().manual_seed(0))


class Functional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.full((4,), 9.0))
        self.register_buffer("variance", torch.full((4,), 9.0))

    def forward(self, x: Tensor) -> Tensor:
        return F.batch_norm(x, self.mean, self.variance, training=True)


class Forgets(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.batch_norm(x, None, None, training=True)


NORMS = {
    "module": lambda: nn.BatchNorm2d(4, track_running_stats=False),
    "functional": Functional,
    "no statistics": Forgets,
}


@pytest.fixture(params=NORMS)
def net(request: pytest.FixtureRequest) -> nn.Module:
    head = [nn.SiLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(16, 3)]
    return shake(nn.Sequential(nn.Conv2d(3, 4, 3), NORMS[request.param](), *head)).double()


def norm_of(net: nn.Module, x: Tensor) -> str:
    return next(step.name for step in walk(net, x) if step.operation == "batch norm")


def test_every_value_sees_the_whole_picture(net: nn.Module) -> None:
    steps, name = walk(net, X.double()), norm_of(net, X.double())
    fields = receptive_fields(steps, 12, 10)
    assert not fields["0"].whole and fields["0"].size == (3, 3)
    assert all(fields[step.name].whole for step in steps if step.name != "0" and step.name in fields)
    box = field_box(steps, 12, 10, name, 1, 2, 3)
    assert (box.top, box.left, box.bottom, box.right) == (0, 0, 12, 10)


def test_the_sum_is_the_tensors_value_with_the_statistics_of_the_pass(net: nn.Module) -> None:
    x = X.double()
    steps, name = walk(net, x), norm_of(net, x)
    before = steps[0].output[0]
    for place in ((0, 0, 0), (2, 5, 3), (3, 9, 7)):
        found = explain(steps, x, name, *place)
        assert adds_up(found) and found.total == pytest.approx(found.value, abs=1e-9)
        assert found.numbers["mean"] == pytest.approx(float(before[place[0]].mean()), abs=1e-12)
        assert found.numbers["variance"] == pytest.approx(float(before[place[0]].var(correction=0)), abs=1e-12)
        assert words(found).endswith("not learned but are those of 80 values of this very pass.")


def test_the_formula_by_hand() -> None:
    norm = nn.BatchNorm2d(2, affine=False, track_running_stats=False, eps=1 / 3)
    found = explain(walk(nn.Sequential(norm).eval(), COUNTED), COUNTED, "0", 0, 2, 2)
    # 0 to 8: mean 4, variance 60 / 9 = 6 2/3, with epsilon 7.
    assert found.value == pytest.approx((8 - 4) / 7**0.5) and adds_up(found)


def test_pictures_that_are_compared_do_not_change_each_other(net: nn.Module) -> None:
    x = X.double()
    *_, last = most_important(net, x, ["0"], 1)
    for effect in last.effects:
        alone = answer(walk(net, x, [Scaled("0", effect.channel, 0.0)])).output[0].softmax(0)
        assert effect.probability == pytest.approx(float(alone[1]), abs=1e-9)
    with torch.no_grad():
        score = float(net(x)[0, 2])
        blank = float(net(torch.zeros_like(x))[0, 2])
    covered, pixels = occlusion(net, x, 2), integrated_gradients(net, x, 2)
    assert covered.score == pytest.approx(score) and grad_cam(net, x, 2, "0").score == pytest.approx(score)
    assert (pixels.score, pixels.start) == pytest.approx((score, blank))
    removed = deletion(net, x, 2, torch.rand(4, 4, generator=torch.Generator().manual_seed(1)))
    probability = float(net(x)[0].detach().softmax(0)[2])
    first = [curve[0] for curve in (removed.probability, *removed.random)]
    assert first == pytest.approx([probability] * len(first), abs=1e-9)
