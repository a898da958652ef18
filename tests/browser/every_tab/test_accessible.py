"""What axe-core finds wrong with the page: in every tab with all of it unfolded, light and dark, and on a phone."""

from importlib.resources import files

import pytest
from playwright.sync_api import Page, expect

from demo.core.view import TABS
from tests.browser.actions import LOOKS, choose_tab
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser

# axe-core (MPL-2.0) as the package axe-playwright-python brings it: nothing is fetched when the test runs.
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
# By tab, what stands there when it can be judged.
THERE = {
    "predict": "#answer .verdict",
    "explore": "#inspector .detail-of",
    "why": ".checks figcaption",
    "compare": "#lanes canvas",
    "curves": "#charts svg[role=img]",
    "data": "#tensor h3",
    "photos": "#survey-start",
    "train": "#begin",
}
UNFOLD = "document.querySelectorAll('details').forEach((details) => { details.open = true; })"
RESTS = (
    "!document.querySelector('.pending') && document.getAnimations().every(({ playState }) => playState !== 'running')"
)
# The markup is the same in the dark: only its colours are others.
COLOURS = {"runOnly": ["color-contrast"]}
RUN = """async (options) => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'], ...options });
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.flatMap(({ id, nodes }) => nodes.map(({ target, html, failureSummary }) =>
    `${id}: ${target.join(' ')}: ${html.slice(0, 160)}: ${failureSummary}`));
}"""


@pytest.mark.parametrize(
    ("look", "tabs", "options"),
    [
        ("desktop, light", TABS, {}),
        ("desktop, dark", TABS, COLOURS),
        ("phone, light", ("explore", "predict", "why"), {}),
    ],
)
def test_nothing_serious_is_wrong_in_any_tab(visit: Visit, look: str, tabs: tuple[str, ...], options: dict) -> None:
    page = visit("?tab=explore&step=conv2&channel=3&row=4&column=5", **LOOKS[look])
    page.locator("#inspector .unfold").first.click()
    page.evaluate(AXE)
    found = {}
    for tab in ("explore", *(tab for tab in tabs if tab != "explore")):
        found[tab] = serious(page, tab, options)
    assert not any(found.values()), "\n".join(f"{tab}: {one}" for tab, all_of in found.items() for one in all_of)


def serious(page: Page, tab: str, options: dict) -> list[str]:
    """Each serious or critical violation in a tab: the rule, the element and what is wrong with it."""
    choose_tab(page, tab)
    expect(page.locator(THERE[tab]).first).to_be_visible()
    page.evaluate(UNFOLD)
    page.wait_for_function(RESTS)  # what fades in has no contrast yet
    return page.evaluate(RUN, options)
