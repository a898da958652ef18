"""walk() with in-place operations in their many forms: exact results, and no stored map is spoilt."""

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo import walk
from tests.model_zoo.helpers import by_name, check_arithmetic, plain


class InPlace(nn.Module):
    """conv, then something in place, then what reads its result under a new or an old name."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.relu, self.last = nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Conv2d(4, 4, 3)


class Keyword(InPlace):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.relu(self.conv(x), inplace=True))


class Positional(InPlace):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(F.leaky_relu(F.relu(self.conv(x), True), 0.1, True))


class Method(InPlace):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.conv(x).relu_())


class Function(InPlace):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(torch.relu_(self.conv(x)))


class ResultIgnored(InPlace):
    def forward(self, x: Tensor) -> Tensor:
        out = self.conv(x)
        F.relu(out, inplace=True)
        self.relu(out)
        return self.last(out)


class AddAssign(InPlace):
    def forward(self, x: Tensor) -> Tensor:
        out = self.conv(x)
        identity = out
        out += self.relu(self.conv(x))
        out *= 2
        return self.last(out) + F.pad(identity, (-1, -1, -1, -1))


class ThroughView(InPlace):
    def forward(self, x: Tensor) -> Tensor:
        out = self.conv(x)
        out.flatten(1).relu_()
        return self.last(out)


class OnTheInput(InPlace):
    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.conv(self.relu(x)))


class IntoAnother(InPlace):
    def forward(self, x: Tensor) -> Tensor:
        first, second = self.conv(x), self.conv(-x)
        torch.add(first, second, out=second)
        return self.last(second)


class BeforeActivation(InPlace):
    """A residual block whose in-place ReLU comes first, so that the shortcut carries the ReLU's result."""

    def forward(self, x: Tensor) -> Tensor:
        out = self.conv(x)
        inner = self.last(F.pad(self.relu(out), (1, 1, 1, 1)))
        return inner + out


TRAPS = [
    Keyword,
    Positional,
    Method,
    Function,
    ResultIgnored,
    AddAssign,
    ThroughView,
    OnTheInput,
    IntoAnother,
    BeforeActivation,
]


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.__name__)
def test_in_place_operations_give_the_plain_result_and_spoil_no_stored_map(trap: type[InPlace]) -> None:
    torch.manual_seed(4)
    net, x = trap().eval(), torch.randn(2, 3, 8, 8)
    before = x.clone()
    steps = walk(net, x)
    assert torch.equal(x, before)
    assert torch.equal(steps[-1].output, plain(net, x))
    conv = by_name(steps)["conv"]
    start = before if conv.inputs == ("input",) else by_name(steps)[conv.inputs[0]].output
    assert torch.equal(conv.output, plain(net.conv, start))
    assert conv.output.min() < 0
    if trap is not ThroughView:  # a view's name cannot tell what was written through it later
        check_arithmetic([step for step in steps if step.inputs], x)


def test_a_step_that_reads_an_overwritten_map_names_the_step_that_wrote_it() -> None:
    steps = by_name(walk(ResultIgnored().eval(), torch.randn(1, 3, 8, 8)))
    assert steps["relu_2"].inputs == ("conv",)
    assert steps["relu"].inputs == ("relu_2",)
    assert steps["last"].inputs == ("relu",)
