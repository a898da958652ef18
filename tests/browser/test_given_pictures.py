"""A picture is given in whichever way: dropped anywhere, pasted, by the camera; several at once; and after a reload."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from demo.pictures.examples import examples
from tests.browser.actions import (
    FIRST_EXAMPLE,
    OTHER,
    PHOTO,
    choose_example,
    choose_file,
    choose_tab,
    expect_address,
    expect_answer,
    open_panel,
    query,
)
from tests.browser.chromium import PATIENCE, chromium
from tests.browser.conftest import SEEN, Visit
from tests.conftest import SHIPPED, App, fully
from tests.pictures import black_png

pytestmark = pytest.mark.browser
PLACES = {"the bar": "#masthead h1", "the box": "#picture img", "the tab": "#probabilities", "a field": "#model label"}
PANELS = {"#picture": "picture", "#model": "network"}
PASTE = """async (url) => {
  const blob = await (await fetch(url)).blob();
  const data = new DataTransfer();
  data.items.add(new File([blob], 'pasted.jpg', { type: 'image/jpeg' }));
  document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def drop(page: Page, place: str, *files: Path) -> None:
    """As from a folder's window: the browser itself gets these files, and would open them if the page did not."""
    if panel := PANELS.get(place.split()[0]):
        open_panel(page, panel)
    target = page.locator(place).first
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    data = {"items": [], "files": [str(file) for file in files], "dragOperationsMask": 1}
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "data": data}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind} | at)


def note(page: Page) -> str:
    """The sentence at the foot of the window; "" for none."""
    shown = page.locator("#whole-page .note")
    return shown.locator("p").inner_text() if shown.is_visible() else ""


def errors(page: Page) -> int:
    """How often the bare word stands in the page, where a reader sees it; a message of its own begins with it."""
    return page.evaluate(
        """() => [...document.querySelectorAll('span, p, div')].filter((node) => !node.children.length
          && node.textContent.trim() === 'Error'
          && !node.closest('[class*=toast]')
          && node.checkVisibility({ opacityProperty: true, visibilityProperty: true })).length"""
    )


@pytest.mark.parametrize("place", fully(PLACES, "the bar", "a field"))
def test_a_picture_that_is_dropped_anywhere_is_taken(visit: Visit, place: str) -> None:
    page = visit()
    drop(page, PLACES[place], PHOTO)
    expect_answer(page, SHIPPED[0], PHOTO)
    expect_address(page, picture="own")
    assert note(page) == ""
    drop(page, PLACES[place], OTHER)  # also where one of one's own is already
    expect_answer(page, SHIPPED[0], OTHER)


@pytest.mark.parametrize("place", PLACES)
def test_of_several_files_the_first_is_taken_and_named(visit: Visit, place: str) -> None:
    page = visit()
    drop(page, PLACES[place], OTHER, PHOTO)
    expect_answer(page, SHIPPED[0], OTHER)
    expect(page.locator("#whole-page .note")).to_contain_text(f"Of these 2 files only “{OTHER.name}” was taken")
    page.get_by_role("button", name="Close", exact=True).click()
    assert note(page) == ""


def test_a_dropped_file_that_is_no_picture_is_refused_by_its_contents(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    text = tmp_path / "picture.jpg"
    text.write_text("I am a text\n" * 99)
    drop(page, "#masthead h1", text)
    expect(page.locator("[data-testid=toast-body]")).to_contain_text("This file is a text, not a picture.")
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)
    good = shutil.copy(PHOTO, tmp_path / "photo.without-a-known-ending")
    drop(page, "#picture img", Path(good))
    expect_answer(page, SHIPPED[0], PHOTO)


def test_a_link_that_hides_own_pictures_takes_none(visit: Visit) -> None:
    page = visit("?hide=upload")
    address = page.url
    drop(page, "#masthead h1", PHOTO)
    expect(page.locator("#whole-page .note")).to_contain_text("out of sight")
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)
    assert page.url == address


def test_a_photo_dropped_beside_the_boxes_of_the_photos_tab_comes_into_the_open_one(visit: Visit) -> None:
    page = visit("?tab=photos")
    drop(page, "#photo-kinds .about", PHOTO, OTHER)
    expect(page.locator("#survey-photo")).to_contain_text(PHOTO.stem)
    expect(page.locator("#survey-said")).to_contain_text("windows")
    expect(page.locator("#whole-page .note")).to_contain_text(f"only “{PHOTO.name}” was taken")
    page.get_by_role("tab", name="Many files").click()
    drop(page, "#photo-kinds .about:visible", PHOTO, OTHER)
    expect(page.locator("#whole-page .note")).to_contain_text("Drop the files on the box itself")
    drop(page, "#many-files [aria-dropeffect]", PHOTO, OTHER)
    expect(page.locator("#many-files")).to_contain_text(OTHER.stem)
    choose_tab(page, "predict")
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)  # the page's own picture stays


def test_a_picture_is_pasted_with_the_keys(visit: Visit) -> None:
    page = visit()
    address = page.locator("#examples img").nth(1).get_attribute("src")
    page.evaluate(PASTE, address)
    expect_address(page, picture="own")
    expect(page.locator("#picture img").first).to_have_js_property("naturalWidth", 96)


# ------------------------------------------------------------------------------------------------------- plain http


@pytest.fixture
def by_plain_http(app: App, browser: Browser) -> Iterator[Page]:
    """The page as in a classroom: by the name of another machine, without https."""
    path = chromium() or browser.browser_type.executable_path
    rules = "--host-resolver-rules=MAP classroom.example 127.0.0.1"
    classroom = browser.browser_type.launch(executable_path=path, args=["--no-sandbox", rules])
    problems: list[str] = []
    page = classroom.new_page(viewport={"width": 1366, "height": 860})
    page.add_init_script(SEEN)
    page.set_default_timeout(PATIENCE)
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(app.address.replace("127.0.0.1", "classroom.example"))
    expect(page.locator("#answer .verdict")).to_have_count(1)
    assert page.evaluate("isSecureContext") is False
    yield page
    classroom.close()
    assert not problems


@pytest.mark.parametrize(
    ("button", "words"),
    [("Capture from camera", "allow it only to pages that come by https"), ("Paste from clipboard", "Ctrl+V")],
)
def test_on_plain_http_camera_and_paste_say_why_they_do_not_work(by_plain_http: Page, button: str, words: str) -> None:
    page = by_plain_http
    open_panel(page, "picture").get_by_label(button).click()
    expect(page.locator("#whole-page .note")).to_contain_text(words)
    expect(page.locator("[data-testid=toast-body]")).to_have_count(0)
    assert not re.search(r"\b\w+\.\w+_\w+", page.locator("body").inner_text())  # the name of a text instead of it
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)
    page.evaluate(PASTE, page.locator("#examples img").nth(1).get_attribute("src"))
    expect_address(page, picture="own")


def test_a_camera_that_is_not_given_is_said(visit: Visit) -> None:
    page = visit()  # headless: there is none
    open_panel(page, "picture").get_by_label("Capture from camera").click()
    expect(page.locator("#whole-page .note")).to_contain_text("gives this page no camera")
    open_panel(page, "picture").get_by_label("Paste from clipboard").click()
    expect(page.locator("#whole-page .note")).to_contain_text("clipboard")
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)


# ----------------------------------------------------------------------------------------------------------- a reload


def _by_button(page: Page) -> None:
    choose_file(page, OTHER)


def _in_the_box(page: Page) -> None:
    open_panel(page, "picture")
    page.get_by_label("Remove Image").first.click()
    page.locator("#picture input[type=file]").set_input_files(OTHER)


WAYS: dict[str, Callable[[Page], None]] = {
    "the button": _by_button,
    "the box": _in_the_box,
    "a drop": lambda page: drop(page, "#masthead h1", OTHER),
}


@pytest.mark.parametrize("way", fully(WAYS, "the box"))
def test_a_reload_keeps_ones_own_picture(visit: Visit, allowed: list[str], way: str) -> None:
    allowed += ["AbortError", "Connection errored out", "404"]  # the reload drops what is on its way
    page = visit("?tab=explore&step=conv2")
    WAYS[way](page)
    expect_address(page, picture="own", step="conv2")
    choose_tab(page, "predict")
    expect_answer(page, SHIPPED[0], OTHER)
    for _ in range(2):
        page.reload()
        expect_answer(page, SHIPPED[0], OTHER)
        expect_address(page, picture="own", step="conv2")
        expect(page.locator("#share .told p")).not_to_be_visible()
    assert set(query(page)) == {"model", "tab", "step", "picture"}  # nothing of it is in the address
    stranger = visit("?picture=own")
    expect(stranger.locator("#share .told")).to_contain_text("it was somebody's own")
    expect_answer(stranger, SHIPPED[0], FIRST_EXAMPLE)

    choose_example(page, "Circle")
    expect_address(page, picture="example:circle")
    page.reload()
    expect_answer(page, SHIPPED[0], Path(examples()["Circle"]))


def test_after_a_reload_what_the_server_no_longer_has_is_said(visit: Visit, app: App, allowed: list[str]) -> None:
    allowed += ["AbortError", "Connection errored out", "40[34]"]
    page = visit()
    _by_button(page)
    expect_address(page, picture="own")
    expect_answer(page, SHIPPED[0], OTHER)
    known = "convscope-own-picture"
    page.wait_for_function(f"sessionStorage.getItem('{known}')")
    Path(page.evaluate(f"sessionStorage.getItem('{known}')")).unlink()
    page.reload()
    expect(page.locator("#share .told")).to_contain_text("it was somebody's own: please choose one of yours")
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)
    # Nor is any file given out that is no upload, or no file at all.
    for path in (app.log, Path("/etc/hostname"), Path("a" * 5000), Path("a\0b"), app.log.parent):
        page.evaluate(f"path => sessionStorage.setItem('{known}', path)", str(path))
        page.goto(f"{app.address}/?picture=own")
        expect(page.locator("#share .told")).to_contain_text("it was somebody's own")
        expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)


# --------------------------------------------------------------------------------------- a picture that is too large


def test_what_is_wrong_with_a_picture_that_is_too_large_stays(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    large = black_png(tmp_path / "large.png", 10_200, 7_650)
    choose_file(page, large)
    toast = page.locator("[data-testid=toast-body]")
    expect(toast).to_contain_text("10,200 x 7,650 = 78 million pixels")
    assert "--toast-duration: 10" not in (toast.get_attribute("style") or "")  # no bar that runs out
    assert errors(page) == 0
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)
    page.locator("[data-testid=toast-close]").click()

    _in_the_box_with(page, large)
    expect(page.locator("#answer")).to_contain_text("78 million pixels")  # where the answer would be, to stay
    page.locator("[data-testid=toast-close]").click()
    assert errors(page) == 0
    expect(page.locator("#answer")).to_contain_text("78 million pixels")


def _in_the_box_with(page: Page, file: Path) -> None:
    open_panel(page, "picture")
    page.get_by_label("Remove Image").first.click()
    page.locator("#picture input[type=file]").set_input_files(file)


def test_a_photo_for_a_survey_that_is_too_large_is_said_to_stay(visit: Visit, tmp_path: Path) -> None:
    page = visit("?tab=photos")
    large = black_png(tmp_path / "large.png", 10_200, 7_650)
    page.locator("#survey-photo input[type=file]").set_input_files(large)
    said = page.locator("#survey-said")
    expect(said).to_contain_text("78 million pixels")
    expect(page.locator("[data-testid=toast-body]")).to_have_count(0)
    page.locator("#survey-start").click()
    expect(page.locator("#survey-start")).to_be_enabled()
    expect(said).to_contain_text("78 million pixels")
    assert errors(page) == 0
    smaller = tmp_path / "small.png"
    Image.new("RGB", (300, 200)).save(smaller)
    page.locator("#survey-photo").get_by_label(re.compile("Clear|Remove")).first.click()
    page.locator("#survey-photo input[type=file]").set_input_files(smaller)
    expect(said).to_contain_text("windows")
