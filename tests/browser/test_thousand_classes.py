"""A network of a thousand classes in every tab of the page: nothing lists them all, and any one can be found."""

import json

import pytest
from playwright.sync_api import Page, expect

import model_zoo
from demo.pictures.decode import open_image
from demo.tabs.attribution.attribution_map import MOST_OFFERED
from demo.tabs.explore.whole_network.whole_network import MOST_CLASSES
from demo.tabs.predict.predict import BEST
from tests.browser.actions import FIRST_EXAMPLE, LOOKS, choose_example, choose_model, choose_tab, overflow
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED, fully

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAME = "imagenet-efficientnet-lite0"
LONG = 60_000  # milliseconds: a pass at 224 pixels on a busy machine, and Grad-CAM
MOST_ELEMENTS = 4_000  # of the whole page; one list of a thousand classes has more than a thousand


def elements(page: Page) -> int:
    return page.evaluate("document.querySelectorAll('*').length")


@pytest.mark.parametrize("look", fully(["desktop, light", "phone, dark, touch"], "phone, dark, touch"))
def test_the_way_through_the_tabs(visit: Visit, look: str) -> None:
    model = model_zoo.load(NAME)
    ranking = model.predict(open_image(FIRST_EXAMPLE))
    page = visit(f"?model={NAME}", **LOOKS[look])
    answer = page.locator("#probabilities")
    best, groups = answer.locator("table.bars").nth(0), answer.locator("table.bars").nth(1)
    expect(best.locator("th")).to_have_text([label for label, _ in ranking[:BEST]], timeout=LONG)
    expect(groups.locator("th").first).to_have_text("vehicle")
    expect(page.locator("#nearest img")).to_have_count(0)
    answer.locator("summary").click()
    answer.get_by_role("searchbox").fill("GRAND")
    expect(answer.locator(".found th")).to_have_text(["grand piano"])
    assert elements(page) < MOST_ELEMENTS and overflow(page) == 0

    choose_tab(page, "why")
    expect(page.locator("#why .words")).to_contain_text(f"The score of {ranking[0][0]} ", timeout=LONG)
    expect(page.locator("#why .label option")).to_have_count(MOST_OFFERED)
    other = page.locator("#why .other-class input")
    other.fill("Grand Piano")
    other.press("Enter")
    expect(page.locator("#why .words")).to_contain_text("The score of grand piano ", timeout=LONG)
    expect(page.locator("#why .label option:checked")).to_contain_text("grand piano")
    other.fill("no such thing")
    other.press("Enter")
    expect(page.locator("#why .status")).to_contain_text("no class of that name")
    assert overflow(page) == 0

    choose_tab(page, "compare")
    expect(page.locator("#lanes .both tbody tr").first).to_be_visible(timeout=LONG)
    assert page.locator("#lanes .both tbody tr").count() <= 12 and overflow(page) == 0
    choose_tab(page, "trust")
    expect(page.locator("#trust")).to_contain_text("Nothing has been measured")
    choose_tab(page, "curves")
    page.locator("#compared").get_by_label(model.title).check()
    expect(page.locator("#charts")).to_contain_text(f"{model.title} was trained elsewhere", timeout=LONG)
    assert elements(page) < 2 * MOST_ELEMENTS


def test_its_logits_and_the_whole_network(visit: Visit) -> None:
    model = model_zoo.load(NAME)
    ranking = model.predict(open_image(FIRST_EXAMPLE))
    number = model.classes.index(ranking[0][0])
    page = visit(f"?model={NAME}&tab=explore&step=fc&channel={number}&row=0&column=0")
    logits = page.locator("#grid .logits tbody tr")
    expect(logits.first).to_contain_text(ranking[0][0], timeout=LONG)
    expect(logits).to_have_count(21)  # the 20 highest, the chosen one among them, and the line about the others
    expect(logits.last).to_contain_text("980 others")
    softmax = page.locator("#inspector .softmax tbody tr")
    expect(softmax).to_have_count(17, timeout=LONG)  # 15, all others together, and the sum
    expect(softmax.nth(15)).to_contain_text("985 others together")
    expect(softmax.last).to_contain_text("100.00 %")
    page.get_by_role("radio", name="Whole network").check()
    likeliest = [label for label, _ in ranking[:MOST_CLASSES]]
    expect(page.locator("#whole-network .heads .class span")).to_have_text(likeliest, timeout=LONG)
    columns = json.loads(page.locator("#whole-network .sheet").get_attribute("data-columns") or "[]")
    assert {one["step"]: one["channels"] for one in columns}["answer"] == MOST_CLASSES


def test_the_page_is_no_heavier_for_it_and_goes_back_to_ten_classes(visit: Visit) -> None:
    page = visit(f"?model={NAME}")
    expect(page.locator("#answer .verdict")).to_contain_text("container ship", timeout=LONG)
    choose_example(page, "Lion")
    expect(page.locator("#answer .verdict")).to_contain_text("lion", timeout=LONG)
    choose_model(page, SHIPPED[0])
    expect(page.locator("#probabilities table.bars")).to_have_count(1)
    expect(page.locator("#probabilities table.bars tr")).to_have_count(10)
    expect(page.locator("#probabilities .all-classes")).to_have_count(0)
