"""A visitor adds a network: it is theirs in all tabs, survives a reload, nobody else sees it, and it goes."""

import base64
import io
import re
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from safetensors.torch import save_file

import model_zoo
from model_zoo.entries import onnx_export
from tests.browser.actions import LOOKS
from tests.browser.conftest import Visit
from tests.browser.every_tab.test_accessible import AT_ONCE, AXE, RUN

pytestmark = pytest.mark.browser
SHIPPED = "cifar10-resnet"
STEP, SAME = "residual1.unit2.add", "residual1.add"  # the same step, as the file and as the shipped entry call it
HELD = re.compile(r"Adds up: the network’s own tensor holds (\S+\d)")
CLASSES = ["heron", "<b>egret</b>", "frog"]


def test_an_added_network_is_the_visitors_alone_in_every_tab(visit: Visit, tmp_path: Path, allowed: list[str]) -> None:
    allowed.append("Unexpected error 404")  # a reload drops the session that something was asked in
    file = tmp_path / "mine.onnx"
    onnx_export.export(model_zoo.load(SHIPPED), file)
    (tmp_path / "picture.onnx").write_bytes(b"\x89PNG\r\n" + bytes(500))
    me, another = visit(**LOOKS["desktop, light"]), visit()

    form = opened(me)
    assert accessible(me) == []
    form.get_by_label("Title").fill("Heron")
    form.get_by_label("Picture size").fill("32")
    form.get_by_label("Network", exact=True).set_input_files(tmp_path / "picture.onnx")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_role("alert")).to_have_text(re.compile("no ONNX model"))
    expect(form.get_by_label("Title")).to_have_value("Heron")  # nothing that was written goes
    form.get_by_label("Network", exact=True).set_input_files(file)
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_role("heading")).to_have_text("Added: Heron (yours)")
    expect(form.locator(".answers tbody tr")).to_have_count(5)
    expect(form.locator(".maps canvas")).to_have_count(8)
    assert accessible(me) == []
    form.get_by_role("button", name="See the page with it").click()

    expect(me.locator("#bar")).to_contain_text("Heron (yours)")
    expect(me.locator("#answer")).to_contain_text("unknown whether it knows")
    address, name = me.url, re.findall(r"model=(private:[\w-]+)", me.url)[0]
    assert numbers(me, name) == pytest.approx(numbers(me, SHIPPED), abs=0.11)
    (value, maps), (same, same_maps) = explored(me, name, STEP), explored(me, SHIPPED, SAME)
    assert value == pytest.approx(same, rel=1e-3)
    assert maps.shape == same_maps.shape and np.abs(maps - same_maps).mean() < 1

    another.reload()
    expect(another.locator("#answer .verdict")).to_have_count(1)
    for text in ("Heron", name):
        assert text not in another.content()
    me.goto(re.sub(r"\?.*", "", address))  # what this browser keeps brings it back
    expect(me.locator("#model label", has_text="Heron (yours)")).to_have_count(1)
    another.goto(address)  # whoever has a link may see it while it is there
    expect(another.locator("#bar")).to_contain_text("Heron (yours)")

    me.goto(address)
    expect(me.locator("#bar")).to_contain_text("Heron (yours)")
    me.locator("#chosen .network").click()
    me.get_by_role("button", name="Delete Heron (yours)").click()
    me.get_by_role("button", name="Keep Heron (yours)").click()
    me.get_by_role("button", name="Delete Heron (yours)").click()
    me.get_by_role("button", name="Delete Heron (yours) for good").click()
    expect(me.locator("#own-networks .said")).to_contain_text("is deleted. The page shows")
    expect(me.locator("#bar")).not_to_contain_text("Heron")
    expect(me.locator("#model label", has_text="Heron")).to_have_count(0)
    another.goto(address)
    expect(another.get_by_text("The network of this link has been deleted")).to_be_visible()


def test_weights_are_added_with_an_architecture_and_classes_on_a_phone(visit: Visit, tmp_path: Path) -> None:
    torch.manual_seed(0)
    net = torchvision.models.squeezenet1_1(num_classes=3)
    save_file(net.state_dict(), tmp_path / "birds.safetensors")
    (tmp_path / "classes.txt").write_text("\n".join(CLASSES))
    page = visit(**LOOKS["phone, light"])
    form = opened(page)
    expect(form.get_by_label("Architecture")).to_be_hidden()
    form.get_by_label("Network", exact=True).set_input_files(tmp_path / "birds.safetensors")
    expect(form.locator("datalist option[value=resnet18]")).to_have_count(1)
    form.get_by_label("Architecture").fill("squeeze")
    form.get_by_label("File with the names").set_input_files(tmp_path / "classes.txt")
    expect(form.get_by_label("Classes", exact=True)).to_have_value("\n".join(CLASSES))
    form.get_by_label("Picture size").fill("64")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_role("alert")).to_contain_text("is none of the list")
    form.get_by_label("Architecture").fill("squeezenet1_1")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_role("heading")).to_have_text("Added: squeezenet1_1 of torchvision (yours)")
    assert sorted(form.locator(".answers th").all_text_contents()) == sorted(CLASSES)
    expect(form.get_by_text("Look again: it finds all classes about equally likely")).to_be_visible()
    assert accessible(page) == []
    form.get_by_role("button", name="Close").click()
    expect(page.locator("#probabilities")).to_contain_text("<b>egret</b>")
    page.goto(f"{page.url}&lang=de")  # no language has another word for what a reader named
    expect(page.locator("#probabilities .next")).to_contain_text("Als Nächstes: ")
    assert sorted(page.locator("#probabilities .bars th").all_inner_texts()) == sorted(CLASSES)
    assert "Frosch" not in page.locator("#probabilities").inner_text() + page.locator("#answer").inner_text()


def opened(page: Page) -> Locator:
    """The form, opened from the list of networks."""
    page.locator("#chosen .network").click()
    page.get_by_role("button", name="Add a network …").click()
    form = page.get_by_role("dialog", name="Add a network")
    expect(form).to_be_visible()
    return page.locator("#adding dialog")


def accessible(page: Page) -> list[str]:
    """What axe finds wrong with the page and the open form."""
    page.add_style_tag(content=AT_ONCE)
    page.evaluate(AXE)
    return page.evaluate(RUN, {})


def numbers(page: Page, name: str) -> list[float]:
    """The percentages of all classes, in the order of their names."""
    page.goto(f"{page.url.split('?')[0]}?model={name}")
    rows = page.locator("#probabilities")
    expect(rows).to_contain_text("%")
    return [float(share) for _, share in sorted(re.findall(r"([a-z]+)\s+(\d+\.\d)\s*%", rows.inner_text()))]


def explored(page: Page, name: str, step: str) -> tuple[float, np.ndarray]:
    """What a step's value is said to be, and its maps as they are drawn."""
    page.goto(f"{page.url.split('?')[0]}?model={name}&tab=explore&step={step}&channel=3&row=4&column=5")
    said = page.get_by_text(HELD).first
    expect(said).to_be_visible()
    found = HELD.search(said.inner_text())
    assert found
    url = page.locator("#grid canvas").first.evaluate("canvas => canvas.toDataURL()")
    image = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))
    return float(found[1].replace("−", "-")), np.asarray(image.convert("RGB"), dtype=float)
