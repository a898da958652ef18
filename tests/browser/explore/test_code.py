"""The line of PyTorch that makes the chosen step: its arguments light up, and the whole network can be taken home."""

import hashlib
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import model_zoo
from model_zoo.explain import code
from tests.browser.actions import PHONE, choose_model, expect_readable, overflow
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
HEAR = """() => {
  window.heard = [];
  window.addEventListener('convscope-argument', (event) => window.heard.push(event.detail));
}"""
STROKE = "node => Number.parseFloat(getComputedStyle(node).strokeWidth)"


# The rectangles that lie over a part, in the units of their drawing: x, y, width, height.
BOXES = "rects => rects.map((r) => ['x', 'y', 'width', 'height'].map((name) => Number(r.getAttribute(name))))"


def boxes(page: Page, selector: str) -> list[list[float]]:
    return page.locator(selector).evaluate_all(BOXES)


def choose(page: Page, argument: str) -> str:
    """What is said to light up with it."""
    button = page.locator("#code").get_by_role("button", name=argument, exact=True)
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    return page.locator("#code .lit-now").inner_text()


def expect_lit(page: Page, steps: list[str], channels: int, on_map: int, on_picture: int) -> None:
    """How much is lit on the strip, in the grid, on the map and on the picture in its corner; and nothing else."""
    expect(page.locator("#map .large .lit-up rect")).to_have_count(on_map)
    expect(page.locator("#map .frame .lit-up rect")).to_have_count(on_picture)
    expect(page.locator("#grid .sheet rect")).to_have_count(channels)
    expect(page.locator("#strip .lit")).to_have_count(len(steps))
    names = page.locator("#strip .lit").evaluate_all("all => all.map((n) => n.dataset.step ?? 'picture')")
    assert names == steps


def test_each_argument_of_a_convolution_lights_what_it_is_about(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&channel=3&row=4&column=0&panel=code")
    expect(page.locator("#code .line button")).to_have_count(4)
    expect_lit(page, [], 0, 0, 0)
    assert choose(page, "in_channels=3") == "Lit up: the picture on the strip."
    expect_lit(page, ["picture"], 0, 0, 0)
    assert choose(page, "out_channels=32") == "Lit up: all 32 channels of the grid."
    expect_lit(page, [], 32, 0, 0)
    # Each frame lies on the map of its channel: the chosen one's is where the mark of the choice is.
    frames = page.locator("#grid .sheet rect").evaluate_all("all => all.map((n) => n.getBoundingClientRect().toJSON())")
    mark = page.locator("#grid .sheet .chosen").bounding_box()
    assert abs(frames[3]["x"] - mark["x"]) < 1 and abs(frames[3]["y"] - mark["y"]) < 1
    assert len({(round(box["x"]), round(box["y"])) for box in frames}) == 32

    # The window of the value at row 4, column 0: rows 3 to 5 and columns -1 to 1 of the picture.
    assert "the 3 × 3 window of the chosen value" in choose(page, "kernel_size=3")
    expect_lit(page, [], 0, 0, 10)
    *places, window = boxes(page, "#map .frame .lit-up rect")
    assert window == [-1, 3, 3, 3]
    assert places == [[x, y, 1, 1] for y in (3, 4, 5) for x in (-1, 0, 1)]
    seen, drawn = (page.locator(f"#map .frame {part}").first.bounding_box() for part in ("img", ".lit-up .window"))
    assert drawn["y"] - seen["y"] == pytest.approx(seen["width"] * 3 / 32, abs=3)
    # It follows the pointer.
    at = page.locator("#map canvas.map").bounding_box()
    page.mouse.move(at["x"] + 10.5 * at["width"] / 32, at["y"] + 20.5 * at["height"] / 32)
    assert boxes(page, "#map .frame .lit-up .window") == [[9, 19, 3, 3]]
    # The windows of the next values stand one stride on.
    choose(page, "stride=1")
    expect_lit(page, [], 0, 3, 3)
    assert boxes(page, "#map .frame .lit-up rect") == [[-1, 3, 3, 3], [0, 3, 3, 3], [-1, 4, 3, 3]]
    assert boxes(page, "#map .large .lit-up rect") == [[0, 4, 1, 1], [1, 4, 1, 1], [0, 5, 1, 1]]
    # Of 32 × 32 values those in the outermost row and column read the border.
    assert "the 124 values of the map whose windows reach into the border" in choose(page, "padding=1")
    expect_lit(page, [], 0, 4, 0)
    rim = boxes(page, "#map .large .lit-up rect")
    assert rim == [[0, 0, 32, 1], [0, 31, 32, 1], [0, 1, 1, 30], [31, 1, 1, 30]]
    assert "every value of the map" in choose(page, "bias=True")
    expect_lit(page, [], 0, 1, 0)
    assert boxes(page, "#map .large .lit-up rect") == [[0, 0, 32, 32]]
    choose(page, "groups=1")
    expect_lit(page, ["picture"], 32, 0, 0)
    choose(page, "dilation=1")
    expect_lit(page, [], 0, 0, 10)
    page.locator("#panel-tab-sum").click()  # the code is no longer looked at
    expect_lit(page, [], 0, 0, 0)


def test_arguments_of_other_steps(visit: Visit) -> None:
    page = visit("?tab=explore&step=pool1&channel=0&row=2&column=5&panel=code")
    expect(page.locator("#code .line button")).to_have_count(1)
    choose(page, "stride=2")
    # Windows of 2 × 2 stand side by side: one is two values of relu2 on, and a value of relu2 stands for a pixel.
    expect_lit(page, [], 0, 3, 3)
    assert boxes(page, "#map .frame .lit-up rect") == [[10, 4, 2, 2], [12, 4, 2, 2], [10, 6, 2, 2]]
    assert choose(page, "padding=0") == ""
    expect_lit(page, [], 0, 0, 0)
    # A value of pool1 stands for two pixels each way.
    page.locator("#strip .tile[data-step=conv3]").click()
    expect(page.locator("#code .which")).to_have_text("that makes conv3")
    choose(page, "kernel_size=3")
    expect_lit(page, [], 0, 0, 10)
    assert boxes(page, "#map .frame .lit-up .window")[0][2:] == [6, 6]
    choose(page, "in_channels=64")
    expect_lit(page, ["pool1"], 0, 0, 0)
    # A ReLU has nothing to light.
    page.locator("#strip .tile[data-step=relu3]").click()
    expect(page.locator("#code .which")).to_have_text("that makes relu3")
    expect_lit(page, [], 0, 0, 0)
    assert page.locator("#code .lit-now").inner_text() == ""
    page.locator("#strip .tile[data-step=fc1]").click()
    expect(page.locator("#code .which")).to_have_text("that makes fc1")
    features = page.locator("#code .line button").nth(1).get_attribute("aria-label")
    choose(page, features)
    expect_lit(page, [], int(features.partition("=")[2]), 0, 0)


def line(page: Page) -> str:
    return page.locator("#code .line").inner_text().replace("\u00a0", " ")


def test_each_argument_of_the_line_lights_its_part(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1&panel=code")
    part = page.locator("#code")
    expect(part.locator(".line button")).to_have_count(4)
    assert line(page) == "nn.Conv2d(3, 32, kernel_size=3, padding=1)"
    expect(part.locator(".sums")).to_contain_text("32 × (3 × 3 × 3) + 32 = 896")
    expect(part.locator(".sums")).to_contain_text("(32 + 2 × 1 − 3) / 1 + 1 = 32")
    expect(part.locator(".call")).to_have_text("x = self.conv1(x)")
    expect(part.locator("figcaption")).to_have_text("It reads 3 maps of 32 × 32 and makes 32 maps of 32 × 32.")
    page.evaluate(HEAR)

    # By keyboard, from one argument to the next.
    lit = {
        "in_channels=3": ("inputs", ".reads .edge", "It reads 3 maps"),
        "out_channels=32": ("outputs", ".makes .edge", "It makes 32 maps"),
        "kernel_size=3": ("window", ".window", "The window is 3 × 3"),
        "padding=1": ("border", ".border", "A border of 1"),
        "stride=1": ("positions", ".next", "moves on by 1 place"),
    }
    part.locator(".line button").first.focus()
    for name, (about, drawn, words) in lit.items():
        button = part.get_by_role("button", name=name, exact=True)
        expect(button).to_be_focused()
        stroke = part.locator(f"svg {drawn}").first
        before = stroke.evaluate(STROKE)
        page.keyboard.press("Enter")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(part.locator("[aria-pressed=true]")).to_have_count(1)
        expect(part.locator(".means")).to_contain_text(words)
        assert stroke.evaluate(STROKE) > before
        heard = page.evaluate("window.heard.at(-1)")
        assert (heard["step"], heard["name"], heard["part"]) == ("conv1", name.split("=")[0], about)
        page.keyboard.press("Tab")
    expect(part.locator(".sums mark.lit")).to_have_text("1")
    expect_readable(page, "#code .line button", "#code .defaults button", "#code .means", "#code .sums dt")

    # Another step has its own line; an argument that it has as well stays chosen.
    page.locator("#strip .tile[data-step=pool1]").click()
    expect(part.locator(".which")).to_have_text("that makes pool1")
    assert line(page) == "nn.MaxPool2d(kernel_size=2)"
    expect(part.get_by_role("button", name="stride=2")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")  # is not the widget's, as the focus is on the strip
    part.get_by_role("button", name="stride=2").press("Escape")
    expect(part.locator("[aria-pressed=true]")).to_have_count(0)
    assert page.evaluate("window.heard.at(-1)") is None


def test_the_line_fits_a_phone_and_follows_the_network(visit: Visit, tmp_path: Path) -> None:
    page = visit("?tab=explore&step=conv1&panel=code", **PHONE)
    part = page.locator("#code")
    expect(part.locator(".line button")).to_have_count(4)
    name = SHIPPED[-1]
    choose_model(page, name)
    expect(part.locator(".line")).to_contain_text("kernel_size=7")
    assert overflow(page) == 0
    width = page.viewport_size["width"]
    for box in part.locator("button, svg, dd").evaluate_all("all => all.map(n => n.getBoundingClientRect().toJSON())"):
        assert box["left"] >= 0 and box["right"] <= width
    for box in part.locator("button").evaluate_all("all => all.map(n => n.getBoundingClientRect().toJSON())"):
        assert box["height"] >= 24 and box["width"] >= 24
    with page.expect_download() as download:
        page.get_by_role("button", name="Download this network as PyTorch code (zip)").click()
    assert download.value.suggested_filename == f"{name}-pytorch.zip"
    download.value.save_as(tmp_path / "taken.zip")
    model = model_zoo.load(name)
    with zipfile.ZipFile(tmp_path / "taken.zip") as archive:
        assert archive.read("network.py").decode() == code.source(model)
        assert hashlib.sha256(archive.read("model.safetensors")).hexdigest() == model.card["sha256"]
