"""Whether a photo was taken from another height than those that a network learned from, where nothing says so.

The same places are looked at with windows of half, one and double the side. If another side than the one that is used
looks clearly more like the training pictures, the scale is in doubt. What "looks like" means is a score that the caller
may give; without one it is how far the network's first batch norms are from their usual inputs: these layers keep the
variance that each channel had while training, which for early channels is how much there was of each fine texture, and
so describes the training pictures without any of them.

Measured with `invasive-resnet` on its three whole test photos (tests/model_zoo/aerial/test_scale_check.py): none of the
photos is doubted as it is, all are at half and at double size, and when blurred by 4 pixels or more; grey, brighter and
darker ones are not noticed. Which batch norms count, and the limits, were chosen on these three, of quarters of which
only one in three was noticed at double size.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import nn

from model_zoo.aerial.survey import told_window
from model_zoo.graph.step import INPUT
from model_zoo.graph.walk import walk
from model_zoo.model import Model

PLACES, SEED = 24, 0
AT_ONCE = 4  # pictures in one walk, which keeps every map
FIRST = 0.3  # of the batch norms, from the input on, that are looked at: the later ones see plants, not textures
CLEARLY = 0.8  # of the distance of the side that is used: from there on another side fits better

Score = Callable[[Sequence[Image.Image]], float]
"""How much pictures look like the training pictures: larger is more alike, below 0."""


SIDES = (1.0, 0.5, 2.0)
STRANGE = 0.7  # of a distance, from where on no window looks like the training pictures
STRANGE_PHOTO = (
    "The fine textures of this photo are unlike those of the training pictures: it is perhaps blurred, or shows "
    "something else. The network answers all the same, but do not trust it before a check by eye."
)


@dataclass(frozen=True)
class ScaleCheck:
    """How alike to the training pictures windows of three sides are."""

    windows: tuple[int, ...]  # sides in pixels: the one that is used, and half and double of it, as far as they fit
    scores: tuple[float, ...]  # of each; below 0

    @property
    def is_strange(self) -> bool:
        """Whether windows of the side that is used look like nothing that the network learned from."""
        return -self.scores[0] > STRANGE

    @property
    def better(self) -> int | None:
        """The side that looks clearly more like the training pictures than the first one; None where there is none."""
        best = int(np.argmax(self.scores))
        if self.is_strange and -self.scores[best] > STRANGE:
            return None
        return self.windows[best] if best and -self.scores[best] < CLEARLY * -self.scores[0] else None


def doubts(model: Model, photo: Image.Image, window: int, is_alike: bool | None) -> str:
    """As `doubt`; "" also where it is said already that the windows show other ground, or the card tells of no size.

    Args:
        is_alike: what `ground.is_alike` says of the windows.
    """
    if is_alike is False or told_window(model) is None:
        return ""
    return doubt(model, photo, window, is_known=is_alike is True)


def doubt(model: Model, photo: Image.Image, window: int, *, is_known: bool = False) -> str:
    """Why answers for windows of this size are in doubt, in words; "" where they are not, or the network has no score.

    Args:
        is_known: whether the windows are known to show as much ground as in training, so that no other size is tried.
    """
    score = score_of(model)
    if score is None or window > min(photo.size):
        return ""
    found = check_scale(photo, window, score, (1.0,) if is_known else SIDES)
    if found.better is None:
        return STRANGE_PHOTO if found.is_strange else ""
    height = "higher up" if found.better < window else "lower"
    return (
        f"Windows of {found.better:,} pixels look clearly more like the training pictures than these of {window:,}: "
        f"the photo was perhaps taken from {height} than those that the network learned from. Survey it again with "
        f"{found.better:,} pixels, or with the metres that it shows, and trust neither before a check by eye."
    )


def check_scale(photo: Image.Image, window: int, score: Score, sides: Sequence[float] = SIDES) -> ScaleCheck:
    """Look at the same places of a photo with windows of three sides.

    Args:
        window: the side that is used, in pixels; it must fit into the photo.
        sides: times that, the first being 1.
    """
    sides = [side for side in (max(2, int(times * window)) for times in sides) if side <= min(photo.size)]
    centres = np.random.default_rng(SEED).random((PLACES, 2))
    scores = [score([photo.crop(_box(photo.size, side, place)) for place in centres.tolist()]) for side in sides]
    return ScaleCheck(tuple(sides), tuple(scores))


def _box(size: tuple[int, int], side: int, place: list[float]) -> tuple[int, int, int, int]:
    """The square of a side around a place, given as shares of width and height, moved into the photo."""
    left, top = (
        min(max(round(share * length - side / 2), 0), length - side) for share, length in zip(place, size, strict=True)
    )
    return left, top, left + side, top + side


def score_of(model: Model) -> Score | None:
    """How alike to its training pictures a network finds pictures: minus the distance of its first batch norms' inputs
    from those of training; or where it has none but can judge, the mean typicality less 1; None where it has neither.
    """
    if any(_keeps_statistics(module) for module in model.net.modules()):
        return lambda pictures: -_distance(model, pictures)
    if model.trust is not None:
        return lambda pictures: float(np.mean([model.judge(each).typicality or 0.0 for each in pictures])) - 1.0
    return None


def _keeps_statistics(module: nn.Module | None) -> bool:
    return isinstance(module, nn.BatchNorm2d) and module.running_var is not None


def _distance(model: Model, pictures: Sequence[Image.Image]) -> float:
    """Mean over the channels of the first batch norms of |log(variance of the pictures / variance of training)|."""
    moments: dict[str, list[torch.Tensor]] = {}
    norms: dict[str, nn.BatchNorm2d] = {}
    for start in range(0, len(pictures), AT_ONCE):
        x = torch.cat([model.prepare(each) for each in pictures[start : start + AT_ONCE]])
        outputs = {INPUT: x}
        for step in walk(model.net, x):
            outputs[step.name] = step.output
            if isinstance(step.module, nn.BatchNorm2d) and _keeps_statistics(step.module):
                norms[step.name] = step.module
                values = outputs[step.inputs[0]].double()
                sums = [values.mean(dim=(2, 3)).sum(dim=0), values.square().mean(dim=(2, 3)).sum(dim=0)]
                old = moments.get(step.name)
                moments[step.name] = [a + b for a, b in zip(old, sums, strict=True)] if old else sums
    first = list(moments)[: max(1, round(FIRST * len(moments)))]
    return float(np.mean([_away(norms[name], *(each / len(pictures) for each in moments[name])) for name in first]))


@torch.inference_mode()
def _away(norm: nn.BatchNorm2d, mean: torch.Tensor, square: torch.Tensor) -> float:
    usual = norm.running_var
    assert usual is not None  # see `_keeps_statistics`
    return float(((square - mean.square()).clamp_min(0) + norm.eps).div(usual.double() + norm.eps).log().abs().mean())
