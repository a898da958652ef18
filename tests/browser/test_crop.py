"""A square of the picture in place of the whole: by mouse, finger and keys; what views then show; links and Back."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from demo.core.crop import Crop
from demo.pictures.decode import open_image
from demo.pictures.drawings.files import DRAWINGS
from demo.pictures.examples import examples
from demo.render.html import thumbnail
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    OTHER,
    asking,
    asks,
    choose_example,
    choose_file,
    choose_tab,
    expect_address,
    expect_answer,
    expect_values,
    open_panel,
    overflow,
    query,
    quiet,
    walked,
)
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
NAME = SHIPPED[0]
CROP = {"crop"}


@pytest.fixture
def panorama(tmp_path: Path) -> Path:
    """A ship at the left edge and a frog at the right one, both outside of the middle."""
    ship, frog = (open_image(DRAWINGS[f"Drawing of a {what}"].path) for what in ("ship", "frog"))
    picture = Image.new("RGB", (4 * ship.width, ship.height), "white")
    picture.paste(ship, (0, 0))
    picture.paste(frog, (3 * ship.width, 0))
    picture.save(tmp_path / "panorama.png")
    return tmp_path / "panorama.png"


def part(file: Path, text: str, folder: Path) -> Path:
    """The square that a text names, as a file alone."""
    picture = open_image(file)
    crop = Crop.parse(text)
    assert crop is not None
    picture.crop(crop.box(*picture.size)).save(folder / f"{text}.png")
    return folder / f"{text}.png"


def expect_square(page: Page, file: Path, text: str, folder: Path) -> Path:
    """Address, answer and thumbnail are those of that square; its file."""
    expect_address(page, CROP, crop=text)
    cut = part(file, text, folder)
    expect_answer(page, NAME, cut)
    expect(page.locator("#chosen .picture img")).to_have_attribute("src", thumbnail(open_image(cut)))
    return cut


def square(page: Page) -> Locator:
    """The square over the picture, once it can be moved."""
    open_panel(page, "picture")
    found = page.get_by_role("application", name="Part of the picture that the network gets")
    expect(found).to_be_visible()
    return found


def middle(box: dict[str, float]) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, at: tuple[float, float], to: tuple[float, float]) -> None:
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(*to, steps=4)
    page.mouse.up()


def touch(page: Page, at: tuple[float, float], to: tuple[float, float]) -> None:
    """A finger moves from a place to another."""
    session = page.context.new_cdp_session(page)
    for kind, share in (("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0), ("touchEnd", None)):
        points = [] if share is None else [{name: a + share * (b - a) for name, a, b in zip("xy", at, to, strict=True)}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def opened(visit: Visit, file: Path, **options: Any) -> Page:
    page = visit(**options)
    choose_file(page, file)
    expect_address(page, picture="own")
    expect_answer(page, NAME, file)
    return page


def test_by_mouse_every_view_shows_the_square(visit: Visit, panorama: Path, tmp_path: Path) -> None:
    page = opened(visit, panorama)
    asked: list[object] = []
    page.on("request", lambda request: asked.append(request) if asks(page, "refresh")(request) else None)
    box = square(page).bounding_box()
    at, width = middle(box), page.locator("#picture img").first.bounding_box()["width"]
    assert box["width"] == pytest.approx(box["height"], abs=1)
    drag(page, at, (at[0] - width, at[1]))
    expect_square(page, panorama, "0,0,1000", tmp_path)
    assert len(asked) == 1  # however far it was dragged
    expect(page.locator("#answer")).to_contain_text("ship")
    expect(page.locator("#crop-place")).to_contain_text("0 % from the left, 0 % from the top, side 100 %")

    drag(page, middle(square(page).bounding_box()), (at[0] + width, at[1]))
    right = expect_square(page, panorama, "750,0,1000", tmp_path)
    expect(page.locator("#answer")).to_contain_text("frog")
    page.keyboard.press("Escape")
    choose_tab(page, "explore")
    quiet(page)
    steps = {step.name: step for step in walked(NAME, right)}
    expect_values(page, steps[query(page)["step"]])

    choose_tab(page, "predict")
    corner = square(page).locator("[data-corner=sw]").bounding_box()
    drag(page, (corner["x"] + 25, corner["y"] + 25), (corner["x"] + 45, corner["y"] + 5))
    page.wait_for_url(lambda url: "crop=750,0,1000" not in url)
    smaller = Crop.parse(query(page)["crop"])
    assert smaller.size < 950 and smaller.top == 0  # the corner across from it stays
    assert abs(smaller.box(1280, 320)[2] - 1280) <= 2
    expect_square(page, panorama, str(smaller), tmp_path)

    page.get_by_role("button", name="Whole picture").click()
    expect_answer(page, NAME, panorama)
    assert "crop" not in query(page)
    expect(page.get_by_role("button", name="Whole picture")).to_be_disabled()
    page.go_back()
    expect_square(page, panorama, str(smaller), tmp_path)
    page.go_forward()
    expect_answer(page, NAME, panorama)
    assert "crop" not in query(page)


def test_by_keys(visit: Visit, panorama: Path, tmp_path: Path) -> None:
    page = opened(visit, panorama)
    node = square(page)
    node.focus()
    assert node.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect_square(page, panorama, "315,0,1000", tmp_path)
    page.keyboard.press("-")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("+")
    page.keyboard.press("ArrowDown")
    expect_square(page, panorama, "322,40,960", tmp_path)
    page.keyboard.down("ArrowLeft")
    for _ in range(30):  # held down, which asks once
        page.keyboard.down("ArrowLeft")
    assert "crop=322" in page.url
    page.keyboard.up("ArrowLeft")
    expect_square(page, panorama, "0,40,960", tmp_path)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Whole picture")).to_be_focused()
    page.keyboard.press("Enter")
    expect_answer(page, NAME, panorama)


def test_by_finger_on_a_phone(visit: Visit, panorama: Path, tmp_path: Path) -> None:
    page = opened(visit, panorama, **LOOKS["phone, dark, touch"])
    node = square(page)
    for handle in node.locator("[data-corner]").all():
        assert min(handle.bounding_box()["width"], handle.bounding_box()["height"]) >= 44
    # Over what is seen of a handle, a dot, nothing else lies, be the picture wide or square.
    covered = """nodes => nodes.filter((node) => {
      const [box, dot] = [node.parentElement.getBoundingClientRect(), node.dataset.corner];
      const [x, y] = [dot[1] === 'w' ? box.left + 4 : box.right - 4, dot[0] === 'n' ? box.top + 4 : box.bottom - 4];
      return !node.contains(document.elementFromPoint(x, y));
    }).map((node) => node.dataset.corner)"""
    page.locator("#picture").scroll_into_view_if_needed()
    assert node.locator("[data-corner]").evaluate_all(covered) == []
    label = page.locator("#picture [data-testid=block-label]").evaluate("node => getComputedStyle(node).clipPath")
    assert label != "none"
    panel = page.locator("#picture-panel")
    assert panel.evaluate("node => node.scrollWidth - node.clientWidth") == 0 and overflow(page) == 0
    scrolled = panel.evaluate("node => node.scrollTop")
    box = node.bounding_box()
    touch(page, middle(box), (0, middle(box)[1] + 60))
    expect_square(page, panorama, "0,0,1000", tmp_path)
    assert panel.evaluate("node => node.scrollTop") == scrolled  # the finger moves the square, not the page
    corner = node.locator("[data-corner=se]").bounding_box()
    place = corner["x"] + 15, corner["y"] + 15
    touch(page, place, (place[0] - 20, place[1] - 20))
    page.wait_for_url(lambda url: "crop=0,0,1000" not in url)
    crop = Crop.parse(query(page)["crop"])
    assert (crop.left, crop.top) == (0, 0) and crop.size < 950
    expect_square(page, panorama, str(crop), tmp_path)


def test_a_link_a_reload_and_another_picture(visit: Visit, panorama: Path, tmp_path: Path) -> None:
    lion = Path(examples()["Lion"])
    page = visit("?picture=example:lion&crop=100,200,500")
    expect_square(page, lion, "100,200,500", tmp_path)
    page.reload()
    expect_square(page, lion, "100,200,500", tmp_path)
    choose_example(page, "Circle")
    expect_address(page, picture="example:circle")
    expect_answer(page, NAME, Path(examples()["Circle"]))
    assert "crop" not in query(page)
    page.go_back()
    expect_square(page, lion, "100,200,500", tmp_path)
    choose_file(page, panorama)
    expect_address(page, picture="own")
    expect_answer(page, NAME, panorama)

    first = visit("?crop=0,0,500")
    expect_square(first, FIRST_EXAMPLE, "0,0,500", tmp_path)
    broken = visit("?picture=example:lion&crop=1,2")
    expect(broken.locator("#share .told")).to_contain_text("the part of the picture could not be restored")
    expect_answer(broken, NAME, lion)
    assert "crop" not in query(broken)
    gone = visit("?picture=own&crop=0,0,500")
    expect_answer(gone, NAME, FIRST_EXAMPLE)


def test_ones_own_square_survives_a_reload_and_is_in_no_link(
    visit: Visit, panorama: Path, tmp_path: Path, allowed: list[str]
) -> None:
    allowed += ["AbortError", "Connection errored out"]  # the reload drops what is on its way
    page = opened(visit, panorama)
    with asking(page, asks(page, "refresh")):
        square(page).press("Shift+ArrowDown")
    text = "378,10,980"
    expect_square(page, panorama, text, tmp_path)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Share this view").click()
    expect(page.locator("#share .link")).not_to_have_value("")
    assert "crop" not in page.locator("#share .link").input_value()
    page.reload()
    expect_square(page, panorama, text, tmp_path)
    choose_file(page, OTHER)
    expect_answer(page, NAME, OTHER)
    assert "crop" not in query(page)
