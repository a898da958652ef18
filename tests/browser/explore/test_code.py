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


def line(page: Page) -> str:
    return page.locator("#code .line").inner_text().replace("\u00a0", " ")


def test_each_argument_of_the_line_lights_its_part(visit: Visit) -> None:
    page = visit("?tab=explore&step=conv1")
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
        assert page.evaluate("window.heard.at(-1)") == {"step": "conv1", "name": name.split("=")[0], "part": about}
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
    page = visit("?tab=explore&step=conv1", **PHONE)
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
