"""Cause and effect in the page: changes in the address, in every value that is shown, and refused in words."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

import model_zoo
from demo import page_events
from demo.api import feature_maps
from demo.core.inference import infer
from demo.core.view import View
from demo.page_events import PageState
from demo.render.html import unpack
from demo.tabs.explore import handlers
from demo.tabs.explore.gradient_flow.gradient_flow import figures
from demo.tabs.explore.what_if import ablation, what_if
from demo.tabs.predict import predict
from model_zoo import nets
from model_zoo.entries import entry
from model_zoo.graph.edits import Scaled, parse
from tests.conftest import SHIPPED
from tests.demo.conftest import HOSTILE, somebody
from tests.model_zoo.conftest import card, history

OFF = "conv1.3:off~conv2.5:x2"


@pytest.fixture
def residual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an entry with residual blocks and random weights."""
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = nets.build("resnet9", {"width": 4})
    facts = card() | {"name": "residual", "net": {"file": "resnet9", "arguments": {"width": 4}}}
    entry.write(tmp_path / "residual", net.state_dict(), facts, history(), "# Random weights\n")
    return "residual"


edit = ablation.edit_handler(page_events.renewed_view)


def ask(picture: Image.Image | None, query: str = "?", model: str = SHIPPED[0], **data: object) -> PageState:
    return edit(query, model, picture, 0.0, gr.EventData(None, data), somebody())


def refreshed(query: str, picture: Image.Image) -> PageState:
    return page_events.refreshed(View.of_page(query, SHIPPED[0]), picture)


def probabilities(name: str, picture: Image.Image, edits: str) -> np.ndarray:
    model = model_zoo.load(name)
    logits = model_zoo.walk(model.net, model.prepare(picture), parse(edits, model.black))[-1].output
    return logits[0].double().softmax(0).numpy()


# ---------------------------------------------------------------------------------------------------- in the address


@pytest.mark.parametrize("text", [OFF, "conv1.0.1.2.0:w-0.5~input:shift.2.-1", "residual1.add:noskip", ""])
def test_changes_are_in_the_address_as_they_are_written(text: str) -> None:
    view = View(model="m", tab="explore", edits=text)
    assert View.parse(view.query()) == view
    assert not text or f"edits={text}" in view.query()  # nothing in it is written as %3A


@pytest.mark.parametrize("text", [HOSTILE, "nonsense", "conv1.3:off'", "%00", "a" * 3000, "conv1.3:xnan"])
def test_what_is_no_change_is_not_in_the_view(text: str) -> None:
    assert View.parse(f"?edits={text}").edits == ""
    assert View.parse(f"?edits={text}~{OFF}").edits in (OFF, "")  # a text without end is cut


def test_a_link_with_changes_shows_them_and_drops_those_that_are_impossible(picture: Image.Image) -> None:
    state = refreshed(f"?edits={OFF}~conv9.1:off~conv1.99:off~add:noskip", picture)
    bar = state.whatif
    assert View.parse(state.address).edits == bar["text"] == OFF
    assert len(bar["refused"]) == 3 and all(sentence.endswith(".") for sentence in bar["refused"])


# ------------------------------------------------------------------------------------------------- in what is shown


def test_everything_shows_the_changed_network_and_says_so(picture: Image.Image) -> None:
    name = SHIPPED[0]
    state = ask(picture, f"?model={name}&step=relu2", text=OFF)
    grid, bar, answer = state.grid, state.whatif, state.answer
    assert View.parse(state.address) == View(model=name, step="relu2", edits=OFF)
    model = model_zoo.load(name)
    steps = {s.name: s.output[0] for s in model_zoo.walk(model.net, model.prepare(picture), parse(OFF))}
    assert np.abs(unpack(grid["maps"]) - steps["relu2"].numpy()).max() <= grid["maps"]["factor"]
    assert state.channel["step"] == state.strip["step"] == "relu2"
    expected = probabilities(name, picture, OFF)
    now = {row["label"]: row["now"] for row in bar["answers"]}
    assert now == pytest.approx(dict(zip(model.classes, expected, strict=True)), abs=1e-4)
    before = {row["label"]: row["before"] for row in bar["answers"]}
    assert before == pytest.approx(dict(model.predict(picture)), abs=1e-4)
    assert list(before) == [label for label, _ in model.predict(picture)]  # sorted by the original
    assert "Not the network" in answer and f"{model.predict(picture)[0][1]:.1%}" in answer
    assert f"{expected.max():.1%}" in answer
    plain = infer(View(model=name), picture)
    assert "Not the network" not in predict.answer(plain) and json.dumps(bar)
    assert state.seen == predict.seen(plain)  # the picture is as it was


def test_a_channel_is_picked_in_the_changed_network(picture: Image.Image) -> None:
    event = gr.EventData(None, {"step": "relu1", "channel": 3})
    found = handlers.detail(f"?step=relu1&edits={OFF}", SHIPPED[0], picture, event)
    assert View.parse(found.address).edits == OFF
    assert not any(unpack(link["map"]).any() for link in found.channel["chain"])


def test_a_changed_weight_is_in_the_kernel(picture: Image.Image) -> None:
    state = ask(picture, "?step=conv1&channel=4", text="", add="conv1.4.2.1.0:w1.25")
    kernels = state.channel["kernels"]
    assert kernels["values"][2][1][0] == 1.25 == kernels["limit"]
    assert [edit["words"] for edit in state.whatif["edits"]] == [
        "conv1, channel 4, kernel 2, row 1, column 0: weight 1.25"
    ]


@pytest.mark.parametrize("shipped", [True, False])
def test_a_blanked_picture_is_what_is_seen(picture: Image.Image, shipped: bool, residual: str) -> None:
    name = SHIPPED[0] if shipped else residual  # they differ in how pictures are prepared
    made = infer(View(model=name, edits="input:black.0.0.16.32~input:shift.0.-4"), picture)
    drawn = np.asarray(made.model.picture(made.x))
    assert not drawn[:12].any() and drawn[12:28].any()
    unchanged = np.asarray(made.model.picture(made.model.prepare(picture)))
    assert np.array_equal(unchanged, np.asarray(made.model.crop(picture)))
    assert np.array_equal(drawn[12:28], unchanged[16:])
    assert predict.seen(made) != predict.seen(infer(View(model=name), picture))


def test_a_block_and_its_paths(residual: str, picture: Image.Image) -> None:
    state = ask(picture, "?step=residual1.add", residual, text="", add="residual1.add:noskip")
    grid, bar = state.grid, state.whatif
    assert [block["add"] for block in bar["blocks"]] == ["residual1.add", "residual2.add"]
    branch = feature_maps(residual, picture, bar["blocks"][0]["branch"][-1])
    assert np.allclose(unpack(grid["maps"]), unpack(branch["maps"]), atol=grid["maps"]["factor"])
    bar = ask(picture, "?", residual, text=bar["text"], add="residual1.add:nobranch").whatif
    assert bar["text"] == "residual1.add:nobranch"  # instead of the other
    assert refreshed(f"?edits={bar['text']}", picture).whatif["text"] == ""


# ------------------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"text": None},
        {"text": 5},
        {"text": "", "add": 5},
        {"text": "", "add": "nonsense"},
        {"text": "", "add": OFF},
    ],
)
def test_what_a_browser_cannot_mean_is_refused(data: dict, picture: Image.Image) -> None:
    with pytest.raises(gr.Error, match=r"cannot be understood|no change that can be made"):
        ask(picture, **data)


@pytest.mark.parametrize("data", [None, 5, [], "conv1.3:off"])
def test_data_of_another_kind_is_refused(data: object, picture: Image.Image) -> None:
    with pytest.raises(gr.Error, match="cannot be understood"):
        edit("?", SHIPPED[0], picture, 0.0, gr.EventData(None, data), somebody())
    with pytest.raises(gr.Error, match="cannot be understood"):
        list(ablation.find("?", SHIPPED[0], picture, gr.EventData(None, data)))


def test_an_impossible_change_is_refused_and_the_others_stay(picture: Image.Image) -> None:
    with pytest.raises(gr.Error, match="conv1 has 32 channels, counted from 0"):
        ask(picture, f"?edits={OFF}", text=OFF, add="conv1.32:off")
    many = "~".join(f"conv1.{channel}:off" for channel in range(20))
    with pytest.raises(gr.Error, match="At most 20"):
        ask(picture, text=many, add="conv2.0:off")
    assert ask(picture, text=many).whatif["text"] == many


def test_without_a_picture_there_is_nothing_to_change() -> None:
    with pytest.raises(gr.Error, match="Give it a picture first"):
        ask(None, text=OFF)


# ------------------------------------------------------------------------------------------ which channels matter


def test_the_channels_that_matter_are_found_step_by_step(picture: Image.Image) -> None:
    event = gr.EventData(None, {"step": "conv1", "label": "cat"})
    values = list(ablation.find(f"?edits={OFF}", SHIPPED[0], picture, event))
    last = json.loads(json.dumps(values[-1]))
    assert (last["done"], last["total"], last["label"], last["where"]) == (32, 32, "cat", "conv1")
    assert last["key"] == refreshed(f"?edits={OFF}", picture).whatif["key"]
    cat = model_zoo.load(SHIPPED[0]).classes.index("cat")
    assert last["before"] == pytest.approx(probabilities(SHIPPED[0], picture, OFF)[cat], abs=1e-5)
    for row in last["rows"][:3]:
        without = probabilities(SHIPPED[0], picture, f"{OFF}~conv1.{row['channel']}:off")[cat]
        assert row["now"] == pytest.approx(without, abs=1e-5)
    sizes = [abs(row["odds"]) for row in last["rows"]]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) == what_if.LISTED


@pytest.mark.parametrize("data", [{"step": "nonsense"}, {"step": "conv1", "label": "unicorn"}, {"step": 5}])
def test_unknown_steps_and_classes_are_refused(data: dict, picture: Image.Image) -> None:
    with pytest.raises(gr.Error, match=r"has no|cannot be understood"):
        list(ablation.find("?", SHIPPED[0], picture, gr.EventData(None, data)))


def test_the_key_is_another_one_for_another_picture_or_change(picture: Image.Image) -> None:
    keys = {
        what_if.key(infer(View(model=SHIPPED[0], edits=e), p)) for p in (picture, picture.rotate(90)) for e in ("", OFF)
    }
    assert len(keys) == 4


def test_all_edits_of_a_walk_are_kept(picture: Image.Image) -> None:
    made = infer(View(model=SHIPPED[0], edits=OFF), picture)
    assert made.edits == (Scaled("conv1", 3, 0.0), Scaled("conv2", 5, 2.0))
    assert made.original is not made.steps and infer(View(model=SHIPPED[0]), picture).refused == ()


# ------------------------------------------------------------------------------------------------ skip connections


@pytest.fixture(scope="module")
def measured() -> Iterator[list[str]]:
    return list(figures(None))


def test_the_figure_grows_and_says_what_was_measured(measured: list[str]) -> None:
    assert [html.count("<polyline") for html in measured] == [0, 1, 2, 3, 4]
    assert "Measuring" in measured[0] and "Measuring" not in measured[-1]
    last = measured[-1]
    sentence = re.search(r"<li>Plain: [^<]* in layer 24: ([\d,]+) times smaller at the beginning", last)
    assert sentence and int(sentence[1].replace(",", "")) > 1000
    assert last.count("<tr>") == 25 and "Look at how steep" in last
