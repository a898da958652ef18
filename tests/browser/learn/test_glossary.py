"""The words that the page marks: explained on hover, by keyboard and by finger, and all of them in one list."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from demo.glossary.terms import terms
from tests.browser.actions import LOOKS, draw, expect_address, open_panel, overflow
from tests.browser.conftest import Visit
from tests.browser.every_tab.test_accessible import AXE, RUN

pytestmark = pytest.mark.browser
BENCH = "?tab=bench&model=cifar10-cnn"


def word(page: Page, name: str) -> Locator:
    return page.locator(f"dfn[data-term='{name}']:visible").first


def expect_note(page: Page, name: str) -> Locator:
    """What the file says of a term stands in the note, whole in the window, and describes the word."""
    note = page.get_by_role("tooltip")
    expect(note).to_contain_text(terms()[name].says)
    expect(note).to_be_in_viewport(ratio=1)
    expect(page.locator(f"[data-term='{name}'][aria-describedby]").first).to_have_accessible_description(
        re.compile(re.escape(terms()[name].says))
    )
    return note


def test_nothing_of_it_is_fetched_before_a_word_is_asked_for(visit: Visit) -> None:
    page = visit(BENCH)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    expect(word(page, "stride")).to_be_visible()
    loaded = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert not [url for url in loaded if "on_demand/glossary" in url or "glossary.json" in url]
    word(page, "stride").hover()
    expect_note(page, "stride")
    assert [url for url in asked if url.endswith("glossary.json")]


def test_a_word_is_explained_on_hover_and_the_note_can_be_pointed_at_and_sent_away(visit: Visit) -> None:
    page = visit(BENCH)
    for name in ("stride", "dilation", "kernel"):
        word(page, name).hover()
        expect_note(page, name)
    note = page.get_by_role("tooltip")
    note.hover()
    page.clock.install()
    page.clock.run_for(2000)
    expect(note).to_be_visible()
    page.keyboard.press("Escape")
    expect(note).not_to_be_visible()
    expect(page.locator("[aria-describedby=term-note]")).to_have_count(0)
    word(page, "padding").hover()
    expect(note).to_contain_text(terms()["padding"].says)
    page.locator("#masthead").hover()
    page.clock.run_for(2000)
    expect(note).not_to_be_visible()


def test_the_tab_key_reaches_words_and_a_label_still_names_its_field(visit: Visit) -> None:
    page = visit(BENCH)
    expect(page.locator("#bench select.stride")).to_have_accessible_name("Stride")
    page.locator("#bench details.network summary").focus()
    page.keyboard.press("Tab")
    expect(word(page, "stride")).to_be_focused()
    expect_note(page, "stride")
    page.keyboard.press("Enter")  # the same key sends it away and brings it back
    expect(page.get_by_role("tooltip")).not_to_be_visible()
    page.keyboard.press("Space")
    expect_note(page, "stride")
    page.keyboard.press("Tab")
    expect(page.locator("#bench select.stride")).to_be_focused()
    expect(page.get_by_role("tooltip")).not_to_be_visible()


def test_a_finger_opens_and_closes_a_note_and_what_it_lies_on_does_nothing(visit: Visit) -> None:
    page = visit(BENCH, **LOOKS["phone, dark, touch"])
    word(page, "relu").scroll_into_view_if_needed()
    box = page.locator("#bench input.relu")
    expect(box).to_be_checked()
    word(page, "relu").tap()
    expect_note(page, "relu")
    expect(box).to_be_checked()
    word(page, "max-pooling").tap()
    expect_note(page, "max-pooling")
    assert overflow(page) == 0
    page.locator("#bench .code").tap(position={"x": 5, "y": 5})
    expect(page.get_by_role("tooltip")).not_to_be_visible()


def test_a_button_of_its_own_is_explained_and_keeps_what_it_does(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv2&channel=3&row=4&column=5")
    button = page.locator("#channel .effective")
    button.hover()
    expect_note(page, "effective-field")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


def test_words_of_a_lesson_are_explained_with_a_picture_of_the_network_in_sight(visit: Visit) -> None:
    page = visit("?lesson=detectors.2")
    expect(page.locator("#channel .content")).to_be_visible()
    expect(page.locator("#grid .sheet canvas")).to_be_visible()
    word(page, "feature-map").click()
    note = expect_note(page, "feature-map")
    expect(note.locator("canvas")).to_be_visible()
    expect(note).to_contain_text("relu6, channel")
    page.keyboard.press("Escape")  # takes the note away and leaves the lesson as it is
    expect(note).not_to_be_visible()
    expect(page.locator("#lesson .card")).to_be_visible()


def test_pictures_of_a_kernel_and_of_a_field_are_those_of_the_page(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv2&channel=3&row=4&column=5")
    expect(page.locator("#inspector .card").first).to_be_visible()
    page.locator("#channel .effective").hover()
    note = expect_note(page, "effective-field")
    expect(note.locator(".field-of img")).to_be_visible()
    expect(note).to_contain_text("All that conv2 can see at row 4, column 5: 5 × 5 px")
    page.evaluate(
        "document.querySelector('#inspector').insertAdjacentHTML('afterbegin', '<dfn data-term=\"kernel\">k</dfn>')"
    )
    expect(word(page, "kernel")).to_have_attribute("tabindex", "0")
    word(page, "kernel").focus()
    word(page, "kernel").click()
    expect(expect_note(page, "kernel").locator("canvas")).to_be_visible()


def test_all_terms_are_listed_and_searched(visit: Visit) -> None:
    page = visit("?tab=lessons")
    opener = page.get_by_role("button", name="All words, the glossary")
    opener.click()
    dialog = page.get_by_role("dialog", name="Glossary")
    expect(dialog.locator("dt")).to_have_count(len(terms()))
    expect(dialog.get_by_label("Search")).to_be_focused()
    titles = [re.sub(r" \(also.*", "", text) for text in dialog.locator("dt").all_inner_texts()]
    assert [title.casefold() for title in titles] == [each.title.casefold() for each in terms().values()]
    page.keyboard.type("conformal")  # another word for it
    expect(dialog.get_by_role("status")).to_have_text(re.compile(rf"^[1-4] of {len(terms())} terms$"))
    expect(dialog.locator("dd").first).to_be_visible()
    expect(dialog.locator("dl")).to_contain_text(terms()["prediction-set"].says)
    page.keyboard.press("Control+A")
    page.keyboard.type("xyzzy")
    expect(dialog.get_by_role("status")).to_have_text(f"0 of {len(terms())} terms")
    page.keyboard.press("Escape")  # out of the search, then out of the list
    expect(dialog.locator("dt")).to_have_count(len(terms()))
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(opener).to_be_focused()
    expect_address(page, tab="lessons")


@pytest.mark.parametrize("look", ["desktop, light", "phone, dark, touch"])
def test_nothing_serious_is_wrong_with_the_list_or_a_note(visit: Visit, look: str) -> None:
    page = visit(BENCH, **LOOKS[look])
    word(page, "stride").scroll_into_view_if_needed()
    word(page, "stride").click()
    expect_note(page, "stride")
    page.evaluate(AXE)
    assert not page.evaluate(RUN, {})
    open_panel(page, "menu").get_by_role("button", name="Glossary: what the words mean").click()
    expect(page.get_by_role("dialog", name="Glossary").locator("dt").first).to_be_visible()
    expect(page.get_by_role("tooltip")).not_to_be_visible()
    draw(page)
    assert not page.evaluate(RUN, {})
    assert overflow(page) == 0


def test_a_server_that_does_not_answer_is_said_and_asked_again(visit: Visit, allowed: list[str]) -> None:
    allowed.append("ERR_FAILED")
    page = visit(BENCH)

    def fail(route: Route) -> None:
        route.abort()

    page.route("**/glossary.json", fail)
    word(page, "stride").click()
    expect(page.get_by_role("tooltip")).to_contain_text("did not come. Please try again.")
    page.keyboard.press("Escape")
    page.unroute("**/glossary.json", fail)
    word(page, "stride").click()
    expect_note(page, "stride")
