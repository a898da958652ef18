"""The shipped weights score on the real test pictures what their cards say."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from model_zoo import Model
from tests.conftest import CIFAR10, LEARNED, SHIPPED, data_folder
from train.engine import metrics, sources

SOME = 2_000
PHOTOS = 400
BATCH = 500


@dataclass(frozen=True)
class TestSet:
    """Pictures uint8 (N, height, width, 3) and the class of each as text."""

    __test__ = False  # no tests in here, whatever its name

    pictures: np.ndarray
    labels: list[str]


@pytest.fixture(scope="module")
def test_set(cifar10_folder: Path) -> TestSet:
    from torchvision import datasets  # here, because importing torchvision takes a second

    data = datasets.CIFAR10(str(cifar10_folder), train=False)
    return TestSet(data.data, [data.classes[target] for target in data.targets])


@pytest.fixture(params=CIFAR10)
def model(request: pytest.FixtureRequest) -> Model:
    return model_zoo.load(request.param)


def card_figure(model: Model) -> float:
    test = model.card["metrics"].get("test")
    if test is None:
        pytest.skip(f"the card of {model.name} has no test figure yet")
    assert test["pictures"] == 10_000
    return test["accuracy"]


def prepared(model: Model, pictures: np.ndarray) -> torch.Tensor:
    """The network's inputs for many pictures of its own size at once."""
    preprocessing = model.card["preprocessing"]
    assert pictures.shape[1:] == (model.size, model.size, 3)
    mean, std = (torch.tensor(preprocessing[key]).view(1, 3, 1, 1) for key in ("mean", "std"))
    return (torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255 - mean) / std


def right(model: Model, pictures: np.ndarray, labels: list[str]) -> int:
    """How many of the pictures the network gives their true class."""
    with torch.inference_mode():
        parts = [model.net(prepared(model, part)).argmax(1) for part in np.split(pictures, len(pictures) // BATCH)]
    return sum(model.classes[index] == label for index, label in zip(torch.cat(parts).tolist(), labels, strict=True))


def test_many_pictures_at_once_are_prepared_as_one_is(model: Model, test_set: TestSet) -> None:
    batch = prepared(model, test_set.pictures[:20])
    for picture, expected in zip(test_set.pictures, batch, strict=False):
        assert torch.equal(model.prepare(Image.fromarray(picture))[0], expected)


def test_some_pictures_score_as_the_card_says(model: Model, test_set: TestSet) -> None:
    """Within four standard errors of so many pictures: a sound entry fails once in 16,000 such tests."""
    figure = card_figure(model)
    accuracy = right(model, test_set.pictures[:SOME], test_set.labels[:SOME]) / SOME
    assert abs(accuracy - figure) <= 4 * (figure * (1 - figure) / SOME) ** 0.5


@pytest.mark.full
def test_all_pictures_score_exactly_as_the_card_says(model: Model, test_set: TestSet) -> None:
    """Five pictures may differ: half precision and another order of sums can turn the closest decisions."""
    figure = card_figure(model)
    accuracy = right(model, test_set.pictures, test_set.labels) / len(test_set.labels)
    assert abs(accuracy - figure) <= 0.0005


@pytest.mark.parametrize("name", [name for name in SHIPPED if LEARNED[name] == LEARNED["invasive-resnet"]])
def test_photos_score_as_the_card_says(name: str, tmp_path: Path) -> None:
    """Of some of them, within four standard errors of the ROC AUC (Hanley and McNeil 1982, equation 2)."""
    model = model_zoo.load(name)
    test = model.card["metrics"]["test"]
    images = sources.labelled(model, data_folder("hogweed"), limit=PHOTOS, cache=tmp_path, own=True)
    preprocessing = model.card["preprocessing"]
    outputs = metrics.logits(model.net, images, preprocessing["mean"], preprocessing["std"])
    auc, positive = test["roc_auc"], int((images.labels == 1).sum())
    negative, first, second = len(images) - positive, auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (positive - 1) * (first - auc**2) + (negative - 1) * (second - auc**2)
    assert abs(metrics.roc_auc(outputs, images.labels) - auc) <= 4 * (variance / positive / negative) ** 0.5
