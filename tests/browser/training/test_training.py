"""The Train tab: a real training, watched by whoever started it and by somebody else."""

import re
import shutil

import pytest
from playwright.sync_api import Page, expect

import model_zoo
from demo.core.networks import title
from demo.pictures.decode import open_image
from demo.pictures.examples import has_test_pictures
from demo.render.html import number
from demo.tabs.train.progress import NO_DATA
from tests.browser.actions import FIRST_EXAMPLE, LOOKS, choose_tab, expect_answer, expect_readable, overflow
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED, WEIGHTS, App

pytestmark = pytest.mark.browser
PATIENCE = 300_000  # milliseconds for a training, on a busy machine


def fill(page: Page, **values: object) -> None:
    for label, value in values.items():
        page.get_by_role("spinbutton", name=label.replace("_", " ")).fill(str(value))


def test_a_network_learns_and_is_then_in_every_tab(
    visit: Visit, app: App, cifar10_folder: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visit("?tab=train")
    said = page.locator("#training")
    expect(said).to_contain_text("Nothing is being trained")
    page.locator("#recipe").get_by_label("CIFAR-10 CNN, regularised").check()
    expect(page.get_by_role("spinbutton", name="Epochs")).to_have_value("12")
    page.locator("#recipe").get_by_label("CIFAR-10 CNN", exact=True).check()
    expect(page.get_by_role("spinbutton", name="Epochs")).to_have_value("10")

    # A value that is out of range is refused with a sentence, and nothing starts.
    fill(page, Epochs=1, Pictures=200, Batch_size=20, Learning_rate=50)
    page.locator("#begin").click()
    expect(page.locator("[data-testid=toast-body]")).to_contain_text("The learning rate must be from")
    page.locator("[data-testid=toast-close]").click()
    fill(page, Learning_rate=0.001)
    page.locator("#begin").click()
    expect(said).to_contain_text("Your training is running")
    expect(page.locator("#begin")).to_be_disabled()
    expect(page.locator("#stop")).to_be_enabled()

    expect(said).to_contain_text("Your training has finished", timeout=PATIENCE)
    monkeypatch.setenv("CONVSCOPE_RUNS", str(app.log.parent / "runs"))
    (name,) = (name for name in model_zoo.names() if name.startswith("live-"))
    model = model_zoo.load(name)
    expect(said).to_contain_text(f"{model.card['metrics']['test']['accuracy']:.1%} of 200 test pictures")
    expect(page.locator("#board svg[role=img]")).to_have_count(2)
    lines = page.locator("#board svg[role=img] circle.spot title")
    expect(lines.filter(has_text=f"epoch 1, val loss: {number(model.history[1]['val_loss'])}")).to_have_count(1)
    answers = page.locator("#answers .verdict")
    for place, network in enumerate((model_zoo.load(name, epoch=0), model)):
        label, share = network.predict(open_image(FIRST_EXAMPLE))[0]
        expect(answers.nth(place)).to_have_text(re.compile(rf"{label} {share:.1%}"))

    page.get_by_role("button", name="Use this network in all tabs").click()
    expect(page.locator(f"#model input[value='{name}']")).to_be_checked()
    expect(page).to_have_url(re.compile(rf"[?&]model={name}"))
    choose_tab(page, "predict")
    expect_answer(page, name, FIRST_EXAMPLE)
    choose_tab(page, "curves")
    expect(page.locator("#compared").get_by_label(title(name), exact=True)).to_be_checked()


def test_somebody_else_watches_and_waits(visit: Visit, cifar10_folder: object, allowed: list[str]) -> None:
    allowed += ["AbortError", "Connection errored out"]  # the reload below drops what is on its way
    page = visit("?tab=train")
    fill(page, Epochs=90, Pictures=100)  # it goes on until it is stopped
    page.locator("#begin").click()
    expect(page.locator("#training")).to_contain_text("Your training is running")
    other = visit("?tab=train", **LOOKS["phone, dark, touch"])
    said = other.locator("#training")
    expect(said).to_contain_text("Somebody else's training is running")
    expect(other.locator("#stop")).to_be_disabled()
    fill(other, Epochs=1, Pictures=100)
    other.get_by_role("button", name="Join the queue").click()
    expect(said).to_contain_text("Your training is the next one in the queue")
    other.reload()
    expect(said).to_contain_text("Your training is the next one in the queue")  # it keeps its place

    for each in (page, other):
        expect(each.locator("#board progress")).to_be_visible(timeout=PATIENCE)
        expect(each.locator("#board .number")).to_have_text(re.compile("pictures per second, about .* left"))
        expect(each.locator("#board svg[role=img]")).to_have_count(2)
        expect(each.locator("#answers .bars").first).to_be_visible()
        expect_readable(each, "#training p", "#board .number", "#board .quiet", "#answers h3", "#answers th")
        assert overflow(each) == 0
    other.get_by_role("button", name="Leave the queue").click()
    expect(said).to_contain_text("You have left the queue")
    page.get_by_role("button", name="Stop", exact=True).click()
    for each in (page, other):
        expect(each.locator("#training")).to_contain_text(re.compile("was stopped (after|before)"), timeout=PATIENCE)
    expect(other.get_by_role("button", name="Start training")).to_be_enabled()


def test_the_curves_of_a_run_that_somebody_writes_appear_and_grow(
    visit: Visit, app: App, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The Curves tab notices a new run folder, and a new epoch in it, without a click."""
    source = WEIGHTS / SHIPPED[0]
    lines = (source / "history.csv").read_text().splitlines(keepends=True)
    written = tmp_path_factory.mktemp("written") / "from-elsewhere"
    shutil.copytree(source, written)
    (written / "history.csv").write_text("".join(lines[:3]))
    page = visit("?tab=curves")
    expect(page.locator("#charts svg[role=img]")).to_have_count(3)
    folder = app.log.parent / "runs" / "from-elsewhere"
    shutil.copytree(written, folder)
    try:
        choice = page.locator("#compared").get_by_label("from-elsewhere")
        choice.check()
        numbers = page.locator("#charts tbody tr").filter(has_text="from-elsewhere")
        expect(numbers).to_have_count(2)
        (folder / "history.csv").write_text("".join(lines[:6]))
        expect(numbers).to_have_count(5)
        expect(choice).to_be_checked()
    finally:
        shutil.rmtree(folder)
    expect(numbers).to_have_count(0)  # also when it goes
    expect(page.locator("#charts svg[role=img]")).to_have_count(3)


@pytest.mark.skipif(has_test_pictures(), reason="CIFAR-10 is here")
def test_without_the_pictures_the_download_is_offered(visit: Visit) -> None:
    page = visit("?tab=train")
    expect(page.locator("#training")).to_contain_text(NO_DATA)
    expect(page.get_by_role("button", name="Download CIFAR-10")).to_be_enabled()
