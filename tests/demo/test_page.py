"""The wiring of the page, without a server."""

import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest
import torch
from gradio.blocks import BlockFunction
from PIL import Image

import model_zoo
from demo import page
from demo.core import events
from demo.core.handlers import user_errors
from demo.core.networks import NO_PICTURE
from demo.core.view import View
from demo.errors import UserError
from demo.pictures import examples
from model_zoo.entries import folders
from tests.conftest import SECOND, SHIPPED
from tests.demo.conftest import HOSTILE

API = ["predict", "feature_maps", "curves"]
# Handlers that run no network: files and charts, a sentence, a test picture, another component's value.
LIGHT = {"curves", "compare", "renew", "add", "forget_truth", "test_picture", "example", "uploaded", "clear"}
LIGHT |= {"own_values", "begin", "end", "use", "network_file"}
LIGHT |= {"opened", "gone_back", "turned", "usual_strength"}
LIGHT |= {"look_at_photo", "wait", "ready", "give_up", "stop", "save_survey", "save_table", "forget_plan"}
LIGHT |= {"chosen", "measured", "taken", "numbers", "confusions"}
LIGHT |= {"coded", "listed", "fetched"}
# A hundred times as much work.
LONG = {"shake_picture", "survey_photo", "answer_files", "behind", "find", "measure_skips", "explain", "check"}
LONG |= {"strongest", "climbed"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gr.Blocks]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        yield page.build()


@pytest.fixture(scope="module")
def wired(built: gr.Blocks) -> list[BlockFunction]:
    """All events that call Python."""
    return [event for event in built.fns.values() if event.fn is not None]


def name_of(event: BlockFunction) -> str:
    return inspect.unwrap(event.fn).__name__


def test_exactly_three_endpoints_are_public_and_say_what_they_do(built: gr.Blocks, wired: list[BlockFunction]) -> None:
    public = [event for event in wired if event.api_visibility == "public"]
    assert [event.api_name for event in public] == API
    for event in public:
        assert "Args:" in inspect.getdoc(event.fn) and "Returns:" in inspect.getdoc(event.fn)
    endpoints = built.get_api_info()["named_endpoints"]
    assert list(endpoints) == [f"/{name}" for name in API]
    names = {
        name: [parameter["parameter_name"] for parameter in facts["parameters"]] for name, facts in endpoints.items()
    }
    assert names == {
        "/predict": ["model", "picture"],
        "/feature_maps": ["model", "picture", "step"],
        "/curves": ["models"],
    }
    assert all(facts["description"] for facts in endpoints.values())


def test_all_events_that_run_a_network_share_one_limit(wired: list[BlockFunction]) -> None:
    heavy = [event for event in wired if name_of(event) not in LIGHT | LONG]
    assert {name_of(event) for event in heavy} == {
        *(
            "start",
            "back",
            "renewed",
            "pick",
            "detail",
            "catch_up",
            "edit",
            "inspect",
            "film",
            "look",
            "effective",
            "sheet",
            "predict",
            "feature_maps",
        ),
        *("wanted", "picked", "changed", "explain_quickly"),
    }
    assert len({event.concurrency_id for event in heavy}) == 1
    for event in heavy:
        assert isinstance(event.concurrency_limit, int) and event.concurrency_limit >= 1
        assert event.queue
    assert len({event.concurrency_limit for event in heavy}) == 1
    # Long work goes one at a time, and nobody else waits for it.
    long = [event for event in wired if name_of(event) in LONG]
    assert {name_of(event) for event in long} == LONG
    for event in long:
        assert event.concurrency_limit == 1 and event.concurrency_id != heavy[0].concurrency_id and event.queue


def test_nothing_is_answered_in_batches(wired: list[BlockFunction]) -> None:
    """One unreadable picture would fail the whole batch, other people's included."""
    assert not any(event.batch for event in wired)


def test_the_queue_is_bounded_and_cannot_be_gone_around(built: gr.Blocks) -> None:
    assert built._queue.max_size == 64
    assert built.api_open is False


def test_nothing_is_reported_to_anybody(built: gr.Blocks) -> None:
    assert built.analytics_enabled is False


def test_pictures_are_deleted_after_a_while(built: gr.Blocks) -> None:
    every, age = built.delete_cache
    assert 0 < every <= age <= 4 * 3600  # the page promises four hours
    assert "four hours" in page.PRIVACY


def test_without_any_network_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(folders, "SHIPPED", tmp_path)
    with pytest.raises(RuntimeError, match="no usable network"):
        page.build()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"step": "conv1"}, ("conv1", None)),
        ({"step": "conv1", "channel": None}, ("conv1", None)),
        ({"step": "conv1", "channel": 0}, ("conv1", 0)),
        ({"step": "nonsense", "channel": 10**400, "more": []}, ("nonsense", 10**400)),  # settled when shown
    ],
)
def test_choices_that_are_understood(data: object, expected: tuple[str, int | None]) -> None:
    assert events.picked(data) == expected


HOSTILE_CHANNELS = [-1, -(10**400), 1.0, 0.5, True, False, "1", "", [], [1], {}, float("nan"), float("inf")]
HOSTILE_DATA = [None, 5, 1.5, True, "conv1", b"conv1", [], ["conv1", 1], {}, {"channel": 1}, {"step": None}]
HOSTILE_DATA += [{"step": 5}, {"step": ["conv1"]}, {"step": {}}, {"step": True}]


@pytest.mark.parametrize("data", HOSTILE_DATA + [{"step": "conv1", "channel": channel} for channel in HOSTILE_CHANNELS])
def test_choices_that_are_not_understood_are_refused(data: object) -> None:
    with pytest.raises(UserError, match="cannot be understood"):
        events.picked(data)


def test_errors_become_sentences_and_the_unexpected_one_line_of_log(caplog: pytest.LogCaptureFixture) -> None:
    def handler(error: Exception) -> None:
        raise error

    with pytest.raises(gr.Error) as expected:
        user_errors(handler)(UserError("There is no such thing."))
    assert expected.value.message == "There is no such thing." and not caplog.records
    with pytest.raises(gr.Error) as unexpected:
        user_errors(handler)(ValueError("secret\npath"))
    assert "secret" not in unexpected.value.message
    assert len(caplog.records) == 1 and "\n" not in caplog.text.strip() and "secret" in caplog.text
    assert not expected.value.print_exception and not unexpected.value.print_exception  # else Gradio logs the stack


@pytest.mark.parametrize("name", SHIPPED)
def test_everything_is_refreshed_for_a_picture(name: str, picture: Image.Image) -> None:
    step = model_zoo.walk(model_zoo.load(name).net, torch.zeros(1, 3, 32, 32))[3].name
    view = View(model="another", tab="explore", step=step, channel=20)
    query, facts, answer, seen, stability, strip, grid, channel, whatif = events.refresh(view.query(), name, picture)
    assert View.parse(query) == View(model=name, tab="explore", step=step, channel=20)
    assert "classes" in facts and "verdict" in answer and "<img" in seen and stability == ""
    assert strip["step"] == grid["step"] == channel["step"] == step
    assert grid["channel"] == channel["channel"] == 20 and strip["model"] == whatif["model"] == name


def test_without_a_picture_nothing_old_is_left() -> None:
    query, _, answer, seen, stability, strip, grid, channel, whatif = events.refresh("?step=conv2", SHIPPED[0], None)
    assert NO_PICTURE in answer and grid == {"message": NO_PICTURE}
    assert not seen and not stability and not strip and not channel and not whatif
    assert View.parse(query) == View(model=SHIPPED[0], step="conv2")


@pytest.mark.parametrize("model", ["nonsense", HOSTILE, None, 5, [], ["cifar10-cnn"], {}])
@pytest.mark.parametrize("has_picture", [True, False])
def test_an_unknown_model_is_refused_by_every_handler(model: object, has_picture: bool, picture: Image.Image) -> None:
    given = picture if has_picture else None
    pick = gr.EventData(None, {"step": "conv1"})
    handlers = [lambda: events.refresh("?", model, given)]
    if given:
        handlers += [lambda: events.pick("?", model, given, pick), lambda: events.shake_picture(model, given)]
    for handler in handlers:
        with pytest.raises(gr.Error) as refusal:
            handler()
        assert "There is no network named" in refusal.value.message


def test_picking_a_channel_sends_only_the_channel(picture: Image.Image) -> None:
    query, channel = events.detail(
        f"?model={SHIPPED[0]}&step=conv2", SHIPPED[0], picture, gr.EventData(None, {"step": "conv2", "channel": 9})
    )
    assert View.parse(query) == View(model=SHIPPED[0], step="conv2", channel=9)
    assert channel["channel"] == 9 and channel["step"] == "conv2"
    whole = events.pick(query, SHIPPED[0], picture, gr.EventData(None, {"step": "conv2", "channel": 9}))
    assert whole[0] == query and whole[-1] == channel


def test_picking_a_step_keeps_a_channel_that_exists_there(picture: Image.Image) -> None:
    def pick(step: str) -> View:
        query, strip, grid, channel = events.pick(
            f"?model={SHIPPED[0]}&step=conv2&channel=40", SHIPPED[0], picture, gr.EventData(None, {"step": step})
        )
        assert strip["step"] == grid["step"] == channel["step"] == View.parse(query).step
        return View.parse(query)

    assert (pick("relu2").step, pick("relu2").channel) == ("relu2", 40)
    assert (pick("conv1").step, pick("conv1").channel) == ("conv1", 0)  # it has 32
    assert pick("nonsense").step == "conv1"


def test_the_explore_tab_catches_up_with_the_address(picture: Image.Image) -> None:
    query, strip, grid, channel = events.catch_up("?step=conv2&channel=9&lane=pictures", SHIPPED[0], picture)
    assert View.parse(query) == View(SHIPPED[0], step="conv2", channel=9, lane="pictures")
    assert strip["step"] == grid["step"] == channel["step"] == "conv2" and grid["channel"] == channel["channel"] == 9
    assert events.catch_up("?step=conv2", SHIPPED[0], None) == (gr.skip(),) * 4


@pytest.mark.parametrize("names", [["nonsense"], [None], [5], [["a"]], "cifar10-cnn", 5, {"a": 1}])
def test_unknown_networks_are_not_compared(names: object) -> None:
    with pytest.raises(gr.Error) as refusal:
        events.compare(names)
    assert refusal.value.message.endswith(".") and "Something went wrong" not in refusal.value.message


def test_choosing_no_network_to_compare_leaves_no_old_file() -> None:
    _, table, figure = events.compare([])
    assert table is None and figure is None


def test_compared_networks_come_with_both_files() -> None:
    charts, table, figure = events.compare(SHIPPED)
    assert "<svg" in charts
    assert Path(table).suffix == ".csv" and Path(figure).suffix == ".png"
    assert Path(table).is_file() and Path(figure).is_file()


def test_a_run_that_has_gone_on_has_new_files(hostile_entry: str) -> None:
    def rows() -> int:
        _, table, _ = events.compare([hostile_entry])
        return len(Path(table).read_text().splitlines())

    before = rows()
    history = model_zoo.load(hostile_entry).folder / "history.csv"
    lines = history.read_text().splitlines()
    history.write_text("\n".join([*lines, f"{len(lines) - 1}," + lines[-1].split(",", 1)[1]]) + "\n")
    assert rows() == before + 1


def test_a_picked_network_is_added_to_those_that_are_compared() -> None:
    first, last = SHIPPED[0], SECOND
    assert events.add([first], last) == events.add([first, last], first) == [first, last]
    assert events.add([last], first) == [last, first]  # the colours stay
    assert events.add(["gone", first], "nonsense") == [first]


@pytest.mark.parametrize(
    "data", [None, 5, "x", [], {}, {"index": None}, {"index": -1}, {"index": 10**400}, {"index": "1"}]
)
def test_examples_that_do_not_exist(data: object) -> None:
    with pytest.raises(gr.Error) as refusal:
        events.example(gr.EventData(None, data))
    assert "no such example" in refusal.value.message


@pytest.mark.parametrize(
    "data", [None, 5, "?step=conv2", {}, {"query": None}, {"query": ["?step=conv2"]}, {"query": HOSTILE}]
)
def test_going_back_to_what_is_no_address_shows_the_first_view(data: object, picture: Image.Image) -> None:
    model, _, given, truth, query, *_ = events.back(picture, 0.0, gr.EventData(None, data), gr.Request())
    assert given == truth == gr.skip()
    assert model == SHIPPED[0] and View.parse(query) == View(model=SHIPPED[0], step="conv1")


def test_going_back_shows_what_the_address_says(picture: Image.Image) -> None:
    view = View(model=SECOND, step="conv2", channel=40)
    data = {"query": view.query(), "picture": ""}
    model, _, _, _, query, *rest = events.back(picture, 0.0, gr.EventData(None, data), gr.Request())
    assert model == SECOND and View.parse(query) == view
    assert [value["step"] for value in rest[-4:-1]] == ["conv2"] * 3


def test_after_a_file_that_is_no_picture_the_box_is_empty() -> None:
    picture, query, _, answer, *_ = events.clear(f"?model={SHIPPED[0]}&step=conv3", SHIPPED[0], {"path": None})
    assert picture is None and NO_PICTURE in answer and View.parse(query).step == "conv3"


def test_a_picture_stays_when_something_else_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    shutil.copy(next(iter(examples.examples().values())), tmp_path / "own.jpg")
    stays = events.clear(f"?model={SHIPPED[0]}", SHIPPED[0], {"path": str(tmp_path / "own.jpg")})
    assert stays == gr.skip()
    (tmp_path / "none.jpg").write_bytes(b"no picture")
    assert events.clear(f"?model={SHIPPED[0]}", SHIPPED[0], {"path": str(tmp_path / "none.jpg")})[0] is None
    answer = events.clear(f"?model={SHIPPED[0]}", SHIPPED[0], {"path": str(tmp_path / "none.jpg")})[3]
    assert "not a picture" in answer and NO_PICTURE in answer


def test_of_several_questions_about_everything_the_last_is_answered(picture: Image.Image) -> None:
    """Whatever order they are worked out in."""
    reader, other = (gr.Request(session_hash=name) for name in ("reader", "other"))
    state = ["?step=conv2", SHIPPED[0], picture]
    assert View.parse(events.renewed(*state, 2_000.5, reader)[0]).step == "conv2"
    assert events.renewed(*state, 1_000.5, reader) == gr.skip()
    assert View.parse(events.renewed(*state, 1_000.5, other)[0]).step == "conv2"
    assert View.parse(events.renewed(*state, 2_500.0, reader)[0]).step == "conv2"
    back = events.back(picture, 2_400.0, gr.EventData(None, {"query": "?step=conv3"}), reader)
    assert back == gr.skip()


def test_a_part_is_described_as_gradio_describes_it_and_sessions_do_not_share_the_description(built: gr.Blocks) -> None:
    for block in built.blocks.values():
        assert block.get_config() == type(block).get_config(block)
        if not block.skip_api:
            assert block.api_info() == type(block).api_info(block)
        block.get_config()["value"] = "of one visitor"
        assert block.get_config().get("value") != "of one visitor"
