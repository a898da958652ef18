"""The arrow keys move between the radio buttons of every group, and one Tab passes a group."""

import pytest
from playwright.sync_api import expect

from tests.browser.actions import FIRST_EXAMPLE, expect_address, expect_answer, open_panel
from tests.browser.conftest import Visit
from tests.conftest import SECOND, SHIPPED

pytestmark = pytest.mark.browser


def test_the_arrow_keys_move_through_the_networks(visit: Visit) -> None:
    page = visit()
    open_panel(page, "network")
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#model input[value={SECOND}]")).to_be_focused()
    expect(page.locator("#model input:checked")).to_have_value(SECOND)
    expect_address(page, model=SECOND)
    expect_answer(page, SECOND, FIRST_EXAMPLE)
    page.keyboard.press("ArrowUp")
    expect_address(page, model=SHIPPED[0])
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)
    last = page.locator("#model input").last.get_attribute("value")  # perhaps one that another test has trained
    page.keyboard.press("ArrowUp")  # round
    expect_address(page, model=last)
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('#model input')")


def test_a_group_of_a_tab_moves_with_the_keys(visit: Visit) -> None:
    page = visit("?tab=compare")
    mode = page.locator("#mode input")
    mode.first.focus()
    page.keyboard.press("ArrowRight")
    expect(mode.nth(1)).to_be_checked()
    expect_address(page, {"lane", "other", "disturb", "strength", "seed"}, lane="networks")
    expect(page.locator("#other input:checked")).to_have_count(1)
    page.locator("#other input:checked").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#other input:checked")).to_be_focused()
