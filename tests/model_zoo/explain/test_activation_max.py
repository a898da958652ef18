"""What excites a channel, on networks and pictures whose answer is known."""

import pytest
import torch
from torch import Tensor, nn

import model_zoo
from model_zoo import walk
from model_zoo.explain import activation_max
from model_zoo.explain.activation_max import STAGES, Strongest, maximize_activation
from model_zoo.graph.walk import walk_to
from tests.conftest import SHIPPED

MEAN, STD = (0.5, 0.4, 0.3), (0.25, 0.25, 0.5)


def bright(net_input: Tensor, *places: tuple[int, int, int, float]) -> Tensor:
    """Black pictures with one red pixel each: (picture, row, column, how red)."""
    for picture, row, column, value in places:
        net_input[picture, 0, row, column] = value
    return net_input


def test_the_best_picture_and_its_place_are_found_in_any_batches() -> None:
    net = nn.Sequential(nn.Conv2d(3, 2, 1, bias=False), nn.MaxPool2d(2)).eval()
    with torch.no_grad():
        net[0].weight.copy_(torch.tensor([[1.0, 0, 0], [0, 1.0, 0]]).view(2, 3, 1, 1))
    pictures = bright(torch.zeros(7, 3, 8, 8), (1, 0, 6, 3), (4, 5, 2, 9), (6, 7, 7, 5), (6, 0, 0, 4))
    for size in (1, 3, 7):
        best = Strongest(count=2)
        for batch in pictures.split(size):
            best.add(walk_to(net, batch, "1"))
        assert best.seen == 7
        found = [(each.picture, each.value, each.row, each.column) for each in best.of(0)]
        assert found == [(4, 9.0, 2, 1), (6, 5.0, 3, 3)]
        assert best.of(1) == []  # nothing is green
        with pytest.raises(IndexError):
            best.of(2)


def test_entries_of_a_vector_are_channels_of_one_place() -> None:
    best = Strongest(count=3)
    best.add(torch.tensor([[1.0, 7.0], [3.0, -2.0]]))
    assert [(each.picture, each.value, each.row, each.column) for each in best.of(0)] == [(1, 3, 0, 0), (0, 1, 0, 0)]
    assert [each.picture for each in best.of(1)] == [0]
    with pytest.raises(IndexError):
        Strongest().of(0)


def test_ascent_finds_what_a_linear_detector_wants() -> None:
    net = nn.Sequential(nn.Conv2d(3, 1, 3, padding=1, bias=False), nn.ReLU()).eval()
    with torch.no_grad():
        net[0].weight.zero_()
        net[0].weight[0, 0, 1, 1], net[0].weight[0, 2, 1, 1] = 1, -1
    stages = maximize_activation(net, "1", 0, 16, MEAN, STD)
    assert [stage.updates for stage in stages] == list(STAGES)
    red, _, blue = stages[-1].picture[:, 8, 8].tolist()
    assert red > 0.95 and blue < 0.05
    most = (1 - MEAN[0]) / STD[0] + MEAN[2] / STD[2]
    assert 0.9 * most < stages[-1].value <= most
    assert stages[-1].value == max(stage.value for stage in stages)
    for stage in stages:
        assert stage.picture.shape == (3, 16, 16) and 0 <= stage.picture.min() <= stage.picture.max() <= 1


def test_ascent_gets_out_of_a_channel_that_is_silent_at_first() -> None:
    net = nn.Sequential(nn.Conv2d(3, 1, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)).eval()
    with torch.no_grad():
        net[0].weight.fill_(0.2)
        net[0].bias.fill_(-2)
    stages = maximize_activation(net, "2", 0, 16, MEAN, STD)
    assert stages[0].value == 0 and stages[-1].value > 1


def test_the_same_seed_gives_the_same_picture_and_the_network_stays_as_it_is() -> None:
    net = model_zoo.load(SHIPPED[0]).net
    before = {name: value.clone() for name, value in net.state_dict().items()}
    first, again, other = (
        maximize_activation(net, "conv1", 2, 32, MEAN, STD, seed=seed)[-1].picture for seed in (0, 0, 1)
    )
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    assert all(weight.grad is None for weight in net.parameters())


def test_the_value_is_that_of_a_walk_of_the_picture() -> None:
    net = model_zoo.load(SHIPPED[0]).net
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (MEAN, STD))
    last = maximize_activation(net, "conv1", 5, 32, MEAN, STD)[-1]
    steps = {step.name: step for step in walk(net, (last.picture[None] - mean) / std)}
    assert last.value == pytest.approx(float(steps["conv1"].output[0, 5, 16, 16]), abs=1e-5)


@pytest.mark.parametrize(("step", "channel"), [("nonsense", 0), ("conv1", 32), ("fc3", 10), ("conv1", -1)])
def test_what_does_not_exist_is_refused_in_a_sentence(step: str, channel: int) -> None:
    with pytest.raises(ValueError, match=r"(no step|no channel) .*\.$"):
        maximize_activation(model_zoo.load(SHIPPED[0]).net, step, channel, 32, MEAN, STD)


def test_progress_is_reported_to_the_end() -> None:
    calls: list[tuple[int, int]] = []
    net = nn.Sequential(nn.Conv2d(3, 1, 1)).eval()
    activation_max.maximize_activation(net, "0", 0, 8, MEAN, STD, progress=lambda done, of: calls.append((done, of)))
    assert calls[-1][0] == calls[-1][1] == len(calls)
