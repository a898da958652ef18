"""The effective field of a value as the browser gets it: what autograd says, and how few pixels hold it."""

import copy
import json
import re

import gradio as gr
import numpy as np
import pytest
from PIL import Image

import model_zoo
from demo.core.inference import infer
from demo.core.view import View
from demo.errors import UserError
from demo.render.html import unpack
from demo.tabs.explore.channel import effective_field
from model_zoo.explain.receptive_field import field_box
from model_zoo.graph.position import Position
from tests.conftest import SHIPPED, SHIPPED_BY_TIME

LIMIT = 300_000  # bytes of one answer


def answered(view: View, picture: Image.Image, *place: int | str) -> tuple[dict, np.ndarray]:
    text = json.dumps(effective_field.influence(infer(view, picture), Position(*place)), allow_nan=False)
    assert len(text) < LIMIT
    answer = json.loads(text)
    return answer, unpack(answer["map"])[0]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_logit_has_the_gradient_of_the_network_in_double_precision(name: str, picture: Image.Image) -> None:
    model = model_zoo.load(name)
    last = infer(View(model=name), picture).steps[-1].name
    answer, field = answered(View(model=name), picture, last, 1, 0, 0)
    x = model.prepare(picture).double().requires_grad_()
    copy.deepcopy(model.net).double()(x)[0, 1].backward()
    expected = x.grad[0].abs().sum(0).numpy()
    assert answer["position"] == [last, 1, 0, 0] and answer["picture"] is None
    assert answer["limit"] == pytest.approx(expected.max(), rel=1e-3)
    assert np.allclose(field, expected, rtol=0, atol=1e-3 * expected.max())
    assert f"entry 1 of {last} " in answer["words"] and f"of the {model.size**2:,} pixels" in answer["words"]


@pytest.mark.parametrize("name", SHIPPED_BY_TIME)
def test_the_words_count_the_fewest_pixels_of_the_box(name: str, picture: Image.Image) -> None:
    made = infer(View(model=name), picture)
    tried = 0
    for step in [step for step in made.steps if len(step.shape) == 4][::4]:
        place = (step.name, step.shape[1] // 2, 0, step.shape[3] // 2)
        answer, field = answered(View(model=name), picture, *place)
        box = field_box(made.steps, made.model.size, made.model.size, *place).within(made.model.size, made.model.size)
        outside = field.copy()
        outside[box.top : box.bottom, box.left : box.right] = 0
        assert not outside.any()
        if not field.any():
            assert answer["words"].startswith("No pixel has any influence") and not answer["means"]
            continue
        tried += 1
        half, seen, most = (int(n.replace(",", "")) for n in re.findall(r"(?:from|the) ([\d,]+) [p(]", answer["words"]))
        assert seen == (box.bottom - box.top) * (box.right - box.left)
        strongest = np.sort(field, axis=None)[::-1].astype(float)
        for count, share in ((half, 0.5), (most, 0.9)):
            reached = [strongest[:n].sum() / strongest.sum() for n in (count - 1, count)]
            assert reached[0] <= share + 1e-3 and reached[1] >= share - 1e-3
    assert tried


def test_changes_to_network_and_picture_count(picture: Image.Image) -> None:
    place = ("conv2", 5, 16, 16)
    plain, before = answered(View(model=SHIPPED[0]), picture, *place)
    halved, now = answered(View(model=SHIPPED[0], edits="conv2.5:x0.5"), picture, *place)
    assert np.allclose(now, before / 2, atol=1e-4 * before.max()) and halved["picture"] is None
    moved, _ = answered(View(model=SHIPPED[0], edits="input:shift.3.0"), picture, *place)
    assert moved["picture"].startswith("data:image/") and moved["map"] != plain["map"]


def test_what_cannot_be_asked_is_refused_in_a_sentence(picture: Image.Image) -> None:
    for place in (("nope", 0, 0, 0), ("conv1", 9999, 0, 0), ("conv1", 0, 32, 0)):
        with pytest.raises(UserError, match=r"\.$"):
            effective_field.influence(infer(View(model=SHIPPED[0]), picture), Position(*place))
    for data in (None, {}, {"step": "conv1", "channel": 0, "row": None, "column": None}, {"step": "conv1", "row": 1}):
        with pytest.raises(gr.Error, match=r"Please reload|Choose a value first"):
            effective_field.effective("?", SHIPPED[0], picture, gr.EventData(None, data))
    with pytest.raises(gr.Error):
        effective_field.effective(
            "?", SHIPPED[0], None, gr.EventData(None, {"step": "conv1", "channel": 0, "row": 1, "column": 1})
        )
