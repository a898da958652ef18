"""Model: a network with everything that is needed to use it on a picture."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from model_zoo.common.picture import SHORT_SIDE, reduced, to_rgb
from model_zoo.graph.step import answer_of

RESAMPLING = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}

SNAPSHOTS = "snapshots"  # the entry's folder of them, and the card's key: epoch as text -> sha256


def crop_box(width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a picture's largest centred square, in pixels."""
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side


@dataclass(frozen=True)
class Model:
    """A zoo entry, ready to use. One instance serves all threads: nothing in it changes."""

    name: str
    net: nn.Module  # in eval mode, without gradients
    card: dict[str, Any]  # the parsed card.json
    history: list[dict[str, float]]  # the rows of history.csv
    folder: Path
    epoch: int | None = None  # the snapshot's, None for the entry's own weights

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs of the training whose weights can be loaded, from 0, the untrained network, on."""
        best = self.card["metrics"].get("best_epoch")
        kept = set(snapshots(self.card))
        return tuple(sorted(kept | {best} if kept and isinstance(best, int) else kept))

    @property
    def title(self) -> str:
        return self.card["title"]

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.card["classes"])

    @property
    def size(self) -> int:
        """Side of the square picture that the network works on, in pixels."""
        return self.card["preprocessing"]["size"]

    def crop(self, picture: Image.Image) -> Image.Image:
        """The part of a picture that the network sees: its largest centred square, as RGB of `size` pixels.

        Any Pillow picture will do, also straight from Image.open(): `to_rgb` says what becomes of orientation marks,
        colour profiles, transparency and modes. Shrinking averages over all source pixels (by a whole number first,
        see `reduced`, then Pillow's antialiased filters), so detail is not dropped at random.
        """
        method = RESAMPLING.get(self.card["preprocessing"].get("interpolation"), Image.Resampling.BICUBIC)
        picture = to_rgb(picture, lambda whole: reduced(whole, max(SHORT_SIDE, self.size)))
        return picture.resize((self.size, self.size), method, box=crop_box(*picture.size))

    def prepare(self, picture: Image.Image) -> Tensor:
        """The network's input for a picture of any size: float32 (1, 3, size, size).

        Pixels are cropped as in `crop`, scaled to 0..1, then normalised as (pixel - mean) / std per colour, which is
        what the network was trained on.
        """
        pixels = torch.from_numpy(np.array(self.crop(picture)))  # (size, size, 3) uint8
        values = pixels.permute(2, 0, 1)[None].float() / 255
        preprocessing = self.card["preprocessing"]
        mean, std = (torch.tensor(preprocessing[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
        return ((values - mean) / std).contiguous()

    @property
    def black(self) -> tuple[float, ...]:
        """Black, per colour, as the network gets it; the mean of its training pictures is 0."""
        preprocessing = self.card["preprocessing"]
        return tuple(-mean / std for mean, std in zip(preprocessing["mean"], preprocessing["std"], strict=True))

    def picture(self, x: Tensor) -> Image.Image:
        """The picture that an input (1, 3, H, W) of the network is: `prepare` the other way round, cut to 0..255."""
        preprocessing = self.card["preprocessing"]
        mean, std = (torch.tensor(preprocessing[key]).view(3, 1, 1) for key in ("mean", "std"))
        values = ((x[0] * std + mean) * 255).round().clamp(0, 255)
        return Image.fromarray(values.permute(1, 2, 0).to(torch.uint8).contiguous().numpy())

    @torch.inference_mode()
    def predict(self, picture: Image.Image) -> list[tuple[str, float]]:
        """Every class with its probability, most probable first; probabilities sum to 1."""
        probabilities = logits(self.net, self.prepare(picture)).double().softmax(dim=1)[0]
        order = probabilities.argsort(descending=True)
        return [(self.classes[i], float(probabilities[i])) for i in order.tolist()]


def logits(net: nn.Module, x: Tensor) -> Tensor:
    """The answer of a network, (N, classes), for inputs (N, 3, H, W); of several outputs the first of that shape.

    Raises:
        ValueError: it returns nothing of that shape.
    """
    return answer_of(net(x), x.shape[0])


def snapshots(card: dict[str, Any]) -> dict[int, str]:
    """Epoch -> sha256 of the weights kept after it; empty for a card that names none. Other keys are left out."""
    named = card.get(SNAPSHOTS)
    epochs = named if isinstance(named, dict) else {}
    return {int(epoch): str(sha) for epoch, sha in epochs.items() if re.fullmatch(r"[0-9]{1,6}", epoch)}
