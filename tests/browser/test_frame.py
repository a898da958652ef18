"""The frame of the page: the bar that stays in sight, what it opens, and the areas with their tabs."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import model_zoo
from demo.core.view import AREAS, TABS
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    OTHER,
    choose_file,
    choose_tab,
    draw,
    expect_address,
    expect_answer,
    expect_readable,
    open_panel,
    overflow,
    query,
    tab_of,
)
from tests.browser.conftest import Visit
from tests.conftest import SECOND, SHIPPED, fully

pytestmark = pytest.mark.browser
# A text of Gradio's that stands there as its key, and all texts of the page, those for screen readers included.
KEY = re.compile(r"\b(?:common|errors|status|upload_text|interface|blocks)\.[a-z]\w+")
TEXTS = """() => {
  const texts = [];
  for (const node of document.body.querySelectorAll('*')) {
    if (['SCRIPT', 'STYLE'].includes(node.tagName)) continue;
    for (const child of node.childNodes) if (child.nodeType === Node.TEXT_NODE) texts.push(child.data);
    for (const name of ['aria-label', 'title', 'alt', 'placeholder']) texts.push(node.getAttribute(name) ?? '');
  }
  return texts.join('\\n');
}"""
SIZES = [(1366, 768), (1280, 720), (390, 844)]
# Addresses of the page when it had one row of tabs, and what they open.
OLD_LINKS = {
    "": "#probabilities .bars",
    "?model=cifar10-fast": "#probabilities .bars",
    "?tab=predict&picture=example:circle": "#seen .pixels",
    "?tab=explore&step=conv2&channel=3&row=4&column=5": "#grid h3",
    "?model=cifar10-resnet&tab=explore&step=unit2.pool&scale=network": "#grid h3",
    "?tab=explore&step=conv2&edits=conv1.4:off&hide=predict,train,whatif": "#grid h3",
    "?tab=why&step=conv3&method=occlusion&class=dog": "#why canvas",
    "?tab=compare&lane=networks&other=cifar10-fast&step=conv2": "#lanes canvas",
    "?tab=curves&epoch=3": "#charts svg[role=img]",
    "?tab=data&set=cifar-10-batches-py&split=test": "#tensor h3",
    "?tab=photos&model=invasive-resnet": "#survey-start",
    "?tab=train&hide=curves,data,network": "#begin",
    "?hide=train,upload": "#probabilities .bars",
}


def box_of(page: Page, selector: str) -> dict[str, float]:
    box = page.locator(selector).first.bounding_box()
    assert box, selector
    return box


def is_in_sight(page: Page, selector: str) -> bool:
    """Whether all of it lies within the window and nothing lies over it."""
    return page.evaluate(
        """selector => {
          const node = document.querySelector(selector);
          const { left, top, right, bottom } = node.getBoundingClientRect();
          if (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight || right <= left) return false;
          const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return node.contains(over) || over.contains(node);
        }""",
        selector,
    )


@pytest.mark.parametrize("size", fully(SIZES, (1280, 720), (390, 844)), ids=str)
def test_the_answer_is_in_sight_at_once_and_everywhere(visit: Visit, size: tuple[int, int]) -> None:
    width, height = size
    touch = {"has_touch": True, "is_mobile": True} if width < 700 else {}
    page = visit(viewport={"width": width, "height": height}, **touch)
    assert is_in_sight(page, "#answer .verdict")
    choose_file(page, OTHER)
    expect_answer(page, SHIPPED[0], OTHER)
    assert is_in_sight(page, "#answer .verdict") and page.evaluate("scrollY") == 0
    # It is spoken where it comes; the focus stays with whoever chooses the next picture.
    assert page.locator("#answer [aria-live=polite][aria-atomic=true] .verdict").count() == 1
    assert page.evaluate("document.activeElement === document.body || document.activeElement.id === 'choose'")
    for tab in ("explore", "why", "compare", "trust", "curves", "data"):
        choose_tab(page, tab)
        page.mouse.move(width / 2, height / 2)
        page.mouse.wheel(0, 2000)
        draw(page)
        assert is_in_sight(page, "#answer .verdict"), tab
        assert box_of(page, "#bar")["height"] <= 58 and box_of(page, "#bar")["y"] == 0
        assert overflow(page) == 0
    for tab in ("lessons", "bench", "photos", "train"):  # which have no use for it
        choose_tab(page, tab)
        expect(page.locator("#answer")).not_to_be_visible()
        assert is_in_sight(page, "#chosen .network")


def test_no_width_is_too_narrow_or_too_wide(visit: Visit) -> None:
    page = visit(viewport={"width": 1366, "height": 720})
    for tab in TABS:
        page.set_viewport_size({"width": 1366, "height": 720})
        choose_tab(page, tab)
        assert not KEY.findall(page.evaluate(TEXTS)), tab
        for width in (320, 360, 701, 768, 1024, 1920):
            page.set_viewport_size({"width": width, "height": 720})
            draw(page)
            assert overflow(page) == 0, (tab, width)
            assert is_in_sight(page, "#chosen .network") and is_in_sight(page, "#menu .menu"), (tab, width)
            assert len({round(row.bounding_box()["y"]) for row in page.locator("[id^=area-][role=tab]").all()}) == 1
            assert page.locator(":is(#areas, .tabs-of-area) > .tab-wrapper [role=tab]:visible").count() <= 5 + 4


def test_under_a_finger_everything_is_large_enough(visit: Visit) -> None:
    page = visit("?tab=explore", **LOOKS["phone, dark, touch"])
    parts = [
        "#chosen .picture",
        "#chosen .network",
        "#choose",
        "#menu .menu",
        "#area-look-button",
        "#area-field-button",
    ]
    for selector in parts:
        box = box_of(page, selector)
        assert min(box["width"], box["height"]) >= 44, selector
        assert is_in_sight(page, selector)
    assert box_of(page, "#area-look-button")["y"] > 844 - 60
    for name in ("picture", "network", "menu"):
        box = open_panel(page, name).bounding_box()
        assert box["x"] == 0 and box["width"] == 390 and abs(box["y"] + box["height"] - 844) < 2
        page.keyboard.press("Escape")
        expect(page.locator(".popover:visible")).to_have_count(0)


@pytest.mark.parametrize("link", OLD_LINKS)
def test_every_link_of_before_opens_the_same_view(visit: Visit, link: str) -> None:
    page = visit(link)
    asked = dict(piece.split("=") for piece in link.lstrip("?").split("&") if piece)
    expect(page.locator(OLD_LINKS[link]).first).to_be_visible()
    tab = asked.get("tab", "predict")
    expect(page.locator(f"#areas [role=tab][data-tab-id={tab}]")).to_have_attribute("aria-selected", "true")
    expect_address(page, set(asked), **(asked | {"tab": tab}))
    for name in asked.get("hide", "").split(","):
        if name in TABS:
            expect(tab_of(page, name)).to_have_count(0)
    if "network" in asked.get("hide", ""):
        expect(page.locator("#chosen .network")).not_to_be_visible()


def test_an_area_opens_the_tab_that_was_open_in_it(visit: Visit) -> None:
    page = visit()
    expect(page.locator("#areas > .tab-wrapper [role=tab]")).to_have_text([area.title for area in AREAS])
    for area, tab in (("training", "curves"), ("look", "predict"), ("field", "photos")):
        page.locator(f"#area-{area}-button").click()
        expect_address(page, tab=tab)
    others = {"method", "class", "set", "split"}
    choose_tab(page, "why")
    choose_tab(page, "data")
    page.locator("#area-look-button").click()
    expect_address(page, others, tab="why")
    expect(page.locator("#why .methods, #why canvas").first).to_be_visible()
    page.locator("#area-training-button").click()
    expect_address(page, others, tab="data")
    page.go_back()
    expect_address(page, others, tab="why")
    expect(tab_of(page, "why")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#area-look-button")).to_have_attribute("aria-selected", "true")


def test_an_area_without_any_tab_in_sight_is_not_there(visit: Visit) -> None:
    page = visit("?hide=curves,data,train,own,build,why,trust")
    expect(page.locator("#areas [role=tab]:visible")).to_have_text(
        ["Learn", "Look", "Field", "Answer", "Explore", "Compare"]
    )
    hides = page.get_by_role("group", name="The link to this page hides parts of it.")
    for width in (1920, 1366, 1100, 900, 701, 390, 320):
        page.set_viewport_size({"width": width, "height": 768})
        draw(page)
        # As narrow as 320 pixels, the answer may take three lines.
        assert box_of(page, "#bar")["height"] <= (58 if width >= 390 else 64) and overflow(page) == 0, width
        assert is_in_sight(page, "#share .everything") and is_in_sight(page, "#menu .menu"), width
        assert width > 1000 or box_of(page, "#share .everything")["width"] >= 44, width
    page.set_viewport_size({"width": 1366, "height": 768})
    hides.get_by_role("button", name="Show everything").click()
    expect(hides).not_to_be_visible()
    expect(page.locator("#area-training-button")).to_be_visible()
    expect(tab_of(page, "why")).to_be_visible()
    page = visit("?hide=curves")
    page.locator("#area-training-button").click()
    expect_address(page, {"hide", "set", "split"}, tab="data")
    expect(page.locator("#tensor")).to_be_visible()


def test_the_list_of_networks_is_used_by_keyboard(visit: Visit) -> None:
    page = visit()
    opener = page.locator("#chosen .network")
    expect(opener).to_have_accessible_name(f"Network: {model_zoo.load(SHIPPED[0]).title}")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#model input:checked")).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    about = page.locator(f"#model label:has(input[value={SECOND}])").get_attribute("data-about")
    card = model_zoo.load(SECOND).card
    assert f"{card['metrics']['test']['accuracy']:.1%} right" in about and "million weights" in about
    page.keyboard.press("ArrowDown")
    expect_answer(page, SECOND, FIRST_EXAMPLE)
    expect(page.locator("#network-panel")).to_be_visible()  # the keys go on through the list
    page.keyboard.press("Escape")
    expect(page.locator("#network-panel")).not_to_be_visible()
    expect(opener).to_be_focused()
    expect(opener).to_have_accessible_name(f"Network: {model_zoo.load(SECOND).title}")
    opener.click()
    page.mouse.click(900, 600)
    expect(page.locator("#network-panel")).not_to_be_visible()
    opener.click()
    panel_words = page.locator("#network-panel dfn").count()
    for _ in range(3 + panel_words):  # out of its end
        page.keyboard.press("Tab")
    expect(page.locator("#network-panel")).not_to_be_visible()
    page.locator("#chosen .picture").click()
    page.locator("#examples button").nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#picture-panel")).not_to_be_visible()
    expect(page.locator("#chosen .picture")).to_be_focused()


def test_the_contrast_is_kept(visit: Visit) -> None:
    page = visit()

    def ground() -> str:
        return page.evaluate("getComputedStyle(document.querySelector('#bar')).backgroundColor")

    light = ground()
    menu = open_panel(page, "menu")
    menu.get_by_label("Dark").check()
    assert ground() != light
    page.reload()
    expect(page.locator("#answer .verdict")).to_be_visible()
    assert ground() != light
    open_panel(page, "menu").get_by_label("High contrast").check()
    expect(page.locator("#answer .verdict")).to_have_css("color", "rgb(0, 0, 0)")
    expect_readable(page, ".verdict", "#choose", "#share .open", "#areas button.selected", "#probabilities .quiet")
    menu.get_by_label("As this device").check()
    assert ground() == light


def test_what_is_wrong_with_a_picture_is_said_in_the_bar(visit: Visit, tmp_path: Path) -> None:
    page = visit(**LOOKS["phone, light"])
    text = tmp_path / "picture.jpg"
    text.write_text("I am a text\n" * 99)
    open_panel(page, "picture")
    page.get_by_label("Remove Image").first.click()
    page.locator("#picture input[type=file]").set_input_files(text)
    expect(page.locator("#answer")).to_contain_text("This file is a text, not a picture.")
    expect(page.locator("#answer .verdict")).to_have_count(0)
    page.locator("[data-testid=toast-close]").first.click()
    expect(page.locator("[data-testid=toast-body]")).to_have_count(0)
    expect(page.locator("#picture-panel")).not_to_be_visible()
    assert is_in_sight(page, "#answer .no-answer") and overflow(page) == 0
    assert "picture" not in query(page) or query(page)["picture"] == "own"


# Where the focus is: the nearest part of the page around it.
PART = """() => document.activeElement.closest('.skip-link, #bar, .tab-wrapper, #strip, #grid, #channel, #panel')?.id
  || document.activeElement.closest('.skip-link, .tab-wrapper')?.classList[0] || ''"""


def test_the_tab_key_goes_through_the_parts_in_order_or_past_the_tabs(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=3")
    expect(page.locator("#channel .content")).to_be_visible()
    found: list[str] = []
    while "panel" not in found and len(found) < 60:
        page.keyboard.press("Tab")
        found.append(page.evaluate(PART))
    parts = [part for part, before in zip(found, [None, *found], strict=False) if part != before]
    assert parts == ["skip-link", "bar", "tab-wrapper", "strip", "grid", "channel", "panel"]
    page.reload()
    expect(page.locator("#channel .content")).to_be_visible()
    link = page.get_by_role("link", name="Skip to the work space")
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport(ratio=1)
    expect_readable(page, ".skip-link")
    address = page.url
    page.keyboard.press("Enter")
    expect(page.locator("#workspace")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate(PART) == "strip"
    assert page.url == address


def test_on_a_phone_the_page_is_as_wide_as_it_can_be_and_ends_above_the_areas(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1", **LOOKS["phone, dark, touch"])
    strip = box_of(page, "#strip")
    assert (strip["x"], strip["width"]) == (10, 370)
    # What is in sight now may still grow.
    page.wait_for_function(
        """() => {
          scrollTo(0, document.documentElement.scrollHeight);
          const [footer, areas] = ['footer', '#areas > .tab-wrapper'].map((each) => document.querySelector(each));
          const padding = Number.parseFloat(getComputedStyle(footer).paddingBottom);
          return footer.getBoundingClientRect().bottom - padding <= areas.getBoundingClientRect().top;
        }""",
        polling=200,
    )
