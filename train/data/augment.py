"""Photos from above, changed as light, height and heading of a flight may change them: whole batches as tensors.

A batch of bytes becomes one of inputs in two steps: `resample` cuts, turns and mirrors each photo by an affine map of
its own, and `recolour` mixes its colours by a matrix of its own. Neither looks at single pictures in Python.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

LUMA = (0.299, 0.587, 0.114)  # weights of red, green and blue in brightness (ITU-R BT.601)
# To brightness and two colour differences (YIQ, the same standard), where a change of hue is a rotation.
YIQ = ((0.299, 0.587, 0.114), (0.5959, -0.2746, -0.3213), (0.2115, -0.5227, 0.3112))


@dataclass(frozen=True)
class Jitter:
    """How far photos are changed while training; 0 changes nothing, and `scale` 1."""

    scale: float = 1.0  # smallest side of the cut-out, as a share of the photo's
    flip: bool = False  # mirror half of them
    turn: bool = False  # by 0, 90, 180 or 270 degrees
    rotation: float = 0.0  # degrees by which they are turned further, either way; corners are filled by mirroring
    brightness: float = 0.0  # factor from 1 - this to 1 + this, as the others
    contrast: float = 0.0  # around the photo's mean brightness
    saturation: float = 0.0
    tint: float = 0.0  # of each colour by itself, as a white balance does
    hue: float = 0.0  # share of the colour circle, either way


def between(low: float, high: float, *shape: int) -> Tensor:
    return torch.empty(shape).uniform_(low, high)


def places(count: int, jitter: Jitter) -> Tensor:
    """Where each photo's input is taken from: float32 (N, 2, 3), affine maps as for `affine_grid`.

    The cut-out is a square of `scale` to 1 times the side, anywhere within the photo.
    """
    side = between(jitter.scale, 1.0, count)
    shift = between(-1.0, 1.0, count, 2) * (1 - side)[:, None]
    quarters = torch.randint(0, 4 if jitter.turn else 1, (count,))
    angle = quarters * (math.pi / 2) + torch.deg2rad(between(-jitter.rotation, jitter.rotation, count))
    mirror = torch.randint(0, 2 if jitter.flip else 1, (count,)) * -2 + 1
    cosine, sine = side * angle.cos(), side * angle.sin()
    rows = (torch.stack((cosine * mirror, -sine, shift[:, 0]), 1), torch.stack((sine * mirror, cosine, shift[:, 1]), 1))
    return torch.stack(rows, 1)


def resample(pictures: Tensor, affine: Tensor, size: int) -> Tensor:
    """Bytes (N, 3, S, S) -> float32 (N, 3, size, size), 0..255, by linear interpolation; what lies outside mirrored."""
    grid = F.affine_grid(affine, [len(pictures), 3, size, size], align_corners=False)
    return F.grid_sample(pictures.float(), grid, "bilinear", "reflection", align_corners=False)


def colours(count: int, jitter: Jitter) -> tuple[Tensor, Tensor]:
    """A colour matrix, float32 (N, 3, 3), and a contrast, float32 (N,), for each photo."""
    luma, to_yiq = torch.tensor(LUMA), torch.tensor(YIQ)

    def factor(strength: float, *shape: int) -> Tensor:
        return between(1 - strength, 1 + strength, count, *shape)

    angle = between(-jitter.hue, jitter.hue, count) * (2 * math.pi)
    turned = torch.eye(3).repeat(count, 1, 1)
    turned[:, 1, 1] = turned[:, 2, 2] = angle.cos()
    turned[:, 2, 1], turned[:, 1, 2] = angle.sin(), -angle.sin()
    hue = torch.linalg.inv(to_yiq) @ turned @ to_yiq
    saturation = factor(jitter.saturation)[:, None, None]
    saturated = saturation * torch.eye(3) + (1 - saturation) * luma.expand(3, 3)
    gains = factor(jitter.brightness)[:, None] * factor(jitter.tint, 3)
    return gains[:, :, None] * (saturated @ hue), factor(jitter.contrast)


def recolour(values: Tensor, matrix: Tensor, contrast: Tensor) -> Tensor:
    """Values (N, 3, H, W) -> the same, each pixel times its photo's matrix, then spread around the mean brightness."""
    count, _, height, width = values.shape
    means = (matrix @ values.mean((2, 3))[:, :, None])[:, :, 0] @ torch.tensor(LUMA, device=values.device)
    offset = ((1 - contrast) * means)[:, None, None].expand(count, 3, 1)
    changed = torch.baddbmm(offset, contrast[:, None, None] * matrix, values.reshape(count, 3, -1))
    return changed.view(count, 3, height, width)
