"""A survey's area and doubts, a map checked by eye, and the way from an answer to a survey."""

import csv
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.actions import choose_file, choose_model, overflow
from tests.browser.conftest import Visit
from tests.photosets import photo as drawn_photo

pytestmark = pytest.mark.browser
PATIENCE = 120_000  # milliseconds, on a busy machine


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It shows 4 m of ground, and is three times as high as the network's windows."""
    path = tmp_path_factory.mktemp("photo") / "field.jpg"
    drawn_photo(4, True, 120, 90).resize((1200, 900), Image.Resampling.BICUBIC).save(path, quality=92)
    return path


def surveyed(page: Page) -> None:
    page.locator("#survey-start").click()
    expect(page.locator("#survey-said")).to_contain_text("Answered in", timeout=PATIENCE)


def saved(page: Page, button: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    return Path(download.value.path())


def test_a_whole_photo_given_for_one_answer_leads_to_its_survey_and_to_a_check_by_eye(
    visit: Visit, field: Path
) -> None:
    page = visit("?model=invasive-resnet&tab=predict")
    choose_file(page, field)  # which the page keeps smaller
    hint = page.locator("#seen .whole-photo")
    expect(hint).to_contain_text("1,200 × 900 pixels", timeout=PATIENCE)
    page.get_by_role("button", name="Survey this photo, square by square").click()
    said = page.locator("#survey-said")
    expect(said).to_contain_text("1,200 × 900 pixels: 5 × 4 = 20 windows of 250 × 250 pixels.")
    expect(said).to_contain_text("How much ground a pixel shows is not known")
    page.locator("#metres input").fill("4.08")
    page.locator("#metres input").blur()
    expect(said).to_contain_text("Windows of 250 pixels show 0.85 m of ground, by 4.08 m")
    surveyed(page)

    # What is drawn is unlike all that the network learned from, and it says so.
    expect(page.locator("#survey-result .doubt")).to_contain_text("unlike those of the training pictures")
    expect(page.locator("#survey-result .headline")).to_contain_text("is not told: the answers are in doubt")
    page.get_by_role("button", name="Check this map by eye").click()
    check = page.locator("#site-check")
    expect(check.locator(".place")).to_have_text("Window 1 of 20; 0 marked", timeout=PATIENCE)
    check.get_by_role("button", name="5 to 25 %").click()
    expect(check.locator(".place")).to_have_text("Window 2 of 20; 1 marked")
    check.get_by_role("button", name="Back").click()
    expect(check.get_by_role("button", name="5 to 25 %")).to_have_attribute("aria-pressed", "true")
    estimate = check.get_by_role("button", name="What my marks come to")
    expect(estimate).to_be_disabled()
    for number in range(20):  # by keyboard; the first one anew
        expect(check.locator(".place")).to_contain_text(f"Window {number + 1} of 20")
        page.keyboard.press("3")
    estimate.click()
    # All windows are marked, so that nothing is left to chance.
    expect(check.locator(".head")).to_contain_text("By your 20 marks, “invasive” covers 15 % of the ground")
    expect(check.locator("tbody tr").first).to_contain_text("100 %")
    with saved(page, "Estimates (CSV)").open(newline="") as file:
        assert next(csv.DictReader(file))["estimate"] == "0.15000"
    with saved(page, "Marks (CSV)").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 20
    check.get_by_role("button", name="Use this site’s threshold").click()
    expect(page.locator("#survey-result .threshold + output")).not_to_have_text("39\u00a0%")

    # Marks of one kind alone fit nothing; marks of two do, and the map goes back.
    check.get_by_role("button", name="Fit the last layer to my marks").click()
    expect(check.locator(".fit-head")).to_contain_text(
        "Too few marks of one kind: the plant covers at least 5 % in 20 of them, and less in 0"
    )
    expect(check.get_by_role("button", name="Fit (CSV)")).to_be_hidden()
    for _ in range(20):
        check.get_by_role("button", name="Back").click()
    for number in range(20):
        expect(check.locator(".place")).to_contain_text(f"Window {number + 1} of 20")
        check.get_by_role("button", name="none" if number % 2 else "5 to 25 %").click()
    check.get_by_role("button", name="Fit the last layer to my marks").click()
    expect(check.locator(".fit-head")).to_contain_text("Of your 20 marked windows (10 with “invasive”)")
    with saved(page, "Fit (CSV)").open(newline="") as file:
        assert [row["marks"] for row in csv.DictReader(file)] == ["20", "20"]
    headline = page.locator("#survey-result .headline")
    undo = check.get_by_role("button", name="Undo: the map as it was")
    if "follow the fitted layer" in (check.locator(".fit-head").text_content() or ""):
        expect(headline).to_contain_text("covers about 7.5 % of the ground")
        expect(page.locator("#survey-result .what")).to_contain_text("The last layer is fitted to 20 marks")
        undo.click()
        expect(check.locator(".fitted")).to_be_hidden()
    expect(undo).to_be_hidden()
    expect(headline).to_contain_text("is not told: the answers are in doubt")
    assert overflow(page) == 0


def test_windows_of_other_ground_get_no_area(visit: Visit, field: Path) -> None:
    page = visit("?tab=photos")
    choose_model(page, "invasive-resnet")
    page.locator("#survey-photo input[type=file]").set_input_files(field)
    page.locator("#metres input").fill("4.08")
    page.locator("#window input").fill("400")
    page.locator("#window input").blur()
    expect(page.locator("#survey-said")).to_contain_text("no area is told")
    surveyed(page)
    expect(page.locator("#survey-result .headline")).to_contain_text("is not told")
