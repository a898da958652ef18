"""Whether a network knows a picture stands beside its answer, and how far to trust it in a tab of its own."""

import re

import pytest
from playwright.sync_api import expect

import model_zoo
from demo.core.trust_report import trust_report
from demo.pictures.decode import open_image
from demo.pictures.patterns import gradio_photographs
from demo.tabs.predict.knows import of_known
from tests.browser.actions import PHONE, choose_example, choose_tab, expect_readable, overflow
from tests.browser.conftest import Visit
from tests.conftest import SHIPPED

pytestmark = pytest.mark.browser
NAME = "cifar10-fast"
LION = "Lion"


def test_the_answer_tab_says_whether_it_knows_such_pictures(visit: Visit) -> None:
    page = visit(f"?model={NAME}&tab=predict", **PHONE, has_touch=True, is_mobile=True)
    expect(page.locator("#judgement h3")).to_have_text("Does it know pictures like this?")
    expect(page.locator("#judgement svg[role=img] .here")).to_have_count(1)
    choose_example(page, LION)
    found = model_zoo.load(NAME).judge(open_image(gradio_photographs()[LION]))
    expect(page.locator("#judgement .lead")).to_contain_text(re.compile(f"{of_known(found.typicality)}|none of"))
    expect(page.locator("#answer .verdict")).not_to_contain_text("is sure")
    if found.is_unfamiliar:
        expect(page.locator("#answer .how-sure .narrow")).to_be_visible()
        expect(page.locator("#judgement")).to_contain_text("void here")
    assert overflow(page) == 0
    expect_readable(page, "#judgement .lead", "#judgement .quiet", "#judgement figcaption", "#answer .narrow")


def test_the_share_of_false_alarms_is_set_beside_the_answer(visit: Visit) -> None:
    page = visit(f"?model={NAME}&tab=predict")
    field, lead = page.locator("#judgement [data-false-alarms]"), page.locator("#judgement .lead")
    expect(field).to_have_value("0.05")
    expect(lead).to_contain_text("Yes, it looks like what it knows")
    field.fill("0.99")
    field.press("Enter")
    expect(lead).not_to_contain_text("Yes, it looks like what it knows")
    expect(page.locator("#answer .verdict")).not_to_contain_text("is sure")
    expect(page).to_have_url(re.compile("false_alarms=0.99"))
    expect(field).to_be_focused()
    page.reload()
    expect(field).to_have_value("0.99")
    field.fill("0.05")
    field.press("Enter")
    expect(lead).to_contain_text("Yes, it looks like what it knows")
    expect(page).not_to_have_url(re.compile("false_alarms"))


def test_the_trust_tab_shows_what_was_measured_and_follows_the_network(visit: Visit) -> None:
    page = visit(f"?model={NAME}&tab=trust")
    trust = page.locator("#trust")
    expect(trust.locator("h3")).to_have_text(f"How far to trust {model_zoo.load(NAME).title}")
    report = trust_report(model_zoo.load(NAME))
    assert report and report.before and report.after and report.corrupted
    expect(trust.locator("svg[role=img]")).to_have_attribute(
        "aria-label", re.compile(f"{report.before.error:.1%} before calibration, {report.after.error:.1%} after")
    )
    expect(trust.locator("table.spoiled tbody tr")).to_have_count(len(report.corrupted.ways))
    expect(trust.locator("table.classes tr")).to_have_count(len(report.classes))
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) == 0
    other = next(name for name in SHIPPED if name != NAME)
    choose_tab(page, "predict")
    page.goto(re.sub("model=[^&]*", f"model={other}", page.url).replace("tab=predict", "tab=trust"))
    expect(trust.locator("h3")).to_have_text(f"How far to trust {model_zoo.load(other).title}")


def test_a_mistake_it_was_sure_of_becomes_the_picture(visit: Visit, cifar10_folder: object) -> None:
    report = trust_report(model_zoo.load(NAME))
    assert report and report.mistakes
    page = visit(f"?model={NAME}&tab=trust")
    first = report.mistakes[0]
    page.locator("#trust .samples:not(.missed) button").first.click()  # those that were missed come in their own time
    expect(page).to_have_url(re.compile(f"picture=cifar-10-batches-py:test:{first.index}(&|$)"))
    expect(page.locator("#answer .verdict")).to_contain_text(first.answer)
