"""Every step and channel of the networks: by mouse, by keyboard, by finger, and faster than the server answers."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

import model_zoo
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    PHOTO,
    asking,
    cell,
    expect_address,
    expect_step,
    expect_values,
    pixels,
    upload,
    walked,
)
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser


def test_a_touch_of_the_finger_picks(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv2", **LOOKS["phone, dark, touch"])
    expect_step(page, "conv2")
    channel = int(page.locator("#grid .sheet").get_attribute("data-order").split()[5])
    tap_channel(page, channel)
    expect(page.locator("#grid .grid")).to_have_attribute("aria-valuenow", str(channel))
    expect(page.locator("#channel .words")).to_contain_text(f"Channel {channel} of conv2")


@pytest.mark.parametrize("name", [SHIPPED[0], *(pytest.param(name, marks=pytest.mark.full) for name in SHIPPED[1:])])
def test_every_step_by_mouse(visit: Visit, name: str) -> None:
    page = visit(f"?model={name}&tab=explore")
    upload(page, PHOTO)
    expect_answer_is_there(page)
    steps = walked(name, PHOTO)
    folded = page.locator("#strip .blocks button[aria-expanded=false]")
    for number in folded.evaluate_all("buttons => buttons.map((button) => button.dataset.block)"):
        unfold(page).locator(f"button[data-block='{number}']").click()
    expect(page.locator("#strip .tile b")).to_have_count(len(steps))
    shown = page.locator("#strip .tile").evaluate_all("tiles => tiles.map((tile) => tile.dataset.step)")
    assert shown == [step.name for step in steps]
    for step in steps[1:] + steps[:1]:
        page.locator(f"#strip .tile[data-step='{step.name}']").click()
        expect_step(page, step.name)
        expect_address(page, model=name, tab="explore", step=step.name)
        expect_values(page, step)


def unfold(page: Page) -> Locator:
    """The buttons that fold and unfold the network's blocks."""
    if not page.locator("#strip .blocks").is_visible():
        page.locator("#strip .folding summary").click()
    return page.locator("#strip .blocks")


def expect_answer_is_there(page: Page) -> None:
    """Also while another tab is open."""
    expect(page.locator("#answer .verdict")).to_have_count(1)
    expect(page.locator("#grid h3")).to_be_visible()


def test_every_step_by_keyboard(visit: Visit) -> None:
    page = visit("?tab=explore")
    steps = [step.name for step in walked(SHIPPED[0], PHOTO)]
    page.locator("#strip .strip").focus()
    for step in steps[1:]:
        page.keyboard.press("ArrowRight")
        expect_step(page, step)
    page.keyboard.press("ArrowRight")  # there is no further one
    page.keyboard.press("Home")
    expect_step(page, steps[0])
    page.keyboard.press("End")
    expect_step(page, steps[-1])
    page.keyboard.press("ArrowLeft")
    expect_step(page, steps[-2])


def test_a_key_held_down_ends_where_it_is_released(visit: Visit) -> None:
    """Faster than the server answers: no answer that comes late may take the choice back."""
    page = visit("?tab=explore")
    steps = [step.name for step in walked(SHIPPED[0], PHOTO)]
    expect(page.locator("#grid h3")).not_to_be_empty()
    page.locator("#strip .strip").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect_step(page, steps[12])
    expect_address(page, step=steps[12])
    page.locator("#grid .grid").focus()
    page.keyboard.press("Home")
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    tenth = order(page)[9]
    expect(page.locator("#channel .words")).to_contain_text(f"Channel {tenth} of {steps[12]}")
    expect_address(page, step=steps[12], channel=tenth)


def test_a_lost_answer_blocks_nothing(visit: Visit) -> None:
    """As when the connection breaks: the next choice waits for a while, then it is made."""
    page = visit("?tab=explore")
    page.evaluate(
        """() => {
          const dispatch = window.dispatchEvent.bind(window);
          window.dispatchEvent = (event) => event.type === 'convscope-answered' || dispatch(event);
        }"""
    )
    for step in ("relu1", "conv2"):
        page.locator(f"#strip .tile[data-step={step}]").click()
        expect_step(page, step)


def test_a_refused_choice_can_be_made_again_at_once(visit: Visit) -> None:
    page = visit("?tab=explore")
    refused = []

    def spoil(route: Route) -> None:
        body = route.request.post_data_json
        picks = isinstance(body.get("event_data"), dict) and body["event_data"].get("step") == "conv2"
        if picks and not refused:
            refused.append(body["event_data"].pop("step"))
        route.continue_(post_data=json.dumps(body))

    page.route("**/queue/join*", spoil)
    tile = page.locator("#strip .tile[data-step=conv2]")
    tile.click()
    expect(page.get_by_text("The page sent a choice that cannot be understood")).to_be_visible()
    assert refused
    expect(tile).to_have_attribute("aria-selected", "false")
    tile.click()
    expect_step(page, "conv2")


def tap_channel(page: Page, channel: int) -> None:
    page.locator("#grid .sheet").tap(position=cell(page, channel))


def order(page: Page) -> list[int]:
    """The channels as the grid shows them."""
    return [int(channel) for channel in page.locator("#grid .sheet").get_attribute("data-order").split()]


def test_a_channel_by_mouse_and_by_keyboard(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    grid, words = page.locator("#grid .grid"), page.locator("#channel .words")
    expect(words).to_contain_text("Channel 0 of conv1")
    page.locator("#grid .sheet").click(position=cell(page, 13))
    expect(grid).to_have_attribute("aria-valuenow", "13")
    expect(words).to_contain_text("Channel 13 of conv1")
    expect_address(page, step="conv1", channel=13)
    large = pixels(page.locator("#channel canvas.map"))
    grid.focus()
    by = order(page)
    at = by.index(13)
    assert by == sorted(by, key=lambda channel: -float(walked(SHIPPED[0], FIRST_EXAMPLE)[0].output[0, channel].max()))
    moves = [("ArrowRight", by[at + 1]), ("ArrowLeft", 13), ("Home", by[0]), ("ArrowLeft", by[0]), ("End", by[-1])]
    moves += [("ArrowRight", by[-1])]
    for key, channel in moves:
        page.keyboard.press(key)
        expect(grid).to_have_attribute("aria-valuenow", str(channel))
        expect(words).to_contain_text(f"Channel {channel} of conv1")
    assert f"channel {by[-1]}" in grid.get_attribute("aria-valuetext")
    expect_address(page, channel=by[-1])
    assert not np.array_equal(pixels(page.locator("#channel canvas.map")), large)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    columns = int(page.locator("#grid .sheet").get_attribute("data-columns"))
    expect(grid).to_have_attribute("aria-valuenow", str(by[columns]))  # one row further


def test_moving_through_channels_needs_no_answer_of_the_server(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    words, chain = page.locator("#channel .words"), page.locator("#channel .chain canvas").first
    expect(chain).to_have_attribute("aria-label", "conv1, channel 0")
    late: list[Route] = []
    page.route("**/queue/join*", lambda route: late.append(route))
    page.locator("#grid .grid").focus()
    by = order(page)
    page.keyboard.press("Home")
    with asking(page):  # about the rest, when the choice rests
        for channel in by[1:8]:
            page.keyboard.press("ArrowRight")
            expect(words).to_contain_text(f"Channel {channel} of conv1")
    step = walked(SHIPPED[0], FIRST_EXAMPLE)[0]
    highest = float(step.output[0, by[7]].max())
    assert abs(float(re.search(r" to (\S+), mean", words.inner_text())[1]) - highest) <= 0.01 * abs(highest)
    assert 1 <= len(late) <= 7
    for route in late:
        route.continue_()
    page.unroute("**/queue/join*")
    expect(chain).to_have_attribute("aria-label", f"conv1, channel {by[7]}")


def test_the_kernels_and_the_way_of_a_channel(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv2&channel=7&panel=kernel")
    expect(page.locator("#channel .chain .caption b")).to_have_text(["conv2", "relu2", "pool1"])
    weights = model_zoo.load(SHIPPED[0]).net.conv2.weight[7].numpy()
    expect(page.locator("#kernel .title")).to_contain_text(f"channel 7: {len(weights)}")
    first = page.locator("#kernel .kernel").first.locator("td").all_inner_texts()
    shown = [float(text.replace("\N{MINUS SIGN}", "-")) for text in first]
    assert np.allclose(shown, weights[0].ravel(), rtol=0.01, atol=1e-6)
    page.locator("#kernel .more").click()
    expect(page.locator("#kernel .kernel")).to_have_count(len(weights))
    # Along its way the channel stays; a tile of the strip opens the channel that it pictures.
    page.locator("#channel .chain button[data-step=pool1]").click()
    expect_step(page, "pool1")
    expect(page.locator("#channel .words")).to_contain_text("Channel 7 of pool1")
    expect(page.locator("#channel .chain .caption b")).to_have_text(["conv2", "relu2", "pool1"])
    expect(page.locator("#kernel .none")).to_contain_text("pool1 (max pool) has no kernel of its own")
    for name in ("conv3", "relu4"):
        step = next(one for one in walked(SHIPPED[0], FIRST_EXAMPLE) if one.name == name)
        strongest = int(step.output[0].amax((1, 2)).argmax())
        tile = page.locator(f"#strip .tile[data-step={name}]")
        assert f"channel {strongest}," in tile.get_attribute("title")
        tile.click()
        expect(page.locator("#channel .words")).to_contain_text(f"Channel {strongest} of {name}")


def test_one_scale_per_channel_step_or_network(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&scale=nonsense")
    canvas, scales = page.locator("#grid .grid canvas"), page.locator("#grid .scales")
    expect(scales.get_by_label("step")).to_be_checked()
    shared, legend = pixels(canvas), page.locator("#grid .scale .high").inner_text()
    scales.get_by_label("channel").check()
    expect_address(page, scale="channel")
    own = pixels(canvas)
    # On its own scale every channel reaches one end of the colours: the darkest blue or the darkest red.
    assert darkest_ends(own) == 32 > darkest_ends(shared) > 0
    scales.get_by_label("network").check()
    largest = max(float(step.output.abs().max()) for step in walked(SHIPPED[0], FIRST_EXAMPLE))
    assert abs(float(page.locator("#grid .scale .high").inner_text()) - largest) <= 0.005 * largest
    whole = pixels(canvas)
    assert darkest_ends(whole) == 0
    white = (own[..., :3] == 255).all(
        -1
    )  # zero stays white on every scale; so do the values next to it on a coarser one
    assert (whole[white][..., :3] == 255).all() and (shared[white][..., :3] == 255).all()
    page.reload()
    expect(scales.get_by_label("network")).to_be_checked()
    assert np.array_equal(pixels(canvas), whole)
    scales.get_by_label("step").check()
    expect(page.locator("#grid .scale .high")).to_have_text(legend)
    assert np.array_equal(pixels(canvas), shared)


def test_a_value_has_one_colour_before_and_after_relu(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=3")
    expect_step(page, "conv1")
    legends = page.locator("#grid .scale .high"), page.locator("#channel .own .high")
    limits, before = [legend.inner_text() for legend in legends], pixels(page.locator("#channel canvas.map"))
    expect(page.locator("#grid .colours")).to_contain_text(f"The strongest colour is ±{limits[0]}.")
    page.locator("#channel .chain button[data-step=relu1]").click()
    expect_step(page, "relu1")
    expect(page.locator("#grid .colours")).to_contain_text("It is that of conv1")
    assert [legend.inner_text() for legend in legends] == limits
    after = pixels(page.locator("#channel canvas.map"))
    positive = walked(SHIPPED[0], FIRST_EXAMPLE)[0].output[0, 3].numpy() > 0.01
    assert positive.any() and np.abs(after - before)[positive].max() <= 3  # maps of 8 or 16 bits
    assert (after[~positive][..., :3] >= 250).all()


def darkest_ends(drawn: np.ndarray) -> int:
    """How many of the maps (of conv1) have a pixel at an end of the scale."""
    ends = (drawn[..., :3] == (5, 48, 97)).all(-1) | (drawn[..., :3] == (103, 0, 31)).all(-1)
    return sum(
        bool(ends[top : top + 32, left : left + 32].any())
        for top in range(0, drawn.shape[0], 35)
        for left in range(0, drawn.shape[1], 35)
    )
