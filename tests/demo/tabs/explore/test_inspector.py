"""The calculation of a value as the browser gets it, and the window that plays: checked against the tensors."""

import base64
import json
import re
from dataclasses import replace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from demo.core.inference import infer
from demo.core.payloads import placed
from demo.core.view import View
from demo.errors import UserError
from demo.render.html import unpack
from demo.tabs.explore import handlers
from demo.tabs.explore.inspector import inspector
from model_zoo import Step
from model_zoo.graph.position import Position
from tests.conftest import SHIPPED
from tests.demo.conftest import HOSTILE

LIMIT = 300_000  # bytes of one answer
ROUNDING = 1e-4


def walk(name: str, picture: Image.Image) -> dict[str, Step]:
    model = model_zoo.load(name)
    return {step.name: step for step in model_zoo.walk(model.net, model.prepare(picture))}


def floats(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def inspected(name: str, picture: Image.Image, *place: Any) -> dict[str, Any]:
    answer = inspector.inspect(infer(View(model=name), picture), Position(*place))
    text = json.dumps(answer, allow_nan=False)
    assert len(text) < LIMIT
    return json.loads(text)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_step_is_explained_and_adds_up(name: str, picture: Image.Image) -> None:
    random = np.random.default_rng(3)
    for step in walk(name, picture).values():
        sizes = (*step.shape[1:], 1, 1)[:3]
        place = [int(n) for n in random.integers(sizes)]
        answer = inspected(name, picture, step.name, *place)
        first = answer["chain"][0]
        value = float(step.output[(0, *place)[: step.output.dim()]])
        assert first["position"] == answer["position"] == [step.name, *place]
        assert first["value"] == value and first["adds"] is True
        assert first["difference"] == abs(first["total"] - value) < ROUNDING
        assert all(one["adds"] and one["words"].endswith(".") for one in answer["chain"])


@pytest.mark.parametrize("place", [("conv1", 5, 0, 31), ("conv4", 9, 3, 0), ("fc1", 17, 0, 0), ("fc3", 2, 0, 0)])
def test_the_parts_make_the_total_as_shown(place: tuple, picture: Image.Image) -> None:
    """With the values and weights that the browser multiplies, and with the decimals that it shows."""
    one = inspected(SHIPPED[0], picture, *place)["chain"][0]
    parts = one["parts"]
    products = (floats(parts["values"]).astype(float) * floats(parts["weights"])).reshape(len(parts["channels"]), -1)
    assert np.allclose(products.sum(1), parts["sums"], rtol=1e-12, atol=1e-12)
    (bias,) = one["others"]
    assert bias["name"] == "bias" and bias["place"] is None
    assert sum(parts["sums"]) + bias["value"] == pytest.approx(one["value"], abs=ROUNDING)
    terms, total = one["decimals"]
    products = sum(round(number, terms) for number in parts["sums"])
    assert round(products, total) + round(bias["value"], total) == pytest.approx(round(one["total"], total), abs=1e-12)


def test_a_patch_says_what_is_padding(picture: Image.Image) -> None:
    parts = inspected(SHIPPED[0], picture, "conv1", 0, 0, 31)["chain"][0]["parts"]
    assert (parts["rows"], parts["columns"], parts["grid"]) == ([-1, 0, 1], [30, 31, 32], [32, 32])
    assert parts["sources"] == [[-1, 0, 1], [30, 31, -1]]
    values = floats(parts["values"]).reshape(3, 3, 3)
    assert not values[:, 0].any() and not values[:, :, 2].any()
    x = model_zoo.load(SHIPPED[0]).prepare(picture)[0].numpy()
    assert np.array_equal(values[:, 1:, :2], x[:, 0:2, 30:32])


def test_from_the_pooled_value_to_the_winner_and_the_convolution(picture: Image.Image) -> None:
    steps = walk(SHIPPED[0], picture)
    pooled = steps["pool1"].output[0]
    channel, row, column = (int(n) for n in np.unravel_index(int(pooled.argmax()), pooled.shape))
    pool, relu, conv = inspected(SHIPPED[0], picture, "pool1", channel, row, column)["chain"]
    assert [one["operation"] for one in (pool, relu, conv)] == ["max pool", "ReLU", "convolution"]
    assert pool["main"] == relu["position"] and relu["main"] == conv["position"]
    window = floats(pool["parts"]["values"])
    assert window.max() == np.float32(pool["value"]) == np.float32(conv["value"])
    assert pool["parts"]["channels"] == [channel] and len(window) == 4
    assert relu["others"][0]["place"] == conv["position"]


def test_only_logits_have_a_softmax(picture: Image.Image) -> None:
    assert inspected(SHIPPED[0], picture, "fc2", 0, 0, 0)["softmax"] is None
    found = inspected(SHIPPED[0], picture, "fc3", 4, 0, 0)["softmax"]
    expected = dict(model_zoo.load(SHIPPED[0]).predict(picture))
    powers = np.exp(found["logits"])
    assert found["labels"] == list(model_zoo.load(SHIPPED[0]).classes) and found["entry"] == 4
    for label, share in zip(found["labels"], powers / powers.sum(), strict=True):
        assert share == pytest.approx(expected[label], abs=1e-9)
    answer = inspected(SHIPPED[0], picture, "fc3", 4, 0, 0)
    assert answer["chain"][0]["words"].startswith(f"Entry 4, {found['labels'][4]}, of fc3 is ")
    assert found["words"].startswith(f"The probability of entry 4, {found['labels'][4]}, is ")
    assert found["value"] == pytest.approx(expected[found["labels"][4]], abs=1e-9) and found["adds"] is True


def test_a_value_of_the_picture_itself(picture: Image.Image) -> None:
    answer = inspected(SHIPPED[0], picture, "input", 2, 5, 31)
    assert answer["chain"][0]["value"] == float(model_zoo.load(SHIPPED[0]).prepare(picture)[0, 2, 5, 31])


@pytest.mark.parametrize("name", [SHIPPED[0], "cifar10-fast"])
def test_a_value_of_the_picture_tells_its_pixel(name: str, picture: Image.Image) -> None:
    model = model_zoo.load(name)
    said = inspected(name, picture, "input", 2, 5, 31)["chain"][0]["words"]
    pixel = np.array(model.crop(picture))[5, 31, 2]
    assert said.startswith("Blue of the picture at row 5, column 31 is ") and f"The pixel has {pixel} of 255" in said
    if "minus the mean" in said:
        numbers = re.findall(r"(?:is|mean|deviation) (−?\d+\.\d+)", said)[1:]
        level, mean, sd, value = (float(number.replace("−", "-")) for number in numbers)
        assert f"{(level - mean) / sd:.3f}" == f"{value:.3f}"


@pytest.mark.parametrize("place", [("conv1", 32, 0, 0), ("conv1", 0, 32, 0), ("fc3", 0, 0, 1), (HOSTILE, 0, 0, 0)])
def test_a_place_that_is_not_there_is_refused_in_words(place: tuple, picture: Image.Image) -> None:
    with pytest.raises(UserError, match=r"[Tt]here is no"):
        inspector.inspect(infer(View(model=SHIPPED[0]), picture), Position(*place))


@pytest.mark.parametrize(
    "data",
    [None, [], "conv1", {"step": "conv1", "channel": 0, "row": 0}, {"step": "conv1", "row": 0, "column": 0}]
    + [{"step": "conv1", "channel": 0, "row": 0, "column": bad} for bad in (-1, 1.5, True, "1", [1], {})]
    + [{"step": 5, "channel": 0, "row": 0, "column": 0}],
)
def test_what_is_no_place_is_refused(data: Any) -> None:
    with pytest.raises(UserError):
        placed(data)


def test_a_choice_goes_into_the_address_and_a_value_before_it_does_not(picture: Image.Image) -> None:
    query = View(model=SHIPPED[0], tab="explore", step="conv1").query()

    def inspected_at(data: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
        found = handlers.inspect(query, SHIPPED[0], picture, gr.EventData(None, data))
        return found.address, found.inspector

    choice = {"step": "conv2", "channel": 3, "row": 4, "column": 5, "ticket": 17}
    told, answer = inspected_at(choice)
    assert View.parse(told) == View(SHIPPED[0], "explore", "conv2", 3, 4, 5)
    assert answer["position"] == ["conv2", 3, 4, 5] and answer["ticket"] == 17
    back = {"step": "relu1", "channel": 0, "row": 4, "column": 5, "chosen": False, "ticket": [1]}
    told, answer = inspected_at(back)
    assert told == gr.skip() and answer["position"] == ["relu1", 0, 4, 5] and answer["ticket"] == 0
    nothing = {"step": "conv2", "channel": 3, "row": None, "column": None}
    told, answer = inspected_at(nothing)
    assert View.parse(told).row is None and answer == {}


@pytest.mark.parametrize("step", ["conv1", "conv4", "relu2", "pool2"])
def test_the_film_holds_all_that_its_values_are_made_of(step: str, picture: Image.Image) -> None:
    asked = walk(SHIPPED[0], picture)[step]
    scene = inspector.film(infer(View(model=SHIPPED[0]), picture), step, 7)
    assert len(json.dumps(scene, allow_nan=False)) < LIMIT and scene["all"]
    maps = torch.from_numpy(unpack(scene["inputs"]))
    window = {"stride": scene["stride"], "padding": scene["padding"]}
    if scene["kind"] == "weighted":
        weights = torch.tensor(floats(scene["weights"]).reshape(1, len(maps), *scene["kernel"]))
        made = torch.conv2d(maps[None], weights, dilation=scene["dilation"], **window)[0, 0] + scene["bias"]
    elif scene["kind"] == "max":
        made = torch.max_pool2d(maps, scene["kernel"], **window)[0]
    else:
        made = maps[0].relu()
    assert torch.allclose(made, asked.output[0, 7], atol=2e-3 * float(asked.output.abs().max()))


def test_the_film_of_a_large_map_without_a_kernel_holds_that_map(picture: Image.Image) -> None:
    x = torch.rand(1, 3, 500, 500)
    made = replace(infer(View(model=SHIPPED[0]), picture), x=x, steps=model_zoo.walk(torch.nn.ReLU().eval(), x))
    scene = inspector.film(made, made.steps[0].name, 1)
    assert len(json.dumps(scene)) < LIMIT and scene["all"] and scene["first"] == 1
    assert np.allclose(unpack(scene["inputs"])[0], x[0, 1].numpy(), atol=0.02)


def test_a_step_without_a_window_says_so(picture: Image.Image) -> None:
    for step in ("flatten", "fc1"):
        assert step in inspector.film(infer(View(model=SHIPPED[0]), picture), step, 0)["message"]
    for step, channel in [("conv1", 32), ("nonsense", 0), ("input", 0)]:
        with pytest.raises(UserError):
            inspector.film(infer(View(model=SHIPPED[0]), picture), step, channel)


def test_changes_are_told_with_the_value_that_they_are_in(picture: Image.Image) -> None:
    def chain(edits: str, *place: Any) -> list[dict[str, Any]]:
        made = infer(View(model=SHIPPED[0], edits=edits), picture)
        return inspector.inspect(made, Position(*place))["chain"]

    plain = chain("", "conv1", 6, 4, 5)[0]
    now, alone = chain("conv1.6:off", "conv1", 6, 4, 5)
    assert (now["value"], now["total"], now["adds"], now["is_without"]) == (0, 0, True, False)
    assert "this channel is switched off" in now["words"] and now["changed"] == []
    assert [(one["name"], one["place"]) for one in now["others"]] == [("without the change", None), ("factor", None)]
    assert alone["is_without"] and alone["parts"] == plain["parts"] and alone["total"] == plain["total"]
    weight = "conv1.6.0.1.1:w2"
    assert chain(weight, "conv1", 6, 4, 5)[0]["changed"] == ["conv1, channel 6, kernel 0, row 1, column 1: weight 2"]
    assert not chain(weight, "conv1", 5, 4, 5)[0]["changed"] and not chain(weight, "relu1", 6, 4, 5)[0]["changed"]
    assert len(chain("input:shift.2.0", "input", 0, 4, 5)[0]["changed"]) == 1


def test_the_film_of_a_changed_channel_makes_the_changed_values(picture: Image.Image) -> None:
    view = View(model=SHIPPED[0], edits="conv2.7:x-0.5~relu1.3:x0")
    made = infer(view, picture)
    steps = {step.name: step for step in made.steps}
    scene = inspector.film(made, "conv2", 7)
    windows = torch.nn.functional.unfold(torch.from_numpy(unpack(scene["inputs"]))[None], 3, padding=1)
    ours = torch.from_numpy(floats(scene["weights"]).copy()) @ windows[0] + scene["bias"]
    held = steps["conv2"].output[0, 7].ravel()
    assert torch.allclose(ours, held, atol=0.01 * float(held.abs().max()))
    assert "weights" in inspector.film(made, "conv2", 6)
    assert "undo" in inspector.film(made, "relu1", 3)["message"]
    assert "inputs" in inspector.film(made, "relu1", 4)
