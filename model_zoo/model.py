"""Model: a network with everything that is needed to use it on a picture."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn

from model_zoo.common.picture import SHORT_SIDE, reduced, to_rgb
from model_zoo.graph.step import Step, answer, answer_of
from model_zoo.graph.walk import walk
from model_zoo.trust.judgement import COVERAGE, FALSE_ALARMS, Judge, Judgement, check_shares, unjudged
from model_zoo.trust.readings import read

log = logging.getLogger(__name__)
RESAMPLING = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}

SNAPSHOTS = "snapshots"  # the entry's folder of them, and the card's key: epoch as text -> sha256


def crop_box(width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a picture's largest centred square, in pixels."""
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    return left, top, left + side, top + side


@dataclass(frozen=True, eq=False)
class Probe:
    """A linear classifier that reads one step of a network alone; `model_zoo.explain.lens` says of what and why."""

    weight: Tensor  # float32 (classes, features)
    bias: Tensor  # float32 (classes,)
    accuracy: float  # share of the test pictures that it classifies rightly, 0..1


@dataclass(frozen=True)
class Model:
    """A zoo entry, ready to use. One instance serves all threads: nothing in it changes."""

    name: str
    net: nn.Module  # in eval mode, without gradients
    card: dict[str, Any]  # the parsed card.json
    history: list[dict[str, float]]  # the rows of history.csv; none where it was trained elsewhere
    folder: Path
    epoch: int | None = None  # the snapshot's, None for the entry's own weights
    trust: Judge | None = None  # what judges its answers; None where nothing was fitted to these weights

    @property
    def epochs(self) -> tuple[int, ...]:
        """The epochs of the training whose weights can be loaded, from 0, the untrained network, on."""
        return epochs_of(self.card)

    @property
    def title(self) -> str:
        return self.card["title"]

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.card["classes"])

    @property
    def groups(self) -> tuple[str, ...]:
        """The group of every class, such as "animal", in the classes' order; () where the card names none."""
        return tuple(self.card.get("groups") or ())

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

    @torch.inference_mode()
    def judge(
        self,
        picture: Image.Image,
        false_alarms: float = FALSE_ALARMS,
        coverage: float = COVERAGE,
        neighbours: int = 0,
    ) -> Judgement:
        """The answer for a picture, and how far it can be trusted.

        Args:
            false_alarms: the share of known pictures that may be called unfamiliar, between 0 and 1.
            coverage: the share of known pictures whose right class should be in the set, between 0 and 1.
            neighbours: so many training pictures that are most like this one.

        Raises:
            ValueError: no such share.
        """
        x = self.prepare(picture)
        if self.trust is None:  # then nothing has to be walked
            return unjudged(logits(self.net, x), false_alarms, coverage)[0]
        return self.judgements(x, walk(self.net, x), false_alarms, coverage, neighbours)[0]

    def judgements(
        self,
        x: Tensor,
        steps: Sequence[Step],
        false_alarms: float = FALSE_ALARMS,
        coverage: float = COVERAGE,
        neighbours: int = 0,
    ) -> list[Judgement]:
        """As `judge`, of inputs (N, 3, size, size) and the walk through the network that was made of them already."""
        check_shares(false_alarms, coverage)
        if self.trust is not None:
            try:
                return self.trust.of(read(x, steps, self.trust.taps), false_alarms, coverage, neighbours)
            except (RuntimeError, LookupError, ValueError) as error:  # a stranger's file, of another network
                reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                log.warning("What judges the answers of %s does not fit its network: %s", self.name, reason)
        return unjudged(answer(steps).output, false_alarms, coverage)


def logits(net: nn.Module, x: Tensor) -> Tensor:
    """The answer of a network, (N, classes), for inputs (N, 3, H, W); of several outputs the first of that shape.

    Raises:
        ValueError: it returns nothing of that shape.
    """
    return answer_of(net(x), x.shape[0])


def epochs_of(card: dict[str, Any]) -> tuple[int, ...]:
    """As `Model.epochs`, of a card."""
    best, kept = card["metrics"].get("best_epoch"), set(snapshots(card))
    return tuple(sorted(kept | {best} if kept and isinstance(best, int) else kept))


def snapshots(card: dict[str, Any]) -> dict[int, str]:
    """Epoch -> sha256 of the weights kept after it; empty for a card that names none. Other keys are left out."""
    named = card.get(SNAPSHOTS)
    epochs = named if isinstance(named, dict) else {}
    return {int(epoch): str(sha) for epoch, sha in epochs.items() if re.fullmatch(r"[0-9]{1,6}", epoch)}
