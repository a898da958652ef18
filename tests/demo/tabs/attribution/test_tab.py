"""The Why tab's answers, without a browser."""

import secrets

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from demo.core.networks import NO_PICTURE
from demo.core.payloads import payload
from demo.core.request_sequencer import Outdated, RequestSequencer
from demo.errors import UserError
from demo.render import colormap
from demo.render.html import unpack
from demo.tabs.attribution import checks, tab
from model_zoo.explain import attribution
from model_zoo.explain.attribution import Map
from model_zoo.explain.sanity_checks import Deletion
from tests.conftest import SHIPPED
from tests.demo.conftest import HOSTILE

NAME = SHIPPED[0]
ASKED = {"method": "grad-cam", "label": "", "step": "", "token": 7}


def explained(
    picture: Image.Image | None, handler=tab.explain, model: str = NAME, visitor: str = "", **changes: object
) -> dict:
    request = gr.Request(session_hash=visitor or secrets.token_hex(4))  # mostly somebody new
    return handler(model, picture, gr.EventData(None, ASKED | changes), request)


def test_the_map_is_the_one_for_the_answer_from_the_usual_step(picture: Image.Image) -> None:
    model = model_zoo.load(NAME)
    answer, probability = model.predict(picture)[0]
    value = explained(picture, tab.explain_quickly)
    expected = attribution.grad_cam(model.net, model.prepare(picture), model.classes.index(answer))
    assert (value["answer"], value["label"], value["step"], value["token"]) == (answer, answer, expected.step, 7)
    assert value["limit"] == pytest.approx(float(expected.values.max())) and value["signed"] is False
    assert np.allclose(unpack(value["map"])[0], expected.values, atol=value["map"]["factor"])
    assert dict(value["classes"]) == pytest.approx(dict(model.predict(picture)))
    assert value["usual"] in value["steps"] and "conv1" in value["steps"] and "flatten" not in value["steps"]
    assert f"{probability:.1%}" in value["words"] and answer in value["means"]


def test_another_class_another_step_and_the_slow_methods(picture: Image.Image) -> None:
    picture = picture.resize((3, 3)).resize((64, 64))  # plain: integrated gradients need few points
    model, x = model_zoo.load(NAME), model_zoo.load(NAME).prepare(picture)
    value = explained(picture, label="ship", step="relu3")
    expected = attribution.grad_cam(model.net, x, model.classes.index("ship"), "relu3").values
    assert (value["label"], value["step"]) == ("ship", "relu3")
    assert np.allclose(unpack(value["map"])[0], expected, atol=value["map"]["factor"])
    for method, function in (("occlusion", attribution.occlusion), ("gradients", attribution.integrated_gradients)):
        value = explained(picture, method=method, label="ship")
        expected = function(model.net, x, model.classes.index("ship")).values
        assert value["signed"] and np.allclose(unpack(value["map"])[0], expected, atol=2 * value["map"]["factor"])
        assert "−" in value["words"]


def test_the_quick_queue_gives_quick_maps_only(picture: Image.Image) -> None:
    assert explained(picture, tab.explain_quickly, method="gradients")["signed"] is False


def test_what_does_not_exist_falls_back(picture: Image.Image) -> None:
    value, usual = explained(picture, label="<b>unicorn", step="nonsense"), explained(picture)
    assert (value["label"], value["step"]) == (usual["label"], usual["step"])


def test_without_a_picture_it_says_so() -> None:
    assert explained(None) == {"message": NO_PICTURE, "token": 7}
    assert explained(None, tab.check) == {}


def test_checks_are_given_up_when_their_visitor_asks_for_another_map(picture: Image.Image) -> None:
    explained(picture, tab.explain_quickly, visitor="one", token=8)
    assert explained(picture, tab.check, visitor="one", label="truck", token=7) == {}
    assert explained(picture, tab.check, visitor="one", label="truck", token=8)["token"] == 8
    latest = RequestSequencer(most=2)
    for visitor, number in (("a", 1), ("b", 1), ("a", 2), ("c", 1)):
        latest.note(visitor, number)
    latest.check("a", 2)
    latest.check("b", 5)  # forgotten by now
    with pytest.raises(Outdated):
        latest.check("a", 1)


NO_QUESTIONS = [None, 5, "x", [], {}, {"method": "grad-cam"}]
WRONG = [{"method": "magic"}, {"method": []}, {"label": None}, {"step": 5}, {"token": "7"}, {"token": True}]


@pytest.mark.parametrize("data", [*NO_QUESTIONS, *(ASKED | change for change in WRONG)])
def test_questions_that_cannot_be_understood_are_refused(data: object) -> None:
    with pytest.raises(UserError, match="cannot be understood"):
        tab.question(payload(gr.EventData(None, data)))


def test_an_unknown_network_is_refused(picture: Image.Image) -> None:
    for handler in (tab.explain, tab.explain_quickly, tab.check):
        with pytest.raises(gr.Error) as refusal:
            explained(picture, handler, model="nonsense")
        assert "There is no network named" in refusal.value.message


def test_the_checks_of_a_map(picture: Image.Image) -> None:
    value = explained(picture, tab.check, label="ship")
    assert value["token"] == 7
    model = model_zoo.load(NAME)
    second = next(label for label, _ in model.predict(picture) if label != "ship")
    assert f"The same for {second}" in value["html"] and "shuffled weights" in value["html"]
    assert value["html"].count("<img") == 2 and value["html"].count("<svg") == 1
    assert "Area under the curve" in value["html"]


def test_a_strangers_class_names_are_no_markup(hostile_entry: str, picture: Image.Image) -> None:
    value = explained(picture, tab.check, model=hostile_entry)
    assert HOSTILE not in value["html"] and "&lt;script&gt;" in value["html"]


def of(*rows: list[float], signed: bool = False) -> Map:
    return Map(torch.tensor(rows, dtype=torch.float64), signed, score=2.0)


def test_words_about_a_map() -> None:
    words = checks.in_words("cat", of([0, 0, 0], [0, 0, 0.5], [0, 0, 0]), 0.25)
    assert words == (
        "The score of cat is 2, its probability 25.0%. Strongest at the right, at row 1, column 2 of 3 × 3: 0.5."
    )
    assert "empty" in checks.in_words("cat", of([0, 0], [0, 0]), 0.25)
    assert "top left" in checks.in_words("cat", of([2, 1], [0, 0]), 0.25)
    assert checks.in_words("cat", of([2, 1], [0, -3], signed=True), 0.25).endswith("Lowest: −3.")


def row(found: Map, other: Map, unlearned: Map, curve: list[float]) -> str:
    deletion = Deletion([0, 0.5, 1], curve, [[0.9, 0.5, 0.1], [0.9, 0.6, 0.1]])
    return checks.row(Image.new("RGB", (32, 32)), "cat", found, ("dog", other), unlearned, deletion)


def test_verdicts_of_the_checks() -> None:
    one, two = of([1, 0], [0, 0]), of([0, 0], [0, 1])
    good = row(one, two, two, [0.9, 0.1, 0.1])
    assert "Another map" in good and "Different" in good and "Faster than chance" in good
    bad = row(one, one, one, [0.9, 0.9, 0.1])
    assert "Nearly the same map" in bad and "Alike" in bad and "Slower than chance" in bad
    middle = row(one, of([0, 0], [0, 0]), of([1e-6, 0], [0, 0]), [0.05, 0.9, 0.05])
    assert "No comparison" in middle and "hardly anything" in middle and "little can be lost" in middle
    assert "faster than only 1 of 2 random orders" in row(one, two, two, [0.9, 0.55, 0.1])


def test_colours_are_those_of_the_legend() -> None:
    drawn = colormap.colours(np.array([[-2.0, -1e-9, 0.0, 1.0, 2.0]]), 2.0)
    assert drawn[0, 2].tolist() == [255, 255, 255] and np.allclose(drawn[0, 1], 255, atol=1e-3)
    assert drawn[0, 0].tolist() == [5, 48, 97] and drawn[0, 4].tolist() == [103, 0, 31]
    grey = Image.new("RGB", (2, 1), (10, 200, 30))
    over = np.asarray(colormap.over(grey, np.array([[0.0, 2.0]]), 2.0, opacity=1))
    assert over[0].tolist() == [[255, 255, 255], [103, 0, 31]]
    assert len(set(np.asarray(colormap.over(grey, np.zeros((1, 2)), 0.0, opacity=0))[0, 0].tolist())) == 1
