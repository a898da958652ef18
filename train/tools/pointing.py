"""How often the peak of a map of what speaks for the plant lies on the plant: the pointing game.

Windows are cut as tiles are; one counts if at least 5 % of it is the plant. The peak is the middle of the map's largest
place. By chance a place lies on the plant as often as the plant covers the windows; the same network with shuffled
weights shows what the network's form alone gives. Source: J. Zhang et al., "Top-down Neural Attention by Excitation
Backprop", ECCV 2016, section 4.1, here without their tolerance of 15 pixels.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

import model_zoo
from model_zoo.aerial.threshold import PRESENT
from model_zoo.explain import attribution, sanity_checks
from model_zoo.explain.attribution import Map, peak
from model_zoo.model import logits
from train.data.cifar10 import DataError
from train.tools import cut

METHODS: dict[str, Callable[..., Map]] = {"grad-cam": attribution.grad_cam, "occlusion": attribution.occlusion}
SAVED = 144  # pixels of a tile's side, as `cut` saves it


@dataclass(frozen=True)
class Pointing:
    """How often a map's peak lay on the plant."""

    windows: int  # that show the plant
    hits: int  # of the network's maps
    shuffled: int  # of the maps of the same network with shuffled weights
    chance: float  # mean share of a window that is the plant
    found: int  # windows in which the plant is the network's answer
    found_hits: int  # of these

    @property
    def share(self) -> float:
        return self.hits / self.windows


def peak_on_plant(
    model: model_zoo.Model, windows: list[tuple[Image.Image, np.ndarray]], target: int, method: str = "grad-cam"
) -> Pointing:
    """Play the pointing game.

    Args:
        model: any network.
        windows: square pictures, each with where the plant is, bool (height, width) of any size.
        target: number of the class that is the plant.
        method: one of `METHODS`.

    Raises:
        DataError: there are no windows.
    """
    if not windows:
        raise DataError("There is no window that shows the plant.")
    unlearned, make = sanity_checks.shuffled(model.net), METHODS[method]
    hits = shuffled = found = found_hits = 0
    for picture, plant in tqdm(windows, desc="pointing", unit=" windows", disable=None):
        x = model.prepare(picture)
        hit = _lies_on(make(model.net, x, target).values, plant)
        with torch.inference_mode():
            is_found = int(logits(model.net, x).argmax()) == target
        hits += hit
        shuffled += _lies_on(make(unlearned, x, target).values, plant)
        found += is_found
        found_hits += hit and is_found
    chance = float(np.mean([plant.mean() for _, plant in windows]))
    return Pointing(len(windows), hits, shuffled, chance, found, found_hits)


def _lies_on(values: Tensor, plant: np.ndarray) -> bool:
    """Whether the peak is on the plant; an empty map points nowhere."""
    return bool(values.any()) and bool(plant[peak(values, *plant.shape)])


def windows_of(folder: Path, tile: int = 250) -> list[tuple[Image.Image, np.ndarray]]:
    """The windows of photos with masks of which at least 5 % are the plant, with where it is.

    Args:
        folder: photos and masks, named as for `cut`.
        tile: side of a window in the photo, in pixels.

    Raises:
        DataError: a photo or mask is missing or damaged, or they differ in size.
    """
    pairs, _ = cut.photo_pairs(folder, folder)
    windows = []
    for photo, mask in pairs:
        picture, plant = cut.read_photo(photo), cut.read_mask(mask)
        if plant.shape != (picture.height, picture.width):
            raise DataError(f"{mask.name} and {photo.name} differ in size.")
        for top in range(0, picture.height - tile + 1, tile):
            for left in range(0, picture.width - tile + 1, tile):
                own = plant[top : top + tile, left : left + tile]
                if own.mean() >= PRESENT:
                    box, side = (left, top, left + tile, top + tile), min(SAVED, tile)
                    windows.append((picture.resize((side, side), Image.Resampling.BICUBIC, box=box), own.copy()))
    return windows


def figures(method: str, result: Pointing) -> dict[str, Any]:
    """The result for a card, and for programs."""
    return {
        "method": method,
        "windows": result.windows,
        "peak_on_plant": round(result.share, 4),
        "chance": round(result.chance, 4),
        "shuffled_weights": round(result.shuffled / result.windows, 4),
        "windows_answered_plant": result.found,
        "peak_on_plant_of_these": round(result.found_hits / result.found, 4) if result.found else None,
    }


def report(entry: str, method: str, result: Pointing) -> str:
    """The result in words, then a line of JSON."""
    values = {"entry": entry} | figures(method, result)
    of_these = (
        f"; of the {result.found} windows in which it finds the plant, {result.found_hits}" if result.found else ""
    )
    return (
        f"The peak of {entry}'s {method} map lies on the plant in {result.hits} of {result.windows} windows, "
        f"{result.share:.1%}{of_these}.\nBy chance {result.chance:.1%}; with shuffled weights "
        f"{result.shuffled / result.windows:.1%}.\n{json.dumps(values)}"
    )
