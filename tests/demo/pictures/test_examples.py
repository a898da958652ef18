"""Pictures to try: examples that need nothing, and test pictures with their true class."""

import re
import tempfile
from pathlib import Path

import numpy as np
import pytest

import model_zoo
from demo.errors import UserError
from demo.pictures.decode import open_image
from demo.pictures.drawings.files import DRAWINGS
from demo.pictures.examples import NO_DATA, examples, groups, has_test_pictures, random_test_picture
from demo.pictures.patterns import PATTERNS, PHOTOGRAPHS
from tests.conftest import SHIPPED


def test_every_example_is_a_picture_that_opens() -> None:
    paths = examples()
    assert list(paths) == [*DRAWINGS, *PHOTOGRAPHS, *PATTERNS]
    assert [title for titles in groups().values() for title in titles] == list(paths)
    for title, path in paths.items():
        # Gradio returns files from there, but not from wherever its own package is installed.
        assert Path(path).is_relative_to(tempfile.gettempdir())
        picture = open_image(path)
        assert np.asarray(picture).std() > 5, title
        if title in PATTERNS:
            assert np.array_equal(np.asarray(picture), np.asarray(PATTERNS[title]()))


@pytest.fixture
def data(cifar10_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONVSCOPE_DATA", str(cifar10_folder))
    return cifar10_folder


def test_test_pictures_come_with_their_true_class(data: Path) -> None:
    from torchvision.datasets import CIFAR10

    official = CIFAR10(str(data), train=False)
    assert has_test_pictures()
    for number in (0, 1, 4321, 9999):
        picture, sentence = random_test_picture(number)
        expected, label = official[number]
        assert np.array_equal(np.asarray(picture), np.asarray(expected)) and picture.mode == "RGB"
        assert str(number) in sentence and official.classes[label] in sentence
    assert set(official.classes) == set(model_zoo.load(SHIPPED[0]).classes)


def test_random_test_pictures_differ_and_say_their_number(data: Path) -> None:
    drawn = [random_test_picture() for _ in range(20)]
    numbers = [int(re.search(r"\d+", sentence).group()) for _, sentence in drawn]
    assert len(set(numbers)) > 10 and max(numbers) < 10_000
    for number, (picture, sentence) in zip(numbers, drawn, strict=True):
        again, same_sentence = random_test_picture(number)
        assert picture.tobytes() == again.tobytes() and sentence == same_sentence


@pytest.mark.parametrize("value", [None, "", "/nonexistent", "empty"])
def test_without_data_a_sentence_says_what_to_do(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CONVSCOPE_DATA", raising=False)
    monkeypatch.chdir(tmp_path)  # where there is no folder named data
    if value is not None:
        monkeypatch.setenv("CONVSCOPE_DATA", str(tmp_path) if value == "empty" else value)
    assert not has_test_pictures()
    with pytest.raises(UserError, match="CONVSCOPE_DATA") as caught:
        random_test_picture()
    assert str(caught.value) == NO_DATA


def test_damaged_data_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """torchvision unpickles: only the official files may come so far."""
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    (folder / "test_batch").write_bytes(b"cos\nsystem\n(S'echo unpickled'\ntR.")
    monkeypatch.setenv("CONVSCOPE_DATA", str(tmp_path))
    with pytest.raises(UserError, match="CIFAR-10"):
        random_test_picture()
