"""Learning over time: what the page gets is what the networks of those epochs compute."""

import json
import shutil
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from demo.core.networks import NO_PICTURE
from demo.core.view import View
from demo.errors import UserError
from demo.render.html import unpack
from demo.tabs.curves import epochs
from tests.conftest import WEIGHTS

NAME = "cifar10-cnn"
EPOCHS = (0, 1, 2, 4, 8, 10)
LIMIT = 300_000  # bytes of one answer


def over_time(step: str, channel: int, picture: Image.Image) -> dict:
    return json.loads(json.dumps(epochs.over_time(View(NAME, step=step, channel=channel), picture), allow_nan=False))


@pytest.mark.parametrize(("step", "channel"), [("conv1", 31), ("pool2", 100), ("fc3", 9)])
def test_every_epoch_shows_its_own_network(step: str, channel: int, picture: Image.Image) -> None:
    answer = over_time(step, channel, picture)
    assert tuple(answer["epochs"]) == EPOCHS and answer["step"] == step and answer["channel"] == channel
    maps = unpack(answer["maps"])
    for index, epoch in enumerate(EPOCHS):
        model = model_zoo.load(NAME, epoch=epoch)
        output = next(s.output for s in model_zoo.walk(model.net, model.prepare(picture)) if s.name == step)[0, channel]
        assert np.abs(maps[index] - output.numpy()).max() <= answer["maps"]["factor"] * 0.51
        said = dict(zip(answer["classes"], answer["probabilities"][index], strict=True))
        assert said == pytest.approx(dict(model.predict(picture)), abs=1e-5)
        assert answer["history"][index]["val_accuracy"] == model.history[epoch]["val_accuracy"]
    assert answer["label"] == ("truck" if step == "fc3" else "")


def test_the_kernels_are_those_that_changed_most(picture: Image.Image) -> None:
    answer = over_time("relu3", 5, picture)
    kernels = answer["kernels"]
    weights = [model_zoo.load(NAME, epoch=epoch).net.get_submodule("conv3").weight[5] for epoch in EPOCHS]
    shown = [int(name.removeprefix("channel ")) for name in kernels["reads"]]
    change = (weights[-1] - weights[0]).abs().sum((1, 2))
    assert kernels["step"] == "conv3" and kernels["count"] == 64 and len(shown) == 8
    assert set(shown) == set(change.topk(8).indices.tolist())
    values = unpack(kernels["values"]).reshape(len(EPOCHS), 8, 3, 3)
    expected = torch.stack([weight[shown] for weight in weights]).numpy()
    assert np.abs(values - expected).max() <= kernels["values"]["factor"] * 0.51


def test_the_first_convolution_reads_colours_and_a_linear_layer_has_no_kernels(picture: Image.Image) -> None:
    assert over_time("relu1", 0, picture)["kernels"]["reads"] == ["red", "green", "blue"]
    assert over_time("relu7", 0, picture)["kernels"] is None


@pytest.mark.parametrize(("epoch", "shown"), [(None, 10), (0, 0), (4, 4), (5, 4), (999_999, 10)])
def test_the_epoch_that_is_asked_for_or_the_nearest(epoch: int | None, shown: int, picture: Image.Image) -> None:
    assert epochs.over_time(View(NAME, epoch=epoch), picture)["epoch"] == shown


def test_what_does_not_exist_is_the_first(picture: Image.Image) -> None:
    for step, channel in (("nonsense", 3), ("conv1", 32), ("", 0)):
        answer = over_time(step, channel, picture)
        assert (answer["step"], answer["channel"]) == ("conv1", 0)


def test_no_answer_is_larger_than_the_budget(picture: Image.Image) -> None:
    sizes = {step: len(json.dumps(over_time(step, 1, picture))) for step in ("conv1", "conv2", "conv6", "fc1")}
    assert max(sizes.values()) <= LIMIT / 3


def test_without_earlier_weights_or_a_picture_a_sentence(picture: Image.Image) -> None:
    message = epochs.over_time(View("cifar10-resnet"), picture)["message"]
    assert "cannot be replayed" in message and "CIFAR-10 CNN" in message.split("Choose one of these")[1]
    assert epochs.over_time(View(NAME), None) == {"message": NO_PICTURE}
    with pytest.raises(UserError, match="no network named"):
        epochs.over_time(View("nonsense"), picture)


def test_a_damaged_file_of_one_epoch_is_said(
    picture: Image.Image, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(WEIGHTS / NAME, tmp_path / "mine")
    (tmp_path / "mine" / "snapshots" / "epoch-002.safetensors").write_bytes(b"damaged")
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path))
    with pytest.raises(UserError, match="epoch 2 cannot be used"):
        epochs.over_time(View("mine"), picture)


def test_a_pick_is_in_the_address_and_answers_its_ticket(picture: Image.Image) -> None:
    def pick(step: str, channel: int) -> tuple[View, dict]:
        event = gr.EventData(None, {"step": step, "channel": channel, "ticket": 3})
        query, values = vars(epochs.pick_epochs("?step=conv1&epoch=4", NAME, picture, event)).values()
        return View.parse(query), values

    view, values = pick("conv2", 7)
    assert view == View(NAME, step="conv2", channel=7, epoch=4)
    assert (values["step"], values["channel"], values["ticket"], values["epoch"]) == ("conv2", 7, 3, 4)
    view, values = pick("nonsense", 7)
    assert (view.step, view.channel) == (values["step"], values["channel"]) == ("conv1", 0)


@pytest.mark.parametrize("data", [None, 5, [], {}, {"query": 5, "ticket": []}, {"query": "?step=" + "x" * 9999}])
def test_any_question_from_a_browser_gets_an_answer(data: object, picture: Image.Image) -> None:
    assert epochs.wanted(NAME, picture, gr.EventData(None, data))["step"] == "conv1"
