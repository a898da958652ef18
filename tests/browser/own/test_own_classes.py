"""Own classes in the page, from pictures to a network that every tab shows, that is taken home and brought back."""

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.actions import choose_tab, wait_until
from tests.browser.conftest import Visit
from tests.own_pictures import files
from tests.pictures import noise

pytestmark = pytest.mark.browser
PATIENCE = 180_000  # milliseconds for a network, on a busy machine


@pytest.fixture(scope="module")
def browser(launch: Callable[..., Browser]) -> Iterator[Browser]:
    browser = launch("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
    yield browser
    browser.close()


def card(page: Page, name: str) -> Locator:
    return page.locator(f"#own section[aria-label='Class {name}']")


def answer(page: Page) -> list[str]:
    return page.locator("#own .so-far .shares tr").all_inner_texts()


def test_classes_are_taught_used_everywhere_taken_home_and_brought_back(
    visit: Visit, tmp_path: Path, allowed: list[str]
) -> None:
    allowed.append("status of 422")  # of what is no picture and no zip
    page = visit("?tab=predict")
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    assert not [name for name in loaded if "/own/board/" in name or "/on_demand/" in name]
    choose_tab(page, "own")
    for number, kind in enumerate(("stripes", "discs"), 1):
        page.get_by_label(f"Name of the class Class {number}").fill(kind)
        page.keyboard.press("Enter")
        expect(card(page, kind)).to_be_visible()
        card(page, kind).locator(".files").set_input_files([*files(tmp_path / kind, kind, 5)])
        expect(card(page, kind).locator(".count")).to_have_text("5 pictures")
    state = page.locator("#own .so-far .state")
    expect(state).to_have_text("Its answer for the page’s picture.", timeout=PATIENCE)
    expect(page.locator("#own .remarks li").first).to_contain_text("has only 5 pictures")

    # A file that is no picture is refused in words, and the others stay.
    (tmp_path / "notes.txt").write_text("no picture")
    card(page, "discs").locator(".files").set_input_files(tmp_path / "notes.txt")
    expect(page.locator("#own .refused p")).to_contain_text("notes.txt: ")
    page.locator("#own .refused button").click()

    # By keyboard alone: a picture is moved and comes back, another is deleted and comes back.
    before = answer(page)
    card(page, "stripes").locator(".thumb[tabindex='0']").focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Move to discs")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card(page, "discs").locator(".count")).to_have_text("6 pictures")
    wait_until(page, lambda: answer(page) not in (before, []))
    page.get_by_role("button", name="Undo").press("Enter")
    expect(card(page, "stripes").locator(".count")).to_have_text("5 pictures")
    wait_until(page, lambda: answer(page) == before)
    card(page, "stripes").locator(".thumb[tabindex='0']").focus()
    page.keyboard.press("Delete")
    expect(card(page, "stripes").locator(".count")).to_have_text("4 pictures")
    page.get_by_role("button", name="Undo").click()
    expect(card(page, "stripes").locator(".count")).to_have_text("5 pictures")

    # By camera: a burst is one scene, and the answer for what the camera sees is one of the classes.
    page.get_by_role("button", name="Add a class").click()
    page.get_by_label("Name of the class Class 3").fill("camera")
    page.keyboard.press("Enter")
    card(page, "camera").get_by_role("button", name="Camera for camera").click()
    wait_until(page, lambda: page.locator("#own .burst video").evaluate("video => video.readyState >= 2"))
    card(page, "camera").get_by_role("button", name="Hold to take pictures").hover()
    page.mouse.down()
    expect(card(page, "camera").locator(".count")).to_have_text(re.compile("[4-9] pictures"))
    page.mouse.up()
    page.keyboard.press("Escape")
    expect(page.locator("#own .burst")).to_have_count(0)
    expect(page.locator("#own .remarks")).to_contain_text("all of one scene", timeout=PATIENCE)
    page.get_by_role("button", name="Show it the camera").click()
    expect(page.locator("#own .so-far .shares tr").first).to_contain_text("camera")
    page.get_by_role("button", name="Stop the camera").click()

    page.get_by_label("Its name").fill("Shapes & me")
    page.locator("#own .make").click()
    made = page.locator("#own .outcome")
    expect(made.locator("h3")).to_have_text("“Shapes & me” is made", timeout=PATIENCE)
    expect(made).to_contain_text(re.compile(r"\d+\.\d % right \(\d+ of 10; 95 % interval"))
    expect(made).to_contain_text("Nothing was held out of camera")
    cell = made.locator(".confusion button").first
    cell.click()
    expect(made.locator(".behind img")).to_have_count(int(cell.inner_text()))
    expect(made.locator("figcaption")).to_have_count(10)

    made.get_by_role("button", name="Use Shapes & me in all tabs").click()
    expect(page).to_have_url(re.compile(r"[?&]model=private"))
    expect(page.locator("#answer .verdict")).to_contain_text(re.compile("stripes|discs|camera"))
    choose_tab(page, "explore")
    expect(page.locator("#strip .tile").nth(5)).to_be_visible()
    choose_tab(page, "own")
    with page.expect_download() as download:
        page.locator("#own .mine .home").click()
    zipped = tmp_path / "shapes.zip"
    download.value.save_as(zipped)
    with zipfile.ZipFile(zipped) as archive:
        archive.extractall(tmp_path / "home")
    run = [sys.executable, "predict.py", str(tmp_path / "discs" / "discs no. 0.png")]
    said = subprocess.run(run, cwd=tmp_path / "home", capture_output=True, text=True, check=True).stdout
    assert "discs" in said.splitlines()[0]

    # Somebody else sees nothing of it, and has it by the zip alone.
    other = visit("?tab=own")
    expect(other.locator("#own .mine li")).to_have_text(["None yet."])
    expect(other.locator("#own .thumb")).to_have_count(0)
    assert "Shapes" not in (other.locator("#model").text_content() or "")
    other.locator("#own .bring").set_input_files(tmp_path / "notes.txt")
    expect(other.locator("#own .told")).to_contain_text("notes.txt cannot be opened as a zip")
    other.locator("#own .bring").set_input_files(zipped)
    expect(other.locator("#own .told")).to_contain_text("“Shapes & me” is back", timeout=PATIENCE)
    expect(other.locator("#model")).to_contain_text("Shapes & me (yours)")
    other.get_by_role("button", name="Delete Shapes & me").click()
    expect(other.locator("#own .mine li")).to_have_text(["None yet."])
    expect(other.locator("#model")).not_to_contain_text("Shapes")

    # After a reload the networks are there, and the pictures are not.
    page.reload()
    expect(page.locator("#own .mine li")).to_contain_text("Shapes & me")
    expect(page.locator("#own .thumb")).to_have_count(0)


def test_squares_marked_on_a_photo_become_pictures_that_are_held_out_together(visit: Visit, tmp_path: Path) -> None:
    page = visit("?tab=own")
    page.get_by_role("button", name="Squares of a photo").click()
    marks, view = page.locator("#own .marks span"), page.locator("#own .photo-view")
    settled = page.locator("#own .marks span:not(.coming)")
    counts = [card(page, f"Class {number}").locator(".count") for number in (1, 2)]

    for number in (1, 2):
        photo = (
            tmp_path / f"field {number}.{'png' if number == 1 else 'tif'}"
        )  # the second one as cameras of drones may
        noise(900, 600, seed=number).save(photo)
        page.locator("#own .photo-file").set_input_files(photo)
        expect(view).to_have_accessible_name(f"{photo.name}, 900 × 600 pixels, 0 squares")
        assert page.locator("#own .photo-sheet img").evaluate("image => image.decode().then(() => image.naturalWidth)")
        expect(page.locator("#own .tile-side output")).to_have_text("75 pixels")
        sheet = page.locator("#own .photo-sheet")
        box = sheet.bounding_box()
        assert box
        # By mouse two of the first class, one of which is dragged elsewhere; by keys two of the second.
        page.get_by_role("radio", name="Class 1").check()
        for x in (0.1, 0.3):
            sheet.click(position={"x": x * box["width"], "y": 0.2 * box["height"]})
        expect(settled).to_have_count(2)
        sheet.hover(position={"x": 0.3 * box["width"], "y": 0.2 * box["height"]})
        page.mouse.down()
        sheet.hover(position={"x": 0.5 * box["width"], "y": 0.2 * box["height"]})
        page.mouse.up()
        expect(settled.nth(1)).to_have_attribute("style", re.compile(r"left: 45\.\d+%"))
        page.keyboard.press("2")
        expect(page.get_by_role("radio", name="Class 2")).to_be_checked()
        for _ in range(2):
            page.keyboard.press("Shift+ArrowDown")
            page.keyboard.press("Enter")
        expect(settled).to_have_count(4)
        expect(page.locator("#own .photo-said")).to_contain_text("4 on this photo.")
    for count in counts:
        expect(count).to_have_text("4 pictures")

    # A square of another class is given to the chosen one; one that is deleted, here or in its class, is gone in both.
    marks.first.click()
    expect(counts[1]).to_have_text("5 pictures")
    page.get_by_role("button", name="Undo").click()
    expect(counts[0]).to_have_text("4 pictures")
    card(page, "Class 1").locator(".thumb").first.press("Delete")
    expect(marks).to_have_count(3)
    page.get_by_role("button", name="Undo").click()
    expect(settled).to_have_count(4)

    expect(page.locator("#own .remarks")).to_contain_text("The 8 pictures show 2 scenes", timeout=PATIENCE)
    page.locator("#own .make").click()
    made = page.locator("#own .outcome")
    expect(made).to_contain_text(re.compile(r"right \(\d of 8; 95 % interval"), timeout=PATIENCE)


KINDS: dict[str, tuple[str, dict[str, Any]]] = {  # of TIFF: mode of the picture, and how it is saved
    "raw": ("RGB", {"compression": "raw"}),
    "LZW": ("RGB", {"compression": "tiff_lzw"}),
    "LZW of differences": ("RGB", {"compression": "tiff_lzw", "tiffinfo": {317: 2}}),
    "Deflate": ("RGB", {"compression": "tiff_adobe_deflate"}),
    "PackBits": ("RGB", {"compression": "packbits"}),
    "grey": ("L", {"compression": "tiff_lzw"}),
    "16 bits": ("I;16", {"compression": "tiff_adobe_deflate"}),
    "palette": ("P", {"compression": "packbits"}),
    "transparent": ("RGBA", {"compression": "tiff_lzw"}),
    "JPEG within": ("RGB", {"compression": "jpeg"}),
    "black and white": ("1", {"compression": "group4"}),
    "print colours": ("CMYK", {"compression": "raw"}),
}
READ = """async ([module, bytes]) => {
  const { decoded } = await import(module);
  return decoded(new Uint8Array(bytes).buffer).then(({ pixels }) => [...pixels], (error) => error.message);
}"""


def test_a_tiff_is_read_as_pillow_reads_it_or_refused_in_a_sentence(visit: Visit) -> None:
    page = visit("?tab=own")
    page.get_by_role("button", name="Squares of a photo").click()
    loaded = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    (module,) = (name for name in loaded if name.endswith("/own/board/tiff.js"))
    for name, (mode, saved) in KINDS.items():
        picture = noise(61, 47).convert("L" if mode == "I;16" else mode)
        if mode == "I;16":
            picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
        buffer = io.BytesIO()
        picture.save(buffer, "TIFF", **saved)
        data = buffer.getvalue()
        found = page.evaluate(READ, [module, list(data)])
        if name in ("JPEG within", "black and white", "print colours"):
            assert found.startswith("This kind of TIFF picture (of ") and found.endswith("JPEG or PNG first."), name
            continue
        assert isinstance(found, list), (name, found)
        read = Image.open(buffer)
        plain = Image.fromarray((np.asarray(read) >> 8).astype(np.uint8)) if mode == "I;16" else read
        assert np.array_equal(np.array(found).reshape(47, 61, 4), np.asarray(plain.convert("RGBA"))), name
        for length in (0, 9, 100, len(data) // 2):  # cut off: a sentence, or what is left of it
            cut = page.evaluate(READ, [module, list(data[:length])])
            assert isinstance(cut, list) or cut.endswith("please save it as JPEG or PNG first."), (name, length, cut)


def test_a_network_is_fine_tuned_or_stopped_and_both_figures_are_told(visit: Visit, tmp_path: Path) -> None:
    page = visit("?tab=own")
    for number, kind in enumerate(("stripes", "discs"), 1):
        card(page, f"Class {number}").locator(".files").set_input_files([*files(tmp_path / kind, kind, 10)])
        expect(card(page, f"Class {number}").locator(".count")).to_have_text("10 pictures")
    page.locator("#own .body").select_option("cifar10-fast")
    page.get_by_label("Its name").fill("Shapes")
    page.locator("#own .make").click()
    tuning = page.locator("#own .tuning")
    expect(tuning).to_contain_text(re.compile(r"about \d+ s once it is its turn, 120 s at most"), timeout=PATIENCE)
    begin, stop = tuning.get_by_role("button", name="Fine-tune"), tuning.get_by_role("button", name="Stop")
    begin.click()
    expect(tuning.locator("progress")).to_be_visible()
    expect(page.locator("#own .make")).to_be_disabled()
    stop.click()
    expect(tuning).to_contain_text("Stopped. The network stays as it was", timeout=PATIENCE)
    expect(page.locator("#own .make")).to_be_enabled()
    begin.click()
    told = re.compile(r"Of the \d+ pictures held out, \d+ \(.*%\) were right with the frozen body.* and \d+ \(.*%\)")
    expect(tuning.locator(".said")).to_contain_text(told, timeout=2 * PATIENCE)
    expect(tuning.locator(".said strong")).to_have_text(re.compile("taken the place of|stays as it was"))
    expect(tuning.locator("progress")).to_be_hidden()
    expect(begin).to_be_hidden()
    expect(page.locator("#own .mine li")).to_have_count(1)
    page.get_by_role("button", name="Use Shapes in all tabs").first.click()
    expect(page).to_have_url(re.compile(r"[?&]model=private"))
    expect(page.locator("#answer .verdict")).to_contain_text(re.compile("Class [12]"))


def test_by_thumb_on_a_phone_nothing_is_out_of_reach(visit: Visit, tmp_path: Path) -> None:
    page = visit("?tab=own", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    card(page, "Class 1").locator(".files").set_input_files([*files(tmp_path, "stripes", 3)])
    expect(card(page, "Class 1").locator(".count")).to_have_text("3 pictures")
    card(page, "Class 1").locator(".cross").first.tap()
    expect(card(page, "Class 1").locator(".count")).to_have_text("2 pictures")
    page.get_by_role("button", name="Undo").tap()  # which stands above the row of areas
    expect(card(page, "Class 1").locator(".count")).to_have_text("3 pictures")
    card(page, "Class 1").locator(".thumb").first.tap()
    page.get_by_role("menuitem", name="Move to Class 2").tap()
    expect(card(page, "Class 2").locator(".count")).to_have_text("1 picture")
    noise(600, 400).save(tmp_path / "field.png")
    page.get_by_role("button", name="Squares of a photo").tap()
    page.locator("#own .photo-file").set_input_files(tmp_path / "field.png")
    page.locator("#own .photo-sheet").tap(position={"x": 60, "y": 60})
    expect(card(page, "Class 1").locator(".count")).to_have_text("3 pictures")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    small = [
        button.get_attribute("class")
        for button in page.locator("#own :is(button, .file, select):visible").all()
        if (box := button.bounding_box()) and min(box["width"], box["height"]) < 34
    ]
    assert not small
