"""What a network's score is chosen by, as readings: pictures that are made strange, and copies of known ones."""

from collections.abc import Mapping

import torch
from torch import Tensor
from tqdm import tqdm

from model_zoo import Model
from model_zoo.aerial.survey import told_window
from model_zoo.trust.detectors import Detector
from model_zoo.trust.judgement import Bank
from model_zoo.trust.readings import Readings
from train.data.cifar10 import Images
from train.tools.trust import fitting, generated, passes
from train.tools.trust.handling import handled


def strange(reader: passes.Reader, train: Images, count: int, seed: int) -> dict[str, list[Readings]]:
    """Group -> strange pictures of each kind, made of `count` training pictures: no held-back one is looked at twice.

    Args:
        train: training pictures, as the network sees them.
    """
    chance = torch.Generator().manual_seed(seed)
    some = train.take(torch.randperm(len(train), generator=chance)[:count].sort().values)
    found: dict[str, list[Readings]] = {}
    for kind in tqdm(_kinds(reader.model), desc="kinds to choose by", disable=None):
        pictures = generated.made(kind, some, seed)
        found.setdefault(kind.group, []).append(reader.of(pictures, f"choose {kind.name}"))
    return found


def handled_copies(reader: passes.Reader, train: Images, most: int, seed: int) -> Readings | None:
    """Training pictures after what cameras and programs do, for networks of ground from above.

    Their tiles were all stored in one way. Whole things were shrunk to few pixels, which keep little of such traces.
    """
    if _of(reader.model) != generated.GROUND:
        return None
    count = min(most, len(train))
    chance = torch.Generator().manual_seed(seed + 1)
    some = train.pictures[torch.randperm(len(train), generator=chance)[:count]]
    return reader.of(handled(some, seed), "handled")


def told(model: Model) -> list[dict[str, str]]:
    """The kinds of pictures that choose, for the report."""
    return [{"name": each.name, "group": each.group, "words": each.words} for each in _kinds(model)]


def _kinds(model: Model) -> tuple[generated.Kind, ...]:
    return generated.kinds(_of(model))


def _of(model: Model) -> str:
    """What its pictures show: those of a network for whole photos from above are cut out of them as windows."""
    return generated.WHOLE if told_window(model) is None else generated.GROUND


def bank(found: Mapping[str, Detector], index: Tensor, labels: Tensor) -> Bank:
    """Which training pictures the rows of KNN's bank are.

    Args:
        index: int64 (N,), numbers in the training split of the pictures that the scores were fitted to.
        labels: int64 (N,), their classes.
    """
    rows = getattr(found["knn"], "bank")  # noqa: B009 (the protocol knows no bank)
    kept = fitting.spread(len(index), len(rows))
    return Bank(rows, index[kept], labels[kept])
