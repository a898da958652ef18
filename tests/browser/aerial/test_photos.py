"""The Survey tab: a whole photo becomes a map, many files a table, and both can be saved."""

import csv
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

import model_zoo
from demo.pictures.decode import open_photo
from demo.tabs.aerial import handlers
from model_zoo.aerial.survey import survey
from tests.browser.actions import LOOKS, asks, choose_model, choose_tab, draw, expect_readable, overflow, pixels
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED, WEIGHTS, App
from tests.photosets import photo as drawn_photo
from tests.pictures import encoded, noise

pytestmark = pytest.mark.browser
PATIENCE = 120_000  # milliseconds, on a busy machine
# Keeps what a part of the page says, one text after another, also what stands there for a moment.
HEARD = """said => {
  window.heard = [];
  const hear = new MutationObserver(() => window.heard.push(said.textContent));
  hear.observe(said, { childList: true, subtree: true, characterData: true });
}"""


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photo") / "field.jpg"
    drawn_photo(4, True, 480, 270).save(path, quality=92)
    return path


def give(page: Page, part: str, *files: Path) -> None:
    page.locator(f"{part} input[type=file]").set_input_files(files)
    expect(page.locator(part)).to_contain_text(files[-1].suffix)


def slide(page: Page, name: str, value: float) -> None:
    page.locator(f"#survey-result .{name}").fill(str(value))


def windows_of(page: Page, side: int, count: str) -> None:
    page.locator("#window input").fill(str(side))
    page.locator("#window input").blur()
    expect(page.locator("#survey-said")).to_contain_text(f"= {count} windows of")


def saved(page: Page, button: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return Path(download.value.path())


def test_a_photo_becomes_a_map_that_is_coloured_anew_at_once(visit: Visit, field: Path) -> None:
    page = visit("?tab=photos")
    give(page, "#survey-photo", field)
    said = page.locator("#survey-said")
    expect(said).to_contain_text("480 × 270 pixels: 15 × 9 = 135 windows of 32 × 32 pixels")
    choose_model(page, "invasive-resnet")
    side = model_zoo.load("invasive-resnet").card["preprocessing"]["window"]  # the ground that it was trained on
    expect(said).to_contain_text(f"windows of {side} × {side} pixels")
    choose_model(page, "cifar10-cnn")
    expect(said).to_contain_text("windows of 32 × 32 pixels")
    page.locator("#window input").fill("90")
    page.locator("#window input").blur()
    expect(said).to_contain_text("6 × 3 = 18 windows of 90 × 90 pixels")
    page.get_by_role("button", name="Survey this photo").click()
    expect(said).to_contain_text("Answered in", timeout=PATIENCE)
    expect(page.get_by_role("button", name="Survey this photo")).to_be_enabled()

    result = survey(model_zoo.load(SHIPPED[0]), open_photo(field), window=90)
    words = page.locator("#survey-result .words")
    spoken = page.locator("#survey-result .spoken")
    expect(spoken).to_contain_text(words.inner_text())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    label = result.classes[int(result.probabilities.mean(axis=(0, 1)).argmax())]
    expect(page.locator("#survey-result .class")).to_have_value(label)  # the most probable one to begin with
    values = np.sort(result.grid(label).ravel())
    for threshold in (0.0, round(float(values[4:6].mean()), 2), 1.0):
        slide(page, "threshold", threshold)
        reach = result.grid(label) >= threshold
        known = np.ones(18, bool).reshape(reach.shape) if result.unfamiliar is None else ~result.unfamiliar
        expect(words).to_contain_text(
            f"{(reach & known).sum()} of {known.sum()} windows reach a probability of {100 * threshold:.0f} %"
        )
        # One row of windows is one stretch of the picture: drawn where it reaches the threshold, else left clear.
        heat = pixels(page.locator("#survey-result .heat"))
        middles = heat[45::90, 45:480:90, 3][:3] if heat.shape[:2] == (270, 480) else None
        assert middles is not None
        clear = known[0, :5]  # what the network does not know is hatched
        assert middles[0, :5][clear].tolist() == (255 * reach[0, :5])[clear].tolist()
    slide(page, "opacity", 0.25)
    assert page.locator("#survey-result .heat").evaluate("canvas => getComputedStyle(canvas).opacity") == "0.25"
    other = next(name for name in result.classes if name != label)
    page.locator("#survey-result .class").select_option(other)
    headline = page.locator("#survey-result .headline")
    expect(headline).to_contain_text(f"How much ground “{other}” covers is not told")
    expect(spoken).to_have_text(f"{headline.inner_text()} {words.inner_text()}")
    assert not [url for url in asked if not url.startswith("data:")]

    # By keyboard: a place of the map, and its probability in words.
    page.get_by_role("application", name="Heat map over field.jpg").focus()
    page.keyboard.press("ArrowRight")
    value = result.grid(other)[0, 0]
    expect(page.locator("#survey-result .pointed")).to_have_text(
        re.compile(rf"x 0 to 90, y 0 to 90 pixels: {100 * value:.1f}")
    )

    page.locator("#survey-result .class").select_option(label)
    slide(page, "threshold", 0.3)
    with saved(page, "Windows as a table").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["decision"]) for row in rows] == (result.grid(label) >= 0.3).astype(int).ravel().tolist()
    shapes = json.loads(saved(page, "Windows as shapes").read_text())
    assert len(shapes["features"]) == 18 and shapes["properties"]["photo"] == "field.jpg"
    with Image.open(saved(page, "The map as a picture")) as drawn:
        assert drawn.width == 2400  # for print, with its title and scale


def test_many_files_become_a_table_to_sort_and_to_save(visit: Visit, tmp_path: Path) -> None:
    for number in range(3):
        noise(40, 30, number).resize((120, 90)).save(tmp_path / f"{number}.png")
    hostile = tmp_path / "=1+<img src=x onerror=alert(1)>.png"
    hostile.write_bytes(encoded(noise(50, 50, 9), "PNG"))
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("inside.png", encoded(noise(60, 40, 5), "PNG"))
        archive.writestr("inner.zip", (b"PK\3\4" + bytes(30)))
    files = [tmp_path / name for name in ("0.png", "1.png", "2.png", hostile.name, "broken.jpg", "more.zip")]
    page = visit("?tab=photos")
    page.get_by_role("tab", name="Many files").click()
    give(page, "#many-files", *files)
    page.get_by_role("button", name="Answer for all of them").click()
    rows = page.locator("#many-result tbody tr")
    expect(rows).to_have_count(5, timeout=PATIENCE)
    troubles = page.locator("#many-result .troubles")
    expect(troubles).to_contain_text("Not answered: 2")
    expect(troubles).to_contain_text("broken.jpg — This JPEG picture is damaged")
    expect(troubles).to_contain_text("more.zip/inner.zip — This is a zip archive within the archive")

    def column(name: str) -> list[str]:
        return rows.locator(f"td.{name}").all_inner_texts()

    assert hostile.name in column("file")
    page.get_by_role("button", name="Probability of the answer").click()
    shares = [float(text.rstrip("\xa0%")) for text in column("share")]
    assert shares == sorted(shares, reverse=True)
    expect(page.locator("#many-result th[aria-sort=descending]")).to_have_text("Probability of the answer")
    page.get_by_role("button", name="File", exact=True).click()
    expect(page.locator("#many-result th[aria-sort=ascending]")).to_have_text("File")
    plain = [name for name in column("file") if name != hostile.name]
    assert plain == ["0.png", "1.png", "2.png", "more.zip/inside.png"]
    page.get_by_role("button", name="No.").click()
    assert column("file")[-1] == "more.zip/inside.png"

    with saved(page, "The table (CSV)").open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["file"].lstrip("'") for line in lines][:5] == column("file")
    assert lines[3]["file"].startswith("'=1+") and lines[5]["problem"]


def test_what_is_only_for_the_machine_is_not_shown(visit: Visit, field: Path) -> None:
    page = visit("?tab=photos")
    give(page, "#survey-photo", field)
    windows_of(page, 90, "18")
    page.locator("#survey-start").click()
    expect(page.locator("#survey-said")).to_contain_text("Answered in", timeout=PATIENCE)
    for kind in ("Survey map of a whole photo", "Many files"):
        page.get_by_role("tab", name=kind).click()
        assert page.locator("textarea:visible").count() == 0
        assert page.get_by_text("Textbox", exact=True).locator("visible=true").count() == 0


@pytest.mark.parametrize("look", ["desktop, dark", "phone, light"])
def test_a_survey_is_stopped_and_readable_in(visit: Visit, field: Path, look: str) -> None:
    page = visit("?tab=photos", **LOOKS[look])
    start = page.get_by_role("button", name="Survey this photo")
    start.click()
    said = page.locator("#survey-said")
    expect(said).to_contain_text(handlers.NO_PHOTO)  # it stays, beside the button
    expect(start).to_be_enabled()
    give(page, "#survey-photo", field)
    page.locator("#window input").fill("12")
    page.get_by_text("half overlapping").click()
    expect(said).to_contain_text("= 3,476 windows")
    start.click()
    words = page.locator("#survey-result .words")
    expect(words).to_contain_text("windows are answered so far", timeout=PATIENCE)
    page.get_by_role("button", name="Stop", exact=True).first.click()
    expect(said).to_contain_text("Stopped.")
    expect(start).to_be_enabled()
    expect(words).to_contain_text("of 3,476 windows are answered so far")  # what there is stays
    expect_readable(page, "#survey-said p", "#survey-result .words", "#survey-result .note", "#survey-result label")
    assert overflow(page) == 0
    choose_tab(page, "predict")


@pytest.fixture
def rounded(app: App) -> Iterator[str]:
    """A network in the run folder of the app whose threshold lies between two steps of the page's slider."""
    folder = app.log.parent / "runs" / "rounded"
    shutil.copytree(WEIGHTS / "invasive-resnet", folder)
    card = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(
        json.dumps(card | {"name": folder.name, "decision": card["decision"] | {"threshold": 0.375}})
    )
    yield folder.name
    shutil.rmtree(folder)


def test_a_survey_decides_at_the_networks_own_threshold(visit: Visit, rounded: str, field: Path) -> None:
    page = visit(f"?model={rounded}&tab=photos")
    give(page, "#survey-photo", field)
    windows_of(page, 90, "18")
    page.locator("#survey-start").click()
    expect(page.locator("#survey-said")).to_contain_text("Answered in", timeout=PATIENCE)
    for slid, threshold in ((None, 0.375), (0.5, 0.5), (0.38, 0.375)):  # 0.38: where the slider stood for it
        if slid is not None:
            slide(page, "threshold", slid)
        shapes = json.loads(saved(page, "Windows as shapes").read_text())
        assert shapes["properties"]["threshold"] == threshold


def test_a_survey_is_given_anew_after_one_was_stopped(visit: Visit, field: Path) -> None:
    """Also while the first one waits behind somebody else's, and while its last step is still worked at."""
    busy, page = visit("?tab=photos"), visit("?tab=photos")
    start, stop = page.locator("#survey-start"), page.locator("#survey-stop")
    said = page.locator("#survey-said")
    for each in (busy, page):
        choose_model(each, "invasive-resnet")  # which takes its time
        give(each, "#survey-photo", field)
        windows_of(each, 10, "1,296")
    busy.locator("#survey-start").click()
    expect(busy.locator("#survey-said")).to_contain_text("per second", timeout=PATIENCE)

    start.click()
    expect(said).to_contain_text("Waiting")
    stop.click()
    expect(said).to_contain_text("Stopped.")
    windows_of(page, 90, "18")
    said.evaluate(HEARD)
    start.click()
    expect(said).to_contain_text("Waiting")
    busy.locator("#survey-stop").click()
    expect(said).to_contain_text("18 windows of 90 × 90 pixels. Answered in", timeout=PATIENCE)
    heard = " ".join(page.evaluate("heard"))
    assert "1,296" not in heard and "Stopped" not in heard  # the first one never runs
    expect(start).to_be_enabled()
    expect(stop).to_be_disabled()

    windows_of(page, 10, "1,296")
    start.click()
    expect(said).to_contain_text("per second", timeout=PATIENCE)
    is_end = asks(page, "ready")
    with page.expect_response(lambda answer: is_end(answer.request), timeout=PATIENCE):  # of the first
        stop.click()
        expect(said).to_contain_text("Stopped.")
        said.evaluate(HEARD)
        start.click()
    expect(said).to_contain_text("per second", timeout=PATIENCE)  # of the second: the first one's run has ended
    assert "Stopped" not in " ".join(page.evaluate("heard")).partition("Waiting")[2]
    draw(page)  # what the end of the first might do to the buttons
    expect(start).to_be_disabled()
    expect(stop).to_be_enabled()
    stop.click()
    expect(said).to_contain_text("Stopped.")
    expect(start).to_be_enabled()


def test_a_growing_survey_leaves_the_keyboard_where_it_is_and_speaks_at_the_end(visit: Visit, field: Path) -> None:
    page = visit("?tab=photos")
    choose_model(page, "invasive-resnet")  # which takes its time
    give(page, "#survey-photo", field)
    windows_of(page, 15, "576")
    page.locator("#survey-start").click()
    first = page.locator("#survey-result .class")
    expect(first).to_be_visible(timeout=PATIENCE)
    page.locator("#survey-result [aria-live]").first.evaluate(HEARD)
    first.focus()
    words = page.locator("#survey-result .words")
    expect(words).to_contain_text("answered so far")
    expect(page.locator("#survey-said")).to_contain_text("Answered in", timeout=PATIENCE)
    expect(words).not_to_contain_text("answered so far")
    assert page.evaluate("document.activeElement.matches('#survey-result .class')")
    (heard,) = page.evaluate("heard")
    assert words.inner_text() in heard
