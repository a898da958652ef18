"""What cameras and programs do to pictures, and what must not make a known one look strange."""

import io

import numpy as np
import torch
from PIL import Image, ImageEnhance
from torch import Tensor

QUALITY = (60, 95)  # of JPEG
LIGHT = 0.15  # brightness, contrast and saturation change by up to this share
SHARPNESS = (0.6, 2.0)  # Pillow's factor; 1 leaves it as it is
NOISE = 3.0  # the largest standard deviation, in grey levels of 255


def handled(pictures: Tensor, seed: int) -> Tensor:
    """Copies of uint8 (N, 3, S, S), each with other light, colour, sharpness and noise, then stored as JPEG.

    Equal arguments make equal copies.
    """
    chance, found = np.random.default_rng(seed), []
    for values in pictures.permute(0, 2, 3, 1).contiguous().numpy():
        picture = Image.fromarray(values)
        for way in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            picture = way(picture).enhance(chance.uniform(1 - LIGHT, 1 + LIGHT))
        picture = ImageEnhance.Sharpness(picture).enhance(np.exp(chance.uniform(*np.log(SHARPNESS))))
        noisy = np.asarray(picture) + chance.normal(0, chance.uniform(0, NOISE), values.shape)
        file = io.BytesIO()
        Image.fromarray(noisy.round().clip(0, 255).astype(np.uint8)).save(
            file, format="JPEG", quality=int(chance.integers(*QUALITY))
        )
        with Image.open(file, formats=["JPEG"]) as stored:
            found.append(np.asarray(stored.convert("RGB")))
    return torch.from_numpy(np.stack(found)).permute(0, 3, 1, 2).contiguous()
