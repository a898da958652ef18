"""Small networks that together use every operation that can be explained, in every way that matters."""

import random
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.model_zoo.rearranging_nets import REARRANGING

HEIGHT, WIDTH = 11, 9


def shake(net: nn.Module, seed: int = 0) -> nn.Module:
    """Weights and batch statistics drawn at random, in eval mode; fresh statistics of 0 and 1 would hide mistakes."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) / parameter[0].numel() ** 0.5)
        for module in net.modules():
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) and module.track_running_stats:
                module.running_mean.copy_(torch.randn(module.num_features, generator=generator))
                module.running_var.copy_(torch.rand(module.num_features, generator=generator) + 0.2)
    return net.eval()


def chain() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(4 * 5 * 4, 5),
        nn.BatchNorm1d(5),
        nn.Dropout(),
        nn.Linear(5, 3, bias=False),
        nn.Softmax(dim=1),
    )


def windows() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 6, (3, 2), stride=(2, 1), padding=(0, 1), groups=3),
        nn.GELU(),
        nn.Conv2d(6, 4, (2, 3), dilation=(1, 2), padding=(2, 0), bias=False),
        nn.BatchNorm2d(4, affine=False, eps=1e-3),
        nn.SiLU(),
        nn.MaxPool2d(3, 2, padding=1, dilation=1, ceil_mode=True),
        nn.Conv2d(4, 4, 3, padding=1, groups=4),
        nn.GELU(approximate="tanh"),
        nn.MaxPool2d((2, 1), 1, dilation=(2, 1)),
    )


def same_padding() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(3, 3, 3, padding=(2, 1), padding_mode=mode) for mode in ("reflect", "replicate", "circular")),
        nn.Conv2d(3, 2, (4, 2), padding="same", padding_mode="reflect"),
        nn.Conv2d(2, 2, (2, 3), padding="same", dilation=(1, 2)),
        nn.Conv2d(2, 2, 3, padding="valid"),
    )


def average_pools() -> nn.Module:
    pools = [
        nn.AvgPool2d(3, 2, padding=1),
        nn.AvgPool2d((3, 2), 2, padding=(1, 1), ceil_mode=True),
        nn.AvgPool2d(3, 2, padding=1, ceil_mode=True, count_include_pad=False),
        nn.AvgPool2d(2, 1, divisor_override=3),
        nn.AdaptiveAvgPool2d((5, 4)),
        nn.AdaptiveMaxPool2d((4, None)),
        nn.AdaptiveAvgPool2d(1),
    ]
    return Beside(pools)


def activations() -> nn.Module:
    return Beside(
        [
            nn.ReLU6(),
            nn.LeakyReLU(0.2),
            nn.PReLU(3),
            nn.PReLU(),
            nn.ELU(0.7),
            nn.Hardswish(),
            nn.Hardsigmoid(),
            nn.Sigmoid(),
            nn.Tanh(),
            nn.Identity(),
            nn.Softmax2d(),
        ]
    )


class Beside(nn.Module):
    """The parts, each on the input by itself; their largest values make the output."""

    def __init__(self, parts: list[nn.Module]) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([part(x * 4).amax((2, 3)) for part in self.parts], dim=1)


class Joined(nn.Module):
    """Residual adds, paths side by side, constants left and right of every sign, functions instead of modules."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 2, 3, 2, 1), nn.Conv2d(3, 2, 1, 2)
        self.gate, self.last = nn.Conv2d(4, 4, 1), nn.Linear(4, 3)
        self.weight, self.bias = nn.Parameter(torch.rand(4, 2, 3, 2)), nn.Parameter(torch.rand(4))
        self.register_buffer("mean", torch.rand(4))
        self.register_buffer("variance", torch.rand(4) + 0.5)
        self.register_buffer("per_channel", torch.rand(4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        left, right = self.left(x), self.right(x)
        both = torch.cat([left + right, left, (2 - right) / 3, left * right], 1)  # 8 channels
        x = F.conv2d(both, self.weight, self.bias, padding=(1, 0), dilation=1, groups=4)
        x = F.batch_norm(x, self.mean, self.variance, None, self.bias, False, 0.1, 1e-4)
        x = x * self.gate(x.mean([2, 3], keepdim=True)).sigmoid()
        x = torch.add(x, self.per_channel * x, alpha=0.5)
        x = torch.cat([x, torch.sub(x, 1.5)], dim=2) + torch.cat([x, x], dim=-2)
        x = F.leaky_relu_(F.elu(x), 0.3)
        x = F.max_pool2d(F.gelu(x, approximate="tanh"), 2) - x.add_(0.25).mul(x).mean(3, True).mean((2, 3), True)
        x = F.avg_pool2d(x, 2, 1, padding=1) + F.adaptive_max_pool2d(x, (7, 3)) + x.mean((2, 3)).view(1, 4, 1, 1)
        return (F.linear(x.mean(dim=(-2, -1)), self.last.weight) / 9 + 1 / self.last(x.amax((2, 3)))).softmax(-1)


class Added(nn.Module):
    """A residual block: x, or a 1x1 convolution of it, plus what its branch makes of x."""

    def __init__(self, inputs: int, outputs: int, branch: nn.Module, stride: tuple[int, int]) -> None:
        super().__init__()
        self.branch = branch
        same = inputs == outputs and stride == (1, 1)
        self.shortcut = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        return self.branch(x) + self.shortcut(x)


def random_net(seed: int, height: int, width: int) -> nn.Module:
    """A network that is drawn: strides, paddings, dilations, groups, pools, ceil_mode, norms, GELU, residual adds."""
    draw = random.Random(seed)
    layers: list[nn.Module] = []
    x, channels = torch.zeros(1, 3, height, width), 3
    while len(layers) < 10:
        layer = _drawn(draw, channels)
        if all(size >= 4 for size in _shape_after(layer, x)[2:]):
            layers.append(layer)
            x = torch.zeros(_shape_after(layer, x))
            channels = x.shape[1]
    pool = draw.choice([nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d])(draw.choice([1, (2, 3), (3, 2)]))
    size = _shape_after(pool, x)[1:].numel()
    return shake(nn.Sequential(*layers, pool, nn.Flatten(), nn.Linear(size, 5), nn.GELU(), nn.Linear(5, 3)), seed)


def _drawn(draw: random.Random, channels: int) -> nn.Module:
    def pair(low: int, high: int) -> tuple[int, int]:
        return draw.randint(low, high), draw.randint(low, high)

    outputs = draw.choice([3, 6])
    groups = draw.choice([1, 3])
    kernel, stride = pair(1, 3), draw.choice([(1, 1), (1, 1), (2, 1), (2, 2)])
    match draw.randrange(6):
        case 0 | 1:
            options = {"padding": pair(0, 2), "dilation": pair(1, 2), "groups": groups, "bias": draw.random() < 0.7}
            return nn.Conv2d(channels, outputs, kernel, stride, **options)
        case 2:
            odd = draw.choice([(1, 3), (3, 1), (3, 3)])
            around = (odd[0] // 2, odd[1] // 2)
            first = nn.Conv2d(channels, outputs, odd, stride, around, groups=groups, bias=False)
            norm, last = nn.BatchNorm2d(outputs), nn.Conv2d(outputs, outputs, 3, padding=1)
            return Added(channels, outputs, nn.Sequential(first, norm, nn.ReLU(), last), stride)
        case 3:
            around = tuple(size // 2 for size in kernel)
            if draw.random() < 0.5:
                return nn.MaxPool2d(kernel, stride, around, ceil_mode=draw.random() < 0.5)
            return nn.AvgPool2d(kernel, stride, around, draw.random() < 0.5, draw.random() < 0.5)
        case 4:
            return nn.BatchNorm2d(channels, affine=draw.random() < 0.5)
        case _:
            return draw.choice([nn.ReLU(), nn.GELU(), nn.SiLU()])


def _shape_after(layer: nn.Module, x: Tensor) -> torch.Size:
    """(0, 0, 0, 0) where the map is too small for the layer."""
    try:
        with torch.no_grad():
            return layer.eval()(x).shape
    except RuntimeError:
        return torch.Size((0, 0, 0, 0))


NETS: dict[str, Callable[[], nn.Module]] = {
    "chain": chain,
    "windows": windows,
    "same padding": same_padding,
    "average pools": average_pools,
    "activations": activations,
    "joined": Joined,
    **REARRANGING,
}


def small_net(name: str) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return shake(NETS[name]())


def picture(seed: int = 0, dtype: torch.dtype = torch.float64) -> Tensor:
    return torch.randn(1, 3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(seed)).to(dtype)


COUNTED = torch.arange(18.0, dtype=torch.float64).view(1, 2, 3, 3)  # 0 1 2 / 3 4 5 / 6 7 8 and 9 10 11 / ...


def constant_conv(bias: bool = True, **options) -> nn.Conv2d:
    """For `COUNTED`, with weights that one can calculate with."""
    conv = nn.Conv2d(2, 1, 2, bias=bias, **options).double()
    with torch.no_grad():
        conv.weight.copy_(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]], [[0.5, 0.0], [0.0, -1.0]]]]))
        if bias:
            conv.bias.fill_(0.25)
    return conv
