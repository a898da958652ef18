"""ResNet-18 (He et al. 2015, arXiv 1512.03385) for photos, of any width: at width 64 it is torchvision's.

    3x128x128  conv1 7x7 / 2, max pool / 2     32x32x32
               layer1: 2 blocks                32x32x32
               layer2: 2 blocks, halved        64x16x16
               layer3: 2 blocks, halved        128x8x8
               layer4: 2 blocks, halved        256x4x4
               mean over all places, fc        classes

The sizes are those of width 32, which has 2.8 million parameters: half the channels, a quarter of the weights. Weights
have torchvision's names, so that those of its ResNet-18 fit at width 64.
"""

from torch import Tensor, nn

from model_zoo.nets import register_network


class Block(nn.Module):
    """x + f(x), then ReLU; f is two 3x3 convolutions with batch norm.

    Where f halves the map or changes the number of channels, a 1x1 convolution (`downsample`) does the same to x.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1, self.relu1 = nn.BatchNorm2d(outputs), nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2, self.relu2 = nn.BatchNorm2d(outputs), nn.ReLU()
        changes = stride != 1 or inputs != outputs
        self.downsample = (
            nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs))
            if changes
            else None
        )

    def forward(self, x: Tensor) -> Tensor:
        change = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(x)))))
        return self.relu2(change + (x if self.downsample is None else self.downsample(x)))


@register_network(torchvision="resnet18", torchvision_arguments={"width": 64})
class InvasiveResNet(nn.Module):
    """Logits (N, classes) for float32 pictures (N, 3, H, W) of 32 pixels or more, made for 128.

    Args:
        classes: number of outputs.
        width: channels of the first layers; the last ones have eight times as many.
    """

    def __init__(self, classes: int = 2, width: int = 32) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1, self.relu = nn.BatchNorm2d(width), nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = nn.Sequential(Block(width, width), Block(width, width))
        self.layer2 = nn.Sequential(Block(width, 2 * width, 2), Block(2 * width, 2 * width))
        self.layer3 = nn.Sequential(Block(2 * width, 4 * width, 2), Block(4 * width, 4 * width))
        self.layer4 = nn.Sequential(Block(4 * width, 8 * width, 2), Block(8 * width, 8 * width))
        self.avgpool, self.flatten = nn.AdaptiveAvgPool2d(1), nn.Flatten()
        self.fc = nn.Linear(8 * width, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):  # as torchvision: He et al. 2015, by fan-out
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.flatten(self.avgpool(x)))
