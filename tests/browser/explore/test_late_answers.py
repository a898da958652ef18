"""What somebody chooses while the answer about a new picture is on its way holds when that answer comes."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

import model_zoo
from demo.pictures import examples
from demo.pictures.decode import open_image
from tests.browser.actions import (
    FIRST_EXAMPLE,
    answering,
    asking,
    asks,
    cell,
    choose_example,
    choose_model,
    expect_address,
    expect_answer,
    expect_step,
    expect_values,
    map_place,
    walked,
)
from tests.browser.conftest import Visit
from tests.conftest import SECOND, SHIPPED

pytestmark = pytest.mark.browser


def new_picture(page: Page, number: int) -> tuple[Route, Path]:
    """Choose an example; the question for everything about it is held back."""
    held: list[Route] = []
    is_about_everything = asks(page, "refresh")

    def hold(route: Route) -> None:
        held.append(route) if is_about_everything(route.request) else route.continue_()

    page.route("**/queue/join*", hold)
    with asking(page, is_about_everything):
        choose_example(page, number)
    return held[0], Path(list(examples.examples().values())[number])


def answered(page: Page, late: Route, picture: Path) -> None:
    late.continue_()
    page.unroute("**/queue/join*")
    label, share = model_zoo.load(SHIPPED[0]).predict(open_image(picture))[0]
    expect(page.locator("#answer .verdict")).to_contain_text(f"{label} {share:.1%}")


def test_a_choice_made_while_a_new_picture_is_on_its_way_holds(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=2&row=1&column=1")
    grid = page.locator("#grid .grid")
    expect(page.locator("#inspector .card").first).to_contain_text("channel 2, row 1, column 1")
    late, picture = new_picture(page, 1)
    page.locator("#grid .sheet").click(position=cell(page, 13))
    expect_address(page, channel=13)
    page.mouse.click(*map_place(page, 6, 7))
    expect_address(page, row=6, column=7)
    answered(page, late, picture)
    first = walked(SHIPPED[0], picture)[0]
    expect(page.locator("#channel .chain canvas").first).to_have_attribute("aria-label", "conv1, channel 13")
    expect(page.locator("#inspector .card").first).to_contain_text(f"{float(first.output[0, 13, 6, 7]):.2f}"[1:])
    expect(page.locator("#channel .words").first).to_contain_text("Channel 13 of conv1")
    expect(grid).to_have_attribute("aria-valuenow", "13")
    expect_values(page, first)
    expect_address(page, step="conv1", channel=13, row=6, column=7)
    # Another step, while the next picture is on its way.
    late, picture = new_picture(page, 2)
    tile = page.locator("#strip .tile[data-step=conv2]")
    channel = re.search(r"Pictured: channel (\d+),", tile.get_attribute("title"))[1]
    tile.click()
    expect_step(page, "conv2")
    answered(page, late, picture)
    expect(page.locator("#channel .chain canvas").first).to_have_attribute("aria-label", f"conv2, channel {channel}")
    expect_address(page, step="conv2", channel=channel)
    expect_step(page, "conv2")
    expect_values(page, next(step for step in walked(SHIPPED[0], picture) if step.name == "conv2"))


def test_an_older_question_about_everything_that_is_answered_last_changes_nothing(visit: Visit) -> None:
    page = visit("?tab=predict")
    late, picture = new_picture(page, 1)
    page.route("**/queue/join*", lambda route: route.continue_())
    choose_model(page, SECOND)
    expect_answer(page, SECOND, picture)
    page.evaluate("window.addEventListener('convscope-fresh', () => { document.title = 'changed'; })")
    with answering(page):
        late.continue_()
    expect_answer(page, SECOND, picture)
    expect_address(page, model=SECOND)
    expect(page).not_to_have_title("changed")


def test_a_calculation_that_fails_says_so_and_can_be_asked_for_again(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=2&row=1&column=1")
    cards = page.locator("#inspector .cards")
    expect(cards).to_contain_text("channel 2, row 1, column 1")

    def spoil(route: Route) -> None:
        body = route.request.post_data_json
        if "ticket" in (body.get("event_data") or {}):
            body["data"][1] = "gone"  # the network
        route.continue_(post_data=body)

    page.route("**/queue/join*", spoil)
    page.mouse.click(*map_place(page, 6, 7))
    expect(cards).to_contain_text("could not be worked out")
    page.unroute("**/queue/join*")
    page.mouse.click(*map_place(page, 6, 7))
    expect(cards).to_contain_text("channel 2, row 6, column 7")


def test_another_network_takes_no_place_from_maps_of_another_size(visit: Visit) -> None:
    """Its step has the same name: the row and column that were clicked would mean another part of the picture."""
    page = visit("?tab=explore&step=conv1&channel=2")
    expect_step(page, "conv1")
    expect(page.locator("#strip .readings span").first).to_be_visible()  # it moves the map down
    page.mouse.click(*map_place(page, 6, 7))
    expect_address(page, channel=2, row=6, column=7)
    name = "invasive-resnet"
    choose_model(page, name)
    values = next(step for step in walked(name, FIRST_EXAMPLE) if step.name == "conv1").output[0]
    channel = int(values.amax((1, 2)).argmax())
    row, column = divmod(int(values[channel].argmax()), values.shape[-1])
    expect_address(page, model=name, step="conv1", channel=channel, row=row, column=column)
    card = page.locator("#inspector .card").first
    expect(card).to_contain_text(f"channel {channel}, row {row}, column {column}")
    expect(page.locator("#grid .grid")).to_have_attribute("aria-valuenow", str(channel))
