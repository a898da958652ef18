"""`python -m train survey`: files for a whole photo, and how well they agree with a mask."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import model_zoo
from model_zoo.aerial.survey import Comparison, compare, survey
from model_zoo.entries import entry
from tests.photosets import photo as drawn_photo
from tests.train.helpers import untrained_entry
from train.__main__ import main
from train.tools.survey import report


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of two classes with random weights and a threshold of its own."""
    folder = untrained_entry(tmp_path_factory.mktemp("runs") / "plants", ("other", "hogweed"))
    card = json.loads((folder / "card.json").read_text())
    card |= {
        "decision": {"class": "hogweed", "threshold": 0.4},
        "preprocessing": card["preprocessing"] | {"window": 50},
    }
    entry.write_card(folder, card, "")
    return folder


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "field.png"
    drawn_photo(1, True, 220, 130).save(path)
    return path


@pytest.fixture(scope="module")
def mask(photo: Path) -> Path:
    values = np.zeros((130, 220), np.uint8)
    values[:60, :100] = 255
    Image.fromarray(values).save(photo.with_name("mask.png"))
    return photo.with_name("mask.png")


def test_a_heat_map_a_table_and_shapes_are_written(
    folder: Path, photo: Path, mask: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["survey", str(folder), str(photo), "--out", str(tmp_path / "new" / "out")]
    assert main([*arguments, "--mask", str(mask), "--stride", "30"]) == 0
    said = capsys.readouterr().out
    model = model_zoo.load_folder(folder)
    picture, truth = Image.open(photo), np.asarray(Image.open(mask)) > 127
    expected = survey(model, picture, window=50, stride=30)
    compared = compare(expected, "hogweed", truth)
    assert report(compared) in said and f"{compared.auc:.3f}" in said and f"{compared.correlation:.3f}" in said
    assert "reach a probability of 40% for hogweed" in said

    out = tmp_path / "new" / "out"
    with (out / "field-survey.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["probability"]) for row in rows] == pytest.approx(expected.grid("hogweed").ravel(), abs=1e-5)
    assert [row["decision"] for row in rows] == [str(int(float(row["probability"]) >= 0.4)) for row in rows]
    shapes = json.loads((out / "field-survey.geojson").read_text())
    assert len(shapes["features"]) == len(rows) and shapes["properties"]["photo"] == "field.png"
    with Image.open(out / "field-survey.png") as drawn:
        assert min(drawn.size) > 500 and len(np.unique(np.asarray(drawn.convert("L")))) > 50

    before = {path: path.read_bytes() for path in out.iterdir()}
    assert main(arguments) == 1
    assert "exists already" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in out.iterdir()} == before


def test_class_and_threshold_can_be_chosen(
    folder: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, more in enumerate((["--class", "other"], ["--threshold", "0"])):
        assert main(["survey", str(folder), str(photo), "--out", str(tmp_path / str(number)), *more]) == 0
    first, second = capsys.readouterr().out.splitlines()[1::2]
    assert "a probability of 50% for other" in first  # the network's own threshold is for the class that it looks for
    assert "15 of 15 windows" in second and "a probability of 0% for hogweed" in second


def test_the_share_of_false_alarms_can_be_set(photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model, found = model_zoo.load("invasive-resnet"), []
    picture = Image.open(photo)
    for share in (0.02, 0.05, 0.7):
        out = tmp_path / str(share)
        more = [] if share == 0.05 else ["--false-alarms", str(share)]  # which is what nobody has to ask for
        assert main(["survey", "invasive-resnet", str(photo), "--out", str(out), "--window", "60", *more]) == 0
        expected = survey(model, picture, window=60, false_alarms=share)
        assert expected.unfamiliar is not None
        with (out / "field-survey.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["unfamiliar"] for row in rows] == [str(int(each)) for each in expected.unfamiliar.ravel()]
        assert {row["false_alarms"] for row in rows} == {f"{share:g}"}
        about = json.loads((out / "field-survey.geojson").read_text())["properties"]
        assert (about["false_alarms"], about["unfamiliar"]) == (share, expected.unfamiliar.sum())
        found.append(expected.unfamiliar.sum())
    assert found == sorted(found)


def test_a_window_that_nobody_told_is_called_a_guess(
    folder: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    silent = Path(shutil.copytree(folder, tmp_path / "silent"))
    card = json.loads((silent / "card.json").read_text())
    del card["preprocessing"]["window"]
    entry.write_card(silent, card, "")
    said = []
    for number, arguments in enumerate(([silent], [silent, "--window", 40], [folder])):
        name, *more = map(str, arguments)
        assert main(["survey", name, str(photo), "--out", str(tmp_path / str(number)), *more]) == 0
        said.append(capsys.readouterr().out)
    assert ["are a guess; --window sets their side" in text for text in said] == [True, False, False]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--class", "frog"], "has no class 'frog'; it has other, hogweed"),
        (["--false-alarms", "0"], "The share of false alarms must be between 0 and 1, such as 0.05, not 0"),
        (["--threshold", "1.5"], "The threshold must be from 0 to 1"),
        (["--window", "500"], "from 1 to 130 pixels wide"),
        (["--stride", "60"], "leave gaps"),
        (["--mask", "SMALL"], "The mask has 10 x 10 pixels, but the photo has 220 x 130"),
        (["--mask", "/nowhere.png"], "nowhere.png cannot be read"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    folder: Path, photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], words: str
) -> None:
    Image.new("L", (10, 10)).save(tmp_path / "small.png")
    more = [str(tmp_path / "small.png") if word == "SMALL" else word for word in more]
    assert main(["survey", str(folder), str(photo), "--out", str(tmp_path / "out"), *more]) == 1
    error = capsys.readouterr().err
    assert words in error and "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_networks_of_many_classes_need_one_named(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["survey", "cifar10-cnn", str(photo), "--out", str(tmp_path / "out")]
    assert main(arguments) == 1
    assert "names no class to look for" in (said := capsys.readouterr().err) and "Choose one with --class NAME." in said
    (tmp_path / "no.jpg").write_bytes(b"\xff\xd8\xffdamaged")
    assert main(["survey", "cifar10-cnn", str(tmp_path / "no.jpg"), "--out", "out", "--class", "frog"]) == 1
    assert "no.jpg is damaged or incomplete" in capsys.readouterr().err


def test_of_two_classes_without_a_named_one_none_is_mapped_unasked(
    photo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after a training on folders `dry_reed` and `other`."""
    folder, out = untrained_entry(tmp_path / "reed", ("dry_reed", "other")), tmp_path / "out"
    arguments = ["survey", str(folder), str(photo), "--out", str(out), "--window", "50"]
    assert main(arguments) == 1
    assert "it tells dry_reed and other apart. Choose one with --class NAME." in capsys.readouterr().err
    assert not out.exists()
    assert main([*arguments, "--class", "dry_reed"]) == 0
    assert "a probability of 50% for dry_reed" in capsys.readouterr().out
    with (out / "field-survey.csv").open(newline="") as file:
        assert {row["class"] for row in csv.DictReader(file)} == {"dry_reed"}


def test_what_cannot_be_compared_is_said() -> None:
    text = report(Comparison(8, 0, 8, None, None))
    assert "none, one of them never changes" in text and "none, there are no windows of one kind" in text
