"""What a browser sends is understood, or refused in words."""

import gradio as gr
import pytest

from demo.core.payloads import payload, picked, placed, text, ticket
from demo.errors import UserError
from model_zoo.graph.position import Position


@pytest.mark.parametrize("data", [None, 5, 1.5, True, "step", b"step", [], ["step"], float("nan")])
def test_an_event_that_carries_no_names_carries_nothing(data: object) -> None:
    assert payload(gr.EventData(None, data)) == {}


def test_an_event_carries_names_with_values() -> None:
    data = {"step": "conv1", "channel": [1, 2]}
    assert payload(gr.EventData(None, data)) == data
    assert text(data, "step") == "conv1" and text(data, "channel") == text(data, "query") == ""


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
    assert picked(data) == expected


HOSTILE_CHANNELS = [-1, -(10**400), 1.0, 0.5, True, False, "1", "", [], [1], {}, float("nan"), float("inf")]
HOSTILE_DATA = [None, 5, 1.5, True, "conv1", b"conv1", [], ["conv1", 1], {}, {"channel": 1}, {"step": None}]
HOSTILE_DATA += [{"step": 5}, {"step": ["conv1"]}, {"step": {}}, {"step": True}]


@pytest.mark.parametrize("data", HOSTILE_DATA + [{"step": "conv1", "channel": channel} for channel in HOSTILE_CHANNELS])
def test_choices_that_are_not_understood_are_refused(data: object) -> None:
    with pytest.raises(UserError, match="cannot be understood"):
        picked(data)


PLACE = {"step": "conv1", "channel": 3, "row": 0, "column": 31}


def test_places_that_are_understood() -> None:
    assert placed(PLACE) == (Position("conv1", 3, 0, 31), True)
    assert placed(PLACE | {"chosen": False}) == (Position("conv1", 3, 0, 31), False)
    assert placed({"step": "conv1", "channel": 3}) == (None, True)


@pytest.mark.parametrize("key", ["channel", "row", "column"])
@pytest.mark.parametrize("value", [None, -1, 1.0, True, "1", [], {}, float("nan")])
def test_places_that_are_not_understood_are_refused(key: str, value: object) -> None:
    with pytest.raises(UserError, match="cannot be understood"):
        placed(PLACE | {key: value})


def test_tickets() -> None:
    assert ticket({"ticket": 7}) == 7
    for value in (None, -1, 1.5, True, "7", 2**53, []):
        assert ticket({"ticket": value}) == 0
