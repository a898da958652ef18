"""The button that saves the chosen network."""

import json
from pathlib import Path

import onnxruntime
import pytest
from playwright.sync_api import expect

import model_zoo
from tests.browser.actions import choose_model, open_panel
from tests.browser.conftest import Visit
from tests.conftest import SECOND, SHIPPED

pytestmark = pytest.mark.browser


def test_the_chosen_network_is_saved_as_a_file(visit: Visit, tmp_path: Path) -> None:
    page = visit()
    button = page.get_by_role("button", name="Download this network (ONNX)")
    for name in (SECOND, SHIPPED[0], SECOND):
        choose_model(page, name)
        expect(page.locator("#probabilities")).to_contain_text(model_zoo.load(name).title)
        open_panel(page, "network")
        with page.expect_download(timeout=300_000) as download:
            button.click()
        assert download.value.suggested_filename == f"{name}.onnx"
        download.value.save_as(tmp_path / name)
        facts = onnxruntime.InferenceSession(tmp_path / name).get_modelmeta().custom_metadata_map
        assert json.loads(facts["sha256"]) == model_zoo.load(name).card["sha256"]
        expect(button).to_be_enabled()  # its own words are back
