"""TalkCNN: the network of the PyTorch talk that ConvScope starts from, 5,852,234 parameters.

    3x32x32  conv1 32 - conv2 64 - pool      64x16x16
             conv3 128 - conv4 128 - pool    128x8x8
             conv5 256 - conv6 256 - pool    256x4x4
             flatten 4096 - fc1 1024 - fc2 512 - fc3 classes

All convolutions are 3x3 with padding 1, all pools 2x2, ReLU after everything but pools and the last layer; no
normalisation layer. Source of the layout: the "CIFAR-10 CNN" lesson of the course "PyTorch: Zero to GANs".
"""

from torch import Tensor, nn
from torch.nn import functional as F

from model_zoo.nets import register_network


@register_network
class TalkCNN(nn.Module):
    """Logits (N, classes) for pictures (N, 3, 32, 32).

    Args:
        classes: number of outputs.
        dropout: probability with which each input of fc1, fc2 and fc3 is dropped while training; a network in
            eval mode has no such step.
    """

    def __init__(self, classes: int = 10, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = dropout
        self.conv1, self.relu1 = nn.Conv2d(3, 32, 3, padding=1), nn.ReLU()
        self.conv2, self.relu2 = nn.Conv2d(32, 64, 3, padding=1), nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv3, self.relu3 = nn.Conv2d(64, 128, 3, padding=1), nn.ReLU()
        self.conv4, self.relu4 = nn.Conv2d(128, 128, 3, padding=1), nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.conv5, self.relu5 = nn.Conv2d(128, 256, 3, padding=1), nn.ReLU()
        self.conv6, self.relu6 = nn.Conv2d(256, 256, 3, padding=1), nn.ReLU()
        self.pool3 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.fc1, self.relu7 = nn.Linear(256 * 4 * 4, 1024), nn.ReLU()
        self.fc2, self.relu8 = nn.Linear(1024, 512), nn.ReLU()
        self.fc3 = nn.Linear(512, classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.relu1(self.conv1(x))
        x = self.pool1(self.relu2(self.conv2(x)))
        x = self.relu3(self.conv3(x))
        x = self.pool2(self.relu4(self.conv4(x)))
        x = self.relu5(self.conv5(x))
        x = self.pool3(self.relu6(self.conv6(x)))
        x = self.relu7(self.fc1(self._drop(self.flatten(x))))
        x = self.relu8(self.fc2(self._drop(x)))
        return self.fc3(self._drop(x))

    def _drop(self, x: Tensor) -> Tensor:
        # Decided in Python so that the traced graph of an eval-mode network holds no dropout step.
        return F.dropout(x, self.dropout) if self.training and self.dropout else x
