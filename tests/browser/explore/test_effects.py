"""Cause and effect in the browser: changing the network's pass and seeing what becomes of the answer."""

import re
import shutil
from collections.abc import Iterator

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

import model_zoo
from demo.pictures.decode import open_image
from model_zoo import nets
from model_zoo.entries import entry
from model_zoo.graph.edits import parse
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    choose_segment,
    choose_tab,
    expect_address,
    expect_readable,
    expect_values,
    map_place,
    overflow,
    pixels,
)
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED, App
from tests.model_zoo.conftest import card, history

pytestmark = pytest.mark.browser


def walked(edits: str, name: str = SHIPPED[0]) -> list[model_zoo.Step]:
    model = model_zoo.load(name)
    return model_zoo.walk(model.net, model.prepare(open_image(FIRST_EXAMPLE)), parse(edits, model.black))


def expect_changes(page: Page, *words: str) -> None:
    expect(page.locator("#whatif .chips li")).to_contain_text(list(words))
    expect(page.locator("#whatif .chips li")).to_have_count(len(words))


def expect_effect(page: Page, edits: str) -> None:
    """The address, the table of answers and the maps are those of the network with these changes."""
    expect_address(page, edits=edits)
    steps = walked(edits)
    best = steps[-1].output[0].double().softmax(0).max()
    expect(page.locator("#whatif tr.top td").nth(2)).to_have_text(f"{100 * best:.1f} %")
    name = page.locator("#strip [aria-selected=true]").get_attribute("data-step")
    expect_values(page, next(step for step in steps if step.name == name))


def test_a_channel_is_switched_off_undone_redone_and_reset(visit: Visit) -> None:
    page = visit("?tab=explore&step=relu2&channel=20&panel=whatif")
    bar, body = page.locator("#whatif"), page.locator("body")
    expect(bar.locator(".target")).to_have_text("relu2, channel 20:")
    expect(bar.locator(".active")).to_be_hidden()
    bar.get_by_role("button", name="switch off").click()
    bar.get_by_label("factor").fill("-2.5")
    bar.get_by_role("button", name="apply").click()  # before the first is answered; of one channel the last one holds
    expect_changes(page, "relu2, channel 20: times −2.5")
    expect_effect(page, "relu2.20:x-2.5")
    expect(body).to_have_class(re.compile("convscope-edited"))
    bar.get_by_role("button", name="undo").click()
    expect_effect(page, "relu2.20:off")
    expect(page.locator("#channel .words")).to_contain_text("You have switched it off under What if?")
    # The sum says so, too, and shows what the network itself does.
    choose_segment(page, "Sum")
    page.mouse.click(*map_place(page, 4, 5))
    cards = page.locator("#inspector .card")
    expect(cards.first.locator(".changed")).to_contain_text("this channel is switched off. Without that change")
    expect(cards.first.locator(".formula")).to_contain_text(" × 0 = 0")
    expect(cards.nth(1).locator("h4")).to_contain_text("without your change")
    expect(cards.nth(2).locator(".check")).to_contain_text("Adds up")
    choose_segment(page, "What if?")
    page.go_back()
    expect_effect(page, "relu2.20:x-2.5")
    bar.get_by_role("button", name="undo").click()
    expect_effect(page, "relu2.20:off")
    bar.get_by_role("button", name="redo").click()
    expect_effect(page, "relu2.20:x-2.5")
    for nothing in ("", "1e400"):
        bar.get_by_label("factor").fill(nothing)
        bar.get_by_role("button", name="apply").click()
        expect(bar.get_by_role("alert")).to_have_text("Type a number first.")
    bar.get_by_label("factor").press_sequentially("3")
    expect(bar.get_by_role("alert")).to_have_count(0)
    expect_changes(page, "relu2, channel 20: times −2.5")
    choose_tab(page, "predict")
    expect(page.locator("#answer .edited-mark")).to_contain_text("Not the network’s real answer.")
    label, share = model_zoo.load(SHIPPED[0]).predict(open_image(FIRST_EXAMPLE))[0]
    expect(page.locator("#answer .edited-mark")).to_contain_text(f"Without them: {label}, {share:.1%}.")
    choose_tab(page, "explore")
    bar.get_by_role("button", name="reset").click()
    expect(bar.locator(".active")).to_be_hidden()
    expect(body).not_to_have_class(re.compile("convscope-edited"))
    expect(page).not_to_have_url(re.compile("edits="))
    expect(page.locator("#answer .edited-mark")).to_have_count(0)


def test_a_link_restores_changes_and_the_picture_and_a_weight_can_be_changed(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=3&edits=conv2.5:inv~conv77.1:off&panel=whatif")
    bar = page.locator("#whatif")
    expect_changes(page, "conv2, channel 5: inverted")
    expect(bar.locator(".refused")).to_have_text("This network has no step conv77.")
    bar.get_by_text("Change the picture").click()
    board = bar.locator(".canvas").bounding_box()
    pixel = board["width"] / 32
    page.mouse.move(board["x"] + 4.5 * pixel, board["y"] + 2.5 * pixel)
    page.mouse.down()
    page.mouse.move(board["x"] + 11.5 * pixel, board["y"] + 8.5 * pixel, steps=3)
    page.mouse.up()
    expect_effect(page, "conv2.5:inv~input:blank.2.4.7.8")
    seen = pixels(bar.locator(".canvas canvas"))[2:9, 4:12, :3]
    assert (np.ptp(seen, axis=(0, 1)) == 0).all()
    bar.locator(".canvas").press("Enter")  # nothing is chosen any more
    bar.get_by_role("button", name="right").click()
    expect_changes(page, "conv2", "7 × 8 pixels in its mean colour from row 2, column 4", "moved 2 px right")
    choose_segment(page, "Kernel")
    page.locator("#kernel .kernel").nth(1).locator("td").nth(5).click()
    expect(bar.locator(".place")).to_contain_text("conv1, channel 3, kernel 1 (reads green), row 1, column 2")
    field = bar.locator(".weight .value")
    assert field.evaluate("field => { field.value = '-0.084106'; return field.scrollWidth <= field.clientWidth; }")
    field.fill("")
    field.press("Enter")
    expect(bar.locator(".weight").get_by_role("alert")).to_have_text("Type a number first.")
    field.fill("-1.5")
    bar.locator(".weight .value").press("Enter")
    expect_effect(page, "conv2.5:inv~input:blank.2.4.7.8~input:shift.2.0~conv1.3.1.1.2:w-1.5")
    expect(page.locator("#kernel .kernel").nth(1).locator("td").nth(5)).to_have_text("−1.5")
    bar.locator(".weight .row").fill("77")
    expect(bar.locator(".place")).to_contain_text("no such weight")
    bar.get_by_role("button", name="set").last.click()
    expect(page.get_by_test_id("toast-body")).to_contain_text("conv1 has 32 × 3 kernels of 3 × 3 weights")
    bar.locator(".chips button").nth(1).click()
    expect_effect(page, "conv2.5:inv~input:shift.2.0~conv1.3.1.1.2:w-1.5")


@pytest.fixture
def residual(app: App) -> Iterator[str]:
    """A network with residual blocks in the run folder of the app."""
    folder = app.log.parent / "runs" / "residual"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        net = nets.build("resnet9", {"width": 4})
    facts = card() | {"name": "residual", "net": {"file": "resnet9", "arguments": {"width": 4}}}
    entry.write(folder, net.state_dict(), facts, history(), "# Random weights\n")
    yield folder.name
    shutil.rmtree(folder)


@pytest.mark.parametrize("look", ["desktop, dark", "phone, light"])
def test_the_paths_of_a_block_are_shown_and_taken_away(visit: Visit, residual: str, look: str) -> None:
    page = visit(f"?model={residual}&tab=explore&step=unit1.conv&panel=whatif", **LOOKS[look])
    if "phone" in look:
        page.locator("#panel .raise").click()
    bar = page.locator("#whatif")
    expect(bar.locator(".hint")).to_contain_text("2 residual blocks")
    page.locator("#strip .folding summary").click()
    page.locator("#strip .blocks button", has_text="residual1").click()
    page.locator("#strip .tile[data-step='residual1.unit2.conv']").click()
    expect(bar.locator(".block .told")).to_contain_text("from unit2.pool two paths lead to residual1.add")
    bar.get_by_role("button", name="remove skip").click()
    expect_changes(page, "residual1.add: without the skip connection")
    expect_address(page, edits="residual1.add:noskip")
    bar.get_by_role("button", name="remove branch").click()  # not both
    expect_changes(page, "residual1.add: without the branch")
    expect_readable(page, "#whatif .mark strong", "#whatif .told", "#whatif td", "#whatif caption")
    assert overflow(page) <= 0
    bar.get_by_role("button", name="put back").click()
    expect(bar.locator(".active")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("edits="))


def test_the_channels_that_matter_are_found_shown_and_switched_off(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&panel=whatif")
    matter = page.locator("#matter")
    matter.get_by_text("Which channels matter most").click()
    matter.get_by_role("button", name="try all channels of conv1").click()
    expect(matter.locator(".state")).to_contain_text("32 of 32 channels of conv1 tried")
    first = matter.locator("tbody tr").first
    channel = first.get_attribute("data-channel")
    first.locator(".go").click()
    expect(page.locator("#whatif .target")).to_have_text(f"conv1, channel {channel}:")
    share = float(re.search(r"[\d.]+", first.locator("td").first.inner_text()).group())
    first.get_by_role("button", name="switch off").click()
    expect_changes(page, f"conv1, channel {channel}: switched off")
    expect(matter.locator(".found")).to_be_hidden()  # it is about another answer now
    label = model_zoo.load(SHIPPED[0]).predict(open_image(FIRST_EXAMPLE))[0][0]
    row = page.locator("#whatif .answers tbody tr").filter(has=page.get_by_text(label, exact=True))
    expect(row.locator("td").nth(2)).to_have_text(re.compile(rf"^{share:.1f}\b"))
