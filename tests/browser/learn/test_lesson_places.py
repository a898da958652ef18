"""Beside a lesson, what its cards speak of is in sight: on laptops, and on a phone above the sheet of cards."""

from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import model_zoo
from demo.pictures.decode import open_image
from demo.tabs.learn.lesson import lessons
from tests.browser.actions import FIRST_EXAMPLE, LOOKS, choose_model, draw, expect_address, overflow
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED, fully

pytestmark = pytest.mark.browser
# Of a part and of what it stands in, which is lit in its place where it scrolls.
OUTLINES = "part => [part, part.parentElement].map((each) => getComputedStyle(each).outlineStyle)"
LAPTOPS = [(1366, 768), (1280, 720)]
# The part of a match that the window shows, from 0 to 1, less what the strip of cards and the bar lie over.
SHOWN = """([selector, atFoot]) => {
  const part = [...document.querySelectorAll(selector)].find((each) => each.checkVisibility());
  if (!part) return 0;
  const { left, top, right, bottom, width, height } = part.getBoundingClientRect();
  const cards = document.querySelector('.lesson-cards').getBoundingClientRect();
  const bar = document.querySelector('#bar');
  const above = bar.contains(part) ? 0 : bar.getBoundingClientRect().bottom;
  const below = atFoot ? cards.top : innerHeight;
  const beside = atFoot ? innerWidth : cards.left;
  const high = Math.min(bottom, below) - Math.max(top, above);
  const wide = Math.min(right, beside) - Math.max(left, 0);
  // What is higher than the window cannot be in it as a whole.
  return high <= 0 || wide <= 0 ? 0 : (high / Math.min(height, below - above)) * (wide / width);
}"""


def expect_in_sight(page: Page, selector: str, least: float = 0.98, at_foot: bool = False) -> None:
    page.wait_for_function(f"(given) => ({SHOWN})(given) >= {least}", arg=[selector, at_foot], polling=100)


def opened(visit: Visit, lesson: str, card: int, **look: object) -> Page:
    page = visit(f"?lesson={lesson}.{card}", **look)
    expect(page.locator("#lesson h2")).to_have_text(lessons()[lesson].cards[card - 1].title)
    return page


@pytest.mark.parametrize("size", LAPTOPS, ids=str)
def test_map_channels_and_panel_are_in_sight_beside_a_lesson(visit: Visit, size: tuple[int, int]) -> None:
    page = opened(visit, "convolution", 4, viewport={"width": size[0], "height": size[1]})
    expect(page.locator("#inspector .card").first).to_be_visible()
    for part in ("#strip", "#grid .sheet", "#map", "#channel .place", "#panel", "#inspector .card h4"):
        expect_in_sight(page, part, least=0.5 if part == "#grid .sheet" else 0.98)
    # Side by side, and each wide enough for what stands in it.
    boxes = [page.locator(part).bounding_box() for part in ("#grid-pane", "#map-pane", "#panel")]
    assert all(one["x"] + one["width"] <= other["x"] for one, other in pairwise(boxes))
    assert [box["width"] >= least for box, least in zip(boxes, (190, 280, 390), strict=True)] == [True] * 3
    assert page.locator("#panel .segment:visible").evaluate("part => part.scrollWidth - part.clientWidth") <= 1
    assert page.locator("#channel h3").evaluate("title => title.scrollWidth - title.clientWidth") == 0
    assert overflow(page) == 0 and page.evaluate("scrollY") == 0
    for segment in ("What if?", "Excites", "Code", "Kernel", "Play"):
        page.locator("#panel").get_by_role("tab", name=segment, exact=True).click()
        expect_in_sight(page, "#panel")


@pytest.mark.parametrize("name", fully(list(lessons()), "numbers", "detectors"))
def test_what_a_card_lights_up_is_brought_into_sight(visit: Visit, name: str) -> None:
    page = opened(visit, name, 1, viewport={"width": 1366, "height": 768})
    for number, card in enumerate(lessons()[name].cards, 1):
        expect(page.locator("#lesson h2")).to_have_text(card.title)
        if card.light:
            expect_in_sight(page, card.light, least=0.6)
            outline = page.locator(card.light).first.evaluate(OUTLINES)
            assert "solid" in outline, card.title
        if number < len(lessons()[name].cards):
            page.locator("#lesson .next").click()


@pytest.mark.parametrize("lesson", ["numbers", "answers"])
def test_on_a_phone_a_picture_to_be_guessed_is_seen_large_above_the_card(visit: Visit, lesson: str) -> None:
    page = opened(visit, lesson, 1, **LOOKS["phone, dark, touch"])
    expect(page.locator("#answer")).not_to_be_visible()
    expect_in_sight(page, "#seen .upload", at_foot=True)
    expect_in_sight(page, "#seen .pixels", at_foot=True)
    assert page.locator("#seen .pixels").bounding_box()["width"] > 130


def test_a_square_that_is_pointed_at_tells_its_row_and_column(visit: Visit) -> None:
    page = opened(visit, "numbers", 4, viewport={"width": 1366, "height": 768})
    pixels = page.locator("#seen .pixels")
    expect_in_sight(page, "#seen .pixels", least=0.6)
    model = model_zoo.load(SHIPPED[0])
    picture = np.asarray(model.picture(model.prepare(open_image(FIRST_EXAMPLE))))
    box = pixels.bounding_box()
    for row, column in ((0, 0), (7, 8), (9, 31)):
        x, y = ((at + 0.5) * box[side] / 32 for at, side in ((column, "width"), (row, "height")))
        pixels.hover(position={"x": x, "y": y})
        red, green, blue = picture[row, column]
        words = f"Row {row}, column {column}: red {red}, green {green}, blue {blue}"
        expect(page.locator("#seen .square")).to_have_text(words)


def test_on_a_phone_the_panel_stands_above_the_cards_and_gets_their_room(visit: Visit) -> None:
    page = opened(visit, "numbers", 5, **LOOKS["phone, dark, touch"])
    expect_in_sight(page, "#panel-tab-whatif", at_foot=True)
    expect(page.locator("#lesson .check")).to_be_in_viewport(ratio=1)
    page.locator("#panel-tab-whatif").tap()
    expect(page.locator("#lesson .card")).not_to_be_visible()
    expect_in_sight(page, "#segment-whatif button", at_foot=True)
    expect_in_sight(page, "#panel", at_foot=True)
    page.locator("#lesson .fold").tap()
    expect(page.locator("#lesson h2")).to_be_in_viewport()
    expect_in_sight(page, "#panel-tab-whatif", at_foot=True)
    assert overflow(page) == 0


def test_on_a_phone_a_card_makes_room_for_the_page_and_its_question_stays(visit: Visit) -> None:
    page = opened(visit, "convolution", 4, **LOOKS["phone, dark, touch"])
    page.get_by_role("button", name="Show the page").tap()
    expect(page.locator("#lesson .card")).not_to_be_visible()
    question = page.locator("#lesson header").get_by_text("What is the value of conv1, channel 3, at row 8, column 8")
    expect(question).to_be_in_viewport()
    assert page.locator("#lesson header").bounding_box()["height"] <= 60 and overflow(page) == 0
    expect_in_sight(page, "#panel", least=0.5, at_foot=True)
    question.tap()
    expect(page.locator("#lesson h2")).to_be_in_viewport()
    expect(question).not_to_be_visible()
    assert overflow(page) == 0


def test_a_hint_stands_beside_what_was_told_of_an_answer(visit: Visit) -> None:
    page = opened(visit, "convolution", 1)
    hints, told, hint = (page.locator(f"#lesson .{part}") for part in ("hinted", "told", "hint"))
    expect(page.locator("#bench .boards canvas").first).to_be_visible()
    page.locator("#lesson .field input").fill("5")
    page.locator("#lesson .check").click()
    expect(told).to_contain_text("1 × 1 + 1 × 1 = 2")
    both = lessons()["convolution"].cards[0].hints
    for count in (1, 2):
        hint.click()
        expect(hints.locator("p")).to_have_text(list(both[:count]))
        expect(told).to_contain_text("1 × 1 + 1 × 1 = 2")
    page.locator("#lesson .field input").fill("2")
    page.locator("#lesson .check").click()
    expect(told.locator("strong")).to_have_text("Right.")
    expect(hints.locator("p")).to_have_count(2)
    page.locator("#lesson .next").click()
    expect(page.locator("#lesson h2")).to_have_text(lessons()["convolution"].cards[1].title)
    expect(hints.locator("p")).to_have_count(0)


def test_on_a_phone_the_button_that_checks_is_in_sight_on_every_card(visit: Visit) -> None:
    page = opened(visit, "relu-pool", 1, **LOOKS["phone, dark, touch"])
    for card in lessons()["relu-pool"].cards:
        expect(page.locator("#lesson h2")).to_have_text(card.title)
        draw(page)
        expect(page.locator("#lesson .check")).to_be_in_viewport(ratio=1)
        page.locator("#lesson .check").tap()
        expect(page.locator("#lesson .told")).to_be_in_viewport()
        page.locator("#lesson .next").tap()


def test_a_card_says_that_the_page_shows_another_network_than_it_speaks_of(visit: Visit) -> None:
    page = opened(visit, "shapes-code", 2)
    other = page.locator("#lesson .other")
    expect(other).not_to_be_visible()
    choose_model(page, "cifar10-resnet")
    expect(other).to_contain_text("This card speaks of CIFAR-10 CNN.")
    page.locator("#lesson .field input").fill("896")
    page.locator("#lesson .check").click()
    expect(page.locator("#lesson .told")).to_contain_text("Set it up again")
    page.get_by_role("button", name="Set it up again").click()
    expect_address(page, {"lesson", "panel"}, model=SHIPPED[0], step="conv1")
    expect(other).not_to_be_visible()
    expect(page.locator("#chosen .network")).to_have_accessible_name("Network: CIFAR-10 CNN")
    page.locator("#lesson .check").click()
    expect(page.locator("#lesson .told strong")).to_have_text("Right.")


def test_a_card_is_opened_from_the_list_and_starting_again_asks_before_it_clears_what_is_done(visit: Visit) -> None:
    page = visit("?tab=lessons")
    page.locator("#lessons [data-lesson=shapes-code] summary").click()
    link = page.locator("#lessons").get_by_role("link", name="Count the weights")
    expect(link).to_have_attribute("href", "?lesson=shapes-code.2")
    link.click()
    expect(page.locator("#lesson h2")).to_have_text("Count the weights")
    expect_address(page, {"lesson", "panel"}, tab="explore", step="conv1")
    page.locator("#lesson .field input").fill("896")
    page.locator("#lesson .check").click()
    expect(page.locator("#lesson .told strong")).to_have_text("Right.")
    restart = page.locator("#lesson .restart")
    restart.click()
    expect(restart).to_have_text("Clear what is done?")
    page.locator("#lesson h2").focus()
    expect(restart).to_have_text("Start again")
    expect(page.locator("#lesson .marks [data-state=done], #lesson .next.primary")).not_to_have_count(0)
    restart.click()
    restart.click()
    expect(page.locator("#lesson h2")).to_have_text("One line, one step")
    expect(page.locator("#lesson .marks [data-state=done]")).to_have_count(0)
