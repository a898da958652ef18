"""What happens to the whole page: another picture or network, an address, a file that is no picture."""

import shutil
from dataclasses import replace
from pathlib import Path

import gradio as gr
import pytest
import torch
from PIL import Image

import model_zoo
from demo import page_events
from demo.core.inference import infer
from demo.core.networks import NO_PICTURE
from demo.core.shown_picture import ShownPicture
from demo.core.view import View
from demo.page_events import PageState
from demo.pictures import examples
from demo.tabs.explore.overview.overview import strongest
from demo.tabs.predict.tab import shake_picture
from tests.conftest import SECOND, SHIPPED
from tests.demo.conftest import HOSTILE, somebody

NOTHING_NEW = gr.skip()


def refreshed(query: str, model: object, picture: Image.Image | None) -> PageState:
    return page_events.refresh(query, model, picture, 1.0, somebody())


@pytest.mark.parametrize("name", SHIPPED)
def test_everything_is_refreshed_for_a_picture(name: str, picture: Image.Image) -> None:
    step = model_zoo.walk(model_zoo.load(name).net, torch.zeros(1, 3, 32, 32))[3].name
    view = View(model="another", tab="explore", step=step, channel=20)
    state = refreshed(view.query(), name, picture)
    assert View.parse(state.address) == View(model=name, tab="explore", step=step, channel=20)
    assert "classes" in state.about and "verdict" in state.answer and "<img" in state.seen and state.stability == ""
    assert state.strip["step"] == state.grid["step"] == state.channel["step"] == step
    assert state.grid["channel"] == state.channel["channel"] == 20
    assert state.strip["model"] == state.whatif["model"] == name


def test_without_a_picture_nothing_old_is_left() -> None:
    state = refreshed("?step=conv2", SHIPPED[0], None)
    assert NO_PICTURE in state.answer and state.grid == {"message": NO_PICTURE}
    assert not any((state.seen, state.stability, state.strip, state.channel, state.whatif))
    assert View.parse(state.address) == View(model=SHIPPED[0], step="conv2")


@pytest.mark.parametrize("model", ["nonsense", HOSTILE, None, 5, [], ["cifar10-cnn"], {}])
@pytest.mark.parametrize("has_picture", [True, False])
def test_an_unknown_network_is_refused(model: object, has_picture: bool, picture: Image.Image) -> None:
    given = picture if has_picture else None
    handlers = [lambda: refreshed("?", model, given)]
    if given:
        handlers.append(lambda: shake_picture(model, given))
    for handler in handlers:
        with pytest.raises(gr.Error) as refusal:
            handler()
        assert "There is no network named" in refusal.value.message


@pytest.mark.parametrize(
    "data", [None, 5, "x", [], {}, {"index": None}, {"index": -1}, {"index": 10**400}, {"index": "1"}, {"index": True}]
)
def test_examples_that_do_not_exist(data: object) -> None:
    with pytest.raises(gr.Error) as refusal:
        page_events.example(gr.EventData(None, data))
    assert "no such example" in refusal.value.message


def went_back(picture: Image.Image, data: object, asked: float = 0.0, request: gr.Request | None = None):
    return page_events.back(picture, asked, "", gr.EventData(None, data), request or somebody())


@pytest.mark.parametrize(
    "data", [None, 5, "?step=conv2", {}, {"query": None}, {"query": ["?step=conv2"]}, {"query": HOSTILE}]
)
def test_going_back_to_what_is_no_address_shows_the_first_view(data: object, picture: Image.Image) -> None:
    found = went_back(picture, data)
    assert found.shown == ShownPicture(gr.skip(), gr.skip())
    view = View(model=SHIPPED[0], step="conv1")
    view = view.at("conv1", strongest(infer(view, picture).steps[0]))
    assert found.model == SHIPPED[0] and View.parse(found.state.address) == view


def test_going_back_shows_what_the_address_says(picture: Image.Image) -> None:
    view = View(model=SECOND, step="conv2", channel=40)
    found = went_back(picture, {"query": view.query(), "picture": ""})
    assert found.model == SECOND and View.parse(found.state.address) == view
    assert [part["step"] for part in (found.state.strip, found.state.grid, found.state.channel)] == ["conv2"] * 3


def test_after_a_file_that_is_no_picture_the_box_is_empty() -> None:
    found = page_events.clear(f"?model={SHIPPED[0]}&step=conv3", SHIPPED[0], {"path": None})
    assert found.picture is None and NO_PICTURE in found.state.answer
    assert View.parse(found.state.address).step == "conv3"


def test_a_picture_stays_when_something_else_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    shutil.copy(next(iter(examples.examples().values())), tmp_path / "own.jpg")
    query = f"?model={SHIPPED[0]}"
    assert page_events.clear(query, SHIPPED[0], {"path": str(tmp_path / "own.jpg")}) == NOTHING_NEW
    (tmp_path / "none.jpg").write_bytes(b"no picture")
    found = page_events.clear(query, SHIPPED[0], {"path": str(tmp_path / "none.jpg")})
    assert found.picture is None
    assert "not a picture" in found.state.answer and NO_PICTURE in found.state.answer


@pytest.mark.parametrize("asked", [None, "now", {"a": 1}, [2], True, -1, 1e308, 10**400])
def test_whatever_a_browser_sends_as_the_time_of_its_question(asked: object) -> None:
    reader = somebody()
    for _ in range(2):  # the second is compared with the first
        assert NO_PICTURE in page_events.refresh("?step=conv2", SHIPPED[0], None, asked, reader).answer


def test_of_several_questions_about_everything_the_last_is_answered(picture: Image.Image) -> None:
    """Whatever order they are worked out in."""
    reader, other = (gr.Request(session_hash=name) for name in ("reader", "other"))
    state = ["?step=conv2", SHIPPED[0], picture]

    def ask(asked: float, request: gr.Request) -> str:
        return View.parse(page_events.refresh(*state, asked, request).address).step

    assert ask(2_000.5, reader) == "conv2"
    assert page_events.refresh(*state, 1_000.5, reader) == NOTHING_NEW
    assert ask(1_000.5, other) == ask(2_500.0, reader) == "conv2"
    assert went_back(picture, {"query": "?step=conv3"}, 2_400.0, reader) == NOTHING_NEW


def renewed(picture: Image.Image, view: View, model: str) -> View:
    return View.parse(refreshed(view.query(), model, picture).address)


def test_another_network_keeps_a_place_only_where_it_means_the_same(picture: Image.Image) -> None:
    there = View(model=SHIPPED[0], step="conv2", channel=3).on(4, 5)
    assert renewed(picture, there, SHIPPED[1]) == replace(there, model=SHIPPED[1])  # the same maps, trained otherwise
    for name in SHIPPED[2:]:
        for view in (there, there.on(None, None)):
            found, steps = renewed(picture, view, name), infer(View(model=name), picture).steps
            step = next(step for step in steps if step.name == found.step)
            assert step.parameters and step.operation == "convolution"
            assert found.channel == strongest(step)
            values = step.output[0, found.channel]
            assert (found.row, found.column) == (None, None) or values[found.row, found.column] == values.max()
            assert (found.row is None) == (view.row is None)
