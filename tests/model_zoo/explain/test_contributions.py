"""What a channel reads: the same as when all other channels are set to 0 and the step is run by torch."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import model_zoo
from model_zoo import Step, walk
from model_zoo.explain.contributions import Reading, contributions, entries_per_channel
from model_zoo.graph.edits import DropPath, Scaled
from tests.conftest import SHIPPED
from tests.model_zoo.small_nets import picture, shake, small_net


def alone(step: Step, values: Tensor, channel: int, entries: int) -> Tensor:
    """The step's output, its bias taken off, where all channels of its input but one are 0: (channels, places)."""
    kept = torch.zeros_like(values)
    span = slice(channel * entries, (channel + 1) * entries)
    kept[:, span] = values[:, span]
    with torch.inference_mode():
        made = step.replay.run(kept) - step.replay.run(torch.zeros_like(values))
    return made[0].reshape(made.shape[1], -1)


def expect_as_alone(step: Step, reading: Reading, values: Tensor, entries: int, channels: list[int]) -> None:
    for channel in channels:
        maps = alone(step, values, channel, entries).double()
        found = torch.tensor(reading.matrix[:, channel]).double()
        size = maps.square().mean(1).sqrt()
        assert torch.allclose(found.abs(), size, rtol=1e-4, atol=1e-5 * float(size.max()) + 1e-12), (step.name, channel)
        clear = maps.mean(1).abs() > 1e-4 * size.max()  # of a smaller mean the sign is rounding
        assert (found.sign() == maps.mean(1).sign())[clear].all(), (step.name, channel)


@pytest.mark.parametrize("name", ["chain", "windows", "same padding"])
def test_every_channel_of_small_networks(name: str) -> None:
    x = picture()
    steps = walk(small_net(name).double(), x)
    outputs = {"input": x} | {step.name: step.output for step in steps}
    entries, found = entries_per_channel(steps, x), contributions(steps, x)
    mixing = [step for step in steps if step.operation in ("convolution", "linear")]
    assert mixing
    for step in mixing:
        (reading,) = found[step.name]
        values, each = outputs[reading.source], entries[reading.source]
        assert reading.channels * each == values.shape[1]
        expect_as_alone(step, reading, values, each, list(range(reading.channels)))


@pytest.mark.parametrize("name", SHIPPED)
def test_some_channels_of_shipped_networks(name: str) -> None:
    model = model_zoo.load(name)
    x = torch.randn(1, 3, model.size, model.size, generator=torch.Generator().manual_seed(1))
    steps = walk(model.net, x)
    outputs = {"input": x} | {step.name: step.output for step in steps}
    entries, found = entries_per_channel(steps, x), contributions(steps, x)
    assert set(found) == {step.name for step in steps} and all(found.values())  # all that they do is understood
    for step in steps:
        for reading in found[step.name]:
            if reading.matrix is not None:
                last = reading.channels - 1
                values, each = outputs[reading.source], entries[reading.source]
                expect_as_alone(step, reading, values, each, sorted({0, last // 2, last}))
            else:
                assert reading.channels * entries[step.name] == step.shape[1]


def test_the_contributions_to_a_logit_add_up() -> None:
    model = model_zoo.load(SHIPPED[0])
    steps = walk(model.net, torch.randn(1, 3, model.size, model.size, generator=torch.Generator().manual_seed(2)))
    found = contributions(steps, torch.zeros(1, 3, model.size, model.size), [steps[-1].name])
    last = steps[-1]
    (reading,) = found[last.name]
    assert np.allclose(reading.matrix.sum(1) + last.module.bias.numpy(), last.output[0].numpy(), atol=1e-4)


def test_flattened_maps_count_as_one_channel_each() -> None:
    x = picture().float()
    net = shake(nn.Sequential(nn.Conv2d(3, 4, 1), nn.Flatten(), nn.ReLU(), nn.Linear(4 * 99, 2), nn.ReLU()))
    steps = walk(net, x)
    assert entries_per_channel(steps, x) == {"input": 1, "0": 1, "1": 99, "2": 99, "3": 1, "4": 1}
    found = contributions(steps, x)
    assert [(r.source, r.channels, r.matrix) for r in found["1"]] == [("0", 4, None)]
    assert found["3"][0].matrix.shape == (2, 4)
    expect_as_alone(steps[3], found["3"][0], steps[2].output, 99, [0, 1, 2, 3])


class Paths(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(3, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        left = self.left(x)
        total = left + self.right(left[:, :3])
        return torch.cat([total, left], 1)


def test_adds_and_concatenations_read_each_path() -> None:
    x = picture().float()
    steps = walk(shake(Paths()), x)
    found, named = contributions(steps, x), {step.name: step for step in steps}
    assert [reading.source for reading in found["add"]] == ["left", "right"]
    for reading in found["add"]:
        maps = named[reading.source].output[0].double()
        assert np.allclose(np.abs(reading.amounts), maps.square().mean((1, 2)).sqrt().numpy())
        assert np.array_equal(np.sign(reading.amounts), maps.mean((1, 2)).sign().numpy())
    assert [(reading.source, reading.first) for reading in found["cat"]] == [("add", 0), ("left", 4)]


def test_changes_count() -> None:
    model = model_zoo.load("cifar10-resnet")
    x = torch.randn(1, 3, 32, 32, generator=torch.Generator().manual_seed(3))
    steps = walk(model.net, x, (Scaled("unit2.conv", 5, 0.0), Scaled("unit2.conv", 6, -1.0)))
    (changed,), (plain,) = (contributions(each, x)["unit2.conv"] for each in (steps, walk(model.net, x)))
    assert not changed.matrix[5].any()
    assert np.array_equal(changed.matrix[6], -plain.matrix[6]) and np.array_equal(changed.matrix[7], plain.matrix[7])
    cut = contributions(walk(model.net, x, (DropPath("residual1.add", "skip"),)), x)["residual1.add"]
    assert {reading.source: bool(reading.amounts.any()) for reading in cut} == {
        "unit2.pool": False,
        "residual1.unit2.relu": True,
    }


def test_what_mixes_channels_in_another_way_is_not_guessed() -> None:
    x = picture().float()
    steps = walk(nn.Sequential(nn.Conv2d(3, 4, 1), nn.GroupNorm(2, 4), nn.Softmax2d()).eval(), x)
    found = contributions(steps, x)
    assert found["1"] == found["2"] == ()
