"""The page in another language: chosen in the menu, by the address or by the browser, and back in English."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from demo.languages.catalogues import LANGUAGES, SOURCE, messages
from demo.tabs.learn.lesson import lessons
from tests.browser.actions import LOOKS, expect_address, open_panel, overflow, query
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser
HTML = "document.documentElement.lang"
EXPLORE = "#areas button[data-tab-id=explore]"
FETCHED = "() => performance.getEntriesByType('resource').map(({ name }) => name)"


def choose(page: Page, code: str) -> None:
    open_panel(page, "menu")
    page.locator("#page-menu select").select_option(code)
    page.keyboard.press("Escape")


def test_a_language_is_chosen_in_the_menu_kept_in_address_and_browser_and_taken_back(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=3&row=8&column=8")
    expect(page.locator("#inspector .card").first).to_be_visible()
    before = page.locator("body").inner_text()
    assert not [name for name in page.evaluate(FETCHED) if "translator" in name or "/languages/de" in name]
    choose(page, "de")
    expect(page.locator(EXPLORE)).to_have_text(messages("de")["Explore"])
    assert page.evaluate(HTML) == "de" and query(page)["lang"] == "de"
    # Numbers as the language writes them, in sentences and alone; code and kernels' names stay.
    expect(page.locator("#inspector")).to_contain_text(re.compile(r"\d,\d{2}"))
    assert not re.search(r"\d\.\d{2}", page.locator("#inspector h4").first.inner_text())
    page.reload()
    expect(page.locator(EXPLORE)).to_have_text(messages("de")["Explore"])
    expect(page.locator("#inspector .card").first).to_be_visible()
    choose(page, "en")
    expect(page.locator(EXPLORE)).to_have_text("Explore")
    assert page.evaluate(HTML) == "en" and query(page)["lang"] == "en"
    expect(page.locator("body")).to_have_text(re.compile("Explore"))
    after = page.locator("body").inner_text()
    assert sorted(after.split("\n")) == sorted(before.split("\n"))


@pytest.mark.parametrize(("locale", "code"), [("zh-CN", "zh-Hans"), ("es-MX", "es"), ("fr-FR", "en")])
def test_without_a_choice_the_page_is_in_the_language_of_the_browser(visit: Visit, locale: str, code: str) -> None:
    page = visit("", locale=locale)
    expect(page.locator(EXPLORE)).to_have_text(messages(code).get("Explore", "Explore"))
    open_panel(page, "menu")
    expect(page.locator("#page-menu select")).to_have_value(code)
    assert page.locator("#page-menu select option").all_inner_texts() == list(LANGUAGES.values())


def test_a_link_opens_in_its_language_whatever_the_browser_speaks(visit: Visit) -> None:
    page = visit("?tab=why&lang=es", locale="de-DE")
    expect(page.locator(EXPLORE)).to_have_text(messages("es")["Explore"])
    expect(page.locator("#answer .verdict")).to_contain_text(re.compile(r"\d,\d"))
    expect_address(page, {"lang"}, tab="why", lang="es")


@pytest.mark.parametrize("look", ["phone, dark, touch"])
@pytest.mark.parametrize("code", ["de", "zh-Hans"])
def test_a_lesson_is_read_and_done_in_another_language_on_a_phone(visit: Visit, code: str, look: str) -> None:
    page = visit(f"?lesson=convolution.2&lang={code}", **LOOKS[look])
    card = lessons(code)["convolution"].cards[1]
    expect(page.locator("#lesson h2")).to_have_text(card.title)
    for field in page.locator("#lesson .field input").all():
        field.fill("4")
    page.locator("#lesson .check").tap()
    expect(page.locator("#lesson .told strong")).not_to_contain_text("Right")
    # What the server says of it is in the language, too.
    assert not re.search(r"\b(the|rows|columns)\b", page.locator("#lesson .told").inner_text())
    assert overflow(page) == 0


def test_no_tab_grows_too_wide_in_german(visit: Visit) -> None:
    page = visit("?lang=de", viewport={"width": 1280, "height": 720})
    for tab in ("explore", "why", "compare", "trust", "curves", "data", "train", "own", "photos", "lessons", "bench"):
        page.goto(re.sub(r"\?.*", f"?tab={tab}&lang=de", page.url))
        expect(page.locator("#answer .verdict")).to_have_count(1)
        expect(page.locator(EXPLORE)).to_have_text(messages("de")["Explore"])
        assert overflow(page) == 0, tab
        for area in page.locator("#areas > .tab-wrapper button:visible").all():
            assert area.evaluate("area => area.scrollWidth - area.clientWidth") <= 1


def test_what_is_read_aloud_is_not_written_again_with_the_same_words(visit: Visit) -> None:
    page = visit("?tab=build&build=digits~a:c8k3p1,r,m2,c16k7p0&lang=de")
    layers = page.locator("#build .layer")
    said = layers.nth(3).locator(".words")
    expect(said).to_have_text(re.compile("passt nicht in 4 . 4; Padding 3 würde die Größe erhalten"))
    said.evaluate("""said => {
      window.written = 0;
      new MutationObserver((records) => (window.written += records.length))
        .observe(said, { childList: true, characterData: true, subtree: true });
    }""")
    layers.first.locator("input[name=c]").fill("9")
    expect(layers.first.locator(".shape")).to_contain_text("9")  # all layers are counted anew
    assert page.evaluate("window.written") == 0
    layers.nth(3).locator("input[name=k]").fill("3")
    expect(said).to_have_text("")
    assert page.evaluate("window.written") > 0


def test_what_a_reader_named_keeps_its_name(visit: Visit) -> None:
    page = visit("?tab=own&lang=de")
    first, second = page.locator("#own .card").first, page.locator("#own .card").nth(1)
    expect(second.locator(".name")).to_have_value("Klasse 2")  # until the reader gives it one
    for card, name in ((first, "none"), (second, "frog")):
        card.locator(".name").fill(name)
        card.locator(".name").press("Enter")
        expect(card.locator(".name")).to_have_attribute("aria-label", f"Name der Klasse {name}")
        expect(card.locator(".remove")).to_have_attribute("aria-label", f"Klasse {name} entfernen")
    page.locator("#own .mark-tiles").click()
    expect(page.locator("#own .kinds label")).to_have_text([re.compile("none$"), re.compile("frog$")])
    choose(page, "es")
    expect(first.locator(".name")).to_have_attribute("aria-label", re.compile("«?none»?$"))
    expect(page.locator("#own .kinds label").first).to_have_text(re.compile("none$"))
    expect(page.locator("#own .kinds legend")).not_to_have_text(re.compile("A square"))


def test_what_was_done_on_a_card_stays_when_the_language_changes(visit: Visit) -> None:
    page = visit("?lesson=convolution.2")
    lesson = page.locator("#lesson")
    fields, told, hints = (lesson.locator(part) for part in (".field input", ".told", ".hinted"))
    lesson.locator(".hint").click()
    expect(hints).to_have_text(lessons()["convolution"].cards[1].hints[0])
    for field in fields.all():
        field.fill("3")
    choose(page, "de")
    expect(hints).to_have_text(lessons("de")["convolution"].cards[1].hints[0])
    # The answer to a check is on its way while the lesson comes in another language.
    held: list[Route] = []
    page.route("**/queue/join*", lambda route: held.append(route))
    with page.expect_request("**/queue/join*"):
        lesson.locator(".check").click()
    choose(page, "es")
    expect(lesson.locator("h2")).to_have_text(lessons("es")["convolution"].cards[1].title)
    expect(lesson.locator(".check")).to_be_disabled()
    for route in held:
        route.continue_()
    page.unroute("**/queue/join*")
    expect(told.locator("strong")).to_have_text(messages("es")["Not quite."])
    expect(lesson.locator(".check")).to_be_enabled()
    choose(page, "de")
    expect(lesson.locator("h2")).to_have_text(lessons("de")["convolution"].cards[1].title)
    expect(told.locator("strong")).to_have_text(messages("de")["Not quite."])
    assert [field.input_value() for field in fields.all()] == ["3", "3"]


def test_marked_words_stand_in_the_order_of_the_language_and_nothing_is_translated_twice(visit: Visit) -> None:
    page = visit("?tab=predict")
    every_phrase = Path(__file__).with_name("phrases.js").read_text(encoding="utf-8")
    for code in LANGUAGES:
        if code == SOURCE:
            continue
        choose(page, code)
        expect(page.locator(EXPLORE)).to_have_text(messages(code)["Explore"])
        found = page.evaluate(every_phrase, messages(code))
        assert found["count"] > 100
        assert found["wrong"] == [] and found["isSame"], code
