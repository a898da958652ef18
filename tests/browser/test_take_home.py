"""What the menus give: pictures at print size, tables with all digits, LaTeX, and a worksheet of two pages."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

import model_zoo
from demo.core.inference import infer
from demo.core.view import View
from demo.pictures.decode import open_image
from demo.server import modules
from demo.share.worksheet.worksheet import worksheet
from model_zoo.explain.sums import back, explain
from model_zoo.explain.sums.document import document
from model_zoo.graph.position import Position
from tests.browser.actions import FIRST_EXAMPLE, choose_segment, walked
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED
from tests.pictures import noise

pytestmark = pytest.mark.browser
NAME, STEP, CHANNEL, ROW, COLUMN = SHIPPED[0], "pool1", 14, 3, 5
PRINT = 2000  # pixels of the longer side, at least


def opened(page: Page, view: str) -> Locator:
    menu = page.locator(f"take-home[view='{view}']")
    menu.locator("summary").click()
    return menu


def saved(page: Page, menu: Locator, label: str, folder: Path) -> Path:
    """What the menu's entry saves; the menu, which is opened where it is not, is closed by it."""
    if not menu.locator(".menu").is_visible():
        menu.locator("summary").click()
    with page.expect_download(timeout=60_000) as download:
        menu.get_by_role("button", name=label).click()
    expect(menu.locator(".menu")).to_be_hidden()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def rows(path: Path) -> list[list[str]]:
    text = path.read_bytes().decode("utf-8")
    assert text.endswith("\r\n")
    found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert len({len(row) for row in found}) == 1
    return found


def expect_print(path: Path, *, coloured: float = 0.002) -> np.ndarray:
    """A picture of print size on white, with something on it, and a share of it in colour."""
    with Image.open(path) as picture:
        assert max(picture.size) >= PRINT
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert (pixels[:20] == 255).all() and (pixels[:, :20] == 255).all()
    assert (pixels.min(axis=2) < 128).mean() > 0.002  # letters at the least
    assert (np.ptp(pixels, axis=2) > 40).mean() >= coloured
    return pixels


# The steps whose pictures are said to be reduced.
REDUCED = """async (library) => {
  const { views } = await import(new URL(library, document.baseURI));
  return views.strip()[0].plate().blocks[0].panels.map((panel) => panel.caption.split('\\n'))
    .filter((words) => words.at(-1).startsWith('drawn 16 × 16')).map((words) => words[0]);
}"""
LIBRARY = modules.address("static/lib/take_home.js")


def is_asked(url: str) -> bool:
    return url.startswith("http") and "/queue/data" not in url


def test_explored_views_are_saved_without_asking_the_server(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"?model={NAME}&tab=explore&step={STEP}&channel={CHANNEL}&row={ROW}&column={COLUMN}")
    expect(page.locator("#inspector .card").last).to_contain_text("Adds up")
    steps = {step.name: step for step in walked(NAME, FIRST_EXAMPLE)}
    asked: list[str] = []
    # Besides the stream of answers to what was asked before, which may be opened late.
    page.on("request", lambda request: asked.append(request.url) if is_asked(request.url) else None)

    menu = opened(page, "strip")
    reduced = page.evaluate(REDUCED, LIBRARY)
    assert reduced == [name for name, step in steps.items() if max(step.shape[2:], default=step.shape[1] / 16) > 16]
    expect_print(saved(page, menu, "PNG", tmp_path))
    listed = rows(saved(page, menu, "CSV", tmp_path))
    assert [row[1] for row in listed[1:]] == list(steps)
    assert sum(int(row[8]) for row in listed[1:]) == sum(step.parameters for step in steps.values())

    menu = opened(page, "grid")
    expect_print(saved(page, menu, "PNG", tmp_path))
    maps = steps[STEP].output[0].numpy()
    for row in rows(saved(page, menu, "CSV", tmp_path))[1:]:
        own = maps[int(row[0])]
        expected = [own.min(), own.max(), own.mean(), (own == 0).mean()]
        assert np.allclose([float(number) for number in row[1:]], expected, rtol=1e-4, atol=1e-9)

    menu = opened(page, "channel")
    expect_print(saved(page, menu, "This channel", tmp_path))
    values = np.array([float(row[2]) for row in rows(saved(page, menu, "Its values", tmp_path))[1:]])
    assert np.allclose(values, maps[CHANNEL].ravel(), atol=np.abs(maps).max() / 1000)
    kernels = rows(saved(page, menu, "kernels", tmp_path))[1:]
    weights = steps["conv2"].module.weight[CHANNEL].detach().numpy().ravel()
    assert np.allclose([float(row[4]) for row in kernels], weights, rtol=1e-4)

    menu = opened(page, "inspector")
    expect_print(saved(page, menu, "PNG", tmp_path))
    head, *terms = rows(saved(page, menu, "CSV", tmp_path))
    of = {name: [dict(zip(head, row, strict=True)) for row in terms if row[0] == name] for name in ("conv2", STEP)}
    *summands, total, tensor = of["conv2"]
    assert total["term"] == "total" and tensor["term"] == "tensor"
    assert sum(float(row["result"]) for row in summands) == pytest.approx(float(total["result"]), abs=1e-7)
    made = summands[:-1]  # but the bias
    assert all(float(r["value (no unit)"]) * float(r["weight"]) == float(r["result"]) for r in made)
    assert float(of[STEP][-1]["result"]) == maps[CHANNEL, ROW, COLUMN]
    assert not asked


def test_the_window_and_the_changed_answer_are_saved(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"?model={NAME}&tab=explore&step=conv1&channel={CHANNEL}&edits=conv2.5:inv")
    player = page.locator("#player")
    choose_segment(page, "Play")
    for count in ("1 of 1024", "2 of 1024"):
        expect(player.locator(".makes")).to_contain_text(count)
        player.locator(".one").click()
    menu = opened(page, "player")
    expect_print(saved(page, menu, "PNG", tmp_path), coloured=0)  # the picture's channel, in grey, and three values
    read = rows(saved(page, menu, "What the window reads", tmp_path))[1:]
    assert len(read) == 3 * 9 + 1 and read[-1][0] == "bias"
    values = rows(saved(page, menu, "The values made", tmp_path))[1:]
    steps = {step.name: step for step in walked(NAME, FIRST_EXAMPLE)}
    expected = steps["conv1"].output[0, CHANNEL, 0, :3].numpy()
    assert [row[:2] for row in values] == [["0", "0"], ["0", "1"], ["0", "2"]]
    assert np.allclose([float(row[2]) for row in values], expected, atol=0.01)
    assert sum(float(row[-1]) for row in read) == pytest.approx(expected[-1], abs=0.02)

    choose_segment(page, "What if?")
    menu = opened(page, "whatif")
    expect_print(saved(page, menu, "PNG", tmp_path))
    head, *answers = rows(saved(page, menu, "before and now (CSV)", tmp_path))
    assert len(head) == 5
    original = dict(model_zoo.load(NAME).predict(open_image(FIRST_EXAMPLE)))
    assert {row[0]: float(row[1]) for row in answers} == pytest.approx(original, abs=1e-4)
    assert sum(float(row[2]) for row in answers) == pytest.approx(1, abs=1e-3)
    assert any(row[3] != row[4] for row in answers)
    changes = rows(saved(page, menu, "The changes", tmp_path))
    assert changes[1] == ["1", "conv2, channel 5: inverted", "conv2.5:inv"]


def test_in_the_picture_of_a_step_no_words_run_into_others(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"?model={NAME}&tab=explore&step=flatten")
    expect(page.locator("#grid h3")).to_contain_text("flatten")
    menu = opened(page, "grid")
    expect_print(saved(page, menu, "PNG", tmp_path))
    too_wide = page.evaluate(
        """async (library) => {
          const { views } = await import(new URL(library, document.baseURI));
          const { panels, columns } = views.grid()[0].plate().blocks[0];
          const pen = document.createElement('canvas').getContext('2d');
          pen.font = '16px sans-serif';  // the smallest on a plate
          const words = panels.flatMap(({ caption }) => (columns > 1 ? caption.split('\\n') : []));
          return words.filter((text) => pen.measureText(text).width > 2220 / columns).length;
        }""",
        LIBRARY,
    )
    assert not too_wide


def test_latex_and_worksheet(visit: Visit) -> None:
    page = visit(
        f"?model={NAME}&tab=explore&step={STEP}&channel={CHANNEL}&row={ROW}&column={COLUMN}",
        permissions=["clipboard-read", "clipboard-write"],
    )
    expect(page.locator("#inspector .card").last).to_contain_text("Adds up")
    menu = opened(page, "inspector")
    menu.get_by_role("button", name="LaTeX").click()
    expect(menu.get_by_role("status")).to_have_text("Copied.")
    model = model_zoo.load(NAME)
    x, steps = model.prepare(open_image(FIRST_EXAMPLE)), walked(NAME, FIRST_EXAMPLE)
    chain = back(steps, x, explain(steps, x, STEP, CHANNEL, ROW, COLUMN))
    assert page.evaluate("navigator.clipboard.readText()") == document(chain)

    with page.context.expect_page() as tab:
        menu.get_by_role("button", name="Worksheet").click()
    sheet = tab.value
    expect(sheet.locator("h1").first).to_have_text("How a network gets one of its numbers")
    assert sheet.locator("main.page").count() == 2
    assert pages(sheet, "A4") == 2

    page.keyboard.press("Escape")  # closes the menu, and the inspector does not go up a level
    expect(menu.locator(".menu")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()
    expect(page.locator("#inspector .card")).not_to_have_count(0)


def test_the_answer_is_saved_by_keyboard_with_all_digits(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"?model={NAME}&tab=predict", viewport={"width": 390, "height": 844}, color_scheme="dark")
    menu = page.locator("take-home[view='answer probabilities judgement nearest seen stability']")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect_print(saved(page, menu, "PNG", tmp_path))
    table = saved(page, menu, "Table: Probability of each class (CSV)", tmp_path)
    found = {row[0]: float(row[1]) for row in rows(table)[1:]}
    assert found == pytest.approx(dict(model_zoo.load(NAME).predict(open_image(FIRST_EXAMPLE))), rel=1e-9)
    expect(menu.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    box = menu.locator(".menu").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    page.mouse.click(5, 5)
    expect(menu.locator(".menu")).to_be_hidden()


def pages(page: Page, paper: str) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))


# Rows of grids on an A4 page whose last part, the sum and its number, stands on another line than the grids.
SUMS_APART = """() => [...document.querySelectorAll('.task.wide .grids')].filter((row) => {
  const [table, last] = [row.querySelector('table'), row.lastElementChild].map((node) => node.getBoundingClientRect());
  return last.top > table.bottom || last.height > 30;
}).length"""


# Calculations on the students' page that begin with a gap, but not where a line begins.
MIDWAY = """() => [...document.querySelectorAll('.calculation:has(> .gap:first-child)')].filter(
  (one) => one.firstChild === one.querySelector('.gap')
    && one.getBoundingClientRect().left > one.parentElement.getBoundingClientRect().left + 1).length"""


def test_worksheets_of_every_kind_of_step_have_two_pages(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 688, "height": 980})  # what an A4 page has between its margins
    page.emulate_media(media="print")
    picture = noise(50, 40).resize((90, 70), Image.Resampling.BICUBIC)
    done = set()
    for name in SHIPPED:
        model = model_zoo.load(name)
        for step in model_zoo.walk(model.net, model.prepare(picture)):
            first = step.operation not in done and (step.inputs != ("input",) or step.operation == "convolution")
            if not first and step.name not in ("pool", "divide", "fc3"):
                continue
            done.add(step.operation)
            place = Position(step.name, *(size // 2 for size in step.shape[1:]), *(0,) * (4 - len(step.shape)))
            page.set_content(worksheet(infer(View(model=name), picture), place)["html"])
            assert {pages(page, paper) for paper in ("A4", "Letter")} == {2}, (name, step.name)
            assert not page.evaluate(SUMS_APART), (name, step.name)
            assert not page.evaluate(MIDWAY), (name, step.name)
    page.close()
    assert {"convolution", "ReLU", "max pool", "batch norm", "GELU", "linear", "divide"} <= done
