"""What a set holds, told before a picture is decoded: the same as a training then takes."""

import json
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from tests import photosets
from train.__main__ import main
from train.data import cifar10
from train.data.photo_set import read
from train.tools import describe

SPLITS = ("train", "validation", "test")


def expect_what_a_training_takes(source: Path, **more: object) -> describe.Description:
    told = describe.describe(source, source.parent / "unpacked")
    taken = read(source, 16, cache=source.parent / "cache", progress=False, uncertain=True, **more)
    assert (told.layout, told.classes, told.refusal) == (taken.layout, taken.classes, "")
    for name in SPLITS:
        part = getattr(taken, name)
        assert told.splits[name]["names"] == list(part.names), name
        assert told.splits[name]["labels"] == part.labels.tolist(), name
    return told


def test_of_a_spoiled_set_it_tells_what_would_be_left_out(kaggle: Path) -> None:
    before = describe.describe(kaggle).splits
    first, second, third = before["train"]["names"][:3]
    shutil.copy(kaggle / before["test"]["names"][0], kaggle / first)
    shutil.copy(kaggle / third, kaggle / second)
    (kaggle / before["train"]["names"][4]).unlink()
    photosets.photo(50, True).save(kaggle / "train" / "31.jpg")
    told = expect_what_a_training_takes(kaggle, tolerance=0.1)
    assert list(told.trouble) == read(kaggle, 16, cache=kaggle.parent / "cache").report.lines()
    assert f"{second} = {third}" in " ".join(told.trouble) or f"{third} = {second}" in " ".join(told.trouble)
    assert "1 labelled photo is not there and is left out: train/" in told.trouble[0]
    assert set(told.splits["test"]["labels"]) == {-1}
    for split in told.splits.values():
        for name, (path, member) in zip(split["names"], split["places"], strict=True):
            assert Path(path) == kaggle / name and not member


def test_tiles_in_between_are_listed_and_said_to_be_left_out(tmp_path: Path) -> None:
    told = expect_what_a_training_takes(photosets.tiles(tmp_path / "set", photosets.four_blocks()))
    assert told.trouble == ("5 tiles are neither covered nor free (-1) and are left out.",)
    assert Counter(told.splits["test"]["labels"]) == {0: 10, 1: 5, -1: 1}
    assert "test: 16 pictures (10 not invasive, 5 invasive, 1 without a class)" in told.describe()


def test_a_zip_of_class_folders(tmp_path: Path) -> None:
    folder = photosets.classes(tmp_path / "set", {"fern": 6, "oak": 9})
    told = expect_what_a_training_takes(photosets.zipped(folder, tmp_path / "set.zip", "top/"))
    path, member = told.splits["train"]["places"][0]
    assert path == str(tmp_path / "set.zip") and member.startswith("top/")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row for row in photosets.four_blocks() if row[1] == 0], "there is only 'not invasive'"),
        ([row for row in photosets.four_blocks() if row[5] in (0, 4)], "of a single block of ground"),
    ],
)
def test_what_a_training_refuses_is_listed_all_the_same(rows: list, words: str, tmp_path: Path) -> None:
    told = describe.describe(photosets.tiles(tmp_path / "set", rows))
    assert words in told.refusal and words in told.describe()
    assert sum(len(split["labels"]) for split in told.splits.values()) == len(rows)


def test_many_missing_photos_are_said_and_the_others_listed(kaggle: Path) -> None:
    for number in range(1, 5):
        (kaggle / "train" / f"{number}.jpg").unlink()
    told = describe.describe(kaggle)
    assert "4 labelled photos are not there" in told.refusal and "At most 5% may be missing" in told.refusal
    assert sum(len(told.splits[name]["labels"]) for name in ("train", "validation")) == 26


def test_the_command_prints_it_and_writes_it_for_programs(
    drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    assert main(["describe", str(drawn), "--json", str(tmp_path / "set.json")]) == 0
    said = capsys.readouterr().out
    assert "test: 10 pictures (10 without a class)" in said
    written = json.loads((tmp_path / "set.json").read_text())
    assert written["splits"]["train"]["names"] == describe.describe(drawn).splits["train"]["names"]
    (tmp_path / "empty").mkdir()
    assert main(["describe", str(tmp_path / "empty")]) == 1
    assert "is empty: it holds no file." in capsys.readouterr().err


def test_cifar10_is_split_as_for_a_training(cifar10_folder: Path) -> None:
    told = describe.describe(cifar10_folder / "cifar-10-batches-py")
    everything = cifar10.cifar10(cifar10_folder, "train")
    _, validation = cifar10.training_split(everything)
    assert [len(told.splits[name]["labels"]) for name in SPLITS] == [45_000, 5_000, 10_000]
    numbers = told.splits["validation"]["numbers"]
    assert np.array_equal(everything.pictures[numbers], validation.pictures)
    assert told.splits["validation"]["labels"] == validation.labels.tolist()
    assert told.splits["test"]["numbers"] == list(range(10_000))
