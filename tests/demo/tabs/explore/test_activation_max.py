"""What excites a channel, as the page answers it."""

import re
import shutil
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from demo.errors import UserError
from demo.tabs.explore.activation_max import activation_max
from model_zoo.explain.activation_max import STAGES
from tests.conftest import SHIPPED, data_folder
from tests.model_zoo.conftest import change_card
from tests.pictures import noise

NAME = SHIPPED[0]


@pytest.fixture
def own_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A network of its own data set "Meadow", whose pictures are at hand: grey ones, and one of noise."""
    runs, data = tmp_path / "runs", tmp_path / "data"
    folder = Path(shutil.copytree(model_zoo.load(NAME).folder, runs / "meadow"))
    change_card(folder, lambda card: card.update(data={"name": "Meadow 2026"}))
    (data / "meadow" / "some").mkdir(parents=True)
    for number in range(4):
        Image.new("RGB", (32, 32), (100 + number,) * 3).save(data / "meadow" / "some" / f"grey{number}.png")
    noise(32, 32).save(data / "meadow" / "noise.png")
    Image.new("L", (32, 32)).save(data / "meadow" / "noise_mask.png")
    monkeypatch.setenv("CONVSCOPE_RUNS", str(runs))
    monkeypatch.setenv("CONVSCOPE_DATA", str(data))
    return folder


def test_the_picture_that_excites_most_comes_first(own_pictures: Path) -> None:
    model = model_zoo.load("meadow")
    steps = model_zoo.walk(model.net, model.prepare(noise(32, 32)))
    relu = next(step for step in steps if step.name == "relu1").output[0]
    channel = int(relu.amax((1, 2)).argmax())
    html = activation_max.strongest(f"?step=relu1&channel={channel}", "meadow")
    assert re.search(r"<b>([^<]*)</b><br>([^<]*)<", html).groups() == (
        activation_max.number(float(relu[channel].max())),
        "noise",
    )
    assert f"Channel {channel} of relu1" in html and "5 pictures in meadow" in html and "mask" not in html


def test_a_card_without_pictures_says_how_to_get_them(
    own_pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_DATA", str(tmp_path))
    with pytest.raises(gr.Error) as refusal:
        activation_max.strongest("?", "meadow")
    assert "CONVSCOPE_DATA" in refusal.value.message and "'meadow'" in refusal.value.message
    for name in ("CIFAR-10", "../..", None):
        change_card(own_pictures, lambda card, name=name: card.update(data={"name": name}))
        with pytest.raises(UserError, match="CONVSCOPE_DATA"):
            activation_max.pictures_for(model_zoo.load("meadow"))


def test_the_pictures_of_cifar10(monkeypatch: pytest.MonkeyPatch) -> None:
    data_folder("cifar-10-batches-py")
    monkeypatch.setattr(activation_max, "MOST", 60)
    html = activation_max.strongest("?step=conv1&channel=3", NAME)
    model = model_zoo.load(NAME)
    pictures = activation_max.pictures_for(model)
    inputs = torch.cat([model.prepare(pictures.read(number)[0]) for number in range(60)])
    highest = model_zoo.walk(model.net, inputs)[0].output[:, 3].amax((1, 2))
    best = int(highest.argmax())
    assert "the first 60 test pictures of CIFAR-10" in html
    first = re.search(r"<b>([^<]*)</b><br>([^<]*)<", html).groups()
    assert first == (activation_max.number(float(highest[best])), pictures.read(best)[1])


def test_the_film_of_a_picture_that_raises_the_value() -> None:
    html = activation_max.climbed("?step=conv1&channel=3", NAME)
    values = [float(text.replace("−", "-")) for text in re.findall(r"<b>([^<]*)</b>", html)]
    assert len(values) == len(STAGES) == html.count("<img")
    assert values[-1] == max(values) > values[0] + 1
    assert "channel 3 of conv1" in html


def test_a_view_that_does_not_exist_falls_back_and_a_network_is_refused() -> None:
    _, _, step, channel = activation_max.chosen("?step=<b>&channel=999999", NAME)
    assert (step.name, channel) == ("conv1", 0)
    _, _, step, channel = activation_max.chosen(5, NAME)
    assert (step.name, channel) == ("conv1", 0)
    for handler in (activation_max.strongest, activation_max.climbed):
        with pytest.raises(gr.Error, match="There is no network named"):
            handler("?", "nonsense")


def test_what_a_value_sees_is_cut_out_with_its_padding_transparent() -> None:
    model, steps, step, _ = activation_max.chosen("?step=conv2", NAME)
    picture = noise(32, 32)
    corner = activation_max._cut(model, steps, step, 0, 0, 0, picture)  # 5 x 5, two rows and columns of them padding
    assert corner.size == (5, 5) and (np.asarray(corner)[:2, :, 3] == 0).all()
    assert np.array_equal(np.asarray(corner)[2:, 2:, :3], np.asarray(picture)[:3, :3])
    assert activation_max._cut(model, steps, steps[-1], 0, 0, 0, picture) is picture
