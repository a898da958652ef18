"""Live pictures: what is drawn is what the page shows, until it is kept or closed."""

import base64
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import model_zoo
from demo.pictures.decode import open_image
from tests.browser.actions import (
    FIRST_EXAMPLE,
    PHONE,
    choose_model,
    choose_tab,
    draw,
    expect_readable,
    expect_step,
    overflow,
    query,
    wait_until,
)
from tests.browser.conftest import Visit
from tests.browser.live.helpers import Frames, open_live, thumbnails
from tests.conftest import SECOND, SHIPPED

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = SHIPPED[0]


def drag(page: Page, *points: tuple[float, float]) -> None:
    """Draws from one point to the next; they are parts of the pad's sides."""
    box = page.locator(".live-pane .drawing").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=4)
    page.mouse.up()


def drawn(page: Page) -> bytes:
    """The pad's picture as a file without loss."""
    url = page.locator(".live-pane .drawing").evaluate("pad => pad.toDataURL('image/png')")
    return base64.b64decode(url.partition(",")[2])


def expect_predicted(page: Page, data: bytes, name: str = NAME) -> str:
    """The answer in the bar comes to be what the network says of a file; its class."""
    label, probability = model_zoo.load(name).predict(open_image(data))[0]
    verdict = page.locator("#answer .verdict")
    expect(verdict).to_contain_text(re.compile(rf"\b{re.escape(label)}\s+{re.escape(f'{probability:.1%}')}"))
    return label


def test_what_is_drawn_by_mouse_and_keys_is_what_the_network_answers(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    frames = Frames(page)
    before = thumbnails(page)
    pane = open_live(page, "Draw")
    expect_predicted(page, empty := drawn(page))
    expect(page.locator("#answer [aria-live]")).to_have_attribute("aria-live", "off")  # or every frame would be spoken
    expect(pane.locator(".spoken")).to_contain_text("%")
    pane.get_by_label("sky blue").check()
    pane.get_by_role("slider", name="Thickness").fill("60")
    drag(page, (0.1, 0.2), (0.9, 0.25), (0.1, 0.4))
    expect_predicted(page, by_mouse := drawn(page))
    assert by_mouse != empty
    assert thumbnails(page) != before

    pad = pane.get_by_role("application")
    pane.get_by_label("black").check()
    pad.focus()
    page.keyboard.down(" ")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.up(" ")
    page.keyboard.press("Shift+ArrowRight")  # the brush is up
    expect_predicted(page, by_keys := drawn(page))
    assert by_keys != by_mouse
    page.keyboard.press("Control+z")
    assert drawn(page) == by_mouse
    expect_predicted(page, by_mouse)
    pane.get_by_role("button", name="Redo").click()
    assert drawn(page) == by_keys
    pane.get_by_role("button", name="Clear").click()
    expect_predicted(page, empty)
    pane.get_by_role("button", name="Undo").click()
    expect_predicted(page, by_keys)
    wait_until(page, lambda: not frames.away)
    assert frames.most == 1


def test_step_network_and_change_are_those_of_the_page(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    pane = open_live(page, "Draw")
    pane.get_by_label("green").check()
    drag(page, (0.2, 0.5), (0.8, 0.6))
    expect_predicted(page, data := drawn(page))
    page.locator("#strip .tile[data-step=conv2]").click()
    expect_step(page, "conv2")
    assert query(page)["step"] == "conv2"
    expect_predicted(page, data)
    choose_model(page, SECOND)
    expect_predicted(page, data, SECOND)
    choose_model(page, NAME)
    expect_predicted(page, data)
    pane.get_by_role("button", name="Close").click()
    expect_answer_of_page(page)
    expect_step(page, "conv2")
    expect(page.locator("#answer [aria-live]")).to_have_attribute("aria-live", "polite")


def expect_answer_of_page(page: Page) -> None:
    expect_predicted(page, FIRST_EXAMPLE.read_bytes())


def test_a_chosen_value_stops_the_picture_which_becomes_that_of_the_page(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    pane = open_live(page, "Draw")
    pane.get_by_label("red").check()
    drag(page, (0.2, 0.3), (0.8, 0.7))
    expect_predicted(page, data := drawn(page))
    page.locator("#channel .large").click(position={"x": 90, "y": 120})
    expect(pane.locator(".rate")).to_have_text("stopped")
    expect(page.locator("#inspector .check").first).to_contain_text("Adds up")
    assert query(page)["picture"] == "own"
    channel, row, column = (int(query(page).get(key, 0)) for key in ("channel", "row", "column"))
    value = model_zoo.walk(*walking(data))[0].output[0, channel, row, column]
    shown = page.locator("#inspector .card .result").first.inner_text().strip("= \n").replace("\N{MINUS SIGN}", "-")
    assert float(shown) == pytest.approx(float(value), abs=0.51 * 10 ** -len(shown.partition(".")[2]))
    choose_tab(page, "predict")
    expect_predicted(page, data)
    expect(page.locator("#probabilities .bars tr")).to_have_count(10)
    pane.get_by_role("button", name="Unfold").click()  # it had made room for the sum
    drag(page, (0.1, 0.9), (0.9, 0.9))  # the pad goes on, and this tab follows
    label = expect_predicted(page, drawn(page))
    expect(page.locator("#probabilities .bars tr").first).to_contain_text(label)


def walking(data: bytes) -> tuple[Any, Any]:
    model = model_zoo.load(NAME)
    return model.net, model.prepare(open_image(data))


def test_without_a_camera_the_pane_says_why(visit: Visit) -> None:
    page = visit("?tab=explore")
    pane = open_live(page, "Camera, moving")
    expect(pane.locator(".told")).to_contain_text("gives this page no camera")
    pane.locator("[data-kind=draw]").click()
    expect(pane.locator(".told")).to_be_hidden()


@pytest.mark.parametrize("options", [{"viewport": {"width": 1366, "height": 768}}, PHONE], ids=["laptop", "phone"])
def test_the_pane_covers_neither_answer_nor_strip_nor_map(visit: Visit, options: dict[str, Any]) -> None:
    page = visit("?tab=explore&step=conv1", **options)
    pane = open_live(page, "Draw")
    expect_predicted(page, drawn(page))
    draw(page)
    top = pane.bounding_box()
    on_phone = options is PHONE
    for part in ("#answer", "#strip .strip", *(() if on_phone else ("#grid .sheet", "#channel canvas.map"))):
        box = page.locator(part).bounding_box()
        apart = box["y"] + box["height"] <= top["y"] + 1 or box["x"] + box["width"] <= top["x"] + 1
        assert apart, (part, box, top)
    assert overflow(page) <= 0
    expect_readable(page, ".live-pane h2", ".live-pane .sent", ".live-pane .freeze")
    if on_phone:
        assert top["height"] <= 0.5 * page.viewport_size["height"] + 1
    else:
        pane.locator(".grip").focus()
        page.keyboard.press("ArrowUp")
        assert pane.bounding_box()["y"] == pytest.approx(top["y"] - 24, abs=1)
    pane.get_by_role("button", name="Fold").click()
    expect(pane.locator(".drawing")).to_be_hidden()
