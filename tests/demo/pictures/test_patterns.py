"""The example pictures that need no download."""

import numpy as np
import pytest

from demo.pictures import patterns
from demo.pictures.decode import open_image
from demo.pictures.patterns import DARK, LIGHT, PATTERNS, PHOTOGRAPHS, SIZE, gradio_photographs


@pytest.mark.parametrize("title", PATTERNS)
def test_each_pattern_is_a_picture_and_always_the_same(title):
    picture = PATTERNS[title]()
    assert (picture.mode, picture.size) == ("RGB", (SIZE, SIZE))
    assert np.array_equal(np.asarray(picture), np.asarray(PATTERNS[title]()))
    assert np.asarray(picture).std() > 10


def test_the_patterns_are_those_of_the_page():
    assert list(PATTERNS) == ["Vertical edge", "Diagonal stripes", "Circle", "Checkerboard", "Gradient"]


def test_the_edge_is_in_the_middle():
    pixels = np.asarray(PATTERNS["Vertical edge"]())
    assert (pixels[:, : SIZE // 2] == DARK).all()
    assert (pixels[:, SIZE // 2 :] == LIGHT).all()


def test_the_checkerboard_has_eight_by_eight_even_fields():
    fields = np.asarray(PATTERNS["Checkerboard"]()).reshape(8, 32, 8, 32, 3)
    assert (fields == fields[:, :1, :, :1]).all()  # an edge between pixels mixes none
    light = (fields[:, 0, :, 0] == LIGHT).all(-1)
    assert np.array_equal(light, np.indices((8, 8)).sum(0) % 2 == 0)


@pytest.mark.parametrize("title", ["Circle", "Diagonal stripes"])
def test_slanted_edges_are_mixed(title):
    colours = np.unique(np.asarray(PATTERNS[title]()).reshape(-1, 3), axis=0)
    assert len(colours) > 5


def test_the_circle_has_the_area_of_a_circle():
    red = np.asarray(PATTERNS["Circle"]())[..., 2].astype(float)
    share = (red - LIGHT[2]) / (patterns.WARM[2] - LIGHT[2])
    assert share.sum() == pytest.approx(np.pi * 80**2, rel=0.002)


def test_the_gradient_has_no_edge():
    pixels = np.asarray(PATTERNS["Gradient"]()).astype(int)
    assert max(abs(np.diff(pixels, axis=axis)).max() for axis in (0, 1)) <= 1


def test_photographs_can_be_opened():
    photographs = gradio_photographs()
    assert list(photographs) == list(PHOTOGRAPHS)  # all are there in the Gradio that requirements.txt asks for
    for path in photographs.values():
        picture = open_image(path)
        assert min(picture.size) >= 200
        assert np.asarray(picture).std() > 20


def test_photographs_that_are_missing_are_left_out(monkeypatch):
    monkeypatch.setattr(patterns, "PHOTOGRAPHS", {"Gone": "nowhere.jpg", "Lion": PHOTOGRAPHS["Lion"]})
    assert list(gradio_photographs()) == ["Lion"]


def test_without_gradio_there_are_no_photographs(monkeypatch):
    monkeypatch.setattr(patterns.importlib.util, "find_spec", lambda name: None)
    assert gradio_photographs() == {}
