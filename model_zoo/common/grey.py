"""Networks for pictures in one channel, such as those for handwritten digits."""

import torch
from torch import Tensor, nn

# Of red, green and blue in the grey that people see: Recommendation ITU-R BT.601, as Pillow's mode "L". They sum to 1,
# so that a grey picture keeps its values, normalised or not.
SHARES = (0.299, 0.587, 0.114)


class Grey(nn.Module):
    """A network for one channel as one for three: its first step makes grey of the colours.

    The step is a convolution of one pixel, so that it is explained as any other. Input float32 (N, 3, H, W).
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.grey = nn.Conv2d(3, 1, 1, bias=False)
        with torch.no_grad():
            self.grey.weight.copy_(torch.tensor(SHARES).view(1, 3, 1, 1))
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        return self.net(self.grey(x))
