"""The Data tab: pictures of a set are looked through, one is taken, and mistakes are looked into."""

import re

import pytest
from playwright.sync_api import Page, expect
from torchvision.datasets import CIFAR10

import model_zoo
from demo.pictures.examples import has_test_pictures
from tests.browser.actions import LOOKS, choose_tab, expect_readable, overflow
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
PATIENCE = 300_000  # milliseconds until a set is listed, on a busy machine


def samples(page: Page, where: str = "#samples") -> list[str]:
    expect(page.locator(f"{where} .all button img").first).to_be_visible(timeout=PATIENCE)
    return page.locator(f"{where} .all button").all_inner_texts()


def test_pictures_are_looked_through_and_one_is_taken(visit: Visit, cifar10_folder: object) -> None:
    page = visit("?tab=data&set=cifar-10-batches-py&split=test&label=cat&sheet=2")
    texts = samples(page)
    assert len(texts) == 40 and all(text.startswith("cat") for text in texts)
    expect(page.locator("#samples .count")).to_have_text("41 to 80 of 1,000")
    expect(page).to_have_url(re.compile(r"tab=data.*split=test.*label=cat.*sheet=2"))
    expect(page.locator("#facts .balance tbody tr")).to_have_count(10)
    expect(page.locator("#pixels .numbers tbody tr")).to_have_count(3, timeout=PATIENCE)
    expect(page.locator("#pixels .means .each img")).to_have_count(10)

    page.locator("#samples .all button").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("PageDown")
    expect(page.locator("#samples .count")).to_have_text("81 to 120 of 1,000")
    expect(page).to_have_url(re.compile("sheet=3"))
    expect(page.locator("#samples .all button").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#truth")).to_contain_text("a test picture; its true class is cat")
    number = int(re.search(r"picture ([\d,]+)", page.locator("#truth").inner_text())[1].replace(",", ""))
    official = CIFAR10(str(cifar10_folder), train=False)
    assert official.targets[number] == 3
    first = [str(value) for value in official.data[number][0, :6, 0]]
    expect(page.locator("#tensor .first").first.locator("tr").first.locator("td")).to_have_text(first)
    page.locator("#samples .split").select_option("validation")
    expect(page).to_have_url(re.compile("split=validation"))
    expect(page.locator("#samples .count")).to_have_text("1 to 40 of 471")
    choose_tab(page, "predict")
    expect(page.locator("#answer .verdict")).to_be_visible()
    assert "sheet" not in page.url and "set=" not in page.url


def test_the_pictures_behind_a_mistake(visit: Visit, cifar10_folder: object) -> None:
    page = visit("?tab=data", **LOOKS["phone, dark, touch"])
    samples(page)
    cell = page.locator("#mistakes button[data-true='3'][data-predicted='5']")
    matrix = model_zoo.load(SHIPPED[0]).card["metrics"]["test"]["confusion_matrix"]
    expect(cell).to_have_text(f"{matrix[3][5]:,}")
    cell.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#mistakes button[data-true='3'][data-predicted='6']")).to_be_focused()
    cell.click()
    texts = samples(page, "#behind")
    assert texts and all(text.startswith("dog ") for text in texts)
    shares = [float(re.search(r"([\d.]+)%", text)[1]) for text in texts]
    assert shares == sorted(shares, reverse=True)
    expect(page.locator("#behind .count")).to_contain_text("true class cat, answer dog")
    assert overflow(page) == 0
    expect_readable(page, "#facts caption", "#samples .name", "#mistakes .quiet", "#behind .count", "#tensor .quiet")


@pytest.mark.skipif(has_test_pictures(), reason="CIFAR-10 is here")
def test_without_data_the_tab_says_how_to_get_some(visit: Visit) -> None:
    page = visit("?tab=data&set=hogweed")
    expect(page.locator("#facts")).to_contain_text("There are no sets of pictures on this server yet")
    expect(page.locator("#facts pre").first).to_contain_text("python -m train describe")
    expect(page.locator("#tensor .first")).to_have_count(2)
    expect(page.locator("#mistakes .confusion tbody tr")).to_have_count(10)
    assert page.locator("#mistakes button").count() == 0
