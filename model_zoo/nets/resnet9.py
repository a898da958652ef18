"""ResNet-9: nine layers with weights and two residual blocks, the smallest network in which skip connections show.

The layout became known through David Page's fast CIFAR-10 trainings (2018); the widths are ours.
"""

from torch import Tensor, nn

from model_zoo.nets import register_network


class Unit(nn.Module):
    """A 3x3 convolution that keeps the size, batch norm and ReLU, then perhaps a max pool by two."""

    def __init__(self, inputs: int, outputs: int, pool: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.norm, self.relu = nn.BatchNorm2d(outputs), nn.ReLU()
        self.pool = nn.MaxPool2d(2) if pool else None

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu(self.norm(self.conv(x)))
        return x if self.pool is None else self.pool(x)


class Residual(nn.Module):
    """x + f(x), f being two units: what they learn is only the change."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.unit1, self.unit2 = Unit(width, width), Unit(width, width)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.unit2(self.unit1(x))


@register_network
class ResNet9(nn.Module):
    """For float32 pictures (N, 3, 32, 32); gives logits (N, classes)."""

    def __init__(self, classes: int = 10, width: int = 32) -> None:
        super().__init__()
        self.unit1 = Unit(3, width)
        self.unit2 = Unit(width, 2 * width, pool=True)
        self.residual1 = Residual(2 * width)
        self.unit3 = Unit(2 * width, 4 * width, pool=True)
        self.unit4 = Unit(4 * width, 8 * width, pool=True)
        self.residual2 = Residual(8 * width)
        self.pool = nn.AdaptiveMaxPool2d(1)
        self.flatten = nn.Flatten()
        self.head = nn.Linear(8 * width, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.residual1(self.unit2(self.unit1(x)))
        x = self.residual2(self.unit4(self.unit3(x)))
        return self.head(self.flatten(self.pool(x)))
