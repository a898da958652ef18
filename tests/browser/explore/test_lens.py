"""The row under the strip in the browser: what each step alone would answer, and what is said about it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import model_zoo
from demo.pictures.decode import open_image
from model_zoo.entries.probes import probes
from model_zoo.explain.lens import Reading, lens
from model_zoo.graph.edits import parse
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    PHOTO,
    choose_model,
    expect_readable,
    expect_step,
    overflow,
    upload,
)
from tests.browser.conftest import Visit
from tests.browser.explore.helpers import expect_card
from tests.conftest import SECOND, SHIPPED

pytestmark = pytest.mark.browser


def readings(name: str, file: Path, edits: str = "") -> list[Reading]:
    model = model_zoo.load(name)
    steps = model_zoo.walk(model.net, model.prepare(open_image(file)), parse(edits, model.black))
    return lens(steps, probes(model))


def expect_row(page: Page, name: str, file: Path, edits: str = "") -> None:
    """The words under the strip are what the probes say, and those of the answer's class stand out."""
    found, classes = readings(name, file, edits), model_zoo.load(name).classes
    words = page.locator("#strip .readings > span")
    expect(words).to_have_text([classes[one.label] for one in found])
    for place, one in enumerate(found):
        # The words may be the same before the answer comes, but not the shares; either way of rounding a half is right.
        likely, right = ({f"{100 * n + e:.0f}" for e in (-0.01, 0.01)} for n in (max(one.probabilities), one.accuracy))
        said = re.compile(
            rf"of {re.escape(one.step)} alone says: {re.escape(classes[one.label])}, ({'|'.join(likely)})\s?%\. "
            rf".* right on ({'|'.join(right)})\s?% of"
        )
        expect(words.nth(place)).to_have_attribute("title", said)
        assert words.nth(place).get_attribute("title") == words.nth(place).get_attribute("aria-label")
    answer = page.locator("#strip .end.answer strong").inner_text().split()[0]
    marked = words.locator("xpath=self::*[contains(@class, 'is-answer')]")
    expect(marked).to_have_text([answer] * sum(classes[one.label] == answer for one in found))


def test_the_words_follow_picture_network_and_changes(visit: Visit) -> None:
    page = visit("?tab=explore&step=relu2&channel=20&panel=whatif")
    expect_row(page, SHIPPED[0], FIRST_EXAMPLE)
    page.locator("#whatif").get_by_role("button", name="switch off").click()
    expect(page.locator("#whatif .chips li")).to_have_count(1)
    expect_row(page, SHIPPED[0], FIRST_EXAMPLE, "relu2.20:off")
    page.locator("#strip .lens > button").click()
    expect(page.locator("#lens-about")).to_contain_text("of the network with your changes")
    page.keyboard.press("Escape")
    choose_model(page, SECOND)
    expect_row(page, SECOND, FIRST_EXAMPLE, "relu2.20:off")  # the change holds for the other network, too
    upload(page, PHOTO)
    expect_row(page, SECOND, PHOTO, "relu2.20:off")


def test_each_word_stands_under_its_tile_and_a_folded_block_has_that_of_its_last_step(visit: Visit) -> None:
    page = visit("?tab=explore&model=invasive-resnet&step=layer2.0.conv1")
    words, tiles = page.locator("#strip .readings > span"), page.locator("#strip .tile")
    expect_step(page, "layer2.0.conv1")
    expect(words).to_have_count(tiles.count())
    found = {
        one.step: model_zoo.load("invasive-resnet").classes[one.label]
        for one in readings("invasive-resnet", FIRST_EXAMPLE)
    }
    folded = 0
    for word, tile in zip(words.all(), tiles.all(), strict=True):
        over, under = tile.bounding_box(), word.bounding_box()
        assert abs(over["x"] - under["x"]) < 1 and abs(over["width"] - under["width"]) < 1
        assert over["y"] + over["height"] <= under["y"] + 0.5
        step = word.get_attribute("data-step")
        assert word.inner_text() == found[step]
        assert tile.get_attribute("data-step") in (step, None)
        folded += tile.get_attribute("data-step") is None
    assert folded
    # A click on a folded block shows its first step with weights; names are short where there is no room.
    block = page.locator("#strip .tile.folded").filter(has_text="layer3.0")
    expect(block).to_have_attribute("title", re.compile(r"^Unfold layer3\.0 and show layer3\.0\.conv1: "))
    block.click()
    expect_step(page, "layer3.0.conv1")
    brief = page.locator("#strip .tile .brief")
    assert all("…" in text and len(text) <= 10 for text in brief.all_inner_texts())
    cut = "names => names.filter((name) => name.scrollWidth > name.clientWidth + 1).map((name) => name.textContent)"
    assert page.locator("#strip .tile b").evaluate_all(cut) == []


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1280, 720)])
def test_with_the_row_a_sum_stays_in_sight(visit: Visit, width: int, height: int) -> None:
    page = visit("?tab=explore&step=conv2&channel=10&row=12&column=20", viewport={"width": width, "height": height})
    card = expect_card(page, 0, "conv2", 10, 12, 20)
    expect(page.locator("#strip .readings")).to_be_in_viewport()
    for part in (card.locator(".result"), card.locator(".words"), page.locator("#map canvas.map")):
        expect(part).to_be_in_viewport(ratio=1)
    assert page.evaluate("window.scrollY") == 0 and overflow(page) == 0
    expect_readable(page, "#strip .lens button", "#strip .readings .is-answer")


@pytest.mark.parametrize("look", ["desktop, light", "phone, dark, touch"])
def test_a_click_explains_the_readings(visit: Visit, look: str) -> None:
    page = visit("?tab=explore&step=conv1", **LOOKS[look])
    about, opener = page.locator("#lens-about"), page.locator("#strip .lens > button")
    page.locator("#strip .readings > span").first.click()
    expect(about).to_be_visible()
    expect(opener).to_have_attribute("aria-expanded", "true")
    for part in ("linear probe", "10,000 training pictures", "arXiv 1610.01644"):
        expect(about).to_contain_text(part)
    found = readings(SHIPPED[0], FIRST_EXAMPLE)
    expect(about.locator("tbody tr")).to_have_count(len(found))
    right = about.locator("tbody tr td:last-child").all_inner_texts()
    assert [float(text.split()[0]) for text in right] == pytest.approx([100 * one.accuracy for one in found], abs=0.051)
    # The lines of the chart: of the accuracies, higher is further up.
    points = about.locator("polyline.right").get_attribute("points").split()
    heights = [float(point.split(",")[1]) for point in points]
    assert len(heights) == len(found)
    order = sorted(range(len(found)), key=lambda place: (found[place].accuracy, place))
    assert [heights[place] for place in order] == sorted(heights, reverse=True)
    assert overflow(page) == 0
    page.keyboard.press("Escape")
    expect(about).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(about).to_be_visible()
