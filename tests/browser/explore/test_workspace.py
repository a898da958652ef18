"""The work space: everything in sight at once, the panel's segments, the sheet on a phone, and the picture in grey."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    choose_segment,
    expect_address,
    expect_step,
    map_place,
    overflow,
    pixels,
    walked,
)
from tests.browser.conftest import Visit
from tests.browser.explore.helpers import decimal, expect_card, value
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
SEGMENTS = ["Sum", "Kernel", "Play", "What if?", "Excites", "Code"]


def box(page: Page, selector: str) -> dict[str, float]:
    return page.locator(selector).bounding_box()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720)])
def test_a_click_shows_the_sum_beside_the_map(visit: Visit, width: int, height: int) -> None:
    page = visit("?tab=explore&step=conv2&channel=10", viewport={"width": width, "height": height})
    expect_step(page, "conv2")
    space = box(page, "#workspace")
    assert (space["y"], space["height"]) == (110, height - 118)  # below the bar and the rows of tabs
    grid, large, panel = (box(page, each) for each in ("#grid-pane", "#map", "#panel"))
    assert grid["x"] + grid["width"] <= large["x"] and large["x"] + large["width"] <= panel["x"]
    expect(page.locator("#strip .readings span").first).to_be_visible()
    assert box(page, "#strip")["height"] == 66 + 20 and box(page, "#strip .tile >> nth=0")["width"] == 64
    if page.locator("#side").count() == 0:
        assert (grid["width"], large["width"]) == (330, 420)
    columns = int(page.locator("#grid .sheet").get_attribute("data-columns"))
    assert (box(page, "#grid .sheet")["width"] + 5) / columns >= 48 + 4
    top = page.evaluate("window.scrollY")
    at = box(page, "#map canvas.map")
    page.mouse.click(at["x"] + 20.5 * at["width"] / 32, at["y"] + 12.5 * at["height"] / 32)
    card = expect_card(page, 0, "conv2", 10, 12, 20)
    for part in (".result", ".words"):
        expect(card.locator(part)).to_be_in_viewport(ratio=1)
    assert page.evaluate("window.scrollY") == top
    # The part that brings most shows its numbers at once.
    sums = [abs(float(decimal(text))) for text in card.locator(".sum > tbody > tr > td:nth-child(3)").all_inner_texts()]
    assert sums[0] == max(sums[:10])
    expect(card.locator(".detail-of")).to_have_count(1)
    expect(card.locator(".unfold").first).to_have_attribute("aria-expanded", "true")
    # The input in the map's corner, which makes room for the pointer.
    inset, large = box(page, "#map .frame"), box(page, "#map")
    assert large["x"] < inset["x"] and inset["x"] + inset["width"] < large["x"] + large["width"]
    page.mouse.move(inset["x"] + 20, inset["y"] + 20)
    moved = box(page, "#map .frame")
    assert moved["x"] + moved["width"] < inset["x"] + 20


def test_the_segments_by_mouse_keys_and_link(visit: Visit) -> None:
    page = visit("?tab=explore&step=relu1&channel=3&row=4&column=5&panel=kernel")
    tabs = page.locator("#panel [role=tab]")
    expect(tabs).to_have_text(SEGMENTS)
    expect(page.locator("#segment-kernel")).to_be_visible()
    expect(page.locator("#segment-sum")).to_be_hidden()
    # Kernel: patch, kernel and products of the convolution that made the value.
    numbers = page.locator("#kernel .here table")
    expect(numbers).to_have_count(3)
    patch, kernel, products = ([decimal(text) for text in one.locator("td").all_inner_texts()] for one in numbers.all())
    assert [round(float(a * b - c), 3) for a, b, c in zip(patch, kernel, products, strict=True)] == [0] * 9
    expect(page.locator("#kernel .together")).to_contain_text("Together: ")
    shown = page.locator("#kernel .together b").last.inner_text()
    assert float(decimal(shown)) == pytest.approx(value("conv1", 3, 4, 5), abs=1e-3)
    # The picture's own channels are grey, from black to white.
    grounds = numbers.first.locator("td").evaluate_all(
        "cells => cells.map((td) => getComputedStyle(td).backgroundColor)"
    )
    for ground, level in zip(grounds, patch, strict=True):
        red, green, blue = (int(n) for n in re.findall(r"\d+", ground)[:3])
        assert red == green == blue and red == pytest.approx(255 * float(level), abs=1)
    tabs.nth(1).focus()
    for key, name in (("ArrowRight", "play"), ("End", "code"), ("Home", "sum"), ("ArrowRight", "kernel")):
        page.keyboard.press(key)
        expect(page.locator(f"#segment-{name}")).to_be_visible()
        expect(page.locator(f"#panel-tab-{name}")).to_be_focused()
    choose_segment(page, "What if?")
    expect_address(page, panel="whatif")
    page.mouse.click(*map_place(page, 9, 9))
    expect_card(page, 0, "relu1", 3, 9, 9)
    expect(page.locator("#segment-sum")).to_be_visible()
    expect(page).not_to_have_url(re.compile("panel="))


def test_play_shows_numbers_and_padding(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=3&panel=play")
    player = page.locator("#player")
    expect(player.locator(".makes")).to_contain_text("1 of 1024")
    grey = pixels(player.locator("canvas.in"))
    assert (np.ptp(grey[..., :3], axis=-1) == 0).all() and np.ptp(grey) > 200
    tables = player.locator(".figures table")
    expect(tables).to_have_count(3)
    expect(tables.first.locator("td.padding")).to_have_count(5)
    expect(player.locator(".padded")).to_be_visible()
    expect(player.locator(".summing")).to_contain_text("Running sum: this map")
    last = re.findall(r"so far (\S+)\)", player.locator(".summing").inner_text())[-1]
    assert float(decimal(last)) == pytest.approx(value("conv1", 3, 0, 0), abs=2e-3)
    frame, board = box(page, "#player .frame"), box(page, "#player .board >> nth=0")
    assert abs(frame["x"] - board["x"]) < 3 and abs(frame["width"] / board["width"] - 3 / 34) < 0.01
    expect(player.locator(".figures")).to_be_in_viewport(ratio=1)


def test_a_change_of_nothing_is_explained(visit: Visit) -> None:
    maps = walked(SHIPPED[0], FIRST_EXAMPLE)[0].output[0]
    gone = int((maps.amax((1, 2)) <= 0).nonzero()[0])
    page = visit(f"?tab=explore&step=conv1&channel={gone}&panel=whatif")
    page.locator("#whatif").get_by_role("button", name="switch off").click()
    expect(page.locator("#whatif .nothing")).to_contain_text(
        "relu1 (ReLU) sets all of this channel's values to 0 anyway"
    )
    choose_segment(page, "Kernel")
    expect(page.locator("#kernel .changed")).to_contain_text("is switched off")
    expect(page.locator("#kernel .kernel td")).to_have_text(["0"] * 27)


def test_the_order_of_the_channels(visit: Visit) -> None:
    page = visit("?tab=explore&step=relu1")
    maps = walked(SHIPPED[0], FIRST_EXAMPLE)[1].output[0]
    high = [float(most) for most in maps.amax((1, 2))]
    dead = [channel for channel, most in enumerate(high) if most == 0]
    assert dead
    sheet = page.locator("#grid .sheet")
    by_strength = sorted(range(len(high)), key=lambda channel: (channel in dead, -high[channel]))
    expect(sheet).to_have_attribute("data-order", " ".join(map(str, by_strength)))
    page.locator("#grid .sort").select_option("by number")
    alive = [channel for channel in range(len(high)) if channel not in dead]
    expect(sheet).to_have_attribute("data-order", " ".join(map(str, alive + dead)))
    page.locator("#grid .sort").select_option("matters most")
    expect(page.locator("#matter .state")).to_contain_text("32 of 32 channels of relu1 tried")
    expect(page.locator("#grid .searching")).to_be_hidden()
    first = page.locator("#matter tbody tr").first.get_attribute("data-channel")
    expect(sheet).to_have_attribute("data-order", re.compile(rf"^{first} .* {dead[-1]}$"))


def test_the_strip_goes_from_the_picture_to_the_answer_with_arcs_over_skips(visit: Visit) -> None:
    page = visit("?tab=explore&model=cifar10-resnet&step=residual1.add&channel=1")
    expect(page.locator("#strip .end.picture img")).to_be_visible()
    verdict = page.locator("#answer .verdict").text_content()
    expect(page.locator("#strip .end.answer strong")).to_contain_text("%")
    label = page.locator("#strip .end.answer strong").inner_text().split()[0]
    assert label in verdict
    expect(page.locator("#strip .arcs path.on-path")).to_have_count(1)
    arc = page.locator("#strip .arcs path.on-path").bounding_box()
    tile = box(page, "#strip .tile[aria-selected=true]")
    edge = 6  # pixels that a browser adds for the stroke
    assert arc["y"] + arc["height"] <= tile["y"] + edge and arc["x"] + arc["width"] <= tile["x"] + tile["width"]
    expect(page.locator("#channel .paths-told")).to_contain_text("Two paths meet in residual1.add")
    expect(page.locator("#channel .chain > button")).to_have_count(3)
    page.locator("#strip .end.answer").click()
    expect(page.locator("#grid .logits")).to_be_visible()


def test_on_a_phone_a_link_raises_the_sheet_which_can_be_lowered(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=3&row=4&column=5", **LOOKS["phone, dark, touch"])
    card = expect_card(page, 0, "conv1", 3, 4, 5)
    expect(card.locator(".result")).to_be_in_viewport(ratio=1)
    raised = page.locator("#panel .raise")
    expect(raised).to_have_attribute("aria-expanded", "true")
    raised.tap()
    assert box(page, "#panel")["height"] < 60
    choose_segment(page, "Kernel")
    expect(page.locator("#kernel .here")).to_be_in_viewport()
    assert overflow(page) == 0
    columns, rows = (int(page.locator("#grid .sheet").get_attribute(f"data-{name}")) for name in ("columns", "rows"))
    assert (columns, rows) == (16, 2)
    assert box(page, "#grid .sheet")["width"] / columns >= 44


def test_the_header_of_the_grid_stays_and_signs_stay_with_their_tables(visit: Visit) -> None:
    page = visit(
        "?tab=explore&step=conv3&channel=3&row=4&column=0&panel=kernel", viewport={"width": 1280, "height": 720}
    )
    tables = page.locator("#kernel .here table")
    expect(tables).to_have_count(3)
    # Patch and kernel on one line; the products below, beside their sign.
    patch, kernel, products = (one.bounding_box() for one in tables.all())
    assert box(page, "#panel")["width"] == pytest.approx(474, abs=12)
    assert abs(patch["y"] - kernel["y"]) < 3 and products["y"] > patch["y"] + patch["height"]
    for sign, table in zip(page.locator("#kernel .sign").all(), (kernel, products), strict=True):
        at = sign.bounding_box()
        assert table["y"] < at["y"] + at["height"] / 2 < table["y"] + table["height"]
        assert 0 <= table["x"] - at["x"] - at["width"] <= 10
    heading = page.locator("#grid h3")
    page.locator("#grid-pane").evaluate("pane => pane.scrollTo({ top: pane.scrollHeight })")
    expect(heading).to_be_in_viewport(ratio=1)
    over = heading.evaluate(
        "h => { const b = h.getBoundingClientRect(); return h.contains(document.elementFromPoint(b.x + 5, b.y + 5)); }"
    )
    assert over
    # The chosen channel is not hidden behind it.
    page.locator("#grid .grid").focus()
    page.keyboard.press("Home")
    mark = box(page, "#grid .sheet .chosen")
    assert mark["y"] >= box(page, "#grid .header")["y"] + box(page, "#grid .header")["height"]
