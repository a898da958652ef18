"""The page as people use it: with the mouse, by keyboard, on a phone, in the dark, and with files that are none."""

import base64
import csv
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, Route, expect

import model_zoo
from demo.curves import sentence
from demo.images import open_image
from demo.networks import NO_PICTURE
from demo.patterns import gradio_photographs
from demo.samples import examples, has_test_pictures
from demo.view import TABS, View
from model_zoo import Step
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED
from tests.pictures import REFUSED, encoded, noise

pytestmark = pytest.mark.browser

PHOTO, OTHER = gradio_photographs()["Cheetah"], gradio_photographs()["Tower at dusk"]
PHONE = {"viewport": {"width": 390, "height": 844}}
LOOKS = {
    "desktop, light": {},
    "desktop, dark": {"color_scheme": "dark"},
    "phone, light": PHONE,
    "phone, dark, touch": PHONE | {"color_scheme": "dark", "has_touch": True, "is_mobile": True},
}


# -------------------------------------------------------------------------------------------------- what a person does


def upload(page: Page, file: Path) -> None:
    """Take away the picture that is there, then choose a file."""
    remove = page.get_by_label("Remove Image")
    if remove.count():
        remove.first.click()
        expect(page.locator("#answer")).to_contain_text(NO_PICTURE)
    page.locator("#picture input[type=file]").set_input_files(file)


def choose_tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name.capitalize()).click()
    expect(page).to_have_url(re.compile(rf"tab={name}\b"))


def choose_model(page: Page, name: str) -> None:
    page.locator("#model").get_by_label(model_zoo.load(name).title, exact=True).check()


# ------------------------------------------------------------------------------------------------ what a person sees


def expect_answer(page: Page, name: str, file: Path) -> None:
    """The verdict and the bars are what the network says of the file."""
    ranking = model_zoo.load(name).predict(open_image(file))
    label, probability = ranking[0]
    verdict = page.locator("#answer .verdict")
    expect(verdict).to_contain_text(re.compile(rf"\b{re.escape(label)} {probability:.1%}"))
    bars = page.locator("#answer .bars tr")
    expect(bars).to_have_count(len(ranking))
    expect(bars.first).to_contain_text(label)
    lengths = bars.locator(".bar span").evaluate_all("all => all.map(bar => bar.getBoundingClientRect().width)")
    whole = bars.first.locator(".bar").bounding_box()["width"]
    assert np.allclose(np.array(lengths) / whole, [share for _, share in ranking], atol=0.03)


def query(page: Page) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}


def expect_address(page: Page, **expected: object) -> None:
    """The address bar comes to hold these values."""
    for key, value in expected.items():
        expect(page).to_have_url(re.compile(rf"[?&]{key}={re.escape(str(value))}(&|$)"))
    assert set(query(page)) <= {"model", "tab", "step", "channel"}


def expect_step(page: Page, step: str) -> None:
    """The step is the one chosen, headed, shown and explained."""
    expect(page.locator("#grid h3")).to_contain_text(re.compile(rf"^{step}\b"))
    expect(page.locator("#strip .tile[aria-selected=true]")).to_have_attribute("data-step", step)
    expect(page.locator("#channel .words")).to_contain_text(re.compile(rf"\bof {step}\b"))


def pixels(canvas: Locator) -> np.ndarray:
    """What is drawn on a canvas: int (height, width, 4)."""
    data, width = canvas.evaluate(
        """canvas => {
          const { data, width } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
          let text = '';
          for (const byte of data) text += String.fromCharCode(byte);
          return [btoa(text), width];
        }"""
    )
    return np.frombuffer(base64.b64decode(data), np.uint8).reshape(-1, width, 4).astype(int)


def expect_values(drawn: np.ndarray, step: Step) -> None:
    """The grid is red where the network's values are above zero, blue where they are below, else white."""
    maps = step.output[0].numpy()
    maps = maps if maps.ndim == 3 else maps.reshape(-1, 1, 1)
    count, height, width = maps.shape
    gap = 0 if height * width == 1 else 1
    columns = (drawn.shape[1] + gap) // (width + gap)
    red_over_blue = drawn[..., 0] - drawn[..., 2]
    for channel in range(count):
        top, left = channel // columns * (height + gap), channel % columns * (width + gap)
        shown = red_over_blue[top : top + height, left : left + width]
        clear = np.abs(maps[channel]) > 0.01 * np.abs(maps).max()  # fainter ones may be drawn white
        assert (np.sign(shown) == np.sign(maps[channel]))[clear].all(), (step.name, channel)
        assert (shown[maps[channel] == 0] == 0).all(), (step.name, channel)


def walked(name: str, file: Path) -> list[Step]:
    model = model_zoo.load(name)
    return model_zoo.walk(model.net, model.prepare(open_image(file)))


FIRST_EXAMPLE = next(iter(gradio_photographs().values()))  # what a page shows when it is opened


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


CONTRAST = """selector => {
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  const node = [...document.querySelectorAll(selector)].find((n) => n.checkVisibility());
  let ground = node;
  while (ground && numbers(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
  const back = ground ? numbers(getComputedStyle(ground).backgroundColor) : [255, 255, 255];
  const [a, b] = [light(numbers(getComputedStyle(node).color)), light(back)].sort((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}"""


def expect_readable(page: Page, *selectors: str) -> None:
    """Contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3) of the first visible match of each."""
    found = {selector: page.evaluate(CONTRAST, selector) for selector in selectors}
    assert min(found.values()) >= 4.5, found


# ------------------------------------------------------------------------------------------------------------- tests


@pytest.mark.parametrize("look", LOOKS)
def test_a_first_visit(visit: Visit, look: str) -> None:
    """Upload, answer, explore, curves, on every kind of screen."""
    page = visit(**LOOKS[look])
    is_dark = "dark" in look
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number)")
    assert (sum(ground[:3]) < 3 * 100) == is_dark
    upload(page, PHOTO)
    expect_answer(page, SHIPPED[0], PHOTO)
    seen = page.locator("#seen img.pixels")
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [32, 32]
    assert seen.bounding_box()["width"] >= 200
    expect_readable(page, ".verdict", ".bars th", ".bars .number", ".bars caption", "#about .quiet", "figcaption")
    assert overflow(page) == 0
    choose_tab(page, "explore")
    step = walked(SHIPPED[0], PHOTO)[3]
    page.locator(f"#strip .tile[data-step={step.name}]").click()
    expect_step(page, step.name)
    expect_values(pixels(page.locator("#grid .grid canvas")), step)
    expect_readable(page, "#strip .tile b", "#strip .tile .number", "#grid h3", "#grid .facts", "#channel .words")
    assert overflow(page) == 0
    choose_tab(page, "curves")
    expect(page.locator("#charts svg[role=img]")).to_have_count(3)
    expect_readable(page, ".curves .legend li", ".curves .sentences li", ".curves summary")
    assert overflow(page) == 0


def test_a_touch_of_the_finger_picks(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv2", **LOOKS["phone, dark, touch"])
    tap_channel(page, 20)
    expect(page.locator("#grid .grid")).to_have_attribute("aria-valuenow", "20")
    expect(page.locator("#channel .words")).to_contain_text("Channel 20 of conv2")


@pytest.mark.parametrize("name", SHIPPED)
def test_every_step_by_mouse(visit: Visit, name: str) -> None:
    page = visit(f"?model={name}&tab=explore")
    upload(page, PHOTO)
    expect_answer_is_there(page)
    steps = walked(name, PHOTO)
    expect(page.locator("#strip .tile b")).to_have_text([step.name for step in steps])
    for step in steps[1:] + steps[:1]:
        page.locator(f"#strip .tile[data-step={step.name}]").click()
        expect_step(page, step.name)
        expect_address(page, model=name, tab="explore", step=step.name)
        expect_values(pixels(page.locator("#grid .grid canvas")), step)


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
    page.locator("#strip .strip").focus()
    for _ in range(12):
        page.keyboard.press("ArrowRight")
    expect_step(page, steps[12])
    expect_address(page, step=steps[12])
    page.locator("#grid .grid").focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#channel .words")).to_contain_text(f"Channel 9 of {steps[12]}")
    expect_address(page, step=steps[12], channel=9)


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


def cell(page: Page, channel: int) -> dict[str, float]:
    """Middle of a channel in the grid, relative to the grid's corner."""
    grid = page.locator("#grid .grid")
    count = int(grid.get_attribute("aria-valuemax")) + 1
    drawn = pixels(grid.locator("canvas"))
    side = 33  # of a map of conv1 or conv2 and its gap
    columns = (drawn.shape[1] + 1) // side
    assert columns * ((drawn.shape[0] + 1) // side) >= count
    scale = grid.bounding_box()["width"] / drawn.shape[1]
    return {"x": (channel % columns * side + 16) * scale, "y": (channel // columns * side + 16) * scale}


def tap_channel(page: Page, channel: int) -> None:
    page.locator("#grid .grid").tap(position=cell(page, channel))


def test_a_channel_by_mouse_and_by_keyboard(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    grid, words = page.locator("#grid .grid"), page.locator("#channel .words")
    expect(words).to_contain_text("Channel 0 of conv1")
    grid.click(position=cell(page, 13))
    expect(grid).to_have_attribute("aria-valuenow", "13")
    expect(words).to_contain_text("Channel 13 of conv1")
    expect_address(page, step="conv1", channel=13)
    large = pixels(page.locator("#channel canvas.map"))
    grid.focus()
    moves = [("ArrowRight", 14), ("ArrowLeft", 13), ("Home", 0), ("ArrowLeft", 0), ("End", 31), ("ArrowRight", 31)]
    for key, channel in moves:
        page.keyboard.press(key)
        expect(grid).to_have_attribute("aria-valuenow", str(channel))
        expect(words).to_contain_text(f"Channel {channel} of conv1")
    assert "channel 31" in grid.get_attribute("aria-valuetext")
    expect_address(page, channel=31)
    assert not np.array_equal(pixels(page.locator("#channel canvas.map")), large)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    expect(grid).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]"))  # one row further


def test_moving_through_channels_needs_no_answer_of_the_server(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    words, chain = page.locator("#channel .words"), page.locator("#channel .chain canvas").first
    expect(chain).to_have_attribute("aria-label", "conv1, channel 0")
    late: list[Route] = []
    page.route("**/queue/join*", lambda route: late.append(route))
    page.locator("#grid .grid").focus()
    for channel in range(1, 8):
        page.keyboard.press("ArrowRight")
        expect(words).to_contain_text(f"Channel {channel} of conv1")
    step = walked(SHIPPED[0], FIRST_EXAMPLE)[0]
    highest = float(step.output[0, 7].max())
    assert abs(float(re.search(r" to (\S+), mean", words.inner_text())[1]) - highest) <= 0.01 * abs(highest)
    page.wait_for_timeout(1000)  # when the choice rests, the server is asked for the rest
    assert 1 <= len(late) <= 7
    for route in late:
        route.continue_()
    page.unroute("**/queue/join*")
    expect(chain).to_have_attribute("aria-label", "conv1, channel 7")


def test_the_channel_stays_along_relu_and_pooling_and_its_kernels_are_shown(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv2&channel=7")
    expect(page.locator("#channel .chain .caption b")).to_have_text(["conv2", "relu2", "pool1"])
    weights = model_zoo.load(SHIPPED[0]).net.conv2.weight[7].numpy()
    expect(page.locator("#channel .kernels summary")).to_contain_text(f"{len(weights)}")
    first = page.locator("#channel .kernels table").first.locator("td").all_inner_texts()
    shown = [float(text.replace("\N{MINUS SIGN}", "-")) for text in first]
    assert np.allclose(shown, weights[0].ravel(), rtol=0.01, atol=1e-6)
    page.locator("#channel .kernels .more").click()
    expect(page.locator("#channel .kernels table")).to_have_count(len(weights))
    page.locator("#strip .tile[data-step=pool1]").click()
    expect_step(page, "pool1")
    expect(page.locator("#channel .words")).to_contain_text("Channel 7 of pool1")
    expect(page.locator("#channel .chain .caption b")).to_have_text(["conv2", "relu2", "pool1"])


def test_each_channel_on_its_own_scale(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    canvas = page.locator("#grid .grid canvas")
    shared = pixels(canvas)
    page.get_by_label("each channel on its own scale").check()
    own = pixels(canvas)
    assert not np.array_equal(own, shared)
    # On its own scale every channel reaches one end of the colours: the darkest blue or the darkest red.
    assert darkest_ends(own) == 32 > darkest_ends(shared)
    page.get_by_label("each channel on its own scale").uncheck()
    assert np.array_equal(pixels(canvas), shared)


def darkest_ends(drawn: np.ndarray) -> int:
    """How many of the maps (of conv1) have a pixel at an end of the scale."""
    ends = (drawn[..., :3] == (5, 48, 97)).all(-1) | (drawn[..., :3] == (103, 0, 31)).all(-1)
    return sum(
        bool(ends[top : top + 32, left : left + 32].any())
        for top in range(0, drawn.shape[0], 33)
        for left in range(0, drawn.shape[1], 33)
    )


@pytest.mark.parametrize("look", ["desktop, light", "phone, dark, touch"])
def test_an_address_opens_the_same_view_again(visit: Visit, look: str) -> None:
    first = visit(**LOOKS[look])
    choose_model(first, SHIPPED[-1])
    expect_address(first, model=SHIPPED[-1])
    choose_tab(first, "explore")
    first.locator("#strip .tile[data-step=conv4]").click()
    expect_step(first, "conv4")
    first.locator("#grid .grid").focus()
    for _ in range(3):
        first.keyboard.press("ArrowRight")
    expect_address(first, model=SHIPPED[-1], tab="explore", step="conv4", channel=3)
    second = visit("?" + urlsplit(first.url).query, **LOOKS[look])
    assert query(second) == query(first)
    expect(second.locator("#model").get_by_label(model_zoo.load(SHIPPED[-1]).title, exact=True)).to_be_checked()
    expect(second.get_by_role("tab", name="Explore")).to_have_attribute("aria-selected", "true")
    expect_step(second, "conv4")
    expect(second.locator("#grid .grid")).to_have_attribute("aria-valuenow", "3")
    expect(second.locator("#channel .words")).to_contain_text("Channel 3 of conv4")
    second.wait_for_timeout(500)  # whatever else the page does on opening must not change it
    assert query(second) == query(first)


def test_the_browser_goes_back_and_forward_through_views(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
    for step in ("relu1", "conv2"):
        page.locator(f"#strip .tile[data-step={step}]").click()
        expect_step(page, step)
    choose_tab(page, "predict")
    choose_model(page, SHIPPED[-1])
    expect_address(page, model=SHIPPED[-1], step="conv2", tab="predict")
    page.go_back()
    expect(page.locator("#model").get_by_label(model_zoo.load(SHIPPED[0]).title, exact=True)).to_be_checked()
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)
    page.go_back()
    expect(page.get_by_role("tab", name="Explore")).to_have_attribute("aria-selected", "true")
    expect_step(page, "conv2")
    page.go_back()
    expect_step(page, "relu1")
    expect_address(page, model=SHIPPED[0], step="relu1", tab="explore")
    page.go_forward()
    expect_step(page, "conv2")
    expect_address(page, model=SHIPPED[0], step="conv2", tab="explore")


def test_a_tab_chosen_while_the_server_works_stays_in_the_address(visit: Visit) -> None:
    """The answer comes later than the click, and was asked for from the tab before."""
    page = visit()
    late: list[Route] = []
    page.route("**/queue/join*", lambda route: late.append(route))
    choose_model(page, SHIPPED[-1])
    choose_tab(page, "explore")
    assert late
    for route in late:
        route.continue_()
    page.unroute("**/queue/join*")
    expect_address(page, model=SHIPPED[-1], tab="explore")
    page.locator("#strip .tile[data-step=conv3]").click()
    expect_address(page, model=SHIPPED[-1], tab="explore", step="conv3")


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_can_be_opened_by_its_address(visit: Visit, tab: str) -> None:
    page = visit(View(model=SHIPPED[-1], tab=tab).query())
    expect(page.get_by_role("tab", name=tab.capitalize())).to_have_attribute("aria-selected", "true")
    shown = {"predict": "#answer .verdict", "explore": "#grid h3", "curves": "#charts svg[role=img]"}[tab]
    expect(page.locator(shown).first).to_be_visible()


HOSTILE = [
    "?model=nonsense&step=nonsense&channel=99999999999999999999&tab=nonsense",
    "?model=%3Cscript%3Ewindow.broken=1%3C/script%3E&step=%3Cimg%20src=x%20onerror=%22window.broken=1%22%3E&tab=explore",
    "?model[]=a&step=../../etc/passwd&channel=-1&tab=%00&__proto__=1&constructor=2",
    "?step=%ED%A0%80%FF&channel=1e9&tab=explore&tab=" + "x" * 3000,
]


@pytest.mark.parametrize("address", HOSTILE)
def test_a_hostile_address_opens_a_working_page(visit: Visit, address: str) -> None:
    page = visit(address)
    assert query(page)["model"] == SHIPPED[0]
    expect(page.locator("#answer .verdict")).to_have_count(1)
    choose_tab(page, "explore")
    expect_step(page, "conv1")
    expect(page.locator("#grid .grid")).to_have_attribute("aria-valuenow", "0")
    page.locator("#strip .tile[data-step=relu1]").click()
    expect_step(page, "relu1")
    assert page.evaluate("window.broken") is None


def test_another_network(visit: Visit) -> None:
    page = visit("?step=conv3")
    upload(page, PHOTO)
    expect_answer(page, SHIPPED[0], PHOTO)
    choose_model(page, SHIPPED[-1])
    expect_answer(page, SHIPPED[-1], PHOTO)
    expect_address(page, model=SHIPPED[-1], step="conv3")
    choose_tab(page, "explore")
    expect_step(page, "conv3")  # the view stays
    expect_values(pixels(page.locator("#grid .grid canvas")), walked(SHIPPED[-1], PHOTO)[5])
    choose_tab(page, "curves")
    expect(page.locator("#charts .legend")).to_contain_text(model_zoo.load(SHIPPED[-1]).title)


def test_curves_of_two_networks_and_their_numbers(visit: Visit, tmp_path: Path) -> None:
    page = visit("?tab=curves")
    first, second = (model_zoo.load(name) for name in (SHIPPED[0], SHIPPED[-1]))
    charts = page.locator("#charts")
    expect(charts.locator("svg[role=img]")).to_have_count(3)
    expect(charts.locator(".legend")).to_contain_text(first.title)
    expect(charts.locator(".sentences")).to_contain_text(sentence(first.title, first.history))
    page.locator("#compared").get_by_label(second.title, exact=True).check()
    expect(charts.locator(".sentences")).to_contain_text(sentence(second.title, second.history))
    for title in (first.title, second.title):
        expect(charts.locator(".legend")).to_contain_text(title)
    charts.locator("summary").click()
    expect(charts.locator("tbody tr")).to_have_count(len(first.history) + len(second.history))
    with page.expect_download() as download:
        page.locator("#download").click()
    download.value.save_as(tmp_path / "curves.csv")
    rows = list(csv.DictReader((tmp_path / "curves.csv").open(encoding="utf-8", newline="")))
    for model in (first, second):
        mine = [row for row in rows if row["network"] == model.name]
        assert [float(row["val_loss"]) for row in mine] == [row["val_loss"] for row in model.history]
    with page.expect_download() as download:
        page.locator("#figure").click()
    download.value.save_as(tmp_path / "curves.png")
    assert min(open_image(tmp_path / "curves.png").size) > 300


def test_an_example_is_one_click_away(visit: Visit) -> None:
    page = visit()
    for title in ("Circle", "Cheetah"):
        page.locator("#examples").get_by_role("button", name=title).first.click()
        expect_answer(page, SHIPPED[0], Path(examples()[title]))
        shown = page.locator("#picture img").first
        expect(shown).to_have_js_property("complete", True)
        assert shown.evaluate("image => image.naturalWidth") > 0


def choose_file(page: Page, file: Path) -> None:
    """With the button, as on a phone."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(file)


def test_a_picture_chosen_with_the_button(visit: Visit, tmp_path: Path) -> None:
    page = visit(**LOOKS["phone, dark, touch"])
    choose_file(page, OTHER)
    expect_answer(page, SHIPPED[0], OTHER)
    for name, (write, words) in REFUSED.items():
        choose_file(page, write(tmp_path / name))
        toast = page.locator("[data-testid=toast-body]")
        expect(toast).to_contain_text(words if name.endswith(("jpg", "png")) else re.compile("[Ff]ile"))
        expect_answer(page, SHIPPED[0], OTHER)  # the picture before stays
        dismiss_toasts(page)


def test_a_test_picture_comes_with_its_true_class(visit: Visit, cifar10_folder: Path) -> None:
    from torchvision.datasets import CIFAR10

    page = visit()
    page.locator("#chance").click()
    truth = page.locator("#truth")
    expect(truth).to_contain_text("true class")
    number = int(re.search(r"\d+", truth.inner_text()).group())
    data = CIFAR10(str(cifar10_folder), train=False)
    picture, label = data[number]
    expect(truth).to_contain_text(f"true class is {data.classes[label]}")
    best, probability = model_zoo.load(SHIPPED[0]).predict(picture)[0]
    expect(page.locator("#answer .verdict")).to_contain_text(re.compile(rf"\b{best} {probability:.1%}"))
    upload(page, PHOTO)
    expect_answer(page, SHIPPED[0], PHOTO)
    expect(truth).not_to_contain_text("true class")


@pytest.mark.skipif(has_test_pictures(), reason="CONVSCOPE_DATA names a folder with CIFAR-10")
def test_without_data_the_page_says_how_to_get_test_pictures(visit: Visit) -> None:
    page = visit()
    expect(page.locator("#chance")).to_be_disabled()
    expect(page.locator("#truth")).to_contain_text("CONVSCOPE_DATA")


def test_a_picture_that_is_taken_away_leaves_no_answer(visit: Visit) -> None:
    page = visit()
    page.get_by_label("Remove Image").first.click()
    expect(page.locator("#answer")).to_contain_text(NO_PICTURE)
    expect(page.locator("#answer .verdict")).to_have_count(0)
    choose_tab(page, "explore")
    expect(page.locator("#grid .message")).to_contain_text(NO_PICTURE)
    expect(page.locator("#strip .tile").first).not_to_be_visible()


def test_asking_again_for_disturbed_copies(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="stable").click()
    expect(page.locator("#stability")).to_contain_text(re.compile(r"For \d+% of 200 .* copies the answer is \w+"))


def dismiss_toasts(page: Page) -> None:
    for button in page.locator("[data-testid=toast-close]").all():
        button.click()
    expect(page.locator("[data-testid=toast-body]")).to_have_count(0)


def test_files_that_are_no_pictures_are_refused_in_words(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    for name, (write, words) in REFUSED.items():
        upload(page, write(tmp_path / name))
        expect(page.locator("[data-testid=toast-body]")).to_contain_text(words)
        dismiss_toasts(page)
    upload(page, PHOTO)
    expect_answer(page, SHIPPED[0], PHOTO)
    choose_tab(page, "explore")
    expect_step(page, "conv1")


def test_a_file_over_the_limit_is_refused_in_words(visit: Visit, tmp_path: Path, allowed: list[str]) -> None:
    allowed.append("status of 413")  # the browser's own line for the refused upload
    page = visit()
    path = tmp_path / "large.png"
    path.write_bytes(encoded(noise(20, 20), "PNG").ljust(11_000_000, b"\0"))
    upload(page, path)
    expect(page.locator("[data-testid=toast-body]")).to_contain_text("size")
    dismiss_toasts(page)
    upload(page, PHOTO)
    expect_answer(page, SHIPPED[0], PHOTO)
