"""What a page sends to `python app.py`, and what it could send: its own events, asked as a browser asks them."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from demo.core.view import View
from demo.pictures.examples import has_test_pictures
from tests.browser.actions import FIRST_EXAMPLE, walked
from tests.conftest import ROOT, SHIPPED, App
from tests.helpers import events_of, first_picture, send, upload
from tests.pictures import REFUSED

pytestmark = pytest.mark.usefixtures("at_most_one_line_of_log")


@pytest.fixture(scope="module")
def page(app: App) -> dict[str, Any]:
    """Ids of the page's own events by name, and its first picture as the page would send it."""
    return events_of(app.address) | {"picture": first_picture(app.address)}


@pytest.mark.parametrize(
    "query", ["?step=conv1", "?channel=-5&tab=x", "?step=\ud800", None, 5, ["?step=conv1"], "&" * 10**6]
)
def test_any_query_is_settled(app: App, page: dict[str, Any], query: Any) -> None:
    success, output = send(
        app.address, page["pick"], [query, SHIPPED[0], page["picture"]], {"step": "conv2", "channel": 3}
    )
    assert success
    assert View.parse(output["data"][0]) == View(model=SHIPPED[0], step="conv2", channel=3)


def test_widgets_get_their_values_as_json_text(app: App, page: dict[str, Any]) -> None:
    """Of all events that end in them."""
    state = [f"?model={SHIPPED[0]}&step=conv1", SHIPPED[0], page["picture"]]
    whole = send(app.address, page["refresh"], [*state, 1.0])[1]["data"]
    strip, grid, channel = map(json.loads, whole[8:11])
    assert strip["model"] == SHIPPED[0] and grid["step"] == strip["step"] == channel["step"] == "conv1"
    again = send(app.address, page["pick"], state, {"step": "conv1"})[1]["data"]
    assert json.loads(again[2]) == grid and json.loads(again[3]) == channel
    other = send(app.address, page["detail"], state, {"step": "conv1", "channel": 3})[1]["data"]
    assert View.parse(other[0]).channel == json.loads(other[1])["channel"] == 3
    place = {"step": "conv1", "channel": 3, "row": 4, "column": 5, "ticket": 7}
    value = json.loads(send(app.address, page["inspect"], state, place)[1]["data"][1])
    assert value["position"] == ["conv1", 3, 4, 5] and value["ticket"] == 7 and value["chain"][0]["adds"]


@pytest.mark.parametrize("event", ["pick", "detail", "inspect", "film"])
def test_an_explorer_without_a_picture_is_told_so(app: App, page: dict[str, Any], event: str, tmp_path: Path) -> None:
    place = {"step": "conv1", "channel": 0, "row": 0, "column": 0}
    success, output = send(app.address, page[event], ["?", SHIPPED[0], None], place)
    assert not success and "Give it a picture first" in output["error"]
    server_file = {"path": str(ROOT / "demo" / "favicon.png")}  # said to be no upload, so that Gradio does not look
    success, output = send(app.address, page[event], ["?", SHIPPED[0], server_file], place)
    assert not success and "no longer on the server" in output["error"]
    write, words = REFUSED["a-text.jpg"]
    given = upload(app.address, "a.jpg", write(tmp_path / "a.jpg").read_bytes())
    success, output = send(app.address, page[event], ["?", SHIPPED[0], given], place)
    assert not success and words in output["error"]


@pytest.mark.parametrize(
    "choice",
    [None, 5, "conv1", [], {}, {"step": 5}, {"step": "conv1", "channel": -1}, {"step": "conv1", "channel": 1.5}],
)
def test_choices_that_no_page_makes_are_refused(app: App, page: dict[str, Any], choice: Any) -> None:
    success, output = send(app.address, page["pick"], ["?step=conv1", SHIPPED[0], page["picture"]], choice)
    assert not success and "cannot be understood" in output["error"]


def test_a_step_and_a_channel_that_do_not_exist_fall_back(app: App, page: dict[str, Any]) -> None:
    state = [f"?model={SHIPPED[0]}&step=conv1", SHIPPED[0], page["picture"]]
    success, output = send(app.address, page["pick"], state, {"step": "conv1", "channel": 10**300})
    assert success and View.parse(output["data"][0]) == View(model=SHIPPED[0], step="conv1")
    success, output = send(app.address, page["pick"], state, {"step": "nonsense", "channel": 3})
    maps = next(step for step in walked(SHIPPED[0], FIRST_EXAMPLE) if step.name == "conv1").output[0]
    strongest = int(maps.amax((1, 2)).argmax())
    assert success and View.parse(output["data"][0]) == View(model=SHIPPED[0], step="conv1", channel=strongest)


@pytest.mark.parametrize("name", ["nonsense", None, 5, ["cifar10-cnn"], {"a": 1}])
@pytest.mark.parametrize(
    "event", ["refresh", "pick", "detail", "compare", "shake_picture", "steady", "nearest", "trusted"]
)
def test_unknown_networks_in_the_events_of_the_page(app: App, page: dict[str, Any], event: str, name: Any) -> None:
    picture = page["picture"]
    data = {
        "compare": [[name]],
        "shake_picture": [name, picture],
        "steady": ["?", name, picture],
        "nearest": [name, picture, 1.0],
        "trusted": [name],
        "refresh": ["?", name, picture, 1.0],
    }.get(event, ["?", name, picture])
    success, output = send(app.address, page[event], data, {"step": "conv1"})
    assert not success
    assert any(words in output["error"] for words in ("There is no network named", "list of texts"))


def test_the_nearest_pictures_come_in_words_until_their_list_is_read(app: App, page: dict[str, Any]) -> None:
    asked = [SHIPPED[0], page["picture"], 1.0]
    words = send(app.address, page["nearest"], asked)[1]["data"][0]
    # Where another reader has asked before, the pictures are there at once.
    assert words.count("<img") == 6 or "more" in words
    shown = send(app.address, page["nearest"], asked, {"more": True})[1]["data"][0]
    assert shown.count("<img") == (6 if has_test_pictures() else 0) and "more" not in shown
    assert shown.count("away") >= 6


@pytest.mark.parametrize("names", [None, 5, "cifar10-cnn", {"a": 1}, ["nonsense", 5, [], {}]])
def test_what_is_no_list_of_networks_to_compare(app: App, page: dict[str, Any], names: Any) -> None:
    """A network that is picked is added to those that are compared."""
    assert send(app.address, page["add"], [names, SHIPPED[0]])[1]["data"] == [[SHIPPED[0]]]


@pytest.mark.parametrize("name", REFUSED)
def test_files_given_with_the_button_are_refused_too(app: App, page: dict[str, Any], tmp_path: Path, name: str) -> None:
    """Also those whose names the browser would not have let through."""
    write, words = REFUSED[name]
    given = upload(app.address, name, write(tmp_path / name).read_bytes())
    success, output = send(app.address, page["uploaded"], [given])
    assert not success and words in output["error"]


def test_a_short_job_of_one_visitor_ends_before_a_long_one_of_another(app: App, page: dict[str, Any]) -> None:
    """Both work by turns, also where there is one core for them; a third visitor is told the place in the queue."""
    ended: list[str] = []
    answers: dict[str, tuple[bool, dict[str, Any]]] = {}

    def visit(name: str, event: int, data: list[Any], event_data: Any) -> threading.Thread:
        def ask() -> None:
            answers[name] = send(app.address, event, data, event_data)
            ended.append(name)

        visitor = threading.Thread(target=ask)
        visitor.start()
        return visitor

    search = page["find"], ["?", SHIPPED[0], page["picture"]], {"step": "", "label": ""}
    long = visit("long", *search)
    covering = {"method": "occlusion", "label": "", "step": "", "token": 1}
    visit("short", page["explain"], [SHIPPED[0], page["picture"]], covering).join()
    long.join()
    assert ended == ["short", "long"]
    assert all(success for success, _ in answers.values())
    assert answers["short"][1]["data"][0]["token"] == 1
    found = answers["long"][1]["data"][0]
    assert found["rows"] and found["where"] == "all convolutions"
