"""What does not add up, and what cannot be explained."""

import random
import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo import walk
from model_zoo.explain.sums import UnknownOperation, adds_up, explain, latex, probability, table, words
from model_zoo.explain.sums.rounding import rounded
from tests.model_zoo.helpers import walked
from tests.model_zoo.small_nets import COUNTED, constant_conv, picture, shake, small_net

# Whether a sum adds up is found out, not assumed


def test_a_tensor_that_holds_something_else_does_not_add_up() -> None:
    network = walked(small_net("chain").double(), picture())
    for step in network.steps:
        place = [0] * (len(step.shape) - 1)
        assert adds_up(network.explain(step.name, *place))
        for change in (3e-4, -3e-4):
            scale = max(1.0, abs(float(step.output.flatten()[0])))
            other = replace(step, output=step.output + change * scale)
            steps = [other if s is step else s for s in network.steps]
            assert not adds_up(explain(steps, network.x, step.name, *place)), step.name


def test_weights_changed_after_the_walk_do_not_add_up() -> None:
    net = nn.Sequential(constant_conv())
    network = walked(net, COUNTED)
    with torch.no_grad():
        net[0].weight += 0.01
    assert not adds_up(network.explain("0", 0, 1, 0))


def test_large_values_are_measured_by_their_size() -> None:
    x = torch.rand(1, 3, 9, 9, generator=torch.Generator().manual_seed(0)) * 1e6
    net = shake(nn.Sequential(nn.Conv2d(3, 2, 3), nn.Conv2d(2, 2, 3)))
    network = walked(net, x)
    assert all(adds_up(network.explain("1", 0, row, 2)) for row in range(5))
    steps = [*network.steps[:1], replace(network.steps[1], output=network.steps[1].output * 1.001)]
    assert not any(adds_up(explain(steps, x, "1", 0, row, 2)) for row in range(5))


def test_values_that_are_not_finite_do_not_add_up_and_can_still_be_said() -> None:
    x = COUNTED.clone()
    x[0, 0, 0, 0], x[0, 0, 2, 2] = float("nan"), float("inf")
    network = walked(nn.Sequential(constant_conv(), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()), x)
    for place in (("0", 0, 0, 0), ("0", 0, 1, 1), ("1", 0, 1, 1), ("2", 0), ("3", 0)):
        found = network.explain(*place)
        assert not adds_up(found)
        assert words(found) and latex(found) and table(found)


def test_infinities_that_cancel_and_a_nan_that_is_not_the_first_can_be_said() -> None:
    x = torch.ones(1, 16, 2, 2)
    x[0, 5, 0, 0], x[0, 6, 0, 0], x[0, 0, 1, 1] = float("inf"), float("-inf"), float("nan")
    conv = nn.Conv2d(16, 1, 1, bias=False)
    nn.init.ones_(conv.weight)
    network = walked(nn.Sequential(conv), x)
    assert "not a number" in words(network.explain("0", 0)) and "not a number" in latex(network.explain("0", 0))
    pooled = walked(nn.Sequential(nn.MaxPool2d(2)), x).explain("0", 0)
    assert not adds_up(pooled) and words(pooled) and latex(pooled)


# What cannot be asked


def test_unknown_steps_and_places_get_a_sentence() -> None:
    network = walked(nn.Sequential(constant_conv(), nn.Flatten()), COUNTED)
    for place, message in (
        (("conv9", 0), "There is no step 'conv9'; the steps are input, 0, 1."),
        (("0", 1), "0 has channel 0 only; there is no channel 1."),
        (("0", 0, 2, 0), "0 has rows 0 to 1; there is no row 2."),
        (("0", 0, 0, -1), "0 has columns 0 to 1; there is no column -1."),
        (("1", 4), "1 has channels 0 to 3; there is no channel 4."),
        (("1", 0, 1), "1 has row 0 only; there is no row 1."),
        (("input", 2), "input has channels 0 to 1; there is no channel 2."),
        (("0", 0, 1.5, 0), "The row of a value is a whole number, not 1.5."),
        (("0", "a"), "The channel of a value is a whole number, not 'a'."),
    ):
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            network.explain(*place)


def test_numbers_of_numpy_are_whole_numbers() -> None:
    network = walked(nn.Sequential(constant_conv()), COUNTED)
    found = network.explain("0", np.int64(0), np.int64(1), np.int64(1))
    assert found.position == ("0", 0, 1, 1) and type(found.position.row) is int


@pytest.mark.parametrize("temperature", [0, -1.0, float("nan"), float("inf"), "warm"])
def test_a_temperature_that_is_none_gets_a_sentence(temperature: object) -> None:
    steps = walk(nn.Sequential(nn.Flatten()).eval(), COUNTED)
    with pytest.raises(ValueError, match=r"^The temperature is a number above 0, not .*\.$"):
        probability(steps, 0, temperature)


def test_probabilities_need_logits() -> None:
    with pytest.raises(ValueError, match="whose answer is no vector"):
        probability(walk(nn.Sequential(constant_conv()).eval(), COUNTED), 0)
    with pytest.raises(ValueError, match="there is no channel 18"):
        probability(walk(nn.Sequential(nn.Flatten()).eval(), COUNTED), 18)


class MadeOfThePicture(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, x)


class Floored(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.div(x, 2, rounding_mode="floor")


class MeanOfAll(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x + x.mean((0, 1), keepdim=True)


class Stacked(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x, x.relu()], 0)


@pytest.mark.parametrize(
    ("net", "step", "named"),
    [
        (nn.Sequential(nn.LocalResponseNorm(2)), "0", "local response norm"),
        (nn.Sequential(nn.ConvTranspose2d(2, 2, 2)), "0", "transposed convolution"),
        (MadeOfThePicture(), "conv2d", "convolution"),
        (Stacked(), "cat", "concatenate"),
        (Floored(), "div", "divide"),
        (MeanOfAll(), "mean", "mean"),
        (nn.Sequential(nn.Softmax(dim=0)), "0", "softmax"),
    ],
)
def test_what_is_not_known_is_named(net: nn.Module, step: str, named: str) -> None:
    network = walked(net.double(), COUNTED)
    with pytest.raises(UnknownOperation, match=rf"^How {step} works \({named}\) cannot be explained: .*\.$"):
        network.explain(step, 0)


class OneNumber(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.mean((1, 2, 3))


def test_an_output_of_one_number_a_picture_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"^mean has one value for each picture, or none: its shape is \(1,\)\.$"):
        walked(OneNumber(), COUNTED).explain("mean", 0)


def test_rounding_is_that_of_the_exact_number() -> None:
    """Half away from zero, of what a float holds exactly, sign of zero included; also beside a half."""
    draw = random.Random(1)
    for _ in range(3_000):
        decimals = draw.randrange(0, 15)
        half = round(draw.gauss(0, 3), decimals) + 5 * 10.0 ** -(decimals + 1)
        number = draw.choice([draw.gauss(0, 1), draw.uniform(-1e6, 1e6), draw.gauss(0, 1e13), -0.0, 5e-324, half])
        exact = Decimal(number).quantize(Decimal(1).scaleb(-decimals), context=Context(400, ROUND_HALF_UP))
        assert rounded(number, decimals).as_tuple() == exact.as_tuple(), (number, decimals)
