"""The bar and the Answer tab: the answer, its bars, and what the network sees."""

import base64
import io
import json
import re
from html import unescape

import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from demo.core.inference import Inference, infer
from demo.core.networks import NO_PICTURE
from demo.core.view import View
from demo.errors import UserError
from demo.tabs.predict.predict import FEW, answer, predict, probabilities, seen
from tests.conftest import SHIPPED
from tests.demo.conftest import HOSTILE
from tests.pictures import noise


def made(name: str, picture: Image.Image) -> Inference:
    return infer(View(model=name), picture)


@pytest.mark.parametrize("name", SHIPPED)
def test_probabilities_are_the_softmax_of_the_network(name: str, picture: Image.Image) -> None:
    model = model_zoo.load(name)
    result = predict(name, picture)
    with torch.inference_mode():
        expected = torch.exp(model.net(model.prepare(picture))[0].double())
    assert [result[label] for label in model.classes] == pytest.approx((expected / expected.sum()).tolist(), abs=1e-6)
    assert sum(result.values()) == pytest.approx(1, abs=1e-9)
    assert list(result.values()) == sorted(result.values(), reverse=True)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (31, 33)])
def test_any_size_of_picture_gets_an_answer(size: tuple[int, int]) -> None:
    result = predict(SHIPPED[0], noise(*size))
    assert len(result) == 10 and sum(result.values()) == pytest.approx(1)


@pytest.mark.parametrize("handler", [predict, lambda name, picture: infer(View(model=name), picture)])
@pytest.mark.parametrize("name", ["nonsense", "", None, 5, ["cifar10-cnn"], {"a": 1}, "../weights/cifar10-cnn", "\0"])
def test_an_unknown_model_is_refused_with_the_known_ones(handler, name: object, picture: Image.Image) -> None:
    with pytest.raises(UserError, match="There is no network named .*; known are .*" + ".*".join(SHIPPED)):
        handler(name, picture)


def test_without_a_picture_it_says_what_to_do() -> None:
    with pytest.raises(UserError, match=NO_PICTURE):
        predict(SHIPPED[0], None)


@pytest.mark.parametrize("name", [name for name in SHIPPED if len(model_zoo.load(name).classes) <= FEW])
def test_the_answer_shows_what_predict_returns(name: str, picture: Image.Image) -> None:
    ranking = list(predict(name, picture).items())
    page = answer(made(name, picture)) + probabilities(made(name, picture))
    verdict = re.search(r'class="verdict">.*?<strong>(.*?)</strong>.*?([\d.]+%)<', page)
    assert verdict.groups() == (ranking[0][0], f"{ranking[0][1]:.1%}")
    assert f"Next: {ranking[1][0]}, {ranking[1][1]:.1%}" in page
    rows = re.findall(r'<th scope="row">(.*?)</th>.*?width:([\d.]+)%.*?class="number"[^>]*>([\d.]+%)<', page)
    assert [(label, text) for label, _, text in rows] == [(label, f"{value:.1%}") for label, value in ranking]
    assert [float(width) for _, width, _ in rows] == pytest.approx([100 * value for _, value in ranking], abs=0.01)


@pytest.mark.parametrize(("threshold", "words"), [(0.0, "is there"), (1.0, "is not there")])
def test_a_threshold_decides(threshold: float, words: str, hostile_entry: str, picture: Image.Image) -> None:
    path = model_zoo.load(hostile_entry).folder / "card.json"
    card = json.loads(path.read_text())
    card["classes"][4] = "invasive"  # whichever the card names
    path.write_text(json.dumps(card | {"decision": {"class": "invasive", "threshold": threshold}}))
    share = predict(hostile_entry, picture)["invasive"]
    page = probabilities(made(hostile_entry, picture))
    assert f"threshold for invasive is {threshold:.1%}" in page
    assert f"with {share:.1%}, <strong>invasive {words}</strong>" in page
    assert "threshold" not in probabilities(made(SHIPPED[0], picture))


def test_names_from_an_entry_are_no_markup(hostile_entry: str, picture: Image.Image) -> None:
    page = answer(made(hostile_entry, picture)) + probabilities(made(hostile_entry, picture))
    assert "<script" not in page
    assert unescape(page).count(HOSTILE) == 13  # verdict, runner-up, ten bars, title


def images(page: str) -> list[Image.Image]:
    found = re.findall(r'src="data:image/(?:png|jpeg);base64,([^"]+)"', page)
    return [Image.open(io.BytesIO(base64.b64decode(data))) for data in found]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_the_network_sees_are_its_own_pixels(name: str, picture: Image.Image) -> None:
    _, pixels = images(seen(made(name, picture)))
    model = model_zoo.load(name)
    assert pixels.size == (model.size, model.size)
    values = torch.from_numpy(np.array(pixels)).permute(2, 0, 1) / 255
    mean, std = (torch.tensor(model.card["preprocessing"][key]).view(3, 1, 1) for key in ("mean", "std"))
    assert torch.allclose((values - mean) / std, model.prepare(picture)[0], atol=1e-6)


@pytest.mark.parametrize(
    ("size", "box"),
    [((300, 200), (16.667, 0, 66.667, 100)), ((200, 400), (0, 25, 100, 50)), ((7, 7), (0, 0, 100, 100))],
)
def test_the_outline_is_the_centred_square(size: tuple[int, int], box: tuple[float, ...]) -> None:
    page = seen(made(SHIPPED[0], noise(*size)))
    style = re.search(r"left:([\d.]+)%;top:([\d.]+)%;width:([\d.]+)%;height:([\d.]+)%", page)
    assert [float(value) for value in style.groups()] == pytest.approx(box, abs=0.5)  # the thumbnail has whole pixels
    assert max(images(page)[0].size) <= 320


def test_showing_a_picture_leaves_it_as_it_was(picture: Image.Image) -> None:
    before = picture.tobytes()
    seen(made(SHIPPED[0], picture))
    answer(made(SHIPPED[0], picture))
    assert picture.size == (300, 200) and picture.tobytes() == before
