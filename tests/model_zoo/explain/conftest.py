"""Explanations of every kind, made once for the tests of numbers, words and formulas."""

import random

import pytest
import torch
from torch import nn

from model_zoo import walk
from model_zoo.explain.sums import (
    Explanation,
    explain,
    probability,
)
from tests.model_zoo.helpers import drawn_place
from tests.model_zoo.small_nets import NETS, picture, shake, small_net


@pytest.fixture(scope="module")
def found() -> list[Explanation]:
    """Two values of every step of every small network."""
    draw, found = random.Random(0), []
    for name in NETS:
        x = picture()
        steps = walk(small_net(name).double(), x)
        places = [drawn_place(step, draw) for step in steps for _ in range(2)]
        found += [explain(steps, x, *place) for place in places]
        if name == "joined":
            found += [probability(steps, channel, temperature=0.7) for channel in range(3)]
    return found


@pytest.fixture(scope="module")
def long() -> list[Explanation]:
    """Sums of 257 and 1,601 terms."""
    net = shake(nn.Sequential(nn.Conv2d(256, 4, 3, padding=1), nn.Flatten(), nn.Linear(100, 2))).double()
    wide = shake(nn.Sequential(nn.Linear(1600, 9))).double()
    generator = torch.Generator().manual_seed(0)
    x, v = (torch.randn(shape, generator=generator).double() for shape in ((1, 256, 5, 5), (1, 1600)))
    steps, wide_steps = walk(net, x), walk(wide, v)
    of_conv = [explain(steps, x, "0", c, row, row) for c in range(4) for row in range(5)]
    return of_conv + [explain(wide_steps, v, "0", c) for c in range(9)]
