"""The start: what somebody meets who opens the page for the first time."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import model_zoo
from demo.pictures.decode import open_image
from demo.pictures.patterns import gradio_photographs
from demo.tabs.start.start import edge_channel
from tests.browser.actions import FIRST_EXAMPLE, LOOKS, expect_address, expect_readable, pixels, walked
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
NAME = SHIPPED[0]
LION = gradio_photographs()["Lion"]
STAGES = 6


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def expect_stage(page: Page, number: int, heading: str) -> None:
    """The stage is there, its heading has the focus, Skip is there, and all of it is in sight without scrolling."""
    start = dialog(page)
    expect(start.locator(".count")).to_have_text(f"Step {number} of {STAGES}")
    expect(start.get_by_role("heading")).to_have_text(heading)
    expect(start.get_by_role("heading")).to_be_focused()
    expect(start.get_by_role("button", name="Skip")).to_be_in_viewport(ratio=1)
    window = page.viewport_size
    assert start.bounding_box() == {"x": 0, "y": 0, **window}
    assert start.evaluate("part => [part.scrollHeight - part.clientHeight, part.scrollWidth - part.clientWidth]") == [
        0,
        0,
    ]
    for part in start.locator("button, canvas, h2, p").all():
        if part.is_visible():
            box = part.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= window["width"], part
            assert box["y"] >= 0 and box["y"] + box["height"] <= window["height"], part
            assert not part.evaluate("part => part.matches('button')") or box["height"] >= 44


def expect_compared(page: Page, guess: str, answer: list[tuple[str, float]]) -> None:
    """The reader's word beside the network's, and its five most probable ones."""
    label, share = answer[0]
    expect(dialog(page).locator("dd")).to_have_text([guess, f"{label} {share:.1%}".replace("%", " %")])
    rows = dialog(page).locator(".bars tr")
    expect(rows).to_have_text([re.compile(rf"{name}\s*{part:.1%}".replace("%", " %")) for name, part in answer[:5]])
    expect_readable(page, "#start h2", "#start dt", "#start .bars th", "#start .bars caption", "#start .count")


def expect_map(page: Page) -> None:
    """The map is that of the walk: red above 0, blue below."""
    step = walked(NAME, FIRST_EXAMPLE)[0]
    values = step.output[0, edge_channel(step)].numpy()
    canvas = dialog(page).locator("canvas.map")
    page.wait_for_function(
        "canvas => canvas.getContext('2d').getImageData(31, 31, 1, 1).data[3] > 0", arg=canvas.element_handle()
    )
    drawn = pixels(canvas)
    assert drawn.shape == (32, 32, 4) and (drawn[..., 3] == 255).all()
    clear = np.abs(values) > 0.02 * np.abs(values).max()
    assert (np.sign(drawn[..., 0] - drawn[..., 2]) == np.sign(values))[clear].all()
    assert clear.mean() > 0.5
    box = canvas.bounding_box()
    for row, column in ((3, 9), (20, 15)):
        canvas.hover(position={"x": (column + 0.5) * box["width"] / 32, "y": (row + 0.5) * box["height"] / 32})
        expect(dialog(page).locator(".sum")).to_have_text(f"= {values[row, column]:.2f}".replace("-", "\N{MINUS SIGN}"))


@pytest.mark.parametrize(
    ("look", "door", "tab"),
    [
        ({"viewport": {"width": 1280, "height": 720}}, "Explore", "explore"),
        pytest.param(
            {"viewport": {"width": 1366, "height": 768}, "color_scheme": "dark", "reduced_motion": "reduce"},
            *("Teach a class", "teach"),
            marks=pytest.mark.full,
        ),
        (
            LOOKS["phone, light"] | {"has_touch": True, "is_mobile": True, "reduced_motion": "reduce"},
            *("Teach a class", "teach"),
        ),
    ],
)
def test_the_whole_start(visit: Visit, look: dict, door: str, tab: str) -> None:
    model = model_zoo.load(NAME)
    page = visit(start=True, **look)
    guesses, further = dialog(page).locator(".guess"), dialog(page).locator(".next")
    expect(guesses).to_have_text(model.classes)
    expect_stage(page, 1, "What is this?")
    guesses.get_by_text("automobile").click()
    expect_stage(page, 2, "This is all that a network gets")
    seen = np.asarray(model.picture(model.prepare(open_image(FIRST_EXAMPLE))))
    canvas = dialog(page).locator("canvas.seen")
    expect(canvas).to_have_js_property("width", 32)
    assert (pixels(canvas)[..., :3] == seen).all()
    side = canvas.bounding_box()["width"] / 32
    canvas.hover(position={"x": 12.5 * side, "y": 20.5 * side})
    red, green, blue = seen[20, 12]
    expect(dialog(page).locator(".text")).to_contain_text(f"Row 20, column 12: red {red}, green {green}, blue {blue}")
    further.click()
    expect_stage(page, 3, "Your word and the network’s")
    expect_compared(page, "automobile", model.predict(open_image(FIRST_EXAMPLE)))
    further.click()
    expect_stage(page, 4, "How can numbers know that?")
    expect_map(page)
    further.click()
    expect_stage(page, 5, "And what is this?")
    guesses.get_by_text("cat").click()
    expect_stage(page, 6, "It is a lion")
    expect_compared(page, "cat", model.predict(open_image(LION)))
    expect(dialog(page).locator(".text")).to_contain_text("It knows 10 words, and none is lion.")
    dialog(page).get_by_role("button", name=door).click()
    expect(dialog(page)).to_have_count(0)
    expect_address(page, tab=tab)
    expect(page.locator({"explore": "#strip .tile", "teach": "#teach button"}[tab]).first).to_be_visible()
    page.goto(page.url.split("?")[0])
    expect(page.locator("#answer .verdict")).to_have_count(1)
    expect(dialog(page)).to_have_count(0)  # whoever has finished it does not meet it again


def test_skipped_by_keyboard_and_begun_again(visit: Visit) -> None:
    page = visit(start=True)
    expect(dialog(page).locator(".guess")).to_have_count(10)
    page.keyboard.press("Tab")
    expect(dialog(page).locator(".guess").first).to_be_focused()
    page.keyboard.press("Enter")
    expect_stage(page, 2, "This is all that a network gets")
    page.keyboard.press("Escape")
    expect(dialog(page)).to_have_count(0)
    address = page.url.split("?")[0]
    page.goto(address)
    expect(page.locator("#answer .verdict")).to_have_count(1)
    expect(dialog(page)).to_have_count(0)
    page.get_by_role("button", name="Start again").click()
    expect(dialog(page).locator(".guess")).to_have_count(10)
    expect_stage(page, 1, "What is this?")
    dialog(page).get_by_role("button", name="Skip").click()
    expect(dialog(page)).to_have_count(0)
    page.goto(f"{address}?start=1")
    expect(dialog(page).locator(".guess")).to_have_count(10)
    dialog(page).get_by_role("button", name="Skip").click()
    expect(page).not_to_have_url(re.compile("start="))  # nor does a reload, or a link to this page


def test_a_link_never_shows_it(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv2", start=True)
    expect(page.locator("#strip .tile").first).to_be_visible()
    expect(page.get_by_role("button", name="Start again")).to_have_count(1)  # the start is there, and closed
    expect(dialog(page)).to_have_count(0)
