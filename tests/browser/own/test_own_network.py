"""A network of somebody's own in the page: by `demo.show` from a script, and as an entry made of an ONNX file."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import model_zoo
from model_zoo.commands import main
from model_zoo.entries import onnx_export
from tests.conftest import ROOT

SCRIPT = """
import sys
import torch
from torch import nn
import demo

class Pets(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3, padding=1)
        self.up = nn.Upsample(scale_factor=2, mode="bilinear")
        self.fc = nn.Linear(6, 3)

    def forward(self, x):
        maps = self.up(self.conv(x).relu())
        return self.fc((maps * maps.mean(1, keepdim=True)).mean((2, 3)))

torch.manual_seed(0)
torch.set_num_threads(1)
pets = Pets()
address = demo.show(pets, classes=["cat", "dog", "<b>hare</b>"], size=32, mean=0.5, std=0.25, block=False, quiet=True)
print(address, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the page of a script, which also finds an entry that was added from an ONNX file."""
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    onnx_export.export(model_zoo.load("cifar10-resnet"), tmp_path / "net.onnx")
    assert main(["add", str(tmp_path / "net.onnx"), "--name", "from-onnx", "--title", "From a file"]) == 0
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin and process.stdout
    lines: list[str] = []
    while not (lines and lines[-1].startswith("http")):
        line = process.stdout.readline()
        assert line, lines
        lines.append(line.strip())
    yield lines[-1]
    process.stdin.close()
    assert process.wait(30) == 0


def test_a_network_of_ones_own_is_looked_into_beside_the_shipped_ones(shown: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 860})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    page = context.new_page()
    page.goto(shown)
    expect(page).to_have_url(re.compile(r"\?.*model=pets"))
    expect(page.locator("#start dialog")).not_to_be_visible()  # though this browser has not seen it
    expect(page.locator("#bar")).to_contain_text("pets")
    for step, place in (("up", "row=9&column=7"), ("mul", "row=9&column=7"), ("mean", "row=3&column=2"), ("fc", "")):
        page.goto(f"{shown}?model=pets&tab=explore&step={step}&channel=0&{place}")
        expect(page.get_by_text(re.compile("Adds up: the network’s own tensor holds")).first).to_be_visible()
    page.goto(f"{shown}?model=pets&tab=curves")
    expect(page.get_by_text("how it learned is not on record")).to_be_visible()
    page.goto(f"{shown}?model=from-onnx&tab=explore&step=residual1.unit2.add&channel=3&row=4&column=5")
    expect(page.get_by_text(re.compile("Adds up: the network’s own tensor holds")).first).to_be_visible()
    expect(page.locator("#bar")).to_contain_text("From a file")
    assert not errors, json.dumps(errors)
    context.close()
