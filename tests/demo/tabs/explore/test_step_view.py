"""The Explore tab's numbers: every step of every shipped network against a walk of it."""

import json
from functools import cache

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import model_zoo
from demo.api import feature_maps
from demo.core.inference import infer
from demo.core.networks import NO_PICTURE
from demo.core.view import View
from demo.errors import UserError
from demo.render.html import number, unpack
from demo.tabs.explore.step_view import show, show_channel
from demo.tabs.predict.predict import predict
from model_zoo import Step
from tests.conftest import SHIPPED
from tests.demo.conftest import HOSTILE

LIMIT = 300_000  # bytes of one answer to the explorer
OF_PROGRAMS = 1_700_000  # the same of a network for 224 pixels to a program, which gets every value
OF_LARGE = 700_000  # and to the page, whose grid gets means of small squares of the largest maps
DIGITS = 6e-5  # relative, of a number cut to five significant digits


@cache
def steps(name: str) -> list[Step]:
    model = model_zoo.load(name)
    with torch.inference_mode():
        return model_zoo.walk(model.net, torch.zeros(1, 3, model.size, model.size))


ALL_STEPS = [(name, step.name) for name in SHIPPED for step in steps(name)]


def walked(name: str, picture: Image.Image) -> dict[str, Step]:
    model = model_zoo.load(name)
    return {step.name: step for step in model_zoo.walk(model.net, model.prepare(picture))}


def values(step: Step) -> np.ndarray:
    """(channels, height, width), a vector as channels of one value."""
    output = step.output[0].numpy()
    return output if output.ndim == 3 else output.reshape(-1, 1, 1)


def show_at(name: str, step: str, channel: int, picture: Image.Image) -> tuple[View, dict, dict, dict]:
    view = View(model=name, tab="explore", step=step, channel=channel)
    found = show(view, infer(view, picture))
    return View.parse(found.address), found.strip, found.grid, found.channel


def channel_at(name: str, step: str, channel: int, picture: Image.Image) -> tuple[View, dict]:
    view = View(name, "explore", step, channel)
    found = show_channel(view, infer(view, picture))
    return View.parse(found.address), found.channel


@pytest.mark.parametrize(("name", "step"), ALL_STEPS)
def test_the_maps_are_those_of_the_network(name: str, step: str, picture: Image.Image) -> None:
    answer = json.loads(json.dumps(feature_maps(name, picture, step)))
    expected = values(walked(name, picture)[step])
    found = unpack(answer["maps"])
    assert answer["step"] == step and found.shape == expected.shape
    assert np.abs(found - expected).max() <= answer["maps"]["factor"] / 2 * 1.01
    for key, statistic in {
        "low": expected.min((1, 2)),
        "high": expected.max((1, 2)),
        "mean": expected.mean((1, 2), dtype=np.float64),
        "zeros": (expected == 0).mean((1, 2)),
    }.items():
        assert np.allclose(answer[key], statistic, rtol=DIGITS, atol=1e-6 * np.abs(expected).max()), key


@pytest.mark.parametrize(("name", "step"), ALL_STEPS)
def test_no_answer_is_larger_than_the_budget(name: str, step: str, picture: Image.Image) -> None:
    of_programs, of_page = (LIMIT, LIMIT) if model_zoo.load(name).size <= 128 else (OF_PROGRAMS, OF_LARGE)
    assert len(json.dumps(feature_maps(name, picture, step))) <= of_programs
    _, *widgets = show_at(name, step, 0, picture)
    assert len(json.dumps(widgets)) <= of_page


@pytest.mark.parametrize("name", SHIPPED)
def test_the_grid_gets_every_value_of_small_networks_and_means_of_squares_of_large_ones(
    name: str, picture: Image.Image
) -> None:
    """In what it is sent stand the numbers of each channel, exactly, and all values of the one that is chosen."""
    shrunk = []
    for step, made in walked(name, picture).items():
        found = show(View(model=name, step=step, channel=0), infer(View(model=name), picture))
        packed, whole = found.grid["maps"], values(made)
        if "shrunk" in packed:
            shrunk.append(step)
            assert np.allclose(found.grid["high"], whole.max((1, 2)), rtol=DIGITS, atol=1e-6 * np.abs(whole).max())
            own = next(link["map"] for link in found.channel["chain"] if link["step"] == step)
            assert np.abs(unpack(own)[0] - whole[0]).max() <= own["factor"] / 2 * 1.01
            assert np.abs(unpack(packed).mean((1, 2)) - whole.mean((1, 2))).max() <= packed["factor"] / 2
        else:
            assert unpack(packed).shape == whole.shape
    assert bool(shrunk) == (model_zoo.load(name).size > 128)


@pytest.mark.parametrize("name", SHIPPED)
def test_the_strip_lists_every_step(name: str, picture: Image.Image) -> None:
    model, facts = model_zoo.load(name), feature_maps(name, picture)["steps"]
    assert [fact["name"] for fact in facts] == [step.name for step in steps(name)]
    assert [tuple(fact["shape"]) for fact in facts] == [step.shape[1:] for step in steps(name)]
    assert sum(fact["parameters"] for fact in facts) == sum(p.numel() for p in model.net.parameters())
    first, last = facts[0], facts[-1]
    module = steps(name)[0].module  # a convolution of the picture, or what puts zeros around it
    assert tuple(first["field"]) == (module.kernel_size if isinstance(module, nn.Conv2d) else (1, 1))
    assert last["field"] == [model.size, model.size]  # a linear layer after others sees everything


@pytest.mark.parametrize("name", SHIPPED)
def test_only_the_last_step_has_the_names_of_the_classes(name: str, picture: Image.Image) -> None:
    for step in steps(name):
        answer = feature_maps(name, picture, step.name)
        assert answer["labels"] == (list(model_zoo.load(name).classes) if step is steps(name)[-1] else [])
    best = answer["labels"][int(np.argmax(answer["high"]))]
    assert best == next(iter(predict(name, picture)))


def test_without_a_step_the_first_is_shown(picture: Image.Image) -> None:
    assert feature_maps(SHIPPED[0], picture) == feature_maps(SHIPPED[0], picture, steps(SHIPPED[0])[0].name)


@pytest.mark.parametrize("step", ["nonsense", "CONV1", "conv1 ", "../conv1", HOSTILE])
def test_an_unknown_step_is_refused_with_the_known_ones(step: str, picture: Image.Image) -> None:
    with pytest.raises(UserError, match=r"has no step .* It has conv1, .*fc3"):
        feature_maps(SHIPPED[0], picture, step)


def test_unknown_models_and_no_picture_are_refused(picture: Image.Image) -> None:
    with pytest.raises(UserError, match="There is no network named 'x'"):
        feature_maps("x", picture)
    with pytest.raises(UserError, match=NO_PICTURE):
        feature_maps(SHIPPED[0], None)


@pytest.mark.parametrize("step", ["", "nonsense", HOSTILE])
@pytest.mark.parametrize("channel", [0, 5, 10**400])
def test_the_page_shows_the_first_step_in_place_of_an_unknown_one(
    step: str, channel: int, picture: Image.Image
) -> None:
    view, strip, grid, detail = show_at(SHIPPED[0], step, channel, picture)
    first = steps(SHIPPED[0])[0].name
    strongest = int(values(walked(SHIPPED[0], picture)[first]).max((1, 2)).argmax())
    expected = (5 if channel == 5 else 0) if channel and not step else strongest
    assert (view.step, view.channel, view.tab) == (first, expected, "explore")
    assert strip["step"] == grid["step"] == detail["step"] == first
    assert grid["channel"] == detail["channel"] == expected


@pytest.mark.parametrize(("name", "step"), ALL_STEPS)
def test_a_channel_beyond_the_last_becomes_the_first(name: str, step: str, picture: Image.Image) -> None:
    count = next(s for s in steps(name) if s.name == step).shape[1]
    for asked, shown in [(count - 1, count - 1), (count, 0), (10**400, 0)]:
        view, detail = channel_at(name, step, asked, picture)
        assert view.channel == detail["channel"] == shown
    view, _, grid, detail = show_at(name, step, count, picture)
    assert view.channel == grid["channel"] == detail["channel"] == 0


@pytest.mark.parametrize(("name", "step"), ALL_STEPS)
def test_a_channel_in_detail(name: str, step: str, picture: Image.Image) -> None:
    walk = walked(name, picture)
    expected = values(walk[step])
    channel = len(expected) // 2
    view, detail = channel_at(name, step, channel, picture)
    assert (view.step, view.channel) == (detail["step"], detail["channel"]) == (step, channel)
    assert detail["model"] == name and step in [link["step"] for link in detail["chain"]]
    largest = 0.0
    for link in (*detail["paths"], *detail["chain"]):
        whole = values(walk[link["step"]])[channel]
        largest = max(largest, float(np.abs(whole).max()))
        assert link["operation"] == walk[link["step"]].operation
        assert np.abs(unpack(link["map"])[0] - whole).max() <= link["map"]["factor"] / 2 * 1.01
    assert detail["limit"] == pytest.approx(largest)


CHAINS = ["conv1 relu1", "conv2 relu2 pool1", "conv3 relu3", "conv4 relu4 pool2", "conv5 relu5", "conv6 relu6 pool3"]
CHAINS += ["flatten", "fc1 relu7", "fc2 relu8", "fc3"]


@pytest.mark.parametrize("chain", CHAINS)
def test_the_way_of_one_channel_through_talk_cnn(chain: str, picture: Image.Image) -> None:
    """The same from whichever of its steps one looks, and with the arithmetic that the names say."""
    for step in chain.split():
        _, detail = channel_at(SHIPPED[0], step, 3, picture)
        assert [link["step"] for link in detail["chain"]] == chain.split()
    maps = [unpack(link["map"])[0] for link in detail["chain"]]
    close = {"atol": 2e-4 * detail["limit"], "rtol": 0}
    if len(maps) > 1:
        assert np.allclose(maps[1], maps[0].clip(min=0), **close)
    if len(maps) > 2:
        half = len(maps[1]) // 2
        assert np.allclose(maps[2], maps[1].reshape(half, 2, half, 2).max((1, 3)), **close)


@pytest.mark.parametrize(("name", "step"), ALL_STEPS)
def test_kernels_are_the_weights(name: str, step: str, picture: Image.Image) -> None:
    _, detail = channel_at(name, step, 3, picture)
    first = next(s for s in steps(name) if s.name == detail["chain"][0]["step"])
    if not isinstance(first.module, nn.Conv2d):
        assert detail["kernels"] is None
        return
    weights = first.module.weight[3].numpy()
    assert np.allclose(detail["kernels"]["values"], weights, rtol=DIGITS, atol=0)
    assert detail["kernels"]["limit"] == pytest.approx(float(np.abs(weights).max()))
    assert detail["kernels"]["step"] == first.name
    from_picture = first is steps(name)[0]
    start = 3 // (len(first.module.weight) // first.module.groups) * len(weights)  # of channel 3's group
    reads = ["red", "green", "blue"] if from_picture else [f"channel {start + i}" for i in range(len(weights))]
    assert detail["kernels"]["reads"] == reads
    bias = first.module.bias
    added = "adds the bias" if bias is None else f"adds the bias {number(float(bias[3]))}"
    assert (added in detail["words"]) == (bias is not None)


def test_a_residual_add_shows_both_paths(picture: Image.Image) -> None:
    name, step = "cifar10-resnet", "residual1.add"
    walk = walked(name, picture)
    _, detail = channel_at(name, step, 5, picture)
    assert [link["step"] for link in detail["paths"]] == list(walk[step].inputs)
    first, second = (unpack(link["map"])[0] for link in detail["paths"])
    assert detail["kernels"] is None and detail["chain"][0]["step"] == step
    assert np.allclose(first + second, unpack(detail["chain"][0]["map"])[0], atol=2e-4 * detail["limit"])


def test_kernels_are_those_that_count_with_a_change(picture: Image.Image) -> None:
    weights = model_zoo.load(SHIPPED[0]).net.conv1.weight[6].detach().numpy()
    for edits, factor in (("conv1.6:off", 0.0), ("conv1.6:x-2", -2.0), ("conv1.5:off", 1.0)):
        made = infer(View(model=SHIPPED[0], edits=edits), picture)
        kernels = show_channel(View(model=SHIPPED[0], step="conv1", channel=6), made).channel["kernels"]
        assert kernels["factor"] == factor
        assert np.allclose(kernels["values"], factor * weights, rtol=DIGITS, atol=0)


def test_what_nobody_has_chosen_is_the_strongest_channel(picture: Image.Image) -> None:
    """The one of the strip's small picture; what a link names stays, 0 included."""
    made = infer(View(model=SHIPPED[0]), picture)
    strongest = int(made.steps[0].output[0].amax((1, 2)).argmax())
    assert strongest != 0
    shown = show(View(model=SHIPPED[0]), made)
    assert shown.grid["channel"] == shown.strip["thumbnails"][0]["channel"] == strongest
    assert show(View(model=SHIPPED[0], step="conv1"), made).grid["channel"] == 0


@pytest.mark.parametrize("name", SHIPPED)
def test_a_page_opens_on_a_convolution(name: str, picture: Image.Image) -> None:
    view, strip, grid, detail = show_at(name, "", 0, picture)
    opened = next(fact for fact in strip["steps"] if fact["name"] == view.step)
    assert opened["operation"] == "convolution" and opened["parameters"]
    before = strip["steps"][: strip["steps"].index(opened)]
    assert not any(fact["parameters"] for fact in before)
    assert grid["step"] == detail["step"] == strip["step"] == view.step and detail["kernels"]


@pytest.mark.parametrize("edits", ["", "relu1.3:x-5"])
def test_a_relu_has_the_scale_of_what_it_reads(edits: str, picture: Image.Image) -> None:
    made = infer(View(model=SHIPPED[0], edits=edits), picture)
    conv, relu = made.steps[:2]
    scale = show(View(model=SHIPPED[0], step="relu1"), made).grid["scale"]
    assert scale["step"] == "conv1" and relu.name == "relu1"
    both = np.stack([values(conv), values(relu)])
    assert np.allclose(scale["low"], both.min((0, 2, 3)), rtol=DIGITS)
    assert np.allclose(scale["high"], both.max((0, 2, 3)), rtol=DIGITS)
    pooled = show(View(model=SHIPPED[0], step="pool1"), made).grid["scale"]
    assert pooled == show(View(model=SHIPPED[0], step="relu2"), made).grid["scale"] and pooled["step"] == "conv2"
    for step in ("conv1", "flatten", "fc3"):
        assert show(View(model=SHIPPED[0], step=step), made).grid["scale"] is None


def test_a_linear_layer_tells_its_weights_in_words(picture: Image.Image) -> None:
    _, detail = channel_at(SHIPPED[0], "fc1", 9, picture)
    module = model_zoo.load(SHIPPED[0]).net.fc1
    low, high, bias = (
        number(float(value)) for value in (module.weight[9].min(), module.weight[9].max(), module.bias[9])
    )
    assert f"all 4,096 inputs, weights from {low} to {high} and the bias {bias}" in detail["words"]


def test_looking_does_not_change_the_network(picture: Image.Image) -> None:
    before = predict(SHIPPED[0], picture)
    for step in steps(SHIPPED[0]):
        show_at(SHIPPED[0], step.name, 1, picture)
    assert predict(SHIPPED[0], picture) == before


def test_a_convolution_without_a_bias_is_not_said_to_have_one(picture: Image.Image) -> None:
    for name in SHIPPED:
        told = {step["name"]: step["explained"] for step in feature_maps(name, picture)["steps"]}
        model = model_zoo.load(name)
        for step in model_zoo.walk(model.net, model.prepare(picture)):
            if step.operation in ("convolution", "linear"):
                assert ("bias" in told[step.name]) == (step.module.bias is not None), step.name
