"""The bench, walked by mouse, by keyboard and on a phone; its numbers are compared with torch."""

import io
import re
from contextlib import redirect_stdout
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, Request, expect
from torch.nn import functional as F

import model_zoo
from demo.pictures.decode import open_image
from demo.tabs.bench.handlers import convolutions
from tests.browser.actions import FIRST_EXAMPLE, LOOKS, choose_tab, expect_address, overflow, query, wait_until
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
FACTS = """async () => {
  const { store } = await import(document.querySelector('link[href$="lib/store.js"]').href);
  return store.get('bench')?.facts;
}"""
SET = """async (text) => {
  const { emit } = await import(document.querySelector('link[href$="lib/events.js"]').href);
  emit('bench-set', text);
}"""
LETTER = ["........", ".#####..", ".#......", ".####...", ".#......", ".#......", ".#......", "........"]
F_SHAPE = torch.tensor([[float(sign == "#") for sign in row] for row in LETTER])[None, None]
VERTICAL = torch.tensor([[-1.0, 0, 1]] * 3)[None, None]
KEYS = {"bench"}


def facts(page: Page) -> dict[str, Any]:
    return page.evaluate(FACTS)


def expect_map(page: Page, stage: str, expected: torch.Tensor, atol: float = 1e-6) -> None:
    """The map of a stage, as the page has it, is that of torch: (1, 1, rows, columns)."""
    found = facts(page)["maps"][stage]
    ours = np.reshape(found["values"], (found["height"], found["width"]))
    np.testing.assert_allclose(ours, expected[0, 0].numpy(), atol=atol)


def cell(page: Page, name: str, row: float, column: float, rows: int) -> tuple[float, float]:
    """Where a value of a board is in the window, in values from its corner."""
    box = page.get_by_role("slider", name=name).bounding_box()
    assert box
    return box["x"] + (column + 0.5) * box["width"] / rows, box["y"] + (row + 0.5) * box["height"] / rows


def test_a_convolution_by_mouse_right_and_wrong(visit: Visit) -> None:
    page = visit("?tab=bench")
    now, bench = page.locator("#bench .conv .now"), page.locator("#bench .conv")
    made = F.conv2d(F_SHAPE, VERTICAL)
    expect(now).to_contain_text("Row 1, column 2: the 9 products add up to 0; plus the bias 0, the value is 0.")
    expect_map(page, "conv", made)
    expect_map(page, "pool", F.max_pool2d(F.relu(made), 2))
    # The window follows the pointer over the picture; the middle of the kernel is under it.
    page.mouse.click(*cell(page, "Window on the picture", 2, 1, 8))
    expect(now).to_contain_text(f"Row 1, column 0: the 9 products add up to {made[0, 0, 1, 0]:.0f}")
    page.mouse.move(*cell(page, "Window on the picture", 1, 6, 8))
    page.mouse.down()
    page.mouse.move(*cell(page, "Window on the picture", 5, 6, 8), steps=4)
    page.mouse.up()
    expect(now).to_contain_text("Row 4, column 5")
    # A value that is pooled, and what it was chosen from.
    page.mouse.click(*cell(page, "Pooling map", 0, 0, 3))
    expect(now).to_have_text(re.compile(r"Row 0, column 0: the largest of 1, 0, 2, 0 is 2\."))
    expect(bench.locator(".figures td.winner")).to_have_text("2")
    # Something impossible says why, keeps the rest, and is undone.
    bench.locator("select.dilation").select_option("3")
    bench.locator("select.size").select_option("5")
    expect(bench.locator(".refusal")).to_contain_text("5 × 5, spread by dilation 3 over 13 × 13 values, does not fit")
    expect(bench.get_by_role("slider", name="Convolution map")).not_to_be_visible()
    expect(bench.get_by_role("button", name="Play")).to_be_disabled()
    for _ in range(2):
        page.locator("#bench").get_by_role("button", name="Undo").click()
    expect(bench.locator(".refusal")).not_to_be_visible()
    expect_map(page, "conv", made)
    # Average pooling, padding and stride, as torch has them.
    bench.locator("select.padding").select_option("2")
    bench.locator("select.mode").select_option("reflect")
    bench.locator("select.stride").select_option("2")
    bench.locator("select.pool").select_option("mean")
    bench.locator("select.preset").select_option("blur")
    blur = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])[None, None] / 16
    made = F.conv2d(F.pad(F_SHAPE, (2, 2, 2, 2), mode="reflect"), blur, stride=2)
    expect_map(page, "conv", made)
    expect_map(page, "pool", F.avg_pool2d(F.relu(made), 2))
    code = bench.locator(".code")
    expect(code).to_contain_text('nn.Conv2d(1, 1, kernel_size=3, stride=2, padding=2, padding_mode="reflect")')
    expect(code).to_contain_text("nn.AvgPool2d(kernel_size=2, stride=2)")
    expect(bench.locator(".shapes")).to_contain_text("⌊(8 + 2·2 − 1·(3 − 1) − 1) / 2⌋ + 1 = 5, so 5 × 5")


def test_the_pages_picture_and_a_kernel_of_the_network_and_a_link_to_them(visit: Visit) -> None:
    page = visit("?tab=bench")
    bench = page.locator("#bench .conv")
    bench.locator("select.picture").select_option("own")
    bench.locator("select.side").select_option("32")
    bench.locator("select.colour").select_option("blue")
    small = open_image(FIRST_EXAMPLE).resize((32, 32), Image.Resampling.BOX)
    blue = torch.tensor(np.asarray(small)[..., 2] / 255)
    expect(bench.locator("figcaption").first).to_have_text("Picture, 32 × 32")
    found = facts(page)["picture"]
    np.testing.assert_allclose(np.reshape(found["values"], (32, 32)), blue.numpy(), atol=0.0051)
    bench.get_by_text("A kernel of a trained network").click()
    bench.locator("input.channel").fill("5")
    bench.locator("input.channel").press("Enter")
    expect(bench.get_by_label("Kernel for blue")).to_be_visible()
    bench.get_by_text("Its stride, padding, dilation and bias, too").click()
    bench.get_by_label("Kernel for blue").click()
    module = next(iter(convolutions(model_zoo.load(SHIPPED[0]).net).values()))
    assert module.bias is not None
    picture = torch.tensor(found["values"], dtype=torch.float32).reshape(1, 1, 32, 32)
    expect(bench.get_by_label("Weight: row 0, column 0")).to_have_value(
        re.compile(rf"{abs(float(module.weight[5, 2, 0, 0])):.4f}".rstrip("0"))
    )
    with torch.no_grad():
        part = F.conv2d(picture, module.weight[5:6, 2:3], module.bias[5:6], padding=1)
    expect_map(page, "conv", part, atol=1e-3)  # weights have four decimals
    expect_address(page, KEYS)
    expect(page).to_have_url(re.compile("bench=conv~picture:own~colour:blue~side:32~kernel"))
    page.locator("#share").get_by_role("button", name="Share this view").click()
    link = page.locator("#share .link").input_value()
    second = visit("?" + link.split("?")[1])
    expect(second.locator("#bench select.colour")).to_have_value("blue")
    expect(second.locator("#bench figcaption").first).to_have_text(re.compile("^Picture, 32 × 32"))
    wait_until(second, lambda: facts(second)["kernel"] == facts(page)["kernel"])  # it is drawn after the picture
    assert query(second)["bench"] == query(page)["bench"]


def test_the_bench_by_keyboard(visit: Visit) -> None:
    page = visit("?tab=bench")
    bench = page.locator("#bench .conv")
    board = bench.get_by_role("slider", name="Convolution map")
    board.focus()
    page.keyboard.press("Home")
    expect(board).to_have_attribute("aria-valuenow", "0")
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    expect(board).to_have_attribute("aria-valuetext", re.compile("^Row 1, column 2: the 9 products add up to"))
    assert board.get_attribute("aria-valuenow") == "8" and board.get_attribute("aria-valuemax") == "35"
    page.keyboard.press("End")
    expect(board).to_have_attribute("aria-valuenow", "35")
    # A weight is typed over, with a comma; what is no number changes nothing and is marked.
    bench.get_by_label("Weight: row 0, column 0").focus()
    page.keyboard.press("ArrowDown")
    expect(bench.get_by_label("Weight: row 1, column 0")).to_be_focused()
    page.keyboard.type("0,5")
    page.keyboard.press("Enter")
    kernel = VERTICAL.clone()
    kernel[0, 0, 1, 0] = 0.5
    expect_map(page, "conv", F.conv2d(F_SHAPE, kernel))
    expect(bench.get_by_label("Weight: row 1, column 1")).to_be_focused()
    page.keyboard.type("two")
    page.keyboard.press("Enter")
    expect(bench.get_by_label("Weight: row 1, column 1")).to_have_attribute("aria-invalid", "true")
    expect_map(page, "conv", F.conv2d(F_SHAPE, kernel))
    # A value of the picture, and undo.
    bench.get_by_text("Draw, or change its numbers").focus()
    page.keyboard.press("Enter")
    bench.get_by_label("Pencil").uncheck()
    bench.get_by_label("Picture: row 0, column 0").focus()
    page.keyboard.type("0.25")
    page.keyboard.press("Enter")
    drawn = F_SHAPE.clone()
    drawn[0, 0, 0, 0] = 0.25
    expect(bench.locator("select.picture")).to_have_value("drawn")
    expect_map(page, "conv", F.conv2d(drawn, kernel))
    undo = page.locator("#bench .undo")
    undo.focus()
    page.keyboard.press("Enter")
    expect_map(page, "conv", F.conv2d(F_SHAPE, kernel))
    # Played to the end, at once for whoever turns the speed up.
    bench.get_by_label("Speed").focus()
    page.keyboard.press("End")
    bench.get_by_role("button", name="From the start").press("Enter")
    expect(board).to_have_attribute("aria-valuenow", "0")
    bench.get_by_role("button", name="Play").press("Enter")
    expect(board).to_have_attribute("aria-valuenow", "35")
    expect(bench.get_by_role("button", name="Play")).to_be_visible()
    page.locator("#bench").get_by_role("button", name="Start again").press("Enter")
    expect_map(page, "conv", F.conv2d(F_SHAPE, VERTICAL))
    # The descent starts where the arrow keys bring it.
    page.locator("#bench .kinds input").first.focus()
    page.keyboard.press("ArrowUp")  # round, to the last
    surface = page.get_by_role("slider", name="Start of the descent on the loss surface")
    surface.focus()
    before = facts(page)["from"]
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    after = facts(page)["from"]
    assert after[0] < before[0] and after[1] < before[1]
    expect(surface).to_have_attribute("aria-valuetext", re.compile("^It starts at w"))


def test_the_bench_on_a_phone(visit: Visit) -> None:
    page = visit("?tab=bench", **LOOKS["phone, dark, touch"])
    bench = page.locator("#bench")
    assert page.locator("#areas > .tab-wrapper [role=tab]:visible").count() <= 5
    x, y = cell(page, "Convolution map", 4, 0, 6)
    page.touchscreen.tap(x, y)
    expect(bench.locator(".conv .now")).to_contain_text("Row 4, column 0")
    for part in bench.locator(".panels :is(button, select, summary):visible").all():
        box = part.bounding_box()
        assert box and box["height"] >= 44, part.evaluate("node => node.outerHTML")
    # With the pencil: a line across the grid.
    bench.get_by_text("Draw, or change its numbers").tap()
    bench.get_by_role("button", name="All black").tap()
    grid = bench.locator(".cells")
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 16, box["y"] + 3.5 * box["height"] / 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.95 * box["width"], box["y"] + 3.5 * box["height"] / 8, steps=24)
    page.mouse.up()
    values = np.reshape(facts(page)["picture"]["values"], (8, 8))
    assert (values[3] == 1).all() and values.sum() == 8
    bench.locator(".undo").tap()  # the line was one change
    assert np.sum(facts(page)["picture"]["values"]) == 0
    assert overflow(page) == 0
    # Two layers, trained where the reader is; the copied code prints the same losses.
    bench.get_by_text("Two layers", exact=True).tap()
    bench.get_by_label("Hidden values").select_option("10")
    bench.get_by_label("Steps").select_option("100")
    bench.get_by_role("button", name="Train").tap()
    said = bench.locator(".layers .now")
    expect(said).to_contain_text("The loss has fallen from")
    losses = facts(page)["losses"]
    with redirect_stdout(io.StringIO()) as out:
        exec(bench.locator(".layers .code").text_content() or "", {})
    printed = [float(line.split()[1]) for line in out.getvalue().splitlines()]
    np.testing.assert_allclose(losses, printed, rtol=1e-3)
    expect(bench.locator(".matrix canvas")).to_have_count(12)  # four, before, after and by how much
    bench.get_by_label("Learning rate").select_option("10")
    bench.get_by_role("button", name="Train").tap()
    expect(said).to_contain_text("The loss grows instead of falling")
    expect(said).to_contain_text("Take a smaller rate.")
    expect(bench.locator(".layers .runs li")).to_have_count(2)
    assert overflow(page) == 0
    bench.get_by_text("Gradient descent", exact=True).tap()
    bench.get_by_role("button", name="Ten steps").tap()
    expect(bench.locator(".descent .step")).to_contain_text("Step 10")
    assert overflow(page) == 0
    with redirect_stdout(io.StringIO()) as out:
        exec(bench.locator(".descent .code").text_content() or "", {})
    *_, last = out.getvalue().splitlines()
    np.testing.assert_allclose(facts(page)["path"][-1]["weights"], eval(last.split(" ", 1)[1]), rtol=1e-3)


def test_others_can_set_and_read_the_bench_and_nothing_is_fetched_before(visit: Visit) -> None:
    page = visit()
    fetched: list[str] = []

    def note(request: Request) -> None:
        fetched.append(request.url)

    names = page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert any("/static/lib/" in name for name in names) and not any("/tabs/bench/" in name for name in names)
    page.on("request", note)
    choose_tab(page, "bench")
    expect(page.locator("#bench .conv .now")).to_be_visible()
    assert any("/tabs/bench/conv_view.js" in url for url in fetched)
    assert not any("layers" in url or "descent" in url for url in fetched if "/tabs/bench/" in url)
    page.evaluate(SET, "conv~picture:vertical~kernel:sharpen~relu:0~pool:none~at:conv.3.3")
    expect(page.locator("#bench .conv .now")).to_contain_text("Row 3, column 3: the 9 products add up to")
    sharpen = torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]])[None, None]
    edge = torch.tensor([[0.0] * 4 + [1.0] * 4] * 8)[None, None]
    made = F.conv2d(edge, sharpen)
    expect_map(page, "conv", made)
    found = facts(page)
    assert set(found["maps"]) == {"conv"}
    assert found["largest"]["conv"]["value"] == float(made.max())
    calculation = found["calculation"]
    assert calculation["value"] == float(made[0, 0, 3, 3]) == pytest.approx(sum(calculation["products"]))
    for hostile in ("<script>window.broken=1</script>", "layers~rate:<b>", "conv~kernel:1e999", "~" * 3000):
        page.evaluate(SET, hostile)
    expect(page.locator("#bench .conv .now")).to_contain_text("Row 1, column 2")
    assert page.evaluate("window.broken") is None
    page.evaluate(SET, "descent~problem:scaled~rate:1.1~steps:30")
    expect(page.locator("#bench .descent .now")).to_contain_text("it grows")
    expect(page).to_have_url(re.compile("bench=descent~problem:scaled~rate:1.1~steps:30"))
    page.go_back()
    expect_address(page, KEYS, tab="lessons")  # the area's first tab, where the way to the bench led through
    page.go_back()
    expect_address(page, KEYS, tab="predict")
