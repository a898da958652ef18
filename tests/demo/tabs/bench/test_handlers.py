"""What the server sends to the bench: pictures and kernels."""

import base64
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import model_zoo
from demo.pictures.decode import open_image
from demo.pictures.examples import examples
from demo.render.html import floats
from demo.tabs.bench.handlers import SIDE, convolutions, kernels, pictures, pixels
from tests.conftest import SHIPPED


def event(**data: Any) -> gr.EventData:
    return gr.EventData(None, data)


def unpacked(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(SIDE, SIDE, 3).astype(int)


def test_a_picture_comes_as_the_means_of_its_middle_square() -> None:
    chance = np.random.default_rng(1)
    wide = chance.integers(0, 256, (96, 160, 3), dtype=np.uint8)
    middle = wide[:, 32:128].reshape(SIDE, 3, SIDE, 3, 3).mean((1, 3))
    assert np.abs(unpacked(pixels(Image.fromarray(wide))) - middle).max() <= 1
    small = Image.fromarray(wide[:SIDE, :SIDE])
    assert (unpacked(pixels(small)) == wide[:SIDE, :SIDE]).all()


def test_pictures_are_the_pages_own_and_all_examples(picture: Image.Image) -> None:
    answer = pictures(picture, event(ticket=5))
    assert answer["ticket"] == 5 and answer["own"] == pixels(picture)
    assert [one["title"] for one in answer["examples"]] == list(examples())
    assert len({one["name"] for one in answer["examples"]}) == len(examples())
    first = next(iter(examples().values()))
    assert answer["examples"][0]["pixels"] == pixels(open_image(first))
    assert pictures(None, event())["own"] == ""


@pytest.mark.parametrize("name", SHIPPED)
def test_every_kernel_of_every_network_can_come(name: str) -> None:
    net = model_zoo.load(name).net
    first = kernels(name, event(step="", channel=0, ticket=3))
    assert first["ticket"] == 3 and first["title"]
    assert {step["name"] for step in first["steps"]} == set(convolutions(net))
    for step in first["steps"]:
        module = net.get_submodule(step["name"])
        assert isinstance(module, nn.Conv2d)
        assert step == {
            "name": step["name"],
            "channels": module.out_channels,
            "reads": module.weight.shape[1],
            "size": module.kernel_size[0],
        }
        for channel in (0, module.out_channels - 1):
            sent = kernels(name, event(step=step["name"], channel=channel))
            assert sent["weights"] == floats(module.weight[channel].float().numpy())
            assert len(sent["names"]) == step["reads"]
            bias = 0 if module.bias is None else float(module.bias[channel])
            assert (sent["bias"], sent["stride"], sent["dilation"]) == (bias, module.stride[0], module.dilation[0])
    assert first["step"] == next(iter(convolutions(net)))


def test_names_say_what_grouped_kernels_read() -> None:
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3, groups=4), nn.Conv2d(8, 4, (1, 3)), nn.Conv2d(8, 4, 9))
    assert list(convolutions(net)) == ["0", "1"]  # the bench has no room for the others


@pytest.mark.parametrize(
    "data", [{"step": "nonsense"}, {"channel": 10_000}, {"channel": -1}, {"channel": "1"}, {"channel": True}]
)
def test_what_there_is_not_is_refused_in_words(data: dict[str, Any]) -> None:
    with pytest.raises(gr.Error, match="no such kernel"):
        kernels(SHIPPED[0], event(**data))


def test_an_unknown_network_is_refused_in_words() -> None:
    with pytest.raises(gr.Error, match="nonsense"):
        kernels("nonsense", event())


def test_torch_makes_of_a_sent_kernel_what_it_makes_of_the_networks() -> None:
    """One kernel alone on one map is that channel's part in the network's sum."""
    net = model_zoo.load(SHIPPED[0]).net
    name, module = next(iter(convolutions(net).items()))
    sent = kernels(SHIPPED[0], event(step=name, channel=2))
    weights = np.frombuffer(base64.b64decode(sent["weights"]), "<f4").reshape(-1, sent["steps"][0]["size"], 3)
    x = torch.rand(1, 3, 9, 9)
    with torch.no_grad():
        parts = [
            nn.functional.conv2d(x[:, i : i + 1], torch.tensor(kernel.copy())[None, None], padding=sent["padding"])
            for i, kernel in enumerate(weights)
        ]
        assert torch.allclose(torch.stack(parts).sum(0)[0, 0] + sent["bias"], module(x)[0, 2], atol=1e-5)
