"""Numbers as people type them, from the field of a card to the verdict."""

import math
from typing import Any

import gradio as gr
import pytest
from PIL import Image

import model_zoo
from demo.pictures.decode import open_image
from demo.pictures.examples import examples
from demo.tabs.learn.check import NOT_WHOLE, Done, Here, Numbers
from demo.tabs.learn.handlers import checked
from demo.tabs.learn.lesson import lessons
from demo.tabs.learn.numbers import readings
from tests.conftest import SHIPPED


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        *(("−0,32", -0.32), ("1.5", 1.5), (" 7 ", 7), ("93 %", 93), ("93%", 93), ("1e-3", 0.001), (".5", 0.5)),
        *(("4,195,328", 4195328), ("4 195 328", 4195328), ("4.195.328", 4195328), ("4'195'328", 4195328)),
        *(("73,856", 73856), ("73.856", 73856), ("73856", 73856), ("1,234.5", 1234.5), ("1.234,5", 1234.5)),
        *(("2,303", 2.303), ("2.303", 2.303), ("- 0.32", -0.32), ("–3", -3), ("+3", 3), ("73\u202f856", 73856)),
    ],
)
def test_a_number_is_read_as_it_was_meant(text: str, meant: float) -> None:
    assert (meant,) in readings([text])


@pytest.mark.parametrize("text", ["", "x", "1,23,4", "1.2.3", "NaN", "Infinity", "--1", "1 2", "9" * 400, "1e999999"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert all(len(found) == 1 and not math.isnan(found[0]) for found in readings([text]))
    if len(text) < 40 and "e" not in text:
        assert readings([text]) == []


def test_numbers_of_one_answer_are_read_in_one_way_of_writing() -> None:
    assert readings(["1,024", "2,5"]) == [(1024, 2.5), (1.024, 2.5)]
    assert readings(["3", "x"]) == []


def told(lesson: str, card: int, picture: Image.Image, *numbers: Any) -> dict[str, Any]:
    """The answer to what was typed on a card, counted from 1, with the network that it opens."""
    data = {"lesson": lesson, "card": card - 1, "ticket": 1, "query": "", "numbers": list(numbers)}
    return checked(lessons()[lesson].cards[card - 1].view["model"], picture, gr.EventData(None, data))


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    return open_image(examples()["Drawing of a ship"])


@pytest.mark.parametrize("typed", ["4195328", "4,195,328", "4 195 328", "4.195.328"])
def test_a_large_number_is_right_however_it_is_written(picture: Image.Image, typed: str) -> None:
    assert told("shapes-code", 5, picture, typed)["right"]
    assert not told("shapes-code", 5, picture, typed.replace("8", "7"))["right"]


def test_a_share_is_right_in_percent_and_as_a_number_up_to_one(picture: Image.Image) -> None:
    share = model_zoo.load(SHIPPED[0]).predict(picture)[0][1]
    for typed in (f"{100 * share:.0f}", f"{100 * share:.1f} %", f"{share:.3f}", f"{share:.3f}".replace(".", ",")):
        assert told("answers", 2, picture, typed)["right"], typed
    for typed in ("50", "0.5", "0"):
        assert not told("answers", 2, picture, typed)["right"], typed


@pytest.mark.parametrize(
    "numbers", [[], [""], ["x"], ["1", "2", "3"], [None], [float("nan")], "text", [["1"]], ["1"] * 99]
)
@pytest.mark.parametrize(("lesson", "card"), [("numbers", 2), ("numbers", 4), ("convolution", 2)])
def test_a_field_that_is_empty_or_no_number_is_said_and_not_judged(
    picture: Image.Image, lesson: str, card: int, numbers: Any
) -> None:
    data = {"lesson": lesson, "card": card - 1, "ticket": 1, "query": "", "numbers": numbers}
    answer = checked(lessons()[lesson].cards[card - 1].view["model"], picture, gr.EventData(None, data))
    assert answer["refused"] and answer["words"] == NOT_WHOLE


@pytest.mark.parametrize("value", [-0.3208, 1.2345, 12.345, 123.45, -1234.5])
def test_a_number_is_right_as_the_page_shows_it(value: float, picture: Image.Image) -> None:
    class One(Numbers):
        def expected(self, here: Here) -> list[float]:
            return [value]

        def words(self, here: Here, expected: Any) -> str:
            return ""

    here, check = Here.of(SHIPPED[0], picture), One(within=0.005)
    shown = float(f"{value:.3g}")
    step = 10.0 ** (math.floor(math.log10(abs(value))) - 2)
    assert check.judge(here, Done(numbers=(shown,))).right
    assert not check.judge(here, Done(numbers=(shown + 2 * max(step, 0.01),))).right
    exact = One(within=0)
    assert exact.judge(here, Done(numbers=(value,))).right
    assert not exact.judge(here, Done(numbers=(value + 0.01,))).right
