"""What a person does in the page, and what a person sees there."""

import base64
import math
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from playwright.sync_api import Locator, Page, Request, expect

import model_zoo
from demo.core.networks import NO_PICTURE
from demo.core.view import AREAS
from demo.pictures.decode import open_image
from demo.pictures.drawings.files import DRAWINGS
from demo.pictures.patterns import gradio_photographs
from model_zoo import Step
from tests.browser.chromium import PATIENCE

PHOTO, OTHER = gradio_photographs()["Cheetah"], gradio_photographs()["Tower at dusk"]
PHONE = {"viewport": {"width": 390, "height": 844}}
LOOKS = {
    "desktop, light": {},
    "desktop, dark": {"color_scheme": "dark"},
    "phone, light": PHONE,
    "phone, dark, touch": PHONE | {"color_scheme": "dark", "has_touch": True, "is_mobile": True},
}


# -------------------------------------------------------------------------------------------------- what a person does


def open_panel(page: Page, name: str) -> Locator:
    """What a button of the bar opens: "picture", "network" or the "menu"."""
    opener = page.locator(f"#bar [data-opens={'page-menu' if name == 'menu' else f'{name}-panel'}]")
    panel = page.locator(f"#{opener.get_attribute('data-opens')}")
    if not panel.is_visible():
        opener.click()
    expect(panel).to_be_visible()
    return panel


def upload(page: Page, file: Path) -> None:
    """Take away the picture that is there, then choose a file."""
    open_panel(page, "picture")
    remove = page.get_by_label("Remove Image")
    if remove.count():
        remove.first.click()
        expect(page.locator("#answer")).to_contain_text(NO_PICTURE)
    page.locator("#picture input[type=file]").set_input_files(file)


def choose_file(page: Page, file: Path) -> None:
    """With the button in the bar, as on a phone."""
    with page.expect_file_chooser() as chooser:
        page.locator("#choose").click()
    chooser.value.set_files(file)


def choose_example(page: Page, which: str | int) -> None:
    """An example by its title, or by its place from 0."""
    buttons = open_panel(page, "picture").locator("#examples button")
    button = buttons.nth(which) if isinstance(which, int) else buttons.and_(page.get_by_title(which, exact=True))
    button.first.click()


def choose_test_picture(page: Page) -> None:
    """A random one."""
    open_panel(page, "picture").locator("#chance").click()
    page.keyboard.press("Escape")


def tab_of(page: Page, name: str) -> Locator:
    """A tab by its name in the address."""
    return page.locator(f"#areas [role=tab][data-tab-id={name}]")


def choose_tab(page: Page, name: str) -> None:
    area = next(area for area in AREAS if name in area.tabs)
    page.locator(f"#area-{area.name}-button").click()
    if len(area.tabs) > 1:  # else it has no row of its own
        tab_of(page, name).click()
    expect(tab_of(page, name)).to_have_attribute("aria-selected", "true")
    expect(page).to_have_url(re.compile(rf"tab={name}\b"))


def choose_segment(page: Page, name: str) -> None:
    """A part of the panel beside the map: "Sum", "Kernel", "Play", "What if?", "Excites" or "Code"."""
    segment = page.locator("#panel").get_by_role("tab", name=name, exact=True)
    segment.click()
    expect(segment).to_have_attribute("aria-selected", "true")


def choose_model(page: Page, name: str) -> None:
    open_panel(page, "network").get_by_label(model_zoo.load(name).title, exact=True).check()
    page.keyboard.press("Escape")  # had it been chosen before


def move_to(page: Page, place: int) -> int:
    """So many places to the right of the grid's first channel, by keys; the channel that stands there."""
    grid = page.locator("#grid .grid")
    grid.focus()
    page.keyboard.press("Home")
    for _ in range(place):
        page.keyboard.press("ArrowRight")
    order = page.locator("#grid .sheet").get_attribute("data-order").split()
    rows = 2 if page.viewport_size["width"] < 700 else 1  # a phone shows two rows, filled column by column
    expect(grid).to_have_attribute("aria-valuenow", order[rows * place])
    return int(order[rows * place])


# ----------------------------------------------------------------------------- what the page asks, and when it is done


def sent(request: Request) -> dict[str, Any]:
    """What an event carried to the server; {} for any other request, or an event that carries nothing."""
    asks = request.method == "POST" and "/queue/join" in request.url
    return (request.post_data_json.get("event_data") or {}) if asks else {}


def asks(page: Page, *names: str) -> Callable[[Request], bool]:
    """Whether a request is that of an event whose handler has one of these names."""
    events = page.evaluate("window.gradio_config.dependencies.map(({ id, api_name }) => [id, api_name])")
    ids = {number for number, name in events if re.sub(r"_\d+$", "", str(name)) in names}

    def is_one(request: Request) -> bool:
        is_event = request.method == "POST" and re.search(r"/queue/join|/run/predict", request.url)
        return bool(is_event) and request.post_data_json.get("fn_index") in ids

    return is_one


@contextmanager
def asking(page: Page, wanted: Callable[[Request], bool] | None = None) -> Iterator[None]:
    """What is done here makes the page ask the server, about anything or what is wanted; whoever holds that has it."""
    with page.expect_request(wanted or (lambda request: "/queue/join" in request.url)):
        yield
    page.evaluate("0")  # what handles the request was called before this answer


@contextmanager
def answering(page: Page) -> Iterator[None]:
    """What is done here makes the page ask the server; it ends when the page has got all answers and has drawn them."""
    ended: list[Request] = []

    def note(request: Request) -> None:
        if "/queue/data" in request.url:
            ended.append(request)

    # The page closes the stream of answers after the last one, which the browser may call a failure.
    page.on("requestfinished", note)
    page.on("requestfailed", note)
    yield
    wait_until(page, lambda: bool(ended))
    page.remove_listener("requestfinished", note)
    page.remove_listener("requestfailed", note)
    draw(page)


def wait_until(page: Page, condition: Callable[[], bool]) -> None:
    """For what Python knows of a page."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)


def quiet(page: Page) -> None:
    """Until nothing has been fetched for a while; Gradio's heartbeat, which never ends, does not count."""
    page.wait_for_function(
        """() => {
          const count = performance.getEntriesByType('resource').length;
          if (window.countOfResources !== count) [window.countOfResources, window.sinceThen] = [count, Date.now()];
          return Date.now() - window.sinceThen > 800;
        }""",
        polling=100,
    )


def draw(page: Page) -> None:
    """Until the page has drawn what it knows."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


# ------------------------------------------------------------------------------------------------ what a person sees


def expect_answer(page: Page, name: str, file: Path) -> None:
    """The verdict and the bars are what the network says of the file."""
    ranking = model_zoo.load(name).predict(open_image(file))
    label, probability = ranking[0]
    verdict = page.locator("#answer .verdict")
    expect(verdict).to_contain_text(re.compile(rf"\b{re.escape(label)} {probability:.1%}"))
    bars = page.locator("#probabilities .bars tr")
    expect(bars).to_have_count(len(ranking))
    expect(bars.first).to_contain_text(label)
    lengths = bars.locator(".bar span").evaluate_all("all => all.map(bar => bar.getBoundingClientRect().width)")
    whole = bars.first.locator(".bar").bounding_box()["width"]
    assert np.allclose(np.array(lengths) / whole, [share for _, share in ranking], atol=0.03)


def query(page: Page) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(urlsplit(page.url).query).items()}


def expect_address(page: Page, allowed: frozenset[str] | set[str] = frozenset(), **expected: object) -> None:
    """The address bar comes to hold these values, and no other keys than the usual ones and those allowed."""
    for key, value in expected.items():
        expect(page).to_have_url(re.compile(rf"[?&]{key}={re.escape(str(value))}(&|$)"))
    usual = {"model", "tab", "step", "channel", "row", "column", "scale", "edits", "picture", "panel"}
    assert set(query(page)) <= usual | allowed


def expect_step(page: Page, step: str) -> None:
    """The step is the one chosen, headed, shown and explained."""
    expect(page.locator("#grid h3")).to_contain_text(re.compile(rf"^{step}\b"))
    expect(page.locator("#strip .tile[aria-selected=true]")).to_have_attribute("data-step", step)
    expect(page.locator("#channel .words")).to_contain_text(re.compile(rf"\bof {step}\b"))


def cell(page: Page, channel: int) -> dict[str, float]:
    """Middle of a channel of conv1 or conv2 in the grid, relative to the corner of its sheet, as it is ordered now."""
    sheet = page.locator("#grid .sheet")
    expect(page.locator("#grid .grid")).to_have_attribute("aria-valuemax", re.compile(r"\d"))
    slot = sheet.get_attribute("data-order").split().index(str(channel))
    rows, columns = (int(sheet.get_attribute(f"data-{name}")) for name in ("rows", "columns"))
    is_down = sheet.get_attribute("data-flow") == "down"
    column, row = divmod(slot, rows) if is_down else reversed(divmod(slot, columns))
    box = sheet.bounding_box()
    width, height = box["width"] + box["width"] / (columns * 35 / 3 - 1), box["height"]  # of 35 pixels 3 are the gap
    side = width / columns
    assert abs(height + side * 3 / 35 - side * rows) < 1
    return {"x": (column + 16 / 35) * side, "y": (row + 16 / 35) * side}


def map_place(page: Page, row: int, column: int) -> tuple[float, float]:
    """Where a value of the large map is in the window."""
    maps = page.locator("#channel canvas.map")
    maps.evaluate("canvas => canvas.scrollIntoView({ block: 'center', behavior: 'instant' })")
    box = maps.bounding_box()
    height, width = maps.evaluate("canvas => [canvas.height, canvas.width]")
    return box["x"] + (column + 0.5) * box["width"] / width, box["y"] + (row + 0.5) * box["height"] / height


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


def expect_values(page: Page, step: Step) -> None:
    """The grid, strongest channel first, is red where the network's values are above zero, blue below, else white.

    It is asked for apart from the answer and the address, and so may come after them.
    """
    deadline = time.monotonic() + PATIENCE / 1000
    while (wrong := _differing_channel(page, step)) is not None and time.monotonic() < deadline:
        page.wait_for_timeout(50)
    assert wrong is None, (step.name, wrong)


def _differing_channel(page: Page, step: Step) -> int | None:
    """The first channel that the grid shows otherwise than the step has it; None where there is none."""
    drawn, sheet = pixels(page.locator("#grid .grid canvas")), page.locator("#grid .sheet")
    rows, columns = (int(sheet.get_attribute(f"data-{name}")) for name in ("rows", "columns"))
    is_down = sheet.get_attribute("data-flow") == "down"
    maps = step.output[0].numpy()
    maps = maps if maps.ndim == 3 else maps.reshape(-1, 1, 1)
    count, height, width = maps.shape
    times = max(1, math.ceil(12 / width))  # canvas pixels for each value of a small map
    gap = max(1, round(times * width / 12))
    red_over_blue = drawn[..., 0] - drawn[..., 2]
    high = [float(f"{most:.5g}") for most in maps.max((1, 2))]
    is_dead = [not channel.any() for channel in maps]
    for slot, channel in enumerate(sorted(range(count), key=lambda c: (is_dead[c], -high[c], c))):
        column, row = divmod(slot, rows) if is_down else reversed(divmod(slot, columns))
        top, left = row * (times * height + gap), column * (times * width + gap)
        shown = red_over_blue[top : top + times * height : times, left : left + times * width : times]
        clear = np.abs(maps[channel]) > 0.01 * np.abs(maps).max()  # fainter ones may be drawn white
        if shown.shape != maps[channel].shape or (np.sign(shown) != np.sign(maps[channel]))[clear].any():
            return channel
        if shown[maps[channel] == 0].any():
            return channel
    return None


def walked(name: str, file: Path) -> list[Step]:
    model = model_zoo.load(name)
    return model_zoo.walk(model.net, model.prepare(open_image(file)))


FIRST_EXAMPLE = next(iter(DRAWINGS.values())).path  # what a page shows when it is opened


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
