"""Learning by epoch and two lanes: by mouse, keyboard and finger, against what the networks compute."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

import model_zoo
from demo.pictures.decode import open_image
from demo.render.corruptions import disturbed
from model_zoo import Model
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    OTHER,
    choose_example,
    choose_model,
    choose_tab,
    expect_address,
    expect_readable,
    overflow,
    pixels,
    query,
)
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
NAME = SHIPPED[0]


def step_of(model: Model, step: str, picture: Any) -> np.ndarray:
    """(channels, height, width)"""
    walked = model_zoo.walk(model.net, model.prepare(picture))
    return next(each.output[0].numpy() for each in walked if each.name == step)


def expect_signs(canvas: Locator, values: np.ndarray) -> None:
    """Red where values are above zero, blue where they are below; near zero it may be white."""
    drawn = pixels(canvas)
    clear = np.abs(values) > 0.03 * np.abs(values).max()
    assert drawn.shape[:2] == values.shape
    assert (np.sign(drawn[..., 0] - drawn[..., 2]) == np.sign(values))[clear].all()


def questions(page: Page) -> list[Any]:
    """The list to which the page's questions about maps are added; other parts of the page ask for news meanwhile."""
    asked: list[Any] = []

    def note(request: Any) -> None:
        data = request.post_data_json if request.url.split("?")[0].endswith("/queue/join") else None
        if isinstance(event := (data or {}).get("event_data"), dict) and event.keys() & {"query", "step"}:
            asked.append(event)

    page.on("request", note)
    return asked


def test_the_slider_shows_every_epoch_without_asking_the_server(visit: Visit) -> None:
    page = visit("?tab=curves&step=conv2&channel=5")
    part = page.locator("#epochs")
    part.scroll_into_view_if_needed()
    expect(part.locator(".frame")).to_have_count(6)
    picture = open_image(FIRST_EXAMPLE)
    asked = questions(page)
    slider = part.get_by_label("Epoch", exact=True)
    slider.focus()
    for epoch in (8, 4, 2):
        page.keyboard.press("ArrowLeft")
        model = model_zoo.load(NAME, epoch=epoch)
        label, share = model.predict(picture)[0]
        expect(part.locator(".standing")).to_contain_text(f"Epoch {epoch} of 10")
        expect(part.locator(".answer tr.first")).to_contain_text(re.compile(rf"{label}.*{100 * share:.1f} %"))
        expect_address(page, step="conv2", channel=5, epoch=epoch, allowed={"epoch"})
        shown = part.locator(".large canvas")
        own = step_of(model, "conv2", picture)[5]
        assert pixels(shown).shape[:2] == own.shape
        cursors = page.locator("#charts .cursor")
        chart = page.locator("#charts svg[data-last]").first
        left, right = (float(chart.get_attribute(f"data-{side}")) for side in ("left", "right"))
        assert float(cursors.first.get_attribute("x1")) == pytest.approx(left + (right - left) * epoch / 10)
        expect(cursors).to_have_count(3)
    part.get_by_label("each epoch on its own scale").check()
    expect_signs(shown, own)
    part.get_by_role("button", name="Play").click()
    expect(part.locator(".standing")).to_contain_text("Epoch 8 of 10")
    part.get_by_role("button", name="Pause").click()
    assert not asked
    again = visit("?" + urlsplit(page.url).query)
    again.locator("#epochs").scroll_into_view_if_needed()
    expect(again.locator("#epochs .standing")).to_contain_text("Epoch 8 of 10")


def test_what_is_picked_by_epoch_is_picked_everywhere(visit: Visit) -> None:
    page = visit("?tab=curves", **LOOKS["phone, dark, touch"])
    part = page.locator("#epochs")
    part.scroll_into_view_if_needed()
    part.get_by_role("combobox", name="Step").select_option("relu3")
    expect(part.locator(".map h4")).to_have_text(re.compile(r"^relu3, channel \d+, at epoch 10$"))
    channel = part.get_by_role("spinbutton", name="Channel")
    channel.fill("100")
    channel.press("Enter")
    expect(part.locator(".map h4")).to_have_text("relu3, channel 100, at epoch 10")
    part.locator(".frame").nth(1).tap()
    expect(part.locator(".map h4")).to_have_text("relu3, channel 100, at epoch 1")
    expect_readable(page, "#epochs .standing", "#epochs .note", "#epochs .spoken", "#epochs .frame")
    assert overflow(page) <= 0
    choose_tab(page, "explore")
    expect(page.locator("#grid .grid")).to_have_attribute("aria-valuenow", "100")
    choose_model(page, "cifar10-resnet")
    choose_tab(page, "curves")
    part.scroll_into_view_if_needed()
    expect(part.locator(".message")).to_contain_text("cannot be replayed")
    expect(page.locator("#charts .cursor")).to_have_count(0)


@pytest.mark.parametrize(("tab", "widget", "shown"), [("compare", "lanes", ".left h4"), ("curves", "epochs", ".frame")])
def test_a_question_that_fails_is_asked_again_when_the_reader_comes_back(
    visit: Visit, tab: str, widget: str, shown: str
) -> None:
    page = visit("?tab=predict")

    def spoil(route: Route) -> None:
        body = route.request.post_data_json
        if {"query", "ticket"} <= set(body.get("event_data") or ()):
            body["data"][0] = "gone"  # the network
        route.continue_(post_data=body)

    page.route("**/queue/join*", spoil)
    choose_tab(page, tab)
    part = page.locator(f"#{widget}")
    part.scroll_into_view_if_needed()
    expect(page.get_by_text("There is no network named").first).to_be_visible()
    expect(part.locator(".message")).to_contain_text("could not be worked out")
    page.unroute("**/queue/join*")
    choose_tab(page, "predict")
    choose_tab(page, tab)
    part.scroll_into_view_if_needed()
    expect(part.locator(shown).first).to_be_visible()


def test_a_disturbed_copy_beside_the_picture(visit: Visit) -> None:
    page = visit("?tab=compare&step=conv2")
    lanes = page.locator("#lanes")
    page.locator("#kind").get_by_label("Blur").check()
    expect_address(page, disturb="blur", strength=1, allowed=SETTINGS)
    picture = open_image(FIRST_EXAMPLE)
    model = model_zoo.load(NAME)
    worse = disturbed(model.crop(picture), "blur", 1.0)
    expect_answers(lanes, model.predict(picture)[0], model.predict(worse)[0])
    expect(lanes.locator(".tile")).to_have_count(21)
    asked = questions(page)
    for x in range(10, 100, 10):
        lanes.locator(".left .all").hover(position={"x": x, "y": 40})
    expect(lanes.locator(".pointed")).to_contain_text("difference")
    assert not asked  # neither for maps nor for values under the pointer
    lanes.locator(".three").focus()
    page.keyboard.press("ArrowRight")
    expect(lanes.locator(".difference .own")).to_contain_text("mean")
    before, after = (step_of(model, "conv2", shown)[1] for shown in (picture, worse))
    for side, values in (("left", before), ("right", after), ("difference", after - before)):
        canvas = lanes.locator(f".{side} .large canvas")
        assert pixels(canvas).shape[:2] == (32, 32)
        if side != "difference":
            expect_signs(canvas, values)
    expect_address(page, step="conv2", channel=1, allowed=SETTINGS)
    lanes.get_by_label("stretch the difference").check()
    expect_signs(lanes.locator(".difference .large canvas"), after - before)
    assert len(asked) == 1  # the Explore tab follows once the choice rests
    lanes.locator(".tile[data-step=fc3]").click()
    expect(lanes.locator(".left h4")).to_contain_text("fc3, value 1 (automobile)")
    again = visit("?" + urlsplit(page.url).query)
    assert query(again) == query(page)
    expect(again.locator("#kind").get_by_label("Blur")).to_be_checked()
    expect(again.locator("#lanes .left h4")).to_contain_text("fc3, value 1")
    expect_answers(again.locator("#lanes"), model.predict(picture)[0], model.predict(worse)[0])


def test_two_networks_and_two_pictures(visit: Visit) -> None:
    page = visit("?tab=compare&lane=networks&step=conv3", **LOOKS["phone, light"])
    lanes, picture = page.locator("#lanes"), open_image(FIRST_EXAMPLE)
    lanes.scroll_into_view_if_needed()
    first, second = (model_zoo.load(name) for name in SHIPPED[:2])
    expect_answers(lanes, first.predict(picture)[0], second.predict(picture)[0])
    lanes.get_by_label("the channel of the same number").check()
    expect(lanes.locator(".right h4")).to_have_text("Right: conv3, channel 0")
    expect_signs(lanes.locator(".right .large canvas"), step_of(second, "conv3", picture)[0])
    assert overflow(page) <= 0
    page.locator("#mode").get_by_label("Two pictures").check()
    expect(lanes.locator(".message")).to_contain_text("second picture")
    page.locator("#second input[type=file]").set_input_files(OTHER)
    expect_answers(lanes, first.predict(picture)[0], first.predict(open_image(OTHER))[0])
    expect_address(page, lane="pictures", step="conv3", allowed=SETTINGS)
    assert Path(OTHER).stem not in page.url
    choose_example(page, "Tower at dusk")  # the same picture as the second: the lanes follow
    expect(lanes.locator(".difference .own")).to_have_text("0 to 0, mean 0")


SETTINGS = {"lane", "other", "disturb", "strength", "seed"}


def expect_answers(lanes: Locator, left: tuple[str, float], right: tuple[str, float]) -> None:
    words = [f"{side}: {label}, {100 * share:.1f} %" for side, (label, share) in (("Left", left), ("Right", right))]
    expect(lanes.locator(".verdict-words")).to_contain_text(f"{words[0]}. {words[1]}.")
