"""Ten ways to spoil pictures, at five strengths each: how much worse do the answers get, and are they doubted?

After Hendrycks and Dietterich 2019 (arXiv 1903.12261), with values of our own that mean the same for any size of
pictures. Pictures are uint8 (N, 3, S, S); lengths are shares of the side.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R BT.601


@dataclass(frozen=True)
class Corruption:
    """One way."""

    name: str
    unit: str
    strengths: tuple[float, float, float, float, float]
    apply: Callable[[Tensor, float], Tensor]


def spoiled(pictures: Tensor, way: Corruption, strength: float) -> Tensor:
    """Spoiled copies; equal arguments make equal pictures."""
    return way.apply(pictures, strength)


def _noise(pictures: Tensor, spread: float) -> Tensor:
    return _bytes(pictures + spread * torch.randn(pictures.shape, generator=torch.Generator().manual_seed(0)))


def _salt_and_pepper(pictures: Tensor, share: float) -> Tensor:
    n, _, height, width = pictures.shape
    drawn = torch.rand(n, 1, height, width, generator=torch.Generator().manual_seed(0))
    values = torch.where(drawn < share / 2, 0.0, pictures.float())
    return _bytes(torch.where(drawn > 1 - share / 2, 255.0, values))


def _blur(pictures: Tensor, share: float) -> Tensor:
    deviation = share * pictures.shape[-1]
    reach = max(1, round(3 * deviation))
    kernel = torch.exp(-(torch.arange(-reach, reach + 1).float() ** 2) / (2 * deviation**2))
    kernel = kernel / kernel.sum()
    return _bytes(_filtered(_filtered(pictures.float(), kernel[:, None]), kernel[None]))


def _motion(pictures: Tensor, share: float) -> Tensor:
    length = max(2, round(share * pictures.shape[-1]))
    return _bytes(_filtered(pictures.float(), torch.full((1, length), 1 / length)))


def _filtered(values: Tensor, kernel: Tensor) -> Tensor:
    high, wide = kernel.shape
    edges = ((wide - 1) // 2, wide // 2, (high - 1) // 2, high // 2)
    padded = F.pad(values, edges, mode="replicate")
    return F.conv2d(padded, kernel.expand(3, 1, high, wide).contiguous(), groups=3)


def _pixelated(pictures: Tensor, share: float) -> Tensor:
    size = pictures.shape[-1]
    small = F.adaptive_avg_pool2d(pictures.float(), max(1, round(share * size)))
    return _bytes(F.interpolate(small, size=(size, size), mode="nearest"))


def _brightness(pictures: Tensor, share: float) -> Tensor:
    return _bytes(pictures.float() * (1 + share))


def _contrast(pictures: Tensor, share: float) -> Tensor:
    values = pictures.float()
    middle = values.mean((1, 2, 3), keepdim=True)
    return _bytes(middle + share * (values - middle))


def _saturation(pictures: Tensor, share: float) -> Tensor:
    values = pictures.float()
    grey = (values * torch.tensor(LUMINANCE).view(1, 3, 1, 1)).sum(1, keepdim=True)
    return _bytes(grey + share * (values - grey))


def _jpeg(pictures: Tensor, quality: float) -> Tensor:
    found = []
    for picture in pictures.permute(0, 2, 3, 1).contiguous().numpy():
        file = io.BytesIO()
        Image.fromarray(picture).save(file, format="JPEG", quality=round(quality))
        with Image.open(file, formats=["JPEG"]) as stored:
            found.append(np.asarray(stored.convert("RGB")))
    return torch.from_numpy(np.stack(found)).permute(0, 3, 1, 2).contiguous()


def _bytes(values: Tensor) -> Tensor:
    return values.round().clamp(0, 255).to(torch.uint8)


CORRUPTIONS = (
    Corruption("noise", "standard deviation in grey levels, of 255", (8, 16, 24, 36, 48), _noise),
    Corruption("salt and pepper", "share of the pixels", (0.01, 0.02, 0.05, 0.1, 0.2), _salt_and_pepper),
    Corruption("blur", "standard deviation, share of the side", (0.01, 0.015, 0.02, 0.03, 0.045), _blur),
    Corruption("motion blur", "length, share of the side", (0.07, 0.1, 0.13, 0.19, 0.25), _motion),
    Corruption("pixelated", "pixels left along a side, share", (0.75, 0.5, 0.375, 0.25, 0.1875), _pixelated),
    Corruption("brighter", "change, share", (0.1, 0.2, 0.4, 0.7, 1.0), _brightness),
    Corruption("darker", "change, share", (-0.15, -0.3, -0.45, -0.6, -0.75), _brightness),
    Corruption("contrast", "share that is left", (0.75, 0.6, 0.45, 0.3, 0.15), _contrast),
    Corruption("saturation", "share that is left", (0.75, 0.5, 0.3, 0.15, 0.0), _saturation),
    Corruption("JPEG", "quality", (50, 30, 20, 10, 5), _jpeg),
)
