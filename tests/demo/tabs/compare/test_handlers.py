"""Two lanes: what the page gets against walks of the networks themselves."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import model_zoo
from demo.core.networks import NO_PICTURE
from demo.core.view import View
from demo.errors import UserError
from demo.render.corruptions import CORRUPTIONS, disturbed
from demo.render.html import unpack
from demo.tabs.compare import handlers
from demo.tabs.compare.align import change, counterpart, lane, side_by_side
from model_zoo import Model, Step, walk
from tests.conftest import SHIPPED
from tests.pictures import noise

NAME = SHIPPED[0]
LIMIT = 300_000  # bytes of one answer


def compared(picture: Image.Image | None, second: Image.Image | None = None, **view: Any) -> dict[str, Any]:
    return json.loads(json.dumps(handlers.compared(View(NAME, **view), picture, second), allow_nan=False))


def walked(name: str, picture: Image.Image) -> dict[str, Step]:
    model = model_zoo.load(name)
    return {step.name: step for step in walk(model.net, model.prepare(picture))}


def maps(step: Step) -> np.ndarray:
    output = step.output[0].numpy()
    return output if output.ndim == 3 else output.reshape(-1, 1, 1)


def expect_packed(packed: dict[str, Any], expected: np.ndarray) -> None:
    found = unpack(packed)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= packed["factor"] * 0.51 + 1e-6


@pytest.mark.parametrize("step", ["conv1", "conv2", "pool3", "fc3"])
def test_a_disturbed_copy_beside_the_picture(step: str, picture: Image.Image) -> None:
    answer = compared(picture, disturb="blur", strength=2.0, step=step, channel=4)
    model = model_zoo.load(NAME)
    worse = disturbed(model.crop(picture), "blur", 2.0)
    clean, other = walked(NAME, picture), walked(NAME, worse)
    expect_packed(answer["left"], maps(clean[step]))
    expect_packed(answer["difference"], maps(other[step]) - maps(clean[step]))
    assert answer["labels"] == ([list(model.classes)] * 2 if step == "fc3" else [[], []])
    assert answer["step"] == step and answer["channel"] == 4 and answer["block"] == 1 and "right" not in answer
    for index, shown in enumerate((picture, worse)):
        said = dict(zip(answer["classes"], answer["shares"][index], strict=True))
        assert said == pytest.approx(dict(model.predict(shown)), abs=1e-5)
    changes = {each["name"]: each["change"] for each in answer["steps"]}
    size = np.linalg.norm(maps(clean[step]).ravel().astype(float))
    difference = np.linalg.norm((maps(other[step]).astype(float) - maps(clean[step])).ravel())
    assert changes[step] == pytest.approx(difference / size, abs=1e-4)
    assert answer["lanes"][1]["title"] == "Blurred, standard deviation 2 pixels"


def test_two_pictures(picture: Image.Image) -> None:
    second = noise(70, 90)
    answer = compared(picture, second, lane="pictures", step="relu3")
    expect_packed(answer["difference"], maps(walked(NAME, second)["relu3"]) - maps(walked(NAME, picture)["relu3"]))
    assert [each["title"] for each in answer["lanes"]] == ["First picture", "Second picture"]


@pytest.mark.parametrize("step", ["conv1", "fc3"])
def test_two_networks(step: str, picture: Image.Image) -> None:
    answer = compared(picture, lane="networks", other=SHIPPED[1], step=step)
    expect_packed(answer["left"], maps(walked(NAME, picture)[step]))
    expect_packed(answer["right"], maps(walked(SHIPPED[1], picture)[step]))
    assert "difference" not in answer and all(each["change"] is None for each in answer["steps"])
    assert answer["matched"] == {"name": step, "note": ""}


def test_the_other_network_is_another_one_where_none_or_an_unknown_one_is_named(picture: Image.Image) -> None:
    for other in ("", "nonsense"):
        assert compared(picture, lane="networks", other=other)["lanes"][1]["model"] == SHIPPED[1]


def test_the_same_picture_twice_differs_nowhere(picture: Image.Image) -> None:
    answer = compared(picture, disturb="noise", strength=0.0, step="conv4")
    assert not unpack(answer["difference"]).any() and all(each["change"] == 0 for each in answer["steps"])


@pytest.mark.parametrize("view", [{"lane": "disturbed"}, {"lane": "networks"}])
def test_no_answer_is_larger_than_the_budget(view: dict[str, str], picture: Image.Image) -> None:
    sizes = {step: len(json.dumps(compared(picture, step=step, **view))) for step in ("conv1", "conv2", "flatten")}
    assert max(sizes.values()) <= LIMIT, sizes


@pytest.mark.parametrize(
    ("picture_there", "view", "message"),
    [(False, {}, NO_PICTURE), (True, {"lane": "pictures"}, handlers.NO_SECOND)],
)
def test_what_is_missing_is_said(picture_there: bool, view: dict, message: str, picture: Image.Image) -> None:
    assert compared(picture if picture_there else None, **view) == {"message": message}


@pytest.mark.parametrize("disturb", ["", "fog", "noise"])
@pytest.mark.parametrize("strength", [None, -999.0, 999.0])
def test_an_impossible_disturbance_falls_back_to_the_usual_one(
    disturb: str, strength: float | None, picture: Image.Image
) -> None:
    assert "20 grey levels" in compared(picture, disturb=disturb, strength=strength)["lanes"][1]["title"]


# --- networks of other shapes --------------------------------------------------------------------------------------


class Small(nn.Module):
    """Another network for the same ten classes, larger maps and other names."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, padding=1)
        self.stem = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.gelu = nn.GELU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(2 * width, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.pool(self.gelu(self.stem(self.conv1(x)))).flatten(1))


@pytest.fixture(scope="module")
def small() -> Model:
    """A network at 128 pixels, whose first step has more values than can be sent."""
    model = model_zoo.load(NAME)
    torch.manual_seed(0)
    card = model.card | {
        "title": "Small",
        "preprocessing": model.card["preprocessing"] | {"size": 128},
        "classes": ["leaf", *model.classes[1:]],
    }
    return replace(model, name="small", net=Small().eval().requires_grad_(False), card=card)


def test_steps_are_matched_by_name_else_by_what_they_do_and_the_nearest_shape(
    small: Model, picture: Image.Image
) -> None:
    left, right = lane("left", model_zoo.load(NAME), picture), lane("Small", small, picture)
    found = {step.name: counterpart(step, left.steps, right.steps) for step in left.steps}
    names = {name: step.name if step else None for name, step in found.items()}
    assert names["conv1"] == "conv1" and names["conv2"] == "stem"  # 64 of 32: nearer to 32 of 64 than to 16 of 128
    assert names["relu1"] is None and names["pool1"] is None and names["fc1"] == names["fc3"] == "head"
    notes = {step: side_by_side(left, right, step, 0)["matched"]["note"] for step in ("conv1", "conv2", "relu1")}
    assert notes["conv1"] == "" and "beside it stands stem" in notes["conv2"] and "no ReLU step" in notes["relu1"]
    assert "right" not in side_by_side(left, right, "relu1", 0)


def test_classes_that_one_network_does_not_know_have_no_probability(small: Model, picture: Image.Image) -> None:
    answer = side_by_side(lane("a", model_zoo.load(NAME), picture), lane("b", small, picture), "conv1", 0)
    at = {name: index for index, name in enumerate(answer["classes"])}
    assert answer["shares"][0][at["leaf"]] is None and answer["shares"][1][at["airplane"]] is None
    assert all(shares[at["cat"]] is not None for shares in answer["shares"])


def test_large_maps_are_sent_as_means_of_blocks(small: Model, picture: Image.Image) -> None:
    left, right = lane("a", small, picture), lane("b", small, noise(128, 128))
    answer = side_by_side(left, right, "conv1", 0)
    assert answer["block"] == 2 and len(json.dumps(answer)) <= LIMIT
    expected = left.steps[0].output[0].reshape(16, 64, 2, 64, 2).mean(dim=(2, 4))
    expect_packed(answer["left"], expected.numpy())


def test_the_change_of_a_step_that_is_all_zeros() -> None:
    zero, one = (Step("a", "ReLU", (), torch.full((1, 2), value), None, 0) for value in (0.0, 1.0))
    assert change(zero, zero) == 0 and change(zero, one) == 1 and change(one, zero) == 1


# --- handlers ------------------------------------------------------------------------------------------------------


def test_a_changed_setting_is_in_the_address_and_opens_again(picture: Image.Image) -> None:
    query, answer = vars(
        handlers.changed("?step=conv2&epoch=4", NAME, picture, None, "disturbed", "jpeg", 30, 7, None)
    ).values()
    view = View.parse(query)
    assert view == View(NAME, step="conv2", epoch=4, disturb="jpeg", strength=30.0, seed=7)
    assert answer["about"] == {"disturb": "jpeg", "strength": "30", "seed": "7", "step": "conv2"}
    again = handlers.wanted(NAME, picture, None, gr.EventData(None, {"query": query, "ticket": 5}))
    assert again == answer | {"ticket": 5}
    query, answer = vars(handlers.changed("?", NAME, picture, None, "networks", "jpeg", 30, 7, SHIPPED[1])).values()
    assert View.parse(query) == View(NAME, lane="networks", other=SHIPPED[1]) and "right" in answer


@pytest.mark.parametrize(
    ("mode", "kind", "strength", "seed", "other"),
    [
        ("nonsense", "noise", 1, 0, None),
        (["pictures"], "noise", 1, 0, None),
        ("disturbed", "fog", 1, 0, None),
        ("disturbed", ["noise"], 1, 0, None),
        ("disturbed", "noise", 101, 0, None),
        ("disturbed", "noise", True, 0, None),
        ("disturbed", "noise", "20", 0, None),
        ("disturbed", "noise", float("nan"), 0, None),
        ("disturbed", "noise", 1, -1, None),
        ("disturbed", "noise", 1, 0.5, None),
        ("disturbed", "noise", 1, 10**400, None),
        ("networks", "noise", 1, 0, "nonsense"),
        ("networks", "noise", 1, 0, {"a": 1}),
    ],
)
def test_hostile_settings_are_refused_in_words(mode, kind, strength, seed, other, picture: Image.Image) -> None:
    with pytest.raises(gr.Error) as refusal:
        handlers.changed("?", NAME, picture, None, mode, kind, strength, seed, other)
    assert "Something went wrong" not in refusal.value.message


@pytest.mark.parametrize("data", [None, 5, [], {}, {"query": 5}, {"query": "?strength=9e9&lane=x&seed=-1&disturb=%00"}])
def test_any_question_from_a_browser_gets_an_answer(data: object, picture: Image.Image) -> None:
    assert handlers.wanted(NAME, picture, None, gr.EventData(None, data))["step"] == "conv1"


def test_a_channel_of_the_same_step_needs_no_maps_again(picture: Image.Image) -> None:
    def pick(data: dict[str, Any]) -> tuple[str, Any]:
        found = handlers.pick_lanes("?step=conv2", NAME, picture, None, gr.EventData(None, data))
        return found.address, found.lanes

    query, values = pick({"step": "conv2", "channel": 9})
    assert View.parse(query) == View(NAME, step="conv2", channel=9) and values == gr.skip()
    query, values = pick({"step": "conv3", "channel": 9, "ticket": 2})
    assert View.parse(query).step == values["step"] == "conv3" and values["ticket"] == 2
    query, values = pick({"step": "conv3", "channel": 999, "ticket": 2})
    assert View.parse(query).channel == values["channel"] == 0


def asked_by(query: str = "") -> SimpleNamespace:
    """A page's request, as far as handlers look at it."""
    return SimpleNamespace(query_params=query, session_hash="a page")


def test_settings_open_as_the_address_says() -> None:
    found = handlers.opened(asked_by("lane=networks&disturb=square&strength=55&seed=3"))
    assert (found.mode, found.kind, found.seed, found.other.value) == ("networks", "square", 3, SHIPPED[1])
    assert (found.strength.value, found.strength.maximum) == (55, 100)
    assert {mode: group.visible for mode, group in vars(found.groups).items()} == {
        "disturbed": False,
        "networks": True,
        "pictures": False,
    }


def test_the_second_network_offered_is_another_than_the_first() -> None:
    assert handlers.turned("networks", SHIPPED[1], SHIPPED[1], asked_by()).other.value == NAME
    with pytest.raises(UserError, match="no network named"):
        handlers.compared(View("nonsense"), None, None)


def test_every_disturbance_has_a_usual_strength_within_its_range() -> None:
    for kind in CORRUPTIONS:
        slider = handlers.usual_strength(kind)
        assert slider.minimum <= slider.value <= slider.maximum and CORRUPTIONS[kind].unit == slider.info
