"""From the top of the page to a pixel and back by the keyboard alone: nothing is clicked or given the focus."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import expect_address, expect_step
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser
FOCUSED = """selector => {
  const focused = document.activeElement;
  return focused.matches(selector) ? getComputedStyle(focused).outlineStyle : '';
}"""


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    """Press the tabulator until that element has the focus, and see it marked."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if outline := page.evaluate(FOCUSED, selector):
            assert outline != "none", selector
            return
    raise AssertionError(f"{most} times the tabulator, and no {selector}")


def test_a_value_is_reached_and_followed_back_by_keyboard(visit: Visit) -> None:
    page = visit()
    tab_to(page, "[role=tab][data-tab-id=explore]")
    page.keyboard.press("Enter")
    expect_address(page, tab="explore")
    tab_to(page, "#strip .strip")
    for step in ("relu1", "conv2"):
        page.keyboard.press("ArrowRight")
        expect_step(page, step)
    tab_to(page, "#grid .grid")
    second = page.locator("#grid .sheet").get_attribute("data-order").split()[1]
    page.keyboard.press("ArrowRight")  # from the strongest
    expect(page.locator("#channel .chain canvas").first).to_have_attribute("aria-label", f"conv2, channel {second}")
    tab_to(page, "#channel .large")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    cards = page.locator("#inspector .card")
    expect(cards.first.locator("h4")).to_contain_text("conv2")
    expect(cards.first.locator(".check")).to_have_class(re.compile("ok"))
    expect(page.locator("#inspector .detail-of")).to_have_count(1)  # the part that brings most
    tab_to(page, "#inspector .unfold[aria-expanded=false]")
    page.keyboard.press("Enter")
    tab_to(page, "#inspector .detail-of button")
    page.keyboard.press("Enter")
    expect(page.locator("#inspector .trail li")).to_have_count(2)
    expect(cards.first.locator("h4")).to_contain_text("relu1")
    for level in (1, 0):
        page.keyboard.press("Escape")
        expect(page.locator("#inspector .trail li")).to_have_count(level)
    expect(page.locator("#inspector .hint")).to_be_visible()
