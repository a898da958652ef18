"""The whole network in sight: it comes in one answer, lines need no request, and a click goes into the work space."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Route, expect

import model_zoo
from demo.pictures import examples
from demo.pictures.decode import open_image
from model_zoo import walk
from model_zoo.explain.contributions import contributions
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    asking,
    asks,
    choose_example,
    choose_model,
    expect_address,
    expect_step,
    overflow,
    pixels,
    quiet,
    walked,
)
from tests.browser.conftest import Visit
from tests.conftest import SECOND, SHIPPED

pytestmark = pytest.mark.browser
NETWORK = {"view"}


def columns(page: Page) -> list[dict[str, Any]]:
    """Where the columns are, once they are there."""
    sheet = page.locator("#whole-network .sheet")
    expect(sheet).to_have_attribute("data-columns", re.compile("answer"))
    expect(page.locator("#whole-network .frame")).to_be_visible()
    return json.loads(sheet.get_attribute("data-columns"))


def place(page: Page, step: str, channel: int) -> tuple[float, float]:
    """Middle of a channel in the window, after it has been brought there."""
    column = next(each for each in columns(page) if each["step"] == step)
    row, across = divmod(channel, column["across"])
    x = column["left"] + across * column["pitchX"] + column["cellWidth"] / 2
    y = 52 + row * column["pitchY"] + column["cellHeight"] / 2
    left, top = page.locator("#whole-network .area").evaluate(
        """(area, [x, y]) => {
          area.scrollTo(x - area.clientWidth / 2, y - area.clientHeight / 2);
          const box = area.getBoundingClientRect();
          return [box.left - area.scrollLeft, box.top - area.scrollTop];
        }""",
        [x, y],
    )
    return left + x, top + y


def shown(page: Page) -> tuple[str, int, list[str]]:
    """Whose lines are drawn, and where they come from."""
    step, channel, sources = page.locator("#whole-network canvas.lines").get_attribute("data-shown").split(" ")
    return step, int(channel), sources.split(",")


def strongest(file: Path, step: str, channel: int, count: int) -> list[str]:
    model = model_zoo.load(SHIPPED[0])
    x = model.prepare(open_image(file))
    (reading,) = contributions(walk(model.net, x), x, [step])[step]
    return [f"{reading.source}:{n}" for n in np.argsort(-np.abs(reading.matrix[channel]), kind="stable")[:count]]


def test_pointing_asks_nothing_and_a_click_goes_into_the_work_space(visit: Visit) -> None:
    page = visit("?tab=explore&step=relu1&channel=3", viewport={"width": 1366, "height": 768})
    expect_step(page, "relu1")
    with asking(page, asks(page, "wanted")):
        page.get_by_role("radio", name="Whole network").check(force=True)
    expect(page.locator("#maps")).to_be_hidden()
    assert [each["step"] for each in columns(page)][:3] == ["input", "conv1", "relu1"]
    expect_address(page, NETWORK, view="network", step="relu1")
    assert shown(page) == ("relu1", 3, ["conv1:3"])
    quiet(page)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    blank = pixels(page.locator("#whole-network canvas.lines"))
    page.mouse.move(*place(page, "conv4", 17))
    words = page.locator("#whole-network .words")
    expect(words).to_contain_text("conv4, channel 17")
    first = strongest(FIRST_EXAMPLE, "conv4", 17, 8)
    step, channel, sources = shown(page)
    assert (step, channel) == ("conv4", 17) and set(sources) == set(first)
    expect(words).to_contain_text(f"Strongest inputs of 128: relu3, channel {first[0].split(':')[1]} ")
    assert (pixels(page.locator("#whole-network canvas.lines")) != blank).any()
    for step, channel in (("pool2", 5), ("flatten", 9), ("fc1", 700), ("answer", 2), ("input", 1)):
        page.mouse.move(*place(page, step, channel))
        page.wait_for_function(
            "start => document.querySelector('#whole-network canvas.lines').dataset.shown.startsWith(start)",
            arg=f"{step} {channel} ",
        )
    assert not requests
    page.mouse.click(*place(page, "conv2", 40))
    expect_step(page, "conv2")
    expect_address(page, step="conv2", channel=40)
    expect(page.locator("#maps")).to_be_visible()
    page.go_back()
    expect(page.locator("#whole-network .frame")).to_be_visible()


def test_by_keyboard_and_from_a_link(visit: Visit) -> None:
    page = visit("?tab=explore&view=network&step=conv1&channel=3")
    across = columns(page)[1]["across"]
    expect(page.get_by_role("radio", name="Whole network")).to_be_checked()
    page.locator("#whole-network .area").focus()
    page.keyboard.press("ArrowDown")
    words = page.locator("#whole-network [role=status]")
    expect(words).to_contain_text(f"conv1, channel {3 + across}")
    page.keyboard.press("Home")
    expect(words).to_contain_text("of the picture")
    page.keyboard.press("PageDown")
    step, channel, _ = shown(page)
    assert step == "conv1"
    page.keyboard.press("Enter")
    expect_step(page, "conv1")
    expect_address(page, step="conv1", channel=channel)
    expect(page.locator("#grid .grid")).to_be_focused()
    page.get_by_role("radio", name="One step").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#whole-network .frame")).to_be_visible()


@pytest.mark.parametrize("name", ["cifar10-resnet", "imagenet-efficientnet-lite0"])
def test_every_network_opens_and_its_blocks_unfold(visit: Visit, name: str) -> None:
    page = visit(f"?tab=explore&view=network&model={name}", viewport={"width": 1366, "height": 768})
    before = [each["step"] for each in columns(page)]
    folded = page.locator("#whole-network .heads button[aria-expanded=false]")
    if not folded.count():
        assert before == ["input", *(step.name for step in walked(name, FIRST_EXAMPLE)), "answer"]
        return
    folded.nth(1).click()
    page.wait_for_function(
        "count => JSON.parse(document.querySelector('#whole-network .sheet').dataset.columns).length > count",
        arg=len(before),
    )
    after = [each["step"] for each in columns(page)]
    assert set(before) < set(after)
    inside = next(step for step in after if step not in before)
    page.mouse.move(*place(page, inside, 0))
    expect(page.locator("#whole-network .words")).to_contain_text(inside)
    assert shown(page)[0] == inside


def test_another_picture_and_a_change_are_followed_and_late_answers_ignored(visit: Visit) -> None:
    page = visit("?tab=explore&view=network&step=conv1&channel=3")
    columns(page)
    held: list[Route] = []
    is_one = asks(page, "wanted")
    page.route("**/queue/join*", lambda route: held.append(route) if is_one(route.request) else route.continue_())
    with asking(page, is_one):
        choose_example(page, 1)
    with asking(page, is_one):
        choose_example(page, 2)
    late, newest = held[-2:]
    newest.continue_()
    label, share = model_zoo.load(SHIPPED[0]).predict(open_image(list(examples.examples().values())[2]))[0]
    first = page.locator(f"#whole-network .class[title^='{label} ']")
    expect(first).to_have_attribute("title", f"{label} {100 * share:.1f} %")
    late.continue_()
    page.unroute("**/queue/join*")
    quiet(page)
    expect(first).to_have_attribute("title", f"{label} {100 * share:.1f} %")
    with asking(page, asks(page, "wanted")):
        choose_model(page, SECOND)
    label, share = model_zoo.load(SECOND).predict(open_image(list(examples.examples().values())[2]))[0]
    expect(page.locator(f"#whole-network .class[title='{label} {100 * share:.1f} %']")).to_have_count(1)


def test_on_a_phone_the_first_touch_shows_the_lines_and_the_second_opens(visit: Visit) -> None:
    page = visit("?tab=explore&view=network&step=conv1&channel=3", **LOOKS["phone, dark, touch"])
    columns(page)
    assert overflow(page) == 0
    page.locator("#whole-network").scroll_into_view_if_needed()
    page.touchscreen.tap(*place(page, "relu1", 8))
    expect(page.locator("#whole-network .words")).to_contain_text("relu1, channel 8")
    expect(page.locator("#whole-network .frame")).to_be_visible()
    page.get_by_role("button", name="Open this channel").tap()
    expect_step(page, "relu1")
    expect_address(page, step="relu1", channel=8)


def test_all_in_sight_moves_frame_and_lines_with_the_channel(visit: Visit) -> None:
    page = visit("?tab=explore&view=network&step=conv3&channel=20", viewport={"width": 1366, "height": 768})
    lines = page.locator("#whole-network canvas.lines")
    page.mouse.move(*place(page, "conv3", 20))
    expect(lines).to_have_attribute("data-shown", re.compile(r"^conv3 20 "))
    page.get_by_role("checkbox", name="All in sight").check()
    found = pixels(lines)
    # As when the channel is pointed at anew.
    for step, channel in (("conv1", 2), ("conv3", 20)):
        page.mouse.move(*place(page, step, channel))
        expect(lines).to_have_attribute("data-shown", re.compile(rf"^{step} {channel} "))
    assert (pixels(lines) == found).all()
