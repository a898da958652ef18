"""Submissions: the probabilities that the network gives, for the photos that Kaggle asks for, in its order."""

import csv
import shutil
from pathlib import Path

import pytest

import model_zoo
from demo.pictures.decode import open_image
from tests import photosets
from tests.train.helpers import untrained_entry
from train.__main__ import main
from train.data.cifar10 import DataError
from train.tools.submit import submit


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An entry of two classes with random weights, which is enough to compare its answers."""
    return untrained_entry(tmp_path_factory.mktemp("runs") / "plants", ("hydrangea", "other"), "hydrangea")


def rows(path: Path) -> list[list[str]]:
    with path.open(newline="") as file:
        return list(csv.reader(file))


def refusal(*arguments: object, **more: object) -> str:
    with pytest.raises(DataError) as error:
        submit(*arguments, **more)
    return str(error.value)


def test_every_photo_gets_the_probability_that_the_page_shows(folder: Path, kaggle: Path, tmp_path: Path) -> None:
    model, out = model_zoo.load_folder(folder), tmp_path / "submission.csv"
    text = submit(model, kaggle, out)
    assert "'hydrangea' by plants for 10 test photos" in text
    header, *answers = rows(out)
    assert header == ["name", "invasive"] and [name for name, _ in answers] == [str(n) for n in range(1, 11)]
    for name, value in answers:
        shown = dict(model.predict(open_image(kaggle / "test" / f"{name}.jpg")))
        assert float(value) == pytest.approx(shown["hydrangea"], abs=1e-5)
    assert len({value for _, value in answers}) == 10


def test_the_order_is_that_of_the_sample_and_another_class_can_count(
    folder: Path, kaggle: Path, tmp_path: Path
) -> None:
    model = model_zoo.load_folder(folder)
    submit(model, kaggle, tmp_path / "a.csv")
    sample = kaggle / "sample_submission.csv"
    header, *lines = sample.read_text().splitlines()
    sample.write_text("\n".join([header, *reversed(lines)]))
    submit(model, kaggle, tmp_path / "b.csv", positive="other")
    first, second = rows(tmp_path / "a.csv"), rows(tmp_path / "b.csv")
    assert [name for name, _ in second[1:]] == [name for name, _ in reversed(first[1:])]
    for (_, value), (_, other) in zip(first[1:], reversed(second[1:]), strict=True):
        assert float(value) + float(other) == pytest.approx(1, abs=1e-6)


def test_a_zip_of_test_photos_alone_is_enough(folder: Path, kaggle: Path, tmp_path: Path) -> None:
    model = model_zoo.load_folder(folder)
    submit(model, kaggle, tmp_path / "folder.csv")
    shutil.rmtree(kaggle / "train")
    (kaggle / "train_labels.csv").unlink()
    zipped = photosets.zipped(kaggle, tmp_path / "set.zip", "competition/")
    submit(model, zipped, tmp_path / "zip.csv")
    assert (tmp_path / "zip.csv").read_bytes() == (tmp_path / "folder.csv").read_bytes()


def test_photos_and_sample_must_name_the_same(folder: Path, kaggle: Path, tmp_path: Path) -> None:
    model, out = model_zoo.load_folder(folder), tmp_path / "out.csv"
    (kaggle / "test" / "4.jpg").rename(kaggle / "test" / "44.jpg")
    text = refusal(model, kaggle, out)
    assert "has no photo for 4 and holds test/44.jpg without a row" in text
    (kaggle / "test" / "44.jpg").rename(kaggle / "test" / "4.jpg")
    sample = kaggle / "sample_submission.csv"
    whole = sample.read_text()
    sample.write_text(whole + "4,0.1\n")
    assert "4 stands there twice, differently" in refusal(model, kaggle, out)
    sample.write_text(whole)
    (kaggle / "test" / "5.jpg").write_bytes(b"\xff\xd8\xffdamaged")
    assert "test/5.jpg is damaged or incomplete, and a submission needs" in refusal(model, kaggle, out)
    sample.unlink()
    assert "There is no sample_submission.csv" in refusal(model, kaggle, out)
    assert not out.exists()


def test_networks_that_cannot_answer(folder: Path, kaggle: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    three = model_zoo.load_folder(untrained_entry(tmp_path / "three", ("a", "b", "c")))
    assert "tells 3 classes apart; a submission needs a network of two" in refusal(three, kaggle, out)
    text = refusal(model_zoo.load_folder(folder), kaggle, out, positive="hogweed")
    assert "has no class 'hogweed'; it has hydrangea, other" in text
    unnamed = model_zoo.load_folder(untrained_entry(tmp_path / "two", ("dry_reed", "other")))
    assert "names no class to look for" in refusal(unnamed, kaggle, out)


def test_the_command_writes_once(
    folder: Path, kaggle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["submit", str(folder), "--data", str(kaggle), "--out", str(tmp_path / "out.csv")]
    assert main(arguments) == 0
    assert "for 10 test photos" in capsys.readouterr().out
    before = (tmp_path / "out.csv").read_bytes()
    assert main(arguments) == 1
    assert "out.csv exists already" in capsys.readouterr().err
    assert (tmp_path / "out.csv").read_bytes() == before
    assert main([*arguments[:-1], str(tmp_path / "no" / "where.csv")]) == 1
    assert "There is no folder" in capsys.readouterr().err
    assert main(["submit", "nonsense", *arguments[2:]]) == 1
    assert "There is no network named 'nonsense'" in capsys.readouterr().err
