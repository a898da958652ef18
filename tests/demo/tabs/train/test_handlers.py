"""The Train tab: what visitors are told and may do, without a server but with real trainings."""

import math
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from PIL import Image

import model_zoo
from demo.core.networks import choices, title
from demo.pictures.examples import NO_DATA
from demo.render.html import number
from demo.tabs.train import handlers, progress, tab
from demo.tabs.train.handlers import OFF, PICTURES, allowed, begin, end, look, own_values, use
from tests.demo.conftest import HOSTILE
from train.service import queue

PARTS = ("said", "board", "answers", "start", "stop", "use", "model", "compared", "chance", "origin", "runs", "clock")
SMALL = ("cifar10-cnn", 1, 0.001, 50, 100, 0)
PATIENCE = 300  # seconds, for a busy machine
PAGE = gr.Request(session_hash="one")


@pytest.fixture(autouse=True)
def _nothing_is_trained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(handlers, "TRAININGS", queue.Queue(threads=1))
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path / "runs"))
    monkeypatch.delenv("CONVSCOPE_TRAINING", raising=False)
    monkeypatch.delenv("SPACE_ID", raising=False)


def seen(clock: Any, picture: Any = None, truth: Any = "", data: Any = None) -> dict[str, Any]:
    """Part -> what a look gives for it, in the order of the outputs."""
    values = look(clock, picture, truth, gr.EventData(None, data), PAGE)
    return vars(values)


# ------------------------------------------------------------------------------------------------ who may train


@pytest.mark.parametrize(
    ("switch", "space", "expected"),
    [
        (None, None, True),
        (None, "somebody/convscope", False),
        ("on", "somebody/convscope", True),
        ("ON ", "somebody/convscope", True),
        ("off", None, False),
        ("", "somebody/convscope", False),
        ("nonsense", None, True),
    ],
)
def test_training_is_off_on_a_public_space_unless_switched_on(
    switch: str | None, space: str | None, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("CONVSCOPE_TRAINING", switch), ("SPACE_ID", space)):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert allowed() == expected


def test_where_training_is_off_the_tab_says_so_and_nothing_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_TRAINING", "off")
    with gr.Blocks() as page:
        assert tab.layout() is None
    assert any(OFF in str(block.value) for block in page.blocks.values() if isinstance(block, gr.HTML))
    with pytest.raises(gr.Error) as refusal:
        begin({}, *SMALL)
    assert refusal.value.message == OFF


# ---------------------------------------------------------------------------------------------- before a training


def test_a_recipe_fills_in_its_own_values() -> None:
    for name, recipe in queue.recipes().items():
        epochs, rate, batch, pictures = vars(own_values(name)).values()
        assert (epochs, rate, batch) == (recipe.epochs, recipe.learning_rate, recipe.batch_size)
        assert pictures >= PICTURES and pictures >= 10 * batch
    assert own_values("cifar10-cnn").pictures == PICTURES


@pytest.mark.parametrize("recipe", ["nonsense", None, 5, [], {}, HOSTILE])
def test_unknown_recipes_are_refused(recipe: object) -> None:
    for handler in (lambda: own_values(recipe), lambda: begin({}, recipe, *SMALL[1:])):
        with pytest.raises(gr.Error) as refusal:
            handler()
        assert "recipe" in refusal.value.message and "cifar10-cnn" in refusal.value.message


@pytest.mark.parametrize("place", range(1, 6))
@pytest.mark.parametrize("value", [None, "10", "", True, [], {}, math.nan, math.inf, -math.inf, 10**400, -1])
def test_values_that_are_none_are_refused_with_a_sentence(place: int, value: object) -> None:
    values = list(SMALL)
    values[place] = value
    with pytest.raises(gr.Error) as refusal:
        begin({}, *values)
    assert re.search("epochs|learning rate|batch size|pictures|seed", refusal.value.message)
    assert "Something went wrong" not in refusal.value.message
    assert handlers.TRAININGS.look("").running is None


def test_a_number_that_must_be_whole() -> None:
    with pytest.raises(gr.Error) as refusal:
        begin({}, "cifar10-cnn", 2.5, *SMALL[2:])
    assert refusal.value.message == "Please give the number of epochs as a whole number."


def test_nothing_is_running(cifar10_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVSCOPE_DATA", str(cifar10_folder))
    first = seen({})
    assert progress.NOTHING in first["said"] and "CIFAR-10" not in first["said"]
    assert first["start"].value == "Start training" and first["start"].interactive
    assert not first["stop"].interactive and not first["use"].interactive
    assert first["clock"]["every"] == 0  # nobody is asked again while nothing runs
    again = seen(first["clock"])
    assert all(again[name] == gr.skip() for name in PARTS[:-1])
    for handler in (lambda: end(first["clock"]), lambda: use(first["clock"], [], PAGE)):
        with pytest.raises(gr.Error) as refusal:
            handler()
        assert "Something went wrong" not in refusal.value.message


def test_without_the_pictures_the_download_is_offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CONVSCOPE_DATA", str(tmp_path))
    first = seen({}, truth=NO_DATA)
    assert progress.NO_DATA in first["said"] and "Download" in first["start"].value
    assert not first["chance"].interactive and first["origin"] == gr.skip()
    # As soon as the pictures are there, a test picture can be drawn, and the hint goes.
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for name in ("test_batch", *(f"data_batch_{batch}" for batch in range(1, 6))):
        (folder / name).touch()
    then = seen(first["clock"], truth=NO_DATA)
    assert then["chance"].interactive and NO_DATA not in then["origin"] and then["start"].value == "Start training"


def test_a_download_shows_how_much_is_there(tmp_path: Path) -> None:
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(bytes(34_000_000))
    order = queue.Order("cifar10-cnn", 1, 0.001, 50, 200, 0)
    running = queue.Training("t", order, data=tmp_path, runs=tmp_path, state=queue.RUNNING, folder=tmp_path / "run")
    assert "34 of 170 MB" in progress.board(running, [])
    scene = queue.Scene(mine=running, running=running, last=None, place=0, waiting=0)
    assert progress.sentences(scene, [], ready=False) == ["Your training is running: CIFAR-10 is being downloaded."]


@pytest.mark.parametrize(
    ("done", "words", "share"),
    [
        (2, "Epoch 3 of 4: 1,000 of 2,000 pictures, 25.0% right, loss 2 nats. 400 pictures per second, ", 0.625),
        (3, "Epoch 3 of 4 is done. 400 pictures per second, about 2 min left.", 0.75),
        (4, "All epochs are done, at 400 pictures per second.", 1),
    ],
)
def test_numbers_of_a_moment(done: int, words: str, share: float, tmp_path: Path) -> None:
    """Also when the history is ahead of the progress file."""
    now = queue.Progress(3, 4, 1000, 2000, loss=2.0, accuracy=0.25, images_per_second=400.0, seconds_left=118.0)
    order = queue.Order("cifar10-cnn", 4, 0.001, 50, 2000, 0)
    running = queue.Training("t", order, tmp_path, tmp_path, queue.RUNNING, tmp_path / "run", now, (now,))
    columns = ("learning_rate", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "seconds")
    html = progress.board(running, [{"epoch": epoch} | dict.fromkeys(columns, 0.5) for epoch in range(done + 1)])
    assert words in html and f'value="{share:.4f}"' in html


@pytest.mark.parametrize(
    "clock",
    [None, 5, "x", [], {"ticket": 5, "seen": 5}, {"ticket": ["a"], "seen": {"said": [], "x": 1}}, {"ticket": HOSTILE}],
)
def test_any_clock_gets_an_answer(clock: object) -> None:
    for values in (seen(clock), seen({}, data=clock)):
        assert "<p>" in values["said"] and "<script" not in str(values)


def test_the_more_pages_look_the_less_often_each_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "_watchers", {})
    assert handlers._every("first") == 1.0
    for index in range(60):
        every = handlers._every(f"page {index}")
    assert every == pytest.approx(6.1)


# -------------------------------------------------------------------------------------------------- a training


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture
def data(cifar10_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pictures; whatever still trains at the end is stopped."""
    monkeypatch.setenv("CONVSCOPE_DATA", str(cifar10_folder))
    yield
    for each in list(handlers.TRAININGS._all):
        if not handlers.TRAININGS.look(each).mine.ended:
            handlers.TRAININGS.stop(each)
    until(lambda: handlers.TRAININGS.look("").running is None)


@pytest.mark.usefixtures("data")
def test_from_the_start_to_the_list_of_networks(picture: Image.Image) -> None:
    clock = begin(seen({})["clock"], *SMALL)
    ticket = clock["ticket"]
    with pytest.raises(gr.Error, match="under way already"):
        begin(clock, *SMALL)
    other = begin({}, *SMALL)  # somebody else, who waits
    said: list[str] = []
    shown: dict[str, Any] = {}  # what the page shows in the end

    def looked() -> bool:
        nonlocal clock
        news = seen(clock, picture)
        clock = news["clock"]
        shown.update({name: value for name, value in news.items() if value != gr.skip()})
        if not said or said[-1] != shown["said"]:
            said.append(shown["said"])
        return handlers.TRAININGS.look(ticket).mine.ended

    until(looked)
    assert any("Your training is running" in text for text in said)
    waiting = seen(other)
    assert "next one in the queue" in waiting["said"] or "Your training is running" in waiting["said"]
    end(other)
    until(lambda: handlers.TRAININGS.look("").running is None)
    looked()

    used = use(clock, ["another"], PAGE)
    name = used.model
    assert used.model == name and used.compared.value == ["another", name]
    assert use(clock, used.compared.value, PAGE).compared.value == used.compared.value
    model = model_zoo.load(name)
    test = model.card["metrics"]["test"]
    assert f"{test['accuracy']:.1%} of 100 test pictures" in shown["said"]
    assert "<progress" not in shown["board"]
    assert shown["board"].count("<svg viewBox") == 2 and number(model.history[1]["val_loss"]) in shown["board"]
    assert (title(name), name) in choices() and "trained here" in title(name)
    assert shown["use"].interactive and shown["start"].interactive and not shown["stop"].interactive
    assert shown["model"].choices == shown["compared"].choices == choices()
    # Two answers side by side: of the untrained network and of the trained one.
    for shown_model in (model_zoo.load(name, epoch=0), model):
        label, share = shown_model.predict(picture)[0]
        assert f'<strong>{label}</strong> <span class="number">{share:.1%}' in shown["answers"]
    assert shown["answers"].count('<table class="bars"') == 2
    # Without a picture there is a hint in their place.
    assert "Give it a picture" in seen({"ticket": ticket})["answers"]


@pytest.mark.usefixtures("data")
def test_somebody_else_is_told_and_cannot_stop_it() -> None:
    own = begin({}, "cifar10-cnn", 90, *SMALL[2:])
    until(lambda: "epoch 2 of 90" in str(seen({})["said"]))
    until(lambda: "<progress" in (news := seen({}))["board"] and "pictures per second" in news["board"])
    news = seen({})
    assert "Somebody else&#x27;s training is running: epoch" in news["said"] and "number 1 in the queue" in news["said"]
    assert news["start"].value == "Join the queue" and not news["stop"].interactive
    assert news["clock"]["every"] >= 1 and "<svg" in news["board"]
    with pytest.raises(gr.Error, match="Only the browser that started one"):
        end(news["clock"])
    # The page that started it knows its ticket also after it was opened anew.
    mine = seen({}, data={"ticket": own["ticket"]})
    assert "Your training is running" in mine["said"] and mine["stop"].interactive
    end(mine["clock"])
    until(lambda: handlers.TRAININGS.look(own["ticket"]).mine.ended)
    stopped = seen(own)
    assert "Your training was stopped after" in stopped["said"] and stopped["use"].interactive
    assert "The last training was stopped after" in seen({})["said"]
