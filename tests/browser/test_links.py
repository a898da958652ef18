"""Lesson links: the view in another browser, what is hidden there, and what a link never holds."""

import io
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

import model_zoo
from demo.core.view import TABS
from demo.pictures.decode import open_image
from demo.pictures.examples import examples
from tests.bench.serve import server
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    OTHER,
    choose_example,
    choose_file,
    choose_model,
    choose_tab,
    choose_test_picture,
    expect_address,
    expect_answer,
    expect_step,
    move_to,
    overflow,
    query,
    tab_of,
)
from tests.browser.conftest import Visit
from tests.conftest import SECOND, SHIPPED
from tests.photosets import classes

pytestmark = pytest.mark.browser


def shared(page: Page, *hidden: str) -> str:
    """The link that the page offers, with these parts ticked to be hidden."""
    share = page.locator("#share")
    if not share.locator(".panel").is_visible():
        share.get_by_role("button", name="Share this view").click()
    if hidden:
        share.locator("summary").click()
    for name in hidden:
        share.locator(f"input[value={name}]").check()
    return share.locator(".link").input_value()


def cannot_be_reached(page: Page, selector: str) -> bool:
    """Neither by eye nor by keyboard."""
    return page.evaluate(
        """selector => [...document.querySelectorAll(selector)].every((node) => {
          const can = [node, ...node.querySelectorAll('button, input, a, summary, select, [tabindex]')];
          for (const each of can) {
            each.focus();
            if (document.activeElement === each) return false;
          }
          return !node.checkVisibility();
        })""",
        selector,
    )


def test_a_link_opens_the_view_in_another_browser_without_what_it_hides(visit: Visit) -> None:
    first = visit("?tab=explore&step=conv3&__sign=secret", viewport={"width": 1366, "height": 900})
    choose_model(first, SECOND)
    choose_example(first, "Circle")
    expect_address(first, {"__sign"}, model=SECOND, picture="example:circle")
    label, probability = model_zoo.load(SECOND).predict(open_image(examples()["Circle"]))[0]
    expect(first.locator("#answer .verdict")).to_contain_text(f"{label} {probability:.1%}")  # nothing is on its way now
    expect_step(first, "conv3")
    channel = move_to(first, 3)
    first.locator("#grid .scales input[value=network]").check()
    first.locator("#channel .place .row").fill("5")
    first.locator("#channel .place .column").fill("6")
    first.locator("#channel .place .column").press("Enter")
    expect_address(first, {"__sign"}, channel=channel, scale="network", row=5, column=6)
    link = shared(first, "train", "upload", "whatif")
    assert link.startswith(first.url.split("?")[0] + "?") and link.endswith("&hide=train,upload,whatif")
    assert "secret" not in link

    first.locator("#share").get_by_role("button", name="Show QR code").click()
    large = first.locator("#share dialog")
    expect(large.get_by_role("img", name="QR code")).to_be_visible()
    code = zxingcpp.read_barcode(Image.open(io.BytesIO(first.screenshot())))
    assert code.text == link
    first.keyboard.press("Escape")
    expect(large).not_to_be_visible()

    second = visit("?" + link.split("?")[1], **LOOKS["phone, dark, touch"])
    assert query(second) | {"__sign": "secret"} == query(first) | {"hide": "train,upload,whatif"}
    expect_step(second, "conv3")
    expect(second.locator("#grid .grid")).to_have_attribute("aria-valuenow", str(channel))
    expect(second.locator("#grid .scales input[value=network]")).to_be_checked()
    expect(second.locator("#channel .place .row")).to_have_value("5")
    expect(second.locator("#channel .place .column")).to_have_value("6")
    expect(second.locator("#answer .verdict")).to_contain_text(f"{label} {probability:.1%}")  # in another tab
    for selector in ("#choose", "#picture .icon-button-wrapper", "#whatif"):
        assert cannot_be_reached(second, selector), selector
    second.locator("#area-training-button").click()
    expect(tab_of(second, "curves")).to_be_visible()
    expect(tab_of(second, "train")).to_have_count(0)
    assert overflow(second) == 0
    second.get_by_role("button", name="Show everything").click()
    expect(second.locator("#choose")).to_be_visible()
    expect(second.locator("#whatif")).not_to_have_css("display", "none")
    expect(tab_of(second, "train")).to_be_visible()
    assert "hide" not in query(second)


def test_the_open_tab_stays_even_if_all_are_hidden(visit: Visit) -> None:
    page = visit("?hide=nonsense,<script>," + ",".join(TABS))
    expect(page.locator("#areas [role=tab]:visible")).to_have_text(["Look", "Answer"])
    expect(page.locator("#answer .verdict")).to_be_visible()


def test_copying_says_so_and_needs_no_clipboard(visit: Visit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    link = shared(page)
    status = page.locator("#share .status")
    page.get_by_role("button", name="Copy link").click()
    expect(status).to_have_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.locator("#share summary").click()
    page.locator("#share input[value=photos]").check()
    expect(status).to_be_empty()  # that was another link
    # As on a page from plain http: no clipboard to write to.
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy link").click()
    expect(status).to_contain_text(re.compile("The link is (copied|selected)"))
    assert page.evaluate("document.activeElement.value") == f"{link}&hide=photos"
    assert page.evaluate("getSelection().toString()") == f"{link}&hide=photos"


def test_a_code_that_cannot_be_drawn_says_so(visit: Visit) -> None:
    page = visit()

    def spoil(route: Route) -> None:
        body = route.request.post_data_json
        if "link" in (body.get("event_data") or ()):
            body["event_data"] = {"link": 5}
        route.continue_(post_data=body)

    page.route("**/queue/join*", spoil)
    shared(page)
    page.get_by_role("button", name="Show QR code").click()
    expect(page.get_by_role("dialog")).to_contain_text("could not be drawn")
    page.unroute("**/queue/join*")
    page.get_by_role("button", name="Close (Esc)").click()
    page.get_by_role("button", name="Show QR code").click()
    expect(page.locator("#share dialog img")).to_be_visible()


def test_a_picture_of_ones_own_is_in_no_link(visit: Visit, tmp_path: Path) -> None:
    own = tmp_path / "me-at-home.jpg"
    own.write_bytes(OTHER.read_bytes())
    page = visit()
    choose_example(page, "Circle")
    expect_address(page, picture="example:circle")
    choose_file(page, own)
    expect_answer(page, SHIPPED[0], OTHER)
    expect_address(page, picture="own")
    link = shared(page)
    assert dict(parse_qsl(urlsplit(link).query)) == query(page)
    assert set(query(page)) == {"model", "tab", "step", "channel", "picture"}
    expect(page.locator("#share .notes")).to_contain_text("Your own picture is never in a link")
    page.go_back()
    expect_answer(page, SHIPPED[0], Path(examples()["Circle"]))
    expect(page.locator("#share .notes")).not_to_contain_text("Your own picture")
    page.go_forward()
    expect(page.get_by_text("That view was of a picture of your own, which is not kept.")).to_be_visible()
    expect_answer(page, SHIPPED[0], Path(examples()["Circle"]))
    page.go_back()

    other = visit("?" + link.split("?")[1])
    expect(other.locator("#share .told")).to_contain_text("it was somebody's own: please choose one of yours")
    expect_answer(other, SHIPPED[0], FIRST_EXAMPLE)
    expect(other).not_to_have_url(re.compile("picture="))


def test_what_is_not_there_is_said_in_a_sentence(visit: Visit) -> None:
    hostile = "<img src=x onerror=window.broken=1>"
    page = visit(f"?tab=explore&model=../../{hostile}&step={hostile}&picture={hostile}:test:1&set=/etc&hide={hostile}")
    told = page.locator("#share .told")
    expect(told).to_contain_text("Of this link, the network, the step and the set of pictures could not be restored")
    expect(told).to_contain_text("There is no such picture here.")
    expect_step(page, "conv1")
    expect(page).not_to_have_url(re.compile("picture="))
    assert page.evaluate("window.broken") is None
    told.get_by_role("button", name="Close").click()
    expect(told.locator("p")).not_to_be_visible()


def test_a_test_picture_comes_with_its_number(visit: Visit, cifar10_folder: Path) -> None:
    first = visit()
    choose_test_picture(first)
    expect(first).to_have_url(re.compile(r"picture=cifar-10-batches-py:test:\d+"))
    truth = first.locator("#truth").inner_text()
    second = visit("?" + shared(first).split("?")[1])
    expect(second.locator("#truth")).to_have_text(truth)
    expect(second.locator("#answer .verdict")).to_have_text(first.locator("#answer .verdict").text_content())


def test_a_picture_chosen_while_that_of_a_link_is_looked_for_stays(browser: Browser, tmp_path: Path) -> None:
    classes(tmp_path / "small", {"train/yes": 6, "train/no": 6, "test/yes": 3, "test/no": 3})
    held: list[Route] = []

    def hold(route: Route) -> None:
        asks = (route.request.post_data_json.get("event_data") or {}).get("picture") == "small:test:2"
        held.append(route) if asks else route.continue_()

    with server("app.py", CONVSCOPE_DATA=str(tmp_path)) as (address, _, _), browser.new_context() as context:
        page = context.new_page()
        page.route("**/queue/join*", hold)
        page.goto(f"{address}/?picture=small:test:2")
        expect(page.locator("#truth")).to_contain_text("Reading which pictures the set of this link holds")
        choose_example(page, "Circle")
        expect_address(page, picture="example:circle")
        page.evaluate("window.addEventListener('convscope-listed', () => { document.title = 'listed'; })")
        held.pop().continue_()
        page.unroute("**/queue/join*")
        expect(page).to_have_title("listed", timeout=60_000)  # the first listing loads what reads sets
        # What is asked after it is answered after it.
        choose_tab(page, "explore")
        page.locator("#strip .tile[data-step=conv2]").click()
        expect_step(page, "conv2")
        choose_tab(page, "predict")
        expect_answer(page, SHIPPED[0], Path(examples()["Circle"]))
        expect_address(page, picture="example:circle", step="conv2")
        expect(page.locator("#truth")).not_to_contain_text("small")
        # With nobody choosing anything else, the link's picture comes.
        page.goto(f"{address}/?picture=small:test:2")
        expect(page.locator("#truth")).to_contain_text("its true class is", timeout=60_000)
        expect_address(page, picture="small:test:2")
