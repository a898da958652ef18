"""A table of answers for many photos, from the command line."""

import csv
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

import model_zoo
from demo.pictures.decode import open_image
from model_zoo import Model
from tests import photosets
from train.__main__ import main
from train.data.cifar10 import DataError
from train.tools import answer


@pytest.fixture(scope="module")
def looking() -> Model:
    """A shipped network as if it looked for a plant."""
    model = model_zoo.load("cifar10-cnn")
    classes = ["invasive" if label == "automobile" else label for label in model.classes]
    return replace(model, card=model.card | {"classes": classes, "decision": {"class": "invasive", "threshold": 0.2}})


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def test_photos_folders_and_zips_get_the_answers_of_the_page(drawn: Path, looking: Model, tmp_path: Path) -> None:
    photosets.zipped(drawn / "train", tmp_path / "train.photos.zip")
    photosets.photo(7, True).save(tmp_path / "=7.png")
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../x.jpg", b"x")
    names = ("=7.png", "train.photos.zip", "broken.jpg", "evil.zip", "nowhere")
    said = answer.answer(looking, [drawn / "test", *(tmp_path / name for name in names)], tmp_path / "answers.csv")
    found = rows(tmp_path / "answers.csv")
    assert len(found) == 10 + 1 + 30 + 3
    places = {f"train.photos.zip/{n}.jpg": drawn / "train" / f"{n}.jpg" for n in range(1, 31)}
    places |= {f"test/{n}.jpg": drawn / "test" / f"{n}.jpg" for n in range(1, 11)} | {"'=7.png": tmp_path / "=7.png"}
    for name, path in places.items():
        ranking = looking.predict(open_image(path))
        share = dict(ranking)["invasive"]
        assert (found[name]["answer"], found[name]["class"], found[name]["problem"]) == (ranking[0][0], "invasive", "")
        assert float(found[name]["probability"]) == pytest.approx(share, abs=1e-5)
        assert found[name]["decision"] == ("yes" if share >= 0.2 else "no")
    assert "is damaged or incomplete" in found["broken.jpg"]["problem"] and not found["broken.jpg"]["answer"]
    assert "outside of itself" in found[str(tmp_path / "evil.zip")]["problem"]
    assert "There is no folder or zip" in found[str(tmp_path / "nowhere")]["problem"]
    reach = sum(row["decision"] == "yes" for row in found.values())
    assert "answered for 41 photos" in said and f"{reach} reach its threshold of 20.0% for invasive" in said
    assert "Not answered: 3" in said


def test_the_share_of_false_alarms_can_be_set(drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = model_zoo.load("cifar10-resnet")
    command = ["answer", "cifar10-resnet", str(drawn / "test")]
    for share in (0.01, 0.05, 0.95):
        out = tmp_path / f"{share}.csv"
        more = [] if share == 0.05 else ["--false-alarms", str(share)]
        assert main([*command, "--out", str(out), *more]) == 0
        said, strange = capsys.readouterr().out, 0
        for name, row in rows(out).items():
            judged = model.judge(open_image(drawn / "test" / name), share)
            assert row["unfamiliar"] == ("yes" if judged.is_unfamiliar else "no")
            assert row["false_alarms"] == f"{share:g}"
            strange += bool(judged.is_unfamiliar)
        assert (f"beyond which {100 * share:g} % of known pictures are, too" in said) == bool(strange)
    for share in ("0", "1", "-2", "nan"):
        assert main([*command, "--out", str(tmp_path / "no.csv"), "--false-alarms", share]) == 1
        assert "The share of false alarms must be between 0 and 1, such as 0.05, not" in capsys.readouterr().err
    assert not (tmp_path / "no.csv").exists()


def test_nothing_is_overwritten_and_nothing_to_answer_is_said(
    drawn: Path, looking: Model, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "answers.csv"
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"There is no photo\..*is empty"):
        answer.answer(looking, [tmp_path / "empty"], out)
    with pytest.raises(DataError, match="There is no folder"):
        answer.answer(looking, [drawn / "test"], tmp_path / "nowhere" / "answers.csv")
    command = ["answer", "cifar10-cnn", str(drawn / "test" / "1.jpg"), "--out", str(out)]
    assert main(command) == 0
    assert "answered for 1 photo." in capsys.readouterr().out and rows(out)["1.jpg"]["decision"] == ""
    before = out.read_bytes()
    assert main(command) == 1
    assert "exists already" in capsys.readouterr().err and out.read_bytes() == before
