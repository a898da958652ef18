"""Lessons on paper: every card is on the sheet, and the key says what the page's own check calls right."""

import re
from dataclasses import replace
from html import unescape

import pytest
from PIL import Image

from demo.core.inference import infer
from demo.core.view import View
from demo.pictures.decode import open_image
from demo.pictures.examples import examples
from demo.share.worksheet.lesson_sheet import lesson_sheet
from demo.tabs.learn.check import Check, Choice, Done, Here, Numbers
from demo.tabs.learn.lesson import lessons
from demo.tabs.learn.numbers import readings
from demo.tabs.learn.teach.sheet import exercise
from tests.conftest import SHIPPED
from tests.pictures import noise

SLOW = {"depth-trust"}  # measures the gradients of deep networks


@pytest.fixture(scope="module", params=["drawing", "noise"])
def picture(request: pytest.FixtureRequest) -> Image.Image:
    return noise(40, 60) if request.param == "noise" else open_image(next(iter(examples().values())))


@pytest.mark.parametrize("name", sorted(set(lessons()) - SLOW))
def test_the_key_is_what_the_check_calls_right(name: str, picture: Image.Image) -> None:
    for card in lessons()[name].cards:
        model = card.view.get("model", SHIPPED[0])
        here, made = Here.of(model, picture), exercise(card, model, picture)
        assert made.key.endswith((".", "there.")) and "no key" not in made.key
        done = answer(card.check, made.key)
        if done is not None:
            assert card.check.judge(here, done).right, made.key


def answer(check: Check, key: str) -> Done | None:
    """What somebody does who follows a key; None where that is not a matter of words."""
    said = key.split(". ")[0].rstrip(".")
    if isinstance(check, Choice):
        return Done(choice=said)
    if isinstance(check, Numbers):
        return Done(numbers=readings(said.split(", "))[0])
    if place := re.match(r"row (\d+), column (\d+)", key, re.I):
        row, column = map(int, place.groups())
        view = View(step=getattr(check, "step", ""), channel=getattr(check, "channel", 0), row=row, column=column)
        return Done(numbers=(row, column), view=view)
    if channel := re.match(r"Channel (\d+) ", key):
        return Done(view=View(step=getattr(check, "step", ""), channel=int(channel[1])))
    if made := re.search(r"\+ 1 = (\d+)\.$", key):
        return Done(numbers=(float(made[1]),) * 2)
    return None


def test_a_sheet_holds_every_card_once_for_pupils_and_once_in_the_key(picture: Image.Image) -> None:
    lesson = lessons()["relu-pool"]
    exercises = [exercise(card, SHIPPED[0], picture) for card in lesson.cards]
    html = lesson_sheet(lesson.title, lesson.idea, infer(View(model=SHIPPED[0]), picture), exercises, "A <ship>")
    sheet, key = html.split("ConvScope lesson: key")
    for one in exercises:
        assert unescape(sheet).count(f". {one.title}</h2>") == 1
        assert unescape(key).count(f". {one.title} <span>") == 1
        assert one.key in unescape(key) and one.key not in unescape(sheet)
        for label in one.fields:
            assert label in unescape(sheet)
    assert unescape(sheet).count(f"Network: {exercises[0].network}<") == len(exercises)
    assert "A &lt;ship&gt;: the picture" in sheet
    assert "<script" not in html and not re.search(r"(src|href)=\"(?!data:)", html)
    assert "<dfn" not in html
    # The value that a card asks for comes with its calculation, in gaps and solved.
    (value,) = [one for one in exercises if one.tasks]
    assert 'class="gap"' in sheet and 'class="key"' in key and 'class="key"' not in sheet
    assert float(value.tasks[-1].result) == pytest.approx(float(value.key.split(". ")[0].replace("−", "-")), abs=0.03)


def test_what_has_no_key_says_why(picture: Image.Image) -> None:
    card = lessons()["detectors"].cards[0]
    other = replace(card, check=replace(card.check, step="nowhere"))
    assert "which CIFAR-10 CNN does not have" in exercise(other, SHIPPED[0], picture).key
