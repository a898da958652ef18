"""Two passes through networks beside each other: what matches, what differs, and both answers."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from demo.core.inference import Inference, opening_step, run
from demo.core.inference import maps as maps_of
from demo.render.html import data_url, jpeg_url, pack
from model_zoo import Model, Step

FINE = 40_000  # values of one lane up to which they are sent with two bytes each
MOST = 90_000  # values of one lane; with the other lane's and the pictures this stays under 300 kB
MOST_CLASSES = 12  # with bars
LARGE_PICTURE = 64  # pixels from which the picture of a lane is sent as JPEG


@dataclass(frozen=True)
class Lane:
    """One network with one picture."""

    title: str
    made: Inference

    @property
    def model(self) -> Model:
        return self.made.model

    @property
    def steps(self) -> list[Step]:
        return self.made.steps

    @property
    def probabilities(self) -> dict[str, float]:
        """By class, most probable first."""
        return dict(self.made.ranking)


def lane(title: str, model: Model, picture: Image.Image) -> Lane:
    """A network and a picture, RGB of any size; where the page shows the same, it is the same inference."""
    return Lane(title, run(model, picture))


def counterpart(step: Step, steps: list[Step], others: list[Step]) -> Step | None:
    """The step of another network that compares best with a step of `steps`.

    The one of the same name if it does the same; else, of those that do the same, the one of the nearest shape (by the
    ratios of channels and of heights), and of equally near ones that at the nearest share of the way through.
    """
    alike = [other for other in others if other.operation == step.operation]
    named = next((other for other in alike if other.name == step.name), None)
    if named or not alike:
        return named

    def distance(other: Step) -> tuple[float, float]:
        ratios = sum(abs(math.log2(a / b)) for a, b in zip(_extent(step), _extent(other), strict=True))
        return ratios, abs(steps.index(step) / len(steps) - others.index(other) / len(others))

    return min(alike, key=distance)


def _extent(step: Step) -> tuple[int, int]:
    """Channels and height; a vector's entries are channels of one value each."""
    return (step.shape[1], step.shape[2]) if len(step.shape) == 4 else (math.prod(step.shape[1:]), 1)


def side_by_side(left: Lane, right: Lane, step: str, channel: int) -> dict[str, Any]:
    """What the widget shows of two lanes.

    Args:
        left, right: the lanes.
        step, channel: of the left lane; what does not exist is the first.

    Returns:
        - `lanes`: title, model, `picture` (data URL of what the network gets) and its `size` in pixels, of each;
        - `steps`: of the left lane: name, operation, `channels`, and `change`: the size of the difference as a share of
          the size of the left lane's values (root of the sum of squares), None between two networks;
        - `step`, `channel`: the chosen ones; `labels`: for each lane the class names of its values, if they are logits;
        - `matched`: name of the right lane's step or None, and `note`: how it was found, where not by its name;
        - `left` and `right` or `difference` (right minus left, which is exact even where the lanes hardly differ):
          packed as `demo.render.html.pack` says; only `left` where there is no matching step;
        - `block`: the side of the squares of values that one number is the mean of; 1 for all values;
        - `extents`: for each of `left`, `right` and, between two pictures, `difference`: lowest, highest and mean value
          of each channel, of the values themselves;
        - `classes` and `shares`: names, and for each lane the probabilities, None for a class that it does not know.
    """
    chosen = next((each for each in left.steps if each.name == step), opening_step(left.steps))
    channel = channel if chosen.name == step and channel < len(maps_of(chosen)) else 0
    networks = left.model.name != right.model.name
    other = counterpart(chosen, left.steps, right.steps)
    return {
        "lanes": [
            {"title": each.title, "model": each.model.name, "picture": _shown(each.made), "size": each.model.size}
            for each in (left, right)
        ],
        "steps": [
            {
                "name": each.name,
                "operation": each.operation,
                "channels": len(maps_of(each)),
                "change": None if networks else change(each, right.steps[index]),
            }
            for index, each in enumerate(left.steps)
        ],
        "step": chosen.name,
        "channel": channel,
        "labels": [each.made.labels(shown) if shown else [] for each, shown in ((left, chosen), (right, other))],
        "matched": {"name": other.name if other else None, "note": _note(chosen, other, right)},
        **_values(chosen, other, subtract=not networks),
        **_answers(left, right),
    }


def change(left: Step, right: Step) -> float:
    """The size of the difference as a share of the size of the left step's values; sizes are Euclidean norms."""
    size, difference = (float(torch.linalg.vector_norm(x)) for x in (left.output, right.output - left.output))
    return round(difference / size, 4) if size else float(difference > 0)


def _values(left: Step, right: Step | None, subtract: bool) -> dict[str, Any]:
    maps = [maps_of(each) for each in (left, right) if each]
    extents: dict[str, list[list[float]]] = dict(zip(("left", "right"), map(_extents, maps), strict=False))
    if subtract:
        maps[1] = maps[1] - maps[0]
        extents["difference"] = _extents(maps[1])
    largest = max(max(each.shape[1:]) for each in maps)
    block = next((b for b in range(1, largest) if all(_count(each, b) <= MOST for each in maps)), largest)
    means = [_means(each, block) for each in maps]
    packed = [pack(values, bits=8 if values.size >= FINE else 16) for values in means]
    names = ("left", "difference" if subtract else "right")
    return dict(zip(names, packed, strict=False)) | {"block": block, "extents": extents}


def _extents(maps: np.ndarray) -> list[list[float]]:
    found = (maps.min(axis=(1, 2)), maps.max(axis=(1, 2)), maps.mean(axis=(1, 2)))
    return [[float(f"{value:.4g}") for value in values] for values in found]


def _count(maps: np.ndarray, block: int) -> int:
    channels, height, width = maps.shape
    return channels * math.ceil(height / block) * math.ceil(width / block)


def _means(maps: np.ndarray, block: int) -> np.ndarray:
    """Means over squares of values, those at the edges of what is left there."""
    if block == 1:
        return maps
    return F.avg_pool2d(torch.from_numpy(maps), block, ceil_mode=True, count_include_pad=False).numpy()


def _note(step: Step, other: Step | None, right: Lane) -> str:
    if other is None:
        return f"{right.title} has no {step.operation} step, so there is nothing to set beside {step.name}."
    if other.name == step.name:
        return ""
    return (
        f"{right.title} has no {step.operation} step named {step.name}; beside it stands {other.name}, its "
        f"{step.operation} step of the nearest shape."
    )


def _answers(left: Lane, right: Lane) -> dict[str, Any]:
    lanes = [left.probabilities, right.probabilities]
    names = sorted(
        dict.fromkeys([*lanes[0], *lanes[1]]), key=lambda name: -max(shares.get(name, 0.0) for shares in lanes)
    )[:MOST_CLASSES]
    return {
        "classes": names,
        "shares": [[round(shares[name], 5) if name in shares else None for name in names] for shares in lanes],
    }


def _shown(made: Inference) -> str:
    seen = made.model.crop(made.picture)
    return data_url(seen) if seen.width <= LARGE_PICTURE else jpeg_url(seen, quality=88)
