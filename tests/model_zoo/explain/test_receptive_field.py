"""Receptive fields: a value's gradient with respect to the picture is non-zero exactly where its field says."""

import random

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import resnet18

from model_zoo import nets, walk
from model_zoo.explain.receptive_field import Field, receptive_fields

Box = tuple[int, int, int, int]  # top, left, bottom, right; bottom and right not included


def positive(net: nn.Module) -> nn.Module:
    """Weights above 0, so that no two paths cancel; double precision, so that none vanishes."""
    net = net.double().eval()
    for parameter in net.parameters():
        nn.init.uniform_(parameter, 0.5, 1.0)
    return net


def fields_of(net: nn.Module, height: int, width: int) -> dict[str, Field]:
    return receptive_fields(walk(net, torch.rand(1, 3, height, width).double()), height, width)


def box(field: Field, row: int, column: int, height: int, width: int) -> Box:
    """What the value at (row, column) sees of the picture."""
    top, left = (t + j * n for t, j, n in zip(field.start, field.stride, (row, column), strict=True))
    return max(top, 0), max(left, 0), min(top + field.size[0], height), min(left + field.size[1], width)


def lit(output: Tensor, x: Tensor) -> Tensor:
    """The pixels that a single value depends on, bool (H, W)."""
    (gradient,) = torch.autograd.grad(output, x, retain_graph=True)
    return (gradient != 0).any(dim=1)[0]


def bounds(mask: Tensor) -> Box:
    rows, columns = mask.any(1).nonzero(), mask.any(0).nonzero()
    return int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1


def check(net: nn.Module, name: str, height: int, width: int, filled: bool = True) -> Field:
    """Compare the field of step `name`, whose map `net` returns, with gradients of its corner and central values.

    Where windows leave gaps (`filled` is False), the box around the pixels that count is compared, and corner values
    see no pixel outside of their field.
    """
    field = fields_of(net, height, width)[name]
    x = torch.rand(1, 3, height, width).double().requires_grad_()
    values = net(x).sum(dim=1)[0]
    rows, columns = values.shape
    for row, column in ((rows // 2, columns // 2), (0, 0), (rows - 1, columns - 1), (0, columns - 1)):
        mask, (top, left, bottom, right) = lit(values[row, column], x), box(field, row, column, height, width)
        inside = torch.zeros(height, width, dtype=torch.bool)
        inside[top:bottom, left:right] = True
        if filled:
            assert torch.equal(mask, inside)
        else:
            assert not (mask & ~inside).any()
            if (row, column) == (rows // 2, columns // 2):
                assert bounds(mask) == (top, left, bottom, right)
                assert (bottom - top, right - left) == field.size  # nothing was cut off
    return field


def random_layers(seed: int) -> list[nn.Module]:
    """A stack of convolutions and pools with kernels, strides, paddings and dilations drawn for each axis."""
    draw = random.Random(seed)

    def pair(low: int, high: int) -> tuple[int, int]:
        return draw.randint(low, high), draw.randint(low, high)

    layers: list[nn.Module] = []
    for channels in (3, 2, 2, 2):
        layers += [
            nn.Conv2d(channels, 2, pair(1, 4), stride=pair(1, 2), padding=pair(0, 2), dilation=pair(1, 2)),
            nn.BatchNorm2d(2),
            nn.ReLU(),
        ]
    kernel = pair(2, 3)
    return [*layers, nn.AvgPool2d(kernel, stride=pair(1, 3), padding=(kernel[0] // 2, 0)), nn.Conv2d(2, 2, 2)]


@pytest.mark.parametrize("seed", range(8))
def test_every_layer_of_a_random_network_sees_exactly_its_field(seed: int) -> None:
    torch.manual_seed(seed)
    layers = random_layers(seed)
    for depth in range(1, len(layers) + 1):
        check(positive(nn.Sequential(*layers[:depth])), str(depth - 1), 120, 140, filled=False)


def test_without_gaps_between_windows_every_pixel_of_the_field_counts() -> None:
    net = nn.Sequential(
        nn.Conv2d(3, 2, (3, 5), padding=(1, 2)), nn.ReLU(), nn.AvgPool2d(2), nn.Conv2d(2, 2, 3, stride=2, padding=1)
    )
    field = check(positive(net), "3", 48, 56)
    assert not field.whole


class Functions(nn.Module):
    """Convolutions and pools as functions, with padding by word and the defaults of each."""

    def __init__(self) -> None:
        super().__init__()
        self.same = nn.Conv2d(3, 2, (4, 3), padding="same", dilation=(1, 2))
        self.weight = nn.Parameter(torch.rand(2, 2, 3, 2))

    def forward(self, x: Tensor) -> Tensor:
        x = F.conv2d(self.same(x), self.weight, None, (2, 1), "valid", 2)
        x = F.avg_pool2d(x, (2, 3), padding=(1, 0))
        return F.conv2d(F.avg_pool2d(x, 3, 1), self.weight, padding=1)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_functions_are_understood_as_modules_are() -> None:
    torch.manual_seed(0)
    check(positive(Functions()), "conv2d_2", 90, 100, filled=False)


class Joined(nn.Module):
    """A residual block with a shortcut, and two paths side by side, one of them shifted by its padding."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 2, 3, 2, 1), nn.Conv2d(2, 2, 3, padding=1)
        self.shortcut = nn.Conv2d(3, 2, 1, 2)
        self.wide, self.narrow = nn.Conv2d(2, 2, 5, padding=2), nn.Conv2d(2, 2, (1, 2), padding=(0, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.second(self.first(x).relu()) + self.shortcut(x)
        return torch.cat([self.wide(x), F.avg_pool2d(self.narrow(x), (1, 2), 1)], dim=1)


def test_paths_that_meet_see_the_box_around_both() -> None:
    torch.manual_seed(0)
    net = positive(Joined())
    check(net, "cat", 40, 48)
    fields = fields_of(net, 40, 48)
    assert fields["add"] == fields["second"]  # the shortcut sees less
    assert fields["shortcut"].size < fields["add"].size


@pytest.mark.parametrize("pool", [nn.AdaptiveAvgPool2d(1), nn.AdaptiveAvgPool2d((3, 2)), nn.AvgPool2d((6, 4))])
def test_adaptive_pools_are_windows_over_the_map(pool: nn.Module) -> None:
    net = positive(nn.Sequential(nn.Conv2d(3, 2, 3, padding=1), nn.AvgPool2d(4), pool))
    check(net, "2", 24, 16)


def test_global_pooling_and_linear_layers_see_the_whole_picture() -> None:
    head = [nn.Flatten(), nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 4), nn.Softmax(dim=1)]
    net = positive(nn.Sequential(nn.Conv2d(3, 2, 3, 2, 1), nn.AdaptiveAvgPool2d(1), *head))
    fields = fields_of(net, 20, 30)
    assert not fields["0"].whole
    for name in ("1", "2", "3", "4", "5", "6"):
        assert fields[name].whole and fields[name].size == (20, 30) and fields[name].start == (0, 0)
    x = torch.rand(1, 3, 20, 30).double().requires_grad_()
    assert lit(net[:-1](x)[0, 0], x).all()


def test_flattening_changes_no_values_field_and_a_linear_layer_joins_them_all() -> None:
    net = positive(nn.Sequential(nn.Conv2d(3, 2, 3, 4), nn.Flatten(), nn.Linear(2 * 4 * 5, 3)))
    fields = fields_of(net, 16, 20)
    assert fields["1"] == fields["0"]
    x = torch.rand(1, 3, 16, 20).double().requires_grad_()
    # The last row and column of the picture are in no window: the linear layer does not see them either.
    assert bounds(lit(net(x)[0, 0], x)) == box(fields["2"], 0, 0, 16, 20)
    assert not fields["2"].whole


class Gate(nn.Module):
    """Squeeze and excitation: each map times one number that depends on all of it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.squeeze = nn.Conv2d(3, 2, 3, padding=1), nn.Conv2d(2, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return x * self.squeeze(x.mean([2, 3], keepdim=True)).sigmoid()


def test_a_map_times_a_number_from_all_of_it_sees_the_whole_picture() -> None:
    fields = fields_of(positive(Gate()), 12, 10)
    assert not fields["conv"].whole
    assert fields["mean"].whole and fields["squeeze"].whole and fields["mul"].whole


class Unknown(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.after, self.beside = nn.Conv2d(3, 3, 3), nn.ReLU(), nn.ReLU()
        self.ring = nn.Conv2d(3, 3, 3, padding=1, padding_mode="circular")

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return self.after(x.roll(1, 3)) + self.beside(x) + self.ring(x)


def test_an_unknown_operation_and_what_depends_on_it_have_no_field() -> None:
    net = Unknown().eval()
    steps = walk(net, torch.rand(1, 3, 9, 9))
    fields = receptive_fields(steps, 9, 9)
    assert set(fields) == {"conv", "beside"}


def test_every_step_of_resnet_has_a_field_that_grows_along_the_way() -> None:
    steps = walk(resnet18(weights=None).eval(), torch.rand(1, 3, 64, 96))
    fields = receptive_fields(steps, 64, 96)
    assert list(fields) == [step.name for step in steps]
    convolutions = [fields[step.name].size for step in steps if step.name.endswith(("conv1", "conv2"))]
    assert convolutions == sorted(set(convolutions))
    assert fields["fc"].whole and fields["fc"].size == (64, 96)


def test_every_step_of_talk_cnn_has_a_field() -> None:
    net = nets.build("talk_cnn", {}).eval()
    steps = walk(net, torch.rand(1, 3, 32, 32))
    fields = receptive_fields(steps, 32, 32)
    assert list(fields) == [step.name for step in steps]
    assert [fields[name].whole for name in ("pool3", "fc1", "fc3")] == [False, True, True]


def test_no_steps_no_fields() -> None:
    assert receptive_fields([], 32, 32) == {}
