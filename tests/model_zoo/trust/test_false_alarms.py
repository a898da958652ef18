"""The share of false alarms is what it says: of known pictures that taught nothing, so many are called unfamiliar."""

import math
from pathlib import Path

import pytest
import torch

import model_zoo
from model_zoo import walk
from model_zoo.trust import conformal
from tests.conftest import CIFAR10, fully
from train.data.cifar10 import cifar10, normalise

SHARES = (0.01, 0.05, 0.1)
PICTURES = 1000
JUDGED = [name for name in CIFAR10 if model_zoo.load(name).trust is not None]
# Others were trained on all training pictures and fitted to test pictures.
HELD_OUT = [name for name in JUDGED if "validation pictures" in model_zoo.load(name).card["trust"]["fitted_to"]]


@pytest.mark.parametrize("name", JUDGED)
def test_of_the_pictures_held_back_as_many_are_flagged(name: str) -> None:
    """Each beside all the others: the k strangest of n, where k + 1 is at most (n + 1) times the share."""
    judge = model_zoo.load(name).trust
    assert judge is not None
    typical = conformal.p_values(judge.held, judge.held)
    for share in SHARES:
        expected = math.floor((len(judge.held) + 1) * share) - 1
        assert int((typical <= share).sum()) == pytest.approx(expected, abs=3)  # scores may be equal


@pytest.mark.parametrize("name", fully(HELD_OUT, "cifar10-resnet"))
def test_of_test_pictures_as_many_are_flagged(name: str, cifar10_folder: Path) -> None:
    """By `Model.judgements`; within four standard deviations of what such a share can differ by."""
    model = model_zoo.load(name)
    assert model.trust is not None
    pictures = cifar10(cifar10_folder, "test").pictures[:PICTURES]
    values = model.card["preprocessing"]
    flagged = dict.fromkeys(SHARES, 0)
    for part in pictures.split(100):
        x = normalise(part, values["mean"], values["std"])
        with torch.inference_mode():
            steps = walk(model.net, x)
        for share in SHARES:
            flagged[share] += sum(bool(one.is_unfamiliar) for one in model.judgements(x, steps, share))
    for share, count in flagged.items():
        spread = math.sqrt(share * (1 - share) * (1 / PICTURES + 1 / len(model.trust.held)))
        assert count / PICTURES == pytest.approx(share, abs=4 * spread)
    assert list(flagged.values()) == sorted(flagged.values())
