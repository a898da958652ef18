"""The Why tab: maps of what speaks for a class, read with mouse and keyboard, never those of another picture."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

import model_zoo
from demo.pictures.decode import open_image
from model_zoo.explain import attribution
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    PHOTO,
    choose_model,
    choose_segment,
    choose_tab,
    open_panel,
    overflow,
    pixels,
)
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
NAME = SHIPPED[0]
LONG = 60_000  # milliseconds, for a busy machine to run a network some hundred times


def answer(name: str, file) -> str:
    return model_zoo.load(name).predict(open_image(file))[0][0]


def expect_map(page: Page, label: str) -> None:
    expect(page.locator("#why .content")).to_be_visible(timeout=LONG)
    expect(page.locator("#why .content.old")).to_have_count(0, timeout=LONG)
    expect(page.locator("#why .words")).to_contain_text(f"The score of {label} ", timeout=LONG)


def test_the_map_its_values_and_its_checks(visit: Visit) -> None:
    page = visit()
    choose_tab(page, "why")
    label = answer(NAME, FIRST_EXAMPLE)
    expect_map(page, label)
    expect(page.locator("#why .label option:checked")).to_contain_text("(the answer)")
    # The redder of two places is the one with the larger value.
    model = model_zoo.load(NAME)
    x = model.prepare(open_image(FIRST_EXAMPLE))
    values = attribution.grad_cam(model.net, x, model.classes.index(label)).values
    page.locator("#why .smooth").uncheck()
    slider = page.locator("#why .opacity")
    slider.focus()
    page.keyboard.press("End")  # the map alone
    drawn = pixels(page.locator("#why .view canvas"))
    rows, columns = values.shape
    cell = drawn.shape[0] // rows
    red = (255 - drawn[cell // 2 :: cell, cell // 2 :: cell, 1]).astype(float)
    assert red.shape == (rows, columns)
    assert np.corrcoef(red.flatten(), values.flatten())[0, 1] > 0.97 and (red[values.numpy() == 0] == 0).all()
    # By keyboard, with the value in words.
    page.locator("#why .view canvas").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    middle = float(values[rows // 2, columns // 2 - 1])
    pointed = page.locator("#why .pointed")
    expect(pointed).to_contain_text(f"Row {rows // 2}, column {columns // 2 - 1} of {rows} × {columns}:")
    assert float(pointed.inner_text().split(": ")[1].replace("−", "-")) == pytest.approx(middle, rel=0.01, abs=1e-4)
    expect(page.locator("#checks h4")).to_have_count(3, timeout=LONG)
    expect(page.locator("#checks figcaption").last).to_contain_text("Area under the curve")
    assert not page.locator("#checks svg").evaluate(
        """svg => [...svg.querySelectorAll('text')].map((text) => text.getBBox()).filter(
          (box) => box.x < 0 || box.x + box.width > svg.viewBox.baseVal.width).length"""
    )


def test_the_address_holds_class_and_method_and_another_network_leaves_nothing_old(visit: Visit) -> None:
    page = visit(f"?tab=why&model={NAME}&method=occlusion&class=ship", **LOOKS["phone, dark, touch"])
    expect_map(page, "ship")
    expect(page.locator("#why .methods :checked")).to_have_value("occlusion")
    assert overflow(page) <= 0
    choose_model(page, SHIPPED[1])
    expect_map(page, "ship")
    probability = dict(model_zoo.load(SHIPPED[1]).predict(open_image(FIRST_EXAMPLE)))["ship"]
    expect(page.locator("#why .words")).to_contain_text(f"its probability {probability:.1%}.")
    page.locator("#why .label").select_option("truck")
    expect(page).to_have_url(re.compile(r"class=truck"))
    page.locator("#why .methods").get_by_text("Grad-CAM", exact=True).click()
    expect(page).not_to_have_url(re.compile(r"method="))
    expect_map(page, "truck")
    expect(page.locator("#why .step")).to_be_visible()


def test_another_picture_asks_again(visit: Visit) -> None:
    page = visit(f"?tab=why&model={NAME}")
    expect_map(page, answer(NAME, FIRST_EXAMPLE))
    open_panel(page, "picture").get_by_label("Remove Image").first.click()
    expect(page.locator("#why .status")).to_contain_text("Give it a picture first")
    expect(page.locator("#why .content")).to_be_hidden()
    page.locator("#picture input[type=file]").set_input_files(PHOTO)
    expect_map(page, answer(NAME, PHOTO))


def test_what_excites_a_channel_goes_with_the_channel(visit: Visit) -> None:
    page = visit(f"?tab=explore&model={NAME}&step=conv1&channel=3")
    choose_segment(page, "Excites")
    page.get_by_role("button", name="Draw a picture that raises its value").click()
    expect(page.locator("#film")).to_contain_text("channel 3 of conv1", timeout=LONG)
    expect(page.locator("#film figure")).to_have_count(8)
    page.locator("#channel canvas").first.click(position={"x": 40, "y": 40})  # a value of the same channel
    expect(page).to_have_url(re.compile("row="))
    expect(page.locator("#film figure")).to_have_count(8)
    page.locator("#strip .tile[data-step=relu1]").click()
    expect(page.locator("#film figure")).to_have_count(0)
