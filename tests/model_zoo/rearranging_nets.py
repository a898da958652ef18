"""Small networks that put values elsewhere, take parts, pad, normalise by what they see, or compute their weights."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations, spectral_norm, weight_norm


class ChannelsLast(nn.Module):
    """A block as ConvNeXt has it: layer norm and linear layers over the channels of each place."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.depthwise = nn.Conv2d(3, 4, 3, 2), nn.Conv2d(4, 4, 3, padding=1, groups=4)
        self.norm, self.wide, self.narrow = nn.LayerNorm(4, eps=1e-3), nn.Linear(4, 6), nn.Linear(6, 4, bias=False)
        self.scale = nn.Parameter(torch.ones(4, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.narrow(F.gelu(self.wide(y))).permute(0, 3, 1, 2)
        return (x + y * self.scale).mean((2, 3))


class ChannelFirstNorm(nn.LayerNorm):
    """As torchvision's LayerNorm2d: a subclass with a `forward` of its own."""

    def forward(self, x: Tensor) -> Tensor:
        x = F.layer_norm(x.permute(0, 2, 3, 1), self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class Shuffled(nn.Module):
    """As ShuffleNet: half of the channels go by, the others are mixed; then all change places."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.mix = nn.Conv2d(3, 4, 3), nn.Conv2d(2, 2, 3, padding=1)
        self.norm, self.last = ChannelFirstNorm(4), nn.Conv2d(4, 2, (2, 3), stride=2)

    def forward(self, x: Tensor) -> Tensor:
        left, right = self.first(x).chunk(2, dim=1)
        x = torch.cat([left, self.mix(right)], dim=1)
        batch, channels, height, width = x.size()
        x = x.view(batch, 2, channels // 2, height, width).transpose(1, 2).contiguous()
        x = self.norm(x.view(batch, channels, height, width))
        return self.last(x).mean((2, 3))


class Padded(nn.Module):
    """Residual blocks with "option A" shortcuts, whose slices and zeros stand for a convolution; other paddings."""

    def __init__(self) -> None:
        super().__init__()
        self.zeros, self.conv = nn.ZeroPad2d((2, 1, 0, 1)), nn.Conv2d(3, 5, 3, stride=2)
        self.reflect, self.fill = nn.ReflectionPad2d(1), nn.ConstantPad2d((0, 1, 2, 0), 0.75)

    def forward(self, x: Tensor) -> Tensor:
        assert x.shape[1] == 3
        shortcut = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 1, 1), "constant", 0)
        x = self.conv(self.zeros(x))
        x = x + shortcut[:, :, : x.shape[2], : x.shape[3]]
        return torch.cat([self.reflect(x).mean((2, 3)), F.silu(self.fill(x)).mean((2, 3))], 1)


class Pieces(nn.Module):
    """Swapped axes, slices, splits, single channels, and numbers spread over maps."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.shuffle = nn.Conv2d(3, 6, (3, 2), padding=(0, 1)), nn.PixelShuffle(2)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        a, b, c = x.split((1, 2, 3), dim=1)
        a = a.expand(-1, 3, -1, -1).swapaxes(2, 3)[:, :, 1:, 1::2].transpose(-1, -2)
        b = torch.stack(b.unbind(1), 1)[:, 0].unsqueeze(1) if b.dim() == 3 else b.narrow(1, 1, 1)
        c = c[:, [2, 0, 1], 2:-1] * c.mean((2, 3), keepdim=True).expand(-1, -1, 2, 1)[:, :, :1]
        d = self.shuffle(torch.movedim(x, 1, 3)[..., :4].permute(0, 3, 1, 2))
        return torch.cat([part.mean((2, 3)) for part in (a, b, c, d)], dim=1)


class Tokens(nn.Module):
    """Patches as tokens, mixed over channels, then over the tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.patches, self.norm, self.channels = nn.Conv2d(3, 4, 3, 3), nn.LayerNorm(4), nn.Linear(4, 4)
        self.tokens, self.head = nn.Linear(9, 9), nn.Linear(4, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = x + F.gelu(self.channels(self.norm(x)))
        x = x + self.tokens(x.transpose(1, 2)).transpose(1, 2)
        return self.head(x[:, 0]).softmax(-1)


class Norms(nn.Module):
    """Mean and variance of the picture itself, of all values, some channels or one."""

    def __init__(self) -> None:
        super().__init__()
        self.convs = nn.ModuleList(nn.Conv2d(3, 4, 3) for _ in range(6))
        self.of_batch, self.of_picture = nn.BatchNorm2d(4, track_running_stats=False), nn.InstanceNorm2d(4, affine=True)
        self.of_group, self.of_all = nn.GroupNorm(2, 4), nn.LayerNorm((4, 9, 7))
        self.register_buffer("mean", torch.zeros(4))
        self.register_buffer("variance", torch.ones(4))

    def forward(self, x: Tensor) -> Tensor:
        a, b, c, d, e, f = (conv(x) for conv in self.convs)
        a, b, c, d = self.of_batch(a), self.of_picture(b), self.of_group(c), self.of_all(d)
        e = F.batch_norm(e, self.mean, self.variance, training=True, eps=1e-3)
        f = F.instance_norm(f)
        return torch.cat([part.amax((2, 3)) for part in (a, b, c, d, e, f)], 1)


def parametrised() -> nn.Module:
    """Weights that are computed from others at each pass."""
    return nn.Sequential(
        parametrizations.weight_norm(nn.Conv2d(3, 4, 3)),
        parametrizations.spectral_norm(nn.Conv2d(4, 4, 3, padding=1)),
        weight_norm(nn.Conv2d(4, 3, 1)),
        spectral_norm(nn.Conv2d(3, 3, (1, 2))),
        nn.Flatten(),
        parametrizations.weight_norm(nn.Linear(162, 4)),
        parametrizations.spectral_norm(nn.Linear(4, 3)),
    )


REARRANGING: dict[str, Callable[[], nn.Module]] = {
    "channels last": ChannelsLast,
    "shuffled": Shuffled,
    "padded": Padded,
    "pieces": Pieces,
    "tokens": Tokens,
    "norms": Norms,
    "parametrised": parametrised,
}
