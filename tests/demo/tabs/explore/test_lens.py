"""The row under the strip: what each step alone would answer, as the page gets it."""

import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

import model_zoo
from demo.core.inference import infer
from demo.core.raw_events import to_json
from demo.core.view import View
from demo.tabs.explore.lens import lens as row
from demo.tabs.explore.step_view import show
from model_zoo.entries.probes import PROBES, probes
from model_zoo.explain.lens import lens
from tests.conftest import SHIPPED, WEIGHTS


@pytest.mark.parametrize("name", SHIPPED)
def test_every_step_has_the_reading_of_its_probe(name: str, picture: Image.Image) -> None:
    view = View(name, "explore")
    made = infer(view, picture)
    shown = json.loads(to_json(show(view, made).strip))["lens"]
    if not probes(made.model):
        assert shown is None
        return
    readings = lens(made.steps, probes(made.model))
    answer = made.ranking[0][0]
    assert len(shown["rows"]) == len(made.steps) == len(readings)
    for (label, share, of_answer, right), reading in zip(shown["rows"], readings, strict=True):
        assert shown["labels"][str(label)] == made.model.classes[reading.label]
        assert share == pytest.approx(max(reading.probabilities), abs=1e-4)
        assert of_answer == pytest.approx(reading.probabilities[made.model.classes.index(answer)], abs=1e-4)
        assert right == reading.accuracy
    assert shown["labels"][str(shown["answer"])] == answer and not shown["is_edited"]
    assert shown["about"]["test"] == made.model.card["probes"]["pictures"]["test"]
    assert len(json.dumps(shown)) < 3_000


def test_the_readings_are_of_the_changed_pass(picture: Image.Image) -> None:
    plain, changed = (infer(View(SHIPPED[0], edits=edits), picture) for edits in ("", "conv2.0:off"))
    first, other = row.shown(plain), row.shown(changed)
    assert first and other and other["is_edited"]
    names = [step.name for step in plain.steps]
    at = names.index("conv2")
    assert first["rows"][:at] == other["rows"][:at] and first["rows"][at:] != other["rows"][at:]


def test_a_network_without_probes_or_with_bad_ones_is_shown_without_readings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, picture: Image.Image, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CONVSCOPE_RUNS", str(tmp_path))
    for name in ("without", "bad"):
        shutil.copytree(WEIGHTS / SHIPPED[0], tmp_path / name)
    (tmp_path / "without" / PROBES).unlink()
    (tmp_path / "bad" / PROBES).write_bytes(b"nothing")
    for name in ("without", "bad"):
        view = View(name, "explore")
        assert show(view, infer(view, picture)).strip["lens"] is None
        assert model_zoo.load(name).classes
    assert len(caplog.records) == 1 and "bad has no linear probes" in caplog.text
