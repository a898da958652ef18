"""The page as people use it: on every kind of screen, with pictures, with files that are none, and its curves."""

import csv
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

import model_zoo
from demo.core.networks import NO_PICTURE
from demo.pictures.decode import open_image
from demo.pictures.examples import examples, has_test_pictures
from demo.tabs.curves.curves import sentence
from tests.browser.actions import (
    FIRST_EXAMPLE,
    LOOKS,
    OTHER,
    PHOTO,
    choose_example,
    choose_file,
    choose_model,
    choose_tab,
    choose_test_picture,
    expect_address,
    expect_answer,
    expect_readable,
    expect_step,
    expect_values,
    open_panel,
    overflow,
    upload,
    walked,
)
from tests.browser.conftest import Visit
from tests.conftest import SECOND, SHIPPED, App, fully
from tests.pictures import REFUSED, encoded, noise

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("look", fully(LOOKS, "desktop, light", "phone, dark, touch"))
def test_a_first_visit(visit: Visit, look: str) -> None:
    """Upload, answer, explore, curves, on every kind of screen."""
    page = visit(**LOOKS[look])
    is_dark = "dark" in look
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).map(Number)")
    assert (sum(ground[:3]) < 3 * 100) == is_dark
    controls = page.evaluate("getComputedStyle(document.body).colorScheme")  # which all controls inherit
    assert ("dark" in controls) == is_dark
    upload(page, PHOTO)
    expect_answer(page, SHIPPED[0], PHOTO)
    seen = page.locator("#seen img.pixels")
    assert seen.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [32, 32]
    assert seen.bounding_box()["width"] >= 160  # each of the 32 pixels is five wide
    expect_readable(page, ".verdict", ".how-sure", ".bars th", ".bars .number", ".bars caption", "figcaption")
    open_panel(page, "network")
    expect_readable(page, "#about .quiet", "#model label span")
    page.keyboard.press("Escape")
    assert overflow(page) == 0
    choose_tab(page, "explore")
    step = walked(SHIPPED[0], PHOTO)[3]
    page.locator(f"#strip .tile[data-step={step.name}]").click()
    expect_step(page, step.name)
    expect_values(page, step)
    expect_readable(page, "#strip .tile b", "#grid h3", "#grid .facts", "#channel .words")
    assert overflow(page) == 0
    choose_tab(page, "curves")
    expect(page.locator("#charts svg[role=img]")).to_have_count(3)
    expect_readable(page, ".curves .legend li", ".curves .sentences li", ".curves summary")
    assert overflow(page) == 0


@pytest.mark.parametrize("query", ["", "?tab=data", "?crop=250,0,500", "?picture=own"])
def test_a_page_that_is_opened_shows_the_first_example(visit: Visit, query: str) -> None:
    """The page's description does not name it, since that would name a folder of the server."""
    page = visit(query)
    choose_tab(page, "predict")
    if "crop" not in query:
        expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)
    open_panel(page, "picture")
    image = page.locator("#picture img")
    expect(image).to_have_count(1)
    size = image.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])")
    assert tuple(size) == open_image(FIRST_EXAMPLE).size


def test_another_network(visit: Visit) -> None:
    page = visit("?step=conv3")
    upload(page, PHOTO)
    expect_answer(page, SHIPPED[0], PHOTO)
    choose_model(page, SECOND)
    expect_answer(page, SECOND, PHOTO)
    expect_address(page, model=SECOND, step="conv3")
    choose_tab(page, "explore")
    expect_step(page, "conv3")  # the view stays
    expect_values(page, walked(SECOND, PHOTO)[5])
    choose_tab(page, "curves")
    expect(page.locator("#charts .legend")).to_contain_text(model_zoo.load(SECOND).title)


def test_curves_of_two_networks_and_their_numbers(visit: Visit, tmp_path: Path) -> None:
    page = visit("?tab=curves")
    first, second = (model_zoo.load(name) for name in (SHIPPED[0], SECOND))
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
        assert [float(row["val_loss (cross-entropy in nats)"]) for row in mine] == [
            row["val_loss"] for row in model.history
        ]
    with page.expect_download() as download:
        page.locator("#figure").click()
    download.value.save_as(tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as figure:
        assert figure.width >= 2000


def test_an_example_is_one_click_away(visit: Visit) -> None:
    page = visit()
    for title in ("Circle", "Cheetah"):
        choose_example(page, title)
        expect_answer(page, SHIPPED[0], Path(examples()[title]))
        shown = page.locator("#picture img").first
        expect(shown).to_have_js_property("complete", True)
        assert shown.evaluate("image => image.naturalWidth") > 0


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
    choose_test_picture(page)
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
    open_panel(page, "picture")
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
    # Not by clicks of the mouse: one may go by itself just then. A click while it fades in is lost.
    page.wait_for_function(
        "() => { document.querySelectorAll('[data-testid=toast-close]').forEach((button) => button.click());"
        " return !document.querySelector('[data-testid=toast-body]'); }",
        polling=200,
    )


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


def test_a_file_over_the_limit_is_refused_in_words(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    path = tmp_path / "large.png"
    path.write_bytes(encoded(noise(20, 20), "PNG").ljust(11_000_000, b"\0"))
    upload(page, path)
    expect(page.locator("[data-testid=toast-body]")).to_contain_text("at most 10 MB")
    dismiss_toasts(page)
    upload(page, PHOTO)
    expect_answer(page, SHIPPED[0], PHOTO)


@pytest.mark.faults(
    "A site that nobody allowed shows the page in a frame",
    "The browser refuses",
)
def test_a_page_elsewhere_cannot_show_the_app_in_a_frame(app: App, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.route(
        "http://elsewhere.example/",
        lambda route: route.fulfill(body=f"<iframe src='{app.address}'></iframe>", content_type="text/html"),
    )
    page.goto("http://elsewhere.example/")
    page.wait_for_function("frames.length === 1")
    expect(page.frame_locator("iframe").locator("#answer")).to_have_count(0)
    assert page.frames[1].url.startswith("chrome-error://")
