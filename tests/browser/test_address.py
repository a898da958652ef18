"""The address bar holds the view: it opens it again, goes back to it, and can do no harm."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect

import model_zoo
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    choose_model,
    choose_tab,
    expect_address,
    expect_answer,
    expect_step,
    move_to,
    query,
    quiet,
)
from tests.browser.conftest import Visit
from tests.conftest import SECOND, SHIPPED, fully

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("look", fully(["desktop, light", "phone, dark, touch"], "phone, dark, touch"))
def test_an_address_opens_the_same_view_again(visit: Visit, look: str) -> None:
    first = visit(**LOOKS[look])
    choose_model(first, SECOND)
    expect_address(first, model=SECOND)
    choose_tab(first, "explore")
    first.locator("#strip .tile[data-step=conv4]").click()
    expect_step(first, "conv4")
    channel = move_to(first, 3)
    expect_address(first, model=SECOND, tab="explore", step="conv4", channel=channel)
    second = visit("?" + urlsplit(first.url).query, **LOOKS[look])
    assert query(second) == query(first)
    expect(second.locator("#model").get_by_label(model_zoo.load(SECOND).title, exact=True)).to_be_checked()
    expect(second.get_by_role("tab", name="Explore")).to_have_attribute("aria-selected", "true")
    expect_step(second, "conv4")
    expect(second.locator("#grid .grid")).to_have_attribute("aria-valuenow", str(channel))
    expect(second.locator("#channel .words")).to_contain_text(f"Channel {channel} of conv4")
    quiet(second)  # whatever else the page does on opening must not change it
    assert query(second) == query(first)


def test_the_tab_of_the_address_is_left_by_its_reader_alone(visit: Visit) -> None:
    page = visit("?tab=compare")
    # What Gradio does on a busy machine: it selects the first tab once more, after the one that was asked for.
    page.evaluate("document.querySelector('button[data-tab-id=predict]').click()")
    expect(page.get_by_role("tab", name="Compare")).to_have_attribute("aria-selected", "true")
    expect_address(page, {"lane", "other", "disturb", "strength", "seed"}, tab="compare")
    choose_tab(page, "predict")
    expect(page.get_by_role("tab", name="Answer")).to_have_attribute("aria-selected", "true")


def test_the_browser_goes_back_and_forward_through_views(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    for step in ("relu1", "conv2"):
        page.locator(f"#strip .tile[data-step={step}]").click()
        expect_step(page, step)
    choose_tab(page, "predict")
    choose_model(page, SECOND)
    expect_address(page, model=SECOND, step="conv2", tab="predict")
    page.go_back()
    expect(page.locator("#model").get_by_label(model_zoo.load(SHIPPED[0]).title, exact=True)).to_be_checked()
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)
    page.go_back()
    expect(page.get_by_role("tab", name="Explore")).to_have_attribute("aria-selected", "true")
    expect_step(page, "conv2")
    page.go_back()
    expect_step(page, "relu1")
    expect_address(page, model=SHIPPED[0], step="relu1", tab="explore")
    page.go_forward()
    expect_step(page, "conv2")
    expect_address(page, model=SHIPPED[0], step="conv2", tab="explore")


def test_going_back_twice_before_the_server_answers_ends_where_the_reader_is(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    for step in ("relu1", "conv2"):
        page.locator(f"#strip .tile[data-step={step}]").click()
        expect_step(page, step)
    late: list[Route] = []
    hold = [True]
    page.route("**/queue/join*", lambda route: late.append(route) if hold[0] else route.continue_())
    with page.expect_request("**/queue/join*"):
        page.evaluate("history.back()")
    expect(page).to_have_url(re.compile("relu1"))
    page.evaluate("history.back()")
    expect(page).to_have_url(re.compile("conv1"))
    hold[0] = False
    for route in late:
        route.continue_()
    expect_step(page, "conv1")
    expect_address(page, step="conv1", tab="explore")
    page.go_forward()
    expect_step(page, "relu1")
    expect_address(page, step="relu1", tab="explore")


def test_a_tab_chosen_while_the_server_works_stays_in_the_address(visit: Visit) -> None:
    """The answer comes later than the click, and was asked for from the tab before."""
    page = visit()
    late: list[Route] = []
    page.route("**/queue/join*", lambda route: late.append(route))
    choose_model(page, SECOND)
    choose_tab(page, "explore")
    assert late
    for route in late:
        route.continue_()
    page.unroute("**/queue/join*")
    expect_address(page, model=SECOND, tab="explore")
    page.locator("#strip .tile[data-step=conv3]").click()
    expect_address(page, model=SECOND, tab="explore", step="conv3")


HOSTILE = [
    "?model=nonsense&step=nonsense&channel=99999999999999999999&tab=nonsense",
    "?model=%3Cscript%3Ewindow.broken=1%3C/script%3E&step=%3Cimg%20src=x%20onerror=%22window.broken=1%22%3E&tab=explore",
    "?model[]=a&step=../../etc/passwd&channel=-1&tab=%00&__proto__=1&constructor=2",
    "?step=%ED%A0%80%FF&channel=1e9&tab=explore&tab=" + "x" * 3000,
]


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_opens_a_working_page(visit: Visit, address: str) -> None:
    page = visit(address)
    assert query(page)["model"] == SHIPPED[0]
    expect(page.locator("#answer .verdict")).to_have_count(1)
    choose_tab(page, "explore")
    expect_step(page, "conv1")
    first = page.locator("#grid .sheet").get_attribute("data-order").split()[0]
    expect(page.locator("#grid .grid")).to_have_attribute("aria-valuenow", first)  # the strongest
    page.locator("#strip .tile[data-step=relu1]").click()
    expect_step(page, "relu1")
    assert page.evaluate("window.broken") is None
