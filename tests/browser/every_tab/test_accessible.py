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
    "lessons": "#lessons li",
    "bench": "#bench .boards canvas",
    "teach": "#teach .open",
    "predict": "#answer .verdict",
    "explore": "#inspector .detail-of",
    "why": ".checks figcaption",
    "compare": "#lanes canvas",
    "trust": "#trust h3",
    "curves": "#charts svg[role=img]",
    "data": "#tensor h3",
    "photos": "#survey-start",
    "train": "#begin",
    "own": "#own .card:nth-child(2) .film",
    "build": "#build .layer",
}
UNFOLD = "document.querySelectorAll('details').forEach((details) => { details.open = true; })"
RESTS = (
    "!document.querySelector('.pending') && document.getAnimations().every(({ playState }) => playState !== 'running')"
)
# A button that may be used from now on passes through greys on its way to its colour.
AT_ONCE = "*, ::before, ::after { transition: none !important; }"
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
        pytest.param("desktop, dark", TABS, COLOURS, marks=pytest.mark.full),
        ("phone, light", ("lessons", "bench", "explore", "predict", "why"), {}),
    ],
)
def test_nothing_serious_is_wrong_in_any_tab(visit: Visit, look: str, tabs: tuple[str, ...], options: dict) -> None:
    page = visit("?tab=explore&step=conv2&channel=3&row=4&column=5", **LOOKS[look])
    page.evaluate(AXE)
    page.add_style_tag(content=AT_ONCE)
    found = {}
    for tab in ("explore", *(tab for tab in tabs if tab != "explore")):
        found[tab] = serious(page, tab, options)
    assert not any(found.values()), "\n".join(f"{tab}: {one}" for tab, all_of in found.items() for one in all_of)


def test_nothing_serious_is_wrong_in_any_part_of_the_bench(visit: Visit) -> None:
    page = visit("?tab=bench&bench=layers~hidden:10~steps:100~trained:1")
    page.evaluate(AXE)
    page.add_style_tag(content=AT_ONCE)
    for part, there in (("Two layers", ".matrix canvas"), ("Gradient descent", ".points"), ("Convolution", ".numbers")):
        page.locator("#bench .kinds").get_by_text(part, exact=True).click()
        expect(page.locator(f"#bench {there}").first).to_be_visible()
        assert not page.evaluate(RUN, {}), part


def test_nothing_serious_is_wrong_with_the_cards_of_a_lesson(visit: Visit) -> None:
    for look in ("desktop, dark", "phone, light"):
        page = visit("?lesson=numbers.1", **LOOKS[look])
        expect(page.locator("#lesson .choices")).to_be_visible()
        page.evaluate(AXE)
        assert not page.evaluate(RUN, {}), look


def serious(page: Page, tab: str, options: dict) -> list[str]:
    """Each serious or critical violation in a tab: the rule, the element and what is wrong with it."""
    choose_tab(page, tab)
    expect(page.locator(THERE[tab]).first).to_be_visible()
    page.evaluate(UNFOLD)
    page.wait_for_function(RESTS)  # what fades in has no contrast yet
    return page.evaluate(RUN, options)
