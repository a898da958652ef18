"""What a judgement reads out of one pass: logits, the features before the last layer, statistics of maps on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from model_zoo.graph.step import INPUT, Step, answer

MOST_DEPTHS = 6
LAGS = (32, 16, 8)  # parts of the side; finer detail tells more of how a picture was stored than of what it shows


@dataclass(frozen=True)
class Taps:
    """The steps of a network that are read, by name."""

    features: str  # what the last layer with weights takes
    head: str  # that layer, where it is a linear one; else ""
    depths: tuple[str, ...]  # `INPUT`, then the last map of each size, the largest first


@dataclass(frozen=True, eq=False)
class Readings:
    """Of N pictures; all float32."""

    logits: Tensor  # (N, classes)
    features: Tensor  # (N, D); of maps the mean over all places
    depths: dict[str, Tensor]  # step -> (N, means and spreads), as `map_statistics` and `picture_statistics` give them

    def __len__(self) -> int:
        return len(self.logits)

    def take(self, index: Tensor | slice) -> "Readings":
        return Readings(
            self.logits[index], self.features[index], {name: each[index] for name, each in self.depths.items()}
        )


def taps(steps: Sequence[Step]) -> Taps:
    """Which steps of a network are read, given any walk through it.

    Raises:
        ValueError: it has no layer with weights, or no step gives its answer.
    """
    until = steps[: steps.index(answer(steps)) + 1]
    weighted = [step for step in until if isinstance(step.module, nn.Linear | nn.Conv2d)]
    if not weighted or weighted[-1].inputs[0] == INPUT:
        raise ValueError("There is no layer with weights before the last one, whose features could be looked at.")
    head = weighted[-1]
    maps = {step.shape[2:]: step.name for step in until if step.output.dim() == 4 and min(step.shape[2:]) > 1}
    names = tuple(maps[size] for size in sorted(maps, key=lambda size: -size[0] * size[1]))
    last = head.name if isinstance(head.module, nn.Linear) else ""
    return Taps(head.inputs[0], last, (INPUT, *names[:MOST_DEPTHS]))


@torch.inference_mode()
def read(x: Tensor, steps: Sequence[Step], places: Taps) -> Readings:
    """The readings of pictures.

    Args:
        x: what was walked, float32 (N, 3, H, W).
        steps: the walk.

    Raises:
        ValueError: the walk has not these steps.
    """
    found = {INPUT: x} | {step.name: step.output for step in steps}
    if missing := [name for name in (places.features, *places.depths) if name not in found]:
        raise ValueError(f"The network has no step {missing[0]!r} to read.")
    features = found[places.features].float()
    features = features.mean((2, 3)) if features.dim() == 4 else features.flatten(1)
    kinds = {name: picture_statistics if name == INPUT else map_statistics for name in places.depths}
    depths = {name: of(found[name].float()) for name, of in kinds.items()}
    return Readings(answer(steps).output.float(), features, depths)


def map_statistics(maps: Tensor) -> Tensor:
    """The means of the channels of maps (N, C, H, W), then their standard deviations: (N, 2C)."""
    spread, mean = torch.std_mean(maps, (2, 3), correction=0)
    return torch.cat((mean, spread), 1)


def picture_statistics(x: Tensor) -> Tensor:
    """Three means, then spreads, of pictures (N, 3, H, W): (N, 3 + 3 x (1 + number of `LAGS`)).

    A spread is the square root of an eigenvalue of a covariance of the three colours: of the values themselves, and of
    differences between places that are 1/32, 1/16 and 1/8 of the side apart. A picture without colour has two that are
    0; where it is blurred, or shows the ground from another height, those of the differences change.
    """
    x = x.contiguous()
    mean = x.mean((2, 3), keepdim=True)
    products = [_product(x - mean)]
    for lag in (max(1, x.shape[3] // part) for part in LAGS):
        across, down = x[..., lag:] - x[..., :-lag], x[..., lag:, :] - x[..., :-lag, :]
        products.append((_product(across) + _product(down)) / 2)
    spreads = torch.linalg.eigvalsh(torch.stack(products, 1)).clamp(min=0).sqrt()
    return torch.cat((mean.flatten(1), spreads.flatten(1)), 1)


def _product(values: Tensor) -> Tensor:
    """The mean product of every two channels, (N, C, C)."""
    flat = values.flatten(2)
    return flat @ flat.mT / max(flat.shape[2], 1)


def joined(parts: Sequence[Readings]) -> Readings:
    """The readings of all pictures of several."""
    return Readings(
        torch.cat([part.logits for part in parts]),
        torch.cat([part.features for part in parts]),
        {name: torch.cat([part.depths[name] for part in parts]) for name in parts[0].depths},
    )
