"""Networks that were trained here are named and deleted in the page, by whoever started them."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import model_zoo
from tests.browser.actions import FIRST_EXAMPLE, choose_tab, expect_answer
from tests.browser.conftest import Visit
from tests.conftest import SECOND, SHIPPED, WEIGHTS, App

pytestmark = pytest.mark.browser
PATIENCE = 300_000  # milliseconds for a training, on a busy machine
MINE, OTHERS, TICKET = "live-20251101-101112", "live-20251101-101113", "the-ticket-of-this-browser"


@pytest.fixture
def trained(app: App) -> Iterator[Path]:
    """The run folder of the app with a training of whoever has `TICKET`, and one of somebody else."""
    runs = app.log.parent / "runs"
    for name, ticket in ((MINE, TICKET), (OTHERS, "another")):
        shutil.copytree(WEIGHTS / SECOND, runs / name)
        (runs / name / "owner.txt").write_text(hashlib.sha256(ticket.encode()).hexdigest())
    yield runs
    for name in (MINE, OTHERS):
        shutil.rmtree(runs / name, ignore_errors=True)


def as_owner(page: Page) -> None:
    """The browser that has started the training."""
    page.evaluate("ticket => localStorage.setItem('convscope-training-tickets', JSON.stringify([ticket]))", TICKET)
    choose_tab(page, "train")


def test_whoever_started_a_training_names_and_deletes_it(visit: Visit, trained: Path) -> None:
    page = visit(f"?model={MINE}")
    as_owner(page)
    row = page.locator(f"#runs [data-run={MINE}]")
    expect(row.locator("form")).to_be_visible()
    expect(page.locator(f"#runs [data-run={OTHERS}]")).to_be_visible()
    expect(page.locator(f"#runs [data-run={OTHERS}] form")).to_have_count(0)

    row.get_by_role("textbox").fill("   ")
    row.get_by_role("button", name="Rename").click()
    expect(page.locator("[data-testid=toast-body]")).to_contain_text("a name of 1 to 60 characters")
    page.locator("[data-testid=toast-close]").click()
    hostile = "<b>Ours</b> & “yours”"
    row.get_by_role("textbox").fill(hostile)
    row.get_by_role("textbox").press("Enter")
    expect(page.locator("#runs .said")).to_contain_text(f"It is called “{hostile}” now.")
    expect(page.locator("#model")).to_contain_text(f"{hostile}, trained here 01 Nov 10:11:12")
    assert json.loads((trained / MINE / "card.json").read_text())["title"] == hostile
    expect(page.locator("#model input:checked")).to_have_value(MINE)
    choose_tab(page, "curves")
    expect(page.locator("#compared")).to_contain_text(hostile)
    choose_tab(page, "train")

    row.get_by_role("button", name="Delete", exact=False).first.click()
    row.get_by_role("button", name="Keep").click()
    assert (trained / MINE).is_dir()
    row.get_by_role("button", name="Delete", exact=False).first.click()
    row.get_by_role("button", name="for good").click()
    first = model_zoo.load(SHIPPED[0])
    expect(page.locator("#runs .said")).to_contain_text(
        f"“{hostile}” is deleted. The page shows {first.title} instead."
    )
    assert not (trained / MINE).exists() and (trained / OTHERS).is_dir()
    expect(page.locator("#model input:checked")).to_have_value(SHIPPED[0])
    expect(row).to_have_count(0)
    choose_tab(page, "predict")
    expect_answer(page, SHIPPED[0], FIRST_EXAMPLE)
    choose_tab(page, "curves")
    expect(page.locator("#compared")).not_to_contain_text(hostile)
    expect(page.locator("#model")).not_to_contain_text(hostile)


def test_nobody_else_can(visit: Visit, trained: Path) -> None:
    page = visit("?tab=train")
    expect(page.locator(f"#runs [data-run={MINE}]")).to_be_visible()
    expect(page.locator("#runs form")).to_have_count(0)


def test_the_browser_keeps_the_ticket_of_its_training(visit: Visit, cifar10_folder: object, app: App) -> None:
    page = visit("?tab=train")
    for label, value in (("Epochs", 1), ("Pictures", 100)):
        page.get_by_role("spinbutton", name=label).fill(str(value))
    page.locator("#begin").click()
    expect(page.locator("#training")).to_contain_text("Your training has finished", timeout=PATIENCE)
    row = page.locator("#runs li").filter(has=page.locator("form"))
    expect(row).to_have_count(1)
    folder = app.log.parent / "runs" / row.get_attribute("data-run")
    row.get_by_role("textbox").fill("First steps")
    row.get_by_role("button", name="Rename").click()
    expect(page.locator("#model")).to_contain_text("First steps, trained here")
    row.get_by_role("button", name="Delete", exact=False).first.click()
    row.get_by_role("button", name="for good").click()
    expect(page.locator("#model")).not_to_contain_text("First steps")
    assert not folder.exists()
