"""A small network put together in the page by hand and by keys, trained on digits, and opened in Explore."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.actions import choose_tab, wait_until
from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser
PATIENCE = 180_000  # milliseconds for a training, on a busy machine


def kinds(page: Page) -> list[str]:
    return page.locator("#build .layer > .title").all_inner_texts()


def shapes(page: Page) -> list[str]:
    return page.locator("#build .rows .shape").all_inner_texts()


def test_two_networks_are_put_together_trained_and_looked_into(visit: Visit) -> None:
    page = visit("?tab=predict")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert not [name for name in loaded if "/builder/page/" in name]
    choose_tab(page, "build")
    build = page.locator("#build")
    expect(build.locator(".go")).to_be_enabled()
    assert kinds(page) == ["Convolution", "ReLU", "Max pool"]
    assert shapes(page) == ["1 × 8 × 8", "8 × 8 × 8", "8 × 8 × 8", "8 × 4 × 4", "10"]
    expect(build.locator(".total")).to_have_text("1,370 weights to learn in all, biases included")

    # What cannot be is said at its layer, and nothing is trained.
    build.locator(".add").get_by_role("button", name="Convolution").click()
    second = build.locator(".layer").nth(3)
    expect(second.get_by_label("filters")).to_be_focused()
    second.get_by_label("kernel").fill("7")
    second.get_by_label("padding").fill("0")
    expect(second.locator(".words")).to_have_text(
        "A 7 × 7 kernel does not fit into 4 × 4; padding 3 would keep the size."
    )
    expect(build.locator(".go")).to_be_disabled()
    expect(build.locator(".estimate")).to_have_text(re.compile("^This network cannot be"))
    expect(build.locator(".in-code")).to_be_hidden()
    second.get_by_label("kernel").fill("")
    expect(second.locator(".words")).to_have_text("The kernel's side must be from 1 to 7.")
    second.get_by_label("kernel").fill("3")
    second.get_by_label("padding").fill("1")
    expect(build.locator(".go")).to_be_enabled()

    # A number of two digits is typed in one go.
    first = build.locator(".layer").first.get_by_label("filters")
    first.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("24")
    expect(first).to_have_value("24")
    assert shapes(page)[1] == "24 × 8 × 8"
    first.fill("8")

    # By keys: a layer goes up, and the focus with it; undo brings it back.
    second.get_by_label("kernel").press("Alt+ArrowUp")
    assert kinds(page) == ["Convolution", "ReLU", "Convolution", "Max pool"]
    expect(build.locator(".layer").nth(2).get_by_label("filters")).to_be_focused()
    build.locator(".undo").press("Enter")
    assert kinds(page) == ["Convolution", "ReLU", "Max pool", "Convolution"]
    build.locator(".layer .counted").nth(3).press("Enter")
    expect(build.locator(".layer .formula").nth(3)).to_contain_text("16 × (8 × 3 × 3 + 1) = 1,168")

    # A second network beside it, from those to begin with; the address holds both.
    build.locator(".second").click()
    expect(build.locator(".estimate")).to_contain_text("A and B are the same so far")
    build.locator(".starts").select_option(label="Two convolutions with batch norm")
    assert "Batch norm" in kinds(page)
    expect(build.locator(".code")).to_contain_text("nn.BatchNorm2d(16)")
    build.locator("input.epochs").fill("4")
    link = re.compile("build=a:c8k3p1,r,m2,c16k3p1~b:c16k3p1,n,r,m2,c32k3p1,n,r,m2~epochs:4")
    expect(page).to_have_url(link)

    build.locator(".go").click()
    expect(build.locator(".said")).not_to_be_empty()
    outcome = build.locator(".outcome")
    expect(outcome).to_be_visible(timeout=PATIENCE)
    expect(build.locator(".charts svg")).to_have_count(2)
    assert outcome.bounding_box()["y"] < build.locator(".charts").bounding_box()["y"]  # what came of it, first
    told = outcome.locator("strong").all_inner_texts()
    found = [re.fullmatch(r"([AB]): (\d+) of 360 held-out pictures right", one) for one in told]
    assert all(found) and all(one and int(one[2]) > 150 for one in found)
    expect(outcome).to_contain_text("Both have as many right" if len({one[2] for one in found if one}) == 1 else "more")

    outcome.get_by_role("button", name="Open in Explore").nth(1).click()
    expect(page.locator("#bar")).to_contain_text("Network B: 2 convolutions", timeout=PATIENCE)
    expect(page).to_have_url(re.compile("tab=explore"))
    expect(page).to_have_url(
        re.compile(r"picture=digits:validation:0.*step=net\.conv1|step=net\.conv1.*picture=digits")
    )
    wait_until(page, lambda: page.locator("#strip .tile, #strip button").count() > 8)
    expect(page.locator("#strip")).to_contain_text("norm1")
    page.go_back()
    expect(build.locator(".outcome")).to_be_visible()
    assert "Batch norm" in kinds(page)
    outcome.get_by_role("button", name="Compare the two side by side").click()
    expect(page.locator("#other input:checked")).to_have_count(1)
    expect(page.locator("#lanes")).to_contain_text("Network B: 2 convolutions", timeout=PATIENCE)
    choose_tab(page, "curves")
    expect(page.locator("#compared input:checked")).to_have_count(2)

    # Whoever gets the address finds both networks, on a phone as well.
    phone = visit(f"?tab=build&{link.pattern}", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    expect(phone.locator("#build .which input")).to_have_count(2)
    assert kinds(phone) == ["Convolution", "ReLU", "Max pool", "Convolution"]
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
