"""`python -m train cover`: a calibration from held-out tiles or from photos with masks, measured by leaving out."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import model_zoo
from model_zoo.aerial.cover import curve_of
from model_zoo.entries import entry
from tests.photosets import photo as drawn_photo
from tests.train.helpers import untrained_entry
from train.__main__ import main
from train.tools import answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = untrained_entry(tmp_path / "runs" / "plants", ("other", "reed"), "reed")
    card = json.loads((folder / "card.json").read_text())
    card |= {"preprocessing": card["preprocessing"] | {"window": 40}}
    entry.write_card(folder, card, "")
    return folder


def tiles(folder: Path) -> Path:
    """Six photos of twelve tiles in three blocks, and training tiles that must not count."""
    (folder / "tiles").mkdir(parents=True)
    with (folder / "labels.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "invasive", "cover", "split", "photo", "block"))
        for number in range(8):
            for tile in range(12):
                name = f"tiles/{number}_{tile}.png"
                drawn_photo(100 * number + tile, tile % 3 == 0, 40, 40).save(folder / name)
                split = "test" if number < 6 else "train"
                rows.writerow((name, int(tile % 3 == 0), 0.4 if tile % 3 == 0 else 0.0, split, number, number // 2))
    return folder


def test_a_curve_is_fitted_to_held_out_tiles_and_written_down(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cover", str(folder), "--data", str(tiles(tmp_path / "set"))]) == 0
    printed = capsys.readouterr().out
    assert "Calibrated on the other photos:" in printed and "Calibrated on photos of other blocks:" in printed
    found = json.loads(printed.strip().splitlines()[-1])
    assert [(one["photo"], one["block"]) for one in found["photos"]] == [(str(n), str(n // 2)) for n in range(6)]
    assert all(one["plant"] == pytest.approx(0.4 / 3, abs=1e-4) for one in found["photos"])
    assert all(one["low"] <= one["estimated"] <= one["high"] for one in found["photos"])
    errors = [abs(one["estimated"] - one["plant"]) for one in found["photos"]]
    assert found["mean_error"] == pytest.approx(np.mean(errors), abs=2e-4) and found["left_out"] == "block"
    assert curve_of(model_zoo.load_folder(folder)) is None


def test_photos_with_masks_do_as_well(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "photos").mkdir()
    for number in range(3):
        drawn_photo(number, True, 240, 160).save(tmp_path / "photos" / f"{number}.png")
        mask = np.zeros((160, 240), np.uint8)
        mask[:40, : 80 * (number + 1)] = 255
        Image.fromarray(mask).save(tmp_path / "photos" / f"{number}_mask.png")
    assert main(["agreement", str(folder), "--data", str(tmp_path), "--marks", "22"]) == 0
    said = capsys.readouterr().out.strip().splitlines()
    # Of the 24 windows of each photo the mask covers 2, 4 and 6: a last layer is fitted to 5 and more.
    assert ["(40 refused)" in line for line in said[1:4]] == [True, True, False]
    assert re.search(r"log loss \d\.\d{3} before, \d\.\d{3} fitted; right \d+\.\d%, \d+\.\d%; applied after", said[3])
    assert float(re.findall(r"area off by (\d+\.\d) points", said[3])[0]) < 4  # two windows are not looked at
    agreed = json.loads(said[-1])
    assert [one["plant"] for one in agreed["photos"]] == pytest.approx([1 / 12, 2 / 12, 3 / 12], abs=1e-4)
    assert all(one["area_low"] <= one["area"] <= one["area_high"] for one in agreed["photos"])


def test_too_little_is_said(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    only = tiles(tmp_path / "set")
    text = (only / "labels.csv").read_text()
    (only / "labels.csv").write_text(text.replace(",test,", ",train,"))
    assert main(["cover", str(folder), "--data", str(only)]) == 1
    assert "must not be calibrated on what it knows" in capsys.readouterr().err


def test_whole_photos_are_surveyed_where_they_are_to_be(folder: Path, tmp_path: Path) -> None:
    card = json.loads((folder / "card.json").read_text())
    curve = {"class": "reed", "probabilities": [0.0, 1.0], "covers": [0.0, 1.0], "errors": [-0.1, 0.1]}
    curve |= {"level": 0.9, "photos": 3, "windows": 72, "found_on": "3 drawn photos"}
    entry.write_card(folder, card | {"cover": curve, "decision": {"class": "reed", "threshold": 0.4}}, "")
    model = model_zoo.load_folder(folder)
    drawn_photo(1, True, 240, 160).save(tmp_path / "whole.png")
    drawn_photo(2, True, 50, 50).save(tmp_path / "tile.png")
    files = [tmp_path / "whole.png", tmp_path / "tile.png"]
    said = answer.answer(model, files, tmp_path / "plain.csv")
    assert "1 of them shows far more ground" in said and "--survey" in said
    with (tmp_path / "plain.csv").open(newline="") as file:
        whole, tile = csv.DictReader(file)
    assert whole["decision"] == "" and "survey it" in whole["problem"] and tile["decision"] in ("yes", "no")
    answer.answer(model, files, tmp_path / "surveyed.csv", surveying=True)
    with (tmp_path / "surveyed.csv").open(newline="") as file:
        whole, tile = csv.DictReader(file)
    assert (whole["windows"], whole["problem"], tile["windows"]) == ("24", "", "")
    assert (whole["area_level"], whole["windows_unfamiliar"]) == ("0.9", "")  # nobody judged
    assert whole["decision"] == ("yes" if int(whole["windows_reached"]) else "no")
    assert float(whole["area_low"]) <= float(whole["area"]) <= float(whole["area_high"])
