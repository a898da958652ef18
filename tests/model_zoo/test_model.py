"""Model: what a network is given for a picture, and what it answers."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

import model_zoo
from model_zoo import Model
from model_zoo.model import logits
from tests.model_zoo.conftest import CLASSES, card, change_card, random_picture

ODD = [
    random_picture(300, 200),
    random_picture(200, 300, "RGBA"),
    random_picture(64, 48, "L"),
    random_picture(50, 50, "P"),
    random_picture(40, 60, "CMYK"),
    random_picture(33, 31, "1"),
    random_picture(1, 1),
    random_picture(1, 5000),
    random_picture(5000, 1),
]


def described(picture: Image.Image) -> str:
    return f"{picture.mode} {picture.width}x{picture.height}"


@pytest.fixture(scope="module")
def model(original: Path) -> Model:
    return model_zoo.load_folder(original)


def limits() -> tuple[torch.Tensor, torch.Tensor]:
    """The smallest and the largest value of each colour after normalisation."""
    mean, std = (torch.tensor(card()["preprocessing"][key]) for key in ("mean", "std"))
    return (0 - mean) / std, (1 - mean) / std


@pytest.mark.parametrize("picture", ODD, ids=described)
def test_any_picture_becomes_the_networks_input(model: Model, picture: Image.Image) -> None:
    values = model.prepare(picture)
    assert values.shape == (1, 3, 32, 32) and values.dtype == torch.float32 and values.is_contiguous()
    low, high = limits()
    assert (values.amin(dim=(0, 2, 3)) >= low).all() and (values.amax(dim=(0, 2, 3)) <= high).all()
    assert model.crop(picture).mode == "RGB" and model.crop(picture).size == (32, 32)


def test_a_picture_of_the_networks_size_is_normalised_and_nothing_else(model: Model) -> None:
    picture = random_picture(32, 32)
    pixels = torch.from_numpy(np.array(picture)).permute(2, 0, 1)
    mean, std = (torch.tensor(card()["preprocessing"][key])[:, None, None] for key in ("mean", "std"))
    assert torch.equal(model.prepare(picture)[0], (pixels.float() / 255 - mean) / std)


def test_black_and_white_give_the_limits(model: Model) -> None:
    low, high = limits()
    for colour, limit in ((0, low), (255, high)):
        values = model.prepare(Image.new("RGB", (90, 70), (colour,) * 3))
        assert torch.equal(values, limit.view(1, 3, 1, 1).expand_as(values))


def test_the_network_sees_the_largest_centred_square(model: Model) -> None:
    picture = Image.new("RGB", (96, 32), "red")
    centre = random_picture(32, 32)
    picture.paste(centre, (32, 0))
    assert model.crop(picture).tobytes() == centre.tobytes()
    tall = Image.new("RGB", (32, 64), "red")
    tall.paste(centre, (0, 16))
    assert model.crop(tall).tobytes() == centre.tobytes()


def test_shrinking_averages_instead_of_dropping_pixels(model: Model) -> None:
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 255
    shrunk = np.array(model.crop(Image.fromarray(stripes)))[2:-2, 2:-2]
    assert abs(shrunk.astype(int) - 127).max() <= 3


def test_preparing_changes_no_picture(model: Model) -> None:
    picture = random_picture(70, 50, "RGBA")
    before = picture.tobytes()
    model.prepare(picture)
    assert picture.tobytes() == before and picture.mode == "RGBA"


@pytest.mark.parametrize("picture", ODD, ids=described)
def test_a_prediction_names_every_class_once_from_most_to_least_probable(model: Model, picture: Image.Image) -> None:
    answer = model.predict(picture)
    labels, probabilities = zip(*answer, strict=True)
    assert sorted(labels) == sorted(CLASSES)
    assert list(probabilities) == sorted(probabilities, reverse=True)
    assert all(isinstance(value, float) and 0 <= value <= 1 for value in probabilities)
    assert sum(probabilities) == pytest.approx(1, abs=1e-6)


def test_a_prediction_is_the_softmax_of_the_networks_logits(model: Model) -> None:
    picture = random_picture(120, 90)
    with torch.inference_mode():
        logits = model.net(model.prepare(picture))[0].double()
    expected = {label: float(value) for label, value in zip(CLASSES, logits.softmax(0), strict=True)}
    assert dict(model.predict(picture)) == pytest.approx(expected, abs=1e-12)


def test_certain_answers_still_sum_to_one(model: Model, folder: Path) -> None:
    change_card(
        folder, lambda values: values["preprocessing"].update(std=[1e-6] * 3)
    )  # inputs in the hundred thousands
    answer = model_zoo.load("random").predict(random_picture(32, 32))
    assert answer[0][1] > 0.999
    assert sum(value for _, value in answer) == pytest.approx(1, abs=1e-6)


def test_a_model_tells_its_card(model: Model) -> None:
    assert model.classes == tuple(CLASSES)
    assert (model.title, model.size) == (card()["title"], card()["preprocessing"]["size"])
    assert not model.net.training


def test_the_interpolation_of_the_card_is_used(model: Model, folder: Path) -> None:
    picture = random_picture(100, 100)
    assert model.crop(picture).tobytes() == picture.resize((32, 32), Image.Resampling.BICUBIC).tobytes()
    change_card(folder, lambda values: values["preprocessing"].update(interpolation="bilinear"))
    bilinear = model_zoo.load("random").crop(picture)
    assert bilinear.tobytes() == picture.resize((32, 32), Image.Resampling.BILINEAR).tobytes()


class _Several(nn.Module):
    """Returns the logits beside something else, in one of three ways."""

    def __init__(self, how: str) -> None:
        super().__init__()
        self.how = how
        self.fc = nn.Linear(3 * 8 * 8, len(CLASSES))

    def forward(self, x: Tensor) -> object:
        answer = self.fc(x.flatten(1))
        kinds = {"first": (answer, x), "last": [x, answer], "named": {"features": x, "out": answer}, "none": (x, x)}
        return kinds[self.how]


@pytest.mark.parametrize("how", ["first", "last", "named"])
def test_of_several_outputs_the_logits_are_the_answer(how: str) -> None:
    net, x = _Several(how), torch.rand(2, 3, 8, 8)
    assert torch.equal(logits(net, x), net.fc(x.flatten(1)))


def test_a_network_without_logits_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="none is a tensor of the shape"):
        logits(_Several("none"), torch.rand(2, 3, 8, 8))
