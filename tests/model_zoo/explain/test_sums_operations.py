"""explain(), back() and probability(): one operation at a time, with numbers that can be checked by hand."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet18

import model_zoo
from model_zoo import walk
from model_zoo.explain.sums import Position, adds_up, back, probability, words
from model_zoo.graph.op_names import INPUT
from tests.conftest import SHIPPED_BY_TIME
from tests.model_zoo.conftest import random_picture
from tests.model_zoo.helpers import walked
from tests.model_zoo.small_nets import COUNTED, constant_conv, picture, shake, small_net


def test_a_convolution_lists_patch_kernel_and_sum_of_every_channel_and_then_the_bias() -> None:
    found = walked(nn.Sequential(constant_conv()), COUNTED).explain("0", 0, 1, 0)
    assert [term.name for term in found.terms] == ["channel 0", "channel 1", "bias"]
    first, second, bias = found.terms
    assert first.values.tolist() == [[3, 4], [6, 7]] and first.weights.tolist() == [[1, 2], [3, 4]]
    assert first.products.tolist() == [[3, 8], [18, 28]] and first.value == 57
    assert second.products.tolist() == [[6, 0], [0, -16]] and second.value == -10
    assert bias.value == 0.25
    assert found.partials == (57, 47, 47.25) and found.total == found.value == 47.25
    assert found.main is None
    assert found.reads[:4] == [Position(INPUT, 0, *place) for place in ((1, 0), (1, 1), (2, 0), (2, 1))]


def test_padding_is_marked_and_read_from_nowhere() -> None:
    found = walked(nn.Sequential(constant_conv(padding=1)), COUNTED).explain("0", 0, 0, 3)
    assert found.window.rows == (-1, 0) and found.window.columns == (2, 3)
    assert found.window.outside.tolist() == [[True, True], [False, True]]
    assert found.terms[0].values.tolist() == [[0, 0], [2, 0]]
    assert found.terms[0].reads == [Position(INPUT, 0, 0, 2)]
    assert "; 6 of the values lie outside of the map and count as 0. The " in words(found)


@pytest.mark.parametrize(
    ("mode", "values", "place"), [("reflect", 4, (1, 1)), ("replicate", 0, (0, 0)), ("circular", 8, (2, 2))]
)
def test_padding_that_copies_the_map_names_the_place_it_copies(mode: str, values: int, place: tuple) -> None:
    found = walked(nn.Sequential(constant_conv(padding=1, padding_mode=mode)), COUNTED).explain("0", 0, 0, 0)
    term = found.terms[0]
    assert term.window.outside.tolist() == [[True, True], [True, False]]
    assert term.values[0, 0] == values and term.reads[0] == Position(INPUT, 0, *place)
    assert len(term.reads) == 4


def test_without_a_bias_there_is_no_bias() -> None:
    found = walked(nn.Sequential(constant_conv(bias=False)), COUNTED).explain("0", 0, 1, 0)
    assert [term.name for term in found.terms] == ["channel 0", "channel 1"]


def test_a_group_reads_its_own_channels_alone() -> None:
    found = walked(shake(nn.Sequential(nn.Conv2d(6, 4, 3, groups=2))), torch.rand(1, 6, 5, 5)).explain("0", 2, 1, 1)
    assert [term.channel for term in found.terms[:-1]] == [3, 4, 5]


def test_batch_norm_is_folded_into_scale_and_shift() -> None:
    norm = nn.BatchNorm2d(1, eps=0.75)
    with torch.no_grad():
        norm.running_mean.fill_(2), norm.running_var.fill_(3.25), norm.weight.fill_(3), norm.bias.fill_(-1)
    found = walked(nn.Sequential(norm).double(), torch.full((1, 1, 1, 1), 10.0).double()).explain("0", 0)
    assert found.numbers == {"mean": 2, "variance": 3.25, "weight": 3, "bias": -1, "epsilon": 0.75}
    assert {term.name: term.value for term in found.terms} == {"value": 10, "scale": 1.5, "shift": -4}
    assert found.partials == (10, 15, 11) and found.value == 11
    assert found.main == Position(INPUT, 0, 0, 0)


def test_a_residual_add_has_both_its_sources() -> None:
    network = walked(shake(resnet18(weights=None)), torch.rand(1, 3, 32, 32))
    found = network.explain("layer2.0.add", 7, 2, 1)
    assert [term.source for term in found.terms] == ["layer2.0.bn2", "layer2.0.downsample.1"]
    assert found.reads == [Position(term.source, 7, 2, 1) for term in found.terms] and found.main is None


@pytest.mark.parametrize(
    ("pool", "size"),
    [
        (nn.MaxPool2d(2), (8, 7)),
        (nn.MaxPool2d(3, 2, padding=1), (8, 7)),
        (nn.MaxPool2d((3, 2), 2, padding=1, ceil_mode=True), (8, 7)),
        (nn.MaxPool2d(2, 2, dilation=(2, 1), ceil_mode=True), (9, 7)),
        (nn.AdaptiveMaxPool2d((3, 2)), (8, 7)),
    ],
)
def test_the_winner_of_a_max_pool_is_torchs_also_among_equals(pool: nn.Module, size: tuple[int, int]) -> None:
    x = torch.randint(-2, 1, (1, 2, *size), generator=torch.Generator().manual_seed(0)).float()
    network = walked(nn.Sequential(pool), x)
    pool.return_indices = True
    _, winners = pool(x)
    for channel, row, column in np.ndindex(*winners.shape[1:]):
        found = network.explain("0", channel, row, column)
        index = int(winners[0, channel, row, column])
        assert found.main == Position(INPUT, channel, index // size[1], index % size[1])
        assert found.total == found.value == float(x[(0, *found.main[1:])])
    pool.return_indices = False


@pytest.mark.parametrize(
    ("options", "divisor"),
    [
        ({"padding": 1}, 9),
        ({"padding": 1, "count_include_pad": False}, 4),
        ({"padding": 1, "divisor_override": 5}, 5),
        ({"padding": 1, "ceil_mode": True}, 9),
    ],
)
def test_an_average_pool_says_what_it_divides_by(options: dict, divisor: int) -> None:
    network = walked(nn.Sequential(nn.AvgPool2d(3, 2, **options)), COUNTED[:, :, :2, :2] + 1)
    found = network.explain("0", 0)
    assert found.numbers == {"divisor": divisor}
    assert [term.value for term in found.terms] == [0, 0, 0, 0, 1, 2, 0, 4, 5]
    assert found.partials[-1] == 12 and found.total == pytest.approx(12 / divisor)


def test_places_beyond_the_padding_that_ceil_mode_allows_do_not_count() -> None:
    network = walked(nn.Sequential(nn.AvgPool2d(2, 2, ceil_mode=True)), COUNTED)
    assert [network.explain("0", 0, *place).numbers["divisor"] for place in ((0, 0), (0, 1), (1, 1))] == [4, 2, 1]


def test_flatten_says_which_place_of_the_map_an_entry_was() -> None:
    found = walked(nn.Sequential(nn.Flatten()), COUNTED).explain("0", 9 + 5)
    assert found.main == Position(INPUT, 1, 1, 2) and found.total == 14


class Twice(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x + x, x - x, x * x, x / x], 1) + torch.cat([x, x, x, x], 1)


def test_an_input_taken_twice_is_both_operands() -> None:
    network = walked(Twice(), COUNTED)
    values = [network.explain(name, 1, 2, 1).total for name in ("add", "sub", "mul", "divide")]
    assert values == [32, 0, 256, 1]
    assert network.explain("add_2", 5, 1, 1).total == 13 * 13 + 13


def test_a_network_that_scales_its_logits_is_followed_to_the_class() -> None:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.last = nn.Linear(18, 3)

        def forward(self, x: Tensor) -> Tensor:
            return self.last(x.flatten(1)) * 0.125

    network = walked(shake(Scaled().double()), COUNTED)
    found = network.explain("mul", 2)
    assert [(term.name, term.source) for term in found.terms] == [("value", "last"), ("constant", "")]
    assert found.terms[1].value == 0.125
    chain = back(network.steps, network.x, probability(network.steps, 2))
    assert [e.position.step for e in chain] == ["probability", "mul", "last"]


# Going back, and the probabilities


def test_back_goes_from_the_pooled_value_to_the_convolution() -> None:
    network = walked(small_net("chain").double(), picture())
    chain = back(network.steps, network.x, network.explain("4", 37))
    assert [e.operation for e in chain] == ["flatten", "max pool", "ReLU", "batch norm", "convolution"]
    for later, earlier in pairwise(chain):
        assert later.main == earlier.position
    flattened, pooled, relu, norm, conv = chain
    assert flattened.value == pooled.value == relu.value == max(norm.value, 0)
    assert flattened.position.channel == 37 and pooled.position[1:] == (1, 4, 1)
    assert conv.main is None and conv.total == pytest.approx(conv.value, abs=1e-12)
    assert relu.position.row in (8, 9) and relu.position.column in (2, 3)


def test_back_stops_at_an_add_and_before_what_is_not_known() -> None:
    network = walked(shake(resnet18(weights=None)), torch.rand(1, 3, 32, 32))
    chain = back(network.steps, network.x, network.explain("layer1.0.relu_2", 3, 1, 1))
    assert [e.position.step for e in chain] == ["layer1.0.relu_2", "layer1.0.add"]

    class SummedUp(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.cumsum(3).relu()

    network = walked(SummedUp(), COUNTED)
    assert [e.operation for e in back(network.steps, network.x, network.explain("relu", 0))] == ["ReLU"]


def test_back_ends_with_the_pictures_own_value() -> None:
    network = walked(nn.Sequential(nn.ReLU(), nn.Flatten()), COUNTED)
    chain = back(network.steps, network.x, network.explain("1", 10))
    assert [e.position.step for e in chain] == ["1", "0", INPUT]
    assert chain[-1].value == chain[-1].total == 10 and chain[-1].terms == () and adds_up(chain[-1])


@pytest.mark.parametrize("name", SHIPPED_BY_TIME)
def test_probabilities_are_those_of_the_model(name: str) -> None:
    model, photo = model_zoo.load(name), random_picture(50, 40)
    steps = walk(model.net, model.prepare(photo))
    predicted = dict(model.predict(photo))
    for channel, label in enumerate(model.classes):
        found = probability(steps, channel)
        assert found.total == pytest.approx(predicted[label], abs=1e-12) and adds_up(found)
        assert found.main == Position(steps[-1].name, channel, 0, 0)


@pytest.mark.parametrize("temperature", [0.25, 1, 3.0])
@pytest.mark.parametrize("logits", [[1.0, -2.0, 0.5], [900.0, 899.0, -900.0], [-900.0, -901.0, -1000.0]])
def test_temperature_divides_the_logits(logits: list[float], temperature: float) -> None:
    x = torch.tensor([logits]).double()
    steps = walk(nn.Sequential(nn.Identity()).eval(), x)
    expected = (x / temperature).softmax(1)[0]
    for channel in range(3):
        found = probability(steps, channel, temperature)
        assert found.total == pytest.approx(float(expected[channel]), abs=1e-12)
        assert found.numbers["temperature"] == temperature and found.numbers["logit"] == logits[channel]
