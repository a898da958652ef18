"""The size of the gradient in every layer of a deep network before training, with and without skip connections.

    for measured in gradients(pictures):       # float32 (N, 3, H, W); a few seconds on one core
        measured.kind.name                     # "plain", "with skip connections", ...
        measured.sizes                         # (seeds, layers): mean |dloss/dweight| of each convolution

The networks differ in nothing else: as many 3x3 convolutions of the same width with ReLU, then a global average and a
linear layer, drawn from PyTorch's own initialisation with the same seeds. See He et al., "Deep residual learning for
image recognition" (2016), for what skip connections were made for.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

DEPTH, WIDTH, CLASSES = 24, 16, 10
SEEDS = (0, 1, 2)


@dataclass(frozen=True)
class Kind:
    """One kind of deep network."""

    name: str
    skips: bool  # every second convolution's output is added to what went into the pair
    norm: bool  # batch norm behind every convolution


KINDS = (
    Kind("plain", skips=False, norm=False),
    Kind("with skip connections", skips=True, norm=False),
    Kind("plain, batch norm", skips=False, norm=True),
    Kind("with skip connections, batch norm", skips=True, norm=True),
)


@dataclass(frozen=True, eq=False)
class Gradients:
    """What was measured for one kind."""

    kind: Kind
    sizes: np.ndarray  # float64 (seeds, layers): mean absolute gradient of the loss for a convolution's weights
    losses: tuple[float, ...]  # per seed, cross-entropy in nats


class Deep(nn.Module):
    """`depth` convolutions of `width` channels; every second one ends a pair that a skip connection may go around."""

    def __init__(self, kind: Kind, depth: int = DEPTH, width: int = WIDTH) -> None:
        super().__init__()
        self.kind = kind
        channels = [3] + [width] * depth
        self.convs = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in pairwise(channels))
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) if kind.norm else nn.Identity() for _ in range(depth))
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norms[0](self.convs[0](x)))
        before = x
        for index in range(1, len(self.convs)):
            x = self.norms[index](self.convs[index](x))
            ends_pair = index % 2 == 0
            x = F.relu(x + before if ends_pair and self.kind.skips else x)
            before = x if ends_pair else before
        return self.head(x.mean((2, 3)))


def drawn(kind: Kind, seed: int, depth: int = DEPTH) -> Deep:
    """A network with the weights that PyTorch gives after `torch.manual_seed(seed)`.

    They come from a generator of their own: torch's is shared by all threads of the program.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.device("meta"):
        net = Deep(kind, depth)
    net = net.to_empty(device="cpu")
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):  # as their own reset_parameters, in the same order
            nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
            bound = 1 / math.sqrt(layer.weight[0].numel())
            assert layer.bias is not None
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
        elif isinstance(layer, nn.BatchNorm2d):
            layer.reset_parameters()
    return net


def gradients(
    pictures: Tensor, kinds: Sequence[Kind] = KINDS, seeds: Sequence[int] = SEEDS, depth: int = DEPTH
) -> Iterator[Gradients]:
    """Measure kind after kind.

    The loss is the mean cross-entropy of the batch, as in training; which classes the pictures are counted as hardly
    matters before training, when a network finds all alike: they get 0, 1, 2, ... in turn.

    Args:
        pictures: float32 (N, 3, H, W), about 0 on average and 1 in spread; several, because batch norm compares them.
        kinds: which networks.
        seeds: of the weights; each kind is drawn with each.
        depth: number of convolutions.
    """
    labels = torch.arange(len(pictures)) % CLASSES
    for kind in kinds:
        found = [_measured(kind, seed, pictures, labels, depth) for seed in seeds]
        yield Gradients(kind, np.array([sizes for sizes, _ in found]), tuple(loss for _, loss in found))


def _measured(kind: Kind, seed: int, pictures: Tensor, labels: Tensor, depth: int) -> tuple[list[float], float]:
    with torch.inference_mode(False), torch.enable_grad():
        net = drawn(kind, seed, depth).train()  # batch norm takes mean and spread of the batch, as in training
        loss = F.cross_entropy(net(pictures.clone()), labels)
        weights = [conv.weight for conv in net.convs if isinstance(conv, nn.Conv2d)]
        found = torch.autograd.grad(loss, weights)
    return [float(gradient.abs().mean(dtype=torch.float64)) for gradient in found], loss.item()
