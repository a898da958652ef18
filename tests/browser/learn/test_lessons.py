"""Lessons, walked by keyboard on a laptop and by finger on a phone, right and wrong."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import model_zoo
from demo.pictures.decode import open_image
from demo.tabs.learn.lesson import lessons
from tests.browser.actions import FIRST_EXAMPLE, LOOKS, PHOTO, choose_file, expect_address, overflow, query
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
KEYS = {"lesson", "bench"}


def heading(page: Page, name: str, card: int) -> None:
    """The card, counted from 1, is open and has the focus."""
    expect(page.locator("#lesson h2")).to_have_text(lessons()[name].cards[card - 1].title)
    expect(page.locator("#lesson h2")).to_be_focused()
    expect_address(page, KEYS, lesson=f"{name}.{card}")


def told(page: Page, verdict: str, words: str | re.Pattern) -> None:
    expect(page.locator("#lesson .told strong")).to_have_text(verdict)
    expect(page.locator("#lesson .told")).to_contain_text(words)


def fill_in(page: Page, *numbers: float) -> None:
    """By keyboard: from the card's heading past its explained words to each field, then Enter."""
    page.locator("#lesson h2").focus()
    for _ in range(page.locator("#lesson .text dfn").count()):
        page.keyboard.press("Tab")
    for number in numbers:
        page.keyboard.press("Tab")
        page.keyboard.press("Control+A")
        page.keyboard.type(f"{number:g}")
    page.keyboard.press("Enter")


def go_on(page: Page) -> None:
    """The button for the next card has the focus after a right answer."""
    expect(page.locator("#lesson .next")).to_be_focused()
    page.keyboard.press("Enter")


def output(picture: str, step: str) -> np.ndarray:
    model = model_zoo.load(SHIPPED[0])
    steps = model_zoo.walk(model.net, model.prepare(open_image(picture)))
    return next(each for each in steps if each.name == step).output[0].numpy()


def test_a_lesson_is_walked_by_keyboard_right_and_wrong(visit: Visit) -> None:
    name = "convolution"
    page = visit("?tab=lessons")
    page.get_by_role("button", name="Begin: Convolution").focus()
    page.keyboard.press("Enter")
    heading(page, name, 1)
    expect_address(page, KEYS, tab="bench")
    expect(page.locator("#bench .boards canvas").first).to_be_visible()
    # A window on the letter F: the sum is that of torch, and a wrong answer is told it.
    fill_in(page, 5)
    told(page, "Not quite.", "1 × 1 + 1 × 1 = 2")
    fill_in(page, 2)
    told(page, "Right.", "= 2")
    go_on(page)
    heading(page, name, 2)
    fill_in(page, 3, 3)
    told(page, "Not quite.", "+ 1 = 4.")
    # Escape puts the strip away and keeps what was done.
    page.keyboard.press("Escape")
    expect(page.locator("#lesson .card")).not_to_be_visible()
    page.keyboard.press("Enter")
    fill_in(page, 4, 4)
    go_on(page)
    heading(page, name, 3)
    expect(page.get_by_role("group", name="Weights of the kernel").locator("input").first).to_have_value("0")
    page.locator("#lesson .check").focus()
    page.keyboard.press("Enter")
    told(page, "Not quite.", "On a horizontal line your kernel makes at most 0")
    inputs = page.get_by_role("group", name="Weights of the kernel").locator("input")
    for index, weight in enumerate([-1] * 3 + [2] * 3 + [-1] * 3):
        inputs.nth(index).focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(str(weight))
        page.keyboard.press("Enter")
    page.locator("#lesson .check").focus()
    page.keyboard.press("Enter")
    told(page, "Right.", "On a horizontal line your kernel makes at most 6, on a vertical one 0")
    go_on(page)
    heading(page, name, 4)
    # The value of the network's own tensor, with the picture that the page shows.
    expect_address(page, KEYS, tab="explore", step="conv1", channel="3", row="8", column="8")
    value = float(output(str(FIRST_EXAMPLE), "conv1")[3, 8, 8])
    fill_in(page, value + 1)
    told(page, "Not quite.", "Channel 3 of conv1 at row 8, column 8 is")
    choose_file(page, PHOTO)  # an own picture: the check is about it from now on
    expect(page.locator("#chosen .picture")).to_be_visible()
    expect_address(page, KEYS, picture="own")
    fill_in(page, round(float(output(str(PHOTO), "conv1")[3, 8, 8]), 2))
    told(page, "Right.", "Channel 3 of conv1 at row 8, column 8 is")
    go_on(page)
    heading(page, name, 5)
    expect(page.locator("#lesson .here")).to_contain_text("conv1, channel 3")
    # Back in the list, and after a reload, the work is still there.
    page.locator("#lesson .leave").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#lessons [data-lesson=convolution]")).to_contain_text("4 of 5 cards done")
    assert "lesson" not in query(page)
    code = page.locator("#lessons .mine code")
    page.locator("#lessons .along summary").click()
    mine = code.inner_text()
    page.evaluate("localStorage.removeItem('convscope-lessons')")
    page.reload()
    expect(page.locator("#lessons [data-lesson=convolution]")).to_contain_text("0 of 5 cards done")
    page.locator("#lessons .along summary").click()
    page.get_by_label("A code from elsewhere").fill(mine.lower())
    page.keyboard.press("Enter")
    expect(page.locator("#lessons [data-lesson=convolution]")).to_contain_text("4 of 5 cards done")


def test_a_lesson_is_walked_on_a_phone_from_a_link_to_one_card(visit: Visit) -> None:
    name = "shapes-code"
    page = visit(f"?lesson={name}.1", **LOOKS["phone, dark, touch"])
    heading(page, name, 1)
    expect_address(page, KEYS, tab="explore", step="conv1")
    model = model_zoo.load(SHIPPED[0])
    right = [[32, 32, 32], [896], [73_856], [256, 4, 4], [4_195_328]]
    assert sum(each.numel() for each in model.net.get_submodule("conv3").parameters()) == right[2][0]
    for card, numbers in enumerate(right, 1):
        heading(page, name, card)
        assert overflow(page) == 0
        fields = page.locator("#lesson .field input")
        expect(fields).to_have_count(len(numbers))
        for wrong in (1, 0):
            for field, number in zip(fields.all(), numbers, strict=True):
                field.fill(str(number + wrong))
            page.locator("#lesson .check").tap()
            told(page, "Not quite." if wrong else "Right.", f"{numbers[0]:,}")
        page.locator("#lesson .next").tap()
    expect(page.locator(f"#lessons [data-lesson={name}]")).to_contain_text("5 of 5 cards done")
    expect(page.locator("#lesson .card")).not_to_be_visible()


def test_the_answer_is_out_of_sight_until_it_is_guessed(visit: Visit) -> None:
    page = visit("?lesson=numbers.1")
    heading(page, "numbers", 1)
    expect(page.locator("#answer")).not_to_be_visible()
    best = model_zoo.load(SHIPPED[0]).predict(open_image(FIRST_EXAMPLE))[0][0]
    page.locator("#lesson .choices").get_by_text("frog", exact=True).click()
    page.locator("#lesson .check").click()
    told(page, "Not quite.", best)
    expect(page.locator("#answer")).to_be_visible()
    page.locator("#lesson .restart").click()
    heading(page, "numbers", 1)
    expect(page.locator("#answer")).not_to_be_visible()
