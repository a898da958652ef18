"""The drawings: their files are what the code paints, and the networks that ship have the right word for each."""

import numpy as np
import pytest

import model_zoo
from demo.pictures.decode import open_image
from demo.pictures.drawings.files import DRAWINGS
from demo.pictures.drawings.paint import painted
from demo.tabs.predict.stability import stability
from tests.conftest import CIFAR10


def test_there_is_a_drawing_of_every_class() -> None:
    assert {drawing.shows for drawing in DRAWINGS.values()} == set(model_zoo.load(CIFAR10[0]).classes)


@pytest.mark.parametrize("name", ["ship", "cat", "deer"])
def test_the_files_are_what_the_code_paints(name: str) -> None:
    drawing = next(drawing for drawing in DRAWINGS.values() if drawing.name == name)
    file, anew = (np.asarray(picture, float) for picture in (open_image(drawing.path), painted(name)))
    assert file.shape == anew.shape
    assert abs(file - anew).mean() < 2.5  # of 255: what the JPEG loses


@pytest.mark.parametrize("title", DRAWINGS)
@pytest.mark.parametrize("model", CIFAR10)
def test_every_network_of_cifar10_answers_every_drawing_rightly(model: str, title: str) -> None:
    picture, shows = open_image(DRAWINGS[title].path), DRAWINGS[title].shows
    label, probability = model_zoo.load(model).predict(picture)[0]
    assert label == shows and probability >= 0.7
    assert stability(model, picture)[shows] >= 0.8
