"""Residual blocks found in the graph: where they are, which path is the skip connection, and where there are none."""

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import densenet121, resnet18

from model_zoo import nets, walk
from model_zoo.graph.residual import BRANCH, SKIP, residual_blocks


def blocks(net: nn.Module, side: int = 32) -> dict:
    with torch.random.fork_rng():
        return residual_blocks(walk(net.eval(), torch.zeros(1, 3, side, side)))


def test_the_blocks_of_resnet9() -> None:
    found = blocks(nets.build("resnet9", {"width": 4}))
    assert list(found) == ["residual1.add", "residual2.add"]
    first = found["residual1.add"]
    assert (first.fork, first.skip) == ("unit2.pool", ())
    units = [f"residual1.unit{number}.{part}" for number in (1, 2) for part in ("conv", "norm", "relu")]
    assert first.branch == tuple(units)
    assert (first.end(SKIP), first.end(BRANCH)) == ("unit2.pool", "residual1.unit2.relu")


def test_the_blocks_of_a_network_that_adds_in_place_and_changes_shapes() -> None:
    found = blocks(resnet18(weights=None))
    assert list(found) == [f"layer{layer}.{block}.add" for layer in (1, 2, 3, 4) for block in (0, 1)]
    assert all(len(block.branch) == 5 for block in found.values())
    assert found["layer1.1.add"].skip == () and found["layer1.1.add"].fork == "layer1.0.relu_2"
    assert found["layer2.0.add"].skip == ("layer2.0.downsample.0", "layer2.0.downsample.1")
    assert found["layer2.0.add"].fork == "layer1.1.relu_2"


class Adds(nn.Module):
    """Adds that are no residual blocks, and one from the very input."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.c = (nn.Conv2d(3, 3, 3, padding=1) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.a(x)  # a residual block
        x = x + x
        x = x + 1
        x = x + x.relu()  # nothing is learned on either path
        return self.b(x) + self.c(x)  # neither path is the short one


def test_an_add_of_anything_else_is_no_block() -> None:
    found = blocks(Adds())
    assert list(found) == ["add"] and found["add"].fork == found["add"].end(SKIP) == "input"


@pytest.mark.parametrize("net", [nets.build("talk_cnn", {}), densenet121(weights=None)])
def test_networks_without_any(net: nn.Module) -> None:
    assert blocks(net) == {}
