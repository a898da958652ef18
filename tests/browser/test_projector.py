"""The projector mode: large digits and a large map, for a page that is read from the last row."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import choose_tab, expect_readable, open_panel, overflow
from tests.browser.conftest import Visit
from tests.browser.explore.helpers import expect_card

pytestmark = pytest.mark.browser
LEAST = 18  # pixels
# Text with digits in it below some element, as (text, font size in pixels).
WITH_DIGITS = """root => [...document.querySelector(root).querySelectorAll('*')]
  .filter((node) => node.checkVisibility() && !['CANVAS', 'STYLE', 'OPTION'].includes(node.tagName))
  .map((node) => [
    [...node.childNodes].filter((child) => child.nodeType === 3).map(({ data }) => data).join('') + (node.value ?? ''),
    Number.parseFloat(getComputedStyle(node).fontSize),
  ])
  .filter(([text]) => /[0-9]/.test(text))"""


def expect_large_digits(page: Page, root: str, least_count: int = 1) -> None:
    found = page.evaluate(WITH_DIGITS, root)
    assert len(found) >= least_count
    assert not [(text, size) for text, size in found if size < LEAST]


def is_on(page: Page) -> bool:
    return page.locator("html").get_attribute("data-projector") == "on"


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_digits_and_map_are_large(visit: Visit, width: int, height: int) -> None:
    page = visit("?tab=explore&step=conv1&channel=3&row=4&column=0", viewport={"width": width, "height": height})
    expect_card(page, 0, "conv1", 3, 4, 0)
    page.keyboard.press("p")
    note = page.locator("#whole-page .note")
    expect(note).to_be_visible()
    expect(note).to_contain_text("Press P again to leave it")
    note.get_by_role("button", name="Close").click()
    large = page.locator("#map")
    expect(large).to_have_css("width", "560px")
    assert abs(large.bounding_box()["height"] - 560) <= 2
    expect(large).to_be_in_viewport(ratio=1)
    assert page.locator("#bar").bounding_box()["height"] == pytest.approx(56, abs=1)
    # The products of the part that brings most begin in sight: nobody scrolls for a room.
    products = page.locator("#inspector .detail .operand").last.locator("tr").first
    expect(products).to_be_in_viewport(ratio=1)
    grid = page.locator("#grid .grid")
    if width < 1700:  # the channels come when they are asked for
        expect(grid).to_be_hidden()
        page.locator("#channel .channels").click()
        expect(grid).to_be_visible()
        page.locator("#channel .channels").click()
    else:
        expect(grid).to_be_visible()
    # An open menu lies over all other menus' buttons.
    menu = page.locator("#strip take-home")
    menu.locator("summary").click()
    box = menu.locator(".menu").bounding_box()
    hits = page.evaluate(
        """({ x, y, width, height }) => [0.1, 0.5, 0.9].flatMap((right) => [0.1, 0.5, 0.9].map((down) =>
          document.elementFromPoint(x + right * width, y + down * height).closest('#strip') !== null))""",
        box,
    )
    assert all(hits)
    page.keyboard.press("Escape")
    assert overflow(page) == 0
    for name, some in (("sum", 20), ("kernel", 30), ("play", 25)):
        page.locator(f"#panel-tab-{name}").click()
        if name == "play":
            expect(page.locator("#player .figures table")).to_have_count(3)
        expect_large_digits(page, "#panel", some)
        expect_large_digits(page, "#workspace", some)
        assert overflow(page) == 0
    expect_large_digits(page, "#answer")
    for tab, root in (("predict", "#probabilities"), ("curves", "#charts")):
        choose_tab(page, tab)
        expect(page.locator(f"{root} :is(table, svg[role=img])").first).to_be_visible()
        expect_large_digits(page, root, 10)
        assert overflow(page) == 0
    # As large as they are called: a chart is not drawn smaller than its own size.
    assert (
        page.locator("#charts svg[role=img]").first.evaluate(
            "svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width"
        )
        >= 1
    )


def test_by_key_and_by_menu_and_kept(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=3")
    # A letter that is typed is not a key of the page.
    expect(page.locator("#channel input.row")).to_be_visible()
    page.locator("#channel input.row").focus()
    page.keyboard.press("p")
    expect(page.locator("#grid .sort")).to_be_visible()
    page.locator("#grid .sort").focus()
    page.keyboard.press("p")
    assert not is_on(page)
    menu = open_panel(page, "menu")
    entry = menu.get_by_role("checkbox", name="Projector")
    expect(entry).not_to_be_checked()
    entry.check()
    expect(page.locator("#map")).to_have_css("width", "560px")
    expect_readable(page, "#page-menu label", "#whole-page .note p")
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("#map")).to_have_css("width", "560px")
    expect(page.locator("#whole-page .note")).to_contain_text("Press P again to leave it")
    page.keyboard.press("Shift+P")
    expect(page.locator("#map")).to_have_css("width", "420px")
    expect(page.locator("#whole-page .note")).to_contain_text("is off")
    expect(open_panel(page, "menu").get_by_role("checkbox", name="Projector")).not_to_be_checked()
    assert page.evaluate("localStorage.getItem('convscope-projector')") is None
    # Who dictates to a computer types single letters without meaning them: the key can be switched off, for good.
    open_panel(page, "menu").get_by_role("checkbox", name="The key P").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    expect(page.locator("#map")).to_have_css("width", "420px")
    page.keyboard.press("p")
    open_panel(page, "menu").get_by_role("checkbox", name="Projector").check()
    expect(page.locator("#whole-page .note")).to_contain_text("The menu leaves it again")
    page.keyboard.press("p")
    assert is_on(page)
