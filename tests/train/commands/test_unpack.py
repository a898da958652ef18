"""CIFAR-10 as photos in folders, which a network for photos then learns from."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torchvision.datasets import CIFAR10

from train.__main__ import main
from train.data import photo_set


def test_the_pictures_are_those_of_cifar10_by_class_and_number(cifar10_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "photos"
    assert main(["unpack", str(cifar10_folder), str(out), "--limit", "40"]) == 0
    for split, train in (("train", True), ("test", False)):
        official = CIFAR10(str(cifar10_folder), train=train)
        files = sorted((out / split).rglob("*.png"), key=lambda path: path.stem)
        assert [int(path.stem) for path in files] == list(range(40))
        for number, path in enumerate(files):
            assert (np.asarray(Image.open(path)) == official.data[number]).all()
            assert path.parent.name == official.classes[official.targets[number]]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["unpack", str(tmp_path), str(tmp_path)]) == 1
    assert "exists already" in capsys.readouterr().err and (tmp_path / "mine.txt").read_text() == "mine"
    with pytest.raises(SystemExit):
        main(["unpack", str(tmp_path), str(tmp_path / "new"), "--limit", "0"])
    assert not (tmp_path / "new").exists()


def test_a_set_of_ten_classes_is_read(cifar10_folder: Path, tmp_path: Path) -> None:
    assert main(["unpack", str(cifar10_folder), str(tmp_path / "photos"), "--limit", "100"]) == 0
    found = photo_set.read(tmp_path / "photos", 64, cache=tmp_path / "cache")
    assert len(found.classes) == 10 and len(found.train) + len(found.validation) == 100
