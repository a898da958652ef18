"""The effective field over the picture: of the chosen value, of no other one, and off again."""

import re

import numpy as np
import pytest
from playwright.sync_api import Route, expect

import model_zoo
from demo.pictures.decode import open_image
from model_zoo.explain.receptive_field import effective_field
from tests.browser.actions import FIRST_EXAMPLE, asking, expect_step, map_place, pixels, sent
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser


def test_the_effective_field_follows_the_chosen_value_and_is_never_another_ones(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv2&channel=10")
    expect_step(page, "conv2")
    button, heat, told = (page.locator(f"#channel .{name}") for name in ("effective", "heat", "told"))
    button.focus()
    page.keyboard.press("Enter")
    expect(told).to_contain_text("Choose a value on the map")
    expect(heat).to_be_hidden()
    page.locator("#channel .large").focus()
    page.keyboard.press("Enter")
    expect(told).to_contain_text("at row 0, column 0 of conv2 comes from")
    page.mouse.click(*map_place(page, 12, 20))
    expect(told).to_contain_text("at row 12, column 20 of conv2 comes from")
    expect(heat).to_be_visible()
    model = model_zoo.load(SHIPPED[0])
    field = effective_field(model.net, model.prepare(open_image(FIRST_EXAMPLE)), "conv2", 10, 12, 20)
    row, column = (int(n) for n in np.unravel_index(field.argmax(), field.shape))
    expect(page.locator("#channel .influence .high")).to_have_text(re.compile(f"^{field.max():.3g}"[:4]))
    box = heat.bounding_box()
    page.mouse.move(box["x"] + (column + 0.5) * box["width"] / 32, box["y"] + (row + 0.5) * box["height"] / 32)
    read = page.locator("#channel .read")
    expect(read).to_contain_text(f"Pixel in row {row}, column {column}: ")
    assert float(read.inner_text().split(": ")[1]) == pytest.approx(field.max(), rel=0.01)
    drawn = pixels(heat)
    assert drawn[row, column, 1] == drawn[..., 1].min() < 60 < drawn[row, column, 0]  # dark red
    # Another value is pointed at: its box, without the map of the chosen one; then another is chosen.
    page.mouse.move(*map_place(page, 3, 3))
    expect(heat).to_be_hidden()
    asked: list[Route] = []
    page.route("**/queue/join*", lambda route: asked.append(route))
    with asking(page):  # when the choice rests
        page.locator("#channel input.row").fill("30")
        expect(told).to_have_text("Working it out …")
        expect(heat).to_be_hidden()
    assert asked
    expect(heat).to_be_hidden()
    for route in asked:
        route.continue_()
    page.unroute("**/queue/join*")
    expect(told).to_contain_text("at row 30, column 20 of conv2 comes from")
    expect(heat).to_be_visible()
    # Another is chosen and, before its map comes, the one before again: that late map is nobody's.
    late: list[Route] = []
    keys = {"step", "channel", "row", "column", "ticket"}

    def hold(route: Route) -> None:
        is_about_influence = keys == set(route.request.post_data_json.get("event_data") or ())
        late.append(route) if is_about_influence else route.continue_()

    page.route("**/queue/join*", hold)
    with asking(page, lambda request: keys == set(sent(request))):
        page.locator("#channel input.row").fill("5")
        expect(told).to_have_text("Working it out …")
    page.locator("#channel input.row").fill("30")
    expect(told).to_contain_text("at row 30, column 20 of conv2 comes from")
    page.evaluate("window.addEventListener('convscope-influence', () => { document.title = 'late'; })")
    late.pop().continue_()
    expect(page).to_have_title("late")
    page.mouse.move(*map_place(page, 3, 3))
    page.mouse.move(*map_place(page, 30, 20))
    expect(told).to_contain_text("at row 30, column 20 of conv2 comes from")
    expect(heat).to_be_visible()
    page.unroute("**/queue/join*")
    button.click()
    expect(heat).to_be_hidden()
    expect(told).to_be_hidden()
    expect(page.locator("#channel .seen")).to_be_visible()
