"""EfficientNet-Lite0 for photos: EfficientNet-B0 (Tan and Le 2019, arXiv 1905.11946) without squeeze-and-excitation,
with ReLU6 in place of SiLU (github.com/tensorflow/tpu, models/official/efficientnet/lite).

    3x128x128  stem 3x3 / 2              32x64x64
               blocks 0                  16x64x64
               blocks 1-2, halved        24x32x32
               blocks 3-4, halved        40x16x16
               blocks 5-7, halved        80x8x8
               blocks 8-10               112x8x8
               blocks 11-14, halved      192x4x4
               block 15                  320x4x4
               head 1x1                  1280x4x4
               mean over all places, fc  classes

3.4 million parameters with two classes. Halving convolutions are padded on all sides alike, where TensorFlow pads more
on the right and below: with weights from there every map is moved by a pixel, which training on them makes up for.
Weights that are used as they are need `tensorflow_padding`.
"""

from collections import OrderedDict

from torch import Tensor, nn

from model_zoo.nets import register_network

# Of each group of blocks: how many times as many channels inside, channels, blocks, stride of the first, kernel.
GROUPS = (
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)
STEM, HEAD = 32, 1280  # channels of the first and last convolution


def convolution(
    inputs: int,
    outputs: int,
    kernel: int = 1,
    stride: int = 1,
    groups: int = 1,
    relu: bool = True,
    uneven: bool = False,
) -> nn.Sequential:
    """A convolution without bias, its batch norm, and ReLU6 if wanted: (N, C, H, W) -> (N, C', H/stride, W/stride).

    With `uneven` a halving one gets one row and column of zeros more below and on the right than above and on the left,
    as TensorFlow's padding "SAME" has it for maps of an even size.
    """
    padding = (kernel - 1) // 2
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    if uneven and stride == 2:
        layers["pad"] = nn.ZeroPad2d((padding - 1, padding, padding - 1, padding))
        padding = 0
    layers["conv"] = nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
    layers["norm"] = nn.BatchNorm2d(outputs, eps=1e-3)
    if relu:
        layers["relu"] = nn.ReLU6()
    return nn.Sequential(layers)


class Block(nn.Module):
    """More channels (1x1), one kernel per channel, fewer channels (1x1); plus the input where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, times: int, uneven: bool) -> None:
        super().__init__()
        inside = inputs * times
        self.expand = convolution(inputs, inside) if times > 1 else None
        self.depthwise = convolution(inside, inside, kernel, stride, groups=inside, uneven=uneven)
        self.project = convolution(inside, outputs, relu=False)
        self.skips = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        change = self.project(self.depthwise(x if self.expand is None else self.expand(x)))
        return x + change if self.skips else change


@register_network
class EfficientNetLite0(nn.Module):
    """Logits (N, classes) for float32 pictures (N, 3, H, W) of 32 pixels or more; untrained weights.

    Args:
        classes: number of outputs.
        tensorflow_padding: as the weights were trained that TensorFlow's authors give; for H and W that 32 divides.
    """

    def __init__(self, classes: int = 2, tensorflow_padding: bool = False) -> None:
        super().__init__()
        self.stem = convolution(3, STEM, 3, 2, uneven=tensorflow_padding)
        blocks, inputs = [], STEM
        for times, outputs, count, stride, kernel in GROUPS:
            for number in range(count):
                blocks.append(Block(inputs, outputs, kernel, 1 if number else stride, times, tensorflow_padding))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = convolution(inputs, HEAD)
        self.avgpool, self.flatten, self.dropout = nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(0.2)
        self.fc = nn.Linear(HEAD, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.dropout(self.flatten(self.avgpool(self.head(self.blocks(self.stem(x)))))))
