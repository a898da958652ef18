"""From a value back to the picture: chosen by mouse, keys and finger, with a calculation that adds up on the screen."""

import json
import re
from decimal import ROUND_HALF_UP

import pytest
from playwright.sync_api import expect

from demo.render.html import pack, unpack
from model_zoo.explain.receptive_field import field_box
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    expect_address,
    expect_readable,
    expect_step,
    map_place,
    overflow,
    query,
    quiet,
    walked,
)
from tests.browser.conftest import Visit
from tests.browser.explore.helpers import decimal, expect_card, expect_table_adds_up, field_shown, value
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
# Where the words of some elements begin, from above.
TOPS = """(nodes) => nodes.map((node) => {
  const words = document.createRange();
  words.selectNodeContents(node.querySelector('button') ?? node);
  return words.getBoundingClientRect().top;
})"""


def test_a_click_shows_a_sum_that_adds_up_and_leads_back_to_the_picture(visit: Visit) -> None:
    page = visit("?tab=explore&step=pool1&channel=10")
    expect_step(page, "pool1")
    expect(page.locator("#inspector .hint")).to_be_visible()
    page.mouse.click(*map_place(page, 6, 11))
    cards = page.locator("#inspector .card")
    expect(cards).to_have_count(3)
    expect_address(page, step="pool1", channel=10, row=6, column=11)
    expect_card(page, 0, "pool1", 10, 6, 11)
    winner = cards.nth(0).locator(".winner button")
    _, _, row, column = json.loads(winner.get_attribute("data-place"))
    assert value("relu2", 10, row, column) == value("pool1", 10, 6, 11)
    expect_card(page, 1, "relu2", 10, row, column)
    conv = expect_card(page, 2, "conv2", 10, row, column)
    expect_table_adds_up(conv)
    conv.locator("[data-sort=order]").click()
    expect(conv.locator("th[scope=row]").first).to_have_text("channel 0")
    expect_table_adds_up(conv)
    conv.locator(".all").click()
    expect(conv.locator(".unfold")).to_have_count(32)
    expect_table_adds_up(conv)
    conv.locator(".unfold[aria-expanded=true]").click()  # the one that brings most
    conv.locator(".unfold").nth(5).click()
    detail = conv.locator(".detail-of")
    values, weights, products = (
        [decimal(text) for text in detail.locator("table").nth(which).locator("td").all_inner_texts()]
        for which in range(3)
    )
    shown = decimal(detail.locator(".sign").last.inner_text().removeprefix("sum "))
    assert sum(products).quantize(shown, ROUND_HALF_UP) == shown
    pairs = zip(values, weights, products, strict=True)
    assert all((one * weight).quantize(product, ROUND_HALF_UP) == product for one, weight, product in pairs)
    # One click further back, twice, and up again with Esc.
    centre = detail.locator("table").first.locator("td").nth(4)
    centre.locator("button").click()
    expect(page.locator("#inspector .trail li")).to_have_count(2)
    expect_card(page, 0, "relu1", 5, row, column)
    expect_address(page, step="pool1", channel=10, row=6, column=11)
    first = expect_card(page, 1, "conv1", 5, row, column)
    first.locator(".detail-of td button").nth(4).click()
    expect(page.locator("#inspector .card h4").first).to_contain_text("the picture")
    assert field_shown(page)[2:] == [n + 1 for n in field_shown(page)[:2]]
    for level in (2, 1):
        page.keyboard.press("Escape")
        expect(page.locator("#inspector .trail li")).to_have_count(level)
    expect_card(page, 0, "pool1", 10, 6, 11)
    page.keyboard.press("Escape")
    expect(page.locator("#inspector .hint")).to_be_visible()
    expect(page).not_to_have_url(re.compile("row="))


def test_hover_shows_value_and_field_without_a_request(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv2&channel=3")
    expect(page.locator("#channel .chain .caption").first).to_be_visible()
    quiet(page)
    page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    steps, largest = walked(SHIPPED[0], FIRST_EXAMPLE), 0.0
    largest = max(float(step.output.abs().max()) for step in steps if step.name == "conv2")
    for row, column in [(0, 0), (13, 7), (31, 30), (20, 31)]:
        page.mouse.move(*map_place(page, row, column))
        expect(page.locator("#channel .pointed")).to_contain_text(f"row {row}, column {column}: ")
        pointed = page.locator("#channel .pointed").inner_text()
        shown = float(decimal(pointed.removeprefix(f"row {row}, column {column}: ")))
        assert abs(shown - value("conv2", 3, row, column)) <= 0.005 * abs(shown) + largest / 10_000
        field = field_box(steps, 32, 32, "conv2", 3, row, column)
        inside = field.within(32, 32)
        assert field_shown(page) == [inside.top, inside.left, inside.bottom, inside.right]
        beyond = any(field.padding(32, 32))
        assert ("padding" in page.locator("#channel .sees").inner_text()) == beyond
    page.mouse.move(*map_place(page, 2, 2))
    grid = page.locator("#grid .grid").bounding_box()
    page.mouse.move(grid["x"] + 5, grid["y"] + 5)
    expect(page.locator("#channel .sees")).to_contain_text("of conv2")
    page.clock.run_for(5_000)  # whatever waits for the pointer to rest
    assert not [url for url in asked if not url.startswith("data:")]


def test_rounded_values_tell_no_more_than_is_known(visit: Visit) -> None:
    """Of a large step one byte comes for each value."""
    name, step = "invasive-resnet", "bn1"
    maps = next(one for one in walked(name, FIRST_EXAMPLE) if one.name == step).output[0].numpy()
    sent = unpack(pack(maps))
    channel = next(c for c in range(len(maps)) if sent[c].argmax() != maps[c].argmax())
    page = visit(f"?model={name}&tab=explore&step={step}&channel={channel}")
    row, column = divmod(int(maps[channel].argmax()), maps.shape[2])
    expect(page.locator("#channel .words")).to_contain_text(f"Largest at row {row}, column {column} of ")
    grid = page.locator("#grid .grid")
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.3 * box["height"])
    pointed = page.locator("#grid .pointed")
    expect(pointed).to_contain_text("column")
    place = map(int, re.match(r"channel (\d+), row (\d+), column (\d+): ", pointed.inner_text()).groups())
    shown = decimal(pointed.inner_text().split(": ")[1])
    assert abs(float(shown) - maps[tuple(place)]) <= 10.0 ** shown.as_tuple().exponent
    assert -shown.as_tuple().exponent <= 1  # of steps of about 0.07


def test_keys_and_number_boxes_choose_a_value(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv3&channel=2&row=15&column=14")
    expect_card(page, 0, "conv3", 2, 15, 14)  # restored from the address
    page.locator("#channel .large").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator("#channel .spoken")).to_contain_text("row 14, column 15")
    expect_card(page, 0, "conv3", 2, 14, 15)
    expect_address(page, row=14, column=15)
    page.locator("#channel input.row").fill("3")
    page.locator("#channel input.column").fill("99")
    expect_card(page, 0, "conv3", 2, 3, 15)
    page.keyboard.press("Enter")
    expect(page.locator("#channel input.column")).to_have_value("15")
    expect(page.locator("#channel .corrected")).to_have_text("Columns go from 0 to 15, in whole numbers.")
    # The value stays while channel and step change, as far as it exists there.
    page.locator("#grid .grid").focus()
    order = [int(n) for n in page.locator("#grid .sheet").get_attribute("data-order").split()]
    other = order[order.index(2) + 1]
    page.keyboard.press("ArrowRight")
    expect_card(page, 0, "conv3", other, 3, 15)
    page.locator("#channel .chain button[data-step=relu3]").click()
    expect_card(page, 0, "relu3", other, 3, 15)
    page.locator("#strip .tile[data-step=conv5]").click()
    expect_step(page, "conv5")
    expect(page.locator("#inspector .hint")).to_be_visible()
    # All of the inspector's controls come one after another with the tabulator.
    page.locator("#channel .large").focus()
    page.keyboard.press("Enter")
    expect_card(page, 0, "conv5", int(query(page).get("channel", 0)), 0, 0)
    page.locator("#inspector h3").focus()
    page.keyboard.press("Tab")
    focused = "document.activeElement.matches('#inspector button:focus-visible')"
    assert page.evaluate(focused)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"


def test_a_finger_chooses_a_value_and_can_zoom_in(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=4&row=9999&column=0", **LOOKS["phone, dark, touch"])
    expect(page.locator("#inspector .hint")).to_be_visible()  # there is no such row
    page.locator("#channel .zoom").tap()
    cell = page.locator("#channel canvas.map").bounding_box()["width"] / 32
    assert cell >= 24
    assert page.locator("#panel").bounding_box()["height"] < 60  # the sheet is lowered
    page.locator("#channel .large").tap(position={"x": 4.5 * cell, "y": 2.5 * cell})
    card = expect_card(page, 0, "conv1", 4, 2, 4)
    expect(card.locator(".result")).to_be_in_viewport(ratio=1)
    sheet, chosen = (page.locator(each).bounding_box() for each in ("#panel", "#map .cell.chosen"))
    assert 780 <= sheet["y"] + sheet["height"] <= 844 and sheet["height"] > 300  # above a row at the window's foot
    assert chosen["y"] + chosen["height"] < sheet["y"]
    expect_table_adds_up(card)
    expect_address(page, row=2, column=4)
    expect_readable(
        page, "#inspector .words", "#inspector .check", "#inspector .sum td", "#inspector .note", "#channel .sees"
    )
    assert overflow(page) == 0
    for button in page.locator("#inspector button:visible").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24, button.inner_text()


def test_on_a_phone_only_the_numbers_of_a_large_kernel_are_moved_sideways(visit: Visit) -> None:
    page = visit("?model=invasive-resnet&tab=explore&step=conv1&channel=0&row=25&column=21", **LOOKS["phone, light"])
    card = page.locator("#inspector .card")
    titles = card.locator(".sum thead th").filter(visible=True)
    expect(titles).to_have_count(3)
    tops = titles.evaluate_all(TOPS)
    assert max(tops) - min(tops) < 1
    card.locator(".unfold[aria-expanded=true]").click()
    card.locator(".unfold").nth(1).click()
    grids = card.locator(".detail-of .sideways")
    expect(grids).to_have_count(3)
    expect(grids.get_by_text("More columns")).to_have_count(3)
    moved = []
    for one in grids.all():
        moved.append(one.locator(".scroll").evaluate("box => { box.scrollLeft = 9999; return box.scrollLeft; }"))
        expect(one.get_by_text("More columns")).to_be_visible(visible=moved[-1] > 0)
    assert moved[0] > 0
    assert card.locator(".sum").evaluate("table => table.scrollWidth <= table.closest('.card').clientWidth")
    for cell in card.locator(".sum > tbody > tr:not(.detail-of) > td:nth-child(3)").all():
        box = cell.bounding_box()
        assert box["x"] + box["width"] <= 390
    assert overflow(page) <= 0
